//! The path of a request, told once from top to bottom: guard, route, cookie, body, then slot, gate, store, session,
//! action, and back out in the other order.
//!
//! Not for what a click does: that is an action. Two flows leave the straight line and have rooms of their own: signing
//! in (`sign_in`) and long transfers (`lane`). To know before changing it: nothing of a user is opened before his gate is
//! passed, and nothing is written to the client while it is held.

mod lane;
mod refusal;
mod sign_in;
mod timing;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::Duration;

use self::refusal::{log_line, not_signed_in};
use self::timing::Timing;
use crate::actions::{self, Answer, Visit};
use crate::assets;
use crate::config::Config;
use crate::error::{Cause, Error, Imap, Result};
use crate::gate::{self, Waiter};
use crate::mailbox::Mailbox;
use crate::process;
use crate::profile::Profile;
use crate::remote::{Account, Capabilities, Remote};
use crate::request::{self, BodyLimit, Form, Head};
use crate::response::Response;
use crate::route::{self, Route};
use crate::session::{self, Claim, Found, Session};
use crate::state::State;
use crate::store::keys::SERVER;
use crate::store::{Lock, Store};
use crate::time::{self, Deadline, Watch, Zone};
use crate::views::TOKEN;
use crate::views::error::HARD_DEADLINE;
use crate::views::login::Reason;
use crate::words::Words;

/// How much later than the soft deadline the hard one ends the process.
const HARDER: Duration = Duration::from_secs(3);
/// How long signing out may wait for the mail server to be told what was read.
const COURTESY: Duration = Duration::from_secs(2);

/// A request that has been let in: judged, routed, its body read. Nothing of any user has been touched.
pub struct Admitted {
    config: Config,
    head: Head,
    words: Words,
    deadline: Deadline,
    watch: Watch,
    asked: Result<Asked>,
}

/// What is asked for, and by whom.
struct Asked {
    route: Route,
    state: Option<State>,
    claim: Option<Claim>,
}

/// Judges a request as far as that can be done without opening anything of a user, and reads its body.
pub fn admit() -> Admitted {
    let watch = Watch::start();
    let exe = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("/"));
    let (config, broken) = match Config::read(&exe, process::home) {
        Ok(config) => (config, None),
        Err(error) => (Config::default(), Some(error)),
    };
    process::hard_deadline(config.soft_deadline().saturating_add(HARDER), HARD_DEADLINE);
    let (head, refused) = match request::guard(&config) {
        Ok(head) => (head, None),
        Err(error) => (Head::default(), Some(error)),
    };
    let words = Words::chosen(&head.language);
    let asked = match refused.or(broken) {
        Some(error) => Err(error),
        None => ask(&config, &head),
    };
    if asked.is_err() {
        head.drain();
    }
    // The body may have taken its time; what follows has its own.
    process::hard_deadline(config.soft_deadline().saturating_add(HARDER), HARD_DEADLINE);
    let deadline = Deadline::after(config.soft_deadline());
    Admitted {
        config,
        head,
        words,
        deadline,
        watch,
        asked,
    }
}

/// Route, cookie, body, in this order.
fn ask(config: &Config, head: &Head) -> Result<Asked> {
    let route = Route::parse(&head.method, &head.path, &head.query)?;
    if matches!(route, Route::Asset { .. } | Route::Robots | Route::Favicon) {
        return Ok(Asked {
            route,
            state: None,
            claim: None,
        });
    }
    // From elsewhere a page may be opened, and no more: not as an image, to which a mail's own may lead.
    let route = match head.is_cross_site() {
        true => Some(route)
            .filter(|_| head.method != "POST" && head.fetch_dest == "document")
            .and_then(Route::from_elsewhere)
            .ok_or(Error::Forbidden("another site"))?,
        false => route,
    };
    let state = State::open(config, head.document_root.as_deref())?;
    let claim = Claim::read(head, &state);
    head.take_body(BodyLimit::FORM)?;
    Ok(Asked {
        route,
        state: Some(state),
        claim,
    })
}

