//! `cargo demo`: Postern on a mailbox full of mails, to click through in a browser. It starts the same servers as the tests
//! do, on loopback, and ends them on Ctrl-C. Whatever it makes lies in one temporary directory that goes with it.
#![deny(unsafe_code)]

use std::env;
use std::os::unix::process::parent_id;
use std::process::ExitCode;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, SystemTime};

mod support;

use start::{OF_DEMO, Options, USAGE, port_fault};

use support::apache::Mpm;
use support::install;
use support::mailbox::{FOLDERS, ROLES, mails_of};
use support::mails::{Mail, generated_since};
use support::sink::Sendmail;
use support::site::{BASE, Site};

const LOGIN: &str = "demo";
const PASSWORD: &str = "portcullis";

const HOUR: Duration = Duration::from_secs(3600);

fn main() -> ExitCode {
    match Options::read(env::args().skip(1)) {
        Ok(Some(options)) => run(&options),
        Ok(None) => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        Err(what) => {
            eprint!("{what}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> ExitCode {
    // Before anything is started, so that it ends in order whenever the signal comes.
    let (send, ended) = mpsc::channel();
    let on_signal = ctrlc::set_handler(move || {
        // Nobody listens any more once it is ending.
        let _late = send.send(());
    });
    if let Err(e) = on_signal {
        eprintln!("Cannot handle Ctrl-C: {e}");
        return ExitCode::FAILURE;
    }
    let parts = OF_DEMO.into_iter();
    let missing = parts.filter_map(|part| install::get(part).err()).next();
    if let Some(fault) = missing.or_else(|| port_fault(options.port)) {
        eprintln!("{fault}");
        return ExitCode::FAILURE;
    }
    let parent = parent_id();
    println!("Starting Apache and Dovecot ...");
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
    drop(client);
    println!(
        "\n  {}/\n\n  Login     {LOGIN}\n  Password  {PASSWORD}\n\nPress Ctrl-C to stop.",
        site.url()
    );
    // Without cargo, that started it, nobody would end it.
    while ended.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout)
        && parent_id() == parent
    {}
    println!("\nStopping Apache and Dovecot.");
    drop(site);
    ExitCode::SUCCESS
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
