//! What a click costs, measured on this machine: `cargo bench`. Nothing here can fail for being slow; it prints tables.
//!
//! Everything runs in turn on one Apache, so that what else the machine does falls on all alike: read ratios and medians,
//! and the load beside them. The do-nothing CGI is what a page of that size costs there at least.
#![deny(unsafe_code)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

mod drain;
mod numbers;
mod person;
mod stage;
#[path = "../support/mod.rs"]
mod support;
mod watch;

use numbers::{Series, Table, millis, number};
use stage::{Click, Needs, Stage};
use support::http::Response;

const USAGE: &str = "\
Usage: cargo bench [-- [PART ...] [--rounds N] [--beside PROGRAM]]

  clicks   a click through Apache beside the do-nothing CGI; where the time of a warm one goes
  person   clicks as a person makes them: on a kept connection, 30 to 60 ms apart; a message opened for the first time
  process  the process alone: time, processor time, memory, disk, system calls
  crowd    20 users on their warm lists, 8 at once, for ten seconds
  storm    12 and 50 clicks of one user at once, the mail server 100 ms away
  drain    12 and 50 tabs of one user opened at once, each trying again as its page says, until all have their page
  sizes    a warm click in a folder of 1,000, 20,000, 100,000 messages

  hold     none of these: the command of a warm click, for perf or strace, while the stage stands

All parts but the last unless some are named. --rounds N: how often each click is measured (200).
--beside PROGRAM: another build of the program, whose clicks are measured in turn with those of this one; that part alone
unless others are named.
";

/// Cold clicks: one for so many rounds.
const ROUNDS_A_COLD: usize = 5;
/// How many users the crowd has, and how many of them click at once.
const CROWD: usize = 20;
const AT_ONCE: usize = 8;
/// How long the crowd clicks, in slices that alternate with those of the do-nothing CGI.
const SLICE: Duration = Duration::from_secs(2);
const SLICES: usize = 5;
/// How far the mail server is away in the storm.
const FAR: Duration = Duration::from_millis(100);
const STORMS: [usize; 2] = [12, 50];
/// How often a storm is repeated.
const STORM_ROUNDS: usize = 5;
const SIZES: [usize; 3] = [1_000, 20_000, 100_000];
const PARTS: [&str; 8] = [
    "clicks", "person", "process", "crowd", "storm", "drain", "sizes", "hold",
];

/// What was asked for on the command line.
struct Options {
    parts: Vec<String>,
    rounds: usize,
    beside: Option<PathBuf>,
}

impl Options {
    /// Reads the arguments; None where only help is wanted.
    fn read(mut args: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
        let mut options = Options {
            parts: Vec::new(),
            rounds: 200,
            beside: None,
        };
        while let Some(arg) = args.next() {
            match arg.as_str() {
                // What cargo adds.
                "--bench" => {}
                "--help" => return Ok(None),
                "--rounds" => {
                    let rounds = args.next().and_then(|n| n.parse().ok());
                    options.rounds = rounds.ok_or("--rounds wants a number")?;
                }
                "--beside" => {
                    let program = args.next().ok_or("--beside wants a program")?;
                    options.beside = Some(PathBuf::from(program));
                }
                part if PARTS.contains(&part) => options.parts.push(arg),
                other => return Err(format!("no part {other}")),
            }
        }
        Ok(Some(options))
    }

    fn wants(&self, part: &str) -> bool {
        self.parts.is_empty() && self.beside.is_none() || self.parts.iter().any(|p| p == part)
    }
}

