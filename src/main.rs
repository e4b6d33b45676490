//! The program: a shell or a web server? The one place that ends the process.

use std::process::ExitCode;

use postern::actions::Answer;
use postern::{app, cli, process, request};

fn main() -> ExitCode {
    process::start();
    // Under CGI the arguments are never looked at: Apache passes the query of `?gc` as one.
    if !request::is_cgi() {
        return cli::run();
    }
    match app::serve() {
        // The crate asks for the request once more: by now there is nothing left in it that it could stumble over.
        Answer::Page(response) => cgi::handle(|_| {
            process::answering();
            response.into_cgi()
        }),
        // Written already, down its own slow line.
        Answer::Sent => {}
    }
    process::end(0)
}
