//! The page on which a message is written: its address, and what its form says.
//!
//! Not for the token of the session, which every form carries.

use super::query::{Link, Query};
use super::{ActForm, Base, ListQuery, Picked, Route, asks, carried};
use crate::error::{Error, Result};
use crate::mail::{Answer, Draft, FolderName, ListId, MessageRef, Source};

/// What stands in place of an answer where a draft is written on.
const EDIT: &str = "edit";

/// The field with a `mailto:` link.
pub(super) const MAILTO: &str = "mailto";

/// What a page for writing begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComposeQuery {
    /// The message that is being written, by its token; empty for a new one.
    pub token: String,
    /// A draft on the mail server that is written on.
    pub edited: Option<MessageRef>,
    /// What a new one is written to.
    pub source: Option<Source>,
    /// Messages that a new one forwards, as files.
    pub forwarded: Vec<Picked>,
    /// Who gets a new one, as typed.
    pub to: String,
    /// Who gets a copy.
    pub cc: String,
    /// Who gets a copy that the others do not see.
    pub bcc: String,
    /// What it is about.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The Message-ID that it answers.
    pub in_reply_to: String,
    /// True where people are picked who are to get it.
    pub picks: bool,
    /// True where it was not sent because others of the user's are being sent.
    pub is_crowded: bool,
    /// The page that follows; empty for the inbox.
    pub next: String,
}

impl ComposeQuery {
    /// A new message to another one; `next` is the page that follows.
    pub fn answer(message: MessageRef, how: Answer, next: &Route) -> ComposeQuery {
        ComposeQuery {
            source: Some(Source { message, how }),
            next: next.href(&Base::default()),
            ..ComposeQuery::default()
        }
    }

    /// A new message to an address; `next` is the page that follows.
    pub fn to(address: &str, next: &Route) -> ComposeQuery {
        ComposeQuery {
            to: address.to_owned(),
            next: next.href(&Base::default()),
            ..ComposeQuery::default()
        }
    }

    /// A draft on the mail server that is to be written on; its list follows.
    pub fn edit(draft: MessageRef, list: &ListId) -> ComposeQuery {
        let next = Route::Folder(ListQuery::first(list.clone()));
        ComposeQuery {
            edited: Some(draft),
            next: next.href(&Base::default()),
            ..ComposeQuery::default()
        }
    }

    /// The same, where people are picked for it.
    pub fn picking(self, picks: bool) -> ComposeQuery {
        ComposeQuery { picks, ..self }
    }

    /// The same, where it had to wait for others and was not sent.
    pub fn crowded(self) -> ComposeQuery {
        ComposeQuery {
            is_crowded: true,
            ..self
        }
    }

    /// A message that is being written.
    pub fn of_token(token: String, next: String) -> ComposeQuery {
        ComposeQuery {
            token,
            next,
            ..ComposeQuery::default()
        }
    }

    pub(super) fn read(fields: &Query) -> Result<ComposeQuery> {
        if let Some(link) = fields.get(MAILTO) {
            return Ok(ComposeQuery::of_mailto(link));
        }
        let text = |name: &str| fields.get(name).unwrap_or_default().to_owned();
        Ok(ComposeQuery {
            picks: fields.is_set("pick"),
            is_crowded: fields.is_set("crowded"),
            token: text("d"),
            edited: match fields.get("how") {
                Some(EDIT) => Some(fields.message()?),
                _ => None,
            },
            source: source(fields)?,
            forwarded: fields
                .all("fw")
                .map(|text| Picked::read(text).unwrap_or(Err(Error::BadRequest("fw"))))
                .collect::<Result<_>>()?,
            to: text("to"),
            cc: text("cc"),
            bcc: text("bcc"),
            subject: text("subject"),
            text: text("text"),
            in_reply_to: text("irt"),
            next: text("next"),
        })
    }

    pub(super) fn write(&self, link: &mut Link) {
        link.some("d", &self.token);
        link.flag("pick", self.picks);
        link.flag("crowded", self.is_crowded);
        if let Some(draft) = &self.edited {
            link.message(draft);
            link.set("how", EDIT);
        }
        if let Some(Source { message, how }) = &self.source {
            link.message(message);
            link.set("how", how.as_str());
        }
        for picked in &self.forwarded {
            link.set("fw", &picked.to_text());
        }
        for (name, text) in [
            ("to", &self.to),
            ("cc", &self.cc),
            ("bcc", &self.bcc),
            ("subject", &self.subject),
            ("text", &self.text),
            ("irt", &self.in_reply_to),
            ("next", &self.next),
        ] {
            link.some(name, text);
        }
    }
}

