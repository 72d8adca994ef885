/**
 * Ordering the columns without asking the server each time: ↑ ↓ move a row at once, a row can be dragged,
 * and a box that is ticked among the others joins the end of the shown ones. Without this the same buttons ask the server.
 */
const list = document.querySelector("[data-columns-shown]");
const status = document.querySelector("[data-columns-status]");
const count = document.querySelector("[data-columns-count]");
let dragged = null;

function labelOf(item) {
  return item.querySelector("label").textContent.trim();
}

function renew(text) {
  const items = [...list.children];
  for (const [at, item] of items.entries()) {
    const [up, down] = item.querySelectorAll("button");
    up.disabled = at === 0;
    down.disabled = at === items.length - 1;
  }
  count.textContent = String(items.length);
  if (text) status.textContent = text;
}

function move(button) {
  const item = button.closest("li");
  const [way] = button.value.split(":");
  const beside = way === "up" ? item.previousElementSibling : item.nextElementSibling;
  if (!beside) return;
  if (way === "up") beside.before(item);
  else beside.after(item);
  renew(`「${labelOf(item)}」は${[...list.children].indexOf(item) + 1}番目です。`);
  const rest = button.disabled ? item.querySelector("button:not([disabled])") : button;
  rest?.focus();
}

function join(box) {
  const item = list.firstElementChild?.cloneNode(true);
  if (!item) return;
  const { label } = box.dataset;
  const [own] = item.querySelectorAll("input");
  const [up, down] = item.querySelectorAll("button");
  item.dataset.column = own.value = box.value;
  own.checked = true;
  own.nextSibling.textContent = label;
  up.value = `up:${box.value}`;
  down.value = `down:${box.value}`;
  up.setAttribute("aria-label", `「${label}」を一つ上へ`);
  down.setAttribute("aria-label", `「${label}」を一つ下へ`);
  box.closest("label").hidden = true;
  box.disabled = true;
  list.append(item);
  ready(item);
  renew(`「${label}」を最後に加えました。`);
  own.focus();
}

function leave(item) {
  const key = item.dataset.column;
  const box = [...document.querySelectorAll("[data-columns-section] input")].find((one) => one.value === key);
  if (!box || list.children.length === 1) return;
  const label = labelOf(item);
  box.checked = false;
  box.disabled = false;
  box.closest("label").hidden = false;
  item.remove();
  renew(`「${label}」を外しました。`);
  box.focus();
}

function ready(item) {
  item.draggable = true;
}

list?.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=move]");
  if (!button) return;
  event.preventDefault();
  move(button);
});

list?.addEventListener("change", (event) => {
  if (!event.target.checked) leave(event.target.closest("li"));
});

list?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("li");
  event.dataTransfer.effectAllowed = "move";
});

list?.addEventListener("dragover", (event) => {
  const over = event.target.closest("li");
  if (!dragged || !over || over === dragged) return;
  event.preventDefault();
  const box = over.getBoundingClientRect();
  if (event.clientY < box.top + box.height / 2) over.before(dragged);
  else over.after(dragged);
});

list?.addEventListener("dragend", () => {
  if (dragged) renew(`「${labelOf(dragged)}」は${[...list.children].indexOf(dragged) + 1}番目です。`);
  dragged = null;
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-columns-section] input:checked")) join(event.target);
});

if (list) {
  for (const item of list.children) ready(item);
  for (const plain of document.querySelectorAll("[data-columns-plain]")) plain.hidden = true;
}
