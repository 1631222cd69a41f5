// The editor with a script: what is typed is kept and shown beside it, sections move in place, and whole blocks are put in.
// Without it the page saves and moves sections by its buttons. No address and no word of the interface stands here.
"use strict";
(() => {
  const form = document.getElementById("write");
  if (!form) return;
  const at = form.dataset.write, one = (found, within = document) => within.querySelector(found);
  const all = (found, within = document) => [...within.querySelectorAll(found)];
  const send = (path, more = {}) =>
    fetch(at + path, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { ...more } });
  for (const tool of all("[data-script]")) tool.hidden = false;

  // ── what is typed is kept ──
  const kept = document.getElementById("kept");
  let waits = 0, since = 0, queued = false, stopped = false, dirty = false, safe = true, last = Promise.resolve();
  const say = (words, tone = "quiet") => {
    kept.className = `state ${tone}`;
    kept.textContent = words;
  };
  // one after another: a draft that came late must not follow the save that had its words
  const after = (work) => (last = last.then(work, work));
  const keep = () => {
    clearTimeout(waits);
    if (stopped || queued) return;
    queued = true;
    after(async () => {
      [queued, since] = [false, 0];
      const answer = await send("/draft").catch(() => null);
      safe = Boolean(answer?.ok);
      if (!answer) {
        say(form.dataset.lost, "stop");
        waits = setTimeout(keep, 2000);
      } else if (answer.ok) {
        const now = await answer.json();
        form.elements.mark.value = now.mark;
        say(`${form.dataset.kept} ${now.at}`, "warn");
        show(now.stops);
      } else if (answer.headers.get("Content-Type")?.includes("json")) {
        stopped = answer.status === 409;
        say((await answer.json()).problem, "stop");
      } else say(form.dataset.ended, "stop");
    });
  };
  let turn = 0, reviews = 0;
  const review = async () => {
    const mine = ++turn;
    const answer = await send("/review").catch(() => null);
    if (!answer?.ok || mine !== turn) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    // a reason that is being typed under a warning stays
    const busy = (old) => all("input", old).some((input) => input.value || input === document.activeElement);
    for (const part of all("body > [id]", fresh)) {
      const old = document.getElementById(part.id);
      if (old && !busy(old)) old.replaceWith(part);
    }
    shown();
  };
  const changed = () => {
    dirty = true;
    since ||= Date.now();
    clearTimeout(waits);
    clearTimeout(reviews);
    if (Date.now() - since > 900) keep();
    else waits = setTimeout(keep, 120);
    reviews = setTimeout(review, 400);
  };
  form.addEventListener("input", (event) => {
    if (event.target.form === form) changed();
  });
  document.addEventListener("visibilitychange", () => document.hidden && since && keep());
  addEventListener("beforeunload", (event) => (since || queued) && dirty && event.preventDefault());

  // ── save ──
  const saved = async () => {
    const answer = await send("", { "X-Write": "1" }).catch(() => null);
    if (!answer) return say(form.dataset.lost, "stop");
    if (!answer.ok || !answer.headers.get("Content-Type")?.includes("json")) {
      dirty = false;
      return form.submit();
    }
    const now = await answer.json();
    [form.elements.base.value, form.elements.mark.value, since, dirty, stopped] = [now.base, now.mark, 0, false, false];
    say(now.said, "ok");
    show("");
  };
  const save = () => {
    clearTimeout(waits);
    after(saved);
  };
  form.addEventListener("submit", (event) => {
    dirty = false;
    if (event.submitter?.value !== "save") return;
    event.preventDefault();
    save();
  });

  // ── sections ──
  const parts = () => all(".part", form);
  const count = () => {
    const found = parts();
    found.forEach((part, number) => {
      if (one(".no", part)) one(".no", part).textContent = number || "";
      for (const button of all('.menu button[name="do"]', part)) {
        const [what] = button.value.split(":");
        button.value = `${what}:${number}`;
        if (what === "up") button.disabled = number < 2;
        if (what === "down") button.disabled = number === found.length - 1;
      }
    });
    const list = one(".outline ol");
    for (const part of found) list?.append(one(`a[href="#${part.id}"]`, list)?.parentNode ?? "");
  };
  const move = (part, by) => {
    const found = parts(), number = found.indexOf(part), other = found[number + by];
    if (number < 1 || !other || number + by < 1) return;
    const focus = document.activeElement;
    other[by < 0 ? "before" : "after"](part);
    count();
    focus.focus();
    changed();
  };
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    event.preventDefault();
    move(button.closest(".part"), Number(button.dataset.move));
  });
  const label = (tag, words) => Object.assign(document.createElement("span"), { className: tag, textContent: words });
  form.addEventListener("change", (event) => {
    const place = event.target.closest(".for") && one(".tags", event.target.closest("details"));
    const titles = place && all(":checked", event.target.closest(".for")).map((box) => box.dataset.title);
    place?.replaceChildren(...(titles.length ? titles.map((words) => label("tag", words)) : [label("tag all", form.dataset.all)]));
  });

  // ── the letter beside it ──
  const look = document.getElementById("look"), frames = document.getElementById("frames");
  let anchor = "", coming = null, missing = "";
  const address = () => {
    const audience = document.getElementById("for-whom").value;
    const locale = one(`[data-locales="${audience}"] :checked`, look).value;
    return [audience, locale, one('[name="look"]:checked', look).value];
  };
  const shown = () => {
    for (const each of all("[data-missing]", look ?? undefined)) each.hidden = each.dataset.missing !== missing;
  };
  const show = (stops) => {
    const told = document.getElementById("look-stops");
    if (!look) return;
    told.hidden = !stops;
    one("span", told).textContent = stops;
    if (stops || !look.checkVisibility()) return;
    const [audience, locale, how] = address();
    coming?.remove();
    coming = one("iframe", frames).cloneNode();
    coming.className = `coming ${how}`;
    coming.src = `${at}/frame/${audience}/${locale}?look=${how}&v=${form.elements.mark.value.slice(0, 12)}#${anchor}`;
    coming.addEventListener("load", (event) => {
      if (event.target !== coming) return;
      for (const old of all("iframe", frames)) if (old !== coming) old.remove();
      coming.classList.remove("coming");
      coming = null;
    });
    frames.append(coming);
    frames.classList.toggle("phone", how !== "wide");
    const tab = document.getElementById("look-tab"), paper = document.getElementById("look-paper");
    tab.href = `${at}/frame/${audience}/${locale}?look=${how}`;
    paper.hidden = !one("#for-whom :checked").dataset.paper;
    paper.href = `${at}/booklet/${audience}/${locale}`;
    missing = audience;
    shown();
    for (const each of all("[data-locales]", look)) each.hidden = each.dataset.locales !== audience;
  };
  look?.addEventListener("change", () => show(""));
  addEventListener("hashchange", () => show(""));
  matchMedia("(min-width: 60rem)").addEventListener("change", () => show(""));
  form.addEventListener("focusin", (event) => {
    const part = event.target.closest(".part"), there = part?.dataset.anchor;
    if (!part || there === undefined) return;
    for (const link of all(".outline a")) link.toggleAttribute("aria-current", link.hash === `#${part.id}`);
    if (there === anchor) return;
    anchor = there;
    const now = frames && one("iframe:not(.coming)", frames);
    if (now?.src) now.src = now.src.replace(/#.*$/, "") + `#${anchor}`;
  });
  show("");
  count();

  // ── keys and buttons of the toolbar ──
  let field = one(".part textarea", form);
  form.addEventListener("focusin", (event) => {
    if (event.target.matches(".part textarea")) field = event.target;
  });
  // the only way that leaves Ctrl+Z whole (measured: setRangeText does not)
  const put = (text) => {
    field.closest("details")?.setAttribute("open", "");
    field.focus();
    document.execCommand("insertText", false, text);
  };
  const around = (before, after = before) => {
    const { selectionStart: start, selectionEnd: end, value } = field, words = value.slice(start, end);
    put(before + words + after);
    field.setSelectionRange(start + before.length, start + before.length + words.length);
  };
  const lines = (begin) => {
    const { selectionStart: start, selectionEnd: end, value } = field;
    const first = value.lastIndexOf("\n", start - 1) + 1;
    field.setSelectionRange(first, end);
    let number = 0;
    put(value.slice(first, end).replace(/^/gm, () => (begin === "1." ? `${++number}. ` : begin)));
  };
  const block = (text) => {
    const { selectionStart: start, selectionEnd: end, value } = field;
    const before = value.slice(0, start), after = value.slice(end);
    const above = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    put(`${above}${text}${!after || after.startsWith("\n\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n"}`);
  };
  const open = (name) => {
    const dialog = document.getElementById(`d-${name}`);
    const words = field.value.slice(field.selectionStart, field.selectionEnd);
    one("form", dialog).reset();
    if (name === "picture") [part("seen").hidden, part("problem").hidden, part("name").value] = [true, true, ""];
    const first = one("[data-words]", dialog);
    if (first && words && !words.includes("\n")) first.value = words;
    dialog.showModal();
  };
  const act = (what) => {
    const [how, more] = [what.slice(0, what.indexOf(":")), what.slice(what.indexOf(":") + 1)];
    ({ around, lines, block, open, put })[how](more);
  };
  one(".toolbar")?.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    button.closest("details")?.removeAttribute("open");
    act(button.dataset.act);
  });
  form.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase(), part = event.target.closest?.(".part");
    if (event.altKey && event.shiftKey && part && key.startsWith("arrow") && (key.endsWith("up") || key.endsWith("down"))) {
      event.preventDefault();
      return move(part, key.endsWith("up") ? -1 : 1);
    }
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const does = { s: save, b: () => around("**"), i: () => around("*"), k: () => open("link") }[key];
    if (!does || (key !== "s" && !event.target.matches(".part textarea"))) return;
    event.preventDefault();
    does();
  });

  // A dialog says how its block is written: {name} is a field, {@name} one attribute of it if it is filled in.
  for (const dialog of all("dialog[data-make]")) {
    one("form", dialog).addEventListener("submit", (event) => {
      const typed = new FormData(event.target);
      const value = (name) => String(typed.get(name) ?? "").trim();
      const written = (make) => make
        .replace(/ ?\{((?:@[a-z]+ ?)+)\}/g, (_found, names) => {
          const filled = names.trim().split(" ").map((name) => name.slice(1)).filter(value);
          const said = filled.map((name) => `${name}="${value(name).replace(/["{}\n]/g, "’")}"`);
          return said.length ? ` {${said.join(" ")}}` : "";
        })
        .replace(/\{([a-z]+)\}/g, (_found, name) => value(name))
        .replace(/\n\n+:::/g, "\n:::");
      dialog.close();
      (dialog.dataset.inline ? put : block)(written(dialog.dataset.make));
      if (!dialog.dataset.end) return;
      field.setSelectionRange(field.value.length, field.value.length);
      block(written(dialog.dataset.end));
    });
  }
  // a dialog shows the block as a reader will see it, once what it needs is filled in
  for (const dialog of all("dialog[data-key]")) {
    let waiting = 0;
    const typed = one("form", dialog), seen = one(".dialog-look", dialog);
    const showBlock = () => {
      const query = new URLSearchParams([["what", dialog.dataset.key], ...new FormData(typed)]).toString();
      seen.hidden = !typed.checkValidity() || query.length > 4000;
      if (!seen.hidden) one("iframe", seen).src = `${at}/block?${query}#voorbeeld`;
    };
    typed.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(showBlock, 300);
    });
    typed.addEventListener("reset", () => (seen.hidden = true));
  }
  // ── a text from Word or the web: a few words go in at once, anything more is looked at on a page of its own ──
  const bring = document.getElementById("bring"), shaped = /<(?:h[1-6]|b|strong|i|em|s|u|del|ins|ul|ol|li|table|blockquote|a|img|pre|sup|sub)[\s>]|font-weight:\s*(?:bold|[6-9]00)|mso-/i;
  const lookAt = (fill) => {
    bring.elements.after.value = Math.max(0, parts().indexOf(field.closest(".part")));
    fill(bring.elements);
    if (stopped) return say(form.dataset.lost, "stop");
    if (dirty) keep();
    after(() => {
      if (!safe) return;
      dirty = false;
      bring.submit();
    });
  };
  const taken = async (html, plain) => {
    const data = new FormData();
    data.append("html", html);
    const answer = await fetch(`${at}/paste`, { method: "POST", body: data, headers: { "X-CSRF-Token": form.elements.csrf.value } }).catch(() => null);
    const told = await answer?.json().catch(() => null);
    if (!answer?.ok || !told) {
      put(plain);
      return say(told?.problem ?? form.dataset.lost, "stop");
    }
    if (told.whole) return lookAt((fields) => (fields.html.value = html));
    const text = told.markdown.trim();
    (text.includes("\n") ? block : put)(text);
    if (told.said.length) say(told.said.join(" "), "warn");
  };
  if (bring) {
    form.addEventListener("paste", (event) => {
      const html = event.clipboardData?.getData("text/html") ?? "", plain = event.clipboardData?.getData("text/plain") ?? "";
      if (!event.target.matches?.(".part textarea") || !plain.trim() || !shaped.test(html)) return;
      event.preventDefault();
      field = event.target;
      taken(html, plain);
    });
    form.addEventListener("drop", (event) => {
      const file = [...event.dataTransfer.files].find((each) => /\.(?:docx|docm|html?)$/i.test(each.name));
      if (!file || !event.target.closest?.(".part")) return;
      event.preventDefault();
      field = one("textarea", event.target.closest(".part"));
      lookAt((fields) => {
        const given = new DataTransfer();
        given.items.add(file);
        fields.file.files = given.files;
      });
    });
  }
  // ── pictures: chosen, dropped or pasted; shown as they go out before they are put in ──
  const picture = document.getElementById("d-picture"), part = (name) => document.getElementById(`picture-${name}`);
  const problem = (words) => {
    part("problem").hidden = !words;
    part("problem").textContent = words;
  };
  const take = async (file) => {
    problem("");
    [part("seen").hidden, part("name").value] = [true, ""];
    if (!file || file.size > 10_000_000) return problem(one("form", picture).dataset.small);
    const data = new FormData();
    data.append("picture", file);
    const answer = await fetch(`${at}/pictures`, { method: "POST", body: data, headers: { "X-CSRF-Token": form.elements.csrf.value } });
    const told = await answer.json().catch(() => ({ problem: form.dataset.ended }));
    if (!answer.ok) return problem(told.problem);
    part("name").value = told.name;
    part("weight").textContent = told.weight;
    part("colour").src = `${at}/pictures/${told.name}`;
    part("gray").src = `${at}/pictures/${told.name}?as=gray`;
    part("seen").hidden = false;
    part("alt").focus();
  };
  if (picture) {
    part("file").addEventListener("change", () => take(part("file").files[0]));
    one("form", picture).addEventListener("submit", (event) => {
      const typed = new FormData(event.target), caption = String(typed.get("caption")).trim().replace(/"/g, "”");
      if (!typed.get("file")) {
        event.preventDefault();
        return problem(one("form", picture).dataset.small);
      }
      picture.close();
      block(`![${String(typed.get("alt")).trim().replace(/[[\]]/g, "")}](${typed.get("file")}${caption && ` "${caption}"`})`);
    });
    const given = (event, data) => {
      const file = [...(data?.files ?? [])].find((each) => each.type.startsWith("image/"));
      // Word gives a picture of its words beside them
      if (!file || !event.target.closest?.(".part") || event.defaultPrevented || data.getData("text/plain").trim()) return;
      event.preventDefault();
      field = one("textarea", event.target.closest(".part"));
      open("picture");
      take(file);
    };
    form.addEventListener("paste", (event) => given(event, event.clipboardData));
    form.addEventListener("drop", (event) => given(event, event.dataTransfer));
    form.addEventListener("dragover", (event) => event.target.closest?.(".part") && event.dataTransfer.types.includes("Files") && event.preventDefault());
  }
  for (const button of all("dialog [data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
})();
