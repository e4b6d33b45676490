//! Questions that come up at a user's desk and are asked apart from it, while the gate is open: what has no answer yet is
//! noted, then asked over a connection of its own; and when the same question comes up at the desk once more, the answer is
//! there. So whoever asks needs no second way to ask, and the gate is never held while the server thinks.
//!
//! Not for whether an answer still fits what is known by then (`ahead`). To know before changing it: two plans that say the
//! same are the same question; nothing is changed so, except that a message has been read.

use super::answer::Flight;
use super::capabilities::Capabilities;
use super::change::Change;
use super::command::Command;
use super::plan::Plan;
use super::{Remote, ahead_only};
use crate::error::Result;
use crate::mail::Flags;

/// What was asked apart, and what came.
#[derive(Default)]
pub struct Answers {
    able: Option<Capabilities>,
    flown: Vec<(String, Flight)>,
}

impl Answers {
    /// Asks over a connection, which is opened where it is not open yet. What is about the same folder goes out together.
    ///
    /// # Errors
    /// As `Remote::fly`; what came before stays.
    pub fn ask(&mut self, remote: &mut Remote, plans: impl Iterator<Item = Plan>) -> Result<()> {
        for Together { plan, parts, .. } in together(plans) {
            let flight = remote.fly(plan)?;
            self.able = remote.capabilities().cloned();
            for (asked, commands) in parts {
                self.flown.push((asked, flight.part(&commands)));
            }
        }
        Ok(())
    }

    /// What the server can do, where it has been asked anything and has told.
    pub fn able(&self) -> Option<&Capabilities> {
        self.able.as_ref()
    }
}

/// A connection that is elsewhere.
pub(super) struct Apart<'a> {
    /// What the server can do.
    pub able: Capabilities,
    answers: &'a Answers,
    asked: Option<Plan>,
}

impl<'a> Apart<'a> {
    pub fn new(able: Capabilities, answers: &'a Answers) -> Apart<'a> {
        Apart {
            able,
            answers,
            asked: None,
        }
    }

    /// The answer that came before; where there is none, what is asked is noted.
    pub fn fly(&mut self, plan: Plan) -> Result<Flight> {
        let asked = said(&plan);
        let mut flown = self.answers.flown.iter();
        if let Some((_, flight)) = flown.find(|(question, _)| *question == asked) {
            return Ok(flight.clone());
        }
        if !plan.commands.iter().any(changes) {
            self.asked = Some(plan);
        }
        Err(ahead_only())
    }

    pub fn take_asked(&mut self) -> Option<Plan> {
        self.asked.take()
    }
}

/// Plans that go out as one.
struct Together {
    plan: Plan,
    /// What opens the folder that all of them only fetch texts from.
    opens: Option<String>,
    /// What each of them says, and which commands it has.
    parts: Vec<(String, Vec<usize>)>,
}

fn together(plans: impl Iterator<Item = Plan>) -> Vec<Together> {
    let mut all: Vec<Together> = Vec::new();
    for plan in plans {
        let (asked, opens) = (said(&plan), opens(&plan));
        match all.last_mut() {
            Some(last) if opens.is_some() && last.opens == opens => {
                let from = last.plan.commands.len();
                let rest = plan.commands.into_iter().skip(1);
                last.plan.commands.extend(rest);
                let commands = std::iter::once(0).chain(from..last.plan.commands.len());
                last.parts.push((asked, commands.collect()));
            }
            _ => all.push(Together {
                parts: vec![(asked, (0..plan.commands.len()).collect())],
                opens,
                plan,
            }),
        }
    }
    all
}

/// How a plan opens a folder that it only fetches texts from.
fn opens(plan: &Plan) -> Option<String> {
    let (first, rest) = plan.commands.split_first()?;
    let is_fetch = |command: &Command| matches!(command, Command::FetchSections { .. });
    let opens = matches!(first, Command::Open { .. }) && rest.iter().all(is_fetch);
    opens.then(|| format!("{first:?}"))
}

/// True for a command that changes anything but that a message has been read.
fn changes(command: &Command) -> bool {
    match command {
        Command::Change(Change::Store(store)) => !store.add || store.flags != Flags::SEEN,
        Command::Change(_) => true,
        _ => false,
    }
}

/// What a plan says.
fn said(plan: &Plan) -> String {
    format!("{:?}", plan.commands)
}
