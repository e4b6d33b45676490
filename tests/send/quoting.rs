//! Rich text that others have written: quoted in an answer, handed on, written on from a draft. It comes with its pictures,
//! and nothing in it acts in the editor.

use serde_json::json;

use super::editor::{inside, open_editor, paste, text, wait_for_editor};
use super::rich::{PNG, outline, tree};
use super::{only, plan, says};
use crate::look;
use crate::mail::vectors;
use crate::support::chromium::{Chromium, Scheme, Tab};
use crate::support::mails::{Mail, in_base64};
use crate::support::sink::SmtpSink;
use crate::support::site::Site;

/// A mail with a small picture and one that is larger than what travels inside a page.
fn newsletter() -> Mail {
    let small = in_base64(&picture());
    let large: Vec<u8> = picture()
        .into_iter()
        .chain((0..200_000_u32).map(|n| (n % 251) as u8))
        .collect();
    Mail::raw(format!(
        "From: Karin Lund <karin@example.org>\r\nTo: ann@example.org\r\nSubject: Autumn\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n\
         --a\r\nContent-Type: text/plain\r\n\r\nHello *Ann*\r\n--a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
         <style>p{{color:red}}</style><body bgcolor=\"#ffffee\"><p class=x onclick=\"pwned=1\">Hello <b>Ann</b></p><script>pwned=1</script>\
         <img src=\"https://evil.example/t.gif\"><img src=\"cid:small@x\" alt=leaf><img src=\"cid:large@x\"></body>\r\n--a--\r\n\
         --r\r\nContent-Type: image/png; name=small.png\r\nContent-ID: <small@x>\r\nContent-Transfer-Encoding: base64\r\n\r\n{small}\r\n\
         --r\r\nContent-Type: image/png; name=large.png\r\nContent-ID: <large@x>\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--r--\r\n",
        in_base64(&large).replace('\n', "\r\n")
    ))
}

fn picture() -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD
        .decode(PNG)
        .expect("a picture")
}

/// Opens a message, and the page of an answer to it.
fn answer(site: &Site, tab: &Tab, subject: &str, how: &str) {
    let ann = site.sign_in("ann");
    let page = ann.open_mail(subject).link(how);
    tab.open(&format!(
        "{}{page}",
        site.url().trim_end_matches(ann.base())
    ));
}

#[test]
fn an_answer_quotes_the_html_with_its_pictures() {
    let sink = SmtpSink::start(false);
    let site = plan()
        .mails("ann", "INBOX", vec![newsletter()])
        .config(&sink.config())
        .start();
    let browser = Chromium::start();
    let tab = browser.tab();
    look::type_sign_in(&site, &tab);
    answer(&site, &tab, "Autumn", "Reply");
    open_editor(&tab);
    tab.insert("Thank you.");
    assert!(
        inside(&tab).starts_with("<div>Thank you.</div>"),
        "{}",
        inside(&tab)
    );
    for (scheme, mode) in [(Scheme::Light, "light"), (Scheme::Dark, "dark")] {
        tab.prefer(scheme);
        tab.screenshot(&format!("compose-rich-quoted-{mode}"));
    }
    let written = text(&tab);
    assert!(
        written.starts_with("Thank you.\n\n") && written.contains("Karin Lund wrote:\n> Hello Ann"),
        "{written}"
    );
    tab.loading(|| tab.click(".tools button[value=send]"));
    tab.wait_for("document.body.innerText.includes('Message sent.')");
    tab.expect_quiet();
    let answered = tree(&site, only(sink.taken()).text().as_bytes());
    assert_eq!(
        outline(&answered),
        [
            "multipart/alternative",
            " text/plain",
            " multipart/related",
            "  text/html",
            "  image/png",
            "  image/png"
        ]
    );
    let related = &answered["parts"][1]["parts"];
    let html = related[0]["text"].as_str().expect("HTML");
    let begin = html.find("<blockquote>").expect("a quote");
    assert!(
        html[begin..].contains("<p>Hello <b>Ann</b></p>") && html.contains("alt=\"leaf\""),
        "{html}"
    );
    for gone in ["script", "pwned", "evil", "class", "data:"] {
        assert!(!html.contains(gone), "{gone} in {html}");
    }
    let sizes = [picture().len(), picture().len() + 200_000];
    assert_eq!(
        [&related[1]["size"], &related[2]["size"]],
        [&json!(sizes[0]), &json!(sizes[1])]
    );

    // Handed on, they are in the text and no files any more.
    answer(&site, &tab, "Autumn", "Forward");
    assert!(tab.text().contains("small.png"), "{}", tab.text());
    open_editor(&tab);
    assert!(!tab.text().contains("small.png"), "{}", tab.text());
    tab.fill("#w-to", "bo@example.org");
    tab.loading(|| tab.click(".tools button[value=send]"));
    tab.wait_for("document.body.innerText.includes('Message sent.')");
    let sent = sink.taken().pop().expect("a message");
    let read = tree(&site, sent.text().as_bytes());
    assert_eq!(outline(&read), outline(&answered));
    let html = read["parts"][1]["parts"][0]["text"].as_str().expect("HTML");
    assert!(
        html.contains("<div>Subject: Autumn</div>") && !html.contains("<blockquote>"),
        "{html}"
    );
}

