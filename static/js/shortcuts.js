/**
 * Keys that save the mouse: Ctrl/⌘+K goes to the search box; a button or link with data-shortcut="j" is pressed by that key.
 * Single keys rest while someone types, while a dialog is open, and when switched off on the page (WCAG 2.1.4).
 */
const SWITCH = "shortcuts";

function typing(target) {
  return target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog[open]") !== null;
}

function switchedOff() {
  try {
    return localStorage.getItem(SWITCH) === "off";
  } catch {
    return false;
  }
}

function remember(on) {
  try {
    localStorage.setItem(SWITCH, on ? "on" : "off");
  } catch {
    // Storage may be closed to us; the choice then lasts as long as the page.
  }
}

function goToSearch(event) {
  const search = document.getElementById("search");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
}

function press(event) {
  const control = document.querySelector(`[data-shortcut="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!control || control.disabled || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  control.click();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented || !(event.target instanceof Element)) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
    goToSearch(event);
  } else if (!event.ctrlKey && !event.metaKey && !event.altKey && event.key.length === 1 && !typing(event.target)) {
    if (!switchedOff() && !event.repeat) press(event);
  }
});

for (const holder of document.querySelectorAll("[data-shortcuts-switch]")) {
  const box = holder.querySelector("input");
  holder.hidden = false;
  box.checked = !switchedOff();
  box.addEventListener("change", () => remember(box.checked));
}
