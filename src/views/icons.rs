//! The icons, one stroke on a grid of 24, each drawn once in a page that uses it, and used by name.
//!
//! Not files of `www/`: an SVG that is used from another document falls under `default-src` of the policy in some
//! browsers, and that is `'none'`. An icon beside a word is decoration; one that stands alone has a label.

use std::collections::BTreeSet;

use maud::{Markup, html};

/// An icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Gate,
    Inbox,
    Drafts,
    Sent,
    Archive,
    Spam,
    Trash,
    Folder,
    Clip,
    Star,
    Write,
    Reply,
    ReplyAll,
    Forward,
    Back,
    Onward,
    Down,
    Up,
    Menu,
    Close,
    File,
    Image,
    Text,
    Sheet,
    Sound,
    Film,
    Pack,
    Letter,
    Source,
    Download,
    Exit,
    Leave,
    Print,
    Warn,
    Check,
    Eye,
    Offline,
    Lock,
    Clock,
    Dots,
    Tag,
    Search,
    Options,
    Talk,
    Muted,
    Bell,
    Refresh,
}

use Icon::*;

/// Name in the page, path, and whether it turns in a page that runs from right to left.
const DRAWN: [(Icon, &str, &str, bool); 47] = [
    (
        Gate,
        "i-gate",
        "M4 21V10a8 8 0 0 1 16 0v11M4 21h16M12 21v-7M8 21v-9M16 21v-9M4 15h16",
        false,
    ),
    (
        Inbox,
        "i-inbox",
        "M3 13l3-8h12l3 8v6H3zM3 13h5a4 4 0 0 0 8 0h5",
        false,
    ),
    (
        Drafts,
        "i-drafts",
        "M6 3h8l4 4v14H6zM14 3v4h4M9 13h6M9 17h4",
        false,
    ),
    (Sent, "i-sent", "M3 11l18-8-8 18-2.5-7.5z", true),
    (
        Archive,
        "i-archive",
        "M3 5h18v4H3zM5 9v11h14V9M10 13h4",
        false,
    ),
    (
        Spam,
        "i-spam",
        "M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 8v5M12 16.5v.1",
        false,
    ),
    (
        Trash,
        "i-trash",
        "M4 7h16M9 7V4h6v3M6 7l1 14h10l1-14M10 11v6M14 11v6",
        false,
    ),
    (Folder, "i-folder", "M3 6h6l2 2h10v11H3z", false),
    (
        Clip,
        "i-clip",
        "M19 11l-8 8a5 5 0 0 1-7-7l9-9a3.3 3.3 0 0 1 5 5l-9 9a1.7 1.7 0 0 1-2.4-2.4l7.4-7.6",
        false,
    ),
    (
        Star,
        "i-star",
        "M12 3.5l2.6 5.6l6 .7l-4.4 4.2l1.1 6l-5.3-3l-5.3 3l1.1-6L3.4 9.8l6-.7z",
        false,
    ),
    (
        Write,
        "i-write",
        "M4 20l1-5L16 4l4 4L9 19l-5 1zM14 6l4 4",
        false,
    ),
    (
        ReplyAll,
        "i-reply-all",
        "M13 8V4l-7 7l7 7v-4c4 0 6 1.5 8 6c-.3-7-3-12-8-12zM7 5l-6 6l6 6",
        true,
    ),
    (
        Reply,
        "i-reply",
        "M10 8V4l-7 7l7 7v-4c5 0 8 1.5 11 6c-.5-7-4-12-11-12z",
        true,
    ),
    (
        Forward,
        "i-forward",
        "M14 8V4l7 7l-7 7v-4c-5 0-8 1.5-11 6c.5-7 4-12 11-12z",
        true,
    ),
    (Back, "i-back", "M15 5l-7 7l7 7", true),
    (Onward, "i-onward", "M9 5l7 7l-7 7", true),
    (Down, "i-down", "M6 9l6 6l6-6", false),
    (Up, "i-up", "M6 15l6-6l6 6", false),
    (Menu, "i-menu", "M4 7h16M4 12h16M4 17h16", false),
    (Close, "i-close", "M6 6l12 12M18 6l-12 12", false),
    (File, "i-file", "M6 3h8l4 4v14H6zM14 3v4h4", false),
    (
        Image,
        "i-image",
        "M4 5h16v14H4zM4 16l5-5l4 4l3-3l4 4M15.5 9.5v.1",
        false,
    ),
    (
        Text,
        "i-text",
        "M6 3h8l4 4v14H6zM14 3v4h4M9 11h6M9 14h6M9 17h4",
        false,
    ),
    (
        Sheet,
        "i-sheet",
        "M4 4h16v16H4zM4 9.5h16M4 14.5h16M10 9.5V20",
        false,
    ),
    (
        Sound,
        "i-sound",
        "M9 18V6l10-2v12M9 18a2.5 2.5 0 1 1-5 0a2.5 2.5 0 0 1 5 0zM19 16a2.5 2.5 0 1 1-5 0a2.5 2.5 0 0 1 5 0z",
        false,
    ),
    (Film, "i-film", "M3 5h18v14H3zM10 9l5 3l-5 3z", false),
    (
        Pack,
        "i-pack",
        "M4 8l8-4l8 4v9l-8 4l-8-4zM4 8l8 4l8-4M12 12v9",
        false,
    ),
    (Letter, "i-letter", "M3 5h18v14H3zM3 6l9 7l9-7", false),
    (
        Source,
        "i-source",
        "M8 7l-5 5l5 5M16 7l5 5l-5 5M13.5 5l-3 14",
        false,
    ),
    (
        Download,
        "i-download",
        "M12 4v11M7 10.5l5 5l5-5M4 20h16",
        false,
    ),
    (Exit, "i-exit", "M14 4h5v16h-5M4 12h11M11 8l4 4l-4 4", true),
    (
        Leave,
        "i-leave",
        "M12 19H3V5h18v8M3 6l9 7l9-7M16 16l5 5M21 16l-5 5",
        false,
    ),
    (
        Print,
        "i-print",
        "M7 9V3h10v6M7 18H4V9h16v9h-3M7 14h10v7H7z",
        false,
    ),
    (Warn, "i-warn", "M12 4l9 16H3zM12 10v5M12 17.5v.1", false),
    (Check, "i-check", "M5 12.5l5 5l9-11", false),
    (
        Eye,
        "i-eye",
        "M2.5 12c5-8 14-8 19 0c-5 8-14 8-19 0zM12 9.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 0 0 0-5z",
        false,
    ),
    (
        Offline,
        "i-offline",
        "M5 18h12a4 4 0 0 0 .5-8a6 6 0 0 0-10-2.5M7 10a4 4 0 0 0-2 8M4 4l16 16",
        false,
    ),
    (
        Lock,
        "i-lock",
        "M5 11h14v10H5zM8 11V8a4 4 0 0 1 8 0v3M12 15v2",
        false,
    ),
    (
        Clock,
        "i-clock",
        "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18zM12 7v5l3.5 2",
        false,
    ),
    (
        Dots,
        "i-dots",
        "M4.4 12a.6.6 0 1 0 1.2 0a.6.6 0 1 0-1.2 0zM11.4 12a.6.6 0 1 0 1.2 0a.6.6 0 1 0-1.2 0zM18.4 12a.6.6 0 1 0 1.2 0a.6.6 0 1 0-1.2 0z",
        false,
    ),
    (Tag, "i-tag", "M3 4v7l10 10 8-8L11 3H4zM7.4 7.4h.01", false),
    (
        Search,
        "i-search",
        "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13zM15.3 15.3L20 20",
        true,
    ),
    (
        Options,
        "i-options",
        "M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4",
        true,
    ),
    (
        Talk,
        "i-talk",
        "M3 5h12v8H8l-3 3v-3H3zM18 9h3v8h-2v3l-3-3h-6v-1",
        true,
    ),
    (
        Muted,
        "i-muted",
        "M6.5 10v3L5 17h12M8 6a5.5 5.5 0 0 1 9.5 4v3.5M10 20.5h4M4 4l16 16",
        false,
    ),
    (
        Bell,
        "i-bell",
        "M12 4a5.5 5.5 0 0 0-5.5 5.5V13L5 17h14l-1.5-4V9.5A5.5 5.5 0 0 0 12 4zM10 20.5h4",
        false,
    ),
    (
        Refresh,
        "i-refresh",
        "M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9.4M20 4v5.4h-5.4",
        true,
    ),
];

