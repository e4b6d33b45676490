//! Labels: which a message has, what they are called, and putting them on messages.
//!
//! Not for the change at the server (`messages` has it made like any other), nor for how labels are shown (`named_labels`). To know before changing it: a keyword that the
//! user has not named is shown by its word, and can be taken off like any other.

use super::named_labels::Labels;
use super::panes::Around;
use super::{Done, Visit};
use crate::error::{Error, Result};
use crate::mail::{FolderName, Label, LabelWord, labels_of};
use crate::route::{LabelForm, ListQuery, MessagesForm, Route};
use crate::views;
use crate::views::labels::{Chip, ChooseLabels, EditLabels, Had, LabelChoice, LabelLine};

/// Most messages that are looked through for their labels.
const LOOKED_THROUGH: usize = 1_000;

/// The label that a form means; made, where it names one that there is not yet. None where it names none.
///
/// # Errors
/// `BadRequest`; those of `Profile::keep_label`.
pub fn meant(visit: &Visit, form: &MessagesForm) -> Result<Option<Label>> {
    let labels = Labels::of(visit);
    if let Some(word) = &form.label {
        return Ok(Some(labels.label(word)));
    }
    let new = LabelForm::read(visit.form.fields())?;
    match new.name.is_empty() {
        true => Ok(None),
        false => made(visit, &labels, new).map(Some),
    }
}

/// The label of this name; made, where there is none.
fn made(visit: &Visit, labels: &Labels, new: LabelForm) -> Result<Label> {
    let same = |label: &&Label| label.name.to_lowercase() == new.name.to_lowercase();
    if let Some(known) = labels.named.iter().find(same) {
        return Ok(known.clone());
    }
    let label = Label {
        word: LabelWord::of_name(&new.name, |word| labels.is_taken(word)),
        name: new.name,
        colour: new.colour,
    };
    visit.profile.keep_label(&label, visit.progress)?;
    Ok(label)
}

/// Asks which labels messages are to have.
///
/// # Errors
/// `Imap` where no folders are cached.
pub fn choose(visit: &mut Visit, form: &MessagesForm) -> Result<Done> {
    let around = Around::gather(visit, Some(&form.from.name), Vec::new())?;
    let labels = Labels::of(visit);
    let permits = visit.mailbox.permits(&form.from.name);
    let few = form.uids.get(..LOOKED_THROUGH).unwrap_or(&form.uids);
    let rows = visit.mailbox.cached_rows(&form.from, few);
    let words: Vec<Vec<LabelWord>> = rows.values().map(|row| labels_of(&row.flags)).collect();
    let count = form.count();
    let is_known = u32::try_from(rows.len()) == Ok(count);
    let mut all: Vec<Label> = labels.named.clone();
    for word in words.iter().flatten() {
        if !all.iter().any(|label| label.word.is(word)) {
            all.push(labels.label(word));
        }
    }
    let has = |label: &Label, words: &[LabelWord]| words.iter().any(|word| word.is(&label.word));
    let choices = all.into_iter().map(|label| {
        let on = words.iter().filter(|words| has(&label, words)).count();
        let on = u32::try_from(on).unwrap_or(u32::MAX);
        LabelChoice {
            had: match on {
                _ if !is_known => Had::Unknown,
                0 => Had::None,
                n if n == count => Had::All,
                n => Had::Some(n),
            },
            word: label.word.clone(),
            chip: Chip::from(label),
        }
    });
    let is_kept = |choice: &LabelChoice| permits.keeps(&choice.word.flags());
    let page = ChooseLabels {
        count,
        choices: choices.filter(is_kept).collect(),
        can_make: permits.keeps_any_keyword(),
        fields: MessagesForm {
            label: None,
            ..form.clone()
        }
        .fields(),
        edit: Route::Labels,
        back: Route::Folder(form.page.clone()),
    };
    Ok(Done::Page(visit.page(|visit| {
        views::labels::choose(&around.chrome(visit), &page)
    })))
}

/// The page on which labels get their names and colours.
///
/// # Errors
/// `Imap`, where no folders are cached.
pub fn show(visit: &mut Visit) -> Result<Done> {
    let labels = Labels::of(visit);
    let around = Around::gather(visit, None, Vec::new())?;
    let lines = labels.named.into_iter().enumerate();
    let lines = lines.map(|(nth, label)| LabelLine {
        is_own: nth < labels.own,
        label,
    });
    let page = EditLabels {
        back: Route::Folder(ListQuery::newest(FolderName::inbox())),
        labels: lines.collect(),
    };
    Ok(Done::Page(visit.page(|visit| {
        views::labels::edit(&around.chrome(visit), &page)
    })))
}

/// Gives a label its name and colour, or forgets them.
///
/// # Errors
/// `BadRequest`; those of `Profile::keep_label`.
pub fn change(visit: &mut Visit) -> Result<Done> {
    let form = LabelForm::read(visit.form.fields())?;
    match form {
        LabelForm {
            word: Some(word),
            forget: true,
            ..
        } => visit.profile.forget_label(&word, visit.progress)?,
        LabelForm { ref name, .. } if name.is_empty() => {
            return Err(Error::BadRequest(LabelForm::NAME));
        }
        LabelForm {
            word: Some(word),
            name,
            colour,
            ..
        } => {
            let label = Label { word, name, colour };
            visit.profile.keep_label(&label, visit.progress)?;
        }
        new @ LabelForm { word: None, .. } => {
            let labels = Labels::of(visit);
            made(visit, &labels, new)?;
        }
    }
    Ok(Done::go_on(Route::Labels))
}
