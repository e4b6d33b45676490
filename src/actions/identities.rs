//! Whom a user's messages may be from: those whom they have chosen, as far as the hoster allows it, else the address that they
//! sign in with.

use super::Visit;
use crate::mail::Address;
use crate::settings::Identity;

/// Whom the user may send as, the usual one first.
pub(super) fn identities(visit: &Visit) -> Vec<Identity> {
    let login = &visit.session.login;
    let allowed = &visit.config.identities;
    let settings = visit.profile.settings();
    let chosen = settings.identities.iter();
    let chosen = chosen.filter(|identity| allowed.allows(login, &identity.address));
    let mut all: Vec<Identity> = chosen.cloned().collect();
    if let (true, Some(address)) = (all.is_empty(), allowed.usual(login)) {
        all.push(Identity {
            address,
            ..Identity::default()
        });
    }
    all
}

/// The one with this address; None where the user may not send from it.
pub(super) fn identity(visit: &Visit, address: &str) -> Option<Address> {
    let known = identities(visit);
    let named = known
        .iter()
        .find(|own| own.address.eq_ignore_ascii_case(address));
    named.map(as_address)
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
