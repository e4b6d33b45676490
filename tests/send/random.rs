//! Letters made at random: scripts of the world, odd names, odd lines, odd files. What arrives, and the copy in Sent, is read
//! by Python and by Postern itself, and is what was typed.
//!
//! `POSTERN_SEED=n cargo test --test postern send::random` makes those of another seed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use blake2::{Blake2b512, Digest as _};
use serde_json::{Value, json};

use super::said;
use crate::support::chromium::{Chromium, Tab};
use crate::support::mailbox::ROLES;
use crate::support::random::Random;
use crate::support::sink::{SmtpSink, Taken};
use crate::support::site::Site;
use crate::support::visitor::Visitor;

/// How many letters each of the two writers sends.
const EACH: usize = 150;
/// How many are written in a browser.
const IN_A_BROWSER: usize = 6;
const SEED: u64 = 20_261_129;

/// Words of many scripts, with what is hard in each: marks that combine, joiners, directions, letters outside the BMP.
const WORDS: [&str; 22] = [
    "geranium",
    "Übergröße",
    "naïveté",
    "Ελληνικά",
    "Привет",
    "שָׁלוֹם",
    "مرحبا\u{200f}",
    "नमस्ते",
    "สวัสดี",
    "日本語の件名",
    "한국어메일",
    "简体中文",
    "e\u{301}e\u{301}",
    "👩‍👩‍👧‍👦",
    "👍🏽",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "ﬁn\u{ad}e",
    "=?utf-8?Q?no_word?=",
    "a=3D=20b",
    "&amp;<b>",
    "%0D%0A",
    "\u{202e}txt.exe\u{202c}",
];

/// Domains as they are typed and as they travel (RFC 5891).
const DOMAINS: [(&str, &str); 6] = [
    ("example.org", "example.org"),
    ("mail.example.net", "mail.example.net"),
    ("BÜCHER.example", "xn--bcher-kva.example"),
    ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
    ("пример.испытание", "xn--e1afmkfd.xn--80akhbyknj4f"),
    ("실례.테스트", "xn--9n2bp8q.xn--9t4b11yi5a"),
];

/// Whom a letter is from: what the hoster has set, by address.
const SENDERS: [(&str, &str); 4] = [
    ("Ann Smith", "ann@example.org"),
    ("Smith, Änn \"Annie\"", "a.smith@example.net"),
    ("", "plain@example.org"),
    ("안나 스미스", "anna@example.net"),
];

/// Lines that a program on the way may take for something else.
const LINES: [&str; 24] = [
    "From here on it is a mailbox",
    ">From there",
    "> quoted once",
    ">> quoted twice",
    ">no blank",
    " > not quoted",
    ".",
    "..",
    ".hidden",
    "-- ",
    "--",
    "-- not a signature",
    "--=_boundary",
    "",
    "   ",
    "\tindented\twith tabs\t",
    "  two blanks in front",
    "trailing blanks   ",
    "Subject: no header",
    "begin 644 file.txt",
    "=",
    "=3D=",
    "a\u{2028}b\u{a0}c\u{feff}",
    "QUIT",
];

/// Names of files, hostile and long ones.
fn file_names() -> Vec<String> {
    let odd = [
        "a.txt",
        "",
        "Übersicht \"neu\".pdf",
        "semi;colon=1, comma.txt",
        "한글 문서.hwp",
        "🎉 party 🎉.png",
        "../../etc/passwd",
        "C:\\fakepath\\report.doc",
        "  blanks  inside  .txt",
        "שלום.docx",
        "=?utf-8?B?YQ==?=.txt",
        "100%25 'quoted'.txt",
        "filename*=utf-8''x.txt",
        ".hidden",
        "no ending",
        "e\u{301}.txt",
    ];
    let long = [
        format!("{}.pdf", "x".repeat(1000)),
        format!("{}.hwp", "가".repeat(60)),
        format!("{}.txt", "ü".repeat(199)),
        "long words of a name ".repeat(12),
    ];
    odd.map(str::to_owned).into_iter().chain(long).collect()
}

const KINDS: [(&str, &str); 6] = [
    ("text/plain", "text/plain"),
    ("image/png", "image/png"),
    ("application/pdf", "application/pdf"),
    ("message/rfc822", "application/octet-stream"),
    ("nonsense", "application/octet-stream"),
    ("text/html; charset=utf-8", "text/html"),
];

