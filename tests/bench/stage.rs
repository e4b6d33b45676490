//! Where everything is measured: one Apache (event, mod_cgid, no suEXEC) with Postern and the do-nothing CGI side by side,
//! mailboxes, and the two ways to run a click: through Apache, and the program alone.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::support::http::{Connection, Response};
use crate::support::mails::{self, Mail};
use crate::support::place;
use crate::support::proxy::ImapProxy;
use crate::support::site::{BASE, Plan, Site};
use crate::support::visitor::{Request, Visitor};

/// Where the do-nothing CGI answers.
const NOTHING: &str = "/cgi-bin/nothing";
/// Messages in the INBOX of `ann`, whose warm clicks are measured.
const MESSAGES: usize = 1000;
/// Messages in a folder that is opened for the first time.
const COLD: usize = 150;
/// Bytes of HTML of the letter that is measured, and the folder in which it lies.
const LETTER: usize = 30_000;
const LETTERS: &str = "Letters";
/// Everybody's password.
const PASSWORD: &str = "Kettle-bench-1887";

/// The settings: lists stay fresh, and `undo_seconds` is as it is built in, for an older build beside this one may not know it.
const FRESH: &str = "[cache]\nfresh_seconds = 86400\n# undo_seconds";

/// What the stage has to hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct Needs {
    /// Folders that nobody has opened.
    pub cold: usize,
    /// Users with a warm list.
    pub crowd: usize,
}

/// One click: a visitor and an address.
#[derive(Clone)]
pub struct Click {
    who: Visitor,
    request: Request,
}

impl Click {
    fn new(who: &Visitor, target: &str) -> Click {
        let request = Request::new("GET", &who.address(target));
        Click {
            who: who.clone(),
            request,
        }
    }

    /// The same click at an address that an answer named.
    pub fn at(&self, target: &str) -> Click {
        Click {
            who: self.who.clone(),
            request: Request::new("GET", target),
        }
    }

    /// Asks through Apache on a connection of its own, whatever the answer is; the time from connecting to the last byte.
    pub fn answer(&self) -> (Duration, Response) {
        // On a kept one Apache waits for the end of the last process.
        let request = self.request.clone().header("Connection", "close");
        let bytes = self.who.bytes_of(&request);
        let begin = Instant::now();
        let answer = self.who.raw(&bytes);
        let took = begin.elapsed();
        (took, answer.unwrap_or_default())
    }

    /// The same where the page has to come: what a refused click costs is no measurement.
    pub fn page(&self) -> (Duration, Response) {
        let (took, answer) = self.answer();
        let target = &self.request.target;
        assert_eq!(answer.status, 200, "{target}\n{}", self.who.evidence());
        (took, answer)
    }

    /// The same on a connection that a browser keeps.
    pub fn page_on(&self, connection: &mut Connection) -> (Duration, Response) {
        let bytes = self.who.bytes_of(&self.request);
        let begin = Instant::now();
        let answer = connection.exchange(&bytes, false).expect("an answer");
        let took = begin.elapsed();
        assert_eq!(answer.status, 200, "{}", self.who.evidence());
        (took, answer)
    }

    /// A connection for it, not made yet.
    pub fn connection(&self) -> Connection {
        Connection::to(self.who.server())
    }

    fn cookies(&self) -> String {
        let pair = |c: &crate::support::cookies::Cookie| format!("{}={}", c.name, c.value);
        let all: Vec<String> = self.who.cookies().iter().map(pair).collect();
        all.join("; ")
    }
}

/// The running stage.
pub struct Stage {
    site: Site,
    nothing: PathBuf,
    cold: Visitor,
    next_cold: AtomicUsize,
    ann: Visitor,
    crowd: Vec<Visitor>,
}

impl Stage {
    /// Starts the servers, fills the mailboxes, signs everybody in.
    pub fn set(needs: Needs) -> Stage {
        Stage::with(Site::new(), needs)
    }

    /// The same with another build of the program.
    pub fn of(program: &Path, needs: Needs) -> Stage {
        Stage::with(Site::new().program(program), needs)
    }

