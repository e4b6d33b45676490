//! The page that stands in for one that cannot be shown; one for each kind of error.
//!
//! Not for headers: the status comes from `Error::status`, and `Refresh` is set by whoever knows the address. To know
//! before changing it: the match has no wildcard, so a new kind of error does not compile until somebody has decided
//! what its page says and where it leads.

use maud::{Markup, html};

use super::card;
use crate::error::{Error, Imap, What};
use crate::mail::{FolderName, Role};
use crate::route::{Base, FolderQuery, Route};
use crate::words::{Told, Words, hard_deadline};

/// What an error page needs beside the error.
#[derive(Clone, Copy, Debug)]
pub struct ErrorPage<'a> {
    /// Before every address.
    pub base: &'a Base,
    /// The language.
    pub words: Words,
    /// This page's own address, base and all, where it is safe to ask for it again (a GET).
    pub again: Option<&'a str>,
    /// After so many seconds the browser asks for it again by itself.
    pub refresh: Option<u32>,
    /// The folder that the address names, with its name for people.
    pub folder: Option<(&'a str, &'a FolderQuery)>,
}

/// Where an error page leads.
enum Way {
    /// To the same page.
    Again,
    /// To the same page, which would also come by itself.
    Now,
    /// To the folder that it was about, else the inbox.
    Folder,
    /// To the inbox.
    Inbox,
    /// To the sign-in form, and from there to a page.
    SignIn(String),
    /// Back, by the browser's own button.
    Nowhere,
}

/// The page of an error.
pub fn page(error: &Error, p: &ErrorPage) -> Markup {
    let words = p.words;
    let (told, way) = told(error, words);
    let inside = html! {
        h1 { (told.title) }
        div role="status" {
            p { (told.happened) " " (told.kept) }
            @if let Some(seconds) = p.refresh {
                p { (words.tries_again_in(seconds.into())) }
            } @else if matches!(way, Way::Now) && p.again.is_none() {
                p { (words.go_back_and_repeat()) }
            }
        }
        (onward(p, &way))
        p.hint { (told.next) }
    };
    card(p.base, words, told.title, inside)
}

/// What a part shows inside a page: the frame of an HTML mail, or an attachment opened in it.
pub fn part(error: &Error, p: &ErrorPage) -> Markup {
    let words = p.words;
    let (told, _) = told(error, words);
    let inside = html! {
        h1 { (words.part_not_shown()) }
        p { (told.happened) }
        @if let Some(seconds) = p.refresh { p.hint { (words.tries_again_in(seconds.into())) } }
    };
    card(p.base, words, told.title, inside)
}

/// The words of an error, and where its page leads.
fn told(error: &Error, words: Words) -> (Told, Way) {
    match error {
        Error::BadRequest(_) => (words.bad_request(), Way::Inbox),
        Error::Forbidden(_) => (words.forbidden(), Way::Inbox),
        Error::NotSignedIn { back } => (words.not_signed_in(), Way::SignIn(back.clone())),
        Error::NotFound => (words.not_found(), Way::Inbox),
        Error::WrongMethod { .. } => (words.wrong_method(), Way::Inbox),
        Error::LengthRequired => (words.length_required(), Way::Nowhere),
        Error::BodyTimeout => (words.body_timeout(), Way::Nowhere),
        Error::TooLarge { limit } => (words.too_large(*limit), Way::Nowhere),
        Error::UriTooLong => (words.uri_too_long(), Way::Inbox),
        Error::Gone(What::Folder) => (words.gone(What::Folder), Way::Inbox),
        Error::Gone(what) => (words.gone(*what), Way::Folder),
        Error::TooMany { .. } => (words.too_many(), Way::Now),
        Error::Busy { waited } => (words.busy(waited.as_secs()), Way::Now),
        Error::Imap(Imap::LoginRefused, _) => {
            (words.imap(&Imap::LoginRefused), Way::SignIn(String::new()))
        }
        Error::Imap(kind, _) => (words.imap(kind), Way::Again),
        Error::OverQuota => (words.over_quota(), Way::Folder),
        Error::DiskFull(_) => (words.disk_full(), Way::Again),
        Error::Setup(_) => (words.setup(), Way::Again),
        Error::Profile(_) => (words.profile(), Way::Folder),
        Error::Insecure => (words.insecure(), Way::Nowhere),
        Error::Internal(_) => (words.internal(), Way::Again),
    }
}

fn onward(p: &ErrorPage, way: &Way) -> Markup {
    let words = p.words;
    let inbox = FolderQuery::newest(FolderName::inbox());
    let to_inbox = (words.role(Role::Inbox), &inbox);
    let link = |label: String, href: String| html! { a.button.primary href=(href) { (label) } };
    let folder = |(title, query): (&str, &FolderQuery)| {
        link(
            words.open_folder(title),
            Route::Folder(query.clone()).href(p.base),
        )
    };
    match (way, p.again) {
        (Way::Again, Some(again)) => link(words.try_again().to_owned(), again.to_owned()),
        (Way::Now, Some(again)) => link(words.try_now().to_owned(), again.to_owned()),
        (Way::SignIn(to), _) => {
            let form = Route::SignInForm {
                to: to.clone(),
                out: false,
            };
            link(words.sign_in().to_owned(), form.href(p.base))
        }
        (Way::Folder, _) => folder(p.folder.unwrap_or(to_inbox)),
        (Way::Inbox, _) => folder(to_inbox),
        (Way::Again | Way::Now | Way::Nowhere, _) => html! {},
    }
}

