//! The files that hosters are given (`cargo pack`): what is in them, that equal files make equal archives, and the way from an
//! archive to a mailbox for somebody who has FTP and no shell.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use postern::config::Config;
use postern::pack::Unzip;
use release::{Entry, licences};

use crate::support::place::{self, Place};
use crate::support::site::{Site, password_of};

const TOP: &str = "postern-1.2.3-x86_64";
/// 17 November 2026, in the morning.
const TIME: u32 = 1_794_906_300;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What is released of this project, with this program.
fn entries(program: &[u8]) -> Vec<Entry> {
    let licences = vec![Entry::text("licences/libraries.txt", "Theirs")];
    release::entries(root(), program.to_vec(), licences).expect("the files of a release")
}

/// The files of a zip archive, as a computer at home unpacks it.
fn unzipped(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = Unzip::new(Cursor::new(archive)).expect("an archive");
    let mut files = BTreeMap::new();
    while let Some(file) = zip.next_file().expect("a directory") {
        let mut bytes = Vec::new();
        let whole = zip.unpack(&file, &mut |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        });
        whole.expect("a whole file");
        files.insert(file.name, bytes);
    }
    files
}

#[test]
fn equal_files_make_equal_archives_that_unpack_to_them() {
    let (first, second) = (entries(b"\x7fELF"), entries(b"\x7fELF"));
    let zip = release::zip(TOP, &first, TIME).expect("a zip archive");
    assert!(zip == release::zip(TOP, &second, TIME).expect("a zip archive"));
    let tar = release::tar_gz(TOP, &first, TIME).expect("a tar archive");
    assert!(tar == release::tar_gz(TOP, &second, TIME).expect("a tar archive"));

    let packed = unzipped(&zip);
    let names = packed.keys().map(String::as_str);
    let names: Vec<&str> = names.map(|name| &name[TOP.len() + 1..]).collect();
    let expected = [
        "LICENSE",
        "README.md",
        "example.htpostern.toml",
        "licences/libraries.txt",
        "postern",
    ];
    assert_eq!(names, expected);

    let place = Place::new("unpacked");
    place.write("release.tar.gz", &tar);
    let untarred = Command::new("tar")
        .args(["-xzpf", "release.tar.gz"])
        .current_dir(place.path())
        .output()
        .expect("tar");
    assert!(
        untarred.status.success() && untarred.stderr.is_empty(),
        "{untarred:?}"
    );
    for entry in &first {
        let name = format!("{TOP}/{}", entry.name);
        assert!(packed[&name] == entry.bytes, "{name} in the zip archive");
        let path = place.join(&name);
        assert!(
            fs::read(&path).expect("a file") == entry.bytes,
            "{name} in the tar archive"
        );
        let about = fs::metadata(&path).expect("a file");
        let mode = if entry.name == "postern" {
            0o755
        } else {
            0o644
        };
        assert_eq!(about.permissions().mode() & 0o777, mode, "{name}");
        let changed = about.modified().expect("a time");
        let since = changed
            .duration_since(std::time::UNIX_EPOCH)
            .expect("a time after 1970");
        assert_eq!(since.as_secs(), u64::from(TIME), "{name}");
    }
    let readme = String::from_utf8_lossy(&packed[&format!("{TOP}/README.md")]);
    assert!(
        readme.contains("## Install") && !readme.contains("!["),
        "{readme}"
    );
}

#[test]
fn the_archive_of_the_source_has_all_of_it_and_nothing_that_a_build_makes() {
    let source = release::source(root()).expect("the source");
    let names: Vec<&str> = source.iter().map(|entry| entry.name.as_str()).collect();
    for name in [
        "Cargo.toml",
        ".cargo/build.rs",
        "src/main.rs",
        "www/app.js",
        "tests/release/main.rs",
    ] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    assert!(
        !names
            .iter()
            .any(|name| name.starts_with("target") || name.starts_with(".git/"))
    );
    release::tar_gz("postern-1.2.3-source", &source, TIME).expect("an archive of the source");
}

#[test]
fn every_library_in_the_program_has_its_licence() {
    let told = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(root())
        .output()
        .expect("cargo");
    assert!(told.status.success(), "{told:?}");
    let metadata = serde_json::from_slice(&told.stdout).expect("what cargo knows");
    let texts = licences::of_crates(&metadata).unwrap_or_else(|why| panic!("{why}"));
    let texts = String::from_utf8(texts.bytes).expect("text");
    // Of a library with a text of its own, of one without, of the data of one, and of what is built in C.
    for words in [
        "\nsled 0.34",
        "Copyright (c) 2018 Tyler Neely",
        "Mozilla Public License Version 2.0",
        "UNICODE, INC. LICENSE AGREEMENT",
        "\nopenssl-src ",
    ] {
        assert!(texts.contains(words), "no {words:?}");
    }
    // What tests are made of is in no program.
    assert!(!texts.contains("\nscraper "), "scraper");
}

