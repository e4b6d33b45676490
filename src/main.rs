//! The program: a shell or a web server? The one place that ends the process.

use std::process::ExitCode;

use postern::app::{self, Answer};
use postern::{cli, process, request};

pub(crate) fn main() -> ExitCode {
    process::start();
    // Under CGI the arguments are never looked at: Apache passes the query of `?gc` as one.
    if !request::is_cgi() {
        return cli::run();
    }
    let (answer, wake) = app::serve();
    match answer {
        // The crate asks for the request again: by now there is nothing left in it that it could stumble over.
        Answer::Page(response) => cgi::handle(|_| {
            process::answering();
            response.into_cgi()
        }),
        // A client that has gone away is nobody's fault, and there is nobody to tell.
        Answer::File(file) => drop(file.send()),
    }
    wake.start();
    process::end(0)
}