/// The whole answer of a request that has run out of time and can make none any more. It is written by a signal
/// handler, so all of it is put together by the compiler; it links nothing, because no address can be worked out.
pub static HARD_DEADLINE: &[u8] = &joined::<{ length(HARD_DEADLINE_PIECES) }>(HARD_DEADLINE_PIECES);

const HARD_DEADLINE_PIECES: &[&str] = &[
    "Status: 503 Service Unavailable\r\n\
     Content-Type: text/html; charset=utf-8\r\n\
     Cache-Control: no-store\r\n\
     Content-Security-Policy: default-src 'none'; frame-ancestors 'self'\r\n\
     X-Content-Type-Options: nosniff\r\n\
     Retry-After: 5\r\n\
     \r\n\
     <!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
     <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
     <meta name=\"color-scheme\" content=\"light dark\"><title>",
    hard_deadline::TITLE,
    "</title></head><body><main><h1>",
    hard_deadline::TITLE,
    "</h1><p>",
    hard_deadline::HAPPENED,
    "</p><p>",
    hard_deadline::KEPT,
    "</p><p>",
    hard_deadline::NEXT,
    "</p></main></body></html>\n",
];

const fn length(pieces: &[&str]) -> usize {
    let mut sum = 0;
    let mut i = 0;
    while i < pieces.len() {
        sum += pieces[i].len();
        i += 1;
    }
    sum
}

const fn joined<const N: usize>(pieces: &[&str]) -> [u8; N] {
    let mut whole = [0; N];
    let (mut at, mut i) = (0, 0);
    while i < pieces.len() {
        let piece = pieces[i].as_bytes();
        let mut j = 0;
        while j < piece.len() {
            whole[at] = piece[j];
            at += 1;
            j += 1;
        }
        i += 1;
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Cause, Said};
    use std::time::Duration;

    fn every_kind() -> Vec<Error> {
        let cause = || Cause::new("/home/u/.postern: SECRET <cause>");
        let imap = [
            Imap::Unreachable,
            Imap::Certificate,
            Imap::Refused(Said::new(b"<i>No</i>\r\nentry")),
            Imap::Goodbye(Said::default()),
            Imap::Timeout,
            Imap::Garbled,
            Imap::LoginRefused,
            Imap::LoginLater,
        ];
        let gone = [What::Folder, What::Message, What::Numbering, What::Part];
        let mut all = vec![
            Error::BadRequest("f"),
            Error::Forbidden("token"),
            Error::NotSignedIn {
                back: "/message?u=1&v=2".to_owned(),
            },
            Error::NotFound,
            Error::WrongMethod { allow: "GET, HEAD" },
            Error::LengthRequired,
            Error::BodyTimeout,
            Error::TooLarge { limit: 65_536 },
            Error::UriTooLong,
            Error::TooMany { retry: 2 },
            Error::Busy {
                waited: Duration::from_secs(10),
            },
            Error::OverQuota,
            Error::DiskFull(cause()),
            Error::Setup(cause()),
            Error::Profile(cause()),
            Error::Insecure,
            Error::Internal(cause()),
        ];
        all.extend(imap.map(|kind| Error::Imap(kind, cause())));
        all.extend(gone.map(Error::Gone));
        all
    }

    fn given(again: Option<&'static str>, refresh: Option<u32>) -> ErrorPage<'static> {
        static ROOT: Base = Base(String::new());
        ErrorPage {
            base: &ROOT,
            words: Words::ENGLISH,
            again,
            refresh,
            folder: None,
        }
    }

    #[test]
    fn every_kind_has_a_page_that_keeps_its_cause_to_itself() {
        for error in every_kind() {
            for made in [
                page(&error, &given(Some("/x"), None)),
                part(&error, &given(None, None)),
            ] {
                let made = made.into_string();
                assert_eq!(made.matches("<h1>").count(), 1, "{error:?}");
                assert_eq!(made.matches("<main").count(), 1, "{error:?}");
                assert!(!made.contains("SECRET"), "{error:?}");
                assert!(!made.contains("<i>"), "{error:?}");
            }
        }
    }

    #[test]
    fn a_page_that_comes_again_says_when_and_a_refused_form_says_what_to_do() {
        let crowded = Error::TooMany { retry: 2 };
        let waiting = page(&crowded, &given(Some("/folder?f=a&again=1"), Some(1))).into_string();
        assert!(waiting.contains("tries again by itself in 1 second."));
        assert!(waiting.contains("href=\"/folder?f=a&amp;again=1\""));
        let refused = page(&crowded, &given(None, None)).into_string();
        assert!(refused.contains(Words::ENGLISH.go_back_and_repeat()));
        assert!(!refused.contains("<a "));
    }

    #[test]
    fn signing_in_leads_back_to_where_one_was() {
        let error = Error::NotSignedIn {
            back: "/message?u=1&v=2".to_owned(),
        };
        let page = page(&error, &given(None, None)).into_string();
        assert!(
            page.contains("/sign-in?to=%2Fmessage%3Fu%3D1%26v%3D2"),
            "{page}"
        );
    }

    #[test]
    fn the_ready_made_page_is_a_whole_answer() {
        let text = str::from_utf8(HARD_DEADLINE).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("Status: 503 ") && head.is_ascii());
        assert!(head.lines().all(|line| line.contains(": ")));
        assert!(body.starts_with("<!DOCTYPE html>") && body.ends_with("</html>\n"));
        assert!(body.contains(hard_deadline::NEXT) && !text.contains('\0'));
    }
}
