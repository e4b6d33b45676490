//! The editor of messages in rich text, in Chromium: written by keyboard, pasted into, sent, and what arrived.

use serde_json::{Value, json};

use super::rich::{PNG, outline, tree};
use super::{only, plan};
use crate::look;
use crate::support::chromium::{Chromium, Scheme, Tab};
use crate::support::sink::SmtpSink;
use crate::support::site::Site;

/// Opens the editor, and waits until it can be written in.
pub(super) fn open_editor(tab: &Tab) {
    tab.click("#to-rich");
    wait_for_editor(tab);
}

pub(super) fn wait_for_editor(tab: &Tab) {
    tab.wait_for("document.querySelector('.rich[data-ready]')");
}

/// What stands in the editor.
pub(super) fn inside(tab: &Tab) -> String {
    let html =
        tab.evaluate("document.querySelector('.rich iframe').contentDocument.body.innerHTML");
    html.as_str().expect("HTML").to_owned()
}

/// The text of the form, as it would be sent now.
pub(super) fn text(tab: &Tab) -> String {
    let text = tab.evaluate("new FormData(document.querySelector('#write')).get('text')");
    text.as_str().expect("a text").replace("\r\n", "\n")
}

/// Pastes this.
pub(super) fn paste(tab: &Tab, html: &str, plain: &str) {
    tab.evaluate(&format!(
        "(() => {{ const frame = document.querySelector('.rich iframe'); const data = new DataTransfer(); \
         if ({html}) data.setData('text/html', {html}); data.setData('text/plain', {plain}); \
         const event = new ClipboardEvent('paste', {{ clipboardData: data, cancelable: true, bubbles: true }}); \
         frame.contentDocument.body.dispatchEvent(event); }})()",
        html = json!(html),
        plain = json!(plain),
    ));
}

/// Pastes a picture alone.
fn paste_picture(tab: &Tab) {
    tab.evaluate(&format!(
        "(() => {{ const frame = document.querySelector('.rich iframe'); const data = new DataTransfer(); \
         const bytes = Uint8Array.from(atob('{PNG}'), c => c.charCodeAt(0)); \
         data.items.add(new File([bytes], 'image.png', {{ type: 'image/png' }})); \
         const event = new ClipboardEvent('paste', {{ clipboardData: data, cancelable: true, bubbles: true }}); \
         frame.contentDocument.body.dispatchEvent(event); }})()"
    ));
    tab.wait_for("document.querySelector('.rich iframe').contentDocument.querySelector('img')");
}

fn begun(site: &Site, tab: &Tab) {
    look::type_sign_in(site, tab);
    tab.open(&format!("{}/compose", site.url()));
}

fn pressed(tab: &Tab, does: &str) -> Value {
    tab.evaluate(&format!(
        "document.querySelector('[data-does={does}]').getAttribute('aria-pressed')"
    ))
}

