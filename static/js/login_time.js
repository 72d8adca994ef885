/**
 * The time of a login: <meta name="login-time" content="idle whole"> in seconds.
 * Typing and clicking count as being here; five minutes before the end the page says so and offers to go on.
 */
const meta = document.querySelector('meta[name="login-time"]');
const [idle, whole] = meta.content.split(" ").map((seconds) => Number(seconds) * 1000);
const warning = Math.min(5 * 60 * 1000, idle / 2);
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("login-time") : null;
const ended = Date.now() + whole;
let seen = Date.now();
let asked = seen;
let dialog = null;

const remaining = () => Math.min(seen + idle, ended) - Date.now();
const canGoOn = () => ended - Date.now() > warning;

function here() {
  seen = Date.now();
  dialog?.close();
}

async function goOn() {
  asked = Date.now();
  const answer = await fetch(meta.dataset.goOn, { method: "POST", headers: { "X-CSRFToken": meta.dataset.token } }).catch(() => null);
  if (answer?.ok && !answer.redirected) {
    here();
    tabs?.postMessage("here");
  }
}

function acted() {
  if (remaining() > 0 && canGoOn() && !dialog && Date.now() - asked > warning) goOn();
}

function words() {
  const minutes = Math.ceil(remaining() / 60000);
  if (minutes <= 0)
    return "ログインの時間が切れました。入力した内容は、ボタンを押してログインし直すと、続きから送れます。";
  if (canGoOn()) return `操作がないので、あと${minutes}分でログアウトします。`;
  return `ログインから長い時間がたったので、あと${minutes}分でログアウトします。入力した内容を保存してください。`;
}

function show() {
  const text = document.createElement("p");
  text.id = "login-time-text";
  const button = document.createElement("button");
  button.className = "button";
  dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", text.id);
  dialog.append(text, button);
  button.addEventListener("click", () => (remaining() > 0 && canGoOn() ? goOn() : dialog.close()));
  dialog.addEventListener("close", () => {
    dialog.remove();
    dialog = null;
  });
  document.body.append(dialog);
  say();
  dialog.showModal();
}

function say() {
  const text = words();
  const [paragraph, button] = dialog.children;
  if (paragraph.textContent !== text) paragraph.textContent = text;
  button.textContent = remaining() > 0 && canGoOn() ? "続ける" : "閉じる";
}

let told = "";
function look() {
  const stage = remaining() <= 0 ? "ended" : remaining() <= warning ? "soon" : "";
  if (dialog) say();
  else if (stage && stage !== told && "HTMLDialogElement" in window) show();
  told = stage;
}

/** The server no longer knows who this is: what was typed stays on the screen; a page without any is loaded anew. */
function over() {
  if (!document.querySelector("form[data-unsaved]")) return location.reload();
  seen = Date.now() - idle;
  look();
}

if (tabs) tabs.addEventListener("message", here);
tabs?.postMessage("here");
document.body?.addEventListener("htmx:afterRequest", (event) => event.detail.successful && here());
document.body?.addEventListener("htmx:responseError", (event) => event.detail.xhr.status === 401 && over());
for (const act of ["input", "keydown", "pointerdown"]) document.addEventListener(act, acted, { passive: true });
setInterval(look, 5000);
