//! What a user can set on the page of settings, and what there is to choose from.
//!
//! Not for whose value counts (`settings`). To know before changing it: the names here are those of the user's file and of
//! the form, so one that is renamed is forgotten.

use serde::{Deserialize, Serialize};

/// One setting of that page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// The zone in which times are shown.
    TimeZone,
    /// Light or dark.
    Theme,
    /// Whether keys do something when they are pressed alone.
    Keys,
    /// Messages on one page of a list.
    Rows,
    /// Whether messages are shown that are marked for removal.
    Marked,
    /// What follows when the open message is gone.
    AfterDelete,
    /// Which version of a message is shown.
    ShowFirst,
    /// Where an answer begins.
    Reply,
    /// Whether messages begin in rich text.
    Write,
    /// Whether people whom messages are sent to are suggested from then on.
    Collect,
    /// For how long a message can be taken back after it was sent.
    Undo,
}

impl Setting {
    /// All of them, in the order of the page.
    pub const ALL: [Setting; 11] = [
        Setting::TimeZone,
        Setting::Theme,
        Setting::Keys,
        Setting::Rows,
        Setting::Marked,
        Setting::AfterDelete,
        Setting::ShowFirst,
        Setting::Reply,
        Setting::Write,
        Setting::Collect,
        Setting::Undo,
    ];

    /// The key of the user's file, and the field of the form.
    pub fn key(self) -> &'static str {
        match self {
            Setting::TimeZone => "time_zone",
            Setting::Theme => "theme",
            Setting::Keys => "keys",
            Setting::Rows => "rows",
            Setting::Marked => "marked",
            Setting::AfterDelete => "after_delete",
            Setting::ShowFirst => "show_first",
            Setting::Reply => "reply",
            Setting::Write => "write",
            Setting::Collect => "collect",
            Setting::Undo => "undo_seconds",
        }
    }
}

/// What one of a few values is chosen for.
pub trait Choice: Copy + 'static {
    /// The values.
    const ALL: &'static [Self];

    /// The name of one, as the user's file and the form have it.
    fn as_str(self) -> &'static str;

    /// The one of this name.
    fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|one| one.as_str() == name)
    }
}

/// Whether something is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// It is.
    On,
    /// It is not.
    Off,
}

impl Switch {
    /// From what is true where it is on.
    pub fn of(on: bool) -> Switch {
        match on {
            true => Switch::On,
            false => Switch::Off,
        }
    }

    /// True where it is on.
    pub fn is_on(self) -> bool {
        self == Switch::On
    }
}

impl Choice for Switch {
    const ALL: &'static [Switch] = &[Switch::On, Switch::Off];

    fn as_str(self) -> &'static str {
        match self {
            Switch::On => "on",
            Switch::Off => "off",
        }
    }
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the device is set.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Choice for Theme {
    const ALL: &'static [Theme] = &[Theme::System, Theme::Light, Theme::Dark];

    fn as_str(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
}

/// Which version of a message is shown that has both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShowFirst {
    /// The HTML.
    #[default]
    Html,
    /// The plain text.
    Text,
}

impl Choice for ShowFirst {
    const ALL: &'static [ShowFirst] = &[ShowFirst::Html, ShowFirst::Text];

    fn as_str(self) -> &'static str {
        match self {
            ShowFirst::Html => "html",
            ShowFirst::Text => "text",
        }
    }
}

/// Where an answer begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReplyPlace {
    /// Above what it quotes.
    #[default]
    Above,
    /// Below it.
    Below,
}

impl Choice for ReplyPlace {
    const ALL: &'static [ReplyPlace] = &[ReplyPlace::Above, ReplyPlace::Below];

    fn as_str(self) -> &'static str {
        match self {
            ReplyPlace::Above => "above",
            ReplyPlace::Below => "below",
        }
    }
}

/// What messages are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WriteIn {
    /// Plain text.
    #[default]
    Plain,
    /// Rich text, where there is script.
    Rich,
}

impl Choice for WriteIn {
    const ALL: &'static [WriteIn] = &[WriteIn::Plain, WriteIn::Rich];

    fn as_str(self) -> &'static str {
        match self {
            WriteIn::Plain => "plain",
            WriteIn::Rich => "rich",
        }
    }
}

/// What is shown when the message that was open is no longer in its folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AfterDelete {
    /// The message below it in its list; behind the last one the list.
    #[default]
    Next,
    /// The message above it; before the first one the list.
    Previous,
    /// The list.
    List,
}

impl Choice for AfterDelete {
    const ALL: &'static [AfterDelete] =
        &[AfterDelete::Next, AfterDelete::Previous, AfterDelete::List];

    fn as_str(self) -> &'static str {
        match self {
            AfterDelete::Next => "next",
            AfterDelete::Previous => "previous",
            AfterDelete::List => "list",
        }
    }
}

/// Whether messages are shown that some mail program has marked for removal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Marked {
    /// They are, struck through.
    #[default]
    Shown,
    /// They are not; the list says how many.
    Hidden,
}

impl Choice for Marked {
    const ALL: &'static [Marked] = &[Marked::Shown, Marked::Hidden];

    fn as_str(self) -> &'static str {
        match self {
            Marked::Shown => "shown",
            Marked::Hidden => "hidden",
        }
    }
}
