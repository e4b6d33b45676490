//! Files in a browser: dropped on the page, pasted and chosen, they are uploaded while one writes on; what is too large is told
//! before, what is cancelled is forgotten, and what is cut leaves the text.

use serde_json::{Value, json};

use super::{found, only, plan};
use crate::look;
use crate::support::chromium::{Chromium, Scheme, Tab};
use crate::support::sink::SmtpSink;
use crate::support::site::Site;

/// Files as the browser has them: their names, types and sizes.
fn transfer(files: &[(&str, &str, usize)]) -> String {
    let files: Vec<Value> = files
        .iter()
        .map(|(name, kind, size)| json!([name, kind, size]))
        .collect();
    format!(
        "const all = new DataTransfer(); for (const [name, type, size] of {}) \
         all.items.add(new File([new Uint8Array(size).fill(111)], name, {{ type }}));",
        json!(files)
    )
}

/// Drops files on an element of the page.
fn drop_on(tab: &Tab, selector: &str, files: &[(&str, &str, usize)]) {
    let transfer = transfer(files);
    let selector = json!(selector);
    tab.evaluate(&format!(
        "(() => {{ {transfer} const on = document.querySelector({selector}); \
         for (const kind of ['dragover', 'drop']) on.dispatchEvent(new DragEvent(kind, {{ dataTransfer: all, bubbles: true, cancelable: true }})); }})()"
    ));
}

fn names(tab: &Tab) -> Value {
    tab.evaluate("[...document.querySelectorAll('.files li .name')].map((one) => one.textContent)")
}

/// Waits until just these are attached, and nothing is on its way.
fn wait_for(tab: &Tab, names: &[&str]) {
    let names = json!(names);
    tab.wait_for(&format!(
        "!document.querySelector('.files progress') && JSON.stringify([...document.querySelectorAll('.files li .name')].map((one) => one.textContent)) === JSON.stringify({names})"
    ));
}

fn said(tab: &Tab) -> String {
    let said = tab.evaluate("document.querySelector('.attach [role=status]').textContent");
    let said = said.as_str().unwrap_or_default();
    said.replace(['\u{2068}', '\u{2069}'], "")
}

fn open(site: &Site, tab: &Tab) {
    tab.open(&format!("{}/compose", site.url()));
    tab.fill("#w-to", "bo@example.org");
    tab.fill("#w-subject", "Files");
    tab.fill("#w-text", "Begun");
}

fn send(tab: &Tab) {
    tab.click_to(".tools button[value=send]");
    let text = tab.text();
    assert!(text.contains("Message sent"), "{text}");
}

/// What of a text area or field is typed.
fn typed(tab: &Tab) -> Value {
    tab.evaluate("document.querySelector('#w-text').value")
}

#[test]
fn files_are_dropped_pasted_and_chosen_while_one_writes_on() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let browser = Chromium::start();
    let tab = browser.tab();
    look::type_sign_in(&site, &tab);
    open(&site, &tab);
    // Anywhere, several at once, the same one twice.
    let dropped = [
        ("a.txt", "text/plain", 5),
        ("$& <b>.pdf", "application/pdf", 70_000),
    ];
    drop_on(&tab, "h1", &dropped);
    drop_on(&tab, "#w-files", &[("a.txt", "text/plain", 5)]);
    tab.fill("#w-text", "Written on meanwhile");
    wait_for(&tab, &["a.txt", "$& <b>.pdf", "a.txt"]);
    // A picture alone is pasted as a file, words are not.
    let paste = |words: &str| {
        let transfer = transfer(&[("image.png", "image/png", 300)]);
        let words = json!(words);
        tab.evaluate(&format!(
            "(() => {{ {transfer} if ({words}) all.setData('text/plain', {words}); \
             document.querySelector('#w-text').dispatchEvent(new ClipboardEvent('paste', {{ clipboardData: all, bubbles: true, cancelable: true }})); }})()"
        ));
    };
    paste("");
    paste("A cell of a table");
    let chosen = transfer(&[("chosen.txt", "text/plain", 9)]);
    tab.evaluate(&format!(
        "(() => {{ {chosen} const field = document.querySelector('#w-files'); field.files = all.files; field.dispatchEvent(new Event('change', {{ bubbles: true }})); }})()"
    ));
    wait_for(
        &tab,
        &["a.txt", "$& <b>.pdf", "a.txt", "image.png", "chosen.txt"],
    );
    assert_eq!(typed(&tab), "Written on meanwhile");
    // What was uploaded is there on any other machine; one is taken off again, and the text stays.
    let ann = site.sign_in("ann");
    ann.get("/unsent").click("Files").shows("chosen.txt");
    tab.changing(|| tab.click(".files li:nth-child(3) button"));
    wait_for(&tab, &["a.txt", "$& <b>.pdf", "image.png", "chosen.txt"]);
    assert_eq!(typed(&tab), "Written on meanwhile");
    send(&tab);
    let text = only(sink.taken()).text();
    assert_eq!(text.matches("filename=\"a.txt\"").count(), 1, "{text}");
    for part in [
        "Written on meanwhile",
        "name=\"image.png\"",
        "b29vb29vb29v",
        "Content-Type: application/pdf",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(found(&site, "Sent").len(), 1);
    tab.expect_quiet();
}