/// A letter as it is typed, and as it has to arrive.
#[derive(Debug, Default)]
struct Composed {
    from: (String, String),
    to: Field,
    cc: Field,
    bcc: Field,
    reply_to: Field,
    subject: String,
    text: String,
    files: Vec<Chosen>,
}

/// A field of addresses: what is typed, and names and addresses as they travel.
#[derive(Debug, Default)]
struct Field {
    typed: String,
    people: Vec<(String, String)>,
}

#[derive(Debug)]
struct Chosen {
    name: String,
    kind: (&'static str, &'static str),
    bytes: Vec<u8>,
}

/// Makes letters.
struct Maker {
    random: Random,
    /// Numbers addresses, so that none is in a letter twice.
    count: u64,
}

impl Maker {
    fn one<'c, T>(&mut self, choices: &'c [T]) -> &'c T {
        let at = self.random.below(choices.len() as u64) as usize;
        &choices[at]
    }

    fn is_one_in(&mut self, many: u64) -> bool {
        self.random.below(many) == 0
    }

    fn words(&mut self, most: u64) -> String {
        let count = 1 + self.random.below(most);
        let words: Vec<&str> = (0..count).map(|_| *self.one(&WORDS)).collect();
        words.join(" ")
    }

    /// A name as it is typed before an address, and as it is.
    fn name(&mut self) -> (String, String) {
        let words = self.words(3).replace(['=', '?', '<', '>', '&', ';'], "");
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        match self.random.below(9) {
            0 => (String::new(), String::new()),
            1 => ("O'Brien-Smith Jr.".into(), "O'Brien-Smith Jr.".into()),
            2 => ("\"Smith, Ann\"".into(), "Smith, Ann".into()),
            3 => ("Smith, Ann".into(), "Smith, Ann".into()),
            4 => ("\"A \\\"B\\\" \\\\ C\"".into(), "A \"B\" \\ C".into()),
            5 => (
                "\"<ann@example.org>: me; you\"".into(),
                "<ann@example.org>: me; you".into(),
            ),
            6 => ("Ann (at work)".into(), "Ann (at work)".into()),
            7 => {
                let long = words.repeat(12);
                (long.clone(), long)
            }
            _ => (words.clone(), words),
        }
    }

    /// An address as it is typed and as it travels.
    fn address(&mut self) -> (String, String) {
        self.count += 1;
        let number = self.count;
        let local = match self.random.below(12) {
            0 => format!("\"q {number}\""),
            1 => format!("ünï{number}"),
            2 => format!("用户{number}"),
            3 => format!("a+b_c{{{number}}}!#$%&'*/=?^`|~-"),
            4 => format!("{}{number}", "l".repeat(50)),
            _ => format!("p{number}"),
        };
        let (typed, travels) = self.one(&DOMAINS);
        (format!("{local}@{typed}"), format!("{local}@{travels}"))
    }

    fn field(&mut self, most: u64) -> Field {
        let count = self.random.below(most + 1);
        let mut field = Field::default();
        let mut typed = Vec::new();
        for _ in 0..count {
            let (name_typed, name) = self.name();
            let (address, travels) = self.address();
            typed.push(match name_typed.is_empty() {
                true => address,
                false => format!("{name_typed} <{address}>"),
            });
            field.people.push((name, travels));
        }
        let between = *self.one(&[", ", "; ", "\n", " ,\n  ", ";"]);
        field.typed = typed.join(between);
        if count > 1 && between == ", " && self.is_one_in(3) {
            field.typed = format!("Friends: {};", field.typed);
        }
        field
    }

    fn line(&mut self) -> String {
        match self.random.below(10) {
            0..4 => (*self.one(&LINES)).to_owned(),
            4 => "wort ".repeat(self.random.below(400) as usize),
            5 => "長".repeat(self.random.below(900) as usize),
            6 => "x".repeat(self.random.below(3000) as usize),
            7 => format!("> {}", self.words(60)),
            _ => self.words(30),
        }
    }

    fn text(&mut self) -> String {
        let count = self.random.below(12);
        let lines: Vec<String> = (0..count).map(|_| self.line()).collect();
        lines.join("\n")
    }

    fn file(&mut self) -> Chosen {
        let length = match self.random.below(12) {
            0 => 0,
            1 => 57 * self.random.below(600),
            2 => self.random.below(300_000),
            _ => self.random.below(3000),
        };
        let name = self.one(&file_names()).clone();
        // Without a name and without a byte it is what browsers send where nothing is chosen.
        let length = length.max(u64::from(name.is_empty()));
        Chosen {
            name,
            kind: *self.one(&KINDS),
            bytes: self.random.bytes(length as usize),
        }
    }

    /// One of which the subject ends with a number.
    fn letter(&mut self, number: usize) -> Composed {
        let (name, address) = *self.one(&SENDERS);
        let mut to = self.field(4);
        let (cc, bcc) = (self.field(3), self.field(2));
        if to.people.is_empty() && cc.people.is_empty() && bcc.people.is_empty() {
            let (typed, travels) = self.address();
            to = Field {
                typed,
                people: vec![(String::new(), travels)],
            };
        }
        let blanks = " ".repeat(1 + self.random.below(3) as usize);
        let length = if self.is_one_in(20) { 60 } else { 6 };
        Composed {
            from: (name.to_owned(), address.to_owned()),
            to,
            cc,
            bcc,
            reply_to: if self.is_one_in(4) {
                self.field(2)
            } else {
                Field::default()
            },
            subject: format!("{}{blanks}№{number}.", self.words(length)),
            text: self.text(),
            files: (0..self.random.below(6)).map(|_| self.file()).collect(),
        }
    }
}

