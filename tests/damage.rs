//! Disks that are full, read-only or damaged: a page that works, or one that says what is the matter; and nothing is lost
//! that was not already.

use std::fs;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cost;
use crate::disk;
use crate::support::kernel::{self, until};
use crate::support::mails;
use crate::support::page::Page;
use crate::support::place;
use crate::support::random::Random;
use crate::support::site::{Site, password_of};
use crate::support::visitor::Visitor;

/// The user's current generation.
fn generation(site: &Site) -> PathBuf {
    let entries = fs::read_dir(site.user_dir()).expect("a user").flatten();
    let mut paths = entries.map(|e| e.path());
    paths
        .find(|p| p.join("ready").exists())
        .expect("a generation")
}

fn run(command: &mut Command) {
    let status = command.status();
    assert!(status.is_ok_and(|s| s.success()), "{command:?}");
}

fn copy(from: &Path, to: &Path) {
    if to.exists() {
        fs::remove_dir_all(to).unwrap_or_else(|e| panic!("{}: {e}", to.display()));
    }
    run(Command::new("cp").arg("-a").args([from, to]));
}

/// Fills in the form and sends it; the first answer.
fn attempt(visitor: &Visitor, login: &str) -> Page {
    let form = visitor.get("/sign-in");
    let form = form.form("sign-in").set("login", login);
    form.set("password", &password_of(login)).submit_once()
}

/// A small disk of its own for the state; unmounted at the end.
pub struct Disk(PathBuf);

impl Disk {
    pub fn mount(site: &Site, options: &str) -> Disk {
        let dir = site.state_dir().to_owned();
        fs::create_dir_all(&dir).expect("a directory");
        let worker = place::worker();
        let (uid, gid) = (worker.uid, worker.gid);
        let options = format!("{options},mode=700,uid={uid},gid={gid}");
        run(Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "postern"])
            .arg(&dir));
        Disk(dir)
    }

    fn remount(&self, options: &str) {
        run(Command::new("mount")
            .args(["-o", &format!("remount,{options}")])
            .arg(&self.0));
    }

    /// Fills it to the last byte.
    pub fn fill(&self) -> PathBuf {
        let file = self.0.join("ballast");
        let mut bytes = 64 * 1024;
        let mut at = 0;
        let ballast = fs::File::create(&file).expect("a file");
        while bytes > 0 {
            match ballast.write_all_at(&vec![1; bytes], at) {
                Ok(()) => at += bytes as u64,
                Err(_) => bytes /= 2,
            }
        }
        file
    }

    /// Makes empty files until there is no room for another.
    fn use_up_inodes(&self) -> PathBuf {
        let dir = self.0.join("ballast");
        fs::create_dir(&dir).expect("a directory");
        for n in 0..100_000 {
            if fs::File::create(dir.join(n.to_string())).is_err() {
                return dir;
            }
        }
        panic!("the disk has no end");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let done = Command::new("umount").arg("-l").arg(&self.0).status();
        if !done.is_ok_and(|s| s.success()) {
            eprintln!("still mounted: {}", self.0.display());
        }
    }
}

/// True where a test may mount a small disk; otherwise it says that it did not run.
pub fn may_mount() -> bool {
    let may = place::are_we_root();
    if !may {
        eprintln!("not tried: only root can mount a small disk");
    }
    may
}

#[test]
fn a_full_disk_shows_what_is_there_and_says_that_it_is_full() {
    if !may_mount() {
        return;
    }
    let site = Site::new().messages(120).proxied().start();
    let disk = Disk::mount(&site, "size=2m");
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    list.click("Message 119").has_status(200);
    let ballast = disk.fill();
    for _ in 0..2 {
        // What is in the cache needs no room.
        let hit = ann.get_once("/");
        cost::connections(hit.has_status(200).shows("Message 120"), 0);
        works_or_says(
            &ann.get_once("/"),
            "This site is out of disk space",
            "Message 120",
        );
        let page = ann.get_once(&list.absolute(&list.link("Message 118")));
        works_or_says(
            &page,
            "This site is out of disk space",
            "This is message 118",
        );
        works_or_says(
            &ann.get_once("/?compare=1"),
            "This site is out of disk space",
            "Message 120",
        );
    }
    let page = attempt(&site.visitor(), "ben");
    page.has_status(507).shows("This site is out of disk space");
    // The log has no room either: it goes on in the web server's.
    let errors = site.apache().error_log();
    assert!(errors.contains("disk-full sign-in"), "{errors}");
    fs::remove_file(ballast).expect("the ballast");
    ann.get("/").has_status(200).shows("Message 120");
    ann.get(&list.absolute(&list.link("Message 118")))
        .has_status(200)
        .shows("This is message 118");
    assert_eq!(attempt(&site.visitor(), "ben").status(), 303);
    assert!(no_damage(&site));
}

