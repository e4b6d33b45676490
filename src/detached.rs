//! Processes of this program that outlive the request that has started them: how one is started, and told what to do.
//!
//! Not for what they do (`later`, `ahead`), nor whether they live here at all (`later`). To know before changing it: an order
//! comes by a pipe, since everybody of the account can read arguments and environments; and nothing that is sent to the process
//! that starts one, or to its group, reaches that one.

use std::io::{self, Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest order, in bytes.
const MOST: u64 = 64 * 1024;

/// Starts one by the argument that says what it is for, and gives it its order; its standard input stays open.
///
/// # Errors
/// Where the host lets none start, or it ends at once.
pub fn start(argument: &str, order: &impl Serialize, stdout: Stdio) -> io::Result<Child> {
    let bytes = postcard::to_stdvec(order).map_err(io::Error::other)?;
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(argument).env_clear().process_group(0);
    command
        .stdin(Stdio::piped())
        .stdout(stdout)
        .stderr(Stdio::null());
    let mut process = command.spawn()?;
    let missing = || io::Error::other("no pipe");
    let stdin = process.stdin.as_mut().ok_or_else(missing)?;
    stdin.write_all(&length.to_be_bytes())?;
    stdin.write_all(&bytes)?;
    Ok(process)
}

/// The order of this process, from its standard input.
///
/// # Errors
/// Where none comes.
pub fn order<T: DeserializeOwned>() -> io::Result<T> {
    let mut stdin = io::stdin().lock();
    let mut length = [0; 4];
    stdin.read_exact(&mut length)?;
    let length = u64::from(u32::from_be_bytes(length)).min(MOST);
    let mut order = Vec::new();
    (&mut stdin).take(length).read_to_end(&mut order)?;
    postcard::from_bytes(&order).map_err(io::Error::other)
}
