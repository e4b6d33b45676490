//! A request with one of our cookies: slot, gate, store, session, action, and back out in the other order.
//!
//! Not for what a route needs (`needs`), nor for the order in which gate and store open and close (`desk`). To know before
//! changing it: an answer is written only when the gate has been released.

use std::time::Duration;

use super::accept::Accepting;
use super::needs::{Action, Asks, FailsAs};
use super::refusal::not_signed_in;
use super::timing::Timing;
use super::{Answer, Asked, Context, Door, carry};
use crate::actions::failed::{self, Failed};
use crate::actions::{Done, Visit};
use crate::desk::{self, Desk};
use crate::error::{Act, Cause, Error, Imap, Reach, Result};
use crate::gate;
use crate::gate::Pass;
use crate::jobs::import::interrupted;
use crate::jobs::{self, Delivery, Job, Owner};
use crate::later::Later;
use crate::ledger::Ledger;
use crate::mailbox::{self, Mailbox};
use crate::notices::{self, Told};
use crate::outbox::{Drafts, FormId, Imports, Outbox, Templates, UnderWay};
use crate::profile::Profile;
use crate::remote::{self, Capabilities, Remote};
use crate::response::Response;
use crate::route::{self, ActForm, Base, ImportForm, NoticeId, Route};
use crate::session::{self, Session, SessionCookie};
use crate::store::Encryption;
use crate::store::keys::{SERVER, SessionKey};
use crate::time::{self, Zone};
use crate::views::login::Reason;
use crate::views::{ONCE, RESUMED, TOKEN};

/// The cookie in which script tells the zone of the reader's clock (www/app.js).
const ZONE: &str = "postern-zone";

/// Answers a request by an action behind the gate.
pub(super) fn visit(
    asked: &Asked,
    door: &Door,
    action: Action,
    timing: &mut Timing,
) -> Result<Answer> {
    let Context { config, head, .. } = asked.context;
    let Some(claim) = &door.claim else {
        return not_signed_in(asked, door, None, None);
    };
    let pass = match asked
        .gate(door)
        .enter(claim.user, asked.needs().waiter(head)?)
    {
        Ok(pass) => pass,
        Err(Error::NotSignedIn) => {
            return not_signed_in(asked, door, Some(Reason::Ended), None);
        }
        Err(error) => return Err(error),
    };
    timing.gate = Some(pass.waited());
    let budget = config.store_budget();
    let visitor = Visitor { asked, door, claim };
    let left = desk::at(pass, budget, |desk| visitor.act(desk, action, timing))?;
    timing.store = Some(left.spent);
    match left.value? {
        Outcome::Ended(reason) => {
            // On a full disk, too, the next page is the sign-in form, with what was typed: an ended session is found out again.
            if let Err(unsaved) = left.saved {
                asked.log(door, unsaved);
            }
            not_signed_in(asked, door, Some(reason), Some(left.pass))
        }
        Outcome::Resumed(page) => {
            let href = page.href(&head.base);
            Ok(Answer::Page(Response::see_other(&href)))
        }
        Outcome::Acted(session, acted, notice) => {
            let done = visitor.settled(acted, left.saved)?;
            visitor.forget_resumed(&left.pass);
            asked.context.wake.prepare(asked, door, &left.pass);
            match done {
                Done::Page(response) => Ok(Answer::Page(asked.with_rules(response))),
                Done::GoOn(next) => {
                    let href = next.page.href(&head.base);
                    let href = match notice {
                        Some(id) => route::with_notice(href, id),
                        None => href,
                    };
                    Ok(Answer::Page(Response::see_other(&href)))
                }
                Done::Leaves(_) if head.ahead => Err(remote::ahead_only()),
                Done::Leaves(job) => visitor.leave(job, &session, left.pass, timing),
            }
        }
    }
}

/// For whom the desk is lent, and under which number an act is noted.
struct Lent<'a> {
    session: &'a Session,
    id: NoticeId,
}

/// A request at the desk of the user whom its cookie names.
struct Visitor<'a> {
    asked: &'a Asked<'a>,
    door: &'a Door,
    claim: &'a SessionCookie,
}

/// What a visit came to.
enum Outcome {
    /// There is no session that may act (any more), for this reason.
    Ended(Reason),
    /// The form was made by an earlier session of the same user: this page asks whether it is still wanted.
    Resumed(Route),
    /// The action was tried, in this session; a notice says what was done.
    Acted(Box<Session>, Result<Done>, Option<NoticeId>),
}

