//! Where the time of a request went, as each answer says it in `Server-Timing`: for tests and hosters alike.

use std::time::Duration;

use crate::remote::Cost;

/// Where the time of a request went.
#[derive(Default)]
pub(super) struct Timing {
    /// The wait at the gate.
    pub gate: Option<Duration>,
    /// Opening and closing the store.
    pub store: Option<Duration>,
    /// What was asked of the mail server.
    pub imap: Option<Cost>,
    /// Making HTML.
    pub render: Option<Duration>,
}

impl Timing {
    /// The header's value; `total` is all of it.
    pub fn header(&self, total: Duration) -> String {
        let ms = |d: Duration| d.as_secs_f64() * 1000.0;
        let mut out = String::new();
        for (name, spent) in [("gate", self.gate), ("store", self.store)] {
            if let Some(spent) = spent {
                out.push_str(&format!("{name};dur={:.2}, ", ms(spent)));
            }
        }
        if let Some(cost) = &self.imap {
            let Cost {
                connections,
                commands,
                ..
            } = cost;
            out.push_str(&format!(
                "imap;dur={:.2};desc=\"{connections} connections, {commands} commands\", ",
                ms(cost.spent)
            ));
        }
        if let Some(spent) = self.render {
            out.push_str(&format!("render;dur={:.2}, ", ms(spent)));
        }
        out.push_str(&format!("total;dur={:.2}", ms(total)));
        out
    }
}