#[test]
fn a_store_that_is_too_large_is_used_on_where_there_is_no_room_for_a_new_one() {
    if !may_mount() {
        return;
    }
    let site = Site::new()
        .mails(
            "ann",
            "INBOX",
            [mails::large(6), mails::generated(20)].concat(),
        )
        .config("[cache]\nfresh_seconds = 3600\nbudget_mb = 4096")
        .start();
    let disk = Disk::mount(&site, "size=24m,nr_inodes=80");
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    for n in 1..=6 {
        list.click(&format!("Large {n}")).has_status(200);
    }
    let ballast = disk.use_up_inodes();
    let mut ballast = fs::read_dir(ballast).expect("the ballast");
    site.configure("[cache]\nfresh_seconds = 3600\nbudget_mb = 4");
    let mut used_on = 0;
    while generation(&site).ends_with("db.1") {
        let page = ann.get_once("/");
        works_or_says(&page, "This site is out of disk space", "Message 20");
        let large = ann.get_once(&list.absolute(&list.link("Large 3")));
        works_or_says(&large, "This site is out of disk space", "Large 3");
        let stayed = generation(&site).ends_with("db.1");
        if stayed && large.status() == 200 {
            cost::connections(&large, 0);
            used_on += 1;
        }
        // Room for one file more: opening the old store takes fewer of them than making a new one.
        let file = ballast.next().expect("there was no end to it");
        fs::remove_file(file.expect("a file").path()).expect("less ballast");
    }
    println!("the old store was used {used_on} times");
    assert!(used_on > 0, "there was never room for the old store alone");
    ann.get("/").has_status(200).shows("Message 20");
    assert!(generation(&site).ends_with("db.2"));
    assert!(no_damage(&site));
}

#[test]
fn a_disk_without_inodes_does_the_same() {
    if !may_mount() {
        return;
    }
    let site = Site::new().messages(120).start();
    let disk = Disk::mount(&site, "size=16m,nr_inodes=60");
    let ann = site.sign_in("ann");
    let ballast = disk.use_up_inodes();
    for path in ["/", "/?compare=1"] {
        works_or_says(
            &ann.get_once(path),
            "This site is out of disk space",
            "Message 120",
        );
    }
    let page = attempt(&site.visitor(), "ben");
    page.has_status(507).shows("This site is out of disk space");
    fs::remove_dir_all(ballast).expect("the ballast");
    ann.get("/").has_status(200).shows("Message 120");
    assert_eq!(attempt(&site.visitor(), "ben").status(), 303);
    assert!(no_damage(&site));
}

#[test]
fn a_state_directory_that_cannot_be_written_is_named_in_the_log() {
    if !may_mount() {
        return;
    }
    let site = Site::new().messages(3).start();
    let disk = Disk::mount(&site, "size=16m");
    let ann = site.sign_in("ann");
    disk.remount("ro");
    let page = ann.get_once("/");
    page.has_status(500)
        .shows("This site is not set up correctly");
    let state = site.state_dir().display().to_string();
    let errors = site.apache().error_log();
    assert!(
        errors.contains(&state) && errors.contains("Read-only"),
        "{errors}"
    );
    disk.remount("rw");
    ann.get("/").has_status(200).shows("Message 3");
    assert!(no_damage(&site));
}

/// A page that works, or one that says exactly this.
fn works_or_says(page: &Page, matter: &str, works: &str) {
    match page.status() {
        200 => page.shows(works),
        507 => page.shows(matter),
        _ => page.expect(false, || "neither a page nor a word on the disk".to_owned()),
    };
}

fn no_damage(site: &Site) -> bool {
    let marks = disk::files_below(site.state_dir());
    let marks = marks
        .iter()
        .any(|f| f.ends_with("bad") || f.iter().any(|p| p == "damaged"));
    !marks && !site.apache().error_log().contains("damaged")
}

