//! Whom a user writes as: the pages of identities, and what follows from them where a message is written and sent.

use std::fs;
use std::time::Duration;

use serde_json::json;

use crate::acts::Says as _;
use crate::look;
use crate::sender::{settings, write_settings};
use crate::support::chromium::Chromium;
use crate::support::mailbox::ROLES;
use crate::support::mails::Mail;
use crate::support::page::Page;
use crate::support::sink::{Sendmail, SmtpSink};
use crate::support::site::{Plan, Site, password_of};
use crate::support::visitor::Visitor;

const DOMAINS: &str = "[identities]\ndomains = [\"example.org\", \"home.example\"]\n";

/// Two identities, each with a signature.
const TWO: &str = "[[identities]]
name = \"Ann Sommer\"
address = \"ann@example.org\"
signature = \"Ann\\nOslo\"

[[identities]]
name = \"Ann, at home\"
address = \"ann@home.example\"
reply_to = \"office@home.example\"
signature = \"A.\"
later = \"kept\"
";

fn plan() -> Plan {
    Site::new().messages(2).config(DOMAINS).dovecot(ROLES)
}

/// Somebody with two identities.
fn with_two(site: &Site) -> Visitor {
    let ann = site.sign_in("ann");
    write_settings(site, TWO);
    ann
}

/// The form of a new one, with this in its fields.
fn typed(ann: &Visitor, fields: &[(&str, &str)]) -> Page {
    let page = ann.get("/identities").click("Add identity");
    let form = page.form("identity");
    let filled = fields.iter();
    filled
        .fold(form, |form, (name, value)| {
            form.unset(name).smuggle(name, value)
        })
        .submit()
}

fn kept(site: &Site) -> String {
    fs::read_to_string(settings(site)).unwrap_or_default()
}

/// What senders a message can be from, the chosen one first.
fn senders(page: &Page) -> Vec<String> {
    let chosen = page.form("write").value("from").map(str::to_owned);
    let all = page.attributes_of("#w-from option", "value");
    let others = all.into_iter().filter(|one| Some(one) != chosen.as_ref());
    chosen.iter().cloned().chain(others).collect()
}

#[test]
fn an_identity_is_added_changed_made_usual_and_deleted_each_with_undo() {
    let site = plan().start();
    let ann = site.sign_in("ann");
    let page = ann.get("/settings").click("Identities");
    page.shows("ann@example.org");
    let fields = [
        ("name", "  Ann, at home "),
        ("address", "ann@home.example"),
        ("reply_to", "Office <office@home.example>, bo@home.example"),
        ("signature", "-- \r\nA.\r\nOslo\r\n"),
    ];
    let page = typed(&ann, &fields);
    page.says("Identity ann@home.example added.");
    assert!(
        kept(&site).contains("signature = \"\"\"\nA.\nOslo\"\"\"")
            || kept(&site).contains("A.\\nOslo"),
        "{}",
        kept(&site)
    );
    assert_eq!(
        senders(&ann.get("/compose")),
        ["ann@example.org", "ann@home.example"]
    );

    let usual = page.form_at("form.bar", 1).press("do", "usual");
    usual.says("New messages are now from ann@home.example.");
    let compose = ann.get("/compose");
    assert_eq!(senders(&compose)[0], "ann@home.example");
    let form = compose.form("write");
    assert_eq!(form.value("reply_to"), Some(fields[2].1));
    assert_eq!(form.value("text"), Some("\n\n-- \nA.\nOslo\n"));
    usual.click("Undo");
    assert_eq!(senders(&ann.get("/compose"))[0], "ann@example.org");

    let form = ann.get("/identity?n=1");
    let changed = form.form("identity").set("name", "Nobody").submit();
    changed.says("Identity ann@home.example saved.");
    assert!(kept(&site).contains("Nobody"));
    changed.click("Undo");
    assert!(
        kept(&site).contains("name = \"Ann, at home\""),
        "{}",
        kept(&site)
    );

    let before = kept(&site);
    let gone = ann
        .get("/identities")
        .form_at("form.bar", 0)
        .press("do", "delete");
    gone.says("Identity ann@example.org deleted.");
    assert!(!kept(&site).contains("ann@example.org"));
    gone.click("Undo");
    assert_eq!(kept(&site), before);
}

