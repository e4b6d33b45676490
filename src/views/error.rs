//! The page that stands in for one that cannot be shown: one for each kind of error, told by how far its request got.
//!
//! Not for headers: status and `Retry-After` come from `Error`, and `Refresh` is set by whoever knows the address. To know
//! before changing it: the matches have no wildcard, so a new kind of error does not compile until somebody has decided
//! what its page says and where it leads; and what was changed is said by reach, never by the kind of error.

use maud::{Markup, html};

use super::folder::{ListPane, beside};
use super::folders::opener;
use super::icons::{Icon, icon};
use super::{Chrome, Pane, app, card};
use crate::error::{Act, Error, Failure, GoneKind, Imap, Reach};
use crate::mail::{FolderName, Role, Shortcut};
use crate::route::{Base, ListQuery, Route};
use crate::words::{ABORTED, ErrorText, LastWords, TOO_LATE, Words};

/// What an error page needs beside the error.
#[derive(Clone, Copy, Debug)]
pub struct ErrorPage<'a> {
    /// Before every address.
    pub base: &'a Base,
    /// The language.
    pub words: Words,
    /// This page's own address, base and all, where it is safe to ask for it again (a GET).
    pub again: Option<&'a str>,
    /// After so many seconds the browser asks for it again automatically.
    pub refresh: Option<u32>,
    /// The folder that the address names, with its name for people.
    pub folder: Option<(&'a str, &'a ListQuery)>,
}

/// Where an error page leads.
enum Way {
    /// To the same page.
    Again,
    /// To the same page, which would also come automatically.
    Now,
    /// To the folder that it was about, else the inbox.
    Folder,
    /// To the inbox.
    Inbox,
    /// To the sign-in form.
    SignIn,
    /// Back, by the browser's own button.
    Nowhere,
}

/// The page of a failure.
pub fn page(failure: &Failure, p: &ErrorPage) -> Markup {
    let (title, inside) = told(failure, p, None);
    card(p.base, p.words, &title, inside)
}

/// The same inside the application, beside the folders and the list.
pub fn inside(
    chrome: &Chrome,
    list: Option<&ListPane>,
    failure: &Failure,
    p: &ErrorPage,
) -> Markup {
    let words = chrome.words;
    let (title, told) = told(failure, p, Some(Way::Folder));
    let inbox = ListQuery::newest(FolderName::inbox());
    let (name, back) = match list {
        Some(list) => (list.title.as_str(), list.selection.nothing.clone()),
        None => (words.role(Role::Inbox), Route::Folder(inbox)),
    };
    let panes = html! {
        @if let Some(list) = list { (beside(chrome, list)) }
        main.message #message aria-label=(title) {
            .tools.bar {
                a.button.quiet.back href=(chrome.href(&back)) aria-keyshortcuts=[chrome.pressed_by(Shortcut::Back)] {
                    (icon(Icon::Back)) (words.back_to(name))
                }
            }
            article.failed { (told) }
            .steps.bar.bare { (opener(chrome)) }
        }
    };
    let pane = if list.is_some() {
        Pane::Message
    } else {
        Pane::Alone
    };
    app(chrome, &title, pane, panes)
}

/// What a page says of a failure, and its title. Where it leads nowhere, it leads `otherwise`.
fn told(failure: &Failure, p: &ErrorPage, otherwise: Option<Way>) -> (String, Markup) {
    let words = p.words;
    let (text, way) = text(&failure.error, words);
    let reach = &failure.reach;
    // Where something was done, or may have been, that is what the page is about, and the error comes second.
    let (title, first) = match words.changed_title(reach) {
        Some(title) => (title, format!("{}.", text.title)),
        None => (text.title, String::new()),
    };
    let way = way_after(reach).unwrap_or(way);
    let next = words.next_after_change(reach).unwrap_or(text.next);
    let is_undone = matches!(reach, Reach::Reading | Reach::Nothing);
    let changed = words.changed(reach);
    let sentences = |all: &[&str]| {
        let said: Vec<&str> = all.iter().copied().filter(|s| !s.is_empty()).collect();
        said.join(" ")
    };
    let inside = html! {
        h1 { (title) }
        div role="status" {
            @if is_undone {
                p { (sentences(&[&text.happened, &changed, text.state])) }
            } @else {
                p { (changed) }
                p { (sentences(&[&first, &text.happened, text.state])) }
            }
            @if let Some(seconds) = p.refresh {
                p { (words.reloads_in(seconds.into())) }
            } @else if matches!(way, Way::Now) && leads_nowhere(p, &way) {
                p { (words.go_back_and_repeat()) }
            }
        }
        @match otherwise.filter(|_| leads_nowhere(p, &way)) {
            Some(otherwise) => (onward(p, &otherwise)),
            None => (onward(p, &way)),
        }
        p.hint { (sentences(&[next, text.tell])) }
    };
    (title.to_owned(), inside)
}

