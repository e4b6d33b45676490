//! Every page there is, from one list: what holds for each of them, whatever it shows. Each can be used at four times its size,
//! by keyboard alone and in colours that the reader has forced, and says to a screen reader what is where.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{clear, expect_no_sideways_scroll, html_and_text, lived_in, type_sign_in};
use crate::support::chromium::{Chromium, Scheme, Tab};
use crate::support::site::Site;

/// The pages of somebody who is signed in, by names of their own.
fn addresses(site: &Site) -> Vec<(&'static str, String)> {
    let (html, text) = html_and_text(site);
    let ann = site.sign_in("ann");
    let at = |path: &str| format!("{}{path}", site.url());
    let full = |path: String| format!("http://{}{path}", site.apache().address());
    let message = ann.get(text.strip_prefix(&full(String::new())).expect("its path"));
    let options = "/folder-options?f=Orchestra";
    let mut all = vec![
        ("list", at("/")),
        ("selected", at("/folder?f=INBOX&select=page")),
        ("conversations", at("/folder?f=INBOX&group=1")),
        ("search", at("/folder?f=INBOX&q=the&scope=all")),
        ("nothing found", at("/folder?f=INBOX&q=nowhere")),
        ("trash", at("/folder?f=Trash")),
        ("HTML", html),
        ("text", text),
        ("headers", full(message.link("All headers"))),
        ("source", full(message.link("View source"))),
        ("compose", at("/compose")),
        ("reply", full(message.link("Reply all"))),
        ("all folders", at("/folders")),
        ("folder", at(options)),
        ("import", at("/import?f=INBOX")),
        ("unsent", at("/unsent")),
        ("labels", at("/labels")),
        ("templates", at("/templates")),
        ("people", at("/people")),
        ("forget people?", at("/people?ask=1")),
        ("settings", at("/settings")),
        ("identities", at("/identities")),
        ("identity", at("/identity")),
        ("sessions", at("/sessions")),
        ("keys", at("/keys")),
        ("gone", at("/folder?f=Gone")),
        ("missing", at("/nonsense")),
        ("damaged", at("/message?f=INBOX&uid=x")),
    ];
    let questions = ann
        .get(options)
        .attributes_of("main a[href*='ask=']", "href");
    all.extend(questions.into_iter().map(|href| ("a question", full(href))));
    all
}

/// What is the same on each page for somebody who hears it: one main part and one heading of all, other headings in their order,
/// each part with a name of its own, each field with a label, nothing outside of a part.
const HEARD: &str = "(() => {
  const seen = (one) => one.checkVisibility();
  const all = (css) => [...document.querySelectorAll(css)].filter(seen);
  const wrong = [];
  const levels = all('h1, h2, h3, h4').map((one) => +one.tagName[1]);
  if (!document.title.trim() || !document.documentElement.lang) wrong.push('no title or language');
  const main = all('main h1, main h2, main h3, main h4').map((one) => +one.tagName[1]);
  main.forEach((level, nth) => { if (nth ? level > main[nth - 1] + 1 : level !== 1) wrong.push(`heading ${nth + 1}: h${level}`); });
  if (levels.filter((level) => level === 1).length !== 1) wrong.push('not one h1');
  const parts = all('main, nav, aside, section[aria-label], search, form[aria-label]');
  const names = parts.map((one) => one.tagName + (one.getAttribute('aria-label') ?? ''));
  for (const name of names) if (names.filter((other) => other === name).length > 1) wrong.push(`two parts: ${name}`);
  for (const field of all('input:not([type=hidden], [type=submit]), select, textarea, [role=textbox], meter, progress'))
    if (!field.labels?.length && !field.ariaLabel && !field.getAttribute('aria-labelledby') && !field.title) wrong.push(`no label: ${field.outerHTML.slice(0, 120)}`);
  for (const one of all('img:not([alt]), iframe:not([title])')) wrong.push(`no name: ${one.outerHTML.slice(0, 120)}`);
  for (const one of all('[aria-labelledby], [aria-describedby], [aria-controls]'))
    for (const name of ['aria-labelledby', 'aria-describedby', 'aria-controls'])
      for (const id of (one.getAttribute(name) ?? '').split(' ').filter(Boolean))
        if (!document.getElementById(id)) wrong.push(`${name} of nothing: ${id}`);
  for (const one of all('ul > :not(li), ol > :not(li), dl > :not(dt, dd, div)')) wrong.push(`not of a list: ${one.outerHTML.slice(0, 80)}`);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    if (data.trim() && seen(parentElement) && !parentElement.closest('main, nav, aside, section[aria-label], .skip, .folders'))
      wrong.push(`in no part: ${data.trim().slice(0, 60)}`);
  }
  return wrong;
})()";

/// What is cut off at the sides of a small window: texts whose ends nobody can scroll to, and that do not say so by an ellipsis.
const CUT: &str = "(() => {
  const wrong = [];
  const scrolls = (one) => { for (let at = one; at; at = at.parentElement) { const { overflowX, textOverflow } = getComputedStyle(at); if (/auto|scroll/.test(overflowX) || textOverflow === 'ellipsis') return true; } return false; };
  for (const one of document.querySelectorAll('main *')) {
    if (!one.checkVisibility() || one.closest('.sr, .skip, .sprite, iframe') || scrolls(one)) continue;
    const { left, right, width } = one.getBoundingClientRect();
    if (width && (right > innerWidth + 1 || left < -1) && getComputedStyle(one).position !== 'absolute') wrong.push(`${left}-${right}: ${one.outerHTML.slice(0, 120)}`);
  }
  return wrong.slice(0, 4);
})()";

