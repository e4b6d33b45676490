//! The three ways in which browsers lay out a document, by its doctype (WHATWG HTML 13.2.6.4.1).
//!
//! A mail is shown in its own one: in another, slices of a picture have gaps, and tables their text in another size.

use html5ever::tokenizer::Doctype;
use maud::{Markup, PreEscaped};
use serde::{Deserialize, Serialize};

/// How browsers lay out a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Mode {
    /// As browsers did before there were standards.
    Quirks,
    /// By the standards, but for lines of cells that hold nothing but a picture.
    LimitedQuirks,
    /// By the standards.
    Standards,
}

/// Public identifiers of what browsers understood otherwise, by how they begin.
const OLD: [&str; 22] = [
    "+//silmaril//",
    "-//as//",
    "-//advasoft ltd//",
    "-//ietf//dtd html",
    "-//metrius//",
    "-//microsoft//dtd internet explorer",
    "-//netscape comm. corp.//",
    "-//o'reilly and associates//",
    "-//softquad",
    "-//spyglass//",
    "-//sq//",
    "-//sun microsystems corp.//",
    "-//w3c//dtd html 3",
    "-//w3c//dtd html 4.0 frameset//",
    "-//w3c//dtd html 4.0 transitional//",
    "-//w3c//dtd html experimental",
    "-//w3c//dtd w3 html 3.0//",
    "-//w3o//dtd w3 html",
    "-//webtechs//",
    "-/w3c/dtd html 4.0 transitional/en",
    "html 4",
    "-//w3c//dtd html 2",
];
/// The same of what is nearly by the standards, and of what is only where a system identifier stands beside it.
const TRANSITIONAL: [&str; 2] = [
    "-//w3c//dtd xhtml 1.0 frameset//",
    "-//w3c//dtd xhtml 1.0 transitional//",
];
const TRANSITIONAL_HTML: [&str; 2] = [
    "-//w3c//dtd html 4.01 frameset//",
    "-//w3c//dtd html 4.01 transitional//",
];
/// A system identifier of what browsers understood otherwise.
const OLD_SYSTEM: &str = "http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd";

impl Mode {
    /// What a doctype says.
    pub(super) fn of(doctype: &Doctype) -> Mode {
        let lower = |id: &Option<html5ever::tendril::StrTendril>| {
            id.as_ref().map(|id| id.to_ascii_lowercase())
        };
        let (public, system) = (lower(&doctype.public_id), lower(&doctype.system_id));
        let name = doctype.name.as_deref().unwrap_or_default();
        let begins = |with: &[&str]| {
            let public = public.as_deref().unwrap_or_default();
            with.iter().any(|begin| public.starts_with(begin))
        };
        let is_old = doctype.force_quirks
            || !name.eq_ignore_ascii_case("html")
            || begins(&OLD)
            || public.as_deref() == Some("html")
            || system.as_deref() == Some(OLD_SYSTEM)
            || (system.is_none() && begins(&TRANSITIONAL_HTML));
        match is_old {
            true => Mode::Quirks,
            false if begins(&TRANSITIONAL) || begins(&TRANSITIONAL_HTML) => Mode::LimitedQuirks,
            false => Mode::Standards,
        }
    }

    /// A doctype that says it.
    pub(super) fn doctype(self) -> Markup {
        PreEscaped(
            match self {
                Mode::Quirks => "",
                Mode::LimitedQuirks => {
                    "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">"
                }
                Mode::Standards => "<!DOCTYPE html>",
            }
            .to_owned(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::{Show, documents};

    #[test]
    fn a_mail_is_laid_out_as_its_doctype_says() {
        let transitional = "-//W3C//DTD XHTML 1.0 Transitional//EN";
        for (html, mode) in [
            ("<!DOCTYPE html><p>x".to_owned(), Mode::Standards),
            ("\n<!doctype HTML>\n<p>x".to_owned(), Mode::Standards),
            ("<!-- x --><!DOCTYPE html SYSTEM \"about:legacy-compat\"><p>x".to_owned(), Mode::Standards),
            ("<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01//EN\"><p>x".to_owned(), Mode::Standards),
            (format!("<!DOCTYPE html PUBLIC \"{transitional}\"><p>x"), Mode::LimitedQuirks),
            ("<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\" \"http://www.w3.org/TR/html4/loose.dtd\"><p>x".to_owned(), Mode::LimitedQuirks),
            ("<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\"><p>x".to_owned(), Mode::Quirks),
            ("<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.0 Transitional//EN\"><p>x".to_owned(), Mode::Quirks),
            ("<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\"><p>x".to_owned(), Mode::Quirks),
            ("<!DOCTYPE other><p>x".to_owned(), Mode::Quirks),
            ("<p>x<!DOCTYPE html>".to_owned(), Mode::Quirks),
            ("<p>x".to_owned(), Mode::Quirks),
        ] {
            let how = Show {
                work: &crate::work::Work::default(),
                remote: false,
                inline: &|_| None,
                own_origin: None,
                write_to: None,
                within: None,
                sought: &crate::mail::Sought::default(),
            };
            assert_eq!(documents(&[&html], &how).mode, mode, "{html}");
        }
    }
}