/// A file as FTP brings it: its bytes, and a mode that is set afterwards.
fn upload(bytes: &[u8], to: &Path, mode: u32) {
    let place = Place::new("upload");
    let file = place.write("file", bytes);
    // By another process, so that no other test's child holds the program open for writing.
    let copied = Command::new("cp").arg(file).arg(to).status();
    assert!(copied.is_ok_and(|status| status.success()), "cp");
    fs::set_permissions(to, fs::Permissions::from_mode(mode)).expect("a mode");
    place::give_to_worker(to);
}

#[test]
fn with_ftp_and_no_shell_the_archive_becomes_a_webmail() {
    let site = Site::new().messages(3).start();
    let program = fs::read(env!("CARGO_BIN_EXE_postern")).expect("the program");
    let archive = release::zip(TOP, &entries(&program), TIME).expect("an archive");
    let files = unzipped(&archive);
    let cgi_bin = site.place().worker_dir("cgi-bin/mail", 0o755);
    let program = cgi_bin.join("postern");
    upload(&files[&format!("{TOP}/postern")], &program, 0o644);
    let visitor = site.visitor_below("/cgi-bin/mail/postern");
    // README, "Troubleshooting": the mode.
    let status = visitor.get_once("/").status();
    assert!(matches!(status, 403 | 500), "{status}");
    upload(&files[&format!("{TOP}/postern")], &program, 0o755);
    // The web server's user has no home directory: the page says what that means.
    let page = visitor.get("/");
    page.shows("Postern is not ready yet")
        .shows("\u{201c}state_dir\u{201d} is not set");

    let example =
        String::from_utf8_lossy(&files[&format!("{TOP}/example.htpostern.toml")]).into_owned();
    let server = site.dovecot().address();
    let state = site.place().worker_dir("state-by-ftp", 0o700);
    let settings = example
        .replace(
            "#state_dir = \"/home/you/.postern\"",
            &format!("state_dir = {:?}", state.display().to_string()),
        )
        .replace("#[imap]", "[imap]")
        .replace(
            "#host = \"imap.example.org\"",
            &format!(
                "host = \"{}\"\nport = {}\nsecurity = \"none\"",
                server.ip(),
                server.port()
            ),
        );
    assert_eq!(settings.matches("\n[imap]\nhost").count(), 1, "{settings}");
    let config = cgi_bin.join(".htpostern.toml");
    // A slip of the hand, named by line, and corrected.
    let slip = settings.replace("security = \"none\"", "securty = \"none\"");
    upload(slip.as_bytes(), &config, 0o600);
    let line = slip.lines().position(|line| line.starts_with("securty"));
    let line = format!("Line {} of", line.expect("a slip") + 1);
    let page = page.click("Check again");
    page.shows("\u{201c}[imap] securty\u{201d} does not exist")
        .shows(&line);
    // The server of somebody else, and then the right one.
    let other = settings.replace(&format!("port = {}", server.port()), "port = 9");
    upload(other.as_bytes(), &config, 0o600);
    let page = page.click("Check again");
    page.shows("The mail server cannot be reached")
        .shows("[imap] host");
    upload(settings.as_bytes(), &config, 0o600);
    let page = page.click("Check again");
    page.hides("not ready");
    let form = page.form("sign-in").set("login", "ann");
    let list = form.set("password", &password_of("ann")).submit();
    list.has_status(200).shows("Message 3");
    list.click("Message 2").shows("This is message 2.");
}

#[test]
fn the_example_of_a_configuration_is_one() {
    let example =
        fs::read_to_string(root().join("tests/release/htpostern.toml")).expect("the example");
    // What has no space behind its # is to be set.
    let set: String = example
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(set) if set.starts_with(|c: char| !c.is_whitespace()) => format!("{set}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    assert!(set.contains("\n[smtp]\nhost = "), "{set}");
    let config =
        Config::parse(&set, Path::new("example")).unwrap_or_else(|e| panic!("{e:?}\n{set}"));
    assert_eq!(config.imap.host, "imap.example.org");
    let smtp = config.smtp.map(|smtp| smtp.host);
    assert_eq!(smtp.as_deref(), Some("smtp.example.org"));
}
