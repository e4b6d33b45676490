//! Labels: coloured words on messages, which other mail programs see as keywords.
//!
//! Rule 12: what goes to the server is a word of ours, offered only where it stays, and what was done is read back.

use std::fs;

use super::injection::{WORDS, expect_no_command_added};
use super::servers::{Lied, lied};
use super::{Says as _, act, flags, inbox, plan, shown, uid_of, undo};
use crate::support::chromium::{Chromium, Scheme};
use crate::support::liar::Lie;
use crate::support::page::Page;
use crate::support::site::Site;
use crate::support::visitor::Visitor;

/// The labels that the row with this subject shows.
fn labels_of(list: &Page, subject: &str) -> Vec<String> {
    let nth = shown(list).iter().position(|row| row == subject);
    let row = nth.unwrap_or_else(|| panic!("no {subject}")) + 1;
    list.texts_of(&format!(".row:nth-child({row}) .label"))
}

/// The labels that are offered, each with what can be done.
fn offered(page: &Page) -> Vec<String> {
    page.attributes_of("button[name=label]", "value")
}

/// Sends the form about a label with these fields.
fn edit_label(ann: &Visitor, fields: &[(&str, &str)]) -> Page {
    let page = ann.get("/labels");
    let form = page.form("new-label").unset("name").unset("colour");
    let form = fields
        .iter()
        .fold(form, |form, (name, value)| form.smuggle(name, value));
    form.submit()
}

#[test]
fn rule_12_labels_are_put_on_messages_and_taken_off_and_others_see_them() {
    let site = plan(3).start();
    let list = inbox(&site);
    let question = act(&list, &["Message 1", "Message 3"], "label");
    question.shows("Labels of 2 messages").shows("Important");
    let all = ["+$label1", "+$label2", "+$label3", "+$label4", "+$label5"];
    assert_eq!(offered(&question), all);
    let done = question.form("messages").press("label", "+$label2");
    done.says("Label Work added to 2 messages.");
    assert_eq!(flags(&site, "INBOX"), ["$label2", "", "$label2"]);
    assert_eq!(labels_of(&done, "Message 1"), ["Work"]);
    assert!(labels_of(&done, "Message 2").is_empty());

    // Of the three only one has to get it; only that one is undone.
    let question = act(&done, &["Message 1", "Message 2", "Message 3"], "label");
    question.shows("on 2 of 3");
    let done = question.form("messages").press("label", "+$label2");
    done.says("Label Work added to 3 messages.");
    let back = undo(&done);
    back.says("Label Work removed from 1 message.");
    assert_eq!(flags(&site, "INBOX"), ["$label2", "", "$label2"]);
    let question = act(&back, &["Message 1"], "label");
    question.shows("on this message");
    assert_eq!(offered(&question)[1], "-$label2");
    let done = question.form("messages").press("label", "-$label2");
    done.says("Label Work removed from 1 message.");
    assert_eq!(flags(&site, "INBOX"), ["", "", "$label2"]);
    undo(&done).says("Label Work added to 1 message.");
    assert_eq!(flags(&site, "INBOX"), ["$label2", "", "$label2"]);
}

#[test]
fn rule_12_a_label_is_made_renamed_and_recoloured_and_stays_the_same_keyword() {
    let site = plan(2).start();
    let message = inbox(&site).click("Message 2");
    let question = message.form("acts").press("act", "label");
    let form = question.form("new-label");
    let done = form
        .set("name", " To do: Øre ")
        .set("colour", "teal")
        .submit();
    done.says("Label To do: Øre added to 1 message.");
    // The message is still open, and shows it.
    assert_eq!(done.texts_of(".labels .label.teal"), ["To do: Øre"]);
    assert_eq!(flags(&site, "INBOX")[1], "\\Seen to-do-re");
    // The same name is the same label, on all of a list, too.
    let all = inbox(&site).click("Select all on this page");
    let question = all.form("rows").press("act", "label");
    let done = question
        .form("new-label")
        .set("name", "to DO: øre")
        .submit();
    done.says("Label To do: Øre added to 2 messages.");
    assert_eq!(flags(&site, "INBOX")[0], "to-do-re");

    let edit = site.sign_in("ann").get("/labels");
    let nth = edit.attributes_of("input[name=word]", "value");
    assert_eq!(nth[0], "to-do-re");
    let saved = edit_label(
        edit.visitor(),
        &[("word", "to-do-re"), ("name", "Errands"), ("colour", "red")],
    );
    saved.says("Label Errands saved.");
    let list = inbox(&site);
    assert_eq!(list.texts_of(".row .label.red"), ["Errands", "Errands"]);
    assert_eq!(flags(&site, "INBOX")[0], "to-do-re");
    // What was forgotten here is shown by its word.
    let gone = edit_label(saved.visitor(), &[("word", "to-do-re"), ("forget", "1")]);
    gone.says("Label Errands removed from your list.");
    assert_eq!(
        inbox(&site).texts_of(".row .label.grey"),
        ["to-do-re", "to-do-re"]
    );
}

