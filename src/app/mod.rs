//! The path of a request, told once from top to bottom: guard, route, cookie, body, then slot, gate, store, session,
//! action, and back out in the other order.
//!
//! What each route needs stands in the table, `needs`. Not for what a click does: that is an action. Two flows leave the
//! straight line: signing in (`sign_in`), and jobs that leave the gate (`jobs`). To know before changing it: nothing of a
//! user is opened before their gate is passed, and nothing is written to the client while it is held.

mod accept;
mod carry;
mod first_visit;
mod needs;
mod refusal;
mod sign_in;
mod standing;
mod timing;
mod visit;
mod wake;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::Duration;

use self::needs::{Elsewhere, FailsAs, Needs, Who, needs};
use self::timing::Timing;
pub use self::wake::Wake;
use crate::assets;
use crate::config::Config;
use crate::error::{Cause, Error, Fault, Progress, Result};
use crate::gate::{self, Gate, UploadPlace};
use crate::jobs::Download;
use crate::process;
use crate::request::body::{BodyLimit, SHORT};
use crate::request::form::Form;
use crate::request::{self, Head, Request};
use crate::response::Response;
use crate::route::Route;
use crate::session::{Claims, SessionCookie};
use crate::spool::Spool;
use crate::state::{self, State};
use crate::time::{self, Deadline, Watch};
use crate::views::error::{ABORT, HARD_DEADLINE};
use crate::words::Words;

/// How much later than the soft deadline the hard one ends the process.
const HARDER: Duration = Duration::from_secs(3);

/// What is known before a request is judged.
struct Context {
    config: Config,
    /// Why the configuration is the built-in one: its file, or the program, cannot be relied on.
    broken: Option<Error>,
    head: Head,
    words: Words,
    watch: Watch,
    /// How far the request got with what it changes, for whatever ends it.
    progress: Progress,
    /// What is started when it has been answered.
    wake: Wake,
}

/// A request that has been let in: judged, routed, its body read. Nothing of any user has been touched.
struct Asked<'c> {
    context: &'c Context,
    request: Request<'c>,
    deadline: Deadline,
    /// Opened for everything but what is in the binary.
    door: Option<Door>,
    /// Held as long as the form is.
    _place: Option<UploadPlace>,
}

/// The state directory, and who the cookie says is at the door.
struct Door {
    state: State,
    claim: Option<SessionCookie>,
    /// The browser sent cookies of several sessions: none of them counts, and it is told to forget ours.
    is_doubtful: bool,
}

impl Door {
    /// Opens the state directory and judges the cookie.
    fn open(config: &Config, head: &Head) -> Result<Door> {
        let state = State::open(config, &head.served)?;
        let (claim, is_doubtful) = match SessionCookie::read(head, &state) {
            Claims::Nothing => (None, false),
            Claims::One(claim) => (Some(claim), false),
            Claims::Several => (None, true),
        };
        Ok(Door {
            state,
            claim,
            is_doubtful,
        })
    }
}

impl Context {
    /// Whether anything can be done for anybody.
    fn is_fit(&self) -> Result<()> {
        if time::is_clock_wrong() {
            let cause = "the clock of this machine is set to a time before 1970";
            return Err(Error::Setup(Fault::Clock, Cause::new(cause)));
        }
        self.broken.clone().map_or(Ok(()), Err)
    }

    /// The address of the page itself, base and all, where it is safe to ask for it again.
    fn again(&self) -> Option<String> {
        let again = || format!("{}{}", self.head.base.0, self.head.here());
        self.head.is_get().then(again)
    }
}

/// An answer, all of it at hand; the gate has been released.
pub enum Answer {
    /// A page, or another answer that is held in memory.
    Page(Response),
    /// A file that a job has brought.
    File(Download),
}

/// Answers the request that the web server has started this process for; and what is to be started when the answer has been
/// written.
pub fn serve() -> (Answer, Wake) {
    let watch = Watch::start();
    process::when_aborted(ABORT);
    let (config, broken) = config();
    process::hard_deadline(config.soft_deadline().saturating_add(HARDER), HARD_DEADLINE);
    // A refusal is drawn as far as is known for whom.
    let (head, refused) = match request::guard(&config) {
        Ok(head) => (head, None),
        Err(error) => (Head::default(), Some(error)),
    };
    let context = Context {
        words: Words::chosen(&head.language),
        progress: Progress::new(!head.is_get()),
        config,
        broken,
        head,
        watch,
        wake: Wake::default(),
    };
    let answer = answered(&context, refused);
    (answer, context.wake)
}

/// The answer, whatever comes of the request; `refused` where it is not even looked at.
fn answered(context: &Context, refused: Option<Error>) -> Answer {
    let asked = refused.map_or_else(|| admit(context), Err);
    // The body may have taken its time; what follows has its own.
    let limit = context.config.soft_deadline().saturating_add(HARDER);
    process::more_time(limit);

    let mut timing = Timing::default();
    let answer = match &asked {
        Ok(asked) => without_panic(|| answer(asked, &mut timing)),
        Err(error) => {
            context.head.drain();
            Err(error.clone())
        }
    };
    let response = match answer {
        Ok(Answer::File(file)) => {
            let cost = timing.header(context.watch.passed());
            return Answer::File(file.with("Server-Timing", cost));
        }
        Ok(Answer::Page(response)) => response,
        Err(error) => {
            let failure = context.progress.failed_by(error);
            let asked = asked.as_ref().ok();
            let inside = standing::page(context, asked, &failure);
            inside.unwrap_or_else(|| refusal::page(context, asked, &failure))
        }
    };
    let response = response.packed(context.head.takes_gzip);
    Answer::Page(response.with("Server-Timing", timing.header(context.watch.passed())))
}

