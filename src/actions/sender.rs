//! Policy for external content (remote images, tracking pixels): blocked, shown once, or always shown for a sender whom the
//! reader has named.
//!
//! Not for who a message is from (`sender` judges that), nor for taking the content out (`clean`), nor for remembering the
//! senders (`profile`). To know before changing it: anybody can write any From, so images are always shown only where the
//! judgement is certain.

use super::extras::judge;
use super::resume::{self, Question};
use super::{Done, GoOn, Visit};
use crate::clean::Cleaned;
use crate::document::{Document, Opening};
use crate::error::{Error, Result};
use crate::mail::{FolderName, NestedPath};
use crate::outbox::Kept;
use crate::request::form::Form;
use crate::route::{ActForm, ListQuery, MessageQuery, Route, SenderForm};
use crate::sender::{Judgement, WhyNot};
use crate::views::message::{Always, ExternalImages};

/// What the bar above a mail says of what it would load; `query` is the page on which it is shown.
pub fn remote(
    visit: &mut Visit,
    query: &MessageQuery,
    judgement: &Judgement,
    html: &Cleaned,
) -> ExternalImages {
    if html.on_request == 0 {
        return ExternalImages::None;
    }
    let images = html.on_request.saturating_sub(html.trackers);
    if images == 0 && !query.remote {
        return ExternalImages::Pixels(html.trackers);
    }
    let change = |always| {
        ActForm::from(SenderForm {
            page: query.clone(),
            always,
        })
    };
    let settings = visit.profile.settings();
    let is_named = |address: &String| settings.always_shows(address);
    if judgement.certain().is_ok_and(|address| is_named(&address)) {
        return ExternalImages::Always {
            stop: change(false),
        };
    }
    // Among unwanted mail, or within a message, it is no news that the sender is not certain.
    let in_doubt = match judgement.certain() {
        Err(WhyNot::Doubtful | WhyNot::NotConfirmed) => {
            judgement.address().as_ref().is_some_and(is_named)
        }
        Ok(_) | Err(WhyNot::Own | WhyNot::Junk | WhyNot::Inside | WhyNot::Stranger) => false,
    };
    let mailbox = &mut visit.mailbox;
    let is_changeable = visit.profile.damage().is_none() && !settings.is_remote_from_fixed;
    let always = match is_changeable {
        true => match judgement.may_be_chosen(|address| mailbox.has_written_to(address)) {
            Ok(_) => Always::Offered(change(true)),
            Err(why) => Always::NotOffered(why),
        },
        false => Always::NobodyChooses,
    };
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
            in_doubt,
            show: once(true),
            always,
        },
    }
}

/// Always shows what the sender of a message has loaded, or no longer; then the message again.
///
/// # Errors
/// `Profile` where the settings cannot be read; `BadRequest` for a sender who cannot be told for certain; `Gone`; `Imap`.
pub fn change(visit: &mut Visit) -> Result<Done> {
    let SenderForm { page, always } = SenderForm::read(visit.form.fields())?;
    let (_, address) = named(visit, &page, always)?;
    visit
        .profile
        .always_show(&address, always, visit.progress)?;
    let back = Route::Message(MessageQuery {
        charset: page.charset.clone(),
        unfolded: page.unfolded.clone(),
        ..MessageQuery::of(page.list.clone(), page.message.clone(), page.rank)
    });
    let undo = SenderForm {
        page: MessageQuery {
            remote: false,
            ..page
        },
        always: !always,
    };
    Ok(Done::GoOn(Box::new(GoOn {
        page: back,
        undo: Some(ActForm::from(undo)),
        more: None,
    })))
}

/// Asks whether that is still wanted, of a form whose session had ended.
///
/// # Errors
/// As `change`, which would end in the same.
pub fn ask(visit: &mut Visit, kept: &Kept) -> Result<Done> {
    let SenderForm { page, always } = SenderForm::read(kept.form.fields())?;
    let (document, address) = named(visit, &page, always)?;
    let question = Question {
        what: visit.words.show_images_of(&address, always),
        about: &document.row().subject,
        act: &Route::Sender,
        yes: visit.words.show_images_yes(always),
        no: Route::Message(page),
    };
    Ok(resume::ask(visit, kept, question))
}

/// The page that such a form was sent from; the inbox for a form that is not ours.
pub fn page_of(form: &Form) -> Route {
    match SenderForm::read(form.fields()) {
        Ok(form) => Route::Message(form.page),
        Err(_) => Route::Folder(ListQuery::newest(FolderName::inbox())),
    }
}

/// A message and the address of its sender, where the settings may name that one.
fn named(visit: &mut Visit, page: &MessageQuery, always: bool) -> Result<(Document, String)> {
    let document = visit.open(&Opening {
        rank: page.rank,
        ..Opening::look(page.looked_at(), &NestedPath::default())
    })?;
    let judgement = judge(visit, &document);
    let address = match always {
        true => {
            let mailbox = &mut visit.mailbox;
            let chosen = judgement.may_be_chosen(|address| mailbox.has_written_to(address));
            chosen.ok()
        }
        false => judgement.address(),
    };
    Ok((document, address.ok_or(Error::BadRequest("sender"))?))
}
