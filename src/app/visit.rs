//! A request with a cookie of ours: slot, gate, store, session, action, and back out in the other order.
//!
//! Not for what a route needs (`needs`). To know before changing it: the store is closed before the gate is given back,
//! and an answer is written only after that.

use std::time::Duration;

use super::needs::{Action, Unsaved};
use super::refusal::{log_line, not_signed_in};
use super::timing::Timing;
use super::{Asked, Context, Door, lane};
use crate::actions::{Answer, Done, Visit};
use crate::config::Config;
use crate::error::{Cause, Error, Imap, Result};
use crate::gate;
use crate::mailbox::Mailbox;
use crate::profile::Profile;
use crate::remote::{Account, Capabilities, Remote};
use crate::session::{self, Found, Session};
use crate::store::keys::SERVER;
use crate::store::{Encryption, Store};
use crate::time::{self, Watch, Zone};
use crate::views::TOKEN;
use crate::views::login::Reason;

/// Answers a request by an action behind the gate.
pub(super) fn visit(
    asked: &Asked,
    door: &Door,
    action: Action,
    timing: &mut Timing,
) -> Result<Answer> {
    let Context { config, head, .. } = asked.context;
    let (state, needs) = (&door.state, asked.needs());
    let Some(claim) = &door.claim else {
        return not_signed_in(asked, door, None);
    };
    let waiter = needs.waiter(head)?;
    let pass = match gate::enter(state, claim.user, waiter, &config.gate, asked.deadline) {
        Ok(pass) => pass,
        Err(Error::NotSignedIn { .. }) => return not_signed_in(asked, door, Some(Reason::Ended)),
        Err(error) => return Err(error),
    };
    timing.gate = Some(pass.waited());
    let watch = Watch::start();
    let mut store = Store::open(&pass, config.store_budget())?;
    let opened = watch.passed();
    timing.store = Some(opened);
    let now = time::now();

    let mut session = match session::load(&mut store, claim, now) {
        Found::Live(session) => session,
        Found::Ended(_) | Found::Nothing => {
            store.save()?;
            drop(store);
            drop(pass);
            return not_signed_in(asked, door, Some(Reason::Ended));
        }
    };
    if head.method == "POST" {
        session.check_token(asked.request.form.get(TOKEN))?;
    }
    session::touch(&mut store, claim, &mut session, now)?;

    let mut profile = Profile::of(&pass);
    let acted = (|| {
        let deadline = needs
            .patience
            .map_or(asked.deadline, |limit| asked.deadline.within(limit));
        let known = store.get(
            Encryption::With(&session.data.key),
            &SERVER,
            &session.data.id,
        );
        let known = known.map(|facts| Capabilities::from_words(facts.capabilities));
        let remote = Remote::new(account(config, &session)?, known, deadline);
        let zone = Zone::named(&config.time_zone);
        let mut visit = Visit {
            config,
            head,
            form: &asked.request.form,
            words: asked.context.words,
            zone: zone.ok_or(Error::Internal(Cause::new("time zone")))?,
            now,
            claim,
            session: &session,
            mailbox: Mailbox::new(&mut store, remote, &session.data, config, now),
            profile: &mut profile,
            rendering: Duration::ZERO,
        };
        let done = action(&mut visit);
        if let (Err(Error::Gone(what)), Some(folder)) = (&done, asked.request.route.folder()) {
            visit.mailbox.distrust(folder, *what);
        }
        timing.render = Some(visit.rendering);
        timing.imap = Some(visit.mailbox.cost());
        done
    })();
    if let Some(error) = profile.damage() {
        state.log(&log_line(error, asked, Some(claim)));
    }

    if let Err(Error::Imap(Imap::LoginRefused, cause)) = &acted {
        let user = claim.user.to_hex();
        state.log(&format!("session-ended {user} {}", cause.0));
        session::end(&mut store, claim, session)?;
        store.save()?;
        drop(store);
        drop(pass);
        return not_signed_in(asked, door, Some(Reason::PasswordChanged));
    }
    let watch = Watch::start();
    let saved = store.save();
    drop(store);
    timing.store = Some(opened.saturating_add(watch.passed()));
    if let Err(error) = saved {
        state.log(&log_line(&error, asked, Some(claim)));
        if needs.unsaved == Unsaved::NotDone {
            return Err(error);
        }
    }
    match acted? {
        Done::Page(response) => Ok(Answer::Page(response)),
        Done::Transfer(job) => lane::run(asked, door, pass, &session, job, timing),
    }
}

/// The server and the words to sign in to it of a session.
pub(super) fn account<'a>(config: &'a Config, session: &'a Session) -> Result<Account<'a>> {
    let server = config.server_of_realm(&session.realm).ok_or_else(|| {
        Error::Setup(Cause::new(
            "the [[domain]] table of a session is no longer configured",
        ))
    })?;
    let password = session.password.as_deref().ok_or(Error::NotSignedIn {
        back: String::new(),
    })?;
    Ok(Account {
        server,
        login: &session.login,
        password,
    })
}