#[test]
fn what_is_no_identity_comes_back_with_its_field_named_and_nothing_is_kept() {
    let site = plan().start();
    let ann = site.sign_in("ann");
    let good = [
        ("name", "Ann"),
        ("address", "ann@home.example"),
        ("reply_to", ""),
        ("signature", "A."),
    ];
    let mut wrong = vec![
        ("address", "ann".to_owned(), "Enter one email address"),
        (
            "address",
            "Ann <ann@home.example>".to_owned(),
            "Enter one email address",
        ),
        (
            "address",
            "ann@elsewhere.example".to_owned(),
            "Your provider does not let you",
        ),
        (
            "address",
            "ANN@example.org".to_owned(),
            "Another identity already has this address.",
        ),
        (
            "reply_to",
            "bo@home.example, nobody".to_owned(),
            "nobody is not an email address.",
        ),
        ("sent", "Nowhere".to_owned(), "Choose a folder"),
        ("sent", "Sent\r\nz LOGOUT".to_owned(), "Choose a folder"),
        ("name", "a".repeat(201), "too long"),
        ("signature", "a".repeat(10_001), "too long"),
    ];
    for what in ["a\r\nBcc: all@example.org", "a\nX: b", "a\rb"] {
        wrong.push(("name", what.to_owned(), "Name must be on one line."));
        wrong.push((
            "address",
            format!("ann@home.example{what}"),
            "must be on one line",
        ));
        wrong.push((
            "reply_to",
            format!("bo@home.example{what}"),
            "must be on one line",
        ));
    }
    for what in ['\0', '\u{1b}', '\u{200b}', '\u{202e}', '\u{2028}'] {
        let code = format!("(U+{:04X})", u32::from(what));
        let code: &'static str = code.leak();
        for field in ["name", "address", "reply_to", "signature"] {
            wrong.push((field, format!("bo@home.example{what}x"), code));
        }
    }
    for (field, value, why) in wrong {
        let fields =
            good.map(|(name, usual)| (name, if name == field { value.as_str() } else { usual }));
        let more = (field == "sent").then_some((field, value.as_str()));
        let fields: Vec<(&str, &str)> = fields.into_iter().chain(more).collect();
        let page = typed(&ann, &fields);
        page.has_status(422).says("has not been saved yet");
        page.expect(
            page.attributes_of("[aria-invalid]", "name") == [field],
            || format!("{field} = {value:?}"),
        );
        let told = page.text_of(".why").unwrap_or_default();
        let told = told.replace(['\u{2068}', '\u{2069}'], "");
        page.expect(told.contains(why), || {
            format!("{field} = {value:?}: {told}")
        });
        for (name, usual) in good.iter().filter(|(name, _)| *name != field) {
            assert_eq!(page.form("identity").value(name), Some(*usual));
        }
        assert!(!settings(&site).exists(), "{field} = {value:?}");
    }
    typed(&ann, &good).says("added");
}

#[test]
fn what_a_hand_wrote_into_the_file_is_judged_too() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    write_settings(
        &site,
        "[[identities]]\nname = \"A\\r\\nBcc: all@example.org\"\naddress = \"ann@example.org\"\n\
         [[identities]]\naddress = \"boss@elsewhere.example\"\n",
    );
    let page = ann.get("/identities");
    page.shows("Not used: Name must be on one line.");
    page.shows("Not used: Your provider does not let you send from this address.");
    let page = ann.get("/compose");
    // Who can use none of his own writes as who he signs in as.
    let form = page.form("write").set("to", "bo@example.org");
    let form = form.set("subject", "Hello").set("text", "Hello");
    form.press("do", "send").says("Message sent");
    let taken = sink.taken();
    let text = taken.first().expect("a message").text();
    assert!(
        text.contains("From: <ann@example.org>\r\n") && !text.contains("all@"),
        "{text}"
    );
}

