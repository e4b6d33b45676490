// What a page can do better with script. Every page works without it, so nothing here may be the only way to anything.
"use strict";

// Times are told by the clock of who reads them, once this has said which that is; without script by the server's.
const zone = `postern-zone=${Intl.DateTimeFormat().resolvedOptions().timeZone}`;
if (!document.cookie.split("; ").includes(zone)) {
  const path = new URL("../..", document.currentScript.src).pathname.replace(/(.)\/$/, "$1");
  document.cookie = `${zone}; path=${path}; max-age=31536000; samesite=strict${location.protocol === "https:" ? "; secure" : ""}`;
}

// Keys: a link, button or field says in aria-keyshortcuts which ones press it, or lead into it; a list says which lead from row
// to row, and do something with the row that has the focus. The page says all of them: it has none where its reader wants
// none. A button that cannot be seen, nor stands in a menu that can be, is not meant: it is for what is ticked, and nothing is.
const isMeant = (one) => one.localName === "a" || (one.closest("details:not([open])") ?? one).checkVisibility();
const alongRows = (event) => {
  const keys = document.querySelector(LIST)?.dataset ?? {};
  const does = (what) => keys[what]?.split(" ").includes(event.key);
  const links = rowLinks();
  const at = links.findIndex((link) => link.parentElement.contains(event.target));
  const step = does("next") ? 1 : does("previous") ? -1 : 0;
  // From elsewhere only a letter leads into the list: an arrow scrolls there.
  if (!links.length || (at < 0 && (!step || event.key.length > 1))) return false;
  if (step) links[Math.min(links.length - 1, Math.max(0, at < 0 ? 0 : at + step))].focus();
  else if (does("open")) links[at].click();
  else if (does("select")) links[at].parentElement.querySelector(".tick")?.click();
  else return false;
  return true;
};
let [before, beforeAt] = ["", 0];
const press = (event) => {
  const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const pressed = `[aria-keyshortcuts~="${CSS.escape(event.key)}"]`;
  // Two keys, one soon after the other, are a shortcut of their own.
  const both = event.timeStamp - beforeAt < 1500 && document.querySelector(`[data-keys="${CSS.escape(`${before} ${event.key}`)}"]`);
  [before, beforeAt] = [event.key, event.timeStamp];
  let link = both || [...document.querySelectorAll(pressed)].find(isMeant);
  if (!link && !event.repeat && !isBusy && !document.querySelector(".tick:checked")) {
    // Where nothing is ticked, an act is for the row that has the focus.
    const box = rowLinks()[focusedRow()]?.parentElement.querySelector(".tick");
    link = box && document.querySelector(`.bulk ${pressed}`);
    if (link) box.click();
  }
  if (link) {
    event.preventDefault();
    // A key that is held down presses once.
    if (event.repeat) return;
    if (link.localName === "input") link.focus();
    else link.click();
  } else if (alongRows(event)) event.preventDefault();
};
document.addEventListener("keydown", press);

// Print prints: the page for paper is loaded into a frame that nobody sees. On phones, which print a page as it is in its
// window, it opens as without script.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-paper]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || matchMedia("(pointer: coarse)").matches) return;
  event.preventDefault();
  document.querySelector("iframe.sr")?.remove();
  const paper = Object.assign(document.createElement("iframe"), { className: "sr", title: link.textContent, tabIndex: -1, src: link.href });
  paper.onload = () => {
    if (!paper.contentDocument?.querySelector("#paper")) return location.assign(link.href);
    paper.contentWindow.focus();
    paper.contentWindow.print();
  };
  document.body.append(paper);
  link.closest("details")?.removeAttribute("open");
});

// Boxes: with Shift all between the last one and this one become as this one is.
let lastBox;
document.addEventListener("click", (event) => {
  const box = event.target.closest?.(".tick");
  if (!box) return;
  const boxes = [...document.querySelectorAll(".tick")];
  const [from, to] = [boxes.indexOf(lastBox), boxes.indexOf(box)].sort((one, other) => one - other);
  if (event.shiftKey && from >= 0) for (const between of boxes.slice(from, to)) between.checked = box.checked;
  lastBox = box;
});

