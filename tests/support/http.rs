//! HTTP/1.1 on a connection that is kept: bytes out, a response in. Knows no cookies and no pages.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// How long a response may take; more than any deadline of the program.
const PATIENCE: Duration = Duration::from_secs(90);

/// What came back.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Names in lower case, values, in the order they came in.
    pub headers: Vec<(String, String)>,
    /// The body, not chunked any more.
    pub body: Vec<u8>,
    /// From the first byte of the request to the last of the response.
    pub took: Duration,
}

impl Response {
    /// The value of the first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// A connection to one server, opened when it is first needed.
#[derive(Debug)]
pub struct Connection {
    server: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
    opened: usize,
}

impl Connection {
    /// To this server.
    pub fn to(server: SocketAddr) -> Connection {
        Connection {
            server,
            stream: None,
            opened: 0,
        }
    }

    /// How many TCP connections were opened so far.
    pub fn opened(&self) -> usize {
        self.opened
    }

    /// Sends a request and reads the response. If the server has closed a kept connection in the meantime, once more
    /// on a new one.
    ///
    /// # Errors
    /// Whatever the network says, and responses that are none.
    pub fn exchange(&mut self, request: &[u8], head_only: bool) -> io::Result<Response> {
        let kept = self.stream.is_some();
        match self.once(request, head_only) {
            Err(e) if kept && is_closed(&e) => self.once(request, head_only),
            other => other,
        }
    }

    fn once(&mut self, request: &[u8], head_only: bool) -> io::Result<Response> {
        let begin = Instant::now();
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                self.opened += 1;
                let stream = TcpStream::connect(self.server)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_nodelay(true)?;
                BufReader::new(stream)
            }
        };
        // A server may answer, and close, before it has read everything: the answer is what counts.
        let sent = stream.get_mut().write_all(request);
        let mut response = match read(&mut stream, head_only) {
            Ok(response) => response,
            Err(e) => return Err(sent.err().unwrap_or(e)),
        };
        response.took = begin.elapsed();
        let close = response
            .header("connection")
            .is_some_and(|c| c.eq_ignore_ascii_case("close"));
        if sent.is_ok() && !close {
            self.stream = Some(stream);
        }
        Ok(response)
    }
}

fn is_closed(e: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    matches!(e.kind(), BrokenPipe | ConnectionReset | UnexpectedEof)
}

/// Reads one response (RFC 9112).
///
/// # Errors
/// As the stream, and `InvalidData` where it is no response.
pub fn read(stream: &mut impl BufRead, head_only: bool) -> io::Result<Response> {
    let first = line(stream)?;
    let status = first
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.get(2..5)?.parse().ok())
        .ok_or_else(|| invalid(format!("no status line: {first}")))?;
    let mut response = Response {
        status,
        ..Response::default()
    };
    loop {
        let header = line(stream)?;
        if header.is_empty() {
            break;
        }
        let (name, value) = header
            .split_once(':')
            .ok_or_else(|| invalid(format!("no header: {header}")))?;
        response
            .headers
            .push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    if head_only || matches!(status, 100..=199 | 204 | 304) {
        return Ok(response);
    }
    if response
        .header("transfer-encoding")
        .is_some_and(|t| t.eq_ignore_ascii_case("chunked"))
    {
        loop {
            let size = line(stream)?;
            let digits = size.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(digits, 16).map_err(|e| invalid(e.to_string()))?;
            take(stream, size, &mut response.body)?;
            line(stream)?;
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = response.header("content-length") {
        let length = length
            .parse()
            .map_err(|_| invalid("content-length".to_owned()))?;
        take(stream, length, &mut response.body)?;
    } else {
        stream.read_to_end(&mut response.body)?;
    }
    Ok(response)
}

fn take(stream: &mut impl BufRead, size: u64, into: &mut Vec<u8>) -> io::Result<()> {
    let n = stream.take(size).read_to_end(into)?;
    if u64::try_from(n).is_ok_and(|n| n == size) {
        Ok(())
    } else {
        Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "the body is cut short",
        ))
    }
}

fn line(stream: &mut impl BufRead) -> io::Result<String> {
    let mut bytes = Vec::new();
    if stream.read_until(b'\n', &mut bytes)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn invalid(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