#[test]
fn rule_13_the_hoster_says_which_addresses_a_user_may_send_from() {
    let sink = SmtpSink::start(false);
    let program = Sendmail::new();
    let site = Site::new().messages(1).dovecot(ROLES).start();
    let ann = site.sign_in("ann");
    let may = |ann: &Visitor, address: &str| {
        let page = typed(ann, &[("address", address)]);
        let is_added = page.status() == 200;
        if is_added {
            page.click("Undo");
        } else {
            page.has_status(422)
                .shows("Your provider does not let you send from this address.");
        }
        is_added
    };
    // Nobody has named a domain, and the login has none.
    ann.get("/compose")
        .shows("You have no address to send from");
    assert!(!may(&ann, "ann@example.org"));
    // A submission server knows who signs in there.
    site.configure(&format!("{}\n{DOMAINS}", sink.config()));
    for (address, allowed) in [
        ("ann@home.example", true),
        ("office@home.example", true),
        ("ann@elsewhere.example", false),
        ("ann@home.example.elsewhere.example", false),
        ("\"ann@home.example\"@elsewhere.example", false),
    ] {
        assert_eq!(may(&ann, address), allowed, "{address}");
    }
    ann.get("/identity").shows("any address at home.example");
    // A program does not.
    site.configure(DOMAINS);
    for (address, allowed) in [
        ("ann@home.example", true),
        ("office@home.example", false),
        ("ann+boss@home.example", false),
    ] {
        assert_eq!(may(&ann, address), allowed, "{address}");
    }
    ann.get("/identity")
        .shows("ann@home.example")
        .hides("any address");
    site.configure("[identities]\nany = true\n");
    assert!(may(&ann, "boss@elsewhere.example"));
    // What is sent all the same is not sent.
    let top = program.setting();
    drop(site);
    let site = plan().setting(&top).start();
    let ann = site.sign_in("ann");
    let page = ann.get("/compose");
    let form = page
        .form("write")
        .set("to", "bo@example.org")
        .set("subject", "x");
    let form = form.unset("from").smuggle("from", "office@example.org");
    let page = form.press("do", "send");
    page.has_status(422);
    assert!(program.taken().is_empty());
}

#[test]
fn what_the_hoster_has_fixed_stays() {
    let config = format!(
        "{DOMAINS}[[fixed.identities]]\nname = \"Ann of Example\"\naddress = \"ann@example.org\"\n"
    );
    let site = Site::new().messages(1).config(&config).start();
    let ann = with_two(&site);
    let page = ann.get("/identities");
    page.shows("Your provider has set your identities")
        .shows("Ann of Example")
        .hides("Add identity");
    ann.get("/identity").has_status(403);
    let token = page
        .form("sign-out")
        .value("token")
        .expect("a token")
        .to_owned();
    let fields = [("token", token.as_str()), ("address", "ann@home.example")];
    ann.post_once("/identity", &fields).has_status(403);
    assert_eq!(kept(&site), TWO);
}

