//! A private pymap: an IMAP server without most extensions, with its demonstration mailbox.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use super::install;
use super::place::{self, Place};
use super::server::{Server, retry_ports};

/// The login of the demonstration mailbox.
pub const LOGIN: &str = "demouser";

/// Its password.
pub const PASSWORD: &str = "demopass";

/// A running pymap.
#[derive(Debug)]
pub struct Pymap {
    _server: Server,
    address: SocketAddr,
    _place: Place,
}

impl Pymap {
    /// Starts it.
    pub fn start() -> Pymap {
        let program = install::pymap();
        let program = program.to_str().expect("a path in UTF-8");
        let place = Place::new("pymap");
        let (server, address) = retry_ports(|| {
            let port = place::free_port();
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            let args = format!("--host 127.0.0.1 --port {port} --no-tls dict --demo-data");
            let args = args.split(' ');
            let mut server = Server::start("pymap", program, args, &place.join("pymap.out"));
            server.wait_until(|| TcpStream::connect(address).is_ok())?;
            Ok((server, address))
        });
        Pymap {
            _server: server,
            address,
            _place: place,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}
