//! Who asks whom: rooms by a list of what each may ask, files without circles, one door for each outside crate.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::expect_none;
use super::source::{Source, sources};

/// Each room, from the roof to the ground, and the rooms that it may ask. Everybody may ask `GROUND`.
const ROOMS: &[(&str, &[&str])] = &[
    ("main", &["app", "cli", "process", "request"]),
    (
        "app",
        &[
            "actions", "assets", "checks", "config", "desk", "gate", "jobs", "mailbox", "notices",
            "outbox", "process", "profile", "remote", "request", "response", "route", "session",
            "spool", "state", "store", "throttle", "views", "words", "ledger", "later", "ahead",
        ],
    ),
    (
        "actions",
        &[
            "clean",
            "config",
            "document",
            "jobs",
            "plain_text",
            "mailbox",
            "media",
            "mime",
            "notices",
            "outbox",
            "people",
            "profile",
            "remote",
            "request",
            "response",
            "route",
            "session",
            "settings",
            "state",
            "store",
            "extras",
            "sender",
            "views",
            "words",
            "draft",
            "gate",
            "ledger",
            "later",
            "submission",
        ],
    ),
    (
        "cli",
        &[
            "ahead",
            "checks",
            "config",
            "desk",
            "gate",
            "key_files",
            "outbox",
            "process",
            "remote",
            "request",
            "seal",
            "session",
            "state",
            "store",
            "later",
            "ledger",
            "submission",
        ],
    ),
    (
        "ahead",
        &[
            "config", "desk", "detached", "document", "gate", "later", "mailbox", "process",
            "profile", "remote", "route", "session", "state", "store",
        ],
    ),
    (
        "checks",
        &[
            "config",
            "gate",
            "process",
            "remote",
            "seal",
            "state",
            "store",
            "submission",
        ],
    ),
    (
        "document",
        &[
            "clean",
            "plain_text",
            "mailbox",
            "media",
            "mime",
            "route",
            "extras",
            "work",
        ],
    ),
    (
        "jobs",
        &[
            "config",
            "desk",
            "gate",
            "mailbox",
            "mime",
            "notices",
            "outbox",
            "pack",
            "process",
            "remote",
            "request",
            "response",
            "route",
            "seal",
            "session",
            "spool",
            "state",
            "store",
            "work",
            "draft",
            "later",
            "ledger",
            "people",
            "submission",
        ],
    ),
    ("people", &["gate", "profile"]),
    ("submission", &["config", "process", "seal", "spool"]),
    ("ledger", &["gate", "seal", "state"]),
    (
        "later",
        &[
            "config", "detached", "gate", "process", "request", "route", "state",
        ],
    ),
    ("detached", &[]),
    ("draft", &["clean", "plain_text", "extras", "sender"]),
    ("desk", &["gate", "session", "store"]),
    (
        "mailbox",
        &["mime", "remote", "route", "seal", "store", "work"],
    ),
    (
        "session",
        &[
            "config",
            "gate",
            "key_files",
            "notices",
            "remote",
            "request",
            "seal",
            "state",
            "store",
        ],
    ),
    ("notices", &["route", "seal", "store"]),
    ("outbox", &["gate", "request", "seal", "state"]),
    ("profile", &["gate", "settings", "state"]),
    ("store", &["gate", "key_files", "process", "seal", "state"]),
    ("key_files", &["gate", "seal", "state"]),
    (
        "views",
        &[
            "assets",
            "plain_text",
            "response",
            "sender",
            "route",
            "extras",
            "words",
        ],
    ),
    ("gate", &["config", "process", "state"]),
    ("request", &["config", "process", "route", "seal", "state"]),
    ("response", &["assets", "seal"]),
    ("spool", &["seal", "state"]),
    ("throttle", &["seal", "state"]),
    ("assets", &["route"]),
    ("clean", &["plain_text", "work"]),
    ("mime", &["plain_text", "media", "extras", "work"]),
    ("remote", &["config", "process", "seal"]),
    ("state", &["config", "process", "seal"]),
    ("words", &["media", "extras", "sender"]),
    ("characters", &[]),
    ("config", &["settings"]),
    ("settings", &[]),
    ("error", &[]),
    ("plain_text", &[]),
    ("mail", &[]),
    ("media", &[]),
    ("pack", &[]),
    ("process", &[]),
    ("route", &["extras"]),
    ("seal", &[]),
    ("time", &[]),
    ("extras", &[]),
    ("sender", &[]),
    ("work", &[]),
];

/// What everybody may ask.
const GROUND: [&str; 4] = ["characters", "error", "mail", "time"];

/// Rooms within a room, and what of it each may ask.
const INNER: [(&str, &[&str]); 4] = [
    ("mime::containers", &["mime::structure", "mime::codec"]),
    ("mime::statements", &["mime::codec"]),
    ("mime::structure", &["mime::codec"]),
    ("mime::codec", &[]),
];

