//! Hosts: the two ways in which they run CGI programs, what stands above or before the program, who else may enter.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::shell;
use crate::support::apache::{MODULES, Mpm};
use crate::support::by_hand::ByHand;
use crate::support::clock::Clock;
use crate::support::mails;
use crate::support::place;
use crate::support::site::{BASE, Site, password_of};
use crate::support::visitor::Request;

#[test]
fn a_whole_visit_takes_one_connection_in_both_set_ups_of_apache() {
    for mpm in [Mpm::Event, Mpm::Prefork] {
        let large = "0123456789abcdef".repeat(100_000);
        let letter = format!("--\u{2014}\r\n{large}");
        let site = Site::new()
            .mpm(mpm)
            // Else Apache drops the length that a program tells.
            .apache("SetEnv ap_trust_cgilike_cl 1\n")
            .messages(60)
            .mails(
                "ann",
                "Large",
                vec![mails::attached("A large one", "all.bin", letter.as_bytes())],
            )
            .start();
        let ann = site.sign_in("ann");
        let message = ann.get("/").click("Older").click("Message 10");
        message.shows("This is message 10.").shows("notes-10.txt");

        let notes = message.click("Download notes-10.txt");
        notes.has_status(200);
        assert_eq!(
            notes.header("content-disposition"),
            "attachment; filename=\"notes-10.txt\""
        );
        assert_eq!(notes.source(), "Notes on message 10.\r\n");
        // The next request on the connection is answered, after an answer of each kind: a page, a part, a long transfer.
        ann.get("/").shows("Message 60");
        let source = message.click("Download message");
        assert!(source.source().contains("Subject: Message 10\r\n"));
        ann.get("/").shows("Message 60");

        let large = ann.get("/").click("Large").click("A large one");
        let saved = large.click("Download all.bin");
        saved.has_status(200);
        assert_eq!(saved.body(), letter.as_bytes());
        assert_eq!(
            saved.header("content-length"),
            saved.body().len().to_string()
        );
        ann.get("/").click("Sign out").shows("You are signed out");
        assert_eq!(
            ann.connections(),
            1,
            "{mpm:?}: the connection was not kept\n{}",
            site.apache().error_log()
        );
    }
}

/// A directory of a site's document root that the worker owns, with the program in it.
fn program_below(site: &Site, name: &str, htaccess: &str) {
    program_in(site, &format!("htdocs/{name}"), htaccess);
}

/// The same in another directory of the site.
fn program_in(site: &Site, name: &str, htaccess: &str) {
    let dir = site.place().worker_dir(name, 0o755);
    copy(&site.program(), &dir.join("postern"));
    let settings = site.program().with_file_name(".htpostern.toml");
    copy(&settings, &dir.join(".htpostern.toml"));
    fs::write(dir.join(".htaccess"), htaccess).expect(".htaccess");
}

fn copy(from: &Path, to: &Path) {
    let done = Command::new("cp")
        .args(["-L", "-p"])
        .args([from, to])
        .status();
    assert!(done.is_ok_and(|status| status.success()), "cp");
}

/// README's recipe for a short address, word for word.
fn recipe() -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(readme).expect("README.md");
    let (_, recipe) = readme
        .split_once("with this `.htaccess`:\n")
        .expect("the recipe");
    let lines = recipe.lines().skip(1);
    let lines = lines.take_while(|line| line.starts_with("    ") || line.is_empty());
    lines
        .map(|line| format!("{}\n", line.trim_start()))
        .collect()
}

#[test]
fn the_recipe_for_a_short_address_works_below_a_wordpress() {
    let site = Site::new().messages(3).start();
    program_below(&site, "mail", &recipe());
    let root = site.place().join("htdocs");
    fs::write(root.join("index.html"), "The front page").expect("a page");
    fs::write(
        root.join(".htaccess"),
        include_str!("cases/wordpress-above.htaccess"),
    )
    .expect(".htaccess");
    let ann = site.visitor_below("/mail");
    let form = ann.get("/");
    let form = form.has_status(200).form("sign-in").set("login", "ann");
    let list = form.set("password", &password_of("ann")).submit();
    list.shows("Message 3").click("Message 3").has_status(200);
    ann.get("/sign-in")
        .hides("The front page")
        .shows("Password");
}

#[test]
fn a_proxy_may_show_another_path_than_the_one_it_asks_for() {
    let site = Site::new()
        .messages(3)
        .setting("base_url = \"/webmail\"")
        .start();
    let back = site.apache().address();
    let front = format!(
        "LoadModule proxy_module {MODULES}/mod_proxy.so\nLoadModule proxy_http_module {MODULES}/mod_proxy_http.so\n\
         ProxyPass /webmail/ http://{back}{BASE}/\nProxyPassReverse /webmail/ http://{back}{BASE}/\n\
         RequestHeader unset Origin\nProxyPreserveHost On\n"
    );
    let front = Site::new().apache(&front).start();
    let ann = front.visitor_below("/webmail");
    let form = ann.get("/");
    let form = form.has_status(200).form("sign-in").set("login", "ann");
    let list = form.set("password", &password_of("ann")).submit();
    list.shows("Message 3").click("Message 3").has_status(200);
}