#[test]
fn what_is_written_and_pasted_in_rich_text_arrives() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let browser = Chromium::start();
    let tab = browser.tab();
    begun(&site, &tab);
    tab.fill("#w-to", "bo@example.org");
    tab.fill("#w-subject", "Rich");
    tab.fill("#w-text", "Dear  Bo,\n\n<b> is no tag\n> quoted\n");
    open_editor(&tab);
    assert_eq!(
        inside(&tab),
        "<div>Dear&nbsp; Bo,</div><div><br></div><div>&lt;b&gt; is no tag</div><blockquote><div>quoted</div></blockquote>"
    );
    assert_eq!(text(&tab), "Dear  Bo,\n\n<b> is no tag\n> quoted\n");
    // By keyboard alone, on a line before it.
    tab.press("Enter");
    tab.press("ArrowUp");
    tab.press_with_ctrl('b', false);
    assert_eq!(pressed(&tab, "bold"), json!("true"));
    tab.insert("Bold");
    tab.press_with_ctrl('b', false);
    tab.insert(" and not. ");
    tab.press_with_ctrl('k', false);
    tab.wait_for("document.querySelector('#link-dialog').open");
    tab.insert("example.org/a?b=1&c=2");
    tab.press("Enter");
    tab.wait_for("document.querySelector('.rich iframe').contentDocument.querySelector('a')");
    tab.press("Enter");
    tab.press_with_ctrl('8', true);
    tab.insert("first");
    tab.press("Enter");
    tab.insert("second");
    tab.press("Enter");
    tab.press("Enter");
    paste(
        &tab,
        "<meta charset=utf-8><style>p{color:red}</style><p class=x onclick='pwned=1' style='color:red'>Pasted <i>words</i> that are <span style='font-weight:700'>bold</span> by style</p>\
         <img src=https://evil.example/t.gif onerror='parent.pwned=1' alt=remote><script>parent.pwned = 1</script>\
         <iframe srcdoc='<script>parent.pwned=1</script>'></iframe><a href='javascript:parent.pwned=1'>odd</a>",
        "Pasted words",
    );
    paste_picture(&tab);
    // A picture that is dropped stands in the text, another file becomes one of the message.
    tab.evaluate(&format!(
        "(() => {{ const frame = document.querySelector('.rich iframe'); const data = new DataTransfer(); \
         const bytes = Uint8Array.from(atob('{PNG}'), c => c.charCodeAt(0)); \
         data.items.add(new File([bytes, 'other'], 'dropped.png', {{ type: 'image/png' }})); \
         data.items.add(new File(['one'], 'dropped.txt', {{ type: 'text/plain' }})); \
         const how = {{ dataTransfer: data, cancelable: true, bubbles: true, clientX: 20, clientY: 5000 }}; \
         frame.contentDocument.body.dispatchEvent(new frame.contentWindow.DragEvent('drop', how)); }})()"
    ));
    tab.wait_for("document.querySelector('.rich iframe').contentDocument.querySelectorAll('img').length === 2");
    let uploaded = "[...document.querySelectorAll('section.files li')].some(one => \
         one.querySelector('.name').textContent === 'dropped.txt' && one.querySelector('button[value^=detach]'))";
    tab.wait_for(uploaded);
    let pasted = "<p>Pasted <i>words</i> that are <b>bold</b> by style</p>remote<a>odd</a>";
    assert!(inside(&tab).contains(pasted), "{}", inside(&tab));
    let written = text(&tab);
    assert_eq!(
        written,
        "Bold and not. example.org/a?b=1&c=2\n- first\n- second\nPasted words that are bold by style\n\nremoteodd\nDear  Bo,\n\n<b> is no tag\n> quoted\n"
    );
    assert_eq!(tab.evaluate("window.pwned"), json!(null));
    // It is kept as it is written, for another browser too.
    tab.evaluate("keep()");
    let elsewhere = site.sign_in("ann").get("/unsent").click("Rich");
    let form = elsewhere.form("write");
    assert_eq!(form.value("text"), Some(written.as_str()));
    assert!(form.value("html").is_some_and(|html| html.contains(pasted)));
    tab.loading(|| tab.click(".tools button[value=send]"));
    tab.wait_for("document.body.innerText.includes('Message sent.')");
    tab.expect_quiet();
    let requests = tab.happened().requests;
    assert!(
        !requests.iter().any(|one| one.contains("evil")),
        "{requests:?}"
    );
    let read = tree(&site, only(sink.taken()).text().as_bytes());
    assert_eq!(
        outline(&read),
        [
            "multipart/mixed",
            " multipart/alternative",
            "  text/plain",
            "  multipart/related",
            "   text/html",
            "   image/png",
            "   image/png",
            " text/plain"
        ]
    );
    let read = &read["parts"][0];
    assert_eq!(read["parts"][0]["text"], json!(written));
    let html = read["parts"][1]["parts"][0]["text"].as_str().expect("HTML");
    for kept in [
        "<div><b>Bold</b> and not.&nbsp;<a href=\"https://example.org/a?b=1&amp;c=2\">example.org/a?b=1&amp;c=2</a>",
        "<ul><li>first</li><li>second</li></ul>",
        pasted,
        "<blockquote><div>quoted</div></blockquote>",
    ] {
        assert!(html.contains(kept), "{kept} in {html}");
    }
}

