//! The licence texts of what is linked into the program: of the crates, of OpenSSL, of Rust's library, of the C library and of
//! what unwinds the stack. Licences want their text and the names of the authors beside a program that contains their work.
//!
//! What a crate brings itself is taken as it is. A few crates name a licence and bring no text; then a crate by others brings
//! it. Where a text cannot be found nothing is packed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::Entry;

/// What Unicode's data come under, which no crate brings the text of.
const UNICODE_DFS: &str = include_str!("unicode-dfs-2016.txt");

/// Brings the source of OpenSSL: a build dependency whose work is linked in all the same.
const OPENSSL: &str = "openssl-src";

/// A crate in the program.
struct Crate {
    /// `name version`.
    name: String,
    /// What it may be used under, as an expression (SPDX).
    terms: String,
    /// Where its source is.
    home: String,
    /// The texts that it brings.
    texts: Vec<String>,
}

/// Of the crates of a program that `metadata` names (`cargo metadata` for its target): each text once, for all that share it.
///
/// # Errors
/// Which crate has no text.
pub fn of_crates(metadata: &Value) -> Result<Entry, String> {
    let linked = linked(metadata);
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let mut crates: Vec<Crate> = packages
        .filter(|package| linked.contains(string(&package["id"])))
        // Our own is the licence of all of it.
        .filter(|package| !package["source"].is_null())
        .map(read)
        .collect();
    crates.sort_by(|a, b| a.name.cmp(&b.name));
    if crates.is_empty() {
        return Err("cargo named no libraries".into());
    }
    let mut by_text: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for one in &crates {
        for text in texts(one, &crates)? {
            by_text.entry(text).or_default().insert(&one.name);
        }
    }
    let mut texts: Vec<_> = by_text.into_iter().collect();
    texts.sort_by(|(a, of_a), (b, of_b)| (of_a, a).cmp(&(of_b, b)));
    let mut out = String::from(
        "Postern contains the libraries in this list. Below it are their licences, each once, under the names of all\n\
         libraries that it belongs to.\n\n",
    );
    for Crate {
        name, terms, home, ..
    } in &crates
    {
        out += &format!("{name}: {terms}\n    {home}\n");
    }
    for (text, names) in texts {
        let names: Vec<&str> = names.into_iter().collect();
        let line = "-".repeat(78);
        out += &format!("\n{line}\n{}\n{line}\n\n{text}\n", names.join("\n"));
    }
    Ok(Entry::text("licences/libraries.txt", out))
}

