// The pick list on a phone: a tick is kept here until the server has it, so that a cellar without a connection or a
// session that ended loses none; what someone else ticks is seen within seconds. One request at a time: no old answer wins.
"use strict";
const first = document.getElementById("fill");
const kept = `postduif/fill/${first.dataset.run}`;
const EVERY = 2000;
let waits = new Map(JSON.parse(localStorage.getItem(kept) || "[]"));
let turn;
let isAsking = false;

function keep() {
  if (waits.size) localStorage.setItem(kept, JSON.stringify([...waits]));
  else localStorage.removeItem(kept);
}

function show() {
  for (const [number, on] of waits) {
    const box = document.getElementById(`p${number}`);
    if (box) box.checked = on;
  }
}

function sayWaits(isBehind) {
  const said = document.getElementById("waits");
  said.hidden = !(isBehind && waits.size);
  said.textContent = document.getElementById("fill").dataset.waits.replace("{count}", waits.size);
}

// The new list in the place of the old one; focus stays where it was.
function swap(html) {
  const made = new DOMParser().parseFromString(html, "text/html").getElementById("fill");
  if (!made) return false;
  const focused = document.activeElement;
  const isButton = focused?.name === "one";
  document.getElementById("fill").replaceWith(made);
  if (focused?.id) document.getElementById(focused.id)?.focus();
  else if (isButton) document.querySelector(".pack-bar .primary")?.focus();
  show();
  return true;
}

async function ask() {
  clearTimeout(turn);
  if (isAsking) return;
  const [next] = waits;
  if (!next && document.hidden) return void (turn = setTimeout(ask, EVERY));
  isAsking = true;
  const form = document.getElementById("fill");
  const asked = { headers: { "HX-Request": "true" } };
  if (next) {
    const one = `${next[1] ? "tick" : "untick"}-${next[0]}`;
    asked.method = "POST";
    asked.body = new URLSearchParams({ csrf: form.elements.csrf.value, one });
  }
  let isBehind = true;
  try {
    const answer = await fetch(form.action, asked);
    if (answer.headers.has("HX-Redirect") || [401, 403].includes(answer.status)) return location.assign(form.action);
    if (answer.status < 500) {
      if (next && waits.get(next[0]) === next[1]) waits.delete(next[0]);
      keep();
      isBehind = !swap(await answer.text());
    }
  } catch {
    // Without a connection what was ticked waits.
  }
  isAsking = false;
  sayWaits(isBehind);
  turn = setTimeout(ask, !isBehind && waits.size ? 0 : EVERY);
}

// A tick while an answer is waited for has the next turn, which then comes at once.
function tick(number, on) {
  waits.delete(number);
  waits.set(number, on);
  keep();
  show();
  ask();
}

document.addEventListener("change", (event) => {
  if (event.target.name === "on") tick(event.target.value, event.target.checked);
});
document.addEventListener("submit", (event) => {
  const [what, number] = (event.submitter?.value || "").split("-");
  if (event.target.id !== "fill" || !["tick", "untick"].includes(what)) return;
  event.preventDefault();
  tick(number, what === "tick");
});
show();
ask();
