// What a page can do better with script. Every page works without it, so nothing here may be the only way to anything.
"use strict";

// Keys: a link says in aria-keyshortcuts which ones follow it.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!/^[a-z]$/.test(event.key)) return;
  const link = document.querySelector(`[aria-keyshortcuts~="${event.key}"]`);
  if (link) {
    event.preventDefault();
    link.click();
  }
});

// The frame of an HTML mail becomes as high as what is in it, and a mail that is wider than the frame is drawn smaller, to
// half its size at most. No newsletter is wider than 760 px; of what is, because of one long line mostly, the letters are
// not made smaller than for that: it scrolls. It can be read because it is of our own origin; script of its own it cannot run (sandbox
// without allow-scripts). A mail as high as its window would grow with its frame for ever, so only so many steps are
// followed.
for (const frame of document.querySelectorAll("iframe.frame")) {
  let watch;
  const begin = () => {
    watch?.disconnect();
    const body = frame.contentDocument?.body;
    // Before its document comes, a frame holds an empty one; at no height its layout would not be watched any more.
    if (!body || frame.contentDocument.URL === "about:blank") return;
    let steps = 30;
    let [width, zoom] = [0, 1];
    const fit = () => {
      if (frame.clientWidth !== width) {
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
  };
  frame.addEventListener("load", begin);
  if (frame.contentDocument?.readyState === "complete") begin();
}

// The row of the open message is in sight in the list beside it.
document.querySelector(".app[data-page=message] .row.now")?.scrollIntoView({ block: "nearest" });

// A page from the back-forward cache may belong to a session that has ended: the server knows.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