// Acting without leaving the page: the form is sent as it would be, and the page that comes takes the place of this one
// (www/panes.js). Rows that are to go are gone at once, and come back with the reason if they could not go.
let isBusy = false;
let acting;
const unsay = () => document.querySelectorAll(".note.bad").forEach((note) => note.remove());
const say = (words, link) => {
  const note = document.createElement("div");
  note.className = "note bad";
  note.setAttribute("role", "alert");
  note.append(Object.assign(document.createElement("p"), { textContent: words }));
  if (link) note.append(Object.assign(document.createElement("p"), { className: "acts" }));
  if (link) note.lastChild.append(Object.assign(document.createElement("a"), { href: link.href, textContent: link.textContent }));
  // Where the work is: in the pane of the message, if there is one to be seen.
  const message = [...document.querySelectorAll("main.message > article, section.message")].find((one) => one.checkVisibility());
  if (message) message.prepend(note);
  else document.querySelector(".list > header, main")?.append(note);
};
// What the page of an error says, in sentences.
const reasonOf = (page) => {
  const title = page.querySelector("main h1")?.textContent.trim();
  const rest = [...page.querySelectorAll("main h1 ~ div > p")].map((one) => one.textContent.trim());
  return title && [`${title}.`, ...rest].join(" ");
};
const send = (form, data, goes = []) => isBusy || (acting = act(form, data, goes));
const act = async (form, data, goes) => {
  isBusy = true;
  forget();
  unsay();
  // Where a row has the focus, the one that moves up has it then.
  const focused = focusedRow() < 0 || !goes.length ? focusedRow() : rowLinks().findIndex((link) => goes[0].contains(link));
  for (const row of goes) row.hidden = true;
  const back = (words) => {
    for (const row of goes) row.hidden = false;
    say(words);
  };
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(data) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const reason = reasonOf(page);
    if (answer.ok || answer.status === 401 || !reason) {
      const url = answer.redirected ? answer.url : location.href;
      const isNew = !answer.redirected || new URL(url).pathname !== location.pathname;
      take(page, url, isNew, focused);
    } else back(reason);
  } catch {
    back(form.dataset.lost);
  }
  forget();
  isBusy = false;
};
document.addEventListener("submit", (event) => {
  const [form, button] = [event.target, event.submitter];
  if (event.defaultPrevented || !form.dataset.lost || button?.dataset.file !== undefined) return;
  event.preventDefault();
  const goes = button?.dataset.goes === undefined ? [] : [...form.querySelectorAll(".row:has(.tick:checked)")];
  send(form, new FormData(form, button), goes);
});
// Rows are dragged to folders: the row, or all that are ticked if it is.
let dragged;
const folderOf = (event) => {
  const line = dragged && event.target.closest?.("a.line[data-takes]");
  return line && !line.hasAttribute("aria-current") ? line : undefined;
};
document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.(`${LIST} .row`);
  if (!dragged?.querySelector(".tick")) return (dragged = undefined);
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.querySelector(".subject")?.textContent ?? "");
});
document.addEventListener("dragover", (event) => {
  const line = folderOf(event);
  for (const over of document.querySelectorAll(".line.over")) over.classList.toggle("over", over === line);
  if (!line) return;
  event.preventDefault();
  line.classList.add("over");
});
document.addEventListener("dragend", () => {
  dragged = undefined;
  document.querySelectorAll(".line.over").forEach((line) => line.classList.remove("over"));
});
document.addEventListener("drop", (event) => {
  const line = folderOf(event);
  if (!line) return;
  event.preventDefault();
  const form = dragged.closest("form");
  const data = new FormData(form);
  const box = dragged.querySelector(".tick");
  let goes = [...form.querySelectorAll(".row:has(.tick:checked)")];
  if (!box.checked) {
    data.delete("u");
    data.append("u", box.value);
    goes = [dragged];
  }
  data.append("act", "move");
  data.append("to", line.dataset.takes);
  send(form, data, goes);
});