/// The ids of all packages whose work is linked in, from the program downwards.
fn linked(metadata: &Value) -> BTreeSet<&str> {
    let nodes = metadata["resolve"]["nodes"].as_array();
    let nodes: BTreeMap<&str, &Value> = nodes
        .into_iter()
        .flatten()
        .map(|node| (string(&node["id"]), node))
        .collect();
    let mut found = BTreeSet::new();
    let mut next = vec![string(&metadata["resolve"]["root"])];
    while let Some(id) = next.pop() {
        if !found.insert(id) {
            continue;
        }
        let deps = nodes.get(id).and_then(|node| node["deps"].as_array());
        for dep in deps.into_iter().flatten() {
            let kinds = dep["dep_kinds"].as_array();
            let is_normal = kinds.is_some_and(|k| k.iter().any(|kind| kind["kind"].is_null()));
            if is_normal || dep["name"] == OPENSSL.replace('-', "_").as_str() {
                next.push(string(&dep["pkg"]));
            }
        }
    }
    found
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn read(package: &Value) -> Crate {
    let name = string(&package["name"]);
    let manifest = PathBuf::from(string(&package["manifest_path"]));
    let dir = manifest.parent().unwrap_or(Path::new("/"));
    let mut files = licence_files(dir);
    if name == OPENSSL {
        files.extend(licence_files(&dir.join("openssl")));
    }
    let or_unnamed = |text: &str| match text.is_empty() {
        true => "(not named)".to_owned(),
        false => text.to_owned(),
    };
    Crate {
        name: format!("{name} {}", string(&package["version"])),
        terms: or_unnamed(string(&package["license"])),
        home: or_unnamed(string(&package["repository"])),
        texts: files
            .iter()
            .filter_map(|path| fs::read(path).ok())
            .map(|bytes| plain(&String::from_utf8_lossy(&bytes)))
            .collect(),
    }
}

/// Files in the directory of a crate that are called like a licence, and those in a directory that is called so.
fn licence_files(dir: &Path) -> Vec<PathBuf> {
    const NAMES: [&str; 6] = [
        "licen",
        "copying",
        "copyright",
        "notice",
        "unlicense",
        "authors",
    ];
    let files = |dir: &Path| {
        let entries = fs::read_dir(dir).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    let is_named = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = name.to_lowercase();
        NAMES.iter().any(|word| name.starts_with(word))
    };
    let named = files(dir).into_iter().filter(is_named);
    let mut found: Vec<PathBuf> = named
        .flat_map(|path| match path.is_dir() {
            true => files(&path),
            false => vec![path],
        })
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    found
}

/// A text as it is compared with others: line ends and the space around it differ between crates.
fn plain(text: &str) -> String {
    let lines = text.lines().map(str::trim_end);
    let text = lines.collect::<Vec<_>>().join("\n");
    text.trim_matches('\n').to_owned()
}

/// The texts under which a crate is passed on.
fn texts<'a>(one: &'a Crate, all: &'a [Crate]) -> Result<Vec<&'a str>, String> {
    if !one.texts.is_empty() {
        return Ok(one.texts.iter().map(String::as_str).collect());
    }
    // Of two licences between which one may choose, the one whose text names no authors.
    let of_others = |id: &str, title: &str| {
        let texts = all.iter().flat_map(|other| &other.texts);
        let text = texts
            .map(String::as_str)
            .find(|text| text.trim_start().starts_with(title) && text.len() > 8_000);
        one.terms.contains(id).then_some(text).flatten()
    };
    let unicode = one.terms.contains("Unicode-DFS-2016");
    let texts = [
        of_others("Apache-2.0", "Apache License"),
        of_others("MPL-2.0", "Mozilla Public License"),
        unicode.then_some(UNICODE_DFS.trim_end()),
    ];
    let texts: Vec<&str> = texts.into_iter().flatten().collect();
    match texts.is_empty() {
        true => Err(format!(
            "{} brings no licence text, and no other library has one for {}",
            one.name, one.terms
        )),
        false => Ok(texts),
    }
}

/// Of what the compilers link in for `arch`, from the files that come with them: Rust in `sysroot`, GCC of version `gcc`.
///
/// # Errors
/// What cannot be found.
pub fn of_compilers(arch: &str, sysroot: &Path, gcc: &str) -> Result<Vec<Entry>, String> {
    let cross = match arch {
        _ if arch == std::env::consts::ARCH => "",
        "aarch64" => "-arm64-cross",
        _ => "-amd64-cross",
    };
    let doc = |package: &str| PathBuf::from(format!("/usr/share/doc/{package}/copyright"));
    let common = |name: &str| PathBuf::from("/usr/share/common-licenses").join(name);
    let of_rust = sysroot.join("share/doc/rust/COPYRIGHT-library.html");
    let of_gcc = doc(&format!("libgcc-{gcc}-dev{cross}"));
    [
        ("rust", vec![of_rust, doc("libstd-rust-dev")]),
        ("c-library", vec![doc(&format!("libc6-dev{cross}"))]),
        ("gcc", vec![of_gcc, doc(&format!("gcc-{gcc}-base"))]),
        ("LGPL-2.1", vec![common("LGPL-2.1")]),
        ("GPL-3", vec![common("GPL-3")]),
    ]
    .into_iter()
    .map(|(name, paths)| {
        let found = paths.iter().find(|path| path.is_file());
        let missing = || {
            let paths: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
            format!("A licence text is missing: {}", paths.join(" or "))
        };
        let path = found.ok_or_else(missing)?;
        let text = fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let ending = match path.extension() {
            Some(html) if html == "html" => "html",
            _ => "txt",
        };
        Ok(Entry::text(&format!("licences/{name}.{ending}"), text))
    })
    .collect()
}
