//! The pages of identities, and what their forms do.
//!
//! Not for whom a message may be from (`identities`). To know before changing it: a form names the identity that it means by
//! the address that it had, and what is wrong with what was typed comes back with all of it.

use super::identities::{as_address, chosen, may_send_as, unfit};
use super::panes::{Around, title};
use super::ways::ways;
use super::{Done, GoOn, Visit};
use crate::clean;
use crate::draft::{LONGEST_HTML, bare_signature, identity_faults, list as shown, typed};
use crate::error::{Act, Error, IdentityEdit, Result};
use crate::mail::{Folder, FolderName, IdentityFault, IdentityField, Role};
use crate::outbox::Kept;
use crate::request::form::Form;
use crate::route::{ActForm, DraftForm, Route};
use crate::settings::{Chosen, Identity};
use crate::views::identities::{
    self as view, IdentitiesPage, IdentityLine, IdentityPage, REMOVE, USUAL, WAS, WISH,
};
use crate::views::{Kind, Notice};

/// Most identities of a user.
const MOST: usize = 50;
/// Most folders that are offered for copies.
const FOLDERS: usize = 500;
/// Where a removed one stood, in the form that puts it back.
const PLACE: &str = "place";

/// The fields of the form, in their order.
const FIELDS: [IdentityField; 5] = [
    IdentityField::Name,
    IdentityField::Address,
    IdentityField::ReplyTo,
    IdentityField::Sent,
    IdentityField::Signature,
];

/// Shows all identities.
///
/// # Errors
/// `Imap`, where no folders are cached.
pub fn list(visit: &mut Visit) -> Result<Done> {
    let around = Around::gather(visit, None, Vec::new())?;
    let lines = chosen(visit).into_iter().map(|identity| IdentityLine {
        shown: shown(&[as_address(&identity)]),
        fault: unfit(visit, &identity),
        reply_to: identity.reply_to,
        sent: FolderName::new(&identity.sent).map(|folder| around.title(visit, &folder)),
        signature: identity.signature.lines().next().unwrap_or("").to_owned(),
        address: identity.address,
    });
    let page = IdentitiesPage {
        identities: lines.collect(),
        can_change: !visit.profile.settings().is_identities_fixed,
    };
    Ok(Done::Page(
        visit.page(|visit| view::list(&around.chrome(visit), &page)),
    ))
}

/// Shows the form of one, or of a new one.
///
/// # Errors
/// `Forbidden` where the hoster has fixed them; `Imap`, where no folders are cached.
pub fn show(visit: &mut Visit, place: Option<u32>) -> Result<Done> {
    let identity = match place {
        None => Identity::default(),
        Some(place) => {
            let place = usize::try_from(place).unwrap_or(usize::MAX);
            let found = chosen(visit).into_iter().nth(place);
            let Some(identity) = found else {
                return list(visit);
            };
            identity
        }
    };
    let asked = Asked {
        was: identity.address.clone(),
        identity,
        faults: Vec::new(),
    };
    page(visit, asked, None)
}

/// Does with one what its form says.
///
/// # Errors
/// `Forbidden` where the hoster has fixed them; `Profile`, `DiskFull`, `Setup`.
pub fn edit(visit: &mut Visit) -> Result<Done> {
    refuse_fixed(visit)?;
    let form = visit.form;
    let (was, mut all) = (form.get(WAS).to_owned(), chosen(visit));
    let place = all.iter().position(|one| one.is_of(&was));
    match (form.get(WISH), place) {
        (USUAL, Some(place)) => {
            let before = all.first().map(|usual| usual.address.clone());
            let one = all.remove(place);
            all.insert(0, one);
            let undo = before.map(|before| wish(&before, USUAL));
            keep(visit, all, (was, IdentityEdit::Usual), undo)
        }
        (REMOVE, Some(place)) => {
            let gone = all.remove(place);
            let edited = (gone.address.clone(), IdentityEdit::Removed);
            keep(visit, all, edited, Some(put_back(&gone, place)))
        }
        // It is gone already, and was perhaps removed by this form.
        (USUAL | REMOVE, None) => list(visit),
        _ => save(visit, all, place),
    }
}

/// Shows a form again whose session had ended.
///
/// # Errors
/// As `show`.
pub fn again(visit: &mut Visit, kept: &Kept) -> Result<Done> {
    let done = match kept.form.get(WISH) {
        USUAL | REMOVE => list(visit)?,
        _ => {
            let asked = Asked {
                was: kept.form.get(WAS).to_owned(),
                identity: read(visit, &kept.form),
                faults: Vec::new(),
            };
            let notice = Notice::warning("", visit.words.identity_to_save());
            page(visit, asked, Some(notice))?
        }
    };
    visit.outbox.forget(kept.id)?;
    Ok(done)
}