/// What a part shows inside a page: the frame of an HTML mail, or an attachment opened in it. Parts change nothing.
pub fn part(error: &Error, p: &ErrorPage) -> Markup {
    let words = p.words;
    let (text, _) = text(error, words);
    let inside = html! {
        h1 { (words.part_not_shown()) }
        p { (text.happened) }
        @if let Some(seconds) = p.refresh { p.hint { (words.reloads_in(seconds.into())) } }
    };
    card(p.base, words, text.title, inside)
}

/// Where a page leads that was to change something: to where it can be seen whether that was done.
fn way_after(reach: &Reach) -> Option<Way> {
    match reach {
        Reach::Reading | Reach::Nothing => None,
        Reach::Perhaps(Act::SignIn) | Reach::Done(Act::SignIn) => Some(Way::SignIn),
        Reach::Perhaps(_) | Reach::Done(_) => Some(Way::Folder),
    }
}

/// The words of an error, and where its page leads.
fn text(error: &Error, words: Words) -> (ErrorText, Way) {
    match error {
        Error::BadRequest(_) => (words.bad_request(), Way::Inbox),
        Error::Forbidden(_) => (words.forbidden(), Way::Inbox),
        Error::NotSignedIn => (words.not_signed_in(), Way::SignIn),
        Error::NotFound => (words.not_found(), Way::Inbox),
        Error::WrongMethod { .. } => (words.wrong_method(), Way::Inbox),
        Error::LengthRequired => (words.length_required(), Way::Nowhere),
        Error::BodyTimeout => (words.body_timeout(), Way::Nowhere),
        Error::TooLarge { limit } => (words.too_large(*limit), Way::Nowhere),
        Error::UriTooLong => (words.uri_too_long(), Way::Inbox),
        Error::Gone(GoneKind::Folder) => (words.gone(GoneKind::Folder), Way::Inbox),
        Error::Gone(kind) => (words.gone(*kind), Way::Folder),
        Error::TooMany { .. } => (words.too_many(), Way::Now),
        Error::Busy { waited } => (words.busy(waited.as_secs()), Way::Now),
        Error::Imap(Imap::LoginRefused, _) => (words.imap(&Imap::LoginRefused), Way::SignIn),
        Error::Imap(kind, _) => (words.imap(kind), Way::Again),
        Error::ReadOnly => (words.read_only(), Way::Folder),
        Error::OverQuota => (words.over_quota(), Way::Folder),
        Error::DiskFull(_) => (words.disk_full(), Way::Again),
        Error::Setup(..) => (words.setup(), Way::Again),
        Error::Profile(_) => (words.profile(), Way::Folder),
        Error::Internal(_) => (words.internal(), Way::Again),
    }
}

/// True where only the browser's own button leads on: to a form that was filled in.
fn leads_nowhere(p: &ErrorPage, way: &Way) -> bool {
    match way {
        Way::Nowhere => true,
        Way::Now => p.again.is_none(),
        Way::Again | Way::Folder | Way::Inbox | Way::SignIn => false,
    }
}

fn onward(p: &ErrorPage, way: &Way) -> Markup {
    let words = p.words;
    let inbox = ListQuery::newest(FolderName::inbox());
    let to_inbox = (words.role(Role::Inbox), &inbox);
    let link = |label: String, href: String| html! { a.button.primary href=(href) { (label) } };
    let folder = |(title, query): (&str, &ListQuery)| {
        link(
            words.open_folder(title),
            Route::Folder(query.clone()).href(p.base),
        )
    };
    match (way, p.again) {
        (Way::Again, Some(again)) => link(words.try_again().to_owned(), again.to_owned()),
        (Way::Now, Some(again)) => link(words.try_now().to_owned(), again.to_owned()),
        (Way::SignIn, _) => {
            let form = Route::SignInForm {
                to: String::new(),
                out: false,
            };
            link(words.sign_in().to_owned(), form.href(p.base))
        }
        // A form that failed leads to the folder that it was about: its own address cannot be asked for again.
        (Way::Again | Way::Folder, _) => folder(p.folder.unwrap_or(to_inbox)),
        (Way::Inbox, _) => folder(to_inbox),
        (Way::Now | Way::Nowhere, _) => html! {},
    }
}

/// The whole answer of a request that has run out of time and can make none any more. It is written by a signal
/// handler, so all of it is put together by the compiler; it links nothing, because no address can be worked out.
pub static HARD_DEADLINE: &[u8] = &joined::<{ length(&TOO_LATE_PIECES) }>(&TOO_LATE_PIECES);
/// The same for a process that is aborted.
pub static ABORT: &[u8] = &joined::<{ length(&ABORTED_PIECES) }>(&ABORTED_PIECES);

const TOO_LATE_PIECES: [&str; 13] = pieces("503 Service Unavailable\r\nRetry-After: 5", &TOO_LATE);
const ABORTED_PIECES: [&str; 13] = pieces("500 Internal Server Error", &ABORTED);

