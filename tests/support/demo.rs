//! The site that `cargo demo` shows: one user, whose mailbox is full, and a program in the place of sendmail that puts what is
//! sent into that same mailbox.

use std::time::{Duration, SystemTime};

use start::Options;

use super::apache::Mpm;
use super::mailbox::{FOLDERS, ROLES, mails_of};
use super::mails::{Mail, generated_since};
use super::sink::Sendmail;
use super::site::{BASE, Site};

/// The user.
pub const LOGIN: &str = "demo";
/// Their password.
pub const PASSWORD: &str = "portcullis";

const HOUR: Duration = Duration::from_secs(3600);

/// It, as long as it is kept.
pub struct Demo {
    /// The site.
    pub site: Site,
    _sendmail: Sendmail,
}

impl Demo {
    /// Starts it.
    pub fn start(options: &Options) -> Demo {
        let sendmail = Sendmail::delivering();
        let mut plan = Site::new()
            .setting(&sendmail.setting())
            .config("[identities]\ndomains = [\"example.org\"]\n[settings]\nundo_seconds = 10")
            .user(LOGIN, PASSWORD)
            .mpm(match options.prefork {
                true => Mpm::Prefork,
                false => Mpm::Event,
            })
            // Whoever opens the bare address gets the webmail, too.
            .apache(&format!("RedirectMatch 302 ^/$ {BASE}/\n"))
            .dovecot(ROLES);
        if let Some(port) = options.port {
            plan = plan.port(port);
        }
        for (directory, folder) in FOLDERS {
            let mut mails = mails_of(directory);
            if folder == "INBOX" {
                mails = [older(options.messages, &mails), mails].concat();
            }
            plan = plan.mails(LOGIN, folder, mails);
        }
        let site = plan.start();
        sendmail.delivers_into(&site.maildir(LOGIN));
        let mut client = site.other_client(LOGIN);
        for (_, folder) in FOLDERS {
            client.run(&format!("SUBSCRIBE \"{folder}\""));
        }
        Demo {
            site,
            _sendmail: sendmail,
        }
    }
}

/// Generated mails, the last an hour older than the oldest of these.
fn older(count: usize, than: &[Mail]) -> Vec<Mail> {
    let oldest = than
        .iter()
        .map(|mail| mail.received)
        .min()
        .unwrap_or_else(SystemTime::now);
    let hours = u32::try_from(count).expect("so many mails would reach back into antiquity");
    generated_since(oldest - HOUR * hours, count)
}
