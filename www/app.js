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

// The frame of an HTML mail becomes as high as what is in it. It can be read because it is of our own origin; script
// of its own it cannot run (sandbox without allow-scripts). A mail as high as its window would grow with its frame for
// ever, so only so many steps are followed.
for (const frame of document.querySelectorAll("iframe.frame")) {
  let watch;
  const begin = () => {
    watch?.disconnect();
    const body = frame.contentDocument?.body;
    if (!body) return;
    let steps = 30;
    watch = new ResizeObserver(() => {
      const height = Math.ceil(Math.max(body.parentElement.offsetHeight, body.scrollHeight)) + 2;
      if (steps-- > 0) frame.style.height = `${Math.min(height, 30000)}px`;
    });
    watch.observe(body);
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
