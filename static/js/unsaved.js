/**
 * Warns before leaving a form[data-unsaved] whose values were changed and not sent.
 * data-unsaved="changed" marks a form that came back with errors: its values are unsaved from the start.
 */
const untouched = new WeakMap();
let sending = false;

function values(form) {
  return JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value instanceof File ? value.name : value]));
}

function isChanged(form) {
  return form.dataset.unsaved === "changed" || untouched.get(form) !== values(form);
}

const forms = [...document.querySelectorAll("form[data-unsaved]")];
for (const form of forms) untouched.set(form, values(form));

document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented && event.target.matches("form[data-unsaved]")) sending = true;
});

window.addEventListener("pageshow", () => {
  sending = false;
});

window.addEventListener("beforeunload", (event) => {
  if (!sending && forms.some((form) => form.isConnected && isChanged(form))) event.preventDefault();
});
