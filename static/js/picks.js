/**
 * Picks that survive paging. Inside form[data-picks="who:filters"][data-total]: rows are input[data-select-row] (selection.js
 * works the boxes), the picks of all pages are kept in this tab under that name. 「すべて」 picks all but those unticked.
 * On sending: `keys` are the picked rows, or with `all` the rows left out go into `except`.
 */
const PREFIX = "picks:";

function read(form) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(PREFIX + form.dataset.picks) ?? "null");
    return { all: Boolean(kept?.all), keys: new Set(kept?.keys ?? []) };
  } catch {
    return { all: false, keys: new Set() };
  }
}

function keep(form, picks) {
  try {
    sessionStorage.setItem(PREFIX + form.dataset.picks, JSON.stringify({ all: picks.all, keys: [...picks.keys] }));
  } catch {
    // Without storage the picks last as long as the page.
  }
}

function rowsOf(form) {
  return [...form.querySelectorAll("input[data-select-row]")];
}

function chosenBy(form, picks) {
  return picks.all ? Number(form.dataset.total) - picks.keys.size : picks.keys.size;
}

function show(form) {
  const picks = read(form);
  const rows = rowsOf(form);
  for (const row of rows) row.checked = picks.all !== picks.keys.has(row.value);
  const here = rows.filter((row) => row.checked).length;
  for (const box of form.querySelectorAll("input[data-select-all]")) {
    box.checked = here > 0 && here === rows.length;
    box.indeterminate = here > 0 && here < rows.length;
  }
  const chosen = chosenBy(form, picks);
  const elsewhere = chosen - here;
  const words = chosen
    ? `${chosen.toLocaleString()}件を選んでいます${elsewhere > 0 ? `（ほかのページの${elsewhere.toLocaleString()}件を含む）` : ""}。`
    : "変えたい行を選ぶと、まとめて変えられます。";
  const count = form.querySelector("[data-picks-count]");
  if (count.textContent !== words) count.textContent = words;
  const all = form.querySelector("[data-picks-all]");
  all.type = "button";
  all.textContent = `この条件の${Number(form.dataset.total).toLocaleString()}件すべてを選ぶ`;
  all.hidden = picks.all && picks.keys.size === 0;
  form.querySelector("[data-picks-none]").hidden = chosen === 0;
  form.querySelector("[data-picks-go]").disabled = chosen === 0;
}

function take(form) {
  const picks = read(form);
  for (const row of rowsOf(form)) {
    if (row.checked !== picks.all) picks.keys.add(row.value);
    else picks.keys.delete(row.value);
  }
  keep(form, picks);
  show(form);
}

document.addEventListener("click", (event) => {
  const form = event.target.closest?.("form[data-picks]");
  if (!form) return;
  if (event.target.matches("[data-picks-all], [data-picks-none]")) {
    keep(form, { all: event.target.matches("[data-picks-all]"), keys: new Set() });
    show(form);
  } else if (event.target.matches("input[data-select-row], input[data-select-all]")) {
    take(form);
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-picks]")) return;
  const picks = read(form);
  form.querySelector("[data-picks-go]").value = picks.all ? "1" : "";
  form.elements[picks.all ? "except" : "keys"].value = [...picks.keys].join(",");
  form.elements[picks.all ? "keys" : "except"].value = "";
});

function showAll() {
  for (const form of document.querySelectorAll("form[data-picks]")) show(form);
  if (!document.querySelector("[data-picks-done]")) return;
  for (const name of Object.keys(sessionStorage)) if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
}

showAll();
window.addEventListener("pageshow", showAll);
document.addEventListener("htmx:afterSettle", showAll);
