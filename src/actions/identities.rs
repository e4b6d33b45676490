//! Whom a user's messages may be from: those whom they have chosen, as far as the hoster allows it, else the address that they
//! sign in with.

use super::Visit;
use crate::draft::identity_faults;
use crate::mail::{Address, FolderName, IdentityFault, Role};
use crate::settings::Identity;
use crate::submission::Way;

/// Whom the user may send as, the usual one first.
pub(super) fn identities(visit: &Visit) -> Vec<Identity> {
    let mut all = chosen(visit);
    all.retain(|identity| unfit(visit, identity).is_none());
    if all.is_empty() {
        all.extend(usual(visit));
    }
    all
}

/// Those that have been chosen, whether they can be used or not; without any the one with the address of the login.
pub(super) fn chosen(visit: &Visit) -> Vec<Identity> {
    let chosen = &visit.profile.settings().identities;
    match chosen.is_empty() {
        true => usual(visit).into_iter().collect(),
        false => chosen.clone(),
    }
}

/// Why no message can be from an identity: its address is not the user's to use, or what stands in it fits no header.
pub(super) fn unfit(visit: &Visit, identity: &Identity) -> Option<IdentityFault> {
    let faults = identity_faults(|field| identity.text(field).to_owned());
    let not_allowed = (!may_send_as(visit, &identity.address)).then_some(IdentityFault::NotAllowed);
    faults.into_iter().next().or(not_allowed)
}

/// True where the hoster lets the user send from an address.
pub(super) fn may_send_as(visit: &Visit, address: &str) -> bool {
    let session = visit.session;
    let (realm, login) = (&session.realm, &session.login);
    visit.config.may_send_as(realm, login, address)
}

/// The one with the address of the login; None where nobody has said which that is.
fn usual(visit: &Visit) -> Option<Identity> {
    let address = visit.config.identities.usual(&visit.session.login)?;
    Some(Identity {
        address,
        ..Identity::default()
    })
}

/// True where the user has an address to send from, and there is something to send by.
pub(super) fn may_send(visit: &Visit) -> bool {
    !identities(visit).is_empty() && !matches!(way(visit), Way::Nowhere)
}

/// Where the user's messages are handed over.
pub(super) fn way(visit: &Visit) -> Way {
    let session = visit.session;
    Way::of(
        visit.config.smtp_of_realm(&session.realm),
        visit.config.sendmail.as_deref(),
        &session.login,
        &session.password,
    )
}

/// The one with this address; None where the user may not send from it.
pub(super) fn identity(visit: &Visit, address: &str) -> Option<Identity> {
    let mut known = identities(visit).into_iter();
    known.find(|own| own.is_of(address))
}

/// Where copies of what is sent from an address go; None where no folder for them can be had.
pub(super) fn sent_folder(visit: &mut Visit, address: &str) -> Option<FolderName> {
    let own = identity(visit, address).and_then(|own| FolderName::new(&own.sent));
    let known = visit.mailbox.known_folders().ok()?;
    // One that is gone, or takes nothing any more, is passed over: the copy is made.
    let is_there = |own: &FolderName| {
        let mut folders = known.folders.iter();
        folders.any(|one| one.name == *own && one.selectable && one.may_take())
    };
    own.filter(is_there)
        .or_else(|| visit.mailbox.folder_for(Role::Sent).ok())
}

/// As it stands in a header.
pub(super) fn as_address(identity: &Identity) -> Address {
    Address {
        name: identity.name.clone(),
        email: identity.address.clone(),
    }
}

/// The addresses that are the user's own: those that they send from, and the name that they sign in by.
pub(super) fn own_addresses(visit: &Visit) -> Vec<String> {
    let sent_from = identities(visit).into_iter().map(|own| own.address);
    sent_from.chain([visit.session.login.clone()]).collect()
}