#[test]
fn rule_12_keywords_of_others_are_shown_by_their_words_and_those_of_programs_are_not() {
    let site = plan(2).start();
    let mut other = site.other_client("ann");
    other.run("SELECT INBOX");
    other.run("STORE 2 +FLAGS (Reise $label4 $Forwarded $MDNSent NonJunk $HasAttachment)");
    drop(other);
    let list = inbox(&site);
    assert_eq!(labels_of(&list, "Message 2"), ["To do", "Reise"]);
    let question = act(&list, &["Message 2"], "label");
    let done = question.form("messages").press("label", "-Reise");
    done.says("Label Reise removed from 1 message.");
    assert!(!flags(&site, "INBOX")[1].contains("Reise"));
    assert!(flags(&site, "INBOX")[1].contains("$MDNSent"));
}

#[test]
fn rule_12_a_message_with_very_many_keywords_is_one_row() {
    let lied = lied("");
    let many = Lie::about("UID FETCH").says(|answer| {
        let words: String = (0..200).map(|n| format!("keyword{n} ")).collect();
        answer.replace("FLAGS (", &format!("FLAGS ({words}"))
    });
    lied.liar.lies(vec![many]);
    let list = lied.front.sign_in("ann").get("/");
    assert_eq!(shown(&list).len(), 40);
    let labels = labels_of(&list, "Message 40");
    assert_eq!(labels, ["keyword0", "keyword1", "keyword10", "+197"]);
}

/// Tells which keywords a folder keeps.
fn keeps(words: &'static str) -> Lie {
    Lie::about("SELECT").says(move |answer| {
        let (before, rest) = answer.split_once("[PERMANENTFLAGS (").expect("its flags");
        let (_, after) = rest.split_once(')').expect("their end");
        format!("{before}[PERMANENTFLAGS ({words}){after}")
    })
}

/// The page that asks for the labels of the newest message.
fn question(lied: &Lied) -> Page {
    let list = lied.front.sign_in("ann").get("/");
    act(&list, &["Message 40"], "label")
}

#[test]
fn rule_12_only_what_stays_is_offered() {
    let lied = lied("");
    lied.liar.lies(vec![keeps("\\Seen \\Flagged $Label3 x")]);
    let page = question(&lied);
    assert_eq!(offered(&page), ["+$label3"]);
    page.hides("Create and add")
        .shows("does not accept new labels");
    let list = lied.front.sign_in("ann").get("/?compare=1");
    assert!(list.attributes_of(".bulk [value=label]", "value").len() == 1);
    // Another user's store: known anew.
    let other = super::servers::lied("");
    other.liar.lies(vec![keeps("\\Seen \\Flagged $Junk")]);
    let list = other.front.sign_in("ann").get("/");
    assert!(list.attributes_of("[value=label]", "value").is_empty());
}

#[test]
fn rule_12_what_the_server_drops_is_not_said_to_be_done() {
    let lied = lied("");
    let page = question(&lied);
    let forgets = Lie::about("UID STORE").does_nothing().ends("$TAG OK Done.");
    lied.liar.lies(vec![forgets]);
    let done = page.form("messages").press("label", "+$label1");
    done.says("Nothing was changed. 1 message is unchanged.");
    let page = question(&lied);
    let refuses = Lie::about("UID STORE")
        .does_nothing()
        .ends("$TAG BAD Unknown flag");
    lied.liar.lies(vec![refuses]);
    let done = page.form("messages").press("label", "+$label1");
    done.shows("Nothing was changed");
    lied.liar.lies(Vec::new());
    assert!(!flags(&lied.real, "INBOX").concat().contains("label1"));
    lied.expect_truth(&lied.ann(), "labels");
}

#[test]
fn rule_12_a_pymap_that_forgets_a_keyword_is_told() {
    use crate::support::pymap::{self, Pymap};
    let pymap = Pymap::start();
    let site = Site::new().imap_at(pymap.address()).start();
    let ann = site.sign_in_with(pymap::LOGIN, pymap::PASSWORD);
    let list = ann.get("/");
    if list
        .attributes_of(".bulk [value=label]", "value")
        .is_empty()
    {
        // It says that no keyword stays.
        return;
    }
    let newest = shown(&list)[0].clone();
    let question = act(&list, &[&newest], "label");
    let done = question.form("messages").press("label", "+$label1");
    let list = done.visitor().get("/?compare=1");
    let is_there = labels_of(&list, &newest) == ["Important"];
    let said = done.text().replace(['\u{2068}', '\u{2069}'], "");
    done.expect(said.contains("Label Important added") == is_there, || {
        format!("{said}, and it is there: {is_there}")
    });
}

