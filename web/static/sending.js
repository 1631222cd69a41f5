// The envelope of the page before a mailing says what its button does now: at once, or at the moment that was chosen.
// While the readers are counted, how far that is; once they are, the page with the numbers.
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

const going = document.getElementById("going");

async function count() {
  try {
    const answer = await fetch(location.href, { headers: { "HX-Request": "true" } });
    const shown = await answer.text();
    if (answer.ok && !shown) return location.reload();
    if (answer.ok) going.textContent = shown;
  } catch {
    // Without a connection what stands there stays.
  }
  setTimeout(count, 2000);
}

if (going) setTimeout(count, 2000);
