//! The do-nothing CGI that everything is compared with: prints a page of as many bytes as its query string says. Compiled
//! by the benchmark with `rustc -O`, and like the released program without PIE.

use std::io::Write;

fn main() -> std::io::Result<()> {
    let wanted = std::env::var("QUERY_STRING").ok();
    let size = wanted.and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut answer = b"Status: 200 OK\r\nContent-Type: text/html\r\n\r\n".to_vec();
    answer.resize(answer.len() + size, b'.');
    let mut out = std::io::stdout().lock();
    out.write_all(&answer)?;
    out.flush()
}
