// What a page can do better with script. Every page works without it, so nothing here may be the only way to anything.
"use strict";

// Keys: a link, button or field says in aria-keyshortcuts which ones press it, or lead into it. A button that cannot be seen, nor stands in a menu
// that can be, is not meant: it is for what is ticked, and nothing is.
const isMeant = (one) => one.localName === "a" || (one.closest("details:not([open])") ?? one).checkVisibility();
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!/^[a-z#!/]$/i.test(event.key)) return;
  const link = [...document.querySelectorAll(`[aria-keyshortcuts~="${event.key}"]`)].find(isMeant);
  if (link) {
    event.preventDefault();
    if (link.localName === "input") link.focus();
    else link.click();
  }
});

// The frame of an HTML mail becomes as high as what is in it, and a mail that is wider than the frame is drawn smaller, to
// half its size at most. No newsletter is wider than 760 px; of what is, because of one long line mostly, the letters are
// not made smaller than for that: it scrolls. It can be read because it is of our own origin; script of its own it cannot run (sandbox
// without allow-scripts). A newsletter with another layout for phones, which begins at 640 px at most, is shown in that one
// on a phone alone: in a window where a pane is narrower it is drawn smaller. A mail as high as its window would grow with its frame for ever, so only so many steps are
// followed.
const hasPhoneLayout = (mail) =>
  [...mail.styleSheets].some((sheet) => [...sheet.cssRules].some((rule) => /max-(device-)?width/.test(rule.media?.mediaText)));
for (const frame of document.querySelectorAll("iframe.frame")) {
  let watch;
  const begin = () => {
    watch?.disconnect();
    const body = frame.contentDocument?.body;
    // Before its document comes, a frame holds an empty one; at no height its layout would not be watched any more.
    if (!body || frame.contentDocument.URL === "about:blank") return;
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
  frame.addEventListener("load", begin);
  if (frame.contentDocument?.readyState === "complete") begin();
}

// An import goes on by itself, and where another tab is at work on it, the page looks again.
document.querySelector("form[data-goes-on]")?.requestSubmit();
const again = document.querySelector("a[data-again]");
if (again) setTimeout(() => location.replace(again.href), 3000);

// The row of the open message is in sight in the list beside it.
document.querySelector(".app[data-page=message] .row.now")?.scrollIntoView({ block: "nearest" });

// A page from the back-forward cache may belong to a session that has ended: the server knows.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
