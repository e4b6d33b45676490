//! Policy for external content (remote images, tracking pixels): blocked, shown once, or always shown for a sender whom the
//! reader has named and for whom DMARC, SPF or DKIM passed at the reader's own server.
//!
//! Not for taking it out (`clean`) nor for remembering the senders (`profile`). To know before changing it: anybody can
//! write any From, so a sender counts as the named one only where nothing speaks against it, and never among unwanted
//! mail.

use super::extras::verdict;
use super::resume::{self, Question};
use super::{Done, Visit};
use crate::clean::Cleaned;
use crate::document::{Document, Opening};
use crate::error::{Error, Result};
use crate::extras::Verdict;
use crate::mail::{Folder, FolderName, NestedPath, Role};
use crate::outbox::Kept;
use crate::route::{MessageQuery, Route};
use crate::settings::ADDRESS_BYTES;
use crate::views::message::ExternalImages;

/// Who a message says it is from.
struct Sender {
    /// His address in lower case.
    address: String,
    /// True where nothing speaks against it.
    is_certain: bool,
}

/// What the bar above a mail says of what it would load.
pub fn remote(
    visit: &mut Visit,
    query: &MessageQuery,
    document: &Document,
    html: &Cleaned,
) -> ExternalImages {
    if html.on_request == 0 {
        return ExternalImages::None;
    }
    let images = html.on_request.saturating_sub(html.trackers);
    if images == 0 && !query.remote {
        return ExternalImages::Pixels(html.trackers);
    }
    // A message within a message: who put it there may have written its From.
    let is_trusted = query.inside.is_empty() && !is_junk(visit, &query.message.folder);
    let sender = sender(visit, document).filter(|_| is_trusted);
    let is_named = sender
        .as_ref()
        .is_some_and(|sender| visit.profile.settings().always_shows(&sender.address));
    let is_certain = sender.is_some_and(|sender| sender.is_certain);
    let change = |always| Route::Sender {
        page: query.clone(),
        always,
    };
    if is_named && is_certain {
        return ExternalImages::Always {
            stop: change(false),
        };
    }
    let settings = &visit.profile;
    let is_changeable = settings.damage().is_none() && !settings.settings().is_remote_from_fixed;
    let may_be_named = is_certain && is_changeable;
    let always = may_be_named.then(|| change(true));
    let once = |remote| {
        Route::Message(MessageQuery {
            remote,
            ..query.clone()
        })
    };
    match query.remote {
        true => ExternalImages::Shown {
            hide: once(false),
            always,
        },
        false => ExternalImages::HeldBack {
            images,
            in_doubt: is_named,
            show: once(true),
            always,
        },
    }
}

/// True for the folder of unwanted mail: nothing that lies there is taken for what it says to be.
fn is_junk(visit: &mut Visit, folder: &FolderName) -> bool {
    let junk = |known: &Folder| known.name == *folder && known.role == Some(Role::Junk);
    let list = visit.mailbox.folders();
    list.is_ok_and(|list| list.folders.iter().any(junk))
}

/// Always shows what the sender of a message has loaded, or no longer; then the message again.
///
/// # Errors
/// `Profile` where the settings cannot be read; `BadRequest` for a sender who cannot be told for certain; `Gone`; `Imap`.
pub fn change(visit: &mut Visit, page: &MessageQuery, always: bool) -> Result<Done> {
    let (_, sender) = named(visit, page, always)?;
    visit
        .profile
        .always_show(&sender.address, always, visit.progress)?;
    let back = Route::Message(MessageQuery {
        charset: page.charset.clone(),
        ..MessageQuery::plain(page.message.clone(), page.rank)
    });
    let undo = Route::Sender {
        page: MessageQuery {
            remote: false,
            ..page.clone()
        },
        always: !always,
    };
    Ok(Done::GoOn {
        page: back,
        undo: Some(undo),
    })
}

/// Asks whether that is still wanted, of a form whose session had ended.
///
/// # Errors
/// As `change`, which would end in the same.
pub fn ask(visit: &mut Visit, page: &MessageQuery, always: bool, kept: &Kept) -> Result<Done> {
    let (document, sender) = named(visit, page, always)?;
    let act = Route::Sender {
        page: page.clone(),
        always,
    };
    let question = Question {
        what: visit.words.show_images_of(&sender.address, always),
        about: &document.row().subject,
        act: &act,
        yes: visit.words.show_images_yes(always),
        no: Route::Message(page.clone()),
    };
    Ok(resume::ask(visit, kept, question))
}

