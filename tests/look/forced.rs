//! Pages in the few colours that a reader has forced on them (`forced-colors`, Windows' contrast themes): grounds and shadows are
//! gone there, so whatever only they tell has to be told by an edge, a line or a colour of the system.

use serde_json::{Value, json};

use super::{html_and_text, lived_in, type_sign_in};
use crate::support::chromium::{Chromium, Scheme, Tab};

/// How many dots of a box differ clearly (WCAG 2.2, 1.4.11: 3 to 1) between two pictures of the window, and what `count` is
/// called with: both pictures, and a box.
const COMPARE: &str = "window.compared = async (one, other, box) => {
  const dots = async (picture) => {
    const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    canvas.drawImage(bitmap, 0, 0);
    return canvas.getImageData(box.x, box.y, box.width, box.height).data;
  };
  const light = (data, at) => {
    const [r, g, b] = [0, 1, 2].map((n) => data[at + n] / 255).map((c) => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const [before, after] = [await dots(one), await dots(other)];
  let count = 0;
  for (let at = 0; at < before.length; at += 4) {
    const [a, b] = [light(before, at), light(after, at)];
    if ((Math.max(a, b) + .05) / (Math.min(a, b) + .05) >= 3) count++;
  }
  return count;
}";

/// The box of an element in the window, in whole dots, with room for an edge around it.
fn place_of(tab: &Tab, selector: &str) -> Value {
    let place = tab.evaluate(&format!(
        "(() => {{ const one = document.querySelector({}); if (!one) return null; one.scrollIntoView({{ block: 'center' }}); \
         const {{ left, top, width, height }} = one.getBoundingClientRect(); \
         const [x, y] = [Math.max(0, Math.floor(left) - 4), Math.max(0, Math.floor(top) - 4)]; \
         return {{ x, y, width: Math.min(innerWidth - x, Math.ceil(width) + 8), height: Math.min(innerHeight - y, Math.ceil(height) + 8) }}; }})()",
        json!(selector)
    ));
    assert!(place.is_object(), "no {selector} in:\n{}", tab.text());
    place
}

/// How many dots of an element differ clearly once `change` was done to it, a statement about `one`.
fn differs(tab: &Tab, selector: &str, change: &str) -> u64 {
    let place = place_of(tab, selector);
    let before = tab.seen();
    tab.evaluate(&format!(
        "(() => {{ const one = document.querySelector({}); {change} }})()",
        json!(selector)
    ));
    let after = tab.seen();
    tab.evaluate(COMPARE);
    let count = tab.evaluate(&format!(
        "window.compared({}, {}, {place})",
        json!(before),
        json!(after)
    ));
    count.as_u64().expect("a number")
}

/// What says something by how it looks: what it is, the page, an element, and what would take it from it. Weights of letters
/// stay as they are, for they are not told apart by everybody.
const STATES: [(&str, &str, &str, &str); 11] = [
    (
        "an unread message",
        "list",
        ".row.unread",
        "one.querySelectorAll('b, .subject, time').forEach(e => e.style.fontWeight = getComputedStyle(e).fontWeight); one.classList.remove('unread')",
    ),
    (
        "a selected message",
        "list",
        ".row:nth-child(2) .face",
        "one.closest('.row').querySelector('.tick').checked = true",
    ),
    (
        "the row of a selected message",
        "list",
        ".row:nth-child(3)",
        "one.querySelector('.face').style.visibility = 'hidden'; one.querySelector('.tick').checked = true",
    ),
    (
        "a starred message",
        "list",
        ".row .starred",
        "one.classList.remove('starred')",
    ),
    (
        "the folder that is open",
        "list",
        ".line[aria-current]",
        "one.removeAttribute('aria-current')",
    ),
    (
        "a filter that is on",
        "unread",
        ".filter[aria-current]",
        "one.removeAttribute('aria-current')",
    ),
    (
        "conversations, which are on",
        "conversations",
        ".switch .on",
        "one.classList.remove('on')",
    ),
    (
        "how many messages a conversation has",
        "conversations",
        ".row .n",
        "one.replaceWith(one.textContent)",
    ),
    (
        "the message that is open",
        "message",
        ".row.now",
        "one.classList.remove('now')",
    ),
    (
        "what was just done",
        "done",
        ".note",
        "one.className = ''; one.style = 'padding: .5rem .75rem'",
    ),
    (
        "a folder under a dragged message",
        "list",
        "a.line:not([aria-current])",
        "one.classList.add('over')",
    ),
];

#[test]
fn in_forced_colours_everything_that_is_told_by_colour_is_still_told() {
    let site = lived_in();
    let (_, text) = html_and_text(&site);
    let browser = Chromium::start();
    let tab = browser.tab();
    type_sign_in(&site, &tab);
    tab.viewport(1280, 800, 1.0, false);
    let mut wrong = Vec::new();
    for scheme in [Scheme::Light, Scheme::Dark] {
        tab.force_colours(scheme);
        for (what, page, selector, change) in STATES {
            let url = |path: &str| format!("{}{path}", site.url());
            match page {
                "message" => tab.open(&text),
                "conversations" => tab.open(&url("/folder?f=INBOX&group=1")),
                "unread" => tab.open(&url("/folder?f=INBOX&q=is:unread")),
                _ => tab.open(&url("/")),
            }
            if page == "done" {
                tab.click(".row:nth-child(1) .tick");
                tab.changing(|| tab.press("s"));
                tab.wait_for("document.querySelector('.note')");
            }
            // No pointer is over it, and nothing has the focus.
            tab.evaluate("document.activeElement?.blur()");
            tab.screenshot(&format!("forced-{page}-{scheme:?}"));
            let dots = differs(&tab, selector, change);
            if dots < 12 {
                wrong.push(format!("{scheme:?}: {what}: {dots} dots"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What can be pressed or filled in and looks like words: it has no edge, no picture, no line below it, and not the colour of
/// links.
const LIKE_WORDS: &str = "(() => {
  const link = Object.assign(document.createElement('a'), { href: '#' });
  document.body.append(link);
  const colour = getComputedStyle(link).color;
  link.remove();
  const isSeen = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const all = [...document.querySelectorAll('a[href], button, summary, input:not([type=hidden]), select, textarea')];
  return all.filter((one) => isSeen(one) && !one.closest('.sr, .skip, iframe')).filter((one) => {
    const style = getComputedStyle(one);
    const hasEdge = ['Top', 'Bottom'].some((side) => parseFloat(style[`border${side}Width`]) > 0 && style[`border${side}Style`] !== 'none');
    const isNative = one.matches('input[type=checkbox], input[type=radio], input[type=file], input[type=search]');
    return !hasEdge && !isNative && !one.querySelector('svg, img, .face') && !/underline/.test(style.textDecorationLine) && style.color !== colour;
  }).map((one) => one.outerHTML.slice(0, 120));
})()";

#[test]
fn in_forced_colours_what_acts_does_not_look_like_words() {
    let site = lived_in();
    let (html, text) = html_and_text(&site);
    let browser = Chromium::start();
    let tab = browser.tab();
    type_sign_in(&site, &tab);
    tab.force_colours(Scheme::Dark);
    let at = |path: &str| format!("{}{path}", site.url());
    let mut wrong = Vec::new();
    for (width, phone) in [(1280, false), (390, true)] {
        tab.viewport(width, 844, 1.0, phone);
        for (name, url) in [
            ("list", at("/")),
            ("selected", at("/folder?f=INBOX&select=page")),
            ("html", html.clone()),
            ("text", text.clone()),
            ("compose", at("/compose")),
            ("settings", at("/settings")),
            ("labels", at("/labels")),
            ("folders", at("/folders")),
        ] {
            tab.open(&url);
            tab.screenshot(&format!("forced-{name}-{width}"));
            let found = tab.evaluate(LIKE_WORDS);
            let found = found.as_array().cloned().unwrap_or_default();
            wrong.extend(found.iter().map(|one| format!("{name} at {width}: {one}")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
