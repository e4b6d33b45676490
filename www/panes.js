// Going from page to page without leaving this one: a link between pages of the application is followed as the browser would
// follow it, with the same address and the same entry in its history, but the page is asked for by script and put in the place
// of this one. So lists and folders stay where they stood, to the pixel. Whatever is no page of the application is left to the
// browser.
"use strict";

// Who reads without this script has a browser follow what is pressed (press.json).
document.documentElement.classList.add("panes");

// What scrolls: the window on a phone, else each pane.
const panes = () => [document.scrollingElement, ...[".list", ".folders", "main.message"].map((one) => document.querySelector(one))];
// The list where it is the page. Beside a message it is the same element, mostly, with another role (see `merge`).
const LIST = "main.list:not([role])";
const rowLinks = () => [...document.querySelectorAll(`${LIST} .row:not([hidden]) > a`)];
const focusedRow = () => rowLinks().findIndex((link) => link.parentElement.contains(document.activeElement));
const isPane = (one) => !!one?.clientHeight && getComputedStyle(one).overflowY !== "visible";
const bare = (url) => url.split("#")[0];

// Each entry of the history has a number, for script puts several pages into one document. A page has a place, where its
// reader was in it: found again by what list it shows, else by its address.
let at = history.state?.at ?? Date.now();
let shown = bare(location.href);
const places = new Map();
const nameOf = () => document.querySelector(LIST)?.dataset.place ?? shown;
let lastRow;
const place = () => ({
  tops: panes().map((pane) => pane?.scrollTop ?? 0),
  row: document.querySelector(LIST) ? document.activeElement?.closest(".row")?.id || lastRow : undefined,
});
const keepPlace = () => places.set(nameOf(), place());
// What is kept with the entry is found again when its page has been loaded anew.
const noteEntry = () => {
  if (history.state && history.state.at !== at) return;
  history.replaceState({ ...history.state, at, place: place() }, "");
};

const focusOn = (row) => {
  const link = row && document.getElementById(row)?.querySelector("a");
  link?.focus({ preventScroll: true });
  return !!link;
};
// The pane that is read has the focus where nothing else has: so its keys scroll it.
const focusMain = () => {
  const main = document.querySelector(".app > main:not([role])");
  const field = [...document.querySelectorAll("main [autofocus]")].find((one) => one.checkVisibility());
  if (field) return field.focus();
  if (!isPane(main)) return;
  main.tabIndex = -1;
  main.focus({ preventScroll: true });
};
// A browser shows no focus that is within a frame: where a key has led there, its edge does.
let isByKey = false;
for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, (event) => (isByKey = event.type === "keydown"), true);
addEventListener("blur", () => setTimeout(() => {
  const frame = document.activeElement?.closest("iframe.frame");
  if (isByKey && frame) frame.dataset.entered = "";
}));
addEventListener("focus", () => delete document.querySelector("[data-entered]")?.dataset.entered);
const returnTo = ({ tops }) => {
  panes().forEach((pane, nth) => pane && (pane.scrollTop = tops[nth] ?? 0));
  // The frame of a mail grows when the mail is there.
  for (const frame of document.querySelectorAll("main iframe.frame"))
    frame.addEventListener("load", () => requestAnimationFrame(() => (panes()[3].scrollTop = tops[3])), { once: true });
};

// The icons that parts of another page point at; each page has those of its own.
const bringIcons = (page) => {
  const icons = document.querySelector(".sprite");
  for (const one of page.querySelectorAll(".sprite symbol"))
    if (!document.getElementById(one.id)) icons?.append(document.adoptNode(one));
};