    fn with(plan: Plan, needs: Needs) -> Stage {
        let nothing = compile_nothing();
        let mut plan = plan
            .proxied()
            .beside("nothing", &nothing)
            // Warm for as long as a run takes.
            .config(FRESH)
            .user("amy", PASSWORD)
            .mails("amy", "INBOX", mails::generated(MESSAGES))
            .mails("amy", LETTERS, vec![letter()])
            .user("cold", PASSWORD)
            .mails("cold", "INBOX", mails::generated(COLD));
        for n in 0..needs.cold {
            plan = plan.mails("cold", &cold_folder(n), mails::generated(COLD));
        }
        for n in 0..needs.crowd {
            let name = format!("user{n}");
            plan = plan
                .mails(&name, "INBOX", mails::generated(COLD))
                .user(&name, PASSWORD);
        }
        let site = plan.start();
        let mut other = site.other_client("cold");
        for n in 0..needs.cold {
            // What is measured is this program, not how long the mail server needs for its own index.
            other.run(&format!("EXAMINE {}", cold_folder(n)));
            other.run("FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)");
        }
        drop(other);
        let nothing = site.program().with_file_name("nothing");
        let crowd = (0..needs.crowd).map(|n| site.sign_in_with(&format!("user{n}"), PASSWORD));
        Stage {
            crowd: crowd.collect(),
            cold: site.sign_in_with("cold", PASSWORD),
            ann: site.sign_in_with("amy", PASSWORD),
            next_cold: AtomicUsize::new(0),
            nothing,
            site,
        }
    }

    /// The first page of the list, from the cache.
    pub fn warm_list(&self) -> Click {
        warmed(Click::new(&self.ann, "/"))
    }

    /// A message, from the cache.
    pub fn warm_message(&self) -> Click {
        let list = self.ann.get("/");
        let links = list.attributes_of("a[href*='/message?']", "href");
        let newest = links.first().expect("a message in the list");
        warmed(Click::new(&self.ann, newest))
    }

    /// A newsletter of 30 kB, from the cache: its page, and the document in its frame.
    pub fn warm_letter(&self) -> [Click; 2] {
        let list = self.ann.get(&format!("/folder?f={LETTERS}"));
        let links = list.attributes_of("a[href*='/message?']", "href");
        let page = self.ann.get(links.first().expect("a letter"));
        let frames = page.attributes_of("iframe", "src");
        let frame = frames.first().expect("a frame");
        [page.target(), frame.as_str()].map(|target| warmed(Click::new(&self.ann, target)))
    }

    /// The sign-in form: the same program without gate and store.
    pub fn sign_in_form(&self) -> Click {
        Click::new(&self.site.visitor(), "/sign-in")
    }

    /// Messages that nobody has opened, so many.
    pub fn unopened(&self, count: usize) -> Vec<Click> {
        let list = self.ann.get("/");
        let links = list.attributes_of("a[href*='/message?']", "href");
        // The newest is the one whose warm click is measured.
        let unopened = links.iter().skip(1).take(count);
        unopened.map(|link| Click::new(&self.ann, link)).collect()
    }

    /// Something that writes to the store: the end of its log is elsewhere afterwards.
    pub fn move_the_log(&self) {
        Click::new(&self.ann, "/?compare=1").page();
    }

    /// The first page of a folder that was never opened: each call another one.
    pub fn cold_list(&self) -> Click {
        let n = self.next_cold.fetch_add(1, Ordering::SeqCst);
        Click::new(&self.cold, &format!("/folder?f={}", cold_folder(n)))
    }

    /// A page of so many bytes from the do-nothing CGI.
    pub fn nothing(&self, bytes: usize) -> Click {
        let nobody = Visitor::new(self.ann.server(), "", std::sync::Arc::new(String::new));
        Click::new(&nobody, &format!("{NOTHING}?{bytes}"))
    }

    /// Everybody's warm list.
    pub fn crowd(&self) -> Vec<Click> {
        let list = |who: &Visitor| warmed(Click::new(who, "/"));
        self.crowd.iter().map(list).collect()
    }

    /// The way to the mail server.
    pub fn imap(&self) -> &ImapProxy {
        self.site.proxy()
    }

    /// The program, as Apache runs it.
    pub fn program(&self) -> PathBuf {
        self.site.program()
    }

    /// Where the program keeps its state.
    pub fn state_dir(&self) -> &Path {
        self.site.state_dir()
    }