/// The drawings that `inside` points at, unseen.
pub fn sprite(inside: &Markup) -> Markup {
    // Looked for by its one sign: a page has tens of thousands of others.
    let ends = |before: &str| before.ends_with("href=\"");
    let pointed = inside.0.match_indices('#').filter_map(|(at, _)| {
        let (before, from) = inside.0.split_at_checked(at)?;
        ends(before)
            .then(|| from.get(1..)?.split('"').next())
            .flatten()
    });
    let used: BTreeSet<&str> = pointed.collect();
    html! {
        svg.sprite width="0" height="0" aria-hidden="true" {
            @for (_, id, path, _) in DRAWN.iter().filter(|(_, id, ..)| used.contains(id)) {
                symbol id=(id) viewBox="0 0 24 24" { path d=(path); }
            }
        }
    }
}

/// An icon that says nothing which the words beside it do not say.
pub fn icon(which: Icon) -> Markup {
    let (id, flips) = drawn(which);
    html! {
        svg.icon.flip[flips] aria-hidden="true" { use href={ "#" (id) }; }
    }
}

/// An icon that stands for a word.
pub fn sign(which: Icon, label: &str) -> Markup {
    let (id, flips) = drawn(which);
    html! {
        svg.icon.flip[flips].starred[which == Star] role="img" aria-label=(label) { use href={ "#" (id) }; }
    }
}

fn drawn(which: Icon) -> (&'static str, bool) {
    DRAWN
        .iter()
        .find(|(icon, ..)| *icon == which)
        .map_or(("", false), |(_, id, _, flips)| (id, *flips))
}