impl Visitor<'_> {
    /// Session, token, action.
    fn act(&self, desk: &mut Desk, action: Action, timing: &mut Timing) -> Result<Outcome> {
        let Some(session) = desk.session(self.claim)? else {
            return Ok(Outcome::Ended(Reason::Ended));
        };
        let request = &self.asked.request;
        if request.head.method == "POST"
            && let Err(error) = session.check_token(request.form.get(TOKEN))
        {
            let resumed = carry::keep_for(self.asked, desk.pass, &session)?;
            return resumed.map(Outcome::Resumed).ok_or(error);
        }
        if self.asked.is_clicked() {
            session::touch(&mut desk.store, self.claim, &session, desk.now);
        }
        let id = self.notice_id(&session)?;
        let acted = self.lend(
            desk,
            Lent {
                session: &session,
                id,
            },
            action,
            timing,
        );
        if let Err(Error::Imap(Imap::LoginRefused, cause)) = &acted {
            let user = self.claim.user.to_hex();
            self.door
                .state
                .log(&format!("session-ended {user} {}", cause.0));
            session::end(&mut desk.store, SessionKey(self.claim.id), desk.now)?;
            match self.reach() {
                Reach::Reading | Reach::Nothing => {
                    return Ok(Outcome::Ended(Reason::PasswordChanged));
                }
                // The sign-in form would not say what has been done.
                Reach::Perhaps(_) | Reach::Done(_) => {}
            }
        }
        let mut notice = None;
        if let (Ok(Done::GoOn(next)), Reach::Done(done)) = (&acted, self.reach()) {
            let told = Told {
                done,
                undo: next.undo.clone(),
                more: next.more.clone(),
                page: next.page.href(&Base::default()),
            };
            notices::keep(&mut desk.store, self.owner(&session), id, told, desk.now);
            notice = Some(id);
        }
        Ok(Outcome::Acted(Box::new(session), acted, notice))
    }

    /// Under which number this request notes what it does.
    fn notice_id(&self, session: &Session) -> Result<NoticeId> {
        let request = &self.asked.request;
        let is_said =
            |(name, _): &&(String, String)| name != TOKEN && name != ONCE && name != RESUMED;
        let fields = request.form.fields().iter().filter(is_said).cloned();
        // The same fields with other files are another form.
        let files = request.form.files().iter();
        let files = files.map(|file| (file.name.clone(), file.size.to_string()));
        let form = ActForm {
            to: request.route.clone(),
            fields: fields.chain(files).collect(),
        };
        match request.head.is_get() {
            true => Ok(NoticeId([0; 16])),
            false => notices::id_of(&session.data, request.form.get(ONCE), &form),
        }
    }

    /// Whose notices are told here.
    fn owner<'s>(&self, session: &'s Session) -> notices::Owner<'s> {
        notices::Owner {
            data: &session.data,
            session: SessionKey(self.claim.id),
        }
    }

    /// Lends the action what it may touch.
    fn lend(
        &self,
        desk: &mut Desk,
        Lent { session, id }: Lent,
        action: Action,
        timing: &mut Timing,
    ) -> Result<Done> {
        let (asked, config) = (self.asked, &self.asked.context.config);
        let known = desk.store.get(
            Encryption::With(&session.data.key),
            &SERVER,
            &session.data.id,
        );
        let known = known.map(|facts| Capabilities::from_words(facts.capabilities));
        let patience = asked.needs().patience;
        let deadline = patience.map_or(asked.deadline, |limit| asked.deadline.within(limit));
        let mut remote = Remote::new(session.account(config)?, known, deadline);
        if asked.request.head.ahead {
            remote.shut();
        }
        let accepting = Accepting {
            asks: asked.needs().asks(asked.request.head),
            claim: self.claim,
            session,
        };
        let away = match accepting.ask(desk, &mut remote) {
            Ok(away) => away,
            Err(error) => {
                timing.imap = Some(remote.cost());
                return Err(error);
            }
        };
        let profile = Profile::open(desk.pass, config.hoster());
        let settings = profile.settings();
        let told = || asked.request.head.cookies_named(ZONE).find_map(Zone::told);
        let told = (!settings.is_zone_chosen).then(told).flatten();
        let zone = told.or_else(|| Zone::named(&settings.time_zone));
        let zone = zone.ok_or(Error::Internal(Cause::new("time zone")))?;
        let options = mailbox::Options {
            fresh_seconds: config.cache.fresh_seconds,
            rows: settings.rows,
            away,
            roles: settings.folders.roles(),
            zone: zone.clone(),
        };
        let told = route::notice_of(&asked.request.head.query)
            .and_then(|id| notices::told(&mut desk.store, self.owner(session), &id, desk.now));
        let imports = Imports::of(desk.pass.dir(), desk.pass.user(), session.data.id.0);
        let import = match imports.under_way(&session.data.key)? {
            Some(import) => Some(UnderWay {
                import,
                is_at_work: desk.pass.is_at_work(&gate::IMPORT)?,
            }),
            None => None,
        };
        let mut visit = Visit {
            config,
            head: asked.request.head,
            form: &asked.request.form,
            words: asked.context.words,
            zone,
            now: desk.now,
            claim: self.claim,
            session,
            mailbox: Mailbox::new(&mut desk.store, remote, &session.data, options, desk.now),
            profile,
            outbox: Outbox::of(desk.pass),
            imports,
            import,
            drafts: Drafts::of(desk.pass.dir(), desk.pass.user(), session.data.id.0),
            templates: Templates::of(desk.pass.dir(), desk.pass.user(), session.data.id.0),
            later: Later::of(&self.door.state),
            ledger: Ledger::of(&self.door.state, desk.pass.user()),
            told: told.into_iter().collect(),
            progress: &asked.context.progress,
            notice: session.data.notice(SessionKey(self.claim.id), id.0),
            once: notices::once()?,
            rendering: Duration::ZERO,
        };
        let done = match self.first_page(&mut visit, session, id) {
            Ok(None) => action(&mut visit),
            Ok(Some(page)) => Ok(page),
            Err(error) => Err(error),
        };
        if let (Err(Error::Gone(what)), Some(folder)) = (&done, asked.folder()) {
            visit.mailbox.mark_stale(&folder, *what);
        }
        let done = match visit.mailbox.has_missed() {
            // Some of it may be missing.
            true => Err(remote::ahead_only()),
            false => done,
        };
        if done.is_ok() {
            asked.context.wake.look(asked, &mut visit.mailbox);
        }
        timing.render = Some(visit.rendering);
        timing.imap = Some(visit.mailbox.cost());
        let failed = done.as_ref().err().and_then(Error::imap);
        self.note_answered(&mut visit.mailbox, session, failed);
        let is_page = asked.needs().fails_as == FailsAs::Page;
        let is_act = !asked.request.head.is_get();
        let is_shown = is_page && !asked.request.head.ahead;
        let done = match done {
            Err(error) if is_shown && failed::stays_inside(&error, is_act) => {
                let page = self.standing(&mut visit, &error);
                timing.imap = Some(visit.mailbox.cost());
                match page {
                    Ok(page) => {
                        asked.log(self.door, error);
                        Ok(page)
                    }
                    Err(_) => Err(error),
                }
            }
            done => done,
        };
        let damage = is_page.then(|| visit.profile.damage()).flatten();
        if let Some(error) = damage {
            asked.log(self.door, error.clone());
        }
        done
    }

    /// The page of an error among the folders and the list, which are at hand.
    fn standing(&self, visit: &mut Visit, error: &Error) -> Result<Done> {
        let again = self.asked.context.again();
        let failed = Failed {
            failure: &self.asked.context.progress.failed_by(error.clone()),
            place: &self.asked.place(),
            again: again.as_deref(),
        };
        failed::show(visit, &failed)
    }

    /// Looks first what became of acts that were cut short, and tells it. The page that came next where this form has been
    /// sent before: what it asks for has been done.
    fn first_page(
        &self,
        visit: &mut Visit,
        session: &Session,
        id: NoticeId,
    ) -> Result<Option<Done>> {
        let asked = self.asked;
        if asked.needs().asks(asked.request.head) == Asks::Anew {
            for settled in visit.mailbox.settle()? {
                let told = Told {
                    done: settled.said,
                    undo: None,
                    more: None,
                    page: settled.page.href(&Base::default()),
                };
                let owner = notices::Owner {
                    data: &session.data,
                    session: settled.under.session(),
                };
                let id = NoticeId(settled.under.id());
                notices::keep(visit.mailbox.store(), owner, id, told.clone(), visit.now);
                visit.told.push(told);
            }
        }
        if asked.needs().asks(asked.request.head) == Asks::Anew {
            self.tell_of_import(visit, session)?;
        }
        if asked.request.head.is_get() {
            return Ok(None);
        }
        let owner = self.owner(session);
        let told = notices::told(visit.mailbox.store(), owner, &id, visit.now);
        Ok(told.map(|told| {
            let page = format!("{}{}", asked.request.head.base.0, told.page);
            Done::Page(Response::see_other(&route::with_notice(page, id)))
        }))
    }

    /// Tells of an import that does not continue automatically. One that can go on waits; one that cannot is told of once.
    fn tell_of_import(&self, visit: &mut Visit, session: &Session) -> Result<()> {
        let Some(under_way) = visit.import.take_if(|under_way| !under_way.is_at_work) else {
            return Ok(());
        };
        let import = under_way.import.clone();
        let told = Told {
            done: interrupted(&import),
            more: None,
            ..jobs::import::told(&import)
        };
        if import.is_over || !import.is_kept {
            let id = NoticeId(import.id);
            let owner = self.owner(session);
            notices::keep(visit.mailbox.store(), owner, id, told.clone(), visit.now);
            visit.mailbox.store().save()?;
            visit.imports.forget()?;
            visit.told.push(told);
            return Ok(());
        }
        visit.import = Some(under_way);
        let more = ImportForm::GoOn(import.into.name);
        visit.told.push(Told {
            more: Some(more.into()),
            undo: None,
            ..told
        });
        Ok(())
    }

    /// Notes what the request has learnt beside: that the server accepts the session, or is away.
    fn note_answered(&self, mailbox: &mut Mailbox, session: &Session, failed: Option<&Imap>) {
        let now = time::now();
        let is_open = matches!(
            self.reach(),
            Reach::Perhaps(Act::Messages { .. } | Act::Folder { .. })
                | Reach::Done(Act::Folder { .. })
        );
        if is_open {
            // It let this request in before it was lost, and the next one has to ask what became of the act.
            session::accepted(mailbox.store(), self.claim, session, now);
            return;
        }
        let failed = failed.filter(|kind| kind.is_away());
        let away = failed.or(mailbox.found_away()).cloned();
        if let Some(how) = away {
            session::found_away(mailbox.store(), self.claim, &how, now);
        } else if mailbox.is_accepted() && self.asked.is_clicked() {
            session::accepted(mailbox.store(), self.claim, session, now);
        }
    }

    /// The one place where what an action came to and whether the store was saved meet.
    fn settled(&self, acted: Result<Done>, saved: Result<()>) -> Result<Done> {
        match (acted, saved) {
            (acted, Ok(())) => acted,
            (Err(first), Err(unsaved)) => {
                self.asked.log(self.door, unsaved);
                Err(first)
            }
            (Ok(done), Err(unsaved)) => match self.reach() {
                // The next click asks the mail server again; what this page says is right all the same.
                Reach::Reading => {
                    self.asked.log(self.door, unsaved);
                    Ok(done)
                }
                // An act's page says what became of the act, and that this failed.
                Reach::Nothing | Reach::Perhaps(_) | Reach::Done(_) => Err(unsaved),
            },
        }
    }

    fn reach(&self) -> Reach {
        self.asked.context.progress.reach()
    }

    /// Forgets the form that was asked about and is done now. That it might be asked about again is no reason to say
    /// that it was not done.
    fn forget_resumed(&self, pass: &Pass) {
        let resumed = FormId::from_text(self.asked.request.form.get(RESUMED));
        let forgotten = resumed.map_or(Ok(()), |id| Outbox::of(pass).forget(id));
        if let Err(error) = forgotten {
            self.asked.log(self.door, error);
        }
    }

    /// Leaves the gate with a job.
    fn leave(
        &self,
        job: Box<dyn Job>,
        session: &Session,
        pass: Pass,
        timing: &mut Timing,
    ) -> Result<Answer> {
        let owner = Owner {
            gate: self.asked.gate(self.door),
            config: &self.asked.context.config,
            claim: self.claim,
            session,
            progress: &self.asked.context.progress,
        };
        let returned = jobs::run(job, &owner, pass)?;
        timing.imap = Some(returned.cost);
        if let Err(error) = returned.recorded {
            self.asked.log(self.door, error);
        }
        Ok(match returned.answer? {
            Delivery::Page(page) => Answer::Page(page),
            Delivery::File(file) => Answer::File(file),
        })
    }
}