fn main() -> ExitCode {
    match Options::read(std::env::args().skip(1)) {
        Ok(Some(options)) => run(&options),
        Ok(None) => print!("{USAGE}"),
        Err(what) => {
            eprint!("{what}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

/// What the stage of a run has to hold. The folders of an account are listed with each cold click, so two builds that are
/// compared have the same ones.
fn needs(options: &Options) -> Needs {
    let colds = 2 * (options.rounds / ROUNDS_A_COLD);
    Needs {
        cold: colds + STORM_ROUNDS * (STORMS.len() + 1) + drain::COLD + 3,
        crowd: if options.wants("crowd") { CROWD } else { 0 },
    }
}

fn run(options: &Options) {
    println!(
        "Apache event + mod_cgid without suEXEC, {} processors, load {}.",
        watch::processors(),
        watch::load()
    );
    println!("The do-nothing CGI: Rust, rustc -O, not PIE, as the released program is not.");
    let stage = Stage::set(needs(options));
    if options.parts.iter().any(|part| part == "hold") {
        hold(&stage);
    }
    if options.wants("clicks") {
        clicks(&stage, options.rounds);
    }
    if options.wants("person") {
        person::clicks(&stage, options.rounds);
    }
    if options.wants("process") {
        process(&stage, options.rounds);
    }
    if options.wants("crowd") {
        crowd(&stage);
    }
    if options.wants("storm") {
        storm(&stage);
    }
    if options.wants("drain") {
        drain::storms(&stage);
    }
    if let Some(program) = &options.beside {
        beside(&stage, program, options);
    }
    drop(stage);
    if options.wants("sizes") {
        sizes(options.rounds);
    }
    println!("\nLoad at the end {}.", watch::load());
}

/// Lets somebody look at a warm click with tools of their own.
fn hold(stage: &Stage) {
    let command = stage.by_hand(&stage.warm_list());
    print!("\nenv -i");
    for (name, value) in command.get_envs() {
        let value = value.unwrap_or_default().to_string_lossy();
        print!(" {}='{value}'", name.to_string_lossy());
    }
    let account = &support::place::worker().name;
    println!(" {}", stage.program().display());
    println!("As the account {account}. Enter ends it.");
    let _line = std::io::stdin().read_line(&mut String::new());
}

fn clicks(stage: &Stage, rounds: usize) {
    let (list, message, form) = (
        stage.warm_list(),
        stage.warm_message(),
        stage.sign_in_form(),
    );
    let [letter, frame] = stage.warm_letter();
    let size = list.page().1.body.len();
    let nothing = stage.nothing(size);
    let mut times: [Series; 7] = Default::default();
    let mut inside: BTreeMap<&str, Series> = BTreeMap::new();
    for round in 0..rounds {
        let mut measured = |place: usize, click: &Click| {
            let (took, answer) = click.page();
            times[place].add(millis(took));
            answer
        };
        measured(0, &nothing);
        measured(1, &form);
        let answer = measured(2, &list);
        measured(3, &message);
        measured(5, &letter);
        measured(6, &frame);
        if round.is_multiple_of(ROUNDS_A_COLD) {
            measured(4, &stage.cold_list());
        }
        for (name, spent) in timing(&answer) {
            inside.entry(name).or_default().add(spent);
        }
    }
    let [nothing, form, list, message, cold, letter, frame] = &times;
    let mut table = Table::new(
        &format!("A click through Apache, ms; {rounds} rounds in turn, a page of {size} bytes"),
        &["", "p10", "median", "p75", "p90", "times"],
    );
    table.spread("do-nothing CGI", nothing, nothing);
    table.spread("sign-in form (no gate, no store)", form, nothing);
    table.spread("warm list", list, nothing);
    table.spread("warm message", message, nothing);
    table.spread("warm message of 30 kB HTML", letter, nothing);
    table.spread("the document in its frame", frame, nothing);
    table.spread("cold list (a folder never opened)", cold, nothing);
    table.print();

    let mut table = Table::new(
        "Where the time of a warm list goes, ms, as Server-Timing says it",
        &["", "p10", "median", "p75", "p90", "share"],
    );
    let total = &inside["total"];
    for (name, words) in [
        ("gate", "gate: slot and lock"),
        ("store", "store: open and close"),
        ("render", "render"),
        ("rest", "rest: guard, session, read, unseal"),
        ("total", "all of it, without start and end of the process"),
    ] {
        table.spread(words, &inside[name], total);
    }
    table.print();
}

/// The clicks of this program and of another build of it, in turn.
fn beside(stage: &Stage, program: &Path, options: &Options) {
    let rounds = options.rounds;
    let other = Stage::of(program, needs(options));
    let stages = [stage, &other];
    type Of = fn(&Stage) -> Click;
    let kinds: [(&str, Of); 5] = [
        ("sign-in form", Stage::sign_in_form),
        ("warm list", Stage::warm_list),
        ("warm message", Stage::warm_message),
        ("warm message of 30 kB HTML", |stage| {
            let [letter, _] = stage.warm_letter();
            letter
        }),
        ("the document in its frame", |stage| {
            let [_, frame] = stage.warm_letter();
            frame
        }),
    ];
    let mut table = Table::new(
        &format!("A click of this program beside the other, ms; {rounds} rounds in turn"),
        &["", "p10", "median", "p75", "p90", "times"],
    );
    for (name, click) in kinds {
        let clicks = stages.map(click);
        let mut times: [Series; 2] = Default::default();
        for _ in 0..rounds {
            for (click, times) in clicks.iter().zip(&mut times) {
                times.add(millis(click.page().0));
            }
        }
        table.spread(&format!("{name}, the other"), &times[1], &times[1]);
        table.spread(name, &times[0], &times[1]);
    }
    let mut times: [Series; 2] = Default::default();
    for _ in 0..rounds / ROUNDS_A_COLD {
        for (stage, times) in stages.iter().zip(&mut times) {
            times.add(millis(stage.cold_list().page().0));
        }
    }
    table.spread("cold list, the other", &times[1], &times[1]);
    table.spread("cold list", &times[0], &times[1]);
    table.print();

    let named = [("the other", &other), ("this one", stage)];
    let mut table = Table::new(
        "What a cold list costs at the mail server",
        &[
            "",
            "connections",
            "commands",
            "flights",
            "bytes up",
            "bytes down",
        ],
    );
    for (name, stage) in named {
        stage.imap().reset();
        stage.cold_list().page();
        let c = stage.imap().counts();
        let counts = [
            c.connections,
            c.commands,
            c.flights,
            c.bytes_up,
            c.bytes_down,
        ];
        table.row(name, &counts.map(|n| n.to_string()));
    }
    table.print();
    let mut table = Table::new(CALLS, &CALL_HEADS);
    for (name, stage) in named {
        let (list, message) = (stage.warm_list(), stage.warm_message());
        for (what, click) in [("warm list", list), ("warm message", message)] {
            count_calls(&mut table, stage, &format!("{what}, {name}"), &click);
        }
    }
    table.print();
}

const CALLS: &str =
    "What one request asks of the kernel (strace); bytes are those of files in the state directory";
const CALL_HEADS: [&str; 6] = ["", "calls", "threads", "fsyncs", "read", "written"];

/// A row of what a click asks of the kernel; none without strace.
fn count_calls(table: &mut Table, stage: &Stage, name: &str, click: &Click) {
    let calls = watch::calls(&stage.by_hand(click), stage.state_dir(), &stage.scratch());
    let Some(calls) = calls else {
        println!("\nNo system calls counted: strace is not installed.");
        return;
    };
    let numbers = [calls.all, calls.threads, calls.syncs].map(|n| n.to_string());
    let bytes = [calls.read, calls.written].map(|n| n.to_string());
    table.row(name, &[&numbers[..], &bytes].concat());
}

/// The entries of an answer's Server-Timing, ms, and what they leave of the total.
fn timing(answer: &Response) -> Vec<(&'static str, f64)> {
    let header = answer.header("server-timing").unwrap_or_default();
    let spent = |name: &str| -> f64 {
        let mut entries = header.split(", ");
        let of = entries.find_map(|e| e.strip_prefix(name)?.strip_prefix(";dur="));
        let digits = of.and_then(|rest| rest.split(';').next());
        digits.and_then(|n| n.parse().ok()).unwrap_or(f64::NAN)
    };
    let parts = ["gate", "store", "render"].map(|name| (name, spent(name)));
    let total = spent("total");
    let rest = total - parts.iter().map(|(_, ms)| ms).sum::<f64>();
    [&parts[..], &[("rest", rest), ("total", total)]].concat()
}

fn process(stage: &Stage, rounds: usize) {
    let (list, message, form) = (
        stage.warm_list(),
        stage.warm_message(),
        stage.sign_in_form(),
    );
    let nothing = stage.nothing(list.page().1.body.len());
    let kinds = [
        ("do-nothing CGI", &nothing),
        ("sign-in form", &form),
        ("warm list", &list),
        ("warm message", &message),
    ];
    let mut times: [Series; 4] = Default::default();
    for _ in 0..rounds {
        for ((_, click), times) in kinds.iter().zip(&mut times) {
            times.add(millis(stage.run_by_hand(click)));
        }
    }
    let mut table = Table::new(
        "The process alone, ms, from before its start until it has ended",
        &["", "p10", "median", "p75", "p90", "times", "CPU"],
    );
    for ((name, click), series) in kinds.iter().zip(&times) {
        // In one go, since the kernel counts in hundredths of a second.
        let before = watch::children_millis();
        for _ in 0..rounds {
            stage.run_by_hand(click);
        }
        let cpu = (watch::children_millis() - before) / rounds as f64;
        let mut cells: Vec<String> = [0.1, 0.5, 0.75, 0.9]
            .map(|share| number(series.quantile(share)))
            .into();
        cells.push(number(series.median() / times[0].median()));
        cells.push(number(cpu));
        table.row(name, &cells);
    }
    table.print();

    let cold = stage.cold_list();
    let mut table = Table::new("The most memory of one request", &["", "MB"]);
    for (name, click) in kinds.into_iter().chain([("cold list", &cold)]) {
        let peak = watch::peak_kb(stage.by_hand(click));
        table.row(name, &[number(peak as f64 / 1024.0)]);
    }
    table.print();

    let cold = stage.cold_list();
    let mut table = Table::new(CALLS, &CALL_HEADS);
    for (name, click) in kinds.into_iter().chain([("cold list", &cold)]) {
        count_calls(&mut table, stage, name, click);
    }
    table.print();
}

fn crowd(stage: &Stage) {
    let lists = stage.crowd();
    let size = lists[0].page().1.body.len();
    let nothing = [stage.nothing(size)];
    let mut rates = [Load::default(), Load::default()];
    for _ in 0..SLICES {
        rates[0].run(&nothing);
        rates[1].run(&lists);
    }
    let mut table = Table::new(
        &format!(
            "{CROWD} users on their warm lists, {AT_ONCE} clicks at once, {} s",
            (SLICE * SLICES as u32).as_secs()
        ),
        &[
            "",
            "requests/s",
            "times",
            "ms of CPU a request",
            "not a page",
        ],
    );
    for (name, load) in ["do-nothing CGI", "warm lists"].iter().zip(&rates) {
        let cells = [
            number(load.rate()),
            number(load.rate() / rates[0].rate()),
            number(load.cpu / load.answers as f64),
            load.refused.to_string(),
        ];
        table.row(name, &cells);
    }
    table.print();
    println!("  CPU is that of the whole machine: Apache, this program, whatever else runs.");
}

/// What a crowd got in its slices of time.
#[derive(Default)]
struct Load {
    answers: usize,
    refused: usize,
    seconds: f64,
    cpu: f64,
}

impl Load {
    /// Clicks in turn for a slice of time, several at once.
    fn run(&mut self, clicks: &[Click]) {
        let (next, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let cpu = watch::machine_millis();
        let begin = Instant::now();
        thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    while begin.elapsed() < SLICE {
                        let n = next.fetch_add(1, Ordering::SeqCst);
                        if clicks[n % clicks.len()].answer().1.status != 200 {
                            refused.fetch_add(1, Ordering::SeqCst);
                        }
                    }
                });
            }
        });
        self.seconds += begin.elapsed().as_secs_f64();
        self.cpu += watch::machine_millis() - cpu;
        self.answers += next.into_inner();
        self.refused += refused.into_inner();
    }

    fn rate(&self) -> f64 {
        self.answers as f64 / self.seconds
    }
}

