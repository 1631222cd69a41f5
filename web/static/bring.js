// A text that is pasted comes with its form: a field of text alone would lose headings, lists, bold and links.
"use strict";
(() => {
  const text = document.getElementById("text"), html = document.getElementById("html"), shaped = document.getElementById("shaped");
  text.addEventListener("paste", (event) => {
    const given = event.clipboardData?.getData("text/html") ?? "";
    // pasted into words that stand there already, the form would be that of a part of them
    const whole = text.selectionStart === 0 && text.selectionEnd === text.value.length;
    html.value = whole ? given : "";
    shaped.textContent = html.value ? shaped.dataset.with : "";
    if (!html.value) return;
    event.preventDefault();
    text.value = event.clipboardData.getData("text/plain") || new DOMParser().parseFromString(given, "text/html").body.textContent;
  });
  text.addEventListener("input", () => {
    html.value = shaped.textContent = "";
  });
})();
