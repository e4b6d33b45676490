//! The properties, functions and selectors that the style of a mail may have: tables, by name.

/// Rules of single properties beyond their names.
pub(super) fn fits(name: &str, value: &str) -> bool {
    let importance = value.strip_suffix("important").map(str::trim_end);
    let plain = importance.and_then(|rest| rest.strip_suffix('!'));
    let value = plain.unwrap_or(value).trim_end();
    match name {
        // Out of the flow of its own place: over the rest, or where it stays in sight as the reader scrolls.
        "position" => matches!(value, "static" | "relative" | "absolute"),
        "display" => !value.contains("contents"),
        _ => true,
    }
}

pub(super) fn is_property(name: &str) -> bool {
    PROPERTIES.contains(&name)
        || FAMILIES.iter().any(|f| {
            name.strip_prefix(f)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
}

/// Properties whose value may be a picture; an address in any other loads nothing.
pub(super) const PICTURED: [&str; 6] = [
    "background",
    "background-image",
    "border-image",
    "border-image-source",
    "list-style",
    "list-style-image",
];

/// Properties whose longer forms (`border-top-color`) are allowed with them.
const FAMILIES: [&str; 9] = [
    "background",
    "border",
    "margin",
    "padding",
    "font",
    "list-style",
    "text-decoration",
    "flex",
    "outline",
];

const PROPERTIES: [&str; 61] = [
    "color",
    "opacity",
    "width",
    "height",
    "min-width",
    "min-height",
    "max-width",
    "max-height",
    "line-height",
    "letter-spacing",
    "word-spacing",
    "white-space",
    "word-break",
    "word-wrap",
    "overflow-wrap",
    "text-align",
    "text-align-last",
    "text-indent",
    "text-transform",
    "text-overflow",
    "text-shadow",
    "text-size-adjust",
    "-webkit-text-size-adjust",
    "-ms-text-size-adjust",
    "vertical-align",
    "direction",
    "unicode-bidi",
    "hyphens",
    "-webkit-hyphens",
    "quotes",
    "display",
    "visibility",
    "float",
    "clear",
    "overflow",
    "overflow-x",
    "overflow-y",
    "position",
    "top",
    "right",
    "bottom",
    "left",
    "box-sizing",
    "box-shadow",
    "table-layout",
    "caption-side",
    "empty-cells",
    "object-fit",
    "gap",
    "row-gap",
    "column-gap",
    "order",
    "aspect-ratio",
    "object-position",
    "text-underline-offset",
    "text-wrap",
    "justify-content",
    "align-items",
    "align-content",
    "align-self",
    "tab-size",
];

pub(super) const FUNCTIONS: [&str; 17] = [
    "rgb",
    "rgba",
    "hsl",
    "hsla",
    "hwb",
    "lab",
    "lch",
    "oklab",
    "oklch",
    "calc",
    "min",
    "max",
    "clamp",
    "linear-gradient",
    "radial-gradient",
    "repeating-linear-gradient",
    "repeating-radial-gradient",
];

/// Functions that name something to load.
pub(super) const LOADERS: [&str; 5] = ["image", "image-set", "cross-fade", "url-prefix", "element"];

pub(super) const SELECTOR_FUNCTIONS: [&str; 8] = [
    "not",
    "is",
    "where",
    "lang",
    "nth-child",
    "nth-last-child",
    "nth-of-type",
    "nth-last-of-type",
];
