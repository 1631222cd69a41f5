// What every staff page has: the first problem of a form takes the focus, so that a screen reader begins with it; a
// button that needs a script is there only with one; a page that is told to leave asks nothing more on its way out.
"use strict";
document.querySelector("[data-focus]")?.focus();
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  navigator.clipboard?.writeText(field.value).then(() => {
    button.querySelector("span").textContent = button.dataset.done;
  }, () => {}); // it stays selected, to be copied by hand
});

// Each answer would begin the leaving anew: where the next page is slow in coming, one would never get there.
let leaves = false;
document.addEventListener("htmx:before:response", (event) => {
  leaves ||= Boolean(event.detail.ctx.hx.redirect);
});
document.addEventListener("htmx:before:request", (event) => {
  if (leaves) event.preventDefault();
});

// What cannot be renewed stays as it was, and says so; what may not be seen any more is left, for the page that says why.
const stale = document.querySelector("[data-stale]");
const tell = (isOld) => stale && (stale.hidden = !isOld);
document.addEventListener("htmx:error", () => tell(!leaves));
document.addEventListener("htmx:response:error", (event) => {
  const { request, response } = event.detail.ctx;
  tell(response.status >= 500);
  if (response.status >= 500 || leaves) return;
  leaves = true;
  location.assign(request.action);
});
document.addEventListener("htmx:before:swap", (event) => {
  if (event.detail.ctx.response.status >= 400) event.preventDefault();
  else tell(false);
});

// the browser may keep the page that was left, to be gone back to
addEventListener("pageshow", () => (leaves = false));

// Whoever signs out leaves nothing on the device of what they typed.
document.querySelector('form[action="/staff/sign-out"]')?.addEventListener("submit", () => {
  for (const key of Object.keys(localStorage)) if (key.startsWith("postduif/")) localStorage.removeItem(key);
});
