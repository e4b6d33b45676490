//! What hosts allow a program and its clock: little memory, few processes, few files, small ones, no HOME, no /tmp, a clock
//! that jumps. It works, or says why not.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::support::by_hand::{ByHand, Outcome};
use crate::support::clock::Clock;
use crate::support::http::Response;
use crate::support::mails;
use crate::support::page::Page;
use crate::support::place::{self, Place};
use crate::support::random::Random;
use crate::support::site::{Site, password_of};
use crate::support::visitor::{Request, Visitor};

/// An account that nothing else on the machine runs as: a host counts the processes of each.
fn nobody_else() -> u32 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    1_000_000 + std::process::id() % 100_000 * 100 + n
}

/// An installation of an ordinary user, beside a site that lends its mail server.
struct Host {
    site: Site,
    place: Place,
    program: PathBuf,
    account: u32,
    /// What a shell does before the program starts, seen by that program alone.
    before: Option<String>,
}

/// What is attached to one of the mails there: too long for a page, and for a small disk.
fn attached() -> Vec<u8> {
    Random::seeded(9).bytes(3 * 1024 * 1024)
}

impl Host {
    fn new() -> Host {
        let place = Place::new("host");
        let path = place.path().to_owned();
        Host::seen_at(place, &path, None)
    }

    /// One that finds its own directory there, after these commands of a shell.
    fn seen_at(place: Place, path: &Path, before: Option<String>) -> Host {
        let site = Site::new()
            .messages(120)
            .mails(
                "ann",
                "Files",
                vec![mails::attached("All there is", "all.bin", &attached())],
            )
            .start();
        fs::create_dir(place.join("cgi-bin")).expect("a directory");
        fs::hard_link(site.program(), place.join("cgi-bin/postern")).expect("a link");
        let address = site.dovecot().address();
        let config = format!(
            "state_dir = \"{}\"\n[imap]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\n",
            path.join("state").display(),
            address.port()
        );
        place.write("cgi-bin/.htpostern.toml", config);
        fs::create_dir(place.join("state")).expect("a directory");
        let account = nobody_else();
        if place::are_we_root() {
            std::os::unix::fs::chown(place.join("state"), Some(account), Some(account))
                .expect("chown");
        }
        Host {
            site,
            place,
            program: path.join("cgi-bin/postern"),
            account,
            before,
        }
    }

    /// Runs a request of a visitor within limits; their cookies are kept up to date.
    fn ask(&self, visitor: &Visitor, request: Request, limits: &[&str]) -> Outcome {
        let shell = self
            .before
            .as_ref()
            .map(|first| format!("{first} && exec \"$@\""));
        let mut around = Vec::new();
        if let Some(shell) = &shell {
            around.extend(["unshare", "--mount", "sh", "-ec", shell, "sh"]);
        }
        around.push("prlimit");
        around.extend(limits);
        let ids = [
            format!("--reuid={}", self.account),
            format!("--regid={}", self.account),
        ];
        if place::are_we_root() {
            // In this order: the limit is set for whoever runs the program.
            around.extend(["setpriv", &ids[0], &ids[1], "--clear-groups"]);
        }
        let target = request.target.clone();
        let outcome = ByHand::request(&self.program, request)
            .by(visitor)
            .under(&around)
            .like_ourselves()
            .run();
        if let Some(answer) = &outcome.answer {
            for (name, value) in &answer.headers {
                if name == "set-cookie" {
                    visitor.take_cookie(value, &target);
                }
            }
        }
        outcome
    }

    fn get(&self, visitor: &Visitor, path: &str, limits: &[&str]) -> Page {
        let request = Request::new("GET", &visitor.address(path));
        let outcome = self.ask(visitor, request.clone(), limits);
        Page::new(visitor.clone(), request, whole(outcome))
    }

    fn sign_in(&self, limits: &[&str]) -> Visitor {
        let visitor = self.site.visitor();
        let form = self.get(&visitor, "/sign-in", limits);
        let form = form.has_status(200).form("sign-in").set("login", "ann");
        let mut request = form.set("password", &password_of("ann")).request();
        request.headers.retain(|(name, _)| name != "Origin");
        let answer = whole(self.ask(&visitor, request.clone(), limits));
        Page::new(visitor.clone(), request, answer).has_status(303);
        visitor
    }
}

fn whole(outcome: Outcome) -> Response {
    let Outcome {
        ended,
        answer,
        errors,
    } = outcome;
    answer.unwrap_or_else(|| panic!("{ended}, and no answer:\n{errors}"))
}

