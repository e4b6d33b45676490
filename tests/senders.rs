//! Who a mail is from: every form of the table `senders.tsv` through the one judgement, and some of them through the
//! program, as the list, the page, the page for paper and the choice of images say it.

use std::fs;
use std::path::Path;

use postern::mail::{Role, Row, Uid};
use postern::mailbox;
use postern::mime::statements;
use postern::sender::{self, Doubt, Judgement, Named, Standpoint, WhyNot};
use postern::words::Words;

use crate::support::mails::{Mail, MailBuilder};
use crate::support::page::Page;
use crate::support::site::Site;

const SERVER: &str = "mx.example.org";

/// One line of the table.
struct Form {
    line: usize,
    place: String,
    server: String,
    checks: Vec<String>,
    from: Vec<String>,
    sender: Option<String>,
    list: String,
    message: String,
    print: String,
    always: String,
}

fn forms() -> Vec<Form> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/senders.tsv");
    let text = fs::read_to_string(file).expect("the table");
    let fields = |cell: &str| -> Vec<String> {
        let each = cell.split('¶').map(|field| unescaped(field.trim()));
        each.collect()
    };
    let lines = text.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.starts_with('#') && !line.starts_with("where"));
    let forms = lines.map(|(n, line)| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [
            place,
            server,
            checks,
            from,
            sender,
            list,
            message,
            print,
            always,
        ] = cells[..]
        else {
            panic!("line {}: {} cells", n + 1, cells.len());
        };
        Form {
            line: n + 1,
            place: place.to_owned(),
            server: server.to_owned(),
            checks: if checks == "-" {
                Vec::new()
            } else {
                fields(checks)
            },
            from: if from == "none" {
                Vec::new()
            } else {
                fields(from)
            },
            sender: (sender != "-").then(|| unescaped(sender)),
            list: unescaped(list),
            message: unescaped(message),
            print: unescaped(print),
            always: always.to_owned(),
        }
    });
    forms.collect()
}

fn unescaped(cell: &str) -> String {
    let mut out = String::new();
    let mut chars = cell.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('r') => out.push('\r'),
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('u') => {
                let code: String = chars.by_ref().skip(1).take_while(|c| *c != '}').collect();
                let code = u32::from_str_radix(&code, 16).expect("a code");
                out.push(char::from_u32(code).expect("a character"));
            }
            other => out.extend(other),
        }
    }
    out
}

impl Form {
    fn header(&self) -> String {
        let field = |name: &str, value: &String| format!("{name}: {value}\r\n");
        let mut header = String::new();
        header.extend(
            self.checks
                .iter()
                .map(|v| field("Authentication-Results", v)),
        );
        header.extend(self.from.iter().map(|v| field("From", v)));
        header.extend(self.sender.iter().map(|v| field("Sender", v)));
        header
    }

    fn standpoint(&self) -> Standpoint<'static> {
        Standpoint {
            server: if self.server == "mx" { SERVER } else { "" },
            role: match self.place.as_str() {
                "-" | "inside" => Some(Role::Inbox),
                "sent" => Some(Role::Sent),
                "drafts" => Some(Role::Drafts),
                "junk" => Some(Role::Junk),
                "trash" => Some(Role::Trash),
                "archive" => Some(Role::Archive),
                other => panic!("line {}: {other}", self.line),
            },
            is_inside: self.place == "inside",
        }
    }

    fn row(&self) -> Row {
        let header = format!("{}To: Bo <bo@example.org>\r\n", self.header());
        let uid = Uid::new(1).expect("a number");
        let standpoint = self.standpoint();
        Row {
            evidence: statements::evidence(header.as_bytes(), "", standpoint.server),
            ..mailbox::of_header(uid, header.as_bytes(), 0)
        }
    }
}

fn in_full(named: &Named) -> String {
    match named {
        Named::Person { name, address } if name.is_empty() => address.clone(),
        Named::Person { name, address } => format!("{name} <{address}>"),
        Named::AsWritten(written) if written.is_empty() => {
            Words::ENGLISH.unknown_sender().to_owned()
        }
        Named::AsWritten(written) => written.clone(),
    }
}