// Makes a part of this page the same as one of another page, and leaves what is the same in both where it is. That is most of
// the lists and folders, and to lay them out is most of what a page costs. The list of which one comes to a message stays the
// element that it is; what is done with it otherwise is told by its role.
const STAYS = "body, .app, .folders, .folders *, .list, .list *";
const isSameKind = (old, now) => old.localName === now.localName || (old.matches?.("main.list") && now.matches?.("section.list"));
const merge = (old, now) => {
  if (old.isEqualNode(now) || old.matches?.(".sprite")) return;
  if (!isSameKind(old, now) || !old.matches?.(STAYS)) return old.replaceWith(now);
  for (const { name } of [...old.attributes]) if (!now.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of now.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (old.localName !== now.localName) old.setAttribute("role", "region");
  const ids = new Set([...now.children].map((one) => one.id));
  for (const one of [...old.children]) if (one.id && !ids.has(one.id)) one.remove();
  let at = old.firstChild;
  for (const one of [...now.childNodes]) {
    const named = one.id && [...old.children].find((other) => other.id === one.id);
    const same = one.id ? named : at && !at.id && at.nodeName === one.nodeName && at;
    if (same && same === at) at = at.nextSibling;
    else old.insertBefore(same || one, at);
    if (same) merge(same, one);
  }
  while (at) [at] = [at.nextSibling, at.remove()];
};

// Puts a page in the place of this one; `settle` says where it stands, before anything is painted.
const put = (page, settle) => {
  const isUnfolded = new Map([...document.querySelectorAll(".folders details")].map((one) => [folded(one), one.open]));
  const [root, other] = [document.documentElement, page.documentElement];
  for (const name of ["lang", "dir", "data-theme"])
    if (root.getAttribute(name) !== other.getAttribute(name)) {
      root.removeAttribute(name);
      if (other.hasAttribute(name)) root.setAttribute(name, other.getAttribute(name));
    }
  const scheme = (one) => one.querySelector("meta[name=color-scheme]");
  if (scheme(page)) scheme(document).content = scheme(page).content;
  document.title = page.title;
  bringIcons(page);
  merge(document.body, page.body);
  // What its reader has ticked or typed there goes with the page.
  for (const form of document.querySelectorAll(":is(.folders, .list) form")) form.reset();
  shown = bare(location.href);
  for (const one of document.querySelectorAll(".folders details"))
    if (isUnfolded.has(folded(one)) && !one.querySelector("[aria-current]")) one.open = isUnfolded.get(folded(one));
  settle();
  noteEntry();
  // What is said is read out once it has come, not as a part of the page.
  for (const said of document.querySelectorAll(".note[role]")) {
    const words = [...said.childNodes];
    said.style.minHeight = `${said.offsetHeight}px`;
    said.replaceChildren();
    setTimeout(() => {
      said.replaceChildren(...words);
      said.removeAttribute("style");
    }, 50);
  }
  begin();
};
const folded = (one) => one.previousElementSibling?.getAttribute("href");
const number = () => (at = Math.max(at + 1, Date.now()));
const enter = (url, isNew) => {
  keepPlace();
  if (isNew) noteEntry();
  const state = { at: number() };
  if (isNew) history.pushState(state, "", url);
  else history.replaceState(state, "", url);
};

// The page that answers an act: it is about the same, so all stays where it is. A conversation that stays open stays there,
// and the focus with the message that it was in.
const talk = () => document.querySelector("main.message:has(.talk)");
const smallForms = () => [...document.querySelectorAll("form.small")];
const take = (page, url, isNew, row = focusedRow()) => {
  const { tops } = place();
  const [talkTop, talkName] = [talk()?.scrollTop, talk()?.querySelector("h1").textContent];
  const within = smallForms().findIndex((form) => form.contains(document.activeElement));
  const isSame = document.querySelector(".app")?.dataset.page === page.querySelector(".app")?.dataset.page;
  enter(url, isNew);
  put(page, () => {
    panes().forEach((pane, nth) => pane && nth < 3 && (nth > 0 || isSame) && (pane.scrollTop = tops[nth]));
    const links = rowLinks();
    if (row >= 0) links[Math.min(row, links.length - 1)]?.focus({ preventScroll: true });
    if (talkName && talk()?.querySelector("h1").textContent === talkName) {
      talk().scrollTop = talkTop;
      if (within >= 0) smallForms()[within]?.querySelector("button:not([hidden])")?.focus({ preventScroll: true });
    }
    // A button that has gone out of sight has no keys.
    if (document.activeElement === document.body || !document.activeElement.checkVisibility()) focusMain();
  });
};

// The page to which a link leads. A list that was beside the message and is still there stays where it is, and so does the row
// that was clicked; one that comes back, as the entry of the history has `kept` it or this document has, stands where it stood.
const bringInSight = (row) => {
  const [, list] = panes();
  const { top, bottom } = row.getBoundingClientRect();
  const [from, to] = isPane(list) ? [list.querySelector("header").getBoundingClientRect().bottom, innerHeight] : [0, innerHeight];
  if (bottom <= from || top >= to) row.scrollIntoView({ block: "center" });
};
const show = (page, { row, isBack, kept }) => {
  const [, list] = panes();
  const [isLive, isOver] = [isPane(list), list?.matches(":hover")];
  const held = document.getElementById(row) ?? document.querySelector(".row.now");
  const [name, listName, stays] = [nameOf(), list?.dataset.place, place()];
  const y = held?.getBoundingClientRect().top;
  put(page, () => {
    document.activeElement?.blur();
    const now = panes();
    const isSameList = !!listName && now[1]?.dataset.place === listName;
    const known = nameOf() === name ? stays : isBack ? places.get(nameOf()) ?? kept : undefined;
    if (known) returnTo(known);
    else document.scrollingElement.scrollTop = 0;
    if (now[2]) now[2].scrollTop = stays.tops[2];
    const isHeld = isSameList && isLive && isPane(now[1]);
    if (isHeld) {
      now[1].scrollTop = stays.tops[1];
      const moved = held?.id && document.getElementById(held.id);
      const away = () => moved.getBoundingClientRect().top - y;
      if (moved) now[1].scrollTop += away();
      // Where it cannot be scrolled to its place, since a notice above it has gone, that has left its room, until the pointer
      // leaves the list.
      if (moved && isOver && away() < 0) {
        const { style } = now[1].querySelector("header");
        style.marginBlockEnd = `${-away()}px`;
        now[1].addEventListener("pointerleave", () => (style.marginBlockEnd = ""), { once: true });
      }
    }
    const current = document.querySelector(".app[data-page=message] .row.now");
    if (current && !(isHeld && current.id === row)) current.scrollIntoView({ block: "nearest" });
    // Back in the list the row of the message that was read last has the focus.
    const last = document.querySelector(LIST) && ((isBack && (row ?? (isSameList && held?.id))) || known?.row);
    if (last && focusOn(last)) bringInSight(document.activeElement.closest(".row"));
    else focusMain();
  });
};

// A page of the application runs the same scripts as this one, in the same style, and sends its forms to us alone.
const scripts = (page) => [...page.querySelectorAll("script[src], link[rel=stylesheet]")].map((one) => one.src ?? one.href).join();
const isOurs = (page) =>
  page.querySelector(".app") && scripts(page) === scripts(document) && [...page.forms].every((form) => form.action.startsWith(location.origin));
const ask = async (url, init) => {
  const answer = await fetch(url, init);
  const isPage = answer.headers.get("Content-Type")?.startsWith("text/html");
  if (!isPage) answer.body?.cancel();
  const page = isPage && new DOMParser().parseFromString(await answer.text(), "text/html");
  const [, after, next] = (page && answer.headers.get("Refresh")?.match(/^(\d+); url=(.+)$/)) || [];
  return {
    page: page && isOurs(page) ? page : undefined,
    waits: next && { after: after * 1000, next, page },
    url: answer.url,
    status: answer.status,
  };
};

// What may be clicked next is fetched ahead, when the pointer has rested on it for a moment or is pressed: two pages at once,
// each good for half a minute, all forgotten after any act. The server answers only with what is at hand, marks nothing as read
// and tells nobody that somebody was there. So whatever came ahead, a click asks for its page as ever: that marks a message as
// read and keeps the session alive. What came ahead is only seen sooner, and the counts and marks in it follow.
const AHEAD = { headers: { "X-Postern-Ahead": "1" } };
const LIKELY = ".row > a, .folders a.line, .steps a, .pages a, .tools .back";
const KEEPS = 30000;
const aheads = new Map();
const forget = () => {
  for (const { abort } of aheads.values()) abort.abort();
  aheads.clear();
};
const lookAhead = (link) => {
  const url = bare(link.href);
  for (const [old, { since }] of aheads) if (Date.now() - since > KEEPS) aheads.delete(old);
  const underWay = [...aheads.values()].filter((one) => one.isUnderWay).length;
  if (aheads.has(url) || url === bare(location.href) || underWay > 1 || isBusy || written() || link.target || link.origin !== location.origin) return;
  const one = { since: Date.now(), isUnderWay: true, abort: new AbortController() };
  one.came = ask(url, { ...AHEAD, signal: one.abort.signal })
    .catch(() => ({}))
    .finally(() => (one.isUnderWay = false));
  aheads.set(url, one);
};
const cameAhead = async (url) => {
  const one = aheads.get(url);
  aheads.delete(url);
  const came = one && Date.now() - one.since < KEEPS && (await one.came);
  // Nothing came: then what is asked for comes first.
  return came?.page ? { ...came, isAhead: true } : Promise.reject();
};
let rests;
document.addEventListener("pointerover", ({ target, pointerType }) => {
  clearTimeout(rests);
  const link = pointerType === "mouse" && target.closest?.(".app a[href]");
  if (link && link.matches(LIKELY)) rests = setTimeout(lookAhead, 150, link);
});
document.addEventListener("pointerdown", ({ target, button }) => {
  const link = !button && target.closest?.(".app a[href]");
  if (link && link.matches(LIKELY)) lookAhead(link);
});
document.addEventListener("submit", forget);

// The lists and counts of a page that came ahead, as they are by now: while nothing is begun in them, and no button is down on
// what would go.
let isDown = false;
for (const kind of ["pointerdown", "pointerup", "pointercancel"])
  addEventListener(kind, () => (isDown = kind === "pointerdown"), true);
const freshen = (page) => {
  bringIcons(page);
  const row = document.activeElement?.closest(".list") && place().row;
  for (const one of [".folders", ".list"]) {
    const [old, now] = [document, page].map((where) => where.querySelector(one));
    if (!old || !now || old.textContent === now.textContent || isDown || !isIdle()) continue;
    const top = old.scrollTop;
    merge(old, now);
    old.scrollTop = top;
  }
  if (document.activeElement === document.body && !focusOn(row)) focusMain();
};

// Follows a link, or the browser's Back and Forward, whose entry is `entry`. What is clicked later goes before; an act that is
// under way is done first.
// A page that has to wait says so where the work is, and comes when there is time for it.
let going;
const go = async (url, { isNew = false, entry, asks = url, ...how }) => {
  going?.abort();
  const mine = (going = new AbortController());
  const main = document.querySelector(".app > main:not([role])");
  const slow = setTimeout(() => main?.setAttribute("aria-busy", "true"), 300);
  try {
    await acting;
    const asked = ask(asks, { signal: mine.signal });
    const came = await Promise.any([cameAhead(bare(url)), asked]);
    if (mine.signal.aborted) return;
    if (came.waits) {
      const { after, next, page } = came.waits;
      unsay();
      say(reasonOf(page), page.querySelector("main a"));
      await new Promise((done) => setTimeout(done, after));
      return mine.signal.aborted || go(url, { isNew, entry, asks: next, ...how });
    }
    if (!came.page) return entry ? location.reload() : location.assign(url);
    if (entry) {
      keepPlace();
      at = entry;
    } else enter(asks === url ? came.url : url, isNew);
    show(came.page, how);
    if (!came.isAhead) return;
    // It has been seen: what is clicked next does not take back that it was.
    going = undefined;
    const here = at;
    const told = await asked.catch(() => undefined);
    if (!told || at !== here) return;
    // The message is gone, or the session has ended. A server that has no time is not asked again.
    if (told.page) told.status < 400 ? freshen(told.page) : show(told.page, how);
    else if ([401, 404, 410].includes(told.status)) location.reload();
  } catch {
    // Without a line the browser says so.
    if (!mine.signal.aborted) return entry ? location.reload() : location.assign(url);
  } finally {
    clearTimeout(slow);
    main?.removeAttribute("aria-busy");
    if (going === mine) going = undefined;
  }
};
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".app a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const url = bare(link.href);
  if (link.target || link.dataset.file !== undefined || link.origin !== location.origin || written()) return;
  // A jump within the page.
  if (link.hash && url === bare(location.href)) return;
  event.preventDefault();
  lastRow = link.closest(".row")?.id;
  const isBack = /^#m/.test(link.hash);
  const row = isBack ? decodeURIComponent(link.hash.slice(1)) : lastRow;
  // Which rows are selected is no page to come back to.
  go(url, { isNew: !link.matches(`${LIST} [data-here]`) && url !== bare(location.href), row, isBack });
});
addEventListener("popstate", ({ state }) => {
  going?.abort();
  // A jump within the page has no number, nor has the page been left.
  if (state ? state.at === at : bare(location.href) === shown) return;
  const entry = state?.at ?? Math.max(at + 1, Date.now());
  history.replaceState({ ...state, at: entry }, "");
  go(location.href, { isBack: true, kept: state?.place, entry });
});

// The place is noted when it has been so for a moment: a browser takes only so many notes.
let noting;
addEventListener("scroll", () => {
  clearTimeout(noting);
  noting = setTimeout(noteEntry, 200);
}, { capture: true, passive: true });

if (document.querySelector(".app")) {
  history.scrollRestoration = "manual";
  const kept = history.state?.place;
  if (kept) returnTo(kept);
  document.querySelector(".app[data-page=message] .row.now")?.scrollIntoView({ block: "nearest" });
  if (document.activeElement === document.body && !focusOn(kept?.row)) focusMain();
  noteEntry();
}
