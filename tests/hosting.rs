//! The two ways in which hosts run CGI programs: a whole visit in each, on one connection that is kept.

use crate::support::apache::Mpm;
use crate::support::mails::Mail;
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
            .mails("ann", "Large", vec![attached(&letter)])
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
        let source = message.click("Show the source");
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

/// A mail with an attachment of more than is fetched like a page.
fn attached(bytes: &str) -> Mail {
    use base64::Engine as _;
    let encoded = base64::engine::general_purpose::STANDARD.encode(bytes);
    let lines: Vec<&str> = encoded
        .as_bytes()
        .chunks(76)
        .map(|line| std::str::from_utf8(line).expect("ASCII"))
        .collect();
    let mut mail = Mail::plain("Bo <bo@example.org>", "A large one", "");
    let head = String::from_utf8(mail.bytes).expect("ASCII");
    let (head, _) = head.split_once("Content-Type").expect("its head");
    mail.bytes = format!(
        "{head}Content-Type: multipart/mixed; boundary=part\r\n\r\n--part\r\nContent-Type: text/plain\r\n\r\n\
         It is attached.\r\n--part\r\nContent-Type: application/octet-stream; name=\"all.bin\"\r\n\
         Content-Disposition: attachment; filename=\"all.bin\"\r\nContent-Transfer-Encoding: base64\r\n\r\n\
         {}\r\n--part--\r\n",
        lines.join("\r\n")
    )
    .into();
    mail
}