// The frame of an HTML mail becomes as high as what is in it, and a mail that is wider than the frame is drawn smaller, to
// half its size at most. No newsletter is wider than 760 px; of what is, because of one long line mostly, the letters are
// not made smaller than for that: it scrolls. It can be read because it is of our own origin; script of its own it cannot run (sandbox
// without allow-scripts). A newsletter with another layout for phones, which begins at 640 px at most, is shown in that one
// on a phone alone: in a window where a pane is narrower it is drawn smaller. A mail as high as its window would grow with its frame for ever, so only so many steps are
// followed.
const hasPhoneLayout = (mail) =>
  [...mail.styleSheets].some((sheet) => [...sheet.cssRules].some((rule) => /max-(device-)?width/.test(rule.media?.mediaText)));
const grow = (frame) => {
  let watch;
  const measure = () => {
    watch?.disconnect();
    const body = frame.contentDocument?.body;
    // Before its document comes, a frame holds an empty one; at no height its layout would not be watched any more.
    if (!body || frame.contentDocument.URL === "about:blank") return;
    frame.dataset.there = "";
    // Keys that are pressed in the mail are for its page. A browser that calls no listener in a document without script has them
    // back with a click beside the mail: the page of keys says so.
    frame.contentDocument.addEventListener("keydown", press);
    // So are those that scroll: they do not leave a frame, but a click in it that selects nothing need not keep them there.
    frame.contentDocument.addEventListener("click", () => {
      if (!frame.contentWindow.getSelection().isCollapsed) return;
      frame.blur();
      focusMain();
    });
    let steps = 30;
    const isForPhonesToo = hasPhoneLayout(frame.contentDocument);
    let [width, zoom] = [0, 1];
    const fit = () => {
      if (frame.clientWidth !== width) {
        // In quirks mode a body is as high as its frame, whatever is in it.
        frame.style.height = "40px";
        frame.style.zoom = 1;
        frame.style.zoom = isForPhonesToo && innerWidth > 704 ? Math.min(1, frame.clientWidth / 641) : 1;
        width = frame.clientWidth;
        body.style.zoom = 1;
        zoom = Math.max(.5, Math.min(1, width / Math.min(760, body.parentElement.scrollWidth)));
        body.style.zoom = zoom;
      }
      const needed = Math.ceil(Math.max(body.parentElement.offsetHeight, body.scrollHeight * zoom));
      const height = Math.max(40, Math.min(needed, 30000));
      const border = frame.offsetHeight - frame.clientHeight;
      if (height !== frame.clientHeight && steps-- > 0) frame.style.height = `${height + border}px`;
    };
    fit();
    watch = new ResizeObserver(fit);
    watch.observe(body);
    frame.contentWindow.addEventListener("resize", fit);
    addEventListener("resize", () => (steps = 30));
    // On paper: laid out as wide as that is, with room for the head within the frame (see style.css).
    const article = frame.parentElement;
    addEventListener("beforeprint", () => {
      article.style.width = "680px";
      steps = 30;
      fit();
      const hidden = [...article.querySelectorAll(":scope > .note.brief")].reduce((sum, note) => sum + note.offsetHeight, 0);
      article.style.setProperty("--head", `${frame.offsetTop - article.offsetTop - hidden + 16}px`);
      article.style.setProperty("--mail", `${frame.offsetHeight}px`);
      article.classList.add("paper");
    });
    addEventListener("afterprint", () => {
      article.classList.remove("paper");
      article.style.width = "";
      steps = 30;
      fit();
    });
  };
  frame.addEventListener("load", measure);
  if (frame.contentDocument?.readyState === "complete") measure();
};

