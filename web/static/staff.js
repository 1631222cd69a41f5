// What every staff page has: the first problem of a form takes the focus, so that a screen reader begins with it; a
// button that needs a script is there only with one.
"use strict";
document.querySelector("[data-focus]")?.focus();
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