impl From<ComposeQuery> for Route {
    fn from(query: ComposeQuery) -> Route {
        Route::Compose(Box::new(query))
    }
}

/// What `Route::Quote` quotes.
pub(super) fn quoted(fields: &Query) -> Result<Source> {
    source(fields)?.ok_or(Error::BadRequest("how"))
}

/// Writes it.
pub(super) fn write_quoted(Source { message, how }: &Source, link: &mut Link) {
    link.path("/quote");
    link.message(message);
    link.set("how", how.as_str());
}

fn source(fields: &Query) -> Result<Option<Source>> {
    let Some(how) = fields.get("how").filter(|how| *how != EDIT) else {
        return Ok(None);
    };
    let how = Answer::ALL.into_iter().find(|one| one.as_str() == how);
    Ok(Some(Source {
        message: fields.message()?,
        how: how.ok_or(Error::BadRequest("how"))?,
    }))
}

/// What is to be done with a message that is being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// It is kept as it is, with the files that came.
    Keep,
    /// It is kept here, and shown with what was changed in it.
    Renew,
    /// It is kept here, and people are picked who are to get it.
    Pick,
    /// It is sent.
    Send,
    /// It is sent, and what it answers is archived.
    SendAndArchive,
    /// It is sent at the time that was chosen.
    SendLater,
    /// A file is taken off, by its number.
    Detach(u32),
    /// What goes with it of another message is left out, by its number.
    Drop(u32),
    /// Whoever would get it in sight of the others gets it unseen.
    Hide,
    /// Its files are kept here; what was typed stays as it is kept, where it is.
    Attach,
    /// It is kept, and other messages can begin with it.
    Template,
    /// It is thrown away.
    Discard,
    /// It was thrown away, and is taken back.
    Restore,
    /// It waits, and is sent now.
    SendNow,
    /// It waits, and is taken back.
    TakeBack,
}

/// What the form of `Route::Write` holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftForm {
    /// Which message.
    pub token: String,
    /// What was kept of it when its page was made: `version` in `actions::keeping`.
    pub base: String,
    /// What was typed.
    pub draft: Draft,
    /// What is to be done with it.
    pub wish: Wish,
    /// True where it is to be sent though it may have been sent.
    pub again: bool,
    /// The address whose signature was put into the text; empty where there is but one.
    pub signed: String,
    /// True where what was asked about has been answered.
    pub sure: bool,
    /// True where whoever writes it goes away, as script tells.
    pub is_leaving: bool,
    /// True where its HTML comes from the editor, and its text is the same.
    pub is_rich: bool,
    /// True where the HTML of the editor did not come.
    pub is_html_missing: bool,
    /// Tells the text that its HTML says the same as; empty where there is none (`actions::rich`).
    pub html_of: String,
    /// The page that follows.
    pub next: String,
}

impl DraftForm {
    /// The fields that are typed in.
    pub const FROM: &str = "from";
    /// The address that a page was made for.
    pub const SIGNED: &str = "signed";
    /// See `FROM`.
    pub const TO: &str = "to";
    /// The field that adds one more to them, where there is no script.
    pub const MORE_TO: &str = "more_to";
    /// See `FROM`.
    pub const CC: &str = "cc";
    /// See `FROM`.
    pub const BCC: &str = "bcc";
    /// See `FROM`.
    pub const REPLY_TO: &str = "reply_to";
    /// See `FROM`.
    pub const SUBJECT: &str = "subject";
    /// See `FROM`.
    pub const TEXT: &str = "text";
    /// The same as HTML.
    pub const HTML: &str = "html";
    /// Set by script where the editor is open.
    pub const RICH: &str = "rich";
    /// See `FROM`.
    pub const PRIORITY: &str = "priority";
    /// See `FROM`.
    pub const RECEIPT: &str = "receipt";
    /// See `FROM`.
    pub const DELIVERY: &str = "delivery";
    /// When it is to be sent.
    pub const LATER: &str = "later";
    /// The field behind all that is typed: a form that was cut before it has not all of that.
    pub const WHOLE: &str = "whole";
    /// The field with the files; the last of the form, so that the text arrives before them.
    pub const FILES: &str = "files";
    /// The field that says what is to be done.
    pub const WISH: &str = "do";

