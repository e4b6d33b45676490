//! Whether the web server gives away what lies in the state directory: asked of itself, for a file that is there for that.
//!
//! Not by its configuration, which nobody can foresee: an alias, a directory of users, a site around this one. To know before
//! changing it: what is asked for holds a random text and nothing else, so that nothing is given away by asking.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use super::{Report, told};
use crate::error::{Error, Result};
use crate::remote::web_page;
use crate::seal;
use crate::state::{self, State};
use crate::time::Deadline;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most steps of the path and of the address that are tried.
const STEPS: usize = 8;

/// Asks the web server behind this address, at each address below it that could lead to the state directory.
pub fn ask(report: &mut Report, state: &State, address: Option<&str>) {
    let Some(address) = address else {
        return report.note("not tested: whether the web server serves the state directory. To test it, run postern check --url ADDRESS with the address at which you open Postern");
    };
    let Some((origin, path)) = split(address) else {
        return report.wrong(&format!(
            "{address} is not an address: it must begin with https:// or http://"
        ));
    };
    match served_at(state, origin, path) {
        Ok(None) => report.good("the web server does not serve the state directory"),
        Ok(Some(shown)) => report.wrong(&format!(
            "{shown} shows files of the state directory, which contains the secret of this installation. Set state_dir to a directory that the web server does not serve, and delete the old one"
        )),
        Err(error) => report.wrong(&format!("{address} cannot be opened: {}", told(&error))),
    }
}

/// `https://host:1`, and the path behind it.
fn split(address: &str) -> Option<(&str, &str)> {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| address.starts_with(scheme))?;
    let rest = address.get(scheme.len()..)?;
    let end = rest.find('/').unwrap_or(rest.len());
    let path = rest.get(end..)?.split(['?', '#']).next()?;
    (end > 0).then_some((address.get(..scheme.len().saturating_add(end))?, path))
}

/// The address at which a file of the state directory is shown, if there is one.
fn served_at(state: &State, origin: &str, path: &str) -> Result<Option<String>> {
    let words = seal::to_text(&seal::random::<24>()?);
    // Its name says that `gc` may remove it.
    let name = format!("spool.{}", seal::to_text(&seal::random::<9>()?));
    let file = state.dir().join(name);
    let written = state::private().open(&file);
    let written = written.and_then(|mut file| file.write_all(words.as_bytes()));
    written.map_err(|e| state::failed(&file, &e))?;
    let real = file.canonicalize().unwrap_or_else(|_| file.clone());
    let found = find(origin, path, &real, words.as_bytes());
    let removed = fs::remove_file(&file).map_err(|e| state::failed(&file, &e));
    removed.and(found)
}

/// Asks at the beginning of the address and each step of it, for the end of the path of each length.
fn find(origin: &str, path: &str, file: &Path, words: &[u8]) -> Result<Option<String>> {
    let steps: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).collect();
    let names: Vec<String> = file
        .iter()
        .skip(1)
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    let mut answered = false;
    let mut failed = None;
    for above in (0..=steps.len().min(STEPS)).rev() {
        let above = steps.iter().take(above).map(|step| format!("/{step}"));
        let above: String = above.collect();
        for left in 1..=names.len().min(STEPS) {
            let below = names.get(names.len().saturating_sub(left)..);
            let below = below.unwrap_or_default().join("/");
            let address = format!("{origin}{above}/{below}");
            match web_page(&address, Deadline::after(PATIENCE)) {
                Ok(page) if page.windows(words.len()).any(|at| at == words) => {
                    return Ok(Some(address));
                }
                Ok(_) => answered = true,
                Err(error) => {
                    // Nobody is there: no other address leads anywhere else.
                    let is_away = matches!(error, Error::Imap(..) | Error::Setup(..));
                    failed = Some(error);
                    if is_away && !answered {
                        return failed.map_or(Ok(None), Err);
                    }
                }
            }
        }
    }
    failed.map_or(Ok(None), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_an_origin_and_a_path() {
        for (address, parts) in [
            ("https://a.example", Some(("https://a.example", ""))),
            ("http://a:1/b/c?d", Some(("http://a:1", "/b/c"))),
            ("https:///b", None),
            ("a.example", None),
            ("", None),
        ] {
            assert_eq!(split(address), parts, "{address}");
        }
    }
}