fn storm(stage: &Stage) {
    stage.imap().delay(FAR);
    let mut table = Table::new(
        &format!(
            "One user's clicks at once on a folder never opened, the mail server {} ms away; median of {STORM_ROUNDS}",
            FAR.as_millis()
        ),
        &[
            "",
            "last answer, ms",
            "pages",
            "429",
            "503",
            "connections",
            "processes",
            "after 0.5 s",
            "ms of CPU",
        ],
    );
    let size = stage.warm_list().page().1.body.len();
    for count in [&[1], &STORMS[..]].concat() {
        let mut storms: Vec<Storm> = (0..STORM_ROUNDS)
            .map(|_| Storm::of(stage, &vec![stage.cold_list(); count]))
            .collect();
        storms.sort_by(|a, b| a.last.total_cmp(&b.last));
        table.row(
            &format!("{count} of a cold list"),
            &storms[STORM_ROUNDS / 2].cells(),
        );
    }
    for count in STORMS {
        let storm = Storm::of(stage, &vec![stage.nothing(size); count]);
        table.row(&format!("{count} of the do-nothing CGI"), &storm.cells());
    }
    table.print();
    stage.imap().delay(Duration::ZERO);
}

/// What became of clicks that all came at once.
struct Storm {
    last: f64,
    statuses: BTreeMap<u16, usize>,
    connections: usize,
    most: watch::Most,
    cpu: f64,
}

