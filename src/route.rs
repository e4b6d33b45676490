//! Every address that Postern answers, as one type: `Route::parse` reads it, `Route::href` writes it, each the inverse of
//! the other. On the ground floor; no URL is put together anywhere else; how one is spelled stands in `query`.
//!
//! The state of a page is in its address: folder, UIDVALIDITY, UID, place in the list. Names that people or servers chose
//! travel in the query only: Apache answers some of their characters in a path with an error of its own.

mod act;
mod asks;
mod beside;
mod carried;
mod compose;
mod folder_form;
mod import_form;
mod labels;
mod mailto;
mod names;
mod page;
mod picked;
mod preference_form;
mod query;
mod search_form;
mod told_form;

use crate::error::{Error, Result};
pub use crate::mail::MessageRef;
use crate::mail::{FolderName, NestedPath, Search, Source};
pub use act::{ActForm, AllOf, MessagesForm, Picked, SenderForm};
pub use beside::{NoticeId, notice_of, retries, retrying, with_notice};
pub use compose::{ComposeQuery, DraftForm, Wish, next};
pub use folder_form::SettingForm;
pub use import_form::ImportForm;
pub use labels::LabelForm;
pub use mailto::before_mailto;
pub use page::{
    Anchor, Face, FolderAsks, FolderQuery, FoldersQuery, FrameQuery, ListPage, ListQuery,
    MessageQuery, Selected,
};
pub use preference_form::PreferenceForm;
use query::{Link, Query};
pub use search_form::SearchForm;
pub use told_form::{TellForm, Telling};

/// What stands before every address of this installation: `/cgi-bin/postern`, or nothing at the root. No slash at its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base(pub String);

/// Everything that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `GET /` and `GET /folder`: a page of a list.
    Folder(ListQuery),
    /// `GET /folders`: all folders, or those with some words in their names.
    Folders(FoldersQuery),
    /// `GET /folder-options`: what can be done with a folder, or one of the questions about it.
    FolderOptions(FolderQuery),
    /// `POST /change-folder`: makes a folder, or changes one, as its form says (`FolderChange`).
    ChangeFolder,
    /// `GET /look`: the same page of a list, where it shows something else than that `state`; asked for by script while the
    /// page is looked at.
    Look {
        /// The page.
        page: ListQuery,
        /// What it shows, as a number.
        state: String,
    },
    /// `POST /keep-search`: a search is kept and stands among the folders, or no longer (`SearchForm`).
    KeepSearch,
    /// `POST /set-folder`: a folder becomes a favourite, or is used as Archive; or no longer (`SettingForm`).
    SetFolder,
    /// `GET /import`: messages are taken into a folder from files; how far that has come.
    Import(FolderName),
    /// `POST /import`: takes them in, continues that, or ends it, as its form says (`ImportForm`).
    TakeIn,
    /// `GET /compose`: a message is written.
    Compose(Box<ComposeQuery>),
    /// `GET /quote`: what an answer to a message quotes, for script that writes it in rich text.
    Quote(Source),
    /// `POST /autosave`: keeps what was typed of a message; sent by script while it is written.
    Autosave,
    /// `GET /unsent`: the messages that are being written, or were not sent.
    Unsent,
    /// `POST /compose`: keeps what was typed and attached, and does with it what its form says (`DraftForm`).
    Write,
    /// `POST /tell`: one click tells the sender of a message something: that it was read, or whether one comes.
    Tell,
    /// `GET /message`: one message.
    Message(MessageQuery),
    /// `GET /print`: one message for paper.
    Print(MessageQuery),
    /// `GET /frame`: the HTML of a message, a document of its own.
    Frame(FrameQuery),
    /// `GET /part`: an attachment or inline image; `open` shows it in the browser where its type is harmless.
    Part {
        message: MessageRef,
        nested: NestedPath,
        open: bool,
    },
    /// `GET /picture`: a picture that is attached, on a page with ways to the others.
    Picture {
        message: MessageRef,
        inside: NestedPath,
        nested: NestedPath,
    },
    /// `GET /attachments`: all that is attached, in one zip.
    Attachments { message: MessageRef },
    /// `GET /headers`: all header fields of a message, for reading.
    Headers {
        message: MessageRef,
        inside: NestedPath,
    },
    /// `POST /sender`: always shows what the sender of a message has loaded from elsewhere, or no longer; then the message.
    /// Which message stands in its form (`SenderForm`): an address is told in logs and by Referer.
    Sender,
    /// `POST /messages`: does something with messages, which the form names (`MessagesForm`); then the list, or the message.
    Messages,
    /// `GET /labels`: the names and colours of labels.
    Labels,
    /// `POST /label`: gives a label a name and a colour, which the form says (`LabelForm`).
    EditLabel,
    /// `GET /keys`: the keys that do something.
    Keys,
    /// `GET /settings`: what the user can set for all pages.
    Settings,
    /// `POST /settings`: sets it.
    SaveSettings,
    /// `GET /identities`: whom the user's messages are from.
    Identities,
    /// `GET /identity`: one of them, by its place; without one, a new one.
    Identity(Option<u32>),
    /// `POST /identity`: keeps one, makes it the usual one, or removes it.
    EditIdentity,
    /// Messages that others begin with.
    Templates,
    /// To begin with one, or to change them: see `TemplateForm`.
    EditTemplate,
    /// `GET /people`: the people who are suggested as recipients; `ask`: whether all of them are to be forgotten.
    People { ask: bool },
    /// `GET /suggest`: those with these words in their names or addresses; asked for by script while one is typed.
    Suggest { find: String },
    /// `POST /people`: forgets one of them, or all.
    EditPeople,
    /// `POST /set-preference`: something is done in another way on all pages from now on (`PreferenceForm`).
    SetPreference,
    /// `GET /resume`: a form that was sent when its session had ended, shown again; `form` names it.
    Resume { form: String },
    /// `GET /source`: the whole message as it travelled; `save` downloads it.
    Source { message: MessageRef, save: bool },
    /// `GET /sign-in`: the form; `to` is the page to continue with (our path and query without the base), `out` says
    /// that a session has just been signed out.
    SignInForm { to: String, out: bool },
    /// `POST /sign-in`.
    SignIn,
    /// `POST /sign-out`.
    SignOut,
    /// `GET /sessions`: one's sessions.
    Sessions,
    /// `POST /end-session`: signs one session out, which the form names.
    EndSession,
    /// `POST /end-all-sessions`: signs all of them out.
    EndAllSessions,
    /// `GET /asset/<hash>/<name>`: style sheet, script, icon.
    Asset { hash: String, name: String },
    /// `GET /robots.txt`.
    Robots,
    /// `GET /favicon.svg`, `GET /favicon.ico`.
    Favicon,
}