#[test]
fn where_it_is_chosen_messages_begin_in_rich_text_and_a_draft_keeps_it() {
    let sink = SmtpSink::start(false);
    let site = plan()
        .mails("ann", "INBOX", vec![newsletter()])
        .mails(
            "ann",
            "Drafts",
            vec![newsletter().flagged(&["\\Seen", "\\Draft"])],
        )
        .config("[settings]\nwrite = \"rich\"")
        .config(&sink.config())
        .start();
    let browser = Chromium::start();
    let tab = browser.tab();
    look::type_sign_in(&site, &tab);
    let is_as_kept = "typed(written()).toString() === kept";
    tab.open(&format!("{}/compose", site.url()));
    wait_for_editor(&tab);
    assert_eq!(tab.evaluate(is_as_kept), json!(true));
    answer(&site, &tab, "Autumn", "Reply");
    wait_for_editor(&tab);
    assert!(inside(&tab).contains("<b>Ann</b>"), "{}", inside(&tab));
    assert_eq!(tab.evaluate(is_as_kept), json!(true));
    // What was left as plain text stays so.
    tab.click("[data-does=plain]");
    tab.click("#plain-dialog [value=plain]");
    tab.wait_for("document.querySelector('#w-text').checkVisibility()");
    tab.loading(|| tab.click(".tools button[value=keep]"));
    assert_eq!(
        tab.evaluate("document.querySelector('.rich').hidden"),
        json!(true)
    );

    let ann = site.sign_in("ann");
    let list = ann.get("/folder?f=Drafts&compare=1");
    let mut drafts = list.attributes_of(".row > a", "href").into_iter();
    let draft = drafts.find(|href| href.contains("u=1&"));
    let draft = draft.expect("the first draft");
    let page = ann.get(draft.trim_start_matches(ann.base()));
    page.shows("formatting that cannot be shown without JavaScript");
    let url = format!(
        "{}{}",
        site.url().trim_end_matches(ann.base()),
        page.target()
    );
    tab.open(&url);
    wait_for_editor(&tab);
    assert!(inside(&tab).contains("<b>Ann</b>"), "{}", inside(&tab));
    assert!(!tab.text().contains("small.png"), "{}", tab.text());
    assert_eq!(tab.evaluate(is_as_kept), json!(true));
    // Without script it goes as it is, for its text was left as it is.
    let sent = page
        .form("write")
        .set("to", "bo@example.org")
        .press("do", "send");
    says(&sent, "Message sent");
    let read = tree(&site, only(sink.taken()).text().as_bytes());
    assert_eq!(outline(&read).len(), 6, "{read}");
    tab.expect_quiet();
}

