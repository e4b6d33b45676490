//! The files of `www/`, inside the binary, each under an address that changes with its content.
//!
//! On the ground floor: no file is read when the program runs. A browser may keep what it got for a year, because
//! another content has another address. To add a file: put it into `www/`, and one line into `ALL`.

use crate::route::Route;

/// One file of `www/`.
#[derive(Debug)]
pub struct Asset {
    /// Its name in `www/`.
    pub name: &'static str,
    /// What is in it.
    pub bytes: &'static [u8],
    /// Its media type.
    pub content_type: &'static str,
    hash: [u8; 16],
}

/// Dresses every page.
pub static STYLE: Asset = Asset::new(
    "style.css",
    include_bytes!("../www/style.css"),
    "text/css; charset=utf-8",
);

/// Makes pages that work without it a little better.
pub static SCRIPT: Asset = Asset::new(
    "app.js",
    include_bytes!("../www/app.js"),
    "text/javascript; charset=utf-8",
);

/// Goes from page to page without leaving the first.
pub static PANES: Asset = Asset::new(
    "panes.js",
    include_bytes!("../www/panes.js"),
    "text/javascript; charset=utf-8",
);

/// Writes in rich text; of the page for writing alone.
pub static COMPOSE: Asset = Asset::new(
    "compose.js",
    include_bytes!("../www/compose.js"),
    "text/javascript; charset=utf-8",
);

/// Uploads files while a message is written; of the page for writing alone.
pub static FILES: Asset = Asset::new(
    "files.js",
    include_bytes!("../www/files.js"),
    "text/javascript; charset=utf-8",
);

/// The empty document that a message in rich text is written in.
pub static EDITOR: Asset = Asset::new("editor.html", include_bytes!("../www/editor.html"), HTML);

/// The media type of a document.
pub const HTML: &str = "text/html; charset=utf-8";

/// Tells a browser which links between lists it may follow when they are pressed, before they are let go of (speculation rules):
/// for who reads without our script, which does the same. What is pressed is what is shown, so nothing shown is old; a message
/// is not among them, since it is read when it is shown.
pub static PRESS: Asset = Asset::new(
    "press.json",
    include_bytes!("../www/press.json"),
    "application/speculationrules+json",
);

/// The gate, in the browser's tab.
pub static FAVICON: Asset = Asset::new(
    "favicon.svg",
    include_bytes!("../www/favicon.svg"),
    "image/svg+xml",
);

/// Asks search engines to stay away.
pub static ROBOTS: Asset = Asset::new(
    "robots.txt",
    include_bytes!("../www/robots.txt"),
    "text/plain; charset=utf-8",
);

static ALL: [&Asset; 9] = [
    &STYLE, &SCRIPT, &PANES, &COMPOSE, &FILES, &EDITOR, &PRESS, &FAVICON, &ROBOTS,
];

/// The file of this name; None where there is none.
pub fn asset(name: &str) -> Option<&'static Asset> {
    ALL.into_iter().find(|asset| asset.name == name)
}

impl Asset {
    const fn new(name: &'static str, bytes: &'static [u8], content_type: &'static str) -> Asset {
        Asset {
            name,
            bytes,
            content_type,
            hash: hex(fnv1a(bytes)),
        }
    }

    /// Its content as 16 hex digits.
    pub fn hash(&self) -> &str {
        str::from_utf8(&self.hash).unwrap_or_default()
    }

    /// Its address.
    pub fn route(&self) -> Route {
        Route::Asset {
            hash: self.hash().to_owned(),
            name: self.name.to_owned(),
        }
    }
}

/// FNV-1a, 64 bits: tells contents apart, guards against nobody. Done by the compiler.
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0100_0000_01b3);
        i += 1;
    }
    hash
}

const fn hex(number: u64) -> [u8; 16] {
    let mut digits = [0; 16];
    let mut i = 0;
    while i < 16 {
        digits[i] = b"0123456789abcdef"[(number >> (60 - 4 * i)) as usize & 15];
        i += 1;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::Base;

    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(&hex(fnv1a(b"")), b"cbf29ce484222325");
        assert_eq!(&hex(fnv1a(b"foobar")), b"85944171f73967e8");
    }

    #[test]
    fn every_file_of_www_is_inside_and_found_by_its_address() {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/www")).unwrap() {
            names.push(entry.unwrap().file_name().into_string().unwrap());
        }
        assert_eq!(names.len(), ALL.len(), "{names:?}");
        for name in &names {
            let asset = asset(name).unwrap();
            let href = asset.route().href(&Base::default());
            assert_eq!(Route::parse("GET", &href, ""), Ok(asset.route()));
        }
        assert!(asset("../Cargo.toml").is_none());
    }
}