#[test]
fn the_editor_is_there_with_script_and_left_without_losing_words() {
    let site = plan().start();
    let browser = Chromium::start();
    let tab = browser.tab();
    begun(&site, &tab);
    tab.scripts(false);
    tab.open(&format!("{}/compose", site.url()));
    for hidden in ["#to-rich", ".rich", "#plain-dialog"] {
        let seen = format!("document.querySelector('{hidden}').checkVisibility()");
        assert_eq!(tab.evaluate(&seen), json!(false), "{hidden}");
    }
    tab.scripts(true);
    tab.open(&format!("{}/compose", site.url()));
    tab.fill("#w-text", "Hello Bo\nbold\n");
    tab.fill("#w-subject", "Kept");
    open_editor(&tab);
    look::expect_named(&tab);
    // One stop for Tab in the bar, the next is the text; and on from there.
    tab.evaluate("document.querySelector('.shapes button').focus()");
    tab.press("ArrowRight");
    let focused = "document.activeElement.dataset.does ?? document.activeElement.localName";
    assert_eq!(tab.evaluate(focused), json!("italic"));
    tab.press("Tab");
    assert_eq!(tab.evaluate(focused), json!("iframe"));
    tab.wait_for("document.querySelector('.rich iframe[data-focused]')");
    tab.press("Tab");
    assert_ne!(tab.evaluate(focused), json!("iframe"));
    // As plain text alone, once and until it is said otherwise.
    let select = |line: usize, how: &str| {
        tab.evaluate(&format!(
            "(({{ contentWindow, contentDocument }}) => {{ contentWindow.focus(); contentDocument.body.focus(); \
             const selection = contentDocument.getSelection(); \
             selection.selectAllChildren(contentDocument.body.children[{line}]); {how} }})(document.querySelector('.rich iframe'))"
        ));
    };
    select(1, "");
    tab.press_with_ctrl('b', false);
    tab.press_with_ctrl('c', false);
    select(0, "selection.collapseToStart()");
    tab.press_with_ctrl('v', true);
    tab.press_with_ctrl('v', false);
    assert_eq!(
        inside(&tab),
        "<div>bold<b>bold</b>Hello Bo</div><div><b>bold</b></div>"
    );
    select(0, "selection.collapseToStart()");
    tab.click("[data-does=paste-plain]");
    assert_eq!(pressed(&tab, "paste-plain"), json!("true"));
    paste(&tab, "<b>bold</b>", "nor this. ");
    tab.click("[data-does=paste-plain]");
    assert!(
        inside(&tab).starts_with("<div>nor this. bold<b>"),
        "{}",
        inside(&tab)
    );
    select(1, "");
    tab.click("[data-does=removeFormat]");
    select(0, "");
    tab.click("[data-does=removeFormat]");
    assert_eq!(
        inside(&tab),
        "<div>nor this. boldboldHello Bo</div><div>bold</div>"
    );
    // Nothing is lost, so nothing is asked.
    tab.click("[data-does=plain]");
    tab.wait_for("document.querySelector('#w-text').checkVisibility()");
    assert_eq!(text(&tab), "nor this. boldboldHello Bo\nbold\n");
    open_editor(&tab);
    paste(&tab, "<b>bold</b>", "bold");
    tab.click("[data-does=plain]");
    tab.wait_for("document.querySelector('#plain-dialog').open");
    tab.press("Escape");
    assert!(inside(&tab).contains("<b>bold</b>"), "{}", inside(&tab));
    // What is kept comes again in the editor; an untouched page has nothing to ask.
    tab.loading(|| tab.click(".tools button[value=keep]"));
    wait_for_editor(&tab);
    assert!(inside(&tab).contains("<b>bold</b>"), "{}", inside(&tab));
    let is_as_kept = "typed(written()).toString() === kept";
    assert_eq!(tab.evaluate(is_as_kept), json!(true));
    tab.click("[data-does=plain]");
    tab.click("#plain-dialog [value=plain]");
    tab.wait_for("document.querySelector('#w-text').checkVisibility()");
    assert!(text(&tab).starts_with("bold"), "{}", text(&tab));
    let html = "new FormData(document.querySelector('#write')).get('html')";
    assert_eq!(tab.evaluate(html), json!(""));
    tab.expect_quiet();
}

#[test]
fn the_editor_has_its_pictures() {
    let site = plan().start();
    let browser = Chromium::start();
    let tab = browser.tab();
    begun(&site, &tab);
    let fill = |tab: &Tab| {
        tab.fill("#w-subject", "Rehearsal on Thursday");
        open_editor(tab);
        paste(
            tab,
            "<div>Dear <b>all</b>,</div><div><br></div><div>please <i>bring</i> <a href='https://example.org'>the parts</a>:</div>\
             <ul><li>first violins</li><li>second violins</li></ul><blockquote><p>Could somebody bring the parts?</p></blockquote>",
            "x",
        );
        paste_picture(tab);
    };
    for (window, width, height, phone) in [("wide", 1280, 900, false), ("phone", 390, 844, true)] {
        tab.viewport(width, height, 1.0, phone);
        tab.open(&format!("{}/compose", site.url()));
        fill(&tab);
        for (scheme, mode) in [(Scheme::Light, "light"), (Scheme::Dark, "dark")] {
            tab.prefer(scheme);
            tab.screenshot(&format!("compose-rich-{window}-{mode}"));
        }
        tab.evaluate("document.querySelector('[data-does=link]').click()");
        tab.screenshot(&format!("compose-rich-link-{window}"));
        tab.press("Escape");
        tab.evaluate("document.querySelector('[data-does=plain]').click()");
        tab.screenshot(&format!("compose-rich-plain-{window}"));
        look::expect_no_sideways_scroll(&tab, window);
        tab.evaluate("kept = typed(written()).toString()");
    }
}