/// An outside crate, and the rooms that may name it.
const DOORS: &[(&str, &[&str])] = &[
    ("ammonia", &["clean"]),
    ("argon2", &["seal"]),
    ("base64", &["document", "draft", "remote", "seal"]),
    ("blake2", &["seal"]),
    ("cgi", &["main", "response"]),
    ("chacha20poly1305", &["seal"]),
    ("chardetng", &["mime"]),
    ("crc32fast", &["pack"]),
    ("cssparser", &["clean"]),
    ("encoding_rs", &["mime"]),
    ("flate2", &["response"]),
    ("form_urlencoded", &["later", "request", "route"]),
    ("fs2", &["gate", "throttle"]),
    ("getrandom", &["seal"]),
    ("html5ever", &["clean"]),
    ("icu_normalizer", &["mailbox"]),
    ("idna", &["draft", "sender"]),
    ("imap", &["remote"]),
    ("imap_proto", &["remote"]),
    ("jiff", &["remote", "time"]),
    ("lettre", &["submission"]),
    ("libc", &["process", "spool", "store"]),
    ("mail_builder", &["draft"]),
    ("mail_parser", &["mime"]),
    ("maud", &["actions", "clean", "response", "views"]),
    ("miniz_oxide", &["pack", "store"]),
    ("native_tls", &["remote"]),
    ("percent_encoding", &["clean", "draft", "mime"]),
    (
        "postcard",
        &[
            "checks", "detached", "document", "ledger", "outbox", "session", "store",
        ],
    ),
    (
        "serde",
        &[
            "ahead",
            "checks",
            "clean",
            "config",
            "detached",
            "document",
            "error",
            "key_files",
            "later",
            "ledger",
            "mail",
            "outbox",
            "profile",
            "remote",
            "request",
            "seal",
            "session",
            "settings",
            "store",
        ],
    ),
    ("sled", &["store"]),
    ("toml", &["config", "profile", "settings"]),
    ("url", &["clean"]),
    ("windows_timezones", &["mime"]),
    ("zeroize", &["seal"]),
];

#[test]
fn a_room_asks_only_the_rooms_that_it_is_said_to_ask() {
    let allowed: BTreeMap<&str, BTreeSet<&str>> = ROOMS
        .iter()
        .map(|(room, asks)| (*room, asks.iter().copied().collect()))
        .collect();
    let mut found = Vec::new();
    let mut asked_by: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let sources = sources();
    let rooms = rooms(&sources);
    for source in sources.iter().filter(|s| s.room != "lib") {
        if !allowed.contains_key(source.room.as_str()) {
            found.push(format!("{} belongs to no room", source.path.display()));
        }
        for asked in rooms_asked(source, &rooms) {
            let known = allowed.get(source.room.as_str());
            let may = GROUND.contains(&asked.as_str())
                || known.is_some_and(|known| known.contains(asked.as_str()));
            if !may {
                found.push(format!("{} asks {asked}", source.path.display()));
            }
            if !source.is_test() {
                asked_by
                    .entry(source.room.clone())
                    .or_default()
                    .insert(asked);
            }
        }
    }
    for (room, asks) in ROOMS {
        for ask in *asks {
            if !asked_by
                .get(*room)
                .is_some_and(|asked| asked.contains(*ask))
            {
                found.push(format!(
                    "{room} no longer asks {ask}: strike it from the list"
                ));
            }
        }
    }
    expect_none("not said to be asked", &found);
}

#[test]
fn the_list_of_rooms_runs_down_only() {
    let place = |room: &str| ROOMS.iter().position(|(known, _)| *known == room);
    let mut found = Vec::new();
    for (n, (room, asks)) in ROOMS.iter().enumerate() {
        for ask in *asks {
            if place(ask).is_none_or(|below| below <= n) {
                found.push(format!("{room} asks {ask}, which does not stand below it"));
            }
        }
    }
    expect_none("upwards", &found);
}

#[test]
fn the_rooms_within_a_room_ask_one_way() {
    let steps = |room: &str| room.split("::").map(str::to_owned).collect::<Vec<String>>();
    let inner: BTreeSet<Vec<String>> = INNER.iter().map(|(room, _)| steps(room)).collect();
    let mut found = Vec::new();
    for source in sources().iter().filter(|s| !s.is_test()) {
        let module = source.module();
        let own = INNER
            .iter()
            .find(|(room, _)| module.starts_with(&steps(room)));
        let Some((room, asks)) = own else { continue };
        for asked in source.asks(&inner).iter().map(|asked| asked.join("::")) {
            if asked != *room && !asks.contains(&asked.as_str()) {
                found.push(format!("{} asks {asked}", source.path.display()));
            }
        }
    }
    expect_none("against the direction", &found);
}