#[test]
fn rule_12_labels_that_cannot_be_read_are_never_written_over() {
    let site = plan(1).start();
    let ann = site.sign_in("ann");
    edit_label(&ann, &[("name", "Work 2"), ("colour", "blue")]).says("Label Work 2 created.");
    let users = fs::read_dir(site.state_dir().join("users")).expect("users");
    let user = users.flatten().next().expect("Ann").path();
    let file = user.join("profile/labels.toml");
    let text = fs::read_to_string(&file).expect("her labels");
    assert!(text.contains("word = \"work-2\""), "{text}");
    let more = format!("since = 2026\n{text}icon = \"x\"\n");
    fs::write(&file, &more).expect("written");
    edit_label(&ann, &[("name", "Home")]).has_status(200);
    let now = fs::read_to_string(&file).expect("her labels");
    assert!(
        now.contains("since = 2026") && now.contains("icon = \"x\""),
        "{now}"
    );
    for damaged in ["[[label]]\nword = \"a b\"\nname = \"x\"", "label = 1", "["] {
        fs::write(&file, damaged).expect("written");
        let list = ann.get("/");
        list.has_status(200).shows("Your settings cannot be read");
        let refused = edit_label(&ann, &[("name", "Other")]);
        assert!(refused.status() >= 400, "{damaged}");
        assert_eq!(fs::read_to_string(&file).expect("kept"), damaged);
    }
}

#[test]
fn rule_12_nothing_that_a_form_says_about_labels_becomes_a_command() {
    let site = plan(3).proxied().start();
    let ann = site.sign_in("ann");
    let long = "x".repeat(10_000);
    for value in WORDS
        .into_iter()
        .chain([long.as_str(), "$Junk", "\\Seen", "+\\Deleted"])
    {
        for field in ["label", "name", "colour"] {
            let list = ann.get("/");
            let form = list.form("rows").tick("u", &uid_of(&list, "Message 2"));
            let form = form.smuggle("act", "label");
            let texts = match field {
                "label" => vec![format!("+{value}"), format!("-{value}"), value.to_owned()],
                _ => vec![value.to_owned()],
            };
            for text in texts {
                site.proxy().reset();
                let form = form.request();
                let mut body = form.body.clone();
                for (name, value) in [(field, text.as_str()), ("name", "x")] {
                    let pair: String = form_urlencoded::Serializer::new(String::new())
                        .append_pair(name, value)
                        .finish();
                    body.extend(format!("&{pair}").bytes());
                }
                let mut request = form.clone();
                request.body = body;
                let page = ann.follow(ann.send(&request));
                assert!(page.status() < 500, "{field}={text:?}: {}", page.text());
                expect_no_command_added(&site, &format!("{field}={text:?}"));
            }
        }
        for field in ["word", "name", "colour", "forget"] {
            let page = edit_label(&ann, &[(field, value), ("name", "y")]);
            assert!(page.status() < 500, "{field}={value:?}: {}", page.text());
            ann.get("/labels").has_status(200);
        }
    }
    // No message has got a flag that was not meant.
    for words in flags(&site, "INBOX") {
        assert!(!words.contains('\\') && !words.contains("Junk"), "{words}");
    }
}

#[test]
fn labels_have_their_pictures() {
    let site = plan(4).start();
    let list = inbox(&site);
    let label = |subject: &str, word: &str| {
        let question = act(&list, &[subject], "label");
        question.form("messages").press("label", word);
    };
    for (nth, word) in ["+$label1", "+$label2", "+$label3", "+$label4", "+$label5"]
        .into_iter()
        .enumerate()
    {
        label("Message 4", word);
        label(
            if nth % 2 == 0 {
                "Message 3"
            } else {
                "Message 2"
            },
            word,
        );
    }
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&site.sign_in("ann"));
    tab.scripts(false);
    for (width, phone) in [(1280, false), (390, true)] {
        tab.viewport(width, 844, 1.0, phone);
        for (scheme, mode) in [(Scheme::Light, "light"), (Scheme::Dark, "dark")] {
            tab.prefer(scheme);
            let taken = |name: &str| {
                tab.screenshot(&format!("{name}-{width}-{mode}"));
                let scrolls = "document.documentElement.scrollWidth > innerWidth";
                assert_eq!(tab.evaluate(scrolls), false, "{name} at {width}");
            };
            tab.open(&format!("{}/", site.url()));
            taken("labels-list");
            tab.click(".row:nth-child(2) .tick");
            tab.click(".bulk summary");
            tab.click_to(".bulk button[value=label]");
            taken("labels-choose");
            tab.open(&format!("{}/labels", site.url()));
            taken("labels-edit");
            tab.open(&format!("{}/", site.url()));
            tab.click_to(".row:nth-child(1) a");
            taken("labels-message");
        }
    }
}