impl Composed {
    fn send(&self, visitor: &Visitor) {
        let page = visitor.get("/compose");
        let mut form = page
            .form("write")
            .set("from", &self.from.1)
            .set("to", &self.to.typed)
            .set("cc", &self.cc.typed)
            .set("bcc", &self.bcc.typed)
            .set("reply_to", &self.reply_to.typed)
            .set("subject", &self.subject)
            .set("text", &self.text);
        for file in &self.files {
            form = form.file_of("files", &file.name, file.kind.0, &file.bytes);
        }
        let request = form.smuggle("do", "send").request();
        let answer = visitor.send(&request);
        if !answer.header("location").contains("notice=") {
            let page = visitor.follow(answer);
            panic!("not sent: {}: {self:?}", said(&page));
        }
    }

    /// The same in a browser, as its user does it.
    fn type_and_send(&self, site: &Site, tab: &Tab) {
        use base64::Engine as _;
        tab.open(&format!("{}/compose", site.url()));
        tab.evaluate(
            "document.querySelectorAll('form details').forEach((one) => (one.open = true))",
        );
        let choose = "(() => { const { from } = document.forms.write.elements; from.value = ADDRESS; from.dispatchEvent(new Event('change', { bubbles: true })); })()";
        tab.evaluate(&choose.replace("ADDRESS", &json!(self.from.1).to_string()));
        for (field, typed) in [
            ("to", &self.to.typed),
            ("cc", &self.cc.typed),
            ("bcc", &self.bcc.typed),
            ("reply-to", &self.reply_to.typed),
            ("subject", &self.subject),
            ("text", &self.text),
        ] {
            tab.fill(&format!("#w-{field}"), typed);
        }
        let files: Vec<Value> = self
            .files
            .iter()
            .map(|file| {
                let bytes = base64::engine::general_purpose::STANDARD.encode(&file.bytes);
                json!([file.name, file.kind.0, bytes])
            })
            .collect();
        let choose = "(() => { const chosen = new DataTransfer(); \
            for (const [name, type, bytes] of FILES) chosen.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name, { type })); \
            document.querySelector('#w-files').files = chosen.files; })()";
        tab.evaluate(&choose.replace("FILES", &json!(files).to_string()));
        tab.click_to(".tools button[value=send]");
        // The page that asks is answered as well.
        if tab.evaluate("!!document.querySelector('input[name=sure]')") == json!(true) {
            tab.click_to(".tools button[value=send]");
        }
        let text = tab.text();
        assert!(text.contains("Message sent"), "{text}\n{self:?}");
    }

    fn recipients(&self) -> Vec<&str> {
        let all = [&self.to, &self.cc, &self.bcc];
        let people = all.into_iter().flat_map(|field| &field.people);
        people.map(|(_, address)| address.as_str()).collect()
    }