#[test]
fn no_vector_acts_in_the_editor() {
    let sink = SmtpSink::start(false);
    let all = vectors();
    let step = (all.len() / 300).max(1);
    let chosen: Vec<&String> = all
        .iter()
        .enumerate()
        .filter(|(nth, (id, _))| nth % step == 0 || id == "own")
        .map(|(_, (_, html))| html)
        .collect();
    let mail = |nth: usize, html: &String| {
        Mail::raw(format!(
            "From: x@evil.example\r\nTo: ann@example.org\r\nSubject: Odd {nth}.\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            in_base64(html.as_bytes()).replace('\n', "\r\n")
        ))
    };
    let some: Vec<Mail> = chosen
        .iter()
        .step_by(chosen.len() / 8)
        .enumerate()
        .map(|(nth, html)| mail(nth, html))
        .collect();
    let count = some.len();
    let drafts = some
        .iter()
        .map(|mail| mail.clone().flagged(&["\\Seen", "\\Draft"]));
    let drafts = drafts.collect();
    let site = plan()
        .mails("ann", "INBOX", some)
        .mails("ann", "Drafts", drafts)
        .config(&sink.config())
        .start();
    let browser = Chromium::start();
    let tab = browser.tab();
    look::type_sign_in(&site, &tab);
    let own = site.url();
    let nothing_happened = |what: &str| {
        let happened = tab.happened();
        assert!(
            happened.dialogs.is_empty(),
            "{what}: {:?}",
            happened.dialogs
        );
        let stopped: Vec<&String> = happened
            .csp_violations
            .iter()
            .chain(&happened.blocked)
            .collect();
        assert!(stopped.is_empty(), "{what}: {stopped:?}");
        for request in &happened.requests {
            let url = request.split_once(' ').map_or("", |(_, url)| url);
            let is_inside = ["data:", "about:", &own]
                .iter()
                .any(|begin| url.starts_with(begin))
                || url.ends_with("/favicon.ico");
            assert!(is_inside, "{what}: {request}");
        }
        let odd = tab.evaluate(
            "(() => { const { contentWindow: w, contentDocument: d } = document.querySelector('.rich iframe'); \
             const acts = [...d.body.querySelectorAll('*')].filter(e => e.matches('script, iframe, form, input, object, embed, svg, base, meta, link, style') \
             || [...e.attributes].some(a => a.name.startsWith('on'))); \
             return [...acts.map(e => e.outerHTML.slice(0, 200)), ...['canary', 'xss', 'pwned'].filter(n => n in window || n in w)]; })()",
        );
        assert_eq!(odd, json!([]), "{what}");
    };
    let ann = site.sign_in("ann");
    for nth in 0..count {
        let subject = format!("Odd {nth}.");
        answer(&site, &tab, &subject, "Reply");
        tab.forget();
        open_editor(&tab);
        nothing_happened(&format!("quoted {}", chosen[nth * (chosen.len() / 8)]));
        tab.evaluate("kept = typed(written()).toString()");
        let page = ann.get("/folder?f=Drafts&compare=1").click(&subject);
        tab.forget();
        tab.open(&format!(
            "{}{}",
            own.trim_end_matches(ann.base()),
            page.target()
        ));
        if tab.evaluate("document.querySelector('[name=html]').value !== ''") == json!(true) {
            wait_for_editor(&tab);
        }
        nothing_happened(&format!("drafted {}", chosen[nth * (chosen.len() / 8)]));
    }
    tab.open(&format!("{own}/compose"));
    open_editor(&tab);
    for html in chosen {
        tab.forget();
        paste(&tab, html, "x");
        nothing_happened(&format!("pasted {html}"));
        tab.evaluate(
            "document.querySelector('.rich iframe').contentDocument.body.replaceChildren()",
        );
    }
}