/// Ann, signed in, before all pages.
struct Walk {
    tab: Tab,
    /// Each with a name.
    pages: Vec<(&'static str, String)>,
    _browser: Chromium,
    _site: Site,
}

impl Walk {
    fn begin() -> Walk {
        let site = lived_in();
        let browser = Chromium::start();
        let tab = browser.tab();
        let pages = addresses(&site);
        type_sign_in(&site, &tab);
        Walk {
            tab,
            pages,
            _browser: browser,
            _site: site,
        }
    }
}

#[test]
fn every_page_says_what_is_where_and_can_be_seen_and_hit() {
    let Walk { tab, pages, .. } = &Walk::begin();
    let mut wrong = Vec::new();
    for (name, url) in pages {
        tab.open(url);
        let heard = tab.evaluate(HEARD);
        let heard = heard.as_array().cloned().unwrap_or_default();
        wrong.extend(heard.iter().map(|one| format!("{name}: {one}")));
        wrong.extend(clear::unclear(tab, name));
    }
    // Whoever clicks on the first letter of a row opens it.
    tab.open(&pages[0].1);
    let first = "(() => { const { left, top } = document.querySelector('.row .subject').getBoundingClientRect(); \
         return document.elementFromPoint(left + 1, top + 5).matches('.tick') })()";
    assert_eq!(tab.evaluate(first), json!(false));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_page_can_be_read_at_four_times_its_size() {
    let Walk { tab, pages, .. } = &Walk::begin();
    let mut wrong = Vec::new();
    for (name, url) in pages {
        // 1280 by 1024, four times as large; and a small phone.
        for (height, phone) in [(256, false), (568, true)] {
            tab.viewport(320, height, 1.0, phone);
            tab.open(url);
            expect_no_sideways_scroll(tab, name);
            let cut = tab.evaluate(CUT);
            if cut != json!([]) {
                wrong.push(format!("{name} at {height}: {cut}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// For as long Tab may lead on within a page.
const LONGEST: Duration = Duration::from_secs(120);

/// What Tab leads to, from the first control to the last one: how many there are, those that show no focus, and those behind
/// something else.
fn walk(tab: &Tab) -> (usize, Vec<String>) {
    let step = "(async () => {
      const one = document.activeElement;
      // A mail is a process of its own, and word that it has the focus takes its time.
      for (let n = 0; n < 100 && one?.tagName === 'IFRAME' && !('entered' in one.dataset); n++) await new Promise((go) => setTimeout(go, 20));
      // What is within a mail is reached one by one, too; here that is one place.
      if (one === window.frame) return '<';
      window.frame = one?.tagName === 'IFRAME' ? one : undefined;
      if (!one || one === document.body || window.walked?.has(one)) return null;
      (window.walked ??= new Set()).add(one);
      const shows = (style) => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
      const near = [one, one.parentElement, one.nextElementSibling, one.closest('.look')].filter(Boolean);
      const isSeen = near.some((other) => shows(getComputedStyle(other)) || shows(getComputedStyle(other, '::after')));
      const { left, top, width, height } = one.getBoundingClientRect();
      const isIn = top < innerHeight && top + height > 0;
      const within = (at, most) => Math.min(Math.max(at, 1), most - 1);
      const over = width > 2 && document.elementFromPoint(within(left + width / 2, innerWidth), within(top + height / 2, innerHeight));
      const isFree = one.tagName === 'IFRAME' || width < 3 || (isIn && over && (one.contains(over) || over.contains(one) || over.closest('li, label, form')?.contains(one)));
      return `${isSeen ? '' : 'no focus to be seen: '}${isFree ? '' : 'behind something: '}${one.outerHTML.slice(0, 110)}`;
    })()";
    let (mut count, mut wrong) = (0, Vec::new());
    let begun = Instant::now();
    loop {
        tab.press("Tab");
        let seen = tab.evaluate(step);
        let Some(seen) = seen.as_str() else {
            return (count, wrong);
        };
        count += usize::from(seen != "<");
        if !seen.starts_with('<') {
            wrong.push(seen.to_owned());
        }
        assert!(begun.elapsed() < LONGEST, "Tab never ends: {seen}");
    }
}

#[test]
fn every_control_of_every_page_is_reached_by_tab_and_shows_it() {
    let Walk { tab, pages, .. } = &Walk::begin();
    let mut wrong = Vec::new();
    // The second one in forced colours, where no shadow shows what has the focus.
    for (width, height) in [(1280, 800), (320, 256)] {
        tab.viewport(width, height, 1.0, false);
        if width == 320 {
            tab.force_colours(Scheme::Light);
        }
        for (name, url) in pages {
            tab.open(url);
            // From the beginning of the page, wherever script has put the focus.
            tab.evaluate("(() => { document.activeElement?.blur(); document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex') })()");
            let acts = tab.evaluate(
                "[...document.querySelectorAll('a[href], button:not([disabled]), input:not([type=hidden], [disabled], [tabindex]), select, textarea, summary')] \
                 .filter(e => e.checkVisibility({ visibilityProperty: true }) && e.tabIndex >= 0 && !(e.type === 'radio' && !e.checked)).length",
            );
            let (count, unseen) = walk(tab);
            wrong.extend(
                unseen
                    .into_iter()
                    .map(|one| format!("{name} at {width}: {one}")),
            );
            let acts = acts.as_u64().unwrap_or(u64::MAX) as usize;
            if count < acts {
                wrong.push(format!("{name} at {width}: {count} of {acts} are reached"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
