//! The two ways in which hosts run CGI programs: a whole visit in each, on one connection that is kept.

use crate::support::apache::Mpm;
use crate::support::mails;
use crate::support::site::Site;

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
        let source = message.click("View source");
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
