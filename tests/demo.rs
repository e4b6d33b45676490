//! `cargo demo`: Postern on a mailbox full of mails, to click through in a browser. It starts the same servers as the tests
//! do, on loopback, and ends them on Ctrl-C. Whatever it makes lies in one temporary directory that goes with it.
#![deny(unsafe_code)]

use std::env;
use std::os::unix::process::parent_id;
use std::process::ExitCode;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

mod support;

use start::{OF_DEMO, Options, USAGE, place_fault, port_fault};

use support::demo::{Demo, LOGIN, PASSWORD};
use support::install;

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
    let fault = missing.or_else(|| port_fault(options.port));
    if let Some(fault) = fault.or_else(|| place_fault(&env::temp_dir())) {
        eprintln!("{fault}");
        return ExitCode::FAILURE;
    }
    let parent = parent_id();
    println!("Starting Apache and Dovecot ...");
    let demo = Demo::start(options);
    println!(
        "\n  {}/\n\n  Login     {LOGIN}\n  Password  {PASSWORD}\n\nPress Ctrl-C to stop.",
        demo.site.url()
    );
    // Without cargo, that started it, nobody would end it.
    while ended.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout)
        && parent_id() == parent
    {}
    println!("\nStopping Apache and Dovecot.");
    drop(demo);
    ExitCode::SUCCESS
}
