//! A server without a socket that waits for exactly these bytes before it says something.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::rc::Rc;

/// What it hears, and what it says to that.
pub struct Script {
    steps: VecDeque<(Vec<u8>, Vec<u8>)>,
    written: Rc<RefCell<Vec<u8>>>,
    out: Vec<u8>,
}

impl Script {
    /// One with these steps, and what was written to it that no step took yet.
    pub fn of(steps: &[(&[u8], &[u8])]) -> (Script, Rc<RefCell<Vec<u8>>>) {
        let written = Rc::new(RefCell::new(Vec::new()));
        let steps = steps.iter();
        let script = Script {
            steps: steps
                .map(|(hears, says)| (hears.to_vec(), says.to_vec()))
                .collect(),
            written: written.clone(),
            out: Vec::new(),
        };
        (script, written)
    }
}

impl Write for Script {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Script {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.out.is_empty() {
            let Some((hears, says)) = self.steps.pop_front() else {
                return Ok(0);
            };
            let mut written = self.written.borrow_mut();
            assert_eq!(
                String::from_utf8_lossy(&written),
                String::from_utf8_lossy(&hears)
            );
            written.clear();
            self.out = says;
        }
        let count = self.out.len().min(into.len());
        into[..count].copy_from_slice(&self.out[..count]);
        self.out.drain(..count);
        Ok(count)
    }
}
