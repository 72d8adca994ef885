/**
 * Asks once before a form is sent: data-confirm="12件を承認します。よろしいですか。" on the form or on the pressed button.
 * {count} becomes the number of chosen rows (selection.js). data-confirm-label names the button that goes on.
 * data-needs="note" on the button: with that field empty nothing is asked, the server says what is missing.
 * Where <dialog> is missing the form is sent without asking.
 */
const agreed = new WeakSet();

function made(tag, attributes, text) {
  const element = document.createElement(tag);
  Object.assign(element, attributes);
  if (text) element.textContent = text;
  return element;
}

function question(form, submitter) {
  const source = submitter?.dataset.confirm ? submitter : form;
  const area = form.closest("[data-count]");
  return {
    text: (source.dataset.confirm ?? "").replace("{count}", area?.dataset.count ?? "0"),
    label: source.dataset.confirmLabel ?? "実行する",
  };
}

function lacksWords(form, submitter) {
  const field = submitter?.dataset.needs && form.elements[submitter.dataset.needs];
  return Boolean(field) && !field.value.trim();
}

function ask(text, label, goOn) {
  const dialog = made("dialog", { className: "dialog" });
  const words = made("p", { id: "confirm-text" }, text);
  const choices = made("form", { method: "dialog", className: "cluster" });
  const yes = made("button", { className: "button", value: "yes" }, label);
  const no = made("button", { className: "button", value: "no", autofocus: true }, "やめる");
  no.dataset.kind = "secondary";
  choices.append(yes, no);
  dialog.append(words, choices);
  dialog.setAttribute("aria-labelledby", words.id);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue === "yes") goOn();
  });
  document.body.append(dialog);
  dialog.showModal();
}

document.addEventListener(
  "submit",
  (event) => {
    const { target: form, submitter } = event;
    if (agreed.delete(form) || typeof HTMLDialogElement === "undefined") return;
    const { text, label } = question(form, submitter);
    if (!text || lacksWords(form, submitter)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(text, label, () => {
      agreed.add(form);
      form.requestSubmit(submitter);
    });
  },
  true,
);
