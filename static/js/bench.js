/**
 * Names for controls that the stock admin leaves without one: the cells of tables of rows, and the pickers with a search.
 */
function wordsOf(control) {
  const label = document.querySelector(`label[for="${CSS.escape(control.id)}"]`);
  const column = [...(control.closest("td")?.classList ?? [])].find((name) => name.startsWith("field-"));
  const head = column && control.closest("table").querySelector(`th.${CSS.escape(column.replace("field-", "column-"))}`);
  return (label ?? head)?.textContent.trim().replace(/:$/, "") ?? "";
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

function nameAll() {
  for (const control of document.querySelectorAll("#content-main :is(select, textarea, input:not([type=hidden]))")) nameControl(control);
  for (const head of document.querySelectorAll(".tabular thead th")) nameHead(head);
}

// jQuery's own queue comes after the pickers have been made; pages of the bench without jQuery have none.
(window.django?.jQuery ?? ((act) => act()))(nameAll);
document.addEventListener("formset:added", () => setTimeout(nameAll));