/// Two senders, of whom one has a signature in rich text.
const TWO: &str = "[[identities]]
name = \"Ann\"
address = \"ann@example.org\"
signature = \"Ann, Oslo\"
signature_html = \"<div>Ann, <b>Oslo</b><script>pwned=1</script></div>\"

[[identities]]
name = \"Office\"
address = \"office@example.org\"
signature = \"The office\"
";

#[test]
fn an_identity_signs_in_rich_text_and_another_one_takes_its_place() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let browser = Chromium::start();
    let tab = browser.tab();
    look::type_sign_in(&site, &tab);
    crate::sender::write_settings(&site, TWO);
    tab.open(&format!("{}/compose", site.url()));
    assert_eq!(text(&tab), "\n\n-- \nAnn, Oslo\n");
    open_editor(&tab);
    assert!(
        inside(&tab).ends_with("<div><div>--&nbsp;</div><div>Ann, <b>Oslo</b></div></div>"),
        "{}",
        inside(&tab)
    );
    assert_eq!(text(&tab), "\n\n-- \nAnn, Oslo\n");
    let choose = |address: &str| {
        tab.evaluate(&format!(
            "(() => {{ const from = document.querySelector('#w-from'); from.value = '{address}'; from.dispatchEvent(new Event('change', {{ bubbles: true }})); }})()"
        ));
    };
    choose("office@example.org");
    assert_eq!(text(&tab), "\n\n-- \nThe office\n");
    assert!(!inside(&tab).contains("Oslo"), "{}", inside(&tab));
    choose("ann@example.org");
    tab.insert("Hello");
    assert!(
        inside(&tab).ends_with("<div><div>--&nbsp;</div><div>Ann, <b>Oslo</b></div></div>"),
        "{}",
        inside(&tab)
    );
    tab.fill("#w-to", "bo@example.org");
    tab.fill("#w-subject", "Signed");
    tab.loading(|| tab.click(".tools button[value=send]"));
    tab.wait_for("document.body.innerText.includes('Message sent.')");
    let read = tree(&site, only(sink.taken()).text().as_bytes());
    assert_eq!(read["parts"][0]["text"], "Hello\n\n-- \nAnn, Oslo\n");
    let html = read["parts"][1]["text"].as_str().expect("HTML");
    assert!(
        html.contains("Ann, <b>Oslo</b>") && !html.contains("pwned"),
        "{html}"
    );

    // It is written in an editor of its own.
    tab.open(&format!("{}/identity?n=1", site.url()));
    look::expect_named(&tab);
    open_editor(&tab);
    paste(&tab, "<b>Since 1873</b> ", "x");
    tab.screenshot("identity-rich");
    tab.changing(|| tab.click("#identity .primary"));
    tab.wait_for("document.body.innerText.includes('saved')");
    let kept = std::fs::read_to_string(crate::sender::settings(&site)).expect("settings.toml");
    assert!(
        kept.contains("<b>Since 1873</b>") && kept.contains("Since 1873The office"),
        "{kept}"
    );
    tab.expect_quiet();
    // Without script it stays as long as its text does.
    let ann = site.sign_in("ann");
    let page = ann.get("/identity?n=1");
    page.shows("formatting that cannot be shown without JavaScript");
    let saved = page.form("identity").set("name", "Head office").submit();
    let html = |place: &str| {
        let page = ann.get(&format!("/identity?n={place}"));
        page.form("identity")
            .value("signature_html")
            .map(str::to_owned)
    };
    assert!(html("1").is_some_and(|html| html.contains("1873")));
    saved.click("Undo");
    assert!(html("1").is_some_and(|html| html.contains("1873")));
    let changed = ann
        .get("/identity?n=1")
        .form("identity")
        .set("signature", "We")
        .submit();
    assert_eq!(html("1").as_deref(), Some(""));
    changed.click("Undo");
    assert!(html("1").is_some_and(|html| html.contains("1873")));
    assert!(html("0").is_some_and(|html| html == "<div>Ann, <b>Oslo</b></div>"));
}
