/** Drop-downs of check boxes: the face says what is chosen; a click elsewhere or Escape shuts them. Works on <details>. */
function faceOf(picker) {
  const chosen = [...picker.querySelectorAll("input:checked")];
  if (chosen.length === 0) return picker.dataset.hint;
  return chosen.length === 1 ? chosen[0].closest("label").textContent.trim() : `${chosen.length}つを選択中`;
}

document.addEventListener("change", (event) => {
  const picker = event.target.closest?.("details[data-picker][data-hint]");
  if (picker) picker.querySelector("summary").textContent = faceOf(picker);
});

document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details[data-picker][open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && event.target.closest?.("details[data-picker][open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
