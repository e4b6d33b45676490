//! What the page of one's sessions says: a session is called a browser there, since that is what a reader sees of it.

use super::Words;

impl Words {
    /// Title of the page, and the link to it.
    pub fn sessions(&self) -> &'static str {
        "Signed-in browsers"
    }

    /// What the page is for.
    pub fn about_sessions(&self) -> &'static str {
        "You are signed in with these browsers. If you do not recognise one, sign it out and change your password."
    }

    /// Ends all sessions.
    pub fn sign_out_everywhere(&self) -> &'static str {
        "Sign out everywhere"
    }

    /// Ends one session, for readers of the button who cannot see the row that it is in.
    pub fn sign_out_of(&self, browser: &str) -> String {
        format!("Sign out: {browser}")
    }

    /// The session that is looking.
    pub fn this_browser(&self) -> &'static str {
        "This browser"
    }

    /// What a browser is called; either may be empty.
    pub fn browser(&self, name: &str, system: &str) -> String {
        match (name, system) {
            ("", "") => "Unknown browser".to_owned(),
            ("", system) => format!("Browser on {system}"),
            (name, "") => name.to_owned(),
            (name, system) => format!("{name} on {system}"),
        }
    }

    /// When a session began, and from which address, if that is known.
    pub fn signed_in_at(&self, when: &str, address: &str) -> String {
        match address {
            "" => format!("Signed in: {when}"),
            address => format!("Signed in: {when}, from {address}"),
        }
    }

    /// When a session was last used.
    pub fn last_used(&self, when: &str) -> String {
        format!("Last used: {when}")
    }
}