/// A site with something in the store, Ann's browser, and a copy of the state.
fn site_with_copy() -> (Site, Visitor, PathBuf) {
    let site = Site::new()
        .messages(60)
        .config("[cache]\nfresh_seconds = 3600\n[limits]\nlogins_per_minute = 1000")
        .start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    for n in [60, 59, 58] {
        list.click(&format!("Message {n}")).has_status(200);
    }
    until("all have ended", || {
        kernel::processes(&site.program()).is_empty()
    });
    let before = site.place().join("before");
    copy(site.state_dir(), &before);
    (site, ann, before)
}

/// Whatever was damaged: the user loses at most the sign-in, and after it all is there again.
fn goes_on(site: &Site, ann: &Visitor, what: &str) {
    let tab = ann.tab();
    for _ in 0..2 {
        let page = tab.get_once("/");
        page.expect(matches!(page.status(), 200 | 401), || what.to_owned());
        if page.status() == 401 {
            assert_eq!(attempt(&tab, "ann").status(), 303, "{what}");
        }
        let list = tab.get("/");
        list.expect(list.status() == 200 && list.has_words("Message 60"), || {
            what.to_owned()
        });
        let message = list.click("Message 60");
        message.expect(message.has_words("This is message 60"), || what.to_owned());
    }
    let entries = fs::read_dir(site.user_dir()).expect("a user").flatten();
    let names: Vec<_> = entries
        .map(|e| e.file_name().into_string().expect("a name"))
        .collect();
    let generations = names.iter().filter(|n| n.starts_with("db.")).count();
    assert_eq!(generations, 1, "{what}: {names:?}");
}

#[test]
fn a_store_damaged_in_single_bytes_costs_the_sign_in_at_most() {
    let (site, ann, before) = site_with_copy();
    let mut random = Random::seeded(50);
    let places = if std::env::var_os("POSTERN_DAMAGE").is_some() {
        500
    } else {
        50
    };
    let mut noticed = 0;
    for _ in 0..places {
        copy(&before, site.state_dir());
        let file = generation(&site).join("db");
        let bytes = fs::read(&file).expect("db");
        // What was never written holds nothing that could be spoilt.
        let end = bytes.iter().rposition(|b| *b != 0).expect("something") as u64;
        let at = random.below(end);
        let old = bytes[usize::try_from(at).expect("small")];
        let new = old ^ (1 + random.below(255) as u8);
        let db = fs::File::options().write(true).open(&file).expect("db");
        db.write_all_at(&[new], at).expect("a byte");
        goes_on(&site, &ann, &format!("byte {at} was {old}, is {new}"));
        noticed += usize::from(
            disk::files_below(&site.user_dir())
                .iter()
                .any(|f| f.iter().any(|p| p == "damaged")),
        );
    }
    println!("{noticed} of {places} were noticed as damage");
}

#[test]
fn a_store_that_has_lost_whole_segments_costs_the_sign_in_at_most() {
    let (site, ann, before) = site_with_copy();
    let length = fs::metadata(generation(&site).join("db"))
        .expect("db")
        .len();
    for segment in 0..length.div_ceil(64 * 1024) {
        for filling in [0, 0xff] {
            copy(&before, site.state_dir());
            let db = fs::File::options()
                .write(true)
                .open(generation(&site).join("db"));
            let bytes = vec![filling; 64 * 1024];
            db.expect("db")
                .write_all_at(&bytes, segment * 64 * 1024)
                .expect("a segment");
            goes_on(&site, &ann, &format!("segment {segment} is all {filling}"));
        }
    }
}

#[test]
fn a_store_whose_other_files_are_damaged_costs_the_sign_in_at_most() {
    let (site, ann, before) = site_with_copy();
    let names: Vec<PathBuf> = disk::files_below(&generation(&site));
    let names: Vec<_> = names
        .iter()
        .filter(|f| !f.ends_with("db") && !f.ends_with("ready"))
        .collect();
    let is_snapshot = |file: &Path| {
        file.file_name()
            .is_some_and(|n| n.as_encoded_bytes().starts_with(b"snap."))
    };
    assert!(names.iter().any(|f| f.ends_with("conf")), "{names:?}");
    assert!(names.iter().any(|f| is_snapshot(f)), "{names:?}");
    for file in names {
        let whole = fs::read(before.join(file.strip_prefix(site.state_dir()).expect("below")));
        let whole = whole.expect("a file");
        for (what, bytes) in [
            ("empty", Vec::new()),
            ("cut", whole[..whole.len() / 2].to_vec()),
            ("rubbish", whole.iter().map(|b| b ^ 0x55).collect()),
        ] {
            copy(&before, site.state_dir());
            fs::write(file, bytes).expect("a file");
            let what = format!("{} is {what}", file.display());
            if is_snapshot(file) {
                // The log tells everything without it: not even the sign-in is lost.
                let page = ann.tab().get_once("/");
                page.expect(page.status() == 200, || what.clone());
            }
            goes_on(&site, &ann, &what);
        }
        copy(&before, site.state_dir());
        fs::remove_file(file).expect("a file");
        goes_on(&site, &ann, &format!("{} is gone", file.display()));
    }
}