// What each page begins with: its frames grow, an import goes on by itself, and where another tab is at work on it, the page
// looks again.
// What waits counts down, and a moment after its time the page is asked for what became of it.
let looksAgain;
let counts;
const countDown = (note) => {
  const until = Date.now() + 1000 * note.dataset.left;
  const text = note.querySelector("p");
  const words = text.textContent;
  // Nobody wants each second read out.
  note.ariaLive = "off";
  const count = async () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    text.textContent = words.replace(/\d+(?=\D*$)/, Math.max(0, left));
    if (left > -2) return;
    clearInterval(counts);
    if (written()) return note.remove();
    const answer = await fetch(location.href).catch(() => undefined);
    if (!answer?.ok || !note.isConnected || isBusy) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const known = [...document.querySelectorAll(".note:not([data-left])")].map((one) => one.textContent);
    const now = [...page.querySelectorAll(".note[role]")].find((one) => !known.includes(one.textContent));
    if (now) bringIcons(page);
    if (now) note.replaceWith(document.adoptNode(now));
    else note.remove();
    if (now?.dataset.left) countDown(now);
  };
  counts = setInterval(count, 1000);
};
const begin = () => {
  clearInterval(counts);
  const waits = document.querySelector(".note[data-left]");
  if (waits) countDown(waits);
  document.querySelectorAll("iframe.frame").forEach(grow);
  document.querySelector("form[data-goes-on]")?.requestSubmit();
  const again = document.querySelector("a[data-again]");
  clearTimeout(looksAgain);
  // Links to addresses, wherever the browser meets them, can lead to the page for writing: it asks its user.
  const handler = document.querySelector("#handler");
  if (handler && navigator.registerProtocolHandler) {
    handler.hidden = false;
    handler.querySelector("button").addEventListener("click", () =>
      navigator.registerProtocolHandler("mailto", new URL(handler.dataset.page, location.href).href));
  }
  if (again) looksAgain = setTimeout(() => location.replace(again.href), 3000);
};
begin();

// New mail is shown without a click: once a minute, while the list can be seen and nothing in it is begun, the server is
// asked whether it would show something else. Where it has no time, it is asked less often; where the session has ended,
// never again.
const MINUTE = 60000;
let pause = MINUTE;
const isIdle = () =>
  document.visibilityState === "visible" && !isBusy && !document.querySelector(".tick:checked, details.drop[open]") &&
  !document.activeElement?.matches("input:not([type=checkbox]), textarea, select");
const look = async () => {
  const list = document.querySelector("main.list[data-look]");
  const asks = list?.dataset.look;
  if (asks && isIdle()) {
    const answer = await fetch(asks).catch(() => undefined);
    if (answer?.status === 401) return;
    pause = answer?.ok ? MINUTE : Math.min(pause * 2, 16 * MINUTE);
    const text = answer?.status === 200 ? await answer.text() : "";
    if (text && list.isConnected && list.dataset.look === asks && isIdle()) take(new DOMParser().parseFromString(text, "text/html"), location.href, false);
  }
  setTimeout(look, pause);
};
setTimeout(look, pause);