/// A message and its sender, where the settings may name that one.
fn named(visit: &mut Visit, page: &MessageQuery, always: bool) -> Result<(Document, Sender)> {
    let document = visit.open(&Opening {
        rank: page.rank,
        ..Opening::look(&page.message, &NestedPath::default())
    })?;
    let may_be_named = !is_junk(visit, &page.message.folder);
    let sender = sender(visit, &document)
        .filter(|sender| !always || sender.is_certain && may_be_named)
        .ok_or(Error::BadRequest("sender"))?;
    Ok((document, sender))
}

fn sender(visit: &Visit, document: &Document) -> Option<Sender> {
    let [from] = document.row().from.as_slice() else {
        return None;
    };
    let address = from.email.to_lowercase();
    let (_, domain) = address.rsplit_once('@')?;
    // Two readers of one header may find two senders in it: the server's and ours have to agree.
    let ours = document.own_from();
    let agree = !ours.is_empty() && ours.iter().all(|own| own.email.to_lowercase() == address);
    let failed = verdict(visit, document).is_some_and(|v| failed(v, domain));
    let is_certain = agree && document.doubts().is_empty() && !failed;
    (address.len() <= ADDRESS_BYTES).then_some(Sender {
        address,
        is_certain,
    })
}

/// True where the reader's own server found that a message is not from this domain (RFC 8601 2.7), or did not find that
/// it is.
///
/// DMARC judges just that (RFC 7489 6.6.2), so it has the last word. Without it one check has to have passed for this
/// domain: a letter that was forwarded often fails the other.
fn failed(verdict: &Verdict, domain: &str) -> bool {
    let dmarc = |result: &str| {
        let mut checks = verdict.checks.iter();
        checks.any(|check| check.method == "dmarc" && check.result == result)
    };
    if dmarc("fail") || !verdict.is_whole {
        return true;
    }
    let speaks_for = |about: &str| {
        let about = about.to_ascii_lowercase();
        let under = |a: &str, b: &str| a.strip_suffix(b).is_some_and(|rest| rest.ends_with('.'));
        !about.is_empty() && (about == domain || under(&about, domain) || under(domain, &about))
    };
    let passed = verdict.checks.iter().any(|check| {
        let judges = matches!(check.method.as_str(), "dkim" | "spf");
        check.result == "pass" && judges && speaks_for(&check.about)
    });
    !passed && !dmarc("pass")
}

#[cfg(test)]
mod tests {
    use crate::mime::statements;

    #[test]
    fn a_sender_has_failed_where_the_readers_server_says_so() {
        let failed = |checks: &str| {
            let field = format!("Authentication-Results: mx; {checks}\r\n");
            let verdict = statements::verdict(field.as_bytes(), "mx").expect("a verdict");
            super::failed(&verdict, "shop.example")
        };
        for checks in [
            "dkim=pass header.d=shop.example; spf=pass smtp.mailfrom=x@other.example; dmarc=fail header.from=shop.example",
            "dmarc=fail",
            "spf=softfail smtp.mailfrom=shop.example",
            "dkim=fail header.d=shop.example; spf=pass smtp.mailfrom=other.example",
            "dkim=fail header.d=shop.example; dkim=pass header.d=notshop.example",
            "spf=pass smtp.mailfrom=x@other.example; dkim=none; dmarc=none",
            "dkim=none; spf=none",
            "spf=temperror smtp.mailfrom=shop.example",
            "dkim=pass header.d=sender.example",
            "dkim=pass header.d=shop.example (never ended",
        ] {
            assert!(failed(checks), "{checks}");
        }
        for checks in [
            "dkim=fail header.d=list.example; spf=fail smtp.mailfrom=shop.example; dmarc=pass",
            "dkim=fail header.d=list.example; dkim=pass header.d=mail.shop.example",
            "spf=softfail smtp.mailfrom=shop.example; dkim=pass header.d=shop.example; dmarc=none",
            "arc=pass; spf=pass smtp.mailfrom=shop.example",
        ] {
            assert!(!failed(checks), "{checks}");
        }
    }
}
