/**
 * What the stock admin leaves undone: names for controls without one (cells of tables of rows, pickers with a search),
 * the words of its column on each cell for small screens, the way from an error to a picker, and a button that prints.
 */
function headOf(cell) {
  const column = [...(cell?.classList ?? [])].find((name) => name.startsWith("field-"));
  return column && cell.closest("table").querySelector(`th.${CSS.escape(column.replace("field-", "column-"))}`);
}

function wordsOf(control) {
  const label = document.querySelector(`label[for="${CSS.escape(control.id)}"]`);
  return (label ?? headOf(control.closest("td")))?.textContent.trim() ?? "";
}

function nameControl(control) {
  const words = wordsOf(control);
  if (!words) return;
  if (!control.labels?.length) control.setAttribute("aria-label", words);
  document.getElementById(`select2-${control.id}-container`)?.setAttribute("aria-label", words);
}

function nameHead(head) {
  if (head.textContent.trim()) return;
  const words = document.createElement("span");
  words.className = "visually-hidden";
  words.textContent = head.classList.contains("original") ? "行" : "削除";
  head.append(words);
}

function nameCell(cell) {
  const head = headOf(cell);
  const words = (head?.querySelector(".text") ?? head)?.textContent.trim();
  if (words) cell.dataset.label = words;
}

function nameAll() {
  for (const control of document.querySelectorAll("#content-main :is(select, textarea, input:not([type=hidden]))")) nameControl(control);
  for (const head of document.querySelectorAll(".tabular thead th")) nameHead(head);
  for (const cell of document.querySelectorAll(":is(#result_list, .tabular) tbody :is(td, th)")) nameCell(cell);
}

// A picker hides the control that the error names; its own box takes the focus.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".error-summary a");
  const control = link && document.getElementById(link.hash.slice(1));
  if (!control) return;
  event.preventDefault();
  (control.parentElement.querySelector(".select2-selection") ?? control).focus();
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// jQuery's own queue comes after the pickers have been made; pages of the bench without jQuery have none.
(window.django?.jQuery ?? ((act) => act()))(nameAll);
document.addEventListener("formset:added", () => setTimeout(nameAll));
