//! Hostile names: whatever is typed or smuggled, no command is ended or added.

use super::{listed, options, plan};
use crate::acts::injection::expect_only;

/// What might end a command, begin a literal, or be taken for a pattern.
const WORDS: [&str; 19] = [
    "",
    "a\r\nz LOGOUT",
    "a\nz LOGOUT",
    "a\rz LOGOUT",
    "a\0b",
    "\"",
    "\" \"b",
    "a\" (USE (\\Trash))",
    "\\",
    "\\\"",
    "{5}",
    "{5+}",
    "x {5}\r\n",
    "%",
    "*",
    "é\"\r\nz DELETE Letters",
    "한국 🎻",
    "&-",
    "../../etc",
];

const COMMANDS: [&str; 15] = [
    "CAPABILITY",
    "LOGIN",
    "AUTHENTICATE",
    "NAMESPACE",
    "LIST",
    "LSUB",
    "STATUS",
    "CREATE",
    "RENAME",
    "DELETE",
    "SUBSCRIBE",
    "UNSUBSCRIBE",
    "GETQUOTAROOT",
    "LOGOUT",
    "ENABLE",
];

#[test]
fn nothing_that_a_form_of_folders_says_becomes_a_command() {
    let site = plan().proxied().start();
    let ann = site.sign_in("ann");
    let before = listed(&site, "LIST");
    let huge = ["x".repeat(999), "x".repeat(60_000), "9".repeat(50)];
    let values: Vec<&str> = WORDS
        .into_iter()
        .chain(huge.iter().map(String::as_str))
        .collect();
    for (form, field) in [
        ("create-form", "name"),
        ("create-form", "under"),
        ("create-form", "act"),
        ("rename-form", "name"),
        ("rename-form", "f"),
        ("rename-form", "once"),
        ("rename-form", "token"),
        ("delete-form", "f"),
        ("delete-form", "folders"),
        ("delete-form", "messages"),
        ("move-form", "under"),
    ] {
        for value in &values {
            let shown: String = value.chars().take(30).collect();
            let what = format!("{form} {field}={shown:?}");
            if !super::has(&site, "Target") {
                site.other_client("ann").run("CREATE Target");
            }
            ann.get("/folder?compare=1");
            let page = options(&ann, "Target");
            let page = match form {
                "delete-form" => page.click("Delete folder"),
                "move-form" => page.click("Move this folder"),
                _ => page,
            };
            let form = page.form(form).unset(field).smuggle(field, value);
            site.proxy().reset();
            let answer = ann.follow(form.submit_once());
            assert!(answer.status() < 500, "{what}: {}", answer.text());
            expect_only(&site, &COMMANDS, &what);
        }
    }
    let after = listed(&site, "LIST");
    for name in before {
        assert!(after.contains(&name), "{name} is gone: {after:?}");
    }
}
