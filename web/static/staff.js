// What every staff page has: the first problem of a form takes the focus, so that a screen reader begins with it; a
// button that needs a script is there only with one; a page that is told to leave asks nothing more on its way out.
"use strict";
document.querySelector("[data-focus]")?.focus();
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Each answer would begin the leaving anew: where the next page is slow in coming, one would never get there.
let leaves = false;
document.addEventListener("htmx:before:response", (event) => {
  leaves ||= Boolean(event.detail.ctx.hx.redirect);
});
document.addEventListener("htmx:before:request", (event) => {
  if (leaves) event.preventDefault();
});
// the browser may keep the page that was left, to be gone back to
addEventListener("pageshow", () => (leaves = false));