/// A CGI answer with this status (and header fields behind it).
const fn pieces(status: &'static str, words: &LastWords) -> [&'static str; 13] {
    [
        "Status: ",
        status,
        "\r\n\
         Content-Type: text/html; charset=utf-8\r\n\
         Cache-Control: no-store\r\n\
         Content-Security-Policy: default-src 'none'; frame-ancestors 'self'\r\n\
         X-Content-Type-Options: nosniff\r\n\
         \r\n\
         <!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>",
        words.title,
        "</title></head><body><main><h1>",
        words.title,
        "</h1><p>",
        words.happened,
        "</p><p>",
        words.kept,
        "</p><p>",
        words.next,
        "</p></main></body></html>\n",
    ]
}

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
    use crate::error::samples::{errors, reaches};

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

    fn made(error: &Error, reach: &Reach) -> String {
        let again = (*reach == Reach::Reading).then_some("/x");
        let failure = Failure {
            error: error.clone(),
            reach: reach.clone(),
        };
        page(&failure, &given(again, None)).into_string()
    }

    #[test]
    fn every_kind_has_a_page_that_keeps_its_cause_to_itself() {
        for error in errors() {
            let mut pages: Vec<String> = reaches().iter().map(|r| made(&error, r)).collect();
            pages.push(part(&error, &given(None, None)).into_string());
            for made in pages {
                assert_eq!(made.matches("<h1>").count(), 1, "{error:?}");
                assert_eq!(made.matches("<main").count(), 1, "{error:?}");
                assert!(!made.contains("SECRET"), "{error:?}");
                assert!(!made.contains("<i>"), "{error:?}");
            }
        }
    }

    /// Words by which a page would say that nothing was done, or that it is to be done again.
    const UNDONE: [&str; 6] = [
        "othing was",
        "not changed",
        "not saved",
        "not done",
        "Try again",
        "Go back",
    ];

    #[test]
    fn what_a_page_says_of_its_change_follows_from_reach_alone() {
        for error in errors() {
            for reach in reaches() {
                let made = made(&error, &reach);
                let says = |words: &str| made.contains(words);
                let what = || format!("{error:?} {reach:?}: {made}");
                let unchanged = says("Nothing was changed.");
                assert_eq!(unchanged, reach == Reach::Nothing, "{}", what());
                match &reach {
                    // Not a word on changes: there was none to be made.
                    Reach::Reading => assert!(!says("changed."), "{}", what()),
                    Reach::Nothing => {}
                    Reach::Perhaps(_) => {
                        assert!(says("This may not have been done"), "{}", what());
                        assert!(says("Check before you try again."), "{}", what());
                        assert!(says("may"), "{}", what());
                    }
                    Reach::Done(act) => {
                        let done = Words::ENGLISH.done(act);
                        assert!(says(&done), "{}", what());
                        assert!(says("You do not need to do it again."), "{}", what());
                        assert!(!UNDONE.iter().any(|words| says(words)), "{}", what());
                    }
                }
                if matches!(reach, Reach::Perhaps(_) | Reach::Done(_)) {
                    // What happened stands below it, and the way leads to where it can be seen.
                    let (text, _) = text(&error, Words::ENGLISH);
                    let second = html! { (text.title) ". " (text.happened) }.into_string();
                    assert!(says(&second) && says("<a class=\"button"), "{}", what());
                }
            }
        }
    }

    #[test]
    fn no_text_of_an_error_says_what_was_done() {
        for error in errors() {
            let (text, _) = text(&error, Words::ENGLISH);
            let said = format!(
                "{} {} {} {}",
                text.title, text.happened, text.state, text.tell
            );
            for words in UNDONE
                .into_iter()
                .chain(["was done", "was changed", "saved"])
            {
                assert!(!said.contains(words), "{error:?}: {said}");
            }
            assert!(!text.title.ends_with('.') && !text.title.is_empty());
            assert!(!text.next.is_empty() || !text.tell.is_empty(), "{error:?}");
        }
    }

    #[test]
    fn a_page_that_comes_again_says_when_and_a_refused_form_says_what_to_do() {
        let crowded = |reach| Failure {
            error: Error::TooMany { retry: 2 },
            reach,
        };
        let given_again = given(Some("/folder?f=a&again=1"), Some(1));
        let waiting = page(&crowded(Reach::Reading), &given_again).into_string();
        assert!(waiting.contains("reloads automatically in 1 second."));
        assert!(waiting.contains("href=\"/folder?f=a&amp;again=1\""));
        let refused = page(&crowded(Reach::Nothing), &given(None, None)).into_string();
        assert!(refused.contains(Words::ENGLISH.go_back_and_repeat()));
        assert!(!refused.contains("<a "));
    }

    #[test]
    fn a_ready_made_page_is_a_whole_answer() {
        for (page, status, words) in [(HARD_DEADLINE, 503, TOO_LATE), (ABORT, 500, ABORTED)] {
            let text = str::from_utf8(page).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with(&format!("Status: {status} ")) && head.is_ascii());
            assert!(head.lines().all(|line| line.contains(": ")));
            assert!(body.starts_with("<!DOCTYPE html>") && body.ends_with("</html>\n"));
            assert!(body.contains(words.next) && !text.contains('\0'));
        }
    }
}