impl Route {
    /// The folder that the page is about, if it is about one.
    pub fn folder(&self) -> Option<&FolderName> {
        match self {
            Route::Folder(query) | Route::Look { page: query, .. } => Some(query.list.folder()),
            Route::Message(query) | Route::Print(query) => Some(&query.message.folder),
            Route::Frame(frame) => Some(&frame.message.folder),
            Route::FolderOptions(query) => Some(&query.folder),
            Route::Import(folder) => Some(folder),
            Route::Part { message, .. }
            | Route::Picture { message, .. }
            | Route::Attachments { message }
            | Route::Headers { message, .. }
            | Route::Source { message, .. } => Some(&message.folder),
            Route::Quote(source) => Some(&source.message.folder),
            Route::Folders(_)
            | Route::Resume { .. }
            | Route::SignInForm { .. }
            | Route::SignIn
            | Route::SignOut
            | Route::Sender
            | Route::Messages
            | Route::ChangeFolder
            | Route::TakeIn
            | Route::Compose(_)
            | Route::Write
            | Route::Tell
            | Route::Unsent
            | Route::Autosave
            | Route::Labels
            | Route::EditLabel
            | Route::SetFolder
            | Route::KeepSearch
            | Route::Keys
            | Route::SetPreference
            | Route::Settings
            | Route::SaveSettings
            | Route::Identities
            | Route::Identity(_)
            | Route::EditIdentity
            | Route::Templates
            | Route::EditTemplate
            | Route::People { .. }
            | Route::Suggest { .. }
            | Route::EditPeople
            | Route::Sessions
            | Route::EndSession
            | Route::EndAllSessions
            | Route::Asset { .. }
            | Route::Robots
            | Route::Favicon => None,
        }
    }