/// Answers a request that was let in.
pub fn serve(admitted: Admitted, raw: cgi::Request) -> Answer {
    let mut timing = Timing::default();
    let form = Form::read(raw.body());
    let worked = catch_unwind(AssertUnwindSafe(|| work(&admitted, &form, &mut timing)));
    let answer = worked.unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or(panic.downcast_ref::<&str>().copied());
        Err(Error::Internal(Cause::at(
            "panic",
            text.unwrap_or("without words"),
        )))
    });
    let response = match answer {
        Ok(Answer::Sent) => return Answer::Sent,
        Ok(Answer::Page(response)) => response,
        Err(error) => admitted.refusal(&error),
    };
    Answer::Page(response.with("Server-Timing", timing.header(admitted.watch.passed())))
}

fn work(admitted: &Admitted, form: &Form, timing: &mut Timing) -> Result<Answer> {
    let asked = admitted.asked.as_ref().map_err(Clone::clone)?;
    let page = |response| Ok(Answer::Page(response));
    match (&asked.route, &asked.state) {
        (Route::Asset { hash, name }, _) => match assets::asset(name) {
            Some(asset) => page(Response::asset(asset, asset.hash() == hash)),
            None => Err(Error::NotFound),
        },
        (Route::Robots, _) => page(Response::asset(&assets::ROBOTS, false)),
        (Route::Favicon, _) => page(Response::asset(&assets::FAVICON, false)),
        (_, None) => Err(Error::Internal(Cause::new(
            "a route without a state directory",
        ))),
        (Route::SignInForm { to, out }, Some(state)) => {
            let reason = out.then_some(Reason::SignedOut);
            page(admitted.sign_in_form(state, 200, to, reason))
        }
        (Route::SignIn, Some(state)) => {
            sign_in::sign_in(admitted, state, asked.claim.as_ref(), form).map(Answer::Page)
        }
        (route, Some(state)) => match &asked.claim {
            Some(claim) => visit(admitted, route, state, claim, form, timing),
            None => not_signed_in(admitted, route, state, None),
        },
    }
}

/// A request with a cookie of ours: slot, gate, store, session, action.
fn visit(
    admitted: &Admitted,
    route: &Route,
    state: &State,
    claim: &Claim,
    form: &Form,
    timing: &mut Timing,
) -> Result<Answer> {
    let Admitted {
        config,
        head,
        deadline,
        ..
    } = admitted;
    let pass = match gate::enter(
        state,
        claim.user,
        waiter(route, head),
        &config.gate,
        *deadline,
    ) {
        Ok(pass) => pass,
        Err(Error::NotSignedIn { .. }) => {
            return not_signed_in(admitted, route, state, Some(Reason::Ended));
        }
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
            return not_signed_in(admitted, route, state, Some(Reason::Ended));
        }
    };
    if head.method == "POST" {
        session.check_token(form.get(TOKEN))?;
    }
    session::touch(&mut store, claim, &mut session, now)?;

    let mut profile = Profile::of(&pass);
    let acted = act(
        admitted,
        (route, claim),
        &session,
        &mut store,
        &mut profile,
        now,
        timing,
    );
    if let Some(error) = profile.damage() {
        state.log(&log_line(error, route, Some(claim)));
    }

    if let Err(Error::Imap(Imap::LoginRefused, cause)) = &acted {
        state.log(&format!(
            "session-ended {} {}",
            claim.user.to_hex(),
            cause.0
        ));
        session::end(&mut store, claim, session)?;
        store.save()?;
        drop(store);
        drop(pass);
        return not_signed_in(admitted, route, state, Some(Reason::PasswordChanged));
    }
    let watch = Watch::start();
    let saved = store.save();
    drop(store);
    timing.store = Some(opened.saturating_add(watch.passed()));
    if let Err(error) = saved {
        // What a page shows is right all the same; what an act was to change in it is not.
        state.log(&log_line(&error, route, Some(claim)));
        if head.method == "POST" && !matches!(route, Route::Sender { .. }) {
            return Err(error);
        }
    }
    match acted? {
        actions::Done::Page(response) => Ok(Answer::Page(response)),
        actions::Done::Transfer(job) => lane::run(admitted, state, pass, &session, job, timing),
    }
}