/// What a form is about.
struct Asked {
    /// The address that it had.
    was: String,
    /// What was typed.
    identity: Identity,
    /// What is wrong with that.
    faults: Vec<IdentityFault>,
}

/// Keeps what was typed, in the place of the one that it was.
fn save(visit: &mut Visit, mut all: Vec<Identity>, place: Option<usize>) -> Result<Done> {
    let form = visit.form;
    let identity = read(visit, form);
    let others = all.iter().enumerate().filter(|(n, _)| Some(*n) != place);
    let others: Vec<&Identity> = others.map(|(_, one)| one).collect();
    let faults = faults(visit, &identity, &others)?;
    if !faults.is_empty() {
        let notice = Notice {
            kind: Kind::Bad,
            ..Notice::warning("", visit.words.identity_not_saved())
        };
        let asked = Asked {
            was: form.get(WAS).to_owned(),
            identity,
            faults,
        };
        return page(visit, asked, Some(notice));
    }
    let address = identity.address.clone();
    match place.and_then(|place| all.get_mut(place)) {
        Some(before) => {
            let other = std::mem::take(&mut before.other);
            let undo = fields(before, &[(WAS, &address)]);
            *before = Identity { other, ..identity };
            keep(visit, all, (address, IdentityEdit::Changed), Some(undo))
        }
        None => {
            let place = form.get(PLACE).parse().unwrap_or(usize::MAX);
            all.insert(place.min(all.len()), identity);
            let undo = wish(&address, REMOVE);
            keep(visit, all, (address, IdentityEdit::Added), Some(undo))
        }
    }
}

/// What was typed.
fn read(visit: &Visit, form: &Form) -> Identity {
    let line = |field: IdentityField| form.get(field.key()).trim().to_owned();
    // Browsers send line ends as CRLF.
    let signature = form.get(IdentityField::Signature.key());
    let identity = Identity {
        name: line(IdentityField::Name),
        address: line(IdentityField::Address),
        reply_to: line(IdentityField::ReplyTo),
        sent: form.get(IdentityField::Sent.key()).to_owned(),
        signature: bare_signature(&signature.replace("\r\n", "\n")),
        ..Identity::default()
    };
    let identity = with_html(visit, form, identity);
    // Domains stand as they travel (RFC 5890), as those of other addresses do.
    let only = typed(&identity.address).good.into_iter().next();
    match only.filter(|_| identity_faults(|f| identity.text(f).to_owned()).is_empty()) {
        Some(one) => Identity {
            address: one.email,
            ..identity
        },
        None => identity,
    }
}

/// What was typed, with its signature as HTML: that of the editor, or the one that there is, as long as the text is the same.
fn with_html(visit: &Visit, form: &Form, mut identity: Identity) -> Identity {
    if form.get(DraftForm::RICH) != "1" {
        let before = chosen(visit)
            .into_iter()
            .find(|one| one.is_of(form.get(WAS)));
        let same = before.filter(|one| one.signature == identity.signature);
        identity.signature_html = same.map(|one| one.signature_html).unwrap_or_default();
        return identity;
    }
    identity.signature_html = clean::written(form.get(IdentityField::SignatureHtml.key())).html;
    if identity.signature.is_empty() {
        identity.signature = bare_signature(&clean::words(&identity.signature_html));
    }
    identity
}

/// What is wrong with what was typed.
fn faults(
    visit: &mut Visit,
    identity: &Identity,
    others: &[&Identity],
) -> Result<Vec<IdentityFault>> {
    let mut faults = identity_faults(|field| identity.text(field).to_owned());
    let is_well = |faults: &[IdentityFault], field| !faults.iter().any(|f| f.field() == field);
    if is_well(&faults, IdentityField::Address) {
        let is_taken = others.iter().any(|one| one.is_of(&identity.address));
        if is_taken {
            faults.push(IdentityFault::Taken);
        } else if !may_send_as(visit, &identity.address) {
            faults.push(IdentityFault::NotAllowed);
        } else if others.len() >= MOST {
            let limit = u32::try_from(MOST).unwrap_or(u32::MAX);
            faults.push(IdentityFault::TooMany { limit });
        }
    }
    if !identity.sent.is_empty() {
        let known = visit.mailbox.known_folders()?;
        let mut folders = known.folders.iter();
        if !folders.any(|one| one.name.as_wire() == identity.sent && takes(one)) {
            faults.push(IdentityFault::NoFolder);
        }
    }
    Ok(faults)
}