    /// The text as paragraphs, each with its level (RFC 3676), without the blanks at the ends of lines.
    fn paragraphs(&self) -> Value {
        let text = self.text.strip_suffix('\n').unwrap_or(&self.text);
        let lines = text.split('\n').map(|line| {
            let line = match line {
                "-- " => line,
                line => line.trim_end_matches(' '),
            };
            let rest = line.trim_start_matches('>');
            match line.len() - rest.len() {
                0 => json!([0, rest]),
                level => json!([level, rest.strip_prefix(' ').unwrap_or(rest)]),
            }
        });
        lines.collect()
    }

    /// What of a mail is not as it was typed.
    fn differences(&self, read: &Value, is_copy: bool) -> Vec<String> {
        let mut found = Vec::new();
        let mut is = |what: &str, read: &Value, typed: Value| {
            if *read != typed {
                found.push(format!("{what}: {read}\n  typed: {typed}"));
            }
        };
        let people = |field: &Field| json!(field.people);
        is("defects", &read["defects"], json!([]));
        is("from", &read["from"], json!([self.from]));
        is("to", &read["to"], people(&self.to));
        is("cc", &read["cc"], people(&self.cc));
        is("reply_to", &read["reply_to"], people(&self.reply_to));
        let unseen = if is_copy {
            people(&self.bcc)
        } else {
            json!([])
        };
        is("bcc", &read["bcc"], unseen);
        is("subject", &read["subject"], json!(self.subject));
        is("text", &read["text"], self.paragraphs());
        is("format", &read["text_kind"], json!("flowed"));
        let files = read["files"].as_array().map_or(0, Vec::len);
        is("files", &json!(files), json!(self.files.len()));
        for (nth, file) in self.files.iter().enumerate() {
            is("file", &read["files"][nth], file.arrived());
        }
        is("ASCII", &read["body_is_ascii"], json!(true));
        is("bare CR or LF", &read["bare_ends"], json!(0));
        let longest = read["longest_line"].as_u64();
        is("long lines", &json!(longest > Some(998)), json!(false));
        let reply_to = self
            .reply_to
            .people
            .iter()
            .map(|(_, address)| address.as_str());
        let mut all = self.recipients().into_iter().chain(reply_to);
        if all.all(str::is_ascii) {
            is("ASCII", &read["head_is_ascii"], json!(true));
        }
        let names: Vec<&str> = read["names"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let each: BTreeSet<&str> = names.iter().copied().collect();
        is(
            "fields of the header",
            &json!(names.len()),
            json!(each.len()),
        );
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let now = now.expect("a clock").as_secs_f64();
        let date = read["date"].as_f64().unwrap_or_default();
        is(
            "date",
            &json!((now - 600.0..=now + 1.0).contains(&date)),
            json!(true),
        );
        let domain = self.from.1.rsplit('@').next().unwrap_or_default();
        let id = read["id"].as_str().unwrap_or_default();
        is(
            "Message-ID",
            &json!(id.ends_with(&format!("@{domain}>"))),
            json!(true),
        );
        found
    }
}

impl Chosen {
    /// The file as it has to arrive.
    fn arrived(&self) -> Value {
        let hash = Blake2b512::digest(&self.bytes);
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let name = arrived_name(&self.name);
        json!({"name": name, "other_name": name, "disposition": "attachment", "kind": self.kind.1, "size": self.bytes.len(), "hash": hash})
    }
}

/// A file's name without directories; a long one is cut, and keeps its ending.
fn arrived_name(name: &str) -> Option<String> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let (name, ending) = match name.rsplit_once('.') {
        Some((name, ending)) => (name, format!(".{ending}")),
        None => (name, String::new()),
    };
    let room = 200 - ending.chars().count();
    let cut: String = name.chars().take(room).collect();
    Some(format!("{cut}{ending}")).filter(|name| !name.is_empty())
}