/// A visit from the form to a message, and a long transfer.
fn visit(host: &Host, limits: &[&str]) {
    let ann = host.sign_in(limits);
    let list = host.get(&ann, "/", limits);
    list.has_status(200).shows("Message 120").shows("Older");
    let older = list.absolute(&list.link("Older"));
    host.get(&ann, &older, limits)
        .has_status(200)
        .shows("Message 70");
    let message = list.absolute(&list.link("Message 119"));
    let page = host.get(&ann, &message, limits);
    page.has_status(200).shows("Message 119");
    for frame in page.attributes_of("iframe", "src") {
        host.get(&ann, &frame, limits).has_status(200);
    }
    let saved = host.get(&ann, &files(host, &ann), limits);
    saved.has_status(200);
    assert!(saved.body() == attached(), "other bytes");
    assert!(host.place.join("state/users").exists());
}

/// Where the long attachment is downloaded.
fn files(host: &Host, ann: &Visitor) -> String {
    let list = host.get(ann, "/folder?f=Files", &["--nofile=64"]);
    let message = list.absolute(&list.link("All there is"));
    let page = host.get(ann, &message, &["--nofile=64"]);
    page.absolute(&page.link("Download all.bin"))
}

#[test]
fn it_works_within_256_mb_of_address_space() {
    visit(&Host::new(), &["--as=268435456"]);
}

#[test]
fn it_works_with_thirty_processes_and_threads() {
    visit(&Host::new(), &["--nproc=30"]);
}

#[test]
fn it_works_with_sixty_four_open_files() {
    visit(&Host::new(), &["--nofile=64"]);
}

#[test]
fn it_says_so_where_there_is_too_little_of_anything() {
    let host = Host::new();
    let ann = host.sign_in(&["--nofile=64"]);
    let mut said = 0;
    for limits in [["--nproc=2"], ["--as=83886080"], ["--nofile=6"]] {
        let page = host.get(&ann, "/", &limits);
        if page.status() == 200 {
            page.shows("Message 120");
            continue;
        }
        said += 1;
        page.has_status(500);
        let words = ["Something went wrong", "This site is not set up correctly"];
        page.expect(words.iter().any(|w| page.has_words(w)), || {
            format!("{limits:?}: not said")
        });
    }
    assert!(said > 0, "there was enough of everything");
    // Where the host's limit of processes is reached, the page comes again by itself.
    let page = host.get(&ann, "/", &["--nproc=1"]);
    page.has_status(429).shows("reloads automatically");
    // And it was no damage.
    host.get(&ann, "/", &["--nofile=64"])
        .has_status(200)
        .shows("Message 120");
    assert!(is_undamaged(&host));
}

#[test]
fn a_page_comes_however_little_memory_there_is() {
    let host = Host::new();
    let ann = host.sign_in(&["--nofile=64"]);
    let list = host.get(&ann, "/folder?f=Files", &["--nofile=64"]);
    let message = list.absolute(&list.link("All there is"));
    let (mut said, mut aborted) = (0, 0);
    // From what not even the loader can do with, up to enough: the first page is the program's own.
    for kb in (4..128 * 1024).step_by(2044) {
        let request = Request::new("GET", &message);
        let outcome = host.ask(&ann, request, &[&format!("--as={}", kb * 1024)]);
        let Some(answer) = &outcome.answer else {
            assert_eq!(said, 0, "no page with {kb} kB: {}", outcome.errors);
            continue;
        };
        said += 1;
        aborted += usize::from(outcome.errors.contains("memory allocation of"));
        let text = String::from_utf8_lossy(&answer.body);
        assert!(text.contains("</html>"), "{kb} kB: {text}");
        let is_told = answer.status == 200 || text.contains("<h1>");
        assert!(is_told, "{kb} kB: {} {text}", answer.status);
    }
    println!("{said} pages, {aborted} of them where an allocation was refused");
    assert!(aborted > 0, "no allocation was refused");
    assert!(is_undamaged(&host));
}

/// True where the one user still has their first store.
fn is_undamaged(host: &Host) -> bool {
    let mut users = fs::read_dir(host.place.join("state/users")).expect("users/");
    let user = users.next().expect("a user").expect("an entry").path();
    user.join("db.1/ready").exists() && !user.join("db.1/bad").exists()
}

#[test]
fn it_needs_no_home_and_no_temporary_directory() {
    let site = Site::new()
        .messages(3)
        .apache("UnsetEnv HOME\nUnsetEnv TMPDIR\nUnsetEnv PATH\n")
        .start();
    site.sign_in("ann")
        .get("/")
        .has_status(200)
        .shows("Message 3");
}

