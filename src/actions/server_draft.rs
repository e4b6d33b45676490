//! When the draft on the mail server is renewed, and when it is removed.
//!
//! Not for how (`jobs::draft`).

use super::Visit;
use super::identities::{as_address, identity, own_addresses};
use crate::error::{Act, Cause, Error, GoneKind, Result};
use crate::jobs::draft::{Putting, Said, ServerDraft, Wish};
use crate::ledger::Token;
use crate::mail::{Address, Draft, FolderName, Role};
use crate::outbox::{OnServer, Writing};
use crate::route::{ActForm, Route};
use crate::time::Seconds;

/// How old the draft on the server may grow while its message is written, in seconds.
const RENEWED: Seconds = 5 * 60;
/// The largest files that go along each time, in bytes: larger ones do when somebody asks for it.
const LIGHT: u64 = 256 * 1024;

/// True for what other programs can make something of: neither a message of somebody else that is passed on as it is, nor one
/// that programs read.
pub(super) fn may_be_there(draft: &Draft) -> bool {
    !draft.is_blank() && !draft.is_redirected() && draft.for_programs.is_none()
}

/// The job that puts a message there as it is now, and leads to its page.
///
/// # Errors
/// `Internal` for a time that no calendar has.
pub(super) fn put(visit: &mut Visit, token: &Token, page: Route) -> Result<ServerDraft> {
    let said = said(visit, Some(Act::KeepDraft), page);
    putting(visit, token, said)
}

/// The same for what is kept while it is written: None where the draft on the server is young enough, or it would carry much.
/// `is_leaving`: whoever writes it goes away.
///
/// # Errors
/// `Setup`, `Internal`.
pub(super) fn renewed(
    visit: &mut Visit,
    token: &Token,
    writing: &Writing,
    is_leaving: bool,
) -> Result<Option<ServerDraft>> {
    let known = visit.drafts.on_server(&token.id, &visit.session.data.key)?;
    let since = known.map_or(token.made, |known: OnServer| known.since);
    let is_old = visit.now.saturating_sub(since) >= RENEWED;
    let carried = writing.draft.carried.iter().map(|one| u64::from(one.size));
    let html = u64::try_from(writing.draft.html.len()).unwrap_or(u64::MAX);
    let files = writing.size().saturating_add(html);
    let size = carried.fold(files, u64::saturating_add);
    if size > LIGHT || !(is_leaving || is_old) || !may_be_there(&writing.draft) {
        return Ok(None);
    }
    let said = said(visit, None, Route::Unsent);
    putting(visit, token, said).map(Some)
}

/// The job that removes it, after the message was thrown away; None where none is there.
///
/// # Errors
/// `Setup`.
pub(super) fn removed(
    visit: &mut Visit,
    token: &Token,
    page: Route,
    undo: Option<ActForm>,
) -> Result<Option<ServerDraft>> {
    let key = visit.session.data.key.clone();
    let Some(known) = visit.drafts.on_server(&token.id, &key)? else {
        return Ok(None);
    };
    visit.mailbox.mark_stale(&known.folder, GoneKind::Message);
    Ok(Some(ServerDraft {
        user: visit.claim.user,
        token: *token,
        wish: Wish::Remove,
        drafts: visit.drafts.clone(),
        key,
        said: Said {
            undo,
            ..said(visit, Some(Act::DiscardDraft), page)
        },
    }))
}

/// Sending a message changes folders: its draft goes, its copy comes, what it answers is marked. Their next pages look.
pub(super) fn will_change(
    visit: &mut Visit,
    token: &Token,
    draft: &Draft,
    sent: Option<&FolderName>,
) {
    let key = &visit.session.data.key;
    let known = visit.drafts.on_server(&token.id, key);
    // What cannot be read names no folder.
    let known = known.ok().flatten().map(|known| known.folder);
    let answered = draft.source.as_ref().map(|one| one.message.folder.clone());
    let all = known.into_iter().chain(answered).chain(sent.cloned());
    for folder in all {
        visit.mailbox.mark_stale(&folder, GoneKind::Message);
    }
}

fn said(visit: &Visit, done: Option<Act>, page: Route) -> Said {
    Said {
        done,
        undo: None,
        under: visit.notice,
        base: visit.head.base.clone(),
        page,
    }
}

fn putting(visit: &mut Visit, token: &Token, said: Said) -> Result<ServerDraft> {
    let key = visit.session.data.key.clone();
    let writing = visit.drafts.open(&token.id, &key)?;
    let typed = writing
        .map(|writing| writing.draft.from)
        .unwrap_or_default();
    // A draft is from whoever writes it, whatever stands there yet.
    let own = || own_addresses(visit).into_iter().next().unwrap_or_default();
    let from = identity(visit, &typed).as_ref().map(as_address);
    let from = from.unwrap_or_else(|| Address {
        name: String::new(),
        email: own(),
    });
    let date = visit.zone.header_date(visit.now);
    let date = date.ok_or(Error::Internal(Cause::new("a date that no calendar has")))?;
    let folder = visit.mailbox.folder_for(Role::Drafts).ok();
    if let Some(folder) = &folder {
        visit.mailbox.mark_stale(folder, GoneKind::Message);
    }
    let most = visit.config.most_attached();
    Ok(ServerDraft {
        user: visit.claim.user,
        token: *token,
        wish: Wish::Put(Putting {
            from,
            date,
            most,
            folder,
        }),
        drafts: visit.drafts.clone(),
        key,
        said,
    })
}