    /// Reads the fields of a form; the inverse of `hidden` and what is typed. A button that is not known keeps the message.
    ///
    /// # Errors
    /// `BadRequest`: fields that none of our forms has.
    pub fn read(fields: &[(String, String)]) -> Result<DraftForm> {
        let fields = Query::of(fields);
        let text = |name: &str| fields.get(name).unwrap_or_default().to_owned();
        // Browsers send line ends as CRLF.
        let typed = |name: &str| text(name).replace("\r\n", "\n").replace('\r', "\n");
        let wish = fields.get(DraftForm::WISH).unwrap_or_default();
        Ok(DraftForm {
            token: text("d"),
            base: text("base"),
            draft: Draft {
                from: text(DraftForm::FROM),
                to: fields
                    .all(DraftForm::MORE_TO)
                    .fold(typed(DraftForm::TO), with_more),
                cc: typed(DraftForm::CC),
                bcc: typed(DraftForm::BCC),
                reply_to: typed(DraftForm::REPLY_TO),
                subject: text(DraftForm::SUBJECT),
                text: typed(DraftForm::TEXT),
                html: typed(DraftForm::HTML),
                later: text(DraftForm::LATER),
                source: source(&fields)?,
                in_reply_to: text("irt"),
                references: fields.all("ref").map(str::to_owned).collect(),
                carried: fields
                    .all("carry")
                    .map(carried::read)
                    .collect::<Result<_>>()?,
                asks: asks::read(&fields),
                for_programs: asks::for_programs(&fields),
            },
            wish: match wish {
                "send" => Wish::Send,
                "archive" => Wish::SendAndArchive,
                "later" => Wish::SendLater,
                "discard" => Wish::Discard,
                "restore" => Wish::Restore,
                "now" => Wish::SendNow,
                "back" => Wish::TakeBack,
                "hide" => Wish::Hide,
                "renew" => Wish::Renew,
                "pick" => Wish::Pick,
                "template" => Wish::Template,
                "attach" => Wish::Attach,
                other => match other.split_once('.').map(|(word, n)| (word, n.parse())) {
                    Some(("detach", Ok(number))) => Wish::Detach(number),
                    Some(("drop", Ok(number))) => Wish::Drop(number),
                    _ => Wish::Keep,
                },
            },
            again: fields.is_set("again"),
            signed: text(DraftForm::SIGNED),
            sure: fields.is_set("sure"),
            is_leaving: fields.is_set("leaving"),
            is_rich: fields.is_set(DraftForm::RICH),
            is_html_missing: fields.is_set(DraftForm::RICH)
                && fields.get(DraftForm::HTML).is_none(),
            html_of: text("html_of"),
            next: text("next"),
        })
    }

    /// The fields that nobody types in, but for the token of the session.
    pub fn hidden(&self) -> Vec<(String, String)> {
        let mut link = Link::new(&Base::default());
        link.path("");
        if let Some(Source { message, how }) = &self.draft.source {
            link.message(message);
            link.set("how", how.as_str());
        }
        link.set("d", &self.token);
        link.some("base", &self.base);
        link.some("irt", &self.draft.in_reply_to);
        for id in &self.draft.references {
            link.set("ref", id);
        }
        for one in &self.draft.carried {
            link.set("carry", &carried::to_text(one));
        }
        asks::write(&self.draft.for_programs, &mut link);
        link.flag("again", self.again);
        link.some("html_of", &self.html_of);
        link.some("next", &self.next);
        let query = link.0.split_once('?').map_or("", |(_, query)| query);
        form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect()
    }

    /// The form of a message as it is kept, with what is to be done with it.
    pub fn of_kept(token: String, draft: Draft, wish: Wish, next: String) -> DraftForm {
        DraftForm {
            token,
            signed: draft.from.clone(),
            draft,
            wish,
            again: false,
            sure: true,
            base: String::new(),
            is_leaving: false,
            is_rich: false,
            is_html_missing: false,
            html_of: String::new(),
            next,
        }
    }