/// What Python reads in mails, by their names.
fn python(dir: &Path, mails: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Value> {
    fs::create_dir(dir).expect("a directory");
    let files: Vec<PathBuf> = mails.keys().map(|name| dir.join(name)).collect();
    for (file, bytes) in files.iter().zip(mails.values()) {
        fs::write(file, bytes).expect("a mail");
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/send/read_back.py");
    let mut child = Command::new("/usr/bin/python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3");
    let list: Vec<String> = files.iter().map(|f| f.display().to_string()).collect();
    let mut input = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || input.write_all(list.join("\n").as_bytes()));
    let output = child.wait_with_output().expect("its end");
    writer.join().expect("a thread").expect("a pipe");
    assert!(output.status.success(), "python3 stumbled");
    let lines = String::from_utf8(output.stdout).expect("JSON");
    let read = lines.lines().map(|line| {
        let value: Value = serde_json::from_str(line).expect("a line of JSON");
        let path = Path::new(value["path"].as_str().expect("a path"));
        let name = path.file_name().expect("a name").to_string_lossy();
        (name.into_owned(), value)
    });
    read.collect()
}

/// The number at the end of a subject.
fn number(subject: &str) -> usize {
    let number = subject.rsplit('№').next();
    let number = number.and_then(|n| n.trim_end_matches('.').parse().ok());
    number.unwrap_or_else(|| panic!("no number in {subject}"))
}

/// The copies in Sent, lines ended by CRLF.
fn copies(site: &Site, login: &str) -> Vec<Vec<u8>> {
    let dir = site.maildir(login).join(".Sent/cur");
    let files = fs::read_dir(dir).expect("Sent");
    let read = files.map(|file| fs::read(file.expect("a file").path()).expect("a mail"));
    read.map(|bytes| {
        let text = String::from_utf8(bytes).expect("UTF-8");
        text.replace("\r\n", "\n")
            .replace('\n', "\r\n")
            .into_bytes()
    })
    .collect()
}

/// A copy without the field that only its sender keeps.
fn without_bcc(copy: &str) -> String {
    let Some(begin) = copy.find("\r\nBcc: ") else {
        return copy.to_owned();
    };
    let rest = &copy[begin + 2..];
    let ends = rest.match_indices("\r\n").map(|(at, _)| at + 2);
    let end = ends
        .into_iter()
        .find(|end| !rest[*end..].starts_with([' ', '\t']))
        .unwrap_or(rest.len());
    format!("{}{}", &copy[..begin + 2], &rest[end..])
}

/// What divides the parts is drawn anew for each writing.
fn without_boundary(mail: &str) -> String {
    let begin = mail.split("boundary=\"").nth(1);
    match begin.and_then(|rest| rest.split('"').next()) {
        Some(boundary) => mail.replace(boundary, "boundary"),
        None => mail.to_owned(),
    }
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Postern opens each copy, and shows what was typed.
fn expect_shown(visitor: &Visitor, composed: &BTreeMap<usize, Composed>) {
    let mut seen = BTreeSet::new();
    let mut page = visitor.get("/folder?f=Sent&compare=1");
    loop {
        for href in page.attributes_of(".row > a", "href") {
            let message = visitor.get(&href);
            let subject = message.text_of("h1").unwrap_or_default();
            let letter = &composed[&number(&subject)];
            seen.insert(number(&subject));
            let shown = letters(&message.text());
            let typed: Vec<&str> = letter.text.lines().collect();
            for line in typed {
                message.expect(shown.contains(&letters(line)), || {
                    format!("not shown: {line}")
                });
            }
            let names = message.attributes_of(".files .name", "title");
            message.expect(names.len() == letter.files.len(), || format!("{names:?}"));
        }
        match page.has_link("Older") {
            true => page = page.click("Older"),
            false => break,
        }
    }
    let all: BTreeSet<usize> = composed.keys().copied().collect();
    assert_eq!(seen, all);
}

fn seed() -> u64 {
    let seed = std::env::var("POSTERN_SEED").ok();
    let seed = seed.and_then(|seed| seed.parse().ok()).unwrap_or(SEED);
    println!("POSTERN_SEED={seed}");
    seed
}

/// A site whose users may write as all of these.
fn site(sink: &SmtpSink) -> Site {
    let senders: String = SENDERS
        .iter()
        .map(|(name, address)| {
            let (name, address) = (json!(name), json!(address));
            format!("\n[[settings.identities]]\nname = {name}\naddress = {address}")
        })
        .collect();
    Site::new()
        .dovecot(ROLES)
        .config("[identities]\ndomains = [\"example.org\", \"example.net\"]")
        .config(&senders)
        .config(&sink.config())
        .start()
}

/// What has arrived is what was typed, and so is what its writers keep.
fn expect_arrived(
    site: &Site,
    sink: &SmtpSink,
    writers: &[&str],
    composed: &BTreeMap<usize, Composed>,
) {
    let taken = sink.taken();
    assert_eq!(taken.len(), composed.len());
    let name = |nth: usize| format!("{nth}");
    let sent: BTreeMap<String, Vec<u8>> = taken
        .iter()
        .enumerate()
        .map(|(nth, taken)| (name(nth), taken.mail.clone()))
        .collect();
    let read = python(&site.place().join("sent"), &sent);
    let mut wrong = Vec::new();
    let mut ids = BTreeSet::new();
    let mut by_id: BTreeMap<&str, (usize, &Taken)> = BTreeMap::new();
    for (nth, taken) in taken.iter().enumerate() {
        let read = &read[&name(nth)];
        let number = number(read["subject"].as_str().unwrap_or_default());
        let letter = &composed[&number];
        wrong.extend(letter.differences(read, false));
        assert_eq!(taken.about["to"], json!(letter.recipients()), "{read}");
        assert_eq!(taken.about["from"], json!(letter.from.1), "{read}");
        let id = read["id"].as_str().unwrap_or_default();
        assert!(ids.insert(id), "{id} twice");
        by_id.insert(id, (number, taken));
    }
    // What its sender keeps is what travelled, and who gets it unseen.
    let kept = writers.iter().flat_map(|login| copies(site, login));
    let kept: BTreeMap<String, Vec<u8>> = kept
        .enumerate()
        .map(|(nth, copy)| (name(nth), copy))
        .collect();
    assert_eq!(kept.len(), composed.len());
    for (nth, read) in python(&site.place().join("kept"), &kept) {
        let id = read["id"].as_str().unwrap_or_default();
        let (number, taken) = by_id[id];
        wrong.extend(composed[&number].differences(&read, true));
        let copy = String::from_utf8_lossy(&kept[&nth]);
        if without_boundary(&without_bcc(&copy)) != without_boundary(&taken.text()) {
            wrong.push(format!("the copy: {copy}\n  sent: {}", taken.text()));
        }
    }
    let first: Vec<&String> = wrong.iter().take(20).collect();
    assert!(wrong.is_empty(), "{} differ: {first:#?}", wrong.len());
}

#[test]
fn three_hundred_letters_arrive_as_they_were_typed() {
    let seed = seed();
    let sink = SmtpSink::start(false);
    let site = site(&sink);
    let writers = ["ann", "ben"];
    let composed: Vec<BTreeMap<usize, Composed>> = std::thread::scope(|scope| {
        let threads = writers.iter().zip(0_u64..).map(|(login, nth)| {
            let site = &site;
            scope.spawn(move || {
                let mut maker = Maker {
                    random: Random::seeded(seed.wrapping_add(nth)),
                    count: 0,
                };
                let visitor = site.sign_in(login);
                let first = EACH * nth as usize;
                let letters = (first..first + EACH).map(|number| {
                    let letter = maker.letter(number);
                    letter.send(&visitor);
                    (number, letter)
                });
                let letters: BTreeMap<usize, Composed> = letters.collect();
                expect_shown(&visitor, &letters);
                letters
            })
        });
        let threads: Vec<_> = threads.collect();
        let joined = threads.into_iter().map(|t| t.join().expect("a writer"));
        joined.collect()
    });
    let composed: BTreeMap<usize, Composed> = composed.into_iter().flatten().collect();
    expect_arrived(&site, &sink, &writers, &composed);
}

#[test]
fn letters_that_are_written_in_a_browser_arrive_as_they_were_typed() {
    let sink = SmtpSink::start(false);
    let site = site(&sink);
    let mut maker = Maker {
        random: Random::seeded(seed().wrapping_add(2)),
        count: 0,
    };
    let mut letters = (0..).map(|number| maker.letter(number));
    let mut next = |is_meant: &dyn Fn(&Composed) -> bool| letters.find(is_meant);
    // Each of them has files for several people, and a subject that the field takes.
    let is_full = |letter: &Composed| {
        let people = letter.recipients().len();
        people > 2 && letter.files.len() > 1 && letter.subject.chars().count() < 900
    };
    let composed = (0..IN_A_BROWSER).map(|_| next(&is_full).expect("a letter"));
    let composed: BTreeMap<usize, Composed> = composed
        .map(|letter| (number(&letter.subject), letter))
        .collect();
    let ann = site.sign_in("ann");
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    for letter in composed.values() {
        letter.type_and_send(&site, &tab);
    }
    tab.expect_quiet();
    expect_shown(&ann, &composed);
    expect_arrived(&site, &sink, &["ann"], &composed);
}