fn in_list(row: &Row, judged: &Judgement, standpoint: &Standpoint) -> String {
    let person = match standpoint.role {
        Some(Role::Sent | Role::Drafts) => return format!("To {}", row.to[0].shown()),
        _ => row.from.first(),
    };
    match judged.is_marked() {
        true => format!("! {}", in_full(&judged.named)),
        false => person.expect("a sender").shown().to_owned(),
    }
}

fn on_page(judged: &Judgement) -> String {
    let mut said: Vec<String> = judged.doubts.iter().map(code).collect();
    said.extend(judged.is_unconfirmed().then(|| "not-confirmed".to_owned()));
    said.extend(judged.sent_by.iter().map(|by| format!("sent by {by}")));
    match said.is_empty() {
        true => "-".to_owned(),
        false => said.join(" + "),
    }
}

fn code(doubt: &Doubt) -> String {
    match doubt {
        Doubt::Failed(domain) => format!("failed({domain})"),
        Doubt::Unproven(domain) => format!("unproven({domain})"),
        Doubt::Nobody => "nobody".to_owned(),
        Doubt::NotOneAddress => "not-one-address".to_owned(),
        Doubt::Several(n) => format!("several({n})"),
        Doubt::NameHoldsAddress(other) => format!("name-holds({other})"),
        Doubt::Invisible => "invisible".to_owned(),
        Doubt::ForeignLocal(local) => format!("foreign-local({local})"),
        Doubt::Foreign { looks, is, mixed } => {
            let kind = if *mixed { "mixed" } else { "foreign" };
            format!("{kind}({looks} {is})")
        }
    }
}

fn choice(judged: &Judgement, is_known: bool) -> &'static str {
    match judged.may_be_chosen(|_| is_known) {
        Ok(_) => "yes",
        Err(WhyNot::Own) => "own",
        Err(WhyNot::Junk) => "junk",
        Err(WhyNot::Inside) => "inside",
        Err(WhyNot::Doubtful) => "doubtful",
        Err(WhyNot::NotConfirmed) => "not-confirmed",
        Err(WhyNot::Stranger) => "stranger",
    }
}

