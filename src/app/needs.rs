//! The table of routes: for each, who may ask for it, what answers it, and everything else that `app` has to know about it.
//!
//! Read it from top to bottom: one arm of `needs` is one route. Not for what an action does, nor for how an address is
//! spelled (`route`). To know before changing it: the match has no wildcard, so a new route does not compile until it has
//! an arm here; a POST is an `act`, and one that is not ends in an error at its first try.

use std::time::Duration;

use super::{Asked, Door};
use crate::actions::login::SignInFields;
use crate::actions::{
    self, Done, Visit, about, compose, conversation, folder, folder_options, folder_settings,
    folders, identity_pages, import, labels, login, message, messages, part, people, picture,
    preferences, print, rich, searches, sender, sessions, settings, telling, templates, unsent,
};
use crate::assets;
use crate::error::{Cause, Error, Result};
use crate::gate::Waiter;
use crate::mail::{FolderName, ListId};
use crate::outbox::{FormId, Kept};
use crate::request::Head;
use crate::request::body::BodyLimit;
use crate::request::form::Form;
use crate::request::multipart::TEXT_BYTES;
use crate::response::Response;
use crate::route::{self, FoldersQuery, ListQuery, MessageQuery, Route};
use crate::views::login::Reason;

/// How long signing out may wait for the mail server to be told what was read.
const COURTESY: Duration = Duration::from_secs(2);

/// The longest form with files to be taken in, in bytes.
const IMPORT_BYTES: u64 = 500 * 1024 * 1024;

/// The longest form of a message that is written, in bytes: the most that a hoster can allow, and room for the text.
const COMPOSE_BYTES: u64 = 132 * 1024 * 1024;

/// What a route needs.
pub struct Needs<'r> {
    /// Who may ask, and what answers.
    pub who: Who<'r>,
    /// How it waits at the gate.
    waits: Waiter,
    /// The largest body it takes, from a browser whose cookie is ours.
    pub body: BodyLimit,
    /// What another site's page may do with it.
    pub elsewhere: Elsewhere,
    /// What stands in its place when it fails.
    pub fails_as: FailsAs,
    /// Where one goes on after signing in, when the session had ended.
    pub back: Back<'r>,
    /// Whether the mail server is asked again if it still accepts the session.
    asks: Asks,
    /// How long it may wait for the mail server at most, where that is less than the request's own deadline.
    pub patience: Option<Duration>,
}

/// Who may ask for a route, and what answers it.
pub enum Who<'r> {
    /// Anybody: it is in the binary, and nothing on the disk is touched.
    Anyone(File<'r>),
    /// Anybody: the state directory is needed, nothing of a user is.
    Stranger(AtTheDoor<'r>),
    /// Anybody, by the sign-in form, whose token has to be ours: a flow of its own (`sign_in`).
    FormToken,
    /// Who has a session; a POST carries its token.
    Session(Action<'r>),
}

/// What answers with a file of the program's own.
type File<'r> = Box<dyn FnOnce() -> Result<Response> + 'r>;

/// What answers somebody who has no session.
type AtTheDoor<'r> = Box<dyn FnOnce(&Asked, &Door) -> Result<Response> + 'r>;

/// What answers a request behind the gate.
pub type Action<'r> = Box<dyn FnOnce(&mut Visit) -> Result<Done> + 'r>;

/// What shows a form again whose session had ended.
pub type Resume<'r> = Box<dyn FnOnce(&mut Visit, &Kept) -> Result<Done> + 'r>;

/// What another site's page, a mail, or an address that somebody made up may do with a route.
pub enum Elsewhere {
    /// Use it as it likes.
    Loads,
    /// Open it as a page, which shows whose it is.
    Opens,
    /// Open this page in its place: nothing that the user did not ask for is loaded or stands alone in the window.
    OpensInstead(Box<Route>),
    /// Nothing.
    Nothing,
}

/// What stands in the place of an answer that cannot be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailsAs {
    /// A page that says so and where to go from there, or the sign-in form.
    Page,
    /// A line inside a page that is being looked at; never the sign-in form.
    Part,
}

/// Whether the mail server is asked if it still accepts a session that it has not accepted for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// It is asked, before anything is shown or done.
    Anew,
    /// It is not: a part of a page is shown as long as that page may be.
    AsPart,
    /// It is not: nothing of the mail is shown.
    Nothing,
    /// It is not: where it would have to be, nothing is shown.
    Ahead,
}

