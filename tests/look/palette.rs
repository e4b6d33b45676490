//! The colours of the style sheet, by their roles: what is written on something stands out from it, and so does the edge of what
//! can be filled in or pressed, in the light and in the dark (WCAG 2.2, 1.4.3 and 1.4.11).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What is written, what it is written on, and how much it has to stand out, in tenths.
const PAIRS: [(&str, &[&str], u32); 10] = [
    ("ink", &["ground", "pane", "raised", "wash", "line"], 45),
    ("soft", &["ground", "pane", "raised", "wash", "line"], 45),
    ("faint", &["ground", "pane", "raised", "wash"], 45),
    ("accent", &["ground", "pane", "raised", "wash"], 45),
    ("on-accent", &["accent"], 45),
    ("wash-ink", &["wash"], 45),
    ("warn-ink", &["warn"], 45),
    ("danger", &["bad", "pane"], 45),
    ("edge", &["pane", "raised", "ground"], 30),
    ("star", &["pane", "wash"], 30),
];

/// The colours of a block, by their roles.
fn colours(block: &str) -> BTreeMap<&str, [f64; 3]> {
    let told = block.split([';', '{']).filter_map(|one| {
        let (name, colour) = one.trim().strip_prefix("--")?.split_once(": #")?;
        let part = |from: usize| u8::from_str_radix(colour.get(from..from + 2)?, 16).ok();
        Some((name, [part(0)?, part(2)?, part(4)?].map(f64::from)))
    });
    told.collect()
}

/// How light a colour is (WCAG 2.2, relative luminance).
fn light(colour: [f64; 3]) -> f64 {
    let [r, g, b] = colour.map(|part| match part / 255.0 {
        low if low <= 0.040_45 => low / 12.92,
        high => ((high + 0.055) / 1.055).powf(2.4),
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

#[test]
fn every_colour_stands_out_from_what_it_is_used_on() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sheet = fs::read_to_string(root.join("www/style.css")).expect("the style sheet");
    let block = |begins: &str| {
        let (_, rest) = sheet.split_once(begins).expect("a block");
        rest.split_once('}').expect("its end").0.to_owned()
    };
    let bright = block("\n:root {");
    let [chosen, of_the_device] = ["\n[data-theme=dark] {", ":root:not([data-theme]) {"].map(block);
    assert_eq!(colours(&chosen), colours(&of_the_device), "one dark");
    for (mode, block) in [("light", &bright), ("dark", &chosen)] {
        let colours = colours(block);
        assert!(colours.len() > 15, "{colours:?}");
        for (above, below, needed) in PAIRS {
            for ground in below {
                let [one, other] = [colours[above], colours[ground]].map(light);
                let ratio = (one.max(other) + 0.05) / (one.min(other) + 0.05);
                assert!(
                    ratio * 10.0 >= f64::from(needed),
                    "{mode}: {above} on {ground} is {ratio:.2}"
                );
            }
        }
    }
}