#[test]
fn what_is_too_large_is_told_before_and_what_is_cancelled_is_forgotten() {
    let sink = SmtpSink::start(false);
    let site = plan()
        .config("[limits]\nupload_mb = 1")
        .config(&sink.config())
        .start();
    let browser = Chromium::start();
    let tab = browser.tab();
    look::type_sign_in(&site, &tab);
    open(&site, &tab);
    drop_on(&tab, "body", &[("huge.bin", "", 2_000_000)]);
    assert_eq!(
        said(&tab),
        "huge.bin was not attached: the limit for attached files is 1 MB in total."
    );
    assert_eq!(names(&tab), json!([]));
    let ann = site.sign_in("ann");
    ann.get("/").hides("Unsent");
    // It shows how far it is.
    tab.line(false, 100_000);
    drop_on(
        &tab,
        "body",
        &[("slow.bin", "", 600_000), ("behind.txt", "", 9)],
    );
    tab.wait_for("document.querySelector('.files progress').value > 0.05");
    for (window, width, height) in [("wide", 1280, 1000), ("phone", 390, 844)] {
        tab.viewport(width, height, 1.0, false);
        for (scheme, mode) in [(Scheme::Light, "light"), (Scheme::Dark, "dark")] {
            tab.prefer(scheme);
            tab.evaluate("document.querySelector('.attach').scrollIntoView({ block: 'end' })");
            tab.screenshot(&format!("compose-uploading-{window}-{mode}"));
            tab.evaluate("document.querySelector('.dropping').hidden = false");
            tab.screenshot(&format!("compose-dropping-{window}-{mode}"));
            tab.evaluate("document.querySelector('.dropping').hidden = true");
        }
    }
    // Together with what is on its way it would be too large.
    drop_on(&tab, "body", &[("more.bin", "", 600_000)]);
    assert!(
        said(&tab).starts_with("more.bin was not attached"),
        "{}",
        said(&tab)
    );
    tab.fill("#w-text", "Written on");
    tab.click(".files li:first-child button");
    tab.line(false, 0);
    wait_for(&tab, &["behind.txt"]);
    assert_eq!(typed(&tab), "Written on");
    let page = ann.get("/unsent").click("Files");
    page.hides("slow.bin");
    // Whoever sends while a file is on its way sends it with the message.
    tab.line(false, 200_000);
    drop_on(&tab, "body", &[("last.bin", "", 300_000)]);
    tab.wait_for("document.querySelector('.files progress').value > 0.05");
    tab.changing(|| {
        tab.click(".tools button[value=send]");
        assert_eq!(said(&tab), "Waiting for the upload to finish.");
        assert!(sink.taken().is_empty());
    });
    assert!(tab.text().contains("Message sent."), "{}", tab.text());
    tab.line(false, 0);
    let text = only(sink.taken()).text();
    assert!(
        text.contains("last.bin") && text.contains("behind.txt"),
        "{text}"
    );
    assert!(
        !text.contains("slow.bin") && text.contains("Written on"),
        "{text}"
    );
    tab.expect_quiet();
}

#[test]
fn rule_16_an_upload_that_is_cut_leaves_the_text() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let browser = Chromium::start();
    let tab = browser.tab();
    look::type_sign_in(&site, &tab);
    open(&site, &tab);
    drop_on(&tab, "body", &[("a.txt", "text/plain", 5)]);
    wait_for(&tab, &["a.txt"]);
    tab.line(false, 100_000);
    drop_on(&tab, "body", &[("cut.bin", "", 900_000)]);
    tab.wait_for("document.querySelector('.files progress').value > 0.05");
    tab.fill("#w-text", "Written on");
    tab.click(".tools button[value=send]");
    tab.line(true, 0);
    tab.wait_for("document.querySelector('.attach [role=status]').textContent.includes('cut.bin')");
    assert_eq!(
        said(&tab),
        "cut.bin could not be uploaded. Your text is still here. Try again."
    );
    // Nothing is sent without it, unless that is asked for again.
    assert!(sink.taken().is_empty());
    assert_eq!(names(&tab), json!(["a.txt"]));
    assert_eq!(typed(&tab), "Written on");
    tab.line(false, 0);
    send(&tab);
    let text = only(sink.taken()).text();
    assert!(
        text.contains("a.txt") && text.contains("Written on"),
        "{text}"
    );
    assert!(!text.contains("cut.bin"), "{text}");
}
