// The envelope of the page before a mailing says what its button does now: at once, or at the moment that was chosen.
"use strict";
const choices = document.querySelectorAll('input[name="when"]');
const said = document.getElementById("when-said");
const button = document.querySelector("button.primary[data-at]");
const day = document.getElementById("day");
const time = document.getElementById("time");

function say() {
  const at = document.querySelector('input[name="when"]:checked')?.value === "at";
  if (!said || !button) return;
  button.querySelector("span").textContent = at ? button.dataset.at : button.dataset.now;
  const shown = day.value && new Date(`${day.value}T12:00`).toLocaleDateString(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long" });
  said.textContent = at ? said.dataset.at.replace("{day}", shown || "…").replace("{time}", time.value || "…") : said.dataset.now;
}

function pick() {
  document.querySelector('input[name="when"][value="at"]').checked = true;
  say();
}

for (const choice of choices) choice.addEventListener("change", say);
for (const field of [day, time]) field?.addEventListener("change", pick);
say();
