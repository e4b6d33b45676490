//! Messages that others begin with: saving one, beginning with it, their page.
//!
//! Not for where they lie (`outbox::Templates`).

use super::carrying::room;
use super::identities::{identities, identity};
use super::keeping::has_room;
use super::panes::Around;
use super::{Done, GoOn, Visit};
use crate::error::{Act, Error, Result, TemplateEdit};
use crate::jobs::template::SaveTemplate;
use crate::ledger::Token;
use crate::mail::{Carried, Draft, DraftFault, FolderName};
use crate::outbox::{DRAFTS, TEMPLATES, Template, Writing};
use crate::route::{ActForm, ComposeQuery, ListQuery, Route};
use crate::views::templates::{
    self as view, BEGIN, ID, LONGEST, NAME, REMOVE, RENAME, RESTORE, TemplateLine, TemplatesPage,
    WISH,
};
use crate::views::{Kind, Notice};

/// Shows them.
///
/// # Errors
/// `Imap`, where no folders are cached; `Setup`.
pub fn list(visit: &mut Visit) -> Result<Done> {
    page(visit, 200, None)
}

/// Begins a message with one, or does with it what else its form says.
///
/// # Errors
/// `BadRequest` for a form that is not ours; `DiskFull`, `Setup`.
pub fn edit(visit: &mut Visit) -> Result<Done> {
    let key = visit.session.data.key.clone();
    let form = visit.form;
    let id = form.get(ID);
    if form.get(WISH) == RESTORE {
        visit.templates.take_back(id)?;
    }
    let Some(template) = visit.templates.open(id, &key)? else {
        // It is gone already, and was perhaps deleted by this form.
        let gone = Notice::warning("", visit.words.template_gone());
        return page(visit, 200, Some(gone));
    };
    match form.get(WISH) {
        BEGIN => begin(visit, &template),
        RESTORE => Ok(done(visit, template.name, TemplateEdit::Saved, None)),
        RENAME => {
            let name = named(form.get(NAME));
            if name.is_empty() {
                return Err(Error::BadRequest(NAME));
            }
            visit.templates.rename(&template, &name, &key)?;
            let undo = wish(&template, RENAME, Some(&template.name));
            Ok(done(visit, name, TemplateEdit::Renamed, Some(undo)))
        }
        REMOVE => {
            visit.templates.set_aside(&template)?;
            let undo = wish(&template, RESTORE, None);
            Ok(done(
                visit,
                template.name,
                TemplateEdit::Removed,
                Some(undo),
            ))
        }
        _ => Err(Error::BadRequest(WISH)),
    }
}

/// Saves a message that is being written as a template, with its files. What keeps it from being one, else. `page` is the one
/// of the message.
///
/// # Errors
/// `DiskFull`, `Setup`.
pub(super) fn save(
    visit: &mut Visit,
    token: &Token,
    writing: &Writing,
    page: Route,
) -> Result<std::result::Result<Done, Vec<DraftFault>>> {
    let key = visit.session.data.key.clone();
    if visit.templates.all(&key)?.len() >= TEMPLATES {
        let limit = u32::try_from(TEMPLATES).unwrap_or(u32::MAX);
        return Ok(Err(vec![DraftFault::TooManyTemplates { limit }]));
    }
    let limit = room(visit.config.most_attached());
    let carried = writing.draft.carried.iter().map(Carried::carries);
    let size = carried.fold(writing.size(), u64::saturating_add);
    if visit.templates.used()?.saturating_add(size) > limit {
        return Ok(Err(vec![DraftFault::TemplateTooLarge { limit }]));
    }
    let name = match named(&writing.draft.subject) {
        name if name.is_empty() => visit.words.unnamed_template().to_owned(),
        name => name,
    };
    let kept = Writing {
        draft: bare(&writing.draft),
        ..writing.clone()
    };
    if !kept.draft.carried.is_empty() {
        return Ok(Ok(Done::Leaves(Box::new(SaveTemplate {
            token: *token,
            writing: kept,
            name,
            drafts: visit.drafts.clone(),
            templates: visit.templates.clone(),
            key,
            most: visit.config.most_attached(),
            under: visit.notice,
            base: visit.head.base.clone(),
            page,
        }))));
    }
    let from = (&visit.drafts, &token.id);
    visit.templates.keep(&name, &kept, from, &key)?;
    let edit = TemplateEdit::Saved;
    visit.progress.did(Act::Template { name, edit });
    Ok(Ok(Done::go_on(page)))
}