#[test]
fn it_does_without_a_temporary_directory_that_may_be_used() {
    if !place::are_we_root() {
        eprintln!("not tried: only root can give a process another /tmp");
        return;
    }
    for (options, then) in [
        (
            "noexec,size=4k,mode=1777",
            "head -c 4096 /dev/zero > /tmp/full",
        ),
        ("noexec,ro", "true"),
    ] {
        let place = Place::new("host");
        // The tests themselves live below /tmp: what belongs to this one is seen elsewhere.
        let here = place.path().display();
        let before =
            format!("mount --bind {here} /mnt && mount -t tmpfs -o {options} none /tmp && {then}");
        let host = Host::seen_at(place, Path::new("/mnt"), Some(before));
        visit(&host, &["--nofile=64"]);
    }
}

#[test]
fn where_files_may_not_grow_it_says_so_and_nothing_is_damaged() {
    let host = Host::new();
    let ann = host.sign_in(&["--nofile=64"]);
    let link = files(&host, &ann);
    // A transfer is longer than that, and nothing else is.
    let megabytes = ["--fsize=2097152"];
    let page = host.get(&ann, &link, &megabytes);
    page.has_status(507);
    assert_eq!(page.header("content-disposition"), "");
    host.get(&ann, "/", &megabytes)
        .has_status(200)
        .shows("Message 120");
    // No file of a store may get a single byte more.
    for limit in [
        "--fsize=600000",
        "--fsize=100000",
        "--fsize=4096",
        "--fsize=0",
    ] {
        for path in ["/", "/?compare=1", &link] {
            let page = host.get(&ann, path, &[limit]);
            match page.status() {
                200 => drop(page.shows("Message 120")),
                507 => drop(page.shows("out of disk space")),
                _ => drop(page.expect(false, || format!("{limit}: not said"))),
            }
        }
    }
    host.get(&ann, "/?compare=1", &["--nofile=64"])
        .has_status(200)
        .shows("Message 120");
    let saved = host.get(&ann, &link, &["--nofile=64"]);
    assert!(saved.body() == attached(), "other bytes");
    assert!(is_undamaged(&host));
}

fn clock() -> Clock {
    Clock::start(Site::new().messages(60).proxied())
}

/// How many sign-ins at the mail server something costs.
fn logins(site: &Site, act: impl FnOnce()) -> usize {
    site.proxy().reset();
    act();
    site.proxy().counts().logins
}

#[test]
fn a_clock_that_is_set_back_makes_nothing_fresh_for_ever() {
    let clock = clock();
    let ann = clock.site.sign_in("ann");
    let look = || {
        ann.get("/").has_status(200).shows("Message 60");
    };
    look();
    assert_eq!(logins(&clock.site, look), 0);
    clock.set("-1h");
    // What was compared in the future is compared again, once.
    assert_eq!(logins(&clock.site, look), 1);
    assert_eq!(logins(&clock.site, look), 0);
    clock.set("+0");
    assert_eq!(logins(&clock.site, look), 1);
    clock.set("+2h");
    assert_eq!(logins(&clock.site, look), 1);
}

#[test]
fn a_year_ahead_the_session_has_ended_and_the_form_is_too_old() {
    let clock = clock();
    let ann = clock.site.sign_in("ann");
    let form = clock.site.visitor().get("/sign-in");
    clock.set("+1y");
    let page = ann.get_once("/");
    page.has_status(401).shows("Your session has expired");
    let late = form
        .form("sign-in")
        .set("login", "ann")
        .set("password", "x")
        .submit_once();
    late.has_status(400).shows("This page was open too long");
    let again = page
        .form("sign-in")
        .set("login", "ann")
        .set("password", &password_of("ann"));
    again.submit().has_status(200).shows("Message 60");
    // Back again: what was seen in the future is no reason to throw anybody out, nor to keep them for a year.
    clock.set("+0");
    ann.get_once("/").has_status(200).shows("Message 60");
    clock.set("+9h");
    ann.get_once("/")
        .has_status(401)
        .shows("Your session has expired");
}

#[test]
fn failed_sign_ins_of_the_future_bar_nobody_for_longer_than_a_minute() {
    let clock = clock();
    let ann = clock.site.sign_in("ann");
    clock.set("+1y");
    let stranger = clock.site.visitor();
    let attempt = |visitor: &Visitor, password: &str| {
        let form = visitor.get("/sign-in");
        let form = form.form("sign-in").set("login", "ann");
        form.set("password", password).submit_once()
    };
    for _ in 0..5 {
        attempt(&stranger, "guess").has_status(401);
    }
    attempt(&stranger, "guess").has_status(429);
    clock.set("+0");
    let page = attempt(&stranger, "guess");
    page.has_status(429);
    let wait: u32 = page.header("retry-after").parse().expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    attempt(&ann, &password_of("ann")).has_status(303);
    clock.set("+2m");
    attempt(&stranger, &password_of("ann")).has_status(303);
}