/// The rooms, as modules.
fn rooms(sources: &[Source]) -> BTreeSet<Vec<String>> {
    sources.iter().map(|s| vec![s.room.clone()]).collect()
}

/// The rooms that a file asks, its own left out.
fn rooms_asked(source: &Source, rooms: &BTreeSet<Vec<String>>) -> BTreeSet<String> {
    let asked = source.asks(rooms);
    let mut asked: BTreeSet<String> = asked.into_iter().flatten().collect();
    asked.remove(&source.room);
    asked
}

/// A folder's own `mod.rs` and the files in it belong together; between all others nothing runs in a circle.
#[test]
fn no_files_ask_each_other_in_a_circle() {
    let sources: Vec<Source> = sources().into_iter().filter(|s| !s.is_test()).collect();
    let modules: BTreeSet<Vec<String>> = sources.iter().map(Source::module).collect();
    let family = |a: &[String], b: &[String]| a.starts_with(b) || b.starts_with(a);
    let asks: BTreeMap<Vec<String>, BTreeSet<Vec<String>>> = sources
        .iter()
        .map(|source| {
            let own = source.module();
            let asked = source.asks(&modules).into_iter();
            (
                own.clone(),
                asked.filter(|other| !family(&own, other)).collect(),
            )
        })
        .collect();
    let mut found = BTreeSet::new();
    for start in asks.keys() {
        if let Some(circle) = way_back(start, &asks) {
            let mut names: Vec<String> = circle.iter().map(|module| module.join("::")).collect();
            names.sort();
            found.insert(names.join(", "));
        }
    }
    expect_none("a circle of files", &Vec::from_iter(found));
}

/// The shortest way from a module to itself.
fn way_back(
    start: &Vec<String>,
    asks: &BTreeMap<Vec<String>, BTreeSet<Vec<String>>>,
) -> Option<Vec<Vec<String>>> {
    let mut ways = std::collections::VecDeque::from([vec![start.clone()]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for next in asks.get(way.last()?).into_iter().flatten() {
            if next == start {
                return Some(way);
            }
            if seen.insert(next.clone()) {
                ways.push_back([way.as_slice(), std::slice::from_ref(next)].concat());
            }
        }
    }
    None
}

#[test]
fn each_outside_crate_has_its_doors() {
    let named: Vec<(Source, BTreeSet<String>)> = sources()
        .into_iter()
        .map(|source| {
            let named = source.named();
            let paths = named.uses.into_iter().chain(named.paths);
            let crates = paths.filter_map(|path| path.into_iter().next()).collect();
            (source, crates)
        })
        .collect();
    let mut found = Vec::new();
    for (krate, doors) in DOORS {
        let by: BTreeSet<&str> = named
            .iter()
            .filter(|(_, crates)| crates.contains(*krate))
            .map(|(source, _)| source.room.as_str())
            .collect();
        let doors: BTreeSet<&str> = doors.iter().copied().collect();
        found.extend(
            by.difference(&doors)
                .map(|room| format!("{room} names {krate}")),
        );
        found.extend(
            doors
                .difference(&by)
                .map(|room| format!("{room} names {krate} no longer")),
        );
    }
    for krate in dependencies() {
        if !DOORS.iter().any(|(known, _)| *known == krate) {
            found.push(format!("{krate} has no door"));
        }
    }
    expect_none("doors", &found);
}

/// The crates that the program is made with, as code names them.
fn dependencies() -> Vec<String> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let manifest: toml::Table = fs::read_to_string(manifest)
        .expect("Cargo.toml")
        .parse()
        .expect("a manifest");
    let crates = manifest["dependencies"].as_table().expect("crates");
    crates.keys().map(|name| name.replace('-', "_")).collect()
}

/// For whoever has moved much: `cargo test house -- --ignored --nocapture` prints what the lists would be now.
#[test]
#[ignore = "a tool: prints the lists as they would be now"]
fn the_lists_as_they_would_be_now() {
    let sources = sources();
    let rooms = rooms(&sources);
    let mut asks: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut doors: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for source in sources.iter().filter(|s| s.room != "lib" && !s.is_test()) {
        let asked = rooms_asked(source, &rooms).into_iter();
        let asked = asked.filter(|room| !GROUND.contains(&room.as_str()));
        asks.entry(&source.room).or_default().extend(asked);
        let named = source.named();
        let paths = named.uses.into_iter().chain(named.paths);
        for krate in paths.filter_map(|path| path.into_iter().next()) {
            doors.entry(krate).or_default().insert(&source.room);
        }
    }
    for (room, asks) in asks {
        println!("    ({room:?}, &{asks:?}),");
    }
    for krate in dependencies() {
        println!(
            "    ({krate:?}, &{:?}),",
            doors.get(&krate).cloned().unwrap_or_default()
        );
    }
}