#[test]
fn the_directory_of_one_user_among_others_is_no_place_to_sign_in() {
    for (setting, is_allowed) in [("", false), ("allow_shared_origin = true", true)] {
        let site = Site::new()
            .setting(setting)
            .apache("ScriptAlias /~ann/postern ${SITE}/cgi-bin/postern\n")
            .start();
        let ann = site.visitor_below("/~ann/postern");
        let page = ann.get("/");
        match is_allowed {
            true => page.shows("Password"),
            false => {
                let heading = page.text_of("h1");
                assert_eq!(heading.as_deref(), Some("Signing in is not safe here"));
                page.hides("Password").shows("a host name of its own")
            }
        };
    }
}

#[test]
fn no_answer_can_be_loaded_or_watched_by_another_site() {
    let site = Site::with_inbox(3);
    let ann = site.sign_in("ann");
    let list = ann.get_once("/");
    let style = list.attributes_of("link[rel=stylesheet]", "href");
    for page in [
        &list,
        &ann.get_once(&style[0]),
        &ann.get_once("/none"),
        &site.visitor().get_once("/"),
    ] {
        assert_eq!(page.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(page.header("cross-origin-resource-policy"), "same-origin");
    }
}

#[test]
fn trying_again_never_leads_to_another_host() {
    let site = Site::new().start();
    for broken in [false, true] {
        if broken {
            site.configure("[gate]\nnonsense = 1");
        }
        for path in ["//evil.example/x", "/\\evil.example/", "/\\/evil.example"] {
            let page = ByHand::request(&site.program(), Request::new("GET", path)).run();
            let page = page.answer.expect("a page");
            let text = String::from_utf8_lossy(&page.body).into_owned();
            assert!(
                !text.contains("href=\"//") && !text.contains("href=\"/\\"),
                "{text}"
            );
        }
    }
}

#[test]
fn a_clock_before_1970_is_said() {
    let clock = Clock::start(Site::new().messages(3));
    let ann = clock.site.sign_in("ann");
    clock.set("-60y");
    ann.get("/").has_status(500).shows("not set up correctly");
    assert!(clock.site.apache().error_log().contains("clock"));
    clock.set("+0");
    ann.get("/").shows("Message 3");
}

#[test]
fn the_state_directory_is_ours_alone_and_never_served() {
    let site = Site::with_inbox(3);
    let ann = site.sign_in("ann");
    let dir = site.state_dir();
    let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    for path in [dir, &dir.join("secret")] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o777)).expect("chmod");
        ann.get("/").has_status(200);
        assert_eq!(mode(path) & 0o077, 0, "{}", path.display());
    }
    assert!(
        fs::read_to_string(dir.join(".htaccess"))
            .expect(".htaccess")
            .contains("denied")
    );
    // A link that somebody planted is not written through.
    let victim = site.place().write("victim", "mine");
    place::give_to_worker(&victim);
    fs::remove_file(dir.join("log")).unwrap_or_default();
    std::os::unix::fs::symlink(&victim, dir.join("log")).expect("a link");
    let wrong = site.visitor();
    let form = wrong.get("/sign-in");
    let form = form
        .form("sign-in")
        .set("login", "ann")
        .set("password", "no");
    form.submit_once().has_status(401);
    assert_eq!(fs::read_to_string(&victim).expect("the victim"), "mine");
    // Who may write above it could put another in its place.
    let above = dir.parent().expect("a directory");
    fs::set_permissions(above, fs::Permissions::from_mode(0o777)).expect("chmod");
    ann.get("/").has_status(500);
    let told = shell::postern(&site, &["check"]);
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains("WRONG") && told.contains("go-w"), "{told}");
    fs::set_permissions(above, fs::Permissions::from_mode(0o755)).expect("chmod");
    ann.get("/").has_status(200);
}

/// Apache shows the home of the program's user, with the state directory in it, and runs what is in `bin` there.
const HOME_SHOWN: &str = "Alias /files ${SITE}/home\n\
    <Directory ${SITE}/home>\nRequire all granted\nAllowOverride None\nOptions +ExecCGI\n</Directory>\n\
    <Directory ${SITE}/home/bin>\nSetHandler cgi-script\n</Directory>\n";

#[test]
fn a_state_directory_that_an_alias_serves_is_refused() {
    let site = Site::new().apache(HOME_SHOWN).start();
    program_in(&site, "home/bin", "");
    let ann = site.visitor_below("/files/bin/postern");
    ann.get("/sign-in").has_status(500);
    let errors = site.apache().error_log();
    assert!(errors.contains("document root"), "{errors}");
}

#[test]
fn check_asks_the_web_server_whether_it_gives_the_state_away() {
    let site = Site::new().apache(HOME_SHOWN).start();
    let checked = |address: &str| {
        let output = shell::postern(&site, &["check", "--url", address]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.success(), said)
    };
    let files = || fs::read_dir(site.state_dir()).expect("the state").count();
    site.sign_in("ann");
    let before = files();
    let (is_right, said) = checked(&site.url());
    assert!(
        is_right && said.contains("ok     the web server does not serve"),
        "{said}"
    );
    let shown = format!("http://{}/files/", site.apache().address());
    let (is_right, said) = checked(&shown);
    assert!(
        !is_right && said.contains(&format!("WRONG  {shown}state/")),
        "{said}"
    );
    assert_eq!(files(), before, "what it asked for is left");
    // Nobody there to be asked: that is no good news.
    let (is_right, said) = checked("http://127.0.0.1:9/");
    assert!(
        !is_right && said.contains("WRONG  http://127.0.0.1:9/ cannot be opened"),
        "{said}"
    );
    let (is_right, said) = checked("nonsense");
    assert!(!is_right && said.contains("http"), "{said}");
}