#[test]
fn the_one_that_a_message_was_written_to_answers_it() {
    let mail = |subject: &str, head: &str| {
        Mail::written(&format!(
            "From: Bo <bo@example.org>\n{head}\nSubject: {subject}\nMessage-ID: <{subject}@x>\n\nHello\n"
        ))
    };
    let mails = vec![
        mail("by-to", "To: Cas <cas@example.org>, ANN@Home.Example"),
        mail("by-cc", "To: cas@example.org\nCc: ann@home.example"),
        mail(
            "by-delivery",
            "Delivered-To: somebody@example.org\nDelivered-To: ann@home.example\nTo: list@example.org",
        ),
        mail(
            "by-origin",
            "X-Original-To: ann@home.example\nTo: undisclosed-recipients:;",
        ),
        mail("by-nothing", "To: list@example.org"),
    ];
    let site = plan().mails("ann", "INBOX", mails).start();
    let ann = with_two(&site);
    for (subject, from) in [
        ("by-to", "ann@home.example"),
        ("by-cc", "ann@home.example"),
        ("by-delivery", "ann@home.example"),
        ("by-origin", "ann@home.example"),
        ("by-nothing", "ann@example.org"),
    ] {
        let page = ann.get("/").click(subject).click("Reply");
        let form = page.form("write");
        assert_eq!(
            form.value("from").map(str::to_lowercase).as_deref(),
            Some(from),
            "{subject}"
        );
        let text = form.value("text").expect("a text");
        let signature = if from.contains("home") {
            "\n-- \nA.\n"
        } else {
            "\n-- \nAnn\nOslo\n"
        };
        assert!(text.contains(signature), "{subject}: {text}");
    }
}

#[test]
fn another_sender_brings_his_signature_as_long_as_nobody_has_touched_the_one_before() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = with_two(&site);
    let other = |page: &Page| {
        page.form("write")
            .set("from", "ann@home.example")
            .press("do", "keep")
    };
    let page = ann.get("/compose");
    let changed = other(&page);
    let form = changed.form("write");
    assert_eq!(form.value("text"), Some("\n\n-- \nA.\n"));
    assert_eq!(form.value("reply_to"), Some("office@home.example"));
    // And back.
    let back = form.set("from", "ann@example.org").press("do", "keep");
    assert_eq!(
        back.form("write").value("text"),
        Some("\n\n-- \nAnn\nOslo\n")
    );
    assert_eq!(back.form("write").value("reply_to"), Some(""));
    let page = ann.get("/compose");
    let form = page
        .form("write")
        .set("text", "Hello\n\n-- \nAnn, today in Oslo\n");
    let form = form
        .set("reply_to", "else@example.org")
        .set("from", "ann@home.example");
    let page = form.press("do", "keep");
    let form = page.form("write");
    assert_eq!(
        form.value("text"),
        Some("Hello\n\n-- \nAnn, today in Oslo\n")
    );
    assert_eq!(form.value("reply_to"), Some("else@example.org"));
    // Whoever sends at once, too.
    let page = ann.get("/compose");
    let form = page.form("write").set("from", "ann@home.example");
    let form = form
        .set("to", "bo@example.org")
        .set("subject", "x")
        .set("text", "Hello\n\n-- \nAnn\nOslo\n");
    form.press("do", "send").says("Message sent");
    let taken = sink.taken();
    let text = taken.first().expect("a message").text();
    assert!(
        text.contains("Hello\r\n\r\n--=20\r\nA.\r\n") && text.contains("office@home.example"),
        "{text}"
    );
}