// A message that is written: its text is kept every 20 seconds where it has changed, and when the page goes out of sight, so
// that it is found under "Unsent" whatever happens here. Leaving is asked about only where the last of it was not kept, or
// files were chosen and not uploaded yet.
const HEAVY = 500000;
let kept;
let keptAt = 0;
let isSent = false;
const written = () => document.querySelector("form[data-autosave]");
const typed = (form) => {
  const data = new FormData(form);
  for (const field of form.querySelectorAll("input[type=file]")) data.delete(field.name);
  return new URLSearchParams(data);
};
const keep = async () => {
  const form = written();
  if (!form || isSent || typed(form).toString() === kept) return;
  const now = typed(form);
  const body = new URLSearchParams(now);
  if (document.hidden) body.set("leaving", "1");
  // What is heavy, with pictures in its text, takes a slow line long.
  const length = body.toString().length;
  if (length > HEAVY && !document.hidden && Date.now() - keptAt < 120000) return;
  keptAt = Date.now();
  const keepalive = length < 60000;
  const answer = await fetch(form.dataset.autosave, { method: "POST", body, keepalive }).catch(() => undefined);
  if (answer?.status !== 204) return;
  kept = now.toString();
  if (form.isConnected) history.replaceState(history.state, "", form.dataset.page);
};
if (written()) {
  // An answer below what it quotes begins above the signature, or at the end.
  const text = written().querySelector("[data-begins=below]");
  const mark = text?.value.lastIndexOf("\n\n-- \n");
  if (text) text.setSelectionRange(...Array(2).fill(mark < 0 ? text.value.length : mark));
  kept = typed(written()).toString();
  setInterval(keep, 20000);
}
// Another sender's signature takes the place of the one that was put in, as long as nobody has touched it; the same as the form
// does without script (src/draft/signature.rs).
const resigned = (text, old, now, isBelow) => {
  const [was, is] = [old, now].map((signature) => signature && `\n-- \n${signature}`);
  if (!was) {
    if (!is || isBelow) return is ? `${text}\n${is}` : text;
    const at = text.search(/\n\n(?:[^\n]+\n>|-{10})/);
    const [above, quote] = at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at)];
    return `${above}\n${is}\n${quote}`;
  }
  let found = -1;
  for (let at = text.indexOf(was); at >= 0 && (found < 0 || isBelow); at = text.indexOf(was, at + 1))
    if ("\n".startsWith(text.charAt(at + was.length))) found = at;
  if (found < 0) return text;
  const [above, below] = [text.slice(0, found), text.slice(found + was.length)];
  return !is && above.endsWith("\n") && below.startsWith("\n") ? above.slice(0, -1) + below.slice(1) : above + is + below;
};
document.addEventListener("change", ({ target }) => {
  const form = target.closest?.("form[data-autosave]");
  if (target !== form?.elements.from) return;
  const { signed, text, reply_to } = form.elements;
  const [was, is] = [signed.value, target.value].map((one) => [...target.options].find((option) => option.value === one));
  if (!was) return;
  // What is redirected has neither.
  if (text?.matches("textarea")) {
    const { selectionStart } = text;
    const changed = resigned(text.value, was.dataset.signature, is.dataset.signature, text.dataset.begins === "below");
    if (changed !== text.value) text.value = changed;
    text.setSelectionRange(selectionStart, selectionStart);
  }
  if (reply_to?.value.trim() === was.dataset.replyTo) reply_to.value = is.dataset.replyTo;
  signed.value = is.value;
});
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep());
document.addEventListener("submit", (event) => (isSent ||= event.target === written()));
addEventListener("beforeunload", (event) => {
  const form = written();
  if (!form || isSent) return;
  const hasFiles = [...form.querySelectorAll("input[type=file]")].some((field) => field.files.length > 0);
  if (hasFiles || typed(form).toString() !== kept) event.preventDefault();
});

