//! Links the program without PIE, where the linker knows how: its many tables of addresses are then final in the file,
//! instead of being put right page by page at each start. Measured by `cargo bench`.
//!
//! Not in `config.toml` beside this: there it would reach the libraries that the compiler itself loads. What is given up, the
//! random place of the program's own code in memory, protects against faults that safe Rust does not have; stack, heap
//! and the C library stay where chance puts them.

fn main() {
    println!("cargo:rerun-if-changed=.cargo/build.rs");
    let target = |what: &str| std::env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
