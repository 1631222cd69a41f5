// The desk of a translator. Without it everything can be saved by its buttons; with it nothing that is typed is lost:
// each stop goes to this device at once and to the server within two seconds, and what could not be sent waits.
"use strict";
const box = document.getElementById("box");
if (box) {
  const text = document.getElementById("t"), kept = document.getElementById("kept"), told = document.getElementById("meanwhile");
  const mine = `postduif/${box.dataset.person}/`, here = mine + box.dataset.box;
  const field = (name) => box.elements[name].value;
  const bare = (value) => value.replace(/[\u2066\u2069]/g, "");
  let sent = text.value, timer = 0, busy = false, leaving = false;

  for (const one of document.querySelectorAll("[data-scripted]")) one.hidden = false;
  // another person used this device before: what is theirs is not for who is here now
  for (const key of Object.keys(localStorage)) if (key.startsWith("postduif/") && !key.startsWith(mine)) localStorage.removeItem(key);

  const stored = () => JSON.parse(localStorage.getItem(here) || "null");
  const store = (wants) => {
    try { localStorage.setItem(here, JSON.stringify({ text: text.value, seen: field("seen"), wants: wants || "" })); } catch { /* full, or refused: the server has it */ }
  };
  const draw = (id, html) => document.getElementById(id).replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  const say = (words) => { kept.textContent = words; };
  const tell = (words) => { told.hidden = !words; told.querySelector("p").textContent = words; };

  const before = stored();
  if (before && bare(before.text) !== bare(text.value)) {
    if (before.seen === field("seen")) text.value = before.text;
    tell(before.seen === field("seen") ? box.dataset.found : `${box.dataset.found} ${bare(before.text)}`);
    mark();
    soon();
  }

  function mark() {
    for (const one of box.querySelectorAll("[data-fixed]")) one.classList.toggle("put", !bare(text.value).includes(one.dataset.fixed));
  }
  function soon() {
    store();
    say(box.dataset.typing);
    clearTimeout(timer);
    timer = setTimeout(keep, 800);
  }
  async function keep() {
    if (busy || leaving) return void (timer = setTimeout(keep, 400));
    busy = true;
    const now = text.value, body = new FormData(box);
    try {
      const answer = await fetch(box.dataset.draft, { method: "POST", body });
      if (answer.status === 401 || answer.redirected) say(box.dataset.out);
      else {
        const found = await answer.json();
        if (found.problem) say(found.problem);
        else {
          sent = now;
          say(found.kept);
          draw("checks", found.checks);
          draw("others", found.others);
          if (found.told) tell(found.told);
          if (text.value === now && !stored()?.wants) localStorage.removeItem(here);
        }
      }
      const wants = stored()?.wants;
      if (wants) return send(wants);
    } catch {
      say(stored()?.wants ? box.dataset.waits : box.dataset.offline);
      timer = setTimeout(keep, 3000);
    } finally {
      busy = false;
    }
    if (text.value !== sent && !leaving) timer = setTimeout(keep, 800);
  }

  // A form that is sent without a connection would lose the page: it is asked first whether the server is there.
  async function send(deed) {
    leaving = true;
    const body = new FormData(box);
    body.set("do", deed);
    try {
      const answer = await fetch(box.action, { method: "POST", body });
      if (answer.ok && answer.redirected) {
        localStorage.removeItem(here);
        location.assign(answer.url);
        return;
      }
    } catch {
      leaving = false;
      store(deed);
      say(box.dataset.waits);
      clearTimeout(timer);
      timer = setTimeout(keep, 3000);
      return;
    }
    // refused, and nothing was done: the same form again shows the page that says why
    store();
    const again = document.createElement("input");
    again.type = "hidden"; again.name = "do"; again.value = deed;
    box.append(again);
    HTMLFormElement.prototype.submit.call(box);
  }
  box.addEventListener("submit", (event) => {
    const deed = event.submitter?.value || "next";
    if (deed === "forget") return void localStorage.removeItem(here);
    event.preventDefault();
    clearTimeout(timer);
    if (!leaving) send(deed);
  });
  text.addEventListener("input", () => { mark(); soon(); });
  addEventListener("online", () => { clearTimeout(timer); keep(); });

  // execCommand keeps Ctrl+Z, where setRangeText does not
  const put = (words) => { text.focus(); document.execCommand("insertText", false, words); };
  const fill = (words) => { text.focus(); text.select(); document.execCommand("insertText", false, words); };
  for (const one of box.querySelectorAll("[data-put]")) one.addEventListener("click", () => put(one.dataset.put));
  for (const one of box.querySelectorAll("[data-around]")) one.addEventListener("click", () => {
    const [open, close] = one.dataset.around.split("|");
    put(open + text.value.slice(text.selectionStart, text.selectionEnd) + close);
  });
  const takes = [...document.querySelectorAll("[data-take]")];
  for (const one of takes) one.addEventListener("click", (event) => { event.preventDefault(); fill(one.dataset.take); });
  mark();

  document.addEventListener("keydown", (event) => {
    const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
    const press = (one) => one && (event.preventDefault(), one.click());
    if (event.ctrlKey && event.key === "Enter") press(box.querySelector('[value="next"]'));
    else if (event.altKey && event.key === "ArrowDown") press(document.getElementById("next"));
    else if (event.altKey && event.key === "ArrowUp") press(document.getElementById("previous"));
    else if (event.ctrlKey && event.key.toLowerCase() === "o") { event.preventDefault(); fill(document.getElementById("same").dataset.source); }
    else if (event.altKey && digit) press(takes[digit - 1]);
    else if (event.ctrlKey && digit) press(box.querySelectorAll("[data-fixed]")[digit - 1]);
  });
}