#[test]
fn with_script_the_signature_changes_at_once_and_as_the_form_would_change_it() {
    let site = plan().start();
    let ann = with_two(&site);
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    let swapped = "(() => { const f = document.querySelector('#write'); const from = f.elements.from; \
        from.value = 'ann@home.example'; from.dispatchEvent(new Event('change', { bubbles: true })); \
        return [f.elements.text.value, f.elements.reply_to.value, f.elements.signed.value]; })()";
    tab.open(&format!("{}/compose", site.url()));
    assert_eq!(
        tab.evaluate("getComputedStyle(document.querySelector('.unscripted')).display"),
        json!("none")
    );
    assert_eq!(
        tab.evaluate(swapped),
        json!(["\n\n-- \nA.\n", "office@home.example", "ann@home.example"])
    );
    tab.open(&format!("{}/compose", site.url()));
    tab.evaluate("document.querySelector('#w-text').value = 'Hi\\n\\n-- \\nAnn!\\n'");
    assert_eq!(tab.evaluate(swapped)[0], json!("Hi\n\n-- \nAnn!\n"));
    // Neither has a signature, then the second one; above what is quoted.
    write_settings(
        &site,
        TWO.replace("Ann\\nOslo", "").replace("later", "# later"),
    );
    let page = ann.get("/").click("Message 2").click("Reply");
    let (path, query) = page.target().split_once("compose").expect("a page");
    let _ = path;
    tab.open(&format!("{}/compose{query}", site.url()));
    let by_script = tab.evaluate(swapped)[0].clone();
    let by_form = page
        .form("write")
        .set("from", "ann@home.example")
        .press("do", "keep");
    assert_eq!(json!(by_form.form("write").value("text")), by_script);
    let text = by_script.as_str().expect("a text").to_owned();
    assert!(
        text.starts_with("\n\n-- \nA.\n\n\n") && text.contains("\n> "),
        "{text:?}"
    );
}

#[test]
fn copies_go_into_the_folder_of_the_identity_and_follow_it() {
    let sink = SmtpSink::start(false);
    let home = vec![Mail::plain("Bo <bo@example.org>", "zero", "Hello")];
    let site = plan()
        .config(&sink.config())
        .mails("ann", "Home", home)
        .start();
    let ann = with_two(&site);
    let page = ann.get("/identity?n=1");
    let page = page.form("identity").set("sent", "Home").submit();
    page.says("saved")
        .shows("Copies are saved in \u{2068}Home\u{2069}");
    assert!(kept(&site).contains("later = \"kept\""), "{}", kept(&site));
    let send = |subject: &str| {
        let page = ann.get("/compose");
        let form = page.form("write").set("from", "ann@home.example");
        let form = form.set("to", "bo@example.org").set("subject", subject);
        form.press("do", "send").says("Message sent");
    };
    let subjects = |folder: &str| crate::acts::subjects(&site, folder);
    send("one");
    assert_eq!(subjects("Home"), ["zero", "one"]);
    let page = ann.get("/folder-options?f=Home");
    page.form("rename-form")
        .set("name", "Cottage")
        .submit()
        .has_status(200);
    send("two");
    assert_eq!(subjects("Cottage"), ["zero", "one", "two"]);
    assert!(subjects("Sent").is_empty());
    // One that is gone is passed over.
    site.other_client("ann").run("DELETE Cottage");
    ann.get("/folder?f=INBOX&compare=1");
    ann.get("/folders");
    write_settings(&site, kept(&site).replace("Cottage", "Nowhere"));
    send("three");
    assert_eq!(subjects("Sent"), ["three"]);
}

#[test]
fn an_identity_typed_when_the_session_had_ended_is_shown_again() {
    let site = plan().start();
    let ann = site.sign_in("ann");
    let page = ann.get("/identity");
    let form = page
        .form("identity")
        .set("address", "ann@home.example")
        .set("signature", "A.\nB.");
    crate::disk::age_sessions(&site, "ann", Duration::from_secs(9 * 3600));
    let page = form.submit();
    page.has_status(401);
    let form = page.form("sign-in").set("login", "ann");
    let page = form.set("password", &password_of("ann")).submit();
    page.says("has not been saved yet");
    assert_eq!(page.form("identity").value("signature"), Some("A.\nB."));
    page.form("identity").submit().says("added");
}

#[test]
fn the_pages_fit_every_window_and_name_everything_that_acts() {
    let site = plan().start();
    let ann = with_two(&site);
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    for (name, path) in [
        ("identities", "/identities"),
        ("identity", "/identity?n=1"),
        ("compose-senders", "/compose"),
    ] {
        let url = format!("{}{path}", site.url());
        look::pictures(&tab, name, &url);
        look::expect_named(&tab);
    }
}