/// A message without what belongs to one of its kind alone: what it answers, and when it is to be sent.
fn bare(draft: &Draft) -> Draft {
    Draft {
        source: None,
        in_reply_to: String::new(),
        references: Vec::new(),
        for_programs: None,
        later: String::new(),
        ..draft.clone()
    }
}

/// Begins a message: the same form twice begins one.
fn begin(visit: &mut Visit, template: &Template) -> Result<Done> {
    let key = visit.session.data.key.clone();
    let pieces = [&b"template"[..], template.id.as_bytes(), &visit.notice.id()];
    let mut token = Token {
        id: visit.ledger.id_of(&pieces),
        made: visit.now,
    };
    if visit.ledger.look(&token)?.is_some() {
        // What it began was sent, and another one is wanted.
        token = Token::new()?;
    }
    if let Some(begun) = visit.drafts.open(&token.id, &key)? {
        token.made = begun.made;
    } else {
        let limit = room(visit.config.most_attached());
        let used = visit.drafts.used()?;
        let fault = match has_room(visit)? {
            false => Some(DraftFault::TooManyUnsent {
                limit: u32::try_from(DRAFTS).unwrap_or(u32::MAX),
            }),
            true if used.saturating_add(template.writing.size()) > limit => {
                Some(DraftFault::NoRoom { limit })
            }
            true => None,
        };
        if let Some(fault) = fault {
            let notice = Notice {
                kind: Kind::Bad,
                ..Notice::warning("", visit.words.draft_fault(&fault))
            };
            return page(visit, 422, Some(notice));
        }
        let mut template = template.clone();
        let draft = &mut template.writing.draft;
        if identity(visit, &draft.from).is_none() {
            let usual = identities(visit).into_iter().next();
            draft.from = usual.map(|one| one.address).unwrap_or_default();
        }
        template.writing.made = token.made;
        let into = (&visit.drafts, &token.id);
        visit.templates.begin(&template, into, &key)?;
    }
    let text = visit.ledger.to_text(&token);
    let page = ComposeQuery::of_token(text, String::new());
    visit.progress.did(Act::KeepDraft);
    Ok(Done::leads_to(visit, &Route::from(page)))
}

/// A name as it is kept: one line, and no longer than a name may be.
fn named(typed: &str) -> String {
    let words: Vec<&str> = typed.split_whitespace().collect();
    let name: String = words.join(" ").chars().take(LONGEST).collect();
    name.trim().to_owned()
}

fn done(visit: &Visit, name: String, edit: TemplateEdit, undo: Option<ActForm>) -> Done {
    visit.progress.did(Act::Template { name, edit });
    Done::GoOn(Box::new(GoOn {
        page: Route::Templates,
        undo,
        more: None,
    }))
}

/// The form that does something with one.
fn wish(template: &Template, what: &str, name: Option<&str>) -> ActForm {
    let fields = [(ID, template.id.as_str()), (WISH, what)];
    let fields = fields.into_iter().chain(name.map(|name| (NAME, name)));
    ActForm {
        to: Route::EditTemplate,
        fields: fields
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    }
}

fn page(visit: &mut Visit, status: u16, notice: Option<Notice>) -> Result<Done> {
    let all = visit.templates.all(&visit.session.data.key)?;
    let around = Around::gather(visit, None, notice.into_iter().collect())?;
    let lines = all.into_iter().map(|one| TemplateLine {
        id: one.id,
        name: one.name,
        subject: one.writing.draft.subject,
        to: one.writing.draft.to,
        files: one.writing.files.len(),
    });
    let page = TemplatesPage {
        templates: lines.collect(),
        back: Route::Folder(ListQuery::newest(FolderName::inbox())),
    };
    Ok(Done::Page(visit.page_with(status, |visit| {
        view::page(&around.chrome(visit), &page)
    })))
}