    /// The form that takes back what was thrown away.
    pub fn restoring(token: String, next: &str) -> Vec<(String, String)> {
        let fields = [
            ("d", token),
            (DraftForm::WISH, "restore".to_owned()),
            ("next", next.to_owned()),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value));
        fields.into()
    }

    /// True where it is to be sent.
    pub fn sends(&self) -> bool {
        match self.wish {
            Wish::Send | Wish::SendAndArchive | Wish::SendLater => true,
            Wish::Keep
            | Wish::Renew
            | Wish::Pick
            | Wish::Detach(_)
            | Wish::Drop(_)
            | Wish::Hide
            | Wish::Attach
            | Wish::Template
            | Wish::Discard
            | Wish::Restore
            | Wish::SendNow
            | Wish::TakeBack => false,
        }
    }

    /// The same, with everybody in Bcc where that is wished.
    pub fn hiding(mut self) -> DraftForm {
        if self.wish == Wish::Hide {
            self.wish = Wish::Keep;
            let Draft { to, cc, bcc, .. } = &mut self.draft;
            let all = [&*bcc, to, cc].map(|text| text.trim().trim_end_matches(',').to_owned());
            let all: Vec<String> = all.into_iter().filter(|text| !text.is_empty()).collect();
            *bcc = all.join(", ");
            to.clear();
            cc.clear();
        }
        self
    }

    /// The page that follows: one of our own, or the inbox.
    pub fn next(&self) -> Route {
        next(&self.next)
    }
}

/// Addresses and one more.
fn with_more(to: String, more: &str) -> String {
    match (to.trim().trim_end_matches([',', ';']), more.trim()) {
        (_, "") => to,
        ("", more) => more.to_owned(),
        (to, more) => format!("{to}, {more}"),
    }
}

/// The page that one of our addresses names; the inbox for anything else.
pub fn next(address: &str) -> Route {
    let pages = ["folder", "folders", "message", "unsent"];
    let page = Route::shown_at(address).filter(|route| pages.contains(&route.name()));
    page.unwrap_or(Route::Folder(ListQuery::newest(FolderName::inbox())))
}

impl From<&DraftForm> for ActForm {
    fn from(form: &DraftForm) -> ActForm {
        ActForm {
            to: Route::Write,
            fields: form.hidden(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Carried, Encoding, NestedPath, Uid, UidValidity};

    fn message() -> MessageRef {
        MessageRef {
            folder: FolderName::new("R&-D %2F").unwrap(),
            validity: UidValidity(7),
            uid: Uid::new(9).unwrap(),
        }
    }

    #[test]
    fn a_form_reads_what_it_writes() {
        let form = DraftForm {
            token: "t".to_owned(),
            base: "b".to_owned(),
            draft: Draft {
                source: Some(Source {
                    message: message(),
                    how: Answer::ReplyAll,
                }),
                in_reply_to: "a&b=c@x".to_owned(),
                references: vec!["1@x".to_owned(), "2@x".to_owned()],
                carried: vec![Carried {
                    number: 3,
                    message: message(),
                    part: NestedPath::parse("2/1.2").unwrap(),
                    name: "a&b=\"c\";\r\n.eml".to_owned(),
                    kind: "message/rfc822".to_owned(),
                    encoding: Encoding::Base64,
                    size: 77,
                }],
                ..Draft::default()
            },
            wish: Wish::Keep,
            again: true,
            signed: String::new(),
            sure: false,
            is_leaving: false,
            is_rich: false,
            is_html_missing: false,
            html_of: "0123".to_owned(),
            next: "/folder?f=Sent".to_owned(),
        };
        assert_eq!(DraftForm::read(&form.hidden()), Ok(form.clone()));
        let mut fields = form.hidden();
        fields.push(("do".to_owned(), "detach.3".to_owned()));
        fields.push(("text".to_owned(), "a\r\nb\rc".to_owned()));
        fields.push(("to".to_owned(), "a@x.org, ".to_owned()));
        fields.push(("more_to".to_owned(), "Bo <b@x.org>".to_owned()));
        let read = DraftForm::read(&fields).unwrap();
        assert_eq!(read.draft.to, "a@x.org, Bo <b@x.org>");
        assert_eq!(
            (read.wish, read.draft.text.as_str()),
            (Wish::Detach(3), "a\nb\nc")
        );
    }

    #[test]
    fn a_page_goes_on_nowhere_else() {
        assert!(matches!(
            next("/message?f=INBOX&v=1&u=2"),
            Route::Message(_)
        ));
        for odd in [
            "",
            "https://evil.example/",
            "//evil.example",
            "/sign-out",
            "/part?f=INBOX",
        ] {
            assert!(matches!(next(odd), Route::Folder(_)), "{odd}");
        }
    }
}
