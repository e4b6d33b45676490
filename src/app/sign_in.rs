//! Signing in, in an order that does not let anybody block or fill anything by trying: form, throttle, a place, LOGIN, and only
//! after its success a directory, the gate, the store and a session.

use super::needs::{Who, needs};
use super::{Asked, Door, carry};
use crate::actions::login::{self, SignInFields};
use crate::desk;
use crate::error::{Act, Error, Imap, Result};
use crate::gate::{self, Newcomer};
use crate::remote::{Account, Remote};
use crate::response::Response;
use crate::route::{Base, Route};
use crate::session::{self, Begun, FormProof, FormToken, Origin};
use crate::store::Encryption;
use crate::store::keys::{SERVER, ServerFacts};
use crate::throttle::{self, Attempt};
use crate::views::TOKEN;
use crate::views::login::{KEEP, LOGIN, PASSWORD, Reason, TO};

/// Longest login and password that are passed on, in bytes.
const LONGEST: usize = 1000;

/// Answers the sign-in form.
pub(super) fn sign_in(asked: &Asked, door: &Door) -> Result<Response> {
    let config = &asked.context.config;
    let (head, form) = (asked.request.head, &asked.request.form);
    let Door { state, claim, .. } = door;
    let (login, password) = (form.get(LOGIN).trim(), form.get(PASSWORD));
    let carried = login::carried(form);
    let again = |status: u16, reason: Reason| {
        let fields = SignInFields {
            to: form.get(TO),
            login,
            keep: form.get(KEEP) == "1",
            reason: Some(reason),
            carried: carried.clone(),
            first: None,
        };
        Ok(asked.sign_in_form(door, status, fields))
    };

    if let Some(reason) = login::unsafe_place(config, head) {
        return again(403, reason);
    }
    match FormToken::judge(head, state, form.get(TOKEN)) {
        FormProof::Good => {}
        FormProof::NoCookie => return again(400, Reason::NoCookie),
        FormProof::TooOld => return again(400, Reason::FormTooOld),
    }
    let fits = |s: &str| !s.is_empty() && s.len() <= LONGEST && !s.chars().any(char::is_control);
    if !fits(login) || !fits(password) {
        return again(400, Reason::Incomplete);
    }

    let (realm, server) = config.server_for(login);
    let user = state.user(realm, login);
    let known = claim.as_ref().filter(|c| c.user == user);
    let attempt = match (known, head.client) {
        (Some(claim), _) => Attempt::Known { session: &claim.id },
        (None, Some(from)) => Attempt::Stranger {
            from,
            user: &user.0,
        },
        (None, None) => return Err(Error::BadRequest("REMOTE_ADDR")),
    };
    let booked = match throttle::book(state, &attempt, config.limits.logins_per_minute) {
        Ok(booked) => booked,
        Err(Error::TooMany { retry }) => {
            let page = again(429, Reason::Throttled { seconds: retry })?;
            return Ok(page.with("Retry-After", retry.to_string()));
        }
        Err(error) => return Err(error),
    };
    let newcomer = match (known, head.client) {
        (None, Some(from)) => Newcomer::Stranger {
            network: throttle::neighbourhood(state, from),
            has_failed: booked.has_failed_before(),
        },
        (Some(_), _) | (None, None) => Newcomer::Known,
    };
    let Some(place) = gate::sign_in_place(state, newcomer)? else {
        booked.take_back()?;
        return Ok(again(429, Reason::Crowded)?.with("Retry-After", "2"));
    };

    let key = session::Making::begin(state, user, password);
    let mut remote = Remote::new(
        Account {
            server,
            login,
            password,
            client: head.client.filter(|_| server.send_client_address),
        },
        None,
        asked.deadline,
    );
    let facts = match remote.ready() {
        Ok(capabilities) => ServerFacts {
            capabilities: capabilities.words().map(str::to_owned).collect(),
        },
        Err(Error::Imap(Imap::LoginRefused, _)) => {
            // The line that hosters' tools look for: fixed words, then the client's address.
            let from = head.client.map_or_else(String::new, |ip| ip.to_string());
            state.log(&format!(
                "sign-in-failed from {from} user {}",
                user.to_hex()
            ));
            return again(401, Reason::WrongPassword);
        }
        Err(Error::Imap(kind, cause)) => {
            booked.take_back()?;
            state.log(&format!(
                "imap sign-in {} {}: {}",
                user.to_hex(),
                kind.name(),
                cause.0
            ));
            let status = Error::Imap(kind.clone(), cause).status();
            return again(status, Reason::Server(kind));
        }
        Err(error) => return Err(error),
    };
    booked.take_back()?;
    drop(remote);
    drop(place);

    let password = key.finish()?;
    state.make_user(user)?;
    let pass = asked.gate(door).enter(user, asked.needs().waiter(head)?)?;
    let beginning = session::Beginning {
        user,
        realm,
        login,
        password: &password,
        keep: form.get(KEEP) == "1",
        origin: Origin::of(head),
        former: known,
    };
    let progress = &asked.context.progress;
    let left = desk::at(pass, config.store_budget(), |desk| {
        let begun = session::begin(&mut desk.store, &beginning, desk.now)?;
        let session = &begun.session;
        if !facts.capabilities.is_empty() {
            let sealed = Encryption::With(&session.data.key);
            desk.store.put(sealed, &SERVER, &session.data.id, &facts);
        }
        // The old session goes with the same write.
        progress.tries(Act::SignIn);
        Ok(begun)
    })?;
    let Begun {
        claim,
        session,
        outdated,
    } = left.value?;
    left.saved?;
    progress.did(Act::SignIn);
    if let Err(error) = outdated.forget(&left.pass) {
        asked.log(door, error);
    }
    let resumed = carry::hand_over(&carried, &left.pass, &session).unwrap_or_else(|error| {
        // Signed in all the same; the page where the form should be says that it is not.
        asked.log(door, error);
        Some(carry::resumed(None))
    });
    drop(left.pass);

    let to = match resumed {
        Some(route) => route.href(&head.base),
        None => format!("{}{}", head.base.0, way_back(form.get(TO))),
    };
    Ok(Response::see_other(&to).with("Set-Cookie", claim.cookie(head, state)))
}

/// The page to continue with: one of our own that a link from elsewhere may open, else the inbox.
fn way_back(to: &str) -> String {
    let (path, query) = to.split_once('?').unwrap_or((to, ""));
    let opened = Route::parse("GET", path, query).ok().and_then(|route| {
        let needs = needs(&route);
        let is_behind = matches!(needs.who, Who::Session(_));
        needs.elsewhere.opened(&route).filter(|_| is_behind)
    });
    opened.map_or_else(|| "/".to_owned(), |route| route.href(&Base::default()))
}