    /// Where a file may be written that goes with the stage.
    pub fn scratch(&self) -> PathBuf {
        self.site.place().join("scratch")
    }

    /// The process that answers a click, without Apache: its environment as mod_cgid makes it, as the same account.
    pub fn by_hand(&self, click: &Click) -> Command {
        let target = &click.request.target;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (name, program) = match path.starts_with(NOTHING) {
            true => (NOTHING, self.nothing.clone()),
            false => (BASE, self.program()),
        };
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("GATEWAY_INTERFACE", "CGI/1.1")
            .env("SERVER_PROTOCOL", "HTTP/1.1")
            .env("REQUEST_METHOD", "GET")
            .env("REQUEST_URI", target)
            .env("SCRIPT_NAME", name)
            .env("QUERY_STRING", query)
            .env("HTTP_HOST", "127.0.0.1")
            .env("REMOTE_ADDR", "127.0.0.1")
            .env("HTTP_COOKIE", click.cookies())
            .stdin(Stdio::null());
        if place::are_we_root() {
            let worker = place::worker();
            command.uid(worker.uid).gid(worker.gid);
        }
        command
    }

    /// Runs a click without Apache; from before the process starts until it has ended.
    pub fn run_by_hand(&self, click: &Click) -> Duration {
        let mut command = self.by_hand(click);
        let begin = Instant::now();
        let done = command.output().expect("the program");
        let took = begin.elapsed();
        let answer = String::from_utf8_lossy(&done.stdout);
        assert!(answer.contains("200"), "by hand: {answer}");
        took
    }
}

/// The first page of the INBOX of a user with so many messages, from the cache, on a stage of its own.
pub fn warm_list_of(messages: usize) -> (Site, Click) {
    let site = Site::new().config(FRESH).messages(messages).start();
    let mut other = site.other_client("ann");
    other.run("EXAMINE INBOX");
    other.run("UID SORT (ARRIVAL) UTF-8 ALL");
    drop(other);
    let ann = site.sign_in("ann");
    let click = warmed(Click::new(&ann, "/"));
    (site, click)
}

/// A click whose page has been seen before, twice: the first look may write to the store.
fn warmed(click: Click) -> Click {
    click.page();
    let (_, again) = click.page();
    let timing = again.header("server-timing").unwrap_or_default();
    assert!(timing.contains("0 connections"), "not warm: {timing}");
    click
}

/// A letter as shops send it: a style sheet, tables in tables, a style on each cell, pictures from elsewhere.
fn letter() -> Mail {
    let mut html = String::from(
        "<html><head><style>.box{padding:12px;background:#eef}a:hover{color:#c00}@media(max-width:600px){.box{padding:4px}}\
         </style></head><body bgcolor=\"#ffffff\"><table width=600 align=center><tr><td>",
    );
    for n in 0.. {
        if html.len() > LETTER {
            break;
        }
        html.push_str(&format!(
            "<table class=box cellpadding=0 cellspacing=0 style=\"width:100%;border-collapse:collapse;font-family:Arial\"><tr>\
             <td style=\"padding:8px;color:#333333;font-size:14px;line-height:1.5\"><a href=\"https://shop.example/{n}?utm=x&amp;y={n}\">\
             <img src=\"https://shop.example/{n}.png\" width=120 height=80 alt=\"Kettle {n}\"></a></td><td style=\"vertical-align:top\">\
             <p style=\"margin:0 0 8px\">Kettle number {n} boils <b>water</b> for <i>two</i> cups &amp; whistles.</p></td></tr></table>\n"
        ));
    }
    html.push_str("</td></tr></table></body></html>");
    let mut mail = Mail::plain("The shop <shop@shop.example>", "Kettles", &html);
    let text = String::from_utf8_lossy(&mail.bytes).replace("text/plain", "text/html");
    mail.bytes = text.into_bytes();
    mail
}

fn cold_folder(n: usize) -> String {
    format!("cold{n}")
}

fn compile_nothing() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/nothing.rs");
    let program = place::target_dir().join("nothing");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(rustc);
    command.args(["--edition", "2024", "-O", "-C", "relocation-model=static"]);
    let done = command.arg("-o").arg(&program).arg(source).status();
    assert!(done.expect("rustc").success(), "rustc failed");
    program
}
