// What every staff page has: the first problem of a form takes the focus, so that a screen reader begins with it.
"use strict";
document.querySelector("[data-focus]")?.focus();
