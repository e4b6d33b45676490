//! Questions that come up at a user's desk and are asked apart from it, while the gate is open: what has no answer yet is
//! noted, then asked over a connection of its own; and when the same question comes up at the desk once more, the answer is
//! there. So whoever asks needs no second way to ask, and the gate is never held while the server thinks.
//!
//! Not for whether an answer still fits what is known by then (`ahead`). To know before changing it: two plans that say the
//! same are the same question; nothing that changes anything is asked so.

use super::answer::Flight;
use super::capabilities::Capabilities;
use super::command::Command;
use super::plan::Plan;
use super::{Remote, ahead_only};
use crate::error::Result;

/// What was asked apart, and what came.
#[derive(Default)]
pub struct Answers {
    able: Option<Capabilities>,
    flown: Vec<(String, Flight)>,
}

impl Answers {
    /// Asks something over a connection, which is opened where it is not open yet.
    ///
    /// # Errors
    /// As `Remote::fly`.
    pub fn ask(&mut self, remote: &mut Remote, plan: Plan) -> Result<()> {
        let asked = said(&plan);
        let flight = remote.fly(plan)?;
        self.able = remote.capabilities().cloned();
        self.flown.push((asked, flight));
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
        let is_change = |command: &Command| matches!(command, Command::Change(_));
        if !plan.commands.iter().any(is_change) {
            self.asked = Some(plan);
        }
        Err(ahead_only())
    }

    pub fn take_asked(&mut self) -> Option<Plan> {
        self.asked.take()
    }
}

/// What a plan says.
fn said(plan: &Plan) -> String {
    format!("{:?}", plan.commands)
}
