/**
 * Choosing rows of a list. Inside [data-selection]: input[data-select-row] on each row, input[data-select-all] in the header,
 * [data-selection-count] says how many in words. Shift chooses a run of rows.
 */
let last = null;

function rowsOf(area) {
  return [...area.querySelectorAll("input[data-select-row]")];
}

function show(area) {
  const rows = rowsOf(area);
  const chosen = rows.filter((row) => row.checked).length;
  area.dataset.count = String(chosen);
  for (const all of area.querySelectorAll("input[data-select-all]")) {
    all.checked = chosen > 0 && chosen === rows.length;
    all.indeterminate = chosen > 0 && chosen < rows.length;
  }
  for (const count of area.querySelectorAll("[data-selection-count]")) {
    count.textContent = chosen ? `${chosen}件を選んでいます` : "選んでいる行はありません";
  }
}

function fill(rows, from, to) {
  const [start, end] = [rows.indexOf(from), rows.indexOf(to)].sort((a, b) => a - b);
  if (start < 0) return;
  for (const row of rows.slice(start, end + 1)) row.checked = to.checked;
}

document.addEventListener("click", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement)) return;
  const area = box.closest("[data-selection]");
  if (!area) return;
  if (box.matches("[data-select-all]")) {
    for (const row of rowsOf(area)) row.checked = box.checked;
  } else if (box.matches("[data-select-row]")) {
    if (event.shiftKey && last) fill(rowsOf(area), last, box);
    last = box;
  } else {
    return;
  }
  show(area);
});

function showAll() {
  for (const area of document.querySelectorAll("[data-selection]")) show(area);
}

showAll();
window.addEventListener("pageshow", showAll);
document.addEventListener("htmx:afterSettle", showAll);