fn program() -> PathBuf {
    std::env::current_exe().unwrap_or_else(|_| PathBuf::from("/"))
}

/// The configuration; the built-in one beside the reason why it could not be read.
fn config() -> (Config, Option<Error>) {
    let exe = program();
    let judged = Config::read(&exe, process::home).and_then(|config| {
        for file in config.file.iter().chain([&exe]) {
            state::judge_program_file(file)?;
        }
        Ok(config)
    });
    match judged {
        Ok(config) => (config, None),
        Err(error) => (Config::default(), Some(error)),
    }
}

/// Route, cookie, body, in this order: a request is judged as far as that can be done without opening anything of a user.
fn admit(context: &Context) -> Result<Asked<'_>> {
    let Context { config, head, .. } = context;
    let route = routed(head)?;
    let door = match needs(&route).who {
        // Whatever is wrong: the page that says so needs its style.
        Who::Anyone(_) => None,
        Who::Stranger(_) | Who::FormToken | Who::Session(_) => {
            context.is_fit()?;
            Some(Door::open(config, head)?)
        }
    };
    let (form, place) = form(context, needs(&route).body, door.as_ref())?;
    Ok(Asked {
        context,
        request: Request { head, route, form },
        deadline: Deadline::after(config.soft_deadline()),
        door,
        _place: place,
    })
}

/// The form of a request, read before any lock. A long one first takes one of its user's places.
fn form(
    context: &Context,
    most: BodyLimit,
    door: Option<&Door>,
) -> Result<(Form, Option<UploadPlace>)> {
    let Context { config, head, .. } = context;
    let claim = door.and_then(|door| Some((&door.state, door.claim.as_ref()?)));
    let limit = match claim {
        Some(_) => most,
        None => most.within(BodyLimit::STRANGER),
    };
    let is_long = head.length.is_some_and(|n| n > SHORT && n <= limit.bytes);
    let place = match claim.filter(|_| is_long) {
        Some((state, claim)) => gate::upload_place(state, claim.user)?,
        None => None,
    };
    if most.is_shown_again {
        process::outlive_client();
    }
    if head.length != Some(0) {
        let time = limit.time.max(config.soft_deadline());
        process::more_time(time.saturating_add(HARDER));
    }
    let form = head.take_body(limit, place.is_some(), || match door {
        Some(door) => Ok(Box::new(Spool::new(&door.state)?)),
        None => Err(Error::Internal(Cause::new("a long body without a user"))),
    })?;
    Ok((form, place))
}

/// What is asked for. From elsewhere a page may be opened, and no more: not as an image, to which a mail's own may lead.
fn routed(head: &Head) -> Result<Route> {
    let route = Route::parse(&head.method, &head.path, &head.query)?;
    let elsewhere = needs(&route).elsewhere;
    if !head.is_cross_site() || matches!(elsewhere, Elsewhere::Loads) {
        return Ok(route);
    }
    let is_opened = head.method != "POST" && head.fetch_dest == "document";
    let opened = elsewhere.opened(&route).filter(|_| is_opened);
    opened.ok_or(Error::Forbidden("another site"))
}

/// The answer to a request that was let in.
fn answer(asked: &Asked, timing: &mut Timing) -> Result<Answer> {
    let door = asked.door.as_ref();
    let door =
        || door.ok_or_else(|| Error::Internal(Cause::new("the state directory is not open")));
    match asked.needs().who {
        Who::Anyone(show) => show().map(Answer::Page),
        Who::Stranger(show) => show(asked, door()?).map(Answer::Page),
        Who::FormToken => sign_in::sign_in(asked, door()?).map(Answer::Page),
        Who::Session(action) => visit::visit(asked, door()?, action, timing),
    }
}

impl Asked<'_> {
    /// What its route needs.
    fn needs(&self) -> Needs<'_> {
        needs(&self.request.route)
    }

    /// True for what somebody has clicked.
    fn is_clicked(&self) -> bool {
        self.needs().is_clicked(self.request.head)
    }

    /// A page with the rules by which a browser follows a link as soon as it is pressed.
    fn with_rules(&self, page: Response) -> Response {
        let head = self.request.head;
        match (self.needs().fails_as, head.fetch_dest.as_str()) {
            (FailsAs::Page, "document") => {
                let rules = assets::PRESS.route().href(&head.base);
                page.with("Speculation-Rules", format!("\"{rules}\""))
            }
            _ => page,
        }
    }

    /// The gates, as this request comes to them.
    fn gate<'g>(&'g self, door: &'g Door) -> Gate<'g> {
        Gate {
            state: &door.state,
            config: &self.context.config.gate,
            deadline: self.deadline,
        }
    }
}

/// What `work` comes to; a panic is an error like another.
fn without_panic<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or(panic.downcast_ref::<&str>().copied());
        let text = text.unwrap_or("without words");
        Err(Error::Internal(Cause::at("panic", text)))
    })
}