/// Where one goes on after signing in.
pub enum Back<'r> {
    /// To what was asked for.
    SamePage,
    /// To the form, which is carried along: it is not taken without being shown again.
    Carry {
        /// Shows it again: as a question, or as the form that it was.
        show: Resume<'r>,
        /// Where one goes on if nothing could be carried, by the form.
        otherwise: fn(&Form) -> Route,
    },
    /// To this page. What was to be done is neither carried nor said to be done.
    Page(Route),
    /// Nowhere: it was to end the session, which has ended.
    SignedOut,
}

/// What a route needs.
pub fn needs(route: &Route) -> Needs<'_> {
    match route {
        Route::Folder(query) => {
            let needs = Needs::page(|visit| folder::show(visit, query));
            match query.list.is_compared() {
                true => needs,
                // Nobody else makes the mail server search, nor learns from how long that takes what is in the mail.
                false => needs.but_elsewhere(Route::Folder(ListQuery::newest(
                    query.list.folder().clone(),
                ))),
            }
        }
        Route::Folders(query) => Needs::page(|visit| folders::all(visit, query)),
        Route::FolderOptions(query) => Needs::page(|visit| folder_options::show(visit, query)),
        Route::ChangeFolder => Needs {
            back: Back::Carry {
                show: Box::new(folder_options::ask),
                otherwise: folder_options::page_of,
            },
            ..Needs::act(folder_options::change)
        },
        Route::SetFolder => Needs {
            back: Back::Carry {
                show: Box::new(folder_settings::ask),
                otherwise: folder_settings::page_of,
            },
            ..Needs::act(folder_settings::set)
        },
        Route::Look { page, state } => Needs::look(|visit| folder::look(visit, page, state)),
        Route::KeepSearch => Needs {
            back: Back::Carry {
                show: Box::new(searches::ask),
                otherwise: searches::page_of,
            },
            ..Needs::act(searches::keep)
        },
        Route::Import(folder) => Needs::page(|visit| import::show(visit, folder)),
        Route::TakeIn => Needs {
            body: BodyLimit::form(IMPORT_BYTES),
            back: Back::Page(Route::Folders(FoldersQuery::default())),
            ..Needs::act(import::take_in)
        },
        Route::Unsent => Needs::page(unsent::show),
        Route::Autosave => Needs {
            waits: Waiter::Background,
            body: BodyLimit::form(TEXT_BYTES),
            asks: Asks::Nothing,
            fails_as: FailsAs::Part,
            back: Back::Page(Route::Unsent),
            ..Needs::act(compose::autosave)
        },
        Route::Quote(source) => Needs::part(|visit| rich::quote(visit, source)),
        Route::Compose(query) => Needs::page(|visit| compose::show(visit, query)),
        Route::Write => Needs {
            body: BodyLimit {
                is_shown_again: true,
                ..BodyLimit::form(COMPOSE_BYTES)
            },
            back: Back::Carry {
                show: Box::new(compose::again),
                otherwise: compose::page_of,
            },
            ..Needs::act(compose::write)
        },
        Route::Tell => Needs {
            back: Back::Page(Route::Folder(ListQuery::newest(FolderName::inbox()))),
            ..Needs::act(telling::tell)
        },
        Route::Message(query) => {
            Needs::page(|visit| conversation::show(visit, query)).but_elsewhere(plain(query))
        }
        Route::Print(query) => {
            Needs::page(|visit| print::show(visit, query)).but_elsewhere(plain(query))
        }
        Route::Headers { message, inside } => {
            Needs::page(|visit| about::headers(visit, message, inside))
        }

        Route::Frame(query) => Needs::part(|visit| message::frame(visit, query)),
        Route::Part {
            message,
            nested,
            open,
        } => Needs::part(|visit| part::part(visit, message, nested, *open)),
        Route::Picture {
            message,
            inside,
            nested,
        } => Needs::page(|visit| picture::show(visit, message, inside, nested)),
        Route::Attachments { message } => Needs::part(|visit| part::attachments(visit, message)),
        Route::Source {
            message,
            save: true,
        } => Needs::part(|visit| part::source(visit, message)),
        Route::Source {
            message,
            save: false,
        } => Needs::page(|visit| about::source(visit, message)),

        Route::Sender => Needs {
            back: Back::Carry {
                show: Box::new(sender::ask),
                otherwise: sender::page_of,
            },
            ..Needs::act(sender::change)
        },
        Route::Messages => Needs {
            back: Back::Carry {
                show: Box::new(messages::ask),
                otherwise: messages::page_of,
            },
            ..Needs::act(messages::act)
        },
        Route::Labels => Needs::page(labels::show),
        Route::EditLabel => Needs {
            back: Back::Page(Route::Labels),
            ..Needs::act(labels::change)
        },
        Route::Keys => Needs::page(preferences::keys),
        Route::SetPreference => Needs {
            back: Back::Page(Route::Keys),
            ..Needs::act(preferences::set)
        },
        Route::Identities => Needs::page(identity_pages::list),
        Route::Identity(place) => Needs::page(|visit| identity_pages::show(visit, *place)),
        Route::EditIdentity => Needs {
            back: Back::Carry {
                show: Box::new(identity_pages::again),
                otherwise: |_| Route::Identities,
            },
            ..Needs::act(identity_pages::edit)
        },
        Route::Templates => Needs::page(templates::list),
        Route::EditTemplate => Needs {
            back: Back::Page(Route::Templates),
            ..Needs::act(templates::edit)
        },
        Route::People { ask } => Needs::page(|visit| people::list(visit, *ask)),
        Route::Suggest { find } => Needs::look(|visit| people::suggest(visit, find)),
        Route::EditPeople => Needs {
            back: Back::Page(Route::People { ask: false }),
            ..Needs::act(people::edit)
        },
        Route::Settings => Needs::page(settings::show),
        Route::SaveSettings => Needs {
            back: Back::Carry {
                show: Box::new(settings::again),
                otherwise: |_| Route::Settings,
            },
            ..Needs::act(settings::save)
        },
        Route::SignOut => Needs {
            back: Back::SignedOut,
            asks: Asks::Nothing,
            patience: Some(COURTESY),
            ..Needs::act(login::sign_out)
        },

        Route::Sessions => Needs::page(sessions::show),
        Route::EndSession => Needs {
            back: Back::Page(Route::Sessions),
            ..Needs::act(sessions::end_one)
        },
        Route::EndAllSessions => Needs {
            back: Back::Page(Route::Sessions),
            asks: Asks::Nothing,
            ..Needs::act(sessions::end_all)
        },

        Route::Resume { form } => Needs::page(move |visit| resume(visit, form)),

        Route::SignInForm { to, out } => Needs {
            elsewhere: Elsewhere::Opens,
            ..Needs::public(Who::Stranger(Box::new(|asked, door| {
                let reason = out.then_some(Reason::SignedOut);
                Ok(asked.sign_in_form(
                    door,
                    200,
                    SignInFields {
                        to,
                        reason,
                        ..SignInFields::default()
                    },
                ))
            })))
        },
        Route::SignIn => Needs {
            waits: Waiter::Act,
            body: BodyLimit::FORM,
            ..Needs::public(Who::FormToken)
        },
        Route::Asset { hash, name } => Needs::file(move || {
            let asset = assets::asset(name).ok_or(Error::NotFound)?;
            Ok(Response::asset(asset, asset.hash() == hash))
        }),
        Route::Robots => Needs::file(|| Ok(Response::asset(&assets::ROBOTS, false))),
        Route::Favicon => Needs::file(|| Ok(Response::asset(&assets::FAVICON, false))),
    }
}

