//! What is started in the wake of an answer: a process that fetches ahead of the next clicks.
//!
//! Not for what it does (`ahead`). To know before changing it: whether there is an occasion is seen behind the gate, where what is
//! missing is known; it begins when the answer has been written, so that nobody waits for it.

use std::cell::RefCell;
use std::io::{self, Write as _};

use super::{Asked, Door};
use crate::ahead::{Order, Standing};
use crate::gate::Pass;
use crate::mailbox::Mailbox;
use crate::route::ListQuery;

/// What is to be started.
#[derive(Default)]
pub struct Wake {
    page: RefCell<Option<ListQuery>>,
    order: RefCell<Option<Order>>,
}

impl Wake {
    /// Starts it.
    pub fn start(self) {
        if let Some(order) = self.order.into_inner() {
            // All of the answer first; its end comes with that of this process. A web server signals one that has ended its answer
            // and continues. Where either fails, the next click asks the mail server itself.
            drop(io::stdout().flush());
            if let Err(e) = order.start() {
                eprintln!("postern: nothing is fetched ahead: {e}");
            }
        }
    }

    /// Notes that something was missing that the next clicks need, where this request is one.
    pub(super) fn look(&self, asked: &Asked, mailbox: &mut Mailbox) {
        let is_page = asked.request.head.is_get() && asked.is_clicked();
        if asked.context.config.cache.refresh && is_page && !asked.request.head.prefetch {
            self.page.replace(mailbox.lacks_ahead());
        }
    }

    /// Notes what is to be started, where it is time for it.
    pub(super) fn prepare(&self, asked: &Asked, door: &Door, pass: &Pass) {
        let (Some(page), Some(claim)) = (self.page.take(), &door.claim) else {
            return;
        };
        let standing = Standing {
            state: &door.state,
            config: &asked.context.config,
            pass,
        };
        match Order::after(page, claim, &standing) {
            Ok(order) => drop(self.order.replace(order)),
            Err(error) => asked.log(door, error),
        }
    }
}
