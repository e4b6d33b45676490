//! Submission servers behind TLS, from the first byte or after STARTTLS: what they show for themselves is judged before a
//! password, a sender or a message goes there. Where it is wrong nothing is sent, the page says so, and nothing is lost.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::{only, plan, says, typed};
use crate::support::certificates::{self, OURS};
use crate::support::place::Place;
use crate::support::sink::SmtpSink;
use crate::support::site::{Site, password_of};

/// The configuration that leads to a server; `ca_file` is what its certificate is judged by.
fn configure(site: &Site, sink: &SmtpSink, security: &str, ca_file: Option<&Path>) {
    let own = sink
        .config()
        .replace("\"none\"", &json!(security).to_string());
    let ca_file = ca_file.map(|file| format!("\nca_file = {}", json!(file)));
    site.configure(&format!(
        "[identities]\ndomains = [\"example.org\"]\n{own}{}",
        ca_file.unwrap_or_default()
    ));
}

#[test]
fn only_the_server_that_is_meant_gets_the_password_and_the_message() {
    let other = Place::new("authority");
    certificates::make(&other, OURS);
    let site = plan().start();
    let ann = site.sign_in("ann");
    for security in ["starttls", "tls"] {
        let sink = SmtpSink::protected(security, OURS);
        sink.rules(json!({"password": password_of("ann")}));
        let elsewhere = SmtpSink::protected(security, "DNS:mail.example.net");
        let (good, wrong) = (sink.ca_file(), certificates::authority(other.path()));
        configure(&site, &sink, security, Some(&wrong));
        let page = ann.get("/compose");
        let mut page = typed(&page, "bo@example.org, cas@example.org", "Sealed")
            .file("files", "a.txt", b"one")
            .press("do", "send");
        for (server, authority) in [
            (&sink, None),
            (&elsewhere, Some(elsewhere.ca_file())),
            (&sink, Some(wrong)),
        ] {
            says(&page, "Your message was not sent.");
            says(&page, "is not trusted, so nothing was sent");
            page.shows("a.txt");
            let text = page.form("write");
            assert!(
                text.value("text")
                    .is_some_and(|text| text.contains("geranium"))
            );
            configure(&site, server, security, authority.as_deref());
            page = text.press("do", "send");
        }
        says(
            &page,
            "certificate of the outgoing mail server is not trusted",
        );
        for server in [&sink, &elsewhere] {
            assert!(server.taken().is_empty() && server.passwords() == 0);
        }
        // A file of several authorities is one of them all.
        let all = [
            fs::read(certificates::authority(other.path())),
            fs::read(&good),
        ];
        let all = all.map(|pem| pem.expect("a certificate")).concat();
        let all = other.write("all.pem", all);
        configure(&site, &sink, security, Some(&all));
        says(&page.form("write").press("do", "send"), "Message sent");
        let taken = only(sink.taken());
        assert_eq!(taken.about["is_protected"], json!(true), "{taken:?}");
        assert_eq!(taken.about["user"], json!("ann"), "{taken:?}");
        assert_eq!(taken.about["hello"], json!("[127.0.0.1]"), "{taken:?}");
        assert_eq!(sink.passwords(), 1);
        assert!(taken.text().contains("b25l"), "{taken:?}");
        ann.get("/").hides("Unsent");
    }
    assert!(!site.log().contains(&password_of("ann")));
}
