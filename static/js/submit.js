/**
 * A form that changes something is sent once: after the first press its button says 「処理しています…」 and rests.
 * Forms read by GET, sent by htmx, or marked data-download on form or button (the page stays) are left alone.
 */
const WORKING = "処理しています…";
const words = new WeakMap();

function isLeftAlone(form, button) {
  return form.method !== "post" || [form, button].some((one) => one?.hasAttribute("data-download")) || form.matches("[hx-post], [data-hx-post]");
}

function announce(text) {
  let region = document.getElementById("submit-status");
  if (!region) {
    region = document.createElement("p");
    region.id = "submit-status";
    region.className = "visually-hidden";
    region.setAttribute("role", "status");
    document.body.append(region);
  }
  region.textContent = text;
}

function rest(button) {
  words.set(button, button.textContent);
  button.disabled = true;
  button.dataset.resting = "";
  button.textContent = WORKING;
}

function wake() {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("button[data-resting]")) {
    button.disabled = false;
    button.textContent = words.get(button);
    delete button.dataset.resting;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || isLeftAlone(form, event.submitter)) return;
  if (form.hasAttribute("data-sent")) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "";
  announce(WORKING);
  const button = event.submitter;
  if (button instanceof HTMLButtonElement) setTimeout(() => rest(button));
});

window.addEventListener("pageshow", (event) => {
  if (event.persisted) wake();
});
