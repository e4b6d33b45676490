//! What the pages of settings say: labels, choices, what is wrong with what was typed.

use super::Words;
use crate::mail::{AfterDelete, Marked, ReplyPlace, Setting, ShowFirst, Theme, WriteIn};

/// The page of settings.
impl Words {
    /// Leads to the page, and heads it.
    pub fn settings(&self) -> &'static str {
        "Settings"
    }

    /// The button.
    pub fn save_settings(&self) -> &'static str {
        "Save settings"
    }

    /// They were saved.
    pub(super) fn settings_saved(&self) -> &'static str {
        "Settings saved."
    }

    /// Heads those of all pages.
    pub fn settings_of_all(&self) -> &'static str {
        "General"
    }

    /// Heads those of lists.
    pub fn settings_of_lists(&self) -> &'static str {
        "Message lists"
    }

    /// Heads those of reading and writing.
    pub fn settings_of_messages(&self) -> &'static str {
        "Reading and writing"
    }

    /// Heads the links to what else can be set.
    pub fn more_settings(&self) -> &'static str {
        "More settings"
    }

    /// What a setting is called.
    pub fn setting_label(&self, setting: Setting) -> &'static str {
        match setting {
            Setting::TimeZone => "Time zone",
            Setting::Theme => "Theme",
            Setting::Keys => "Single-key shortcuts",
            Setting::Rows => "Messages per page",
            Setting::Marked => "Messages marked for removal",
            Setting::AfterDelete => "After deleting or moving a message",
            Setting::ShowFirst => "Show messages as",
            Setting::Reply => "Start replies",
            Setting::Write => "Write messages in",
            Setting::Collect => "Suggest people you write to",
            Setting::Undo => "Time to undo sending",
        }
    }

    /// What has to be known of it; None where its name says all.
    pub fn setting_hint(&self, setting: Setting) -> Option<&'static str> {
        match setting {
            Setting::Marked => {
                Some("Some mail programs only mark deleted messages and remove them later.")
            }
            Setting::Rows => Some("10 to 200"),
            Setting::ShowFirst => Some("You can switch in each message that has both versions."),
            Setting::Undo => {
                Some("If this server cannot delay messages, they are sent immediately.")
            }
            Setting::TimeZone
            | Setting::Theme
            | Setting::Keys
            | Setting::AfterDelete
            | Setting::Reply
            | Setting::Write
            | Setting::Collect => None,
        }
    }

    /// For how many seconds a message can be taken back.
    pub fn undo_time(&self, seconds: u32) -> String {
        match seconds {
            0 => "None: send immediately".to_owned(),
            more => format!("{more} seconds"),
        }
    }

    /// What is wrong with what was typed.
    pub fn setting_fault(&self, setting: Setting) -> &'static str {
        match setting {
            Setting::Rows => "Enter a number from 10 to 200.",
            Setting::TimeZone => "Choose a time zone, such as Europe/Brussels.",
            Setting::Theme
            | Setting::Keys
            | Setting::Marked
            | Setting::AfterDelete
            | Setting::ShowFirst
            | Setting::Reply
            | Setting::Write
            | Setting::Collect
            | Setting::Undo => "Choose one of these.",
        }
    }

    /// The same, above the form.
    pub fn setting_wrong(&self, setting: Setting) -> String {
        format!(
            "{}: {}",
            self.setting_label(setting),
            self.setting_fault(setting)
        )
    }

    /// Above a form in which something is wrong.
    pub fn settings_not_saved(&self) -> &'static str {
        "Your changes have not been saved yet."
    }

    /// Why a setting cannot be changed.
    pub fn setting_is_fixed(&self) -> &'static str {
        "Set by your provider"
    }

    /// Above a form that comes again after signing in.
    pub fn settings_to_save(&self) -> &'static str {
        "Your session had expired, so your changes have not been saved yet. Check them and save them again."
    }
}

/// What there is to choose.
impl Words {
    /// The zone that the browser of the reader tells.
    pub fn device_zone(&self, name: &str) -> String {
        format!("Same as this device ({name})")
    }

    /// The same before one has told it; without script that stays so.
    pub fn server_zone(&self, name: &str) -> String {
        format!("Automatic (server: {name})")
    }

    /// A theme.
    pub fn theme(&self, theme: Theme) -> &'static str {
        match theme {
            Theme::System => "Same as this device",
            Theme::Light => "Light",
            Theme::Dark => "Dark",
        }
    }

    /// Whether something is on.
    pub fn switched(&self, on: bool) -> &'static str {
        match on {
            true => "On",
            false => "Off",
        }
    }

    /// Whether messages are shown that are marked for removal.
    pub fn marked(&self, marked: Marked) -> &'static str {
        match marked {
            Marked::Shown => "Show, struck through",
            Marked::Hidden => "Hide",
        }
    }

    /// What follows a message that is gone.
    pub fn after_delete(&self, after: AfterDelete) -> &'static str {
        match after {
            AfterDelete::Next => "Open the next message",
            AfterDelete::Previous => "Open the previous message",
            AfterDelete::List => "Go back to the list",
        }
    }

    /// Which version of a message is shown.
    pub fn show_first(&self, version: ShowFirst) -> &'static str {
        match version {
            ShowFirst::Html => "HTML",
            ShowFirst::Text => "Plain text, if there is any",
        }
    }

    /// What messages are written in.
    pub fn write_in(&self, what: WriteIn) -> &'static str {
        match what {
            WriteIn::Plain => "Plain text",
            WriteIn::Rich => "Rich text (needs JavaScript)",
        }
    }

    /// Where an answer begins.
    pub fn reply_place(&self, place: ReplyPlace) -> &'static str {
        match place {
            ReplyPlace::Above => "Above the quoted message",
            ReplyPlace::Below => "Below the quoted message",
        }
    }
}