// Recipients are suggested below their field, for what stands behind its last comma: from the list in the page, and by the
// server where it knows more. The focus stays in the field, which says what is meant (aria-activedescendant); the page says
// which keys lead through the list. What looks like a whole address is taken as it is, unless an arrow has chosen another.
const SUGGESTED = 8;
const people = () => document.querySelector("#people");
let offered;
const wordsOf = (text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);
const pieceOf = (field) => {
  const before = field.value.slice(0, field.selectionStart);
  let [from, isQuoted] = [0, false];
  for (const [at, letter] of [...before.matchAll(/[",;\n]/g)].map((match) => [match.index, match[0]])) {
    if (letter === '"') isQuoted = !isQuoted;
    else if (!isQuoted || letter === "\n") [from, isQuoted] = [at + 1, false];
  }
  return { from, text: before.slice(from).trim() };
};
const shut = () => {
  offered?.box.remove();
  offered?.field.removeAttribute("aria-activedescendant");
  offered?.field.removeAttribute("aria-controls");
  offered = undefined;
};
const mean = (at) => {
  offered.at = at;
  [...offered.box.children].forEach((option, n) => option.setAttribute("aria-selected", n === at));
  if (at < 0) return offered.field.removeAttribute("aria-activedescendant");
  offered.field.setAttribute("aria-activedescendant", offered.box.children[at].id);
  offered.box.children[at].scrollIntoView({ block: "nearest" });
};
const complete = (value) => {
  const { field } = offered;
  const { from } = pieceOf(field);
  const head = field.value.slice(0, from);
  const before = `${head}${/[,;]$/.test(head) ? " " : ""}${value}, `;
  field.value = before + field.value.slice(field.selectionStart).replace(/^[^,;\n]*(?:[,;] *)?/, "");
  field.setSelectionRange(before.length, before.length);
  shut();
};
const offer = (field, values) => {
  shut();
  if (!values.length) return;
  const box = document.createElement("ul");
  Object.assign(box, { className: "suggestions", id: `${field.id}-list`, role: "listbox", ariaLabel: people().dataset.found });
  box.append(...values.map((value, n) => {
    const option = Object.assign(document.createElement("li"), { id: `${box.id}-${n}`, role: "option", dir: "auto", textContent: value });
    // The focus stays in the field.
    option.addEventListener("mousedown", (event) => event.preventDefault());
    option.addEventListener("click", () => complete(value));
    return option;
  }));
  field.after(box);
  field.setAttribute("aria-controls", box.id);
  offered = { field, box };
  mean(pieceOf(field).text.includes("@") ? -1 : 0);
};
const suggest = async (field) => {
  const { text } = pieceOf(field);
  const sought = wordsOf(text);
  const isFound = (value) =>
    !field.value.includes(value) && sought.every((word) => wordsOf(value).some((one) => one.startsWith(word)));
  const known = [...people().options].map(({ value }) => value);
  const found = sought.length ? known.filter(isFound) : [];
  offer(field, found.slice(0, SUGGESTED));
  const more = people().dataset.suggest;
  if (!more || !sought.length || found.length >= SUGGESTED) return;
  const isMeant = () => document.activeElement === field && pieceOf(field).text === text;
  await new Promise((resume) => setTimeout(resume, 200));
  const answer = isMeant() && (await fetch(more + encodeURIComponent(text)).catch(() => undefined));
  if (!answer?.ok || answer.status !== 200) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const others = [...page.querySelectorAll("option")].map(({ value }) => value).filter(isFound);
  if (isMeant()) offer(field, [...new Set([...found, ...others])].slice(0, SUGGESTED));
};
document.addEventListener("focusin", ({ target }) => {
  if (target.matches("[data-people]")) Object.assign(target, { ariaAutoComplete: "list", ariaHasPopup: "listbox" });
});
document.addEventListener("focusout", shut);
document.addEventListener("input", ({ target }) => target.matches("[data-people]") && suggest(target));
document.addEventListener("keydown", (event) => {
  if (!offered || event.target !== offered.field || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  const keys = people().dataset;
  const isFor = (what) => keys[what].split(" ").includes(event.key);
  const count = offered.box.children.length;
  if (isFor("down")) mean((offered.at + 1) % count);
  else if (isFor("up")) mean((Math.max(offered.at, 0) + count - 1) % count);
  else if (isFor("take") && offered.at >= 0 && !event.shiftKey) complete(offered.box.children[offered.at].textContent);
  else if (isFor("shut")) shut();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

// A page from the back-forward cache is shown as it is. Its session may have ended: the server knows, and is asked beside; then
// nothing of the page is shown any more. A message that is being written stays as it is: what was typed is nowhere else.
addEventListener("pageshow", async (event) => {
  isSent = false;
  if (!event.persisted || written()) return;
  forget();
  const answer = await fetch(location.href, AHEAD).catch(() => undefined);
  if (answer?.status !== 401) return;
  document.documentElement.hidden = true;
  location.reload();
});