/// True for a folder that copies can go to.
fn takes(folder: &Folder) -> bool {
    folder.selectable && folder.may_take()
}

/// Keeps all identities.
fn keep(
    visit: &mut Visit,
    all: Vec<Identity>,
    (address, edit): (String, IdentityEdit),
    undo: Option<ActForm>,
) -> Result<Done> {
    let chosen = Chosen {
        identities: Some(all),
        ..visit.profile.chosen()?.clone()
    };
    let act = Act::Identity { address, edit };
    visit.profile.choose(&chosen, act, visit.progress)?;
    Ok(Done::GoOn(Box::new(GoOn {
        page: Route::Identities,
        undo,
        more: None,
    })))
}

fn refuse_fixed(visit: &Visit) -> Result<()> {
    match visit.profile.settings().is_identities_fixed {
        true => Err(Error::Forbidden("a fixed setting")),
        false => Ok(()),
    }
}

/// The form that does something with the one of an address.
fn wish(address: &str, what: &str) -> ActForm {
    let fields = [(WAS, address), (WISH, what)];
    ActForm {
        to: Route::EditIdentity,
        fields: fields.map(|(n, v)| (n.to_owned(), v.to_owned())).into(),
    }
}

/// The form that puts one back where it stood.
fn put_back(gone: &Identity, place: usize) -> ActForm {
    fields(gone, &[(PLACE, &place.to_string())])
}

/// The form that makes an identity what this one is.
fn fields(identity: &Identity, more: &[(&str, &str)]) -> ActForm {
    let typed = FIELDS.map(|field| (field.key(), identity.text(field)));
    let html = [
        (
            IdentityField::SignatureHtml.key(),
            identity.signature_html.as_str(),
        ),
        (DraftForm::RICH, "1"),
    ];
    let all = typed.iter().chain(&html).chain(more);
    ActForm {
        to: Route::EditIdentity,
        fields: all
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect(),
    }
}

/// The form, with what was typed.
fn page(visit: &mut Visit, asked: Asked, notice: Option<Notice>) -> Result<Done> {
    refuse_fixed(visit)?;
    let around = Around::gather(visit, None, notice.into_iter().collect())?;
    let status = match asked.faults.is_empty() {
        true => 200,
        false => 422,
    };
    let fields = FIELDS.map(|field| (field, asked.identity.text(field).to_owned()));
    let page = IdentityPage {
        was: asked.was,
        fields: fields.into(),
        folders: folders(visit, &around, &asked.identity.sent),
        allowed: allowed(visit),
        signature_html: clean::written(&asked.identity.signature_html).html,
        most_html: LONGEST_HTML,
        faults: asked.faults,
    };
    Ok(Done::Page(visit.page_with(status, |visit| {
        view::page(&around.chrome(visit), &page)
    })))
}

/// The folders that copies may go to: the one with that role first.
fn folders(visit: &Visit, around: &Around, chosen: &str) -> Vec<(String, String)> {
    let all = &around.list().folders;
    let usual = all.iter().find(|one| one.role == Some(Role::Sent));
    let usual = usual.map_or(visit.words.role(Role::Sent), |one| title(visit, one));
    let named = ways(visit, all).into_iter();
    let named = named.filter(|(one, _)| takes(one) && one.role != Some(Role::Sent));
    let named = named.map(|(one, whole)| (one.name.as_wire().to_owned(), whole));
    let (own, mut others): (Vec<_>, Vec<_>) = named.partition(|(wire, _)| wire == chosen);
    others.truncate(FOLDERS);
    let first = (String::new(), usual.to_owned());
    std::iter::once(first).chain(own).chain(others).collect()
}

/// Which addresses the hoster allows; None for any.
fn allowed(visit: &Visit) -> Option<String> {
    let (identities, login) = (&visit.config.identities, &visit.session.login);
    if identities.any {
        return None;
    }
    let (name, _) = login.rsplit_once('@').unwrap_or((login, ""));
    let usual = identities.usual(login);
    let words = visit.words;
    let by_domain = identities.domains.iter().map(|domain| {
        let any = format!("{name}+any@{domain}");
        match may_send_as(visit, &any) {
            true => words.any_address_at(domain),
            false => format!("{name}@{domain}"),
        }
    });
    let mut all: Vec<String> = by_domain.collect();
    let is_within = |usual: &String| {
        identities.domains.iter().any(|domain| {
            let end = usual.rsplit_once('@').map_or("", |(_, domain)| domain);
            end.eq_ignore_ascii_case(domain)
        })
    };
    all.extend(usual.filter(|usual| !is_within(usual)));
    Some(words.allowed_addresses(&all.join(", ")))
}
