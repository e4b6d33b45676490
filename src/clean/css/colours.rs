//! Whether a mail has colours of its own: more than dark words on a white ground, as everybody's letters have by default.
//! Such a mail is shown on white; any other in the colours that its reader's device asks for.
//!
//! Not for whether a value is allowed (`allowed`). To know before changing it: what is called plain here is overridden in
//! the dark (`clean::frame`), so nothing may be called so that says something by its colour, or that cannot be overridden.

/// Words for a colour that everything has where nothing is said.
const AS_IT_IS: [&str; 8] = [
    "inherit",
    "initial",
    "unset",
    "revert",
    "currentcolor",
    "windowtext",
    "auto",
    "black",
];
/// A ground that can be looked through, or is white.
const NO_GROUND: [&str; 9] = [
    "transparent",
    "none",
    "inherit",
    "initial",
    "unset",
    "revert",
    "white",
    "window",
    "canvas",
];
/// Colours of links in the letters of common programs, which their templates write into each.
const OF_LINKS: [&str; 4] = ["#0563c1", "#954f72", "#467886", "#96607d"];
/// As bright as a colour of words may be, of 255, to be no more than dark; and as dark as a ground to be no more than white.
const DARK: f32 = 0x44 as f32;
const WHITE: f32 = 0xfa as f32;
/// How far the parts of a grey may be apart.
const GREY: f32 = 8.0;

/// True for a declaration, kept as it stands, that gives a colour of its own to words or to what is behind them.
pub(in crate::clean) fn is_own(name: &str, value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    let is_plain = match name {
        "color" => is_ink(&value),
        "background" | "background-color" => is_no_ground(&value),
        "background-image" => matches!(&*value, "none" | "initial" | "inherit"),
        _ => return false,
    };
    !is_plain
}

fn is_ink(value: &str) -> bool {
    let is_dark = |[r, g, b]: [f32; 3]| r.max(g).max(b) <= DARK && is_grey([r, g, b]);
    AS_IT_IS.contains(&value) || OF_LINKS.contains(&value) || channels(value).is_some_and(is_dark)
}

fn is_no_ground(value: &str) -> bool {
    let is_white = |[r, g, b]: [f32; 3]| r.min(g).min(b) >= WHITE;
    let is_clear = |one: &str| NO_GROUND.contains(&one) || channels(one).is_some_and(is_white);
    // `white none repeat scroll 0 0`: whatever stands beside a colour says where a picture would be.
    let beside = |one: &str| {
        let digits = one.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
        let is_place = digits.parse::<f32>().is_ok();
        is_place
            || matches!(
                one,
                "repeat" | "no-repeat" | "scroll" | "left" | "top" | "center"
            )
    };
    match value.contains('(') {
        true => is_clear(value),
        false => value
            .split_whitespace()
            .all(|one| is_clear(one) || beside(one)),
    }
}

fn is_grey([r, g, b]: [f32; 3]) -> bool {
    r.max(g).max(b) - r.min(g).min(b) <= GREY
}

/// Red, green and blue of `#fff`, `#ffffff`, `rgb(0, 0, 0)`; None for any other, and for one that is seen through.
fn channels(value: &str) -> Option<[f32; 3]> {
    if let Some(hex) = value.strip_prefix('#') {
        let wide: String = match hex.len() {
            3 => hex.chars().flat_map(|c| [c, c]).collect(),
            6 => hex.to_owned(),
            _ => return None,
        };
        let part = |at: usize| {
            let part = u8::from_str_radix(wide.get(at..at.saturating_add(2))?, 16).ok()?;
            Some(f32::from(part))
        };
        return Some([part(0)?, part(2)?, part(4)?]);
    }
    let inside = value
        .strip_prefix("rgba(")
        .or_else(|| value.strip_prefix("rgb("))?;
    let inside = inside.strip_suffix(')')?;
    let parts = inside
        .split([',', ' ', '/'])
        .filter(|part| !part.is_empty());
    let parts: Option<Vec<f32>> = parts.map(|part| part.parse().ok()).collect();
    match parts?.as_slice() {
        [r, g, b] => Some([*r, *g, *b]),
        [r, g, b, opaque] if *opaque >= 1.0 => Some([*r, *g, *b]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dark_words_on_white_are_no_colours() {
        for (name, value) in [
            ("color", "black"),
            ("color", "#000"),
            ("color", "#222222"),
            ("color", "rgb(34, 34, 34)"),
            ("color", "rgb(0 0 0)"),
            ("color", "rgba(0,0,0,1)"),
            ("color", "windowtext"),
            ("color", "#0563C1"),
            ("background", "white"),
            ("background", "rgb(255, 255, 255)"),
            ("background", "white none repeat scroll 0% 0%"),
            ("background-color", "transparent"),
            ("background-image", "none"),
            ("border-color", "red"),
            ("width", "3px"),
        ] {
            assert!(!is_own(name, value), "{name}: {value}");
        }
    }

    #[test]
    fn any_other_colour_says_something() {
        for (name, value) in [
            ("color", "red"),
            ("color", "blue"),
            ("color", "#888"),
            ("color", "#003"),
            ("color", "black!important"),
            ("color", "rgba(0,0,0,.5)"),
            ("color", "hsl(0 0% 0%)"),
            ("background", "#f4f4f4"),
            ("background", "linear-gradient(white,white)"),
            ("background", "url(data:image/gif;base64,AA)"),
            ("background-color", "#000"),
            ("background-color", "rgba(255,255,255,.9)"),
            ("background-image", "url(data:image/gif;base64,AA)"),
        ] {
            assert!(is_own(name, value), "{name}: {value}");
        }
    }
}