    /// What one of our forms was sent to, by its address without the base; None for what is no form's address.
    pub fn posted_to(target: &str) -> Option<Route> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Route::parse("POST", path, query).ok()
    }

    /// The page at an address without the base; None for what is no page's.
    pub fn shown_at(target: &str) -> Option<Route> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Route::parse("GET", path, query).ok()
    }

    /// Reads method, path below the base, and raw query.
    ///
    /// Unknown paths are `NotFound`, known ones with another method `WrongMethod`, parameters that none of our links
    /// carries `BadRequest`. HEAD is GET (RFC 9110 9.3.2).
    pub fn parse(method: &str, path: &str, query: &str) -> Result<Route> {
        let q = Query::read(query);
        let get = matches!(method, "GET" | "HEAD");
        let post = method == "POST";
        let only = |allowed: bool, allow: &'static str, route: Result<Route>| {
            if allowed {
                route
            } else {
                Err(Error::WrongMethod { allow })
            }
        };
        let by_get = |route: Result<Route>| only(get, "GET, HEAD", route);
        match path {
            "" | "/" | "/folder" => by_get(q.list_page().map(Route::Folder)),
            "/folders" => by_get(Ok(Route::Folders(FoldersQuery {
                find: q.get("find").unwrap_or_default().trim().to_owned(),
                from: q.get("from").and_then(|n| n.parse().ok()).unwrap_or(0),
            }))),
            "/folder-options" => by_get(q.folder_page().map(Route::FolderOptions)),
            "/import" if post => Ok(Route::TakeIn),
            "/import" => only(get, "GET, HEAD, POST", q.folder().map(Route::Import)),
            "/compose" if post => Ok(Route::Write),
            "/compose" => only(
                get,
                "GET, HEAD, POST",
                ComposeQuery::read(&q).map(Route::from),
            ),
            "/tell" => only(post, "POST", Ok(Route::Tell)),
            "/quote" => by_get(compose::quoted(&q).map(Route::Quote)),
            "/autosave" => only(post, "POST", Ok(Route::Autosave)),
            "/unsent" => by_get(Ok(Route::Unsent)),
            "/change-folder" => only(post, "POST", Ok(Route::ChangeFolder)),
            "/look" => by_get(q.list_page().map(|page| Route::Look {
                page,
                state: q.get("state").unwrap_or_default().to_owned(),
            })),
            "/keep-search" => only(post, "POST", Ok(Route::KeepSearch)),
            "/set-folder" => only(post, "POST", Ok(Route::SetFolder)),
            "/message" => by_get(q.message_page().map(Route::Message)),
            "/print" => by_get(q.message_page().map(Route::Print)),
            "/frame" => by_get(q.message_page().map(|page| Route::Frame(page.frame()))),
            "/part" => by_get(q.message().and_then(|message| {
                let nested = q.nested("p")?;
                let open = q.is_set("open");
                Ok(Route::Part {
                    message,
                    nested,
                    open,
                })
            })),
            "/picture" => by_get(q.picture()),
            "/attachments" => by_get(q.message().map(|message| Route::Attachments { message })),
            "/headers" => by_get(q.message().and_then(|message| {
                let inside = q.nested("in")?;
                Ok(Route::Headers { message, inside })
            })),
            "/sender" => only(post, "POST", Ok(Route::Sender)),
            "/messages" => only(post, "POST", Ok(Route::Messages)),
            "/labels" => by_get(Ok(Route::Labels)),
            "/label" => only(post, "POST", Ok(Route::EditLabel)),
            "/keys" => by_get(Ok(Route::Keys)),
            "/identities" => by_get(Ok(Route::Identities)),
            "/identity" if post => Ok(Route::EditIdentity),
            "/identity" => only(get, "GET, HEAD, POST", q.place("n").map(Route::Identity)),
            "/templates" if post => Ok(Route::EditTemplate),
            "/templates" => only(get, "GET, HEAD, POST", Ok(Route::Templates)),
            "/people" if post => Ok(Route::EditPeople),
            "/people" => {
                let ask = q.is_set("ask");
                only(get, "GET, HEAD, POST", Ok(Route::People { ask }))
            }
            "/suggest" => by_get(Ok(Route::Suggest {
                find: q.get("find").unwrap_or_default().to_owned(),
            })),
            "/settings" if post => Ok(Route::SaveSettings),
            "/settings" => only(get, "GET, HEAD, POST", Ok(Route::Settings)),
            "/set-preference" => only(post, "POST", Ok(Route::SetPreference)),
            "/source" => by_get(q.message().map(|message| Route::Source {
                message,
                save: q.is_set("save"),
            })),
            "/resume" => by_get(Ok(Route::Resume {
                form: q.get("form").unwrap_or_default().to_owned(),
            })),
            "/sign-in" if post => Ok(Route::SignIn),
            "/sign-in" => only(
                get,
                "GET, HEAD, POST",
                Ok(Route::SignInForm {
                    to: q.get("to").unwrap_or_default().to_owned(),
                    out: q.is_set("out"),
                }),
            ),
            "/sign-out" => only(post, "POST", Ok(Route::SignOut)),
            "/sessions" => by_get(Ok(Route::Sessions)),
            "/end-session" => only(post, "POST", Ok(Route::EndSession)),
            "/end-all-sessions" => only(post, "POST", Ok(Route::EndAllSessions)),
            "/robots.txt" => by_get(Ok(Route::Robots)),
            "/favicon.svg" | "/favicon.ico" => by_get(Ok(Route::Favicon)),
            _ => {
                let asset = path
                    .strip_prefix("/asset/")
                    .and_then(|rest| rest.split_once('/'))
                    .filter(|(_, name)| !name.contains('/'))
                    .map(|(hash, name)| Route::Asset {
                        hash: hash.to_owned(),
                        name: name.to_owned(),
                    });
                asset.map_or(Err(Error::NotFound), |route| by_get(Ok(route)))
            }
        }
    }

    /// The address of this route, with the base in front.
    pub fn href(&self, base: &Base) -> String {
        let mut link = Link::new(base);
        match self {
            Route::Folder(page) => {
                let is_first = page.page == ListPage::Newest
                    && !page.compare
                    && !page.further
                    && page.selected == Selected::Nothing;
                let is_inbox = page.list.folder().is_inbox() && page.list.is_compared();
                let is_plain = is_inbox && is_first;
                link.path(if is_plain { "/" } else { "/folder" });
                if !is_plain {
                    link.list_page(page);
                }
            }
            Route::Look { page, state } => {
                link.path("/look");
                link.list_page(page);
                link.set("state", state);
            }
            Route::Folders(page) => {
                link.path("/folders");
                link.some("find", &page.find);
                if page.from > 0 {
                    link.set("from", &page.from.to_string());
                }
            }
            Route::FolderOptions(page) => {
                link.path("/folder-options");
                link.folder_page(page);
            }
            Route::Import(folder) => {
                link.path("/import");
                link.set("f", folder.as_wire());
            }
            Route::TakeIn => link.path("/import"),
            Route::Compose(page) => {
                link.path("/compose");
                page.write(&mut link);
            }
            Route::Write => link.path("/compose"),
            Route::Tell => link.path("/tell"),
            Route::Unsent => link.path("/unsent"),
            Route::Quote(source) => compose::write_quoted(source, &mut link),
            Route::Autosave => link.path("/autosave"),
            Route::ChangeFolder => link.path("/change-folder"),
            Route::SetFolder => link.path("/set-folder"),
            Route::KeepSearch => link.path("/keep-search"),
            Route::Message(page) => {
                link.path("/message");
                link.message_page(page);
            }
            Route::Print(page) => {
                link.path("/print");
                link.message_page(page);
            }
            Route::Frame(frame) => {
                link.path("/frame");
                link.message(&frame.message);
                link.nested("in", &frame.inside);
                link.flag("remote", frame.remote);
                link.some("charset", &frame.charset);
                link.some("q", frame.search.as_ref().map_or("", Search::text));
            }
            Route::Part {
                message,
                nested,
                open,
            } => {
                link.path("/part");
                link.message(message);
                link.nested("p", nested);
                link.flag("open", *open);
            }
            Route::Picture {
                message,
                inside,
                nested,
            } => link.picture(message, inside, nested),
            Route::Attachments { message } => link.about("/attachments", message),
            Route::Headers { message, inside } => {
                link.path("/headers");
                link.message(message);
                link.nested("in", inside);
            }
            Route::Sender => link.path("/sender"),
            Route::Messages => link.path("/messages"),
            Route::Labels => link.path("/labels"),
            Route::EditLabel => link.path("/label"),
            Route::Keys => link.path("/keys"),
            Route::SetPreference => link.path("/set-preference"),
            Route::Settings | Route::SaveSettings => link.path("/settings"),
            Route::Identities => link.path("/identities"),
            Route::Identity(place) => {
                link.path("/identity");
                link.some("n", &place.map_or_else(String::new, |n| n.to_string()));
            }
            Route::EditIdentity => link.path("/identity"),
            Route::Templates | Route::EditTemplate => link.path("/templates"),
            Route::People { ask } => {
                link.path("/people");
                link.flag("ask", *ask);
            }
            Route::Suggest { find } => {
                link.path("/suggest");
                link.set("find", find);
            }
            Route::EditPeople => link.path("/people"),
            Route::Source { message, save } => {
                link.path("/source");
                link.message(message);
                link.flag("save", *save);
            }
            Route::Resume { form } => {
                link.path("/resume");
                link.some("form", form);
            }
            Route::SignInForm { to, out } => {
                link.path("/sign-in");
                if !to.is_empty() {
                    link.set("to", to);
                }
                link.flag("out", *out);
            }
            Route::SignIn => link.path("/sign-in"),
            Route::SignOut => link.path("/sign-out"),
            Route::Sessions => link.path("/sessions"),
            Route::EndSession => link.path("/end-session"),
            Route::EndAllSessions => link.path("/end-all-sessions"),
            Route::Asset { hash, name } => link.path(&format!("/asset/{hash}/{name}")),
            Route::Robots => link.path("/robots.txt"),
            Route::Favicon => link.path("/favicon.svg"),
        }
        link.0
    }

    /// The address of this route as a GET form has it: the path, and what goes into hidden fields.
    pub fn form(&self, base: &Base) -> (String, Vec<(String, String)>) {
        let href = self.href(base);
        let (path, query) = href.split_once('?').unwrap_or((&href, ""));
        let fields = form_urlencoded::parse(query.as_bytes()).into_owned();
        (path.to_owned(), fields.collect())
    }
}