#[test]
fn every_form_of_the_table_is_judged_as_it_says() {
    let forms = forms();
    assert!(forms.len() >= 200, "{} forms", forms.len());
    let mut wrong = Vec::new();
    for form in &forms {
        let (row, standpoint) = (form.row(), form.standpoint());
        let judged = sender::judge(&row, &standpoint);
        let hint = if judged.is_unconfirmed() {
            " (not confirmed)"
        } else {
            ""
        };
        let seen = [
            in_list(&row, &judged, &standpoint),
            on_page(&judged),
            format!("{}{hint}", in_full(&judged.named)),
            choice(&judged, form.server == "known").to_owned(),
        ];
        let told = [&form.list, &form.message, &form.print, &form.always];
        for (seen, told) in seen.iter().zip(told) {
            if seen != told {
                wrong.push(format!(
                    "line {}: {seen:?}, not {told:?}: {:?}",
                    form.line, form.from
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    println!("{} forms", forms.len());
}

/// The mail of a form, with a picture from elsewhere.
fn mail(form: &Form) -> Mail {
    let subject = format!("Form {}.", form.line);
    let html = format!("<p>{subject}</p><img src='https://cdn.example/shelf.png' alt='A shelf'>");
    MailBuilder::about(&subject)
        .written_by(form.header().replace("\r\n", "\n").trim_end())
        .of_kind("text/html; charset=utf-8", &html)
}

/// What each page says of a form, in the program itself.
fn expect_told(list: &Page, form: &Form) {
    let (row, standpoint) = (form.row(), form.standpoint());
    let judged = sender::judge(&row, &standpoint);
    let subject = format!("Form {}.", form.line);
    let expect_in = |page: &Page, text: &str, told: &str| {
        page.expect(text.contains(told), || {
            format!("{subject}: {told:?} in {text:?}")
        });
    };
    let mark = Words::ENGLISH.sender_in_doubt();
    let rows = list.texts_of(".row");
    let text = rows
        .iter()
        .find(|row| row.contains(&subject))
        .expect("its row");
    expect_in(list, text, form.list.trim_start_matches("! "));
    let source = list.source();
    let drawn = source.split("<li").find(|row| row.contains(&subject));
    let is_marked = drawn.expect("its row").contains(mark);
    list.expect(is_marked == form.list.starts_with("! "), || text.clone());

    let page = list.click(&subject);
    let notes = page.texts_of(".note.warn").concat();
    for doubt in &judged.doubts {
        expect_in(&page, &notes, &Words::ENGLISH.doubt(doubt));
    }
    let names = page.texts_of(".from .names").concat();
    match &judged.named {
        Named::Person { name, address } => {
            expect_in(&page, &names, name);
            expect_in(&page, &names, address);
        }
        Named::AsWritten(_) => expect_in(&page, &names, &in_full(&judged.named)),
    }
    let hint = Words::ENGLISH.not_confirmed();
    page.expect(names.contains(hint) == judged.is_unconfirmed(), || {
        names.clone()
    });
    let offered = page.source().contains(Words::ENGLISH.always_for_sender());
    page.expect(offered == (form.always == "yes"), || form.always.clone());
    // The row is judged as before, by the whole header now.
    let again = page.visitor().get("/").texts_of(".row");
    let read = text.replace("Unread: ", "");
    page.expect(again.contains(&read), || format!("{read}: {again:?}"));

    let paper = page.click("Print");
    let head = paper.texts_of("#head dd").concat();
    expect_in(&paper, &head, &in_full(&judged.named));
    let notes = paper.texts_of("#told .note").concat();
    for doubt in &judged.doubts {
        expect_in(&paper, &notes, &Words::ENGLISH.doubt(doubt));
    }
}

#[test]
fn rule_14_verdicts_are_asked_for_only_where_it_is_known_whose_count() {
    for (setting, asked) in [("", false), ("authserv_id = \"mx.example.org\"", true)] {
        let site = Site::new()
            .messages(3)
            .imap_setting(setting)
            .proxied()
            .start();
        site.sign_in("ann").get("/");
        let said = site.proxy().transcript().to_ascii_uppercase();
        assert!(said.contains("HEADER.FIELDS"), "{said}");
        assert_eq!(said.contains("AUTHENTICATION-RESULTS"), asked, "{setting}");
    }
}

#[test]
fn all_pages_of_the_program_say_the_same() {
    let all = forms();
    let chosen = |servers: &[&str]| -> Vec<&Form> {
        let forms = all.iter().filter(|form| form.place == "-");
        let forms = forms.filter(|form| servers.contains(&form.server.as_str()));
        forms.step_by(5).collect()
    };
    let judged_here = chosen(&["mx"]);
    let mails = judged_here.iter().map(|form| mail(form)).collect();
    let plan = Site::new().mails("ann", "INBOX", mails);
    let site = plan
        .imap_setting("authserv_id = \"mx.example.org\"")
        .start();
    let list = site.sign_in("ann").get("/");
    judged_here.iter().for_each(|form| expect_told(&list, form));

    let not_judged = chosen(&["known"]);
    let mails = not_judged.iter().map(|form| mail(form)).collect();
    let written_to = not_judged.iter().map(|form| {
        let judged = sender::judge(&form.row(), &form.standpoint());
        let to = judged
            .address()
            .unwrap_or_else(|| "nobody@example.net".to_owned());
        Mail::written(&format!(
            "From: ann@example.org\nTo: {to}\nSubject: Hello\n\nHello.\n"
        ))
    });
    let plan = Site::new().mails("ann", "Sent", written_to.collect());
    let site = plan.mails("ann", "INBOX", mails).start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    // Nobody has looked into the sent mail yet.
    let plain = not_judged
        .iter()
        .find(|form| form.always == "yes")
        .expect("one");
    let page = list.click(&format!("Form {}.", plain.line));
    page.hides("Always show for this sender")
        .shows("people you have written to");
    ann.get("/folder?f=Sent").shows("Hello");
    not_judged.iter().for_each(|form| expect_told(&list, form));
    println!("{} and {} forms", judged_here.len(), not_judged.len());
}