/// The action behind a route, with its mail.
fn act<'p>(
    admitted: &Admitted,
    (route, claim): (&Route, &Claim),
    session: &Session,
    store: &mut Store<'p>,
    profile: &mut Profile<'p>,
    now: time::Seconds,
    timing: &mut Timing,
) -> Result<actions::Done> {
    let Admitted {
        config,
        head,
        words,
        deadline,
        ..
    } = admitted;
    let known = store.get(
        Lock::Sealed(&session.data.key),
        &SERVER,
        &session.data.own(),
    );
    let known = known.map(|facts| Capabilities::from_words(facts.capabilities));
    let deadline = match route {
        Route::SignOut => deadline.within(COURTESY),
        _ => *deadline,
    };
    let remote = Remote::new(account(config, session)?, known, deadline);
    let zone = Zone::named(&config.time_zone).ok_or(Error::Internal(Cause::new("time zone")))?;
    let mailbox = Mailbox::new(store, remote, &session.data, config, now);
    let mut visit = Visit {
        config,
        head,
        words: *words,
        zone,
        now,
        session,
        mailbox,
        profile,
        rendering: Duration::ZERO,
    };
    let done = match route {
        Route::Folder(query) => actions::folder::show(&mut visit, query),
        Route::Message(query) => actions::message::show(&mut visit, query),
        Route::Print(query) => actions::print::show(&mut visit, query),
        Route::Frame(query) => actions::message::frame(&mut visit, query),
        Route::Part {
            message,
            trail,
            open,
        } => actions::part::part(&mut visit, message, trail, *open),
        Route::Attachments { message } => actions::part::attachments(&mut visit, message),
        Route::Source { message, save } => actions::part::source(&mut visit, message, *save),
        Route::Headers { message, inside } => actions::about::headers(&mut visit, message, inside),
        Route::Leave { message } => actions::about::leave(&mut visit, message),
        Route::Sender { page, always } => actions::sender::change(&mut visit, page, *always),
        Route::SignOut => Ok(actions::Done::Page(actions::login::sign_out(
            &mut visit, claim,
        ))),
        Route::SignInForm { .. }
        | Route::SignIn
        | Route::Asset { .. }
        | Route::Robots
        | Route::Favicon => Err(Error::Internal(Cause::new(
            "a public route behind the gate",
        ))),
    };
    if let (Err(Error::Gone(what)), Some(folder)) = (&done, route.folder()) {
        visit.mailbox.distrust(folder, *what);
    }
    timing.render = Some(visit.rendering);
    timing.imap = Some(visit.mailbox.cost());
    done
}

/// The server and the words to sign in to it of a session.
fn account<'a>(config: &'a Config, session: &'a Session) -> Result<Account<'a>> {
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

/// How a route waits at the gate. A page that tries again by itself never waits, and never displaces a click.
fn waiter(route: &Route, head: &Head) -> Waiter {
    match route {
        _ if route::retries(&head.query) > 0 => Waiter::Background,
        Route::Sender { .. } | Route::SignOut | Route::SignIn => Waiter::Act,
        route if is_part(route) => Waiter::Part,
        _ => Waiter::Page,
    }
}

/// True for what belongs to a page that is being looked at.
fn is_part(route: &Route) -> bool {
    matches!(
        route,
        Route::Frame(_) | Route::Part { .. } | Route::Attachments { .. } | Route::Source { .. }
    )
}