#[cfg(test)]
pub(crate) use tests::samples;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{ListId, Order, Scope, Search, SortBy, Uid, UidValidity};

    /// One of each route at least, with its method.
    pub(crate) fn samples() -> Vec<(&'static str, Route)> {
        let folder = FolderName::new("INBOX.R&-D %2F?&=+ü").unwrap();
        let message = MessageRef {
            folder: folder.clone(),
            validity: UidValidity(0),
            uid: Uid::new(7).unwrap(),
        };
        let anchor = Anchor {
            message: MessageRef {
                folder: folder.clone(),
                validity: UidValidity(u32::MAX),
                uid: Uid::new(u32::MAX).unwrap(),
            },
            rank: 0,
        };
        let page = |page, compare| {
            Route::Folder(ListQuery {
                page,
                compare,
                ..ListQuery::newest(folder.clone())
            })
        };
        let nested = NestedPath::parse("2/1.2").unwrap();
        let order = Order {
            by: SortBy::Subject,
            reversed: true,
        };
        let found = ListId::of_folder(folder.clone()).searched(Search::new("a&b=ü \"c d\""));
        let wide = ListId::of_folder(FolderName::new("a.b").unwrap()).within(Scope::Everywhere);
        let wide = wide.searched(Search::new("a"));
        let query = MessageQuery {
            message: message.clone(),
            list: found.clone().sorted(order),
            rank: 3,
            face: Face::Text,
            remote: true,
            inside: nested.clone(),
            charset: "koi8-r".into(),
            fixed: true,
            unfolded: Some(Box::new(message.clone())),
        };
        vec![
            ("GET", Route::Folder(ListQuery::newest(FolderName::inbox()))),
            ("GET", page(ListPage::Newest, true)),
            (
                "GET",
                Route::Folder(ListQuery {
                    selected: Selected::All,
                    ..ListQuery::newest(folder.clone())
                }),
            ),
            (
                "GET",
                Route::Folder(ListQuery {
                    further: true,
                    ..ListQuery::first(found)
                }),
            ),
            (
                "GET",
                Route::Folder(ListQuery {
                    page: ListPage::OlderThan(anchor.clone()),
                    ..ListQuery::first(wide.clone())
                }),
            ),
            (
                "GET",
                Route::Message(MessageQuery::of(wide, message.clone(), 1)),
            ),
            ("GET", page(ListPage::OlderThan(anchor.clone()), false)),
            ("GET", page(ListPage::NewerThan(anchor), false)),
            ("GET", Route::Folders(FoldersQuery::default())),
            (
                "GET",
                Route::Folders(FoldersQuery {
                    find: "R&D ü".into(),
                    from: 100,
                }),
            ),
            (
                "GET",
                Route::FolderOptions(FolderQuery::plain(folder.clone())),
            ),
            (
                "GET",
                Route::FolderOptions(FolderQuery {
                    folder: folder.clone(),
                    asks: FolderAsks::Where { find: "ü&".into() },
                }),
            ),
            (
                "GET",
                Route::FolderOptions(FolderQuery {
                    folder: folder.clone(),
                    asks: FolderAsks::WhetherToDelete,
                }),
            ),
            (
                "GET",
                Route::FolderOptions(FolderQuery {
                    folder: folder.clone(),
                    asks: FolderAsks::WhetherToEmpty,
                }),
            ),
            (
                "GET",
                Route::FolderOptions(FolderQuery {
                    folder: folder.clone(),
                    asks: FolderAsks::WhetherToRemoveMarked,
                }),
            ),
            ("GET", Route::Import(folder.clone())),
            ("POST", Route::TakeIn),
            ("POST", Route::Tell),
            ("POST", Route::ChangeFolder),
            ("POST", Route::SetFolder),
            ("POST", Route::KeepSearch),
            (
                "GET",
                Route::Look {
                    page: ListQuery::newest(folder.clone()),
                    state: "a1".into(),
                },
            ),
            ("GET", Route::Frame(query.frame())),
            (
                "GET",
                Route::Quote(Source {
                    message: message.clone(),
                    how: crate::mail::Answer::Forward,
                }),
            ),
            ("POST", Route::Sender),
            ("POST", Route::Messages),
            ("GET", Route::Labels),
            ("POST", Route::EditLabel),
            ("GET", Route::Keys),
            ("POST", Route::SetPreference),
            ("GET", Route::Settings),
            ("POST", Route::SaveSettings),
            ("GET", Route::Identities),
            ("GET", Route::Identity(None)),
            ("GET", Route::Identity(Some(3))),
            ("POST", Route::EditIdentity),
            ("GET", Route::Templates),
            ("POST", Route::EditTemplate),
            ("GET", Route::People { ask: false }),
            ("GET", Route::People { ask: true }),
            ("GET", Route::Suggest { find: "ü&".into() }),
            ("POST", Route::EditPeople),
            ("GET", Route::Print(query.clone())),
            ("GET", Route::Message(query)),
            (
                "GET",
                Route::Headers {
                    message: message.clone(),
                    inside: nested.clone(),
                },
            ),
            (
                "GET",
                Route::Part {
                    message: message.clone(),
                    nested: nested.clone(),
                    open: true,
                },
            ),
            (
                "GET",
                Route::Picture {
                    message: message.clone(),
                    inside: NestedPath::default(),
                    nested,
                },
            ),
            (
                "GET",
                Route::Attachments {
                    message: message.clone(),
                },
            ),
            (
                "GET",
                Route::Source {
                    message,
                    save: true,
                },
            ),
            (
                "GET",
                Route::Resume {
                    form: "a_b-C".into(),
                },
            ),
            (
                "GET",
                Route::SignInForm {
                    to: "/folder?f=a&b".into(),
                    out: true,
                },
            ),
            ("POST", Route::SignIn),
            ("POST", Route::SignOut),
            ("GET", Route::Sessions),
            ("POST", Route::EndSession),
            ("POST", Route::EndAllSessions),
            (
                "GET",
                Route::Asset {
                    hash: "0a".into(),
                    name: "style.css".into(),
                },
            ),
            ("GET", Route::Robots),
            ("GET", Route::Favicon),
        ]
    }

    #[test]
    fn every_route_parses_what_it_writes() {
        for (method, route) in samples() {
            let href = route.href(&Base::default());
            let (path, query) = href.split_once('?').unwrap_or((&href, ""));
            assert_eq!(
                Route::parse(method, path, query).as_ref(),
                Ok(&route),
                "{href}"
            );
            assert!(href.is_ascii(), "{href}");
        }
    }

    #[test]
    fn another_method_is_told_what_is_allowed() {
        let wrong = |m, p| Route::parse(m, p, "").unwrap_err();
        assert_eq!(
            wrong("POST", "/"),
            Error::WrongMethod { allow: "GET, HEAD" }
        );
        assert_eq!(
            wrong("GET", "/sign-out"),
            Error::WrongMethod { allow: "POST" }
        );
        assert_eq!(wrong("GET", "/nowhere"), Error::NotFound);
    }
}