#[test]
fn a_damaged_value_is_a_miss_and_harms_no_other() {
    let (site, ann, before) = site_with_copy();
    let open = |dir: &Path| {
        let config = sled::Config::new().path(dir).segment_size(64 * 1024);
        config.open().expect("the store")
    };
    let keys: Vec<Vec<u8>> = disk::records(&site, "ann").into_keys().collect();
    // One of each kind of record, and then each seventh.
    let mut seen = std::collections::BTreeSet::new();
    let chosen = keys
        .iter()
        .enumerate()
        .filter(|(n, key)| seen.insert(key[0]) || n % 17 == 0);
    let chosen: Vec<&Vec<u8>> = chosen.map(|(_, key)| key).collect();
    assert!(seen.len() >= 7, "{seen:?}");
    for key in chosen {
        for spoil in [0, 1] {
            copy(&before, site.state_dir());
            let dir = generation(&site);
            let db = open(&dir);
            let mut value = db.get(key).expect("sled").expect("a value").to_vec();
            if spoil == 0 {
                let at = value.len() / 2;
                value[at] ^= 1;
            } else {
                value.truncate(1);
            }
            db.insert(key.as_slice(), value).expect("sled");
            db.flush().expect("sled");
            drop(db);
            if place::are_we_root() {
                let worker = place::worker();
                let owner = format!("{}:{}", worker.uid, worker.gid);
                run(Command::new("chown").args(["-R", &owner]).arg(&dir));
            }
            goes_on(
                &site,
                &ann,
                &format!("record {:?} of kind {}", spoil, key[0]),
            );
            assert!(no_damage(&site), "a value is no damage of the store");
        }
    }
}

#[test]
fn a_secret_that_is_gone_or_cut_beside_users_is_an_error_that_names_it() {
    let site = Site::with_inbox(3);
    let ann = site.sign_in("ann");
    let secret = site.state_dir().join("secret");
    let whole = fs::read(&secret).expect("the secret");
    for damage in [None, Some(Vec::new()), Some(whole[..31].to_vec())] {
        match &damage {
            None => fs::remove_file(&secret).expect("the secret"),
            Some(bytes) => {
                fs::write(&secret, bytes).expect("the secret");
                place::give_to_worker(&secret);
            }
        }
        for visitor in [&ann, &site.visitor()] {
            let page = visitor.tab().get_once("/");
            page.has_status(500)
                .shows("This site is not set up correctly");
        }
        let errors = site.apache().error_log();
        let name = secret.display().to_string();
        assert!(errors.contains(&name), "{errors}");
    }
    fs::write(&secret, whole).expect("the secret");
    place::give_to_worker(&secret);
    ann.get("/").has_status(200).shows("Message 3");
}

#[test]
fn a_configuration_that_is_wrong_is_named_with_line_and_key() {
    let site = Site::with_inbox(3);
    let ann = site.sign_in("ann");
    let file = site.program().with_file_name(".htpostern.toml");
    let whole = fs::read(&file).expect("the configuration");
    for (text, says) in [
        ("[gate]\nwaitng = 3\n", "waitng"),
        ("[gate]\nwaiting = 99\n", "waiting must be 1 to 8"),
        ("\u{0}", ".htpostern.toml"),
    ] {
        fs::write(&file, text).expect("the configuration");
        let page = ann.get_once("/");
        page.has_status(500)
            .shows("This site is not set up correctly");
        let errors = site.apache().error_log();
        assert!(errors.contains(says), "{errors}");
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).expect("chmod");
    ann.get_once("/").has_status(500);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("chmod");
    fs::write(&file, whole).expect("the configuration");
    ann.get("/").has_status(200).shows("Message 3");
}