impl Storm {
    fn of(stage: &Stage, clicks: &[Click]) -> Storm {
        stage.imap().reset();
        let cpu = watch::machine_millis();
        let begin = Instant::now();
        let (statuses, most) = watch::most_processes(&stage.program(), || {
            thread::scope(|scope| {
                let running: Vec<_> = clicks
                    .iter()
                    .map(|click| scope.spawn(|| click.answer().1.status))
                    .collect();
                let mut statuses = BTreeMap::new();
                for thread in running {
                    let status = thread.join().expect("a click");
                    *statuses.entry(status).or_default() += 1;
                }
                (statuses, millis(begin.elapsed()))
            })
        });
        Storm {
            last: statuses.1,
            statuses: statuses.0,
            connections: stage.imap().counts().connections,
            most,
            cpu: watch::machine_millis() - cpu,
        }
    }

    fn cells(&self) -> Vec<String> {
        let of = |status| self.statuses.get(&status).copied().unwrap_or(0).to_string();
        vec![
            number(self.last),
            of(200),
            of(429),
            of(503),
            self.connections.to_string(),
            self.most.ever.to_string(),
            self.most.later.to_string(),
            number(self.cpu),
        ]
    }
}

fn sizes(rounds: usize) {
    println!("\nFilling mailboxes with {SIZES:?} messages.");
    let folders = SIZES.map(stage::warm_list_of);
    let mut times: [Series; 3] = Default::default();
    for _ in 0..rounds {
        for ((_, click), times) in folders.iter().zip(&mut times) {
            times.add(millis(click.page().0));
        }
    }
    let mut table = Table::new(
        "A warm list click by the size of the folder, ms",
        &["", "p10", "median", "p75", "p90", "times"],
    );
    for (messages, series) in SIZES.iter().zip(&times) {
        table.spread(&format!("{messages} messages"), series, &times[0]);
    }
    table.print();
}
