//! What is configured of sending: by which server, and from which addresses.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Security, usual_security};

/// `[smtp]`: the submission server that messages are sent by (RFC 6409).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpServer {
    /// Host name or address.
    pub host: String,
    /// Port; 0 stands for the usual one of `security`.
    #[serde(default)]
    pub port: u16,
    /// How the way there is protected; not said, TLS, except on this machine.
    #[serde(default)]
    pub security: Option<Security>,
    /// PEM file with the certificate that this server is judged by, instead of the system's.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Whether the user's name and password are sent; not said, where the server asks for them.
    #[serde(default)]
    pub sign_in: Option<bool>,
}

impl SmtpServer {
    /// How the way there is protected.
    pub fn security(&self) -> Security {
        self.security.unwrap_or(usual_security(&self.host))
    }

    /// The port to connect to (RFC 8314 7.3, RFC 6409 3.1).
    pub fn port(&self) -> u16 {
        match (self.port, self.security()) {
            (0, Security::Tls) => 465,
            (0, Security::Starttls) => 587,
            (0, Security::None) => 25,
            (port, _) => port,
        }
    }
}

/// `[identities]`: which addresses messages may be sent from, beside the name that one signs in by, where that is one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Identities {
    /// Domains whose addresses everybody may use. A login without a domain gets the first.
    pub domains: Vec<String>,
    /// True where everybody may use any address.
    pub any: bool,
}

impl Identities {
    /// The address of somebody who signs in by this name; None where nobody has said which.
    pub fn usual(&self, login: &str) -> Option<String> {
        match (login.contains('@'), self.domains.first()) {
            (true, _) => Some(login.to_owned()),
            (false, Some(domain)) => Some(format!("{login}@{domain}")),
            (false, None) => None,
        }
    }

    /// True where somebody who signs in by this name may send from an address.
    pub(super) fn allows(&self, login: &str, address: &str) -> bool {
        let is_usual = self
            .usual(login)
            .is_some_and(|usual| usual.eq_ignore_ascii_case(address));
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        let is_of = |known: &String| known.eq_ignore_ascii_case(domain);
        is_usual || self.any || self.domains.iter().any(is_of)
    }

    /// True where an address has the name in it that its user signs in by, or may have any.
    pub(super) fn keeps_name(&self, login: &str, address: &str) -> bool {
        let name = |text: &str| {
            let (name, _) = text.rsplit_once('@').unwrap_or((text, ""));
            name.to_lowercase()
        };
        self.any || name(login) == name(address)
    }
}