/// A message as a link from elsewhere opens it: in its folder, with nothing loaded that the user did not ask for.
fn plain(query: &MessageQuery) -> Route {
    Route::Message(MessageQuery {
        remote: false,
        list: ListId::of_folder(query.message.folder.clone()),
        ..query.clone()
    })
}

/// Shows a kept form again: what its route names shows it.
///
/// # Errors
/// Those of the action; `Internal` where its route does not say how.
fn resume(visit: &mut Visit, form: &str) -> Result<Done> {
    let kept = match FormId::from_text(form) {
        Some(id) => visit.outbox.open(id, &visit.session.data.key)?,
        None => None,
    };
    let Some(kept) = kept else {
        return Ok(actions::resume::gone(visit));
    };
    let route = Route::posted_to(&kept.target).ok_or(Error::NotFound)?;
    match needs(&route).back {
        Back::Carry { show, .. } => show(visit, &kept),
        Back::SamePage | Back::Page(_) | Back::SignedOut => {
            Err(Error::Internal(Cause::new("a form that is not carried")))
        }
    }
}

impl<'r> Needs<'r> {
    /// A GET: a click shows it, a newer one may take its place in the queue, and a link from elsewhere may lead to it.
    fn page(show: impl FnOnce(&mut Visit) -> Result<Done> + 'r) -> Needs<'r> {
        Needs {
            who: Who::Session(Box::new(show)),
            waits: Waiter::Page,
            body: BodyLimit::NONE,
            elsewhere: Elsewhere::Opens,
            fails_as: FailsAs::Page,
            back: Back::SamePage,
            asks: Asks::Anew,
            patience: None,
        }
    }

    /// A GET of what belongs to a page that is being looked at.
    fn part(show: impl FnOnce(&mut Visit) -> Result<Done> + 'r) -> Needs<'r> {
        Needs {
            waits: Waiter::Part,
            elsewhere: Elsewhere::Nothing,
            fails_as: FailsAs::Part,
            asks: Asks::AsPart,
            ..Needs::page(show)
        }
    }

    /// A GET by script, of which nobody knows: it yields to every click, and keeps no session alive.
    fn look(show: impl FnOnce(&mut Visit) -> Result<Done> + 'r) -> Needs<'r> {
        Needs {
            waits: Waiter::Background,
            // One that has to be accepted again sees nothing new.
            asks: Asks::Nothing,
            ..Needs::part(show)
        }
    }

    /// A POST: it carries intent, so it waits in order and is never displaced.
    fn act(act: impl FnOnce(&mut Visit) -> Result<Done> + 'r) -> Needs<'r> {
        Needs {
            waits: Waiter::Act,
            body: BodyLimit::FORM,
            elsewhere: Elsewhere::Nothing,
            ..Needs::page(act)
        }
    }

    /// What needs no session.
    fn public(who: Who<'r>) -> Needs<'r> {
        Needs {
            who,
            waits: Waiter::Page,
            body: BodyLimit::NONE,
            elsewhere: Elsewhere::Nothing,
            fails_as: FailsAs::Page,
            back: Back::SamePage,
            asks: Asks::Nothing,
            patience: None,
        }
    }

    /// A file that is in the binary.
    fn file(show: impl FnOnce() -> Result<Response> + 'r) -> Needs<'r> {
        Needs {
            elsewhere: Elsewhere::Loads,
            ..Needs::public(Who::Anyone(Box::new(show)))
        }
    }

    /// The same, but that another site's link opens `instead`.
    fn but_elsewhere(self, instead: Route) -> Needs<'r> {
        Needs {
            elsewhere: Elsewhere::OpensInstead(Box::new(instead)),
            ..self
        }
    }

    /// Whether this request asks the server again if it accepts the session. A part that is opened on its own is a click like
    /// another: an attachment that is downloaded from a page that was left open.
    pub fn asks(&self, head: &Head) -> Asks {
        match (self.asks, head.fetch_dest.as_str()) {
            _ if head.ahead => Asks::Ahead,
            (Asks::AsPart, "document") => Asks::Anew,
            (asks, _) => asks,
        }
    }

    /// True for what somebody has clicked: it keeps a session alive.
    pub fn is_clicked(&self, head: &Head) -> bool {
        self.waits != Waiter::Background && !head.ahead
    }

    /// How this request waits at the gate: a page that tries again without being asked to never
    /// displaces a click.
    ///
    /// # Errors
    /// `Internal` for a POST that would not wait as an act, and could be sent away by a newer click.
    pub fn waiter(&self, head: &Head) -> Result<Waiter> {
        match (head.method.as_str(), self.waits) {
            (_, Waiter::Act) => Ok(Waiter::Act),
            // What is kept without being asked for is kept again soon: it need not wait.
            ("POST", Waiter::Background) => Ok(Waiter::Background),
            ("POST", _) => Err(Error::Internal(Cause::new("a POST that is no act"))),
            _ if head.ahead => Ok(Waiter::Background),
            (_, Waiter::Page | Waiter::Part) if route::retries(&head.query) > 0 => {
                Ok(Waiter::Again)
            }
            (_, waits) => Ok(waits),
        }
    }
}

impl Elsewhere {
    /// What is opened by a link from elsewhere that names `route`; None where that may not be.
    pub fn opened(self, route: &Route) -> Option<Route> {
        match self {
            Elsewhere::Loads | Elsewhere::Opens => Some(route.clone()),
            Elsewhere::OpensInstead(instead) => Some(*instead),
            Elsewhere::Nothing => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_posted_is_an_act_and_nothing_else_is() {
        for (method, route) in route::samples() {
            let needs = needs(&route);
            let is_post = method == "POST";
            let name = route.name();
            assert_eq!(needs.waits == Waiter::Act, is_post, "{name}");
            assert_eq!(needs.body.bytes > 0, is_post, "{name}");
            let is_closed = matches!(needs.elsewhere, Elsewhere::Nothing);
            assert!(is_closed || !is_post, "{name} from another site");
        }
    }

    #[test]
    fn a_page_that_tries_again_is_no_click_and_an_act_is_always_one() {
        let head = |method: &str, query: &str| Head {
            method: method.into(),
            query: query.into(),
            ..Head::default()
        };
        let waiter = |method: &str, query: &str, route: &Route| {
            needs(route).waiter(&head(method, query)).ok()
        };
        let page = Route::parse("GET", "/", "").unwrap();
        assert_eq!(waiter("GET", "", &page), Some(Waiter::Page));
        assert_eq!(waiter("GET", "again=3", &page), Some(Waiter::Again));
        assert_eq!(
            waiter("POST", "again=3", &Route::SignOut),
            Some(Waiter::Act)
        );
        // A route that somebody forgot to make an act.
        assert_eq!(waiter("POST", "", &page), None);
    }

    #[test]
    fn a_link_from_elsewhere_loads_nothing_and_opens_no_mail_alone() {
        let opened = |route: &Route| needs(route).elsewhere.opened(route);
        for (_, route) in route::samples() {
            match (&route, opened(&route)) {
                (Route::Message(_) | Route::Print(_), Some(Route::Message(page))) => {
                    assert!(!page.remote);
                }
                // Nobody else makes the server search.
                (Route::Folder(_), Some(Route::Folder(page))) => {
                    assert!(page.list.is_compared());
                }
                (_, Some(other)) => assert_eq!(other, route),
                (_, None) => assert!(
                    needs(&route).fails_as == FailsAs::Part || needs(&route).waits == Waiter::Act,
                    "{}",
                    route.name()
                ),
            }
        }
    }
}
