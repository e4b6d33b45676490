//! The program, with the system's C library: `.cargo/build.rs` links its own into binaries alone. What is preloaded into a process
//! (ld.so(8)) reaches only this one.

#[path = "../../src/main.rs"]
mod program;

fn main() -> std::process::ExitCode {
    program::main()
}
