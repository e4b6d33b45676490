//! Which leaves of a message are its text, which its HTML, which only serve the HTML, and which are attachments.
//!
//! RFC 2046 5.1 as readers know it from other programs: of an alternative one branch is shown, the root of a related, and
//! the inline texts of everything else one after the other. Judged from the structure alone; no byte of content is needed.

use std::collections::{BTreeMap, BTreeSet};

use super::kinds::{is_cms, is_message, is_tnef, viewable_type_by_name};
use crate::extras::Protection;
use crate::mail::{Group, Part, PartPath};
use crate::media::{Media, media};

/// A message's leaves by what they are for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body<'a> {
    /// To be shown one after the other where plain text is wanted. `text/html` is among them only where a message has no
    /// plain version of it: `clean::words` reads it.
    pub text: Vec<&'a Part>,
    /// To be shown one after the other where HTML is wanted, plain parts among them; empty where there is no HTML.
    pub html: Vec<&'a Part>,
    /// Pictures that the HTML may name by Content-ID. One whose label says otherwise is among the attachments as well.
    pub inline: Vec<&'a Part>,
    /// To be listed and saved.
    pub attachments: Vec<&'a Part>,
}

/// Parts that are read for what they tell beside the text, and their size on the way: of one, and of what holds a message.
const MOST_TOLD: usize = 4;
const TOLD_BYTES: u32 = 256 * 1024;
const WRAPPED_BYTES: u32 = 1024 * 1024;

/// Parts that a page reads for what they tell: invitations, contact cards, reports, winmail.dat, signed messages.
pub fn told_by(parts: &[Part]) -> Vec<&Part> {
    let told = parts.iter().filter(|p| {
        let tells = matches!(
            media(&p.kind),
            Media::Calendar | Media::Card | Media::DeliveryReport | Media::Receipt
        );
        tells && p.size <= TOLD_BYTES || (is_tnef(p) || is_cms(p)) && p.size <= WRAPPED_BYTES
    });
    told.take(MOST_TOLD).collect()
}

/// How a message is protected, by its structure.
pub fn protection(parts: &[Part]) -> Option<Protection> {
    let any = |wanted| parts.iter().any(|p| media(&p.kind) == wanted);
    if parts.iter().any(|p| inside(p, "encrypted")) || any(Media::PgpEncrypted) {
        Some(Protection::PgpEncrypted)
    } else if parts
        .iter()
        .any(|p| is_cms(p) && !p.name.to_ascii_lowercase().ends_with(".p7c"))
    {
        // A .p7c holds certificates alone (RFC 8551 3.2.1).
        Some(Protection::SmimeWrapped)
    } else if any(Media::SmimeSignature) {
        Some(Protection::SmimeSigned)
    } else if any(Media::PgpSignature) {
        Some(Protection::PgpSigned)
    } else {
        None
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Face {
    Text,
    Html,
}

/// Sorts the leaves of a message.
pub fn body_of(parts: &[Part]) -> Body<'_> {
    let texts: Vec<&Part> = parts.iter().filter(|p| is_text(p)).collect();
    let branches = Branches::of(&texts);
    let shown = |face| -> Vec<&Part> {
        let chosen = texts.iter().filter(|p| branches.choose(p, face));
        chosen.copied().collect()
    };
    let html = shown(Face::Html);
    let html = if html.iter().any(|p| p.kind == "text/html") {
        html
    } else {
        Vec::new()
    };
    let text = shown(Face::Text);
    let inline: Vec<&Part> = parts
        .iter()
        .filter(|p| !html.is_empty() && !p.id.is_empty() && (is_picture(p) || may_be_picture(p)))
        .collect();
    let shown: BTreeSet<&PartPath> = text.iter().chain(&html).map(|p| &p.path).collect();
    let elsewhere = ShownBranches::of(text.iter().chain(&html));
    let attachments = parts
        .iter()
        .filter(|p| {
            let shown = shown.contains(&p.path);
            let is_inline = !html.is_empty() && !p.id.is_empty() && is_picture(p);
            let serves = is_inline && !p.attached && inside(p, "related");
            // The other half of a file of the Macintosh (RFC 1740), of which only its own programs know something.
            let fork = p.kind == "application/applefile" && inside(p, "appledouble");
            let is_elsewhere = || is_text(p) && elsewhere.stand_for(p);
            !(shown || serves || fork || is_elsewhere())
        })
        .collect();
    Body {
        text,
        html,
        inline,
        attachments,
    }
}

/// True for a leaf that is text to read rather than a file. A named text is a file, unless it leads what it stands in:
/// some programs name the letter itself.
fn is_text(part: &Part) -> bool {
    !part.attached && is_readable(&part.kind) && (part.name.is_empty() || leads(part))
}

/// A text that is read as text. Texts that are data for a program are read by whoever knows their form, or saved.
fn is_readable(kind: &str) -> bool {
    matches!(
        media(kind),
        Media::Text | Media::Html | Media::Enriched | Media::OtherHtml
    )
}

/// What a leaf is read as; None for a version that is written for other programs.
fn face_of(part: &Part) -> Option<Face> {
    match media(&part.kind) {
        Media::Html => Some(Face::Html),
        Media::OtherHtml => None,
        _ => Some(Face::Text),
    }
}

/// True for the first leaf of what it stands in, and for each version in an alternative.
fn leads(part: &Part) -> bool {
    let first = part.path.steps().last() == Some(&1);
    let around = part.group.last();
    first || around.is_none_or(|group| group.kind == "alternative")
}

/// True for what stands beside an HTML to be named by it, whatever its label: its bytes tell whether it is a picture.
fn may_be_picture(part: &Part) -> bool {
    inside(part, "related") && !is_text(part) && !is_message(part)
}

/// True for a picture that a page can show, by its type or, where that says nothing, by its name.
pub fn is_picture(part: &Part) -> bool {
    let by_name =
        || viewable_type_by_name(&part.name).is_some_and(|kind| kind.starts_with("image/"));
    match media(&part.kind) {
        Media::Image => true,
        Media::OctetStream => by_name(),
        _ => false,
    }
}

/// The branches of each alternative that something is shown of.
struct ShownBranches<'a>(BTreeMap<&'a PartPath, BTreeSet<Option<u32>>>);

impl<'a> ShownBranches<'a> {
    fn of(shown: impl Iterator<Item = &'a &'a Part>) -> ShownBranches<'a> {
        let mut found: BTreeMap<&PartPath, BTreeSet<Option<u32>>> = BTreeMap::new();
        for part in shown {
            for group in part.group.iter().filter(|g| g.kind == "alternative") {
                let branches = found.entry(&group.path).or_default();
                branches.insert(branch(part, group));
            }
        }
        ShownBranches(found)
    }

    /// True for a text in whose place another branch of an alternative is shown. A text that is left out for any other
    /// reason is nowhere else, and has to be listed.
    fn stand_for(&self, part: &Part) -> bool {
        let mut alternatives = part.group.iter().filter(|g| g.kind == "alternative");
        alternatives.any(|group| {
            let shown = self.0.get(&group.path);
            shown.is_some_and(|shown| !shown.contains(&branch(part, group)))
        })
    }
}

fn inside(part: &Part, kind: &str) -> bool {
    part.group.iter().any(|g| g.kind == kind)
}

/// The branch of a multipart that a leaf stands in: the step after the multipart's path.
fn branch(part: &Part, group: &Group) -> Option<u32> {
    part.path.steps().get(group.path.steps().len()).copied()
}

/// What stands in one multipart, by the branches of its texts: all that is needed to choose between them.
#[derive(Default)]
struct Choice {
    first: Option<u32>,
    first_text: Option<u32>,
    /// Branches with a text/plain, and those with HTML.
    plain: BTreeSet<u32>,
    html: BTreeSet<u32>,
    last_text: Option<u32>,
    last_html: Option<u32>,
}

/// The choice of each multipart, made in one walk over the leaves: looked for at each leaf, it would be made as often as
/// there are leaves.
struct Branches<'a>(BTreeMap<&'a PartPath, Choice>);

impl<'a> Branches<'a> {
    fn of(texts: &[&'a Part]) -> Branches<'a> {
        let mut choices: BTreeMap<&PartPath, Choice> = BTreeMap::new();
        for part in texts {
            for group in &part.group {
                let own = branch(part, group);
                let choice = choices.entry(&group.path).or_default();
                choice.first = choice.first.or(own);
                match face_of(part) {
                    Some(Face::Text) => {
                        choice.first_text = choice.first_text.or(own);
                        choice.last_text = own;
                        if part.kind == "text/plain" {
                            choice.plain.extend(own);
                        }
                    }
                    Some(Face::Html) => {
                        choice.last_html = own;
                        choice.html.extend(own);
                    }
                    None => {}
                }
            }
        }
        Branches(choices)
    }

    /// True where every group around a leaf shows the branch that it stands in.
    fn choose(&self, part: &Part, face: Face) -> bool {
        face_of(part).is_some()
            && part.group.iter().all(|group| {
                let choice = self.0.get(&group.path);
                let chosen = |of: &dyn Fn(&Choice) -> Option<u32>| {
                    choice.and_then(of) == branch(part, group)
                };
                match group.kind.as_str() {
                    "alternative" => chosen(&|choice| choice.alternative(face)),
                    // RFC 2387: the first one is the root; senders who put the images first mean the first text.
                    "related" => chosen(&|choice| choice.first),
                    _ => true,
                }
            })
    }
}

impl Choice {
    /// RFC 2046 5.1.4: the last branch is the richest, the first one the plainest; that which suits the face. Of several
    /// that are plain text alone the last is the richest.
    fn alternative(&self, face: Face) -> Option<u32> {
        match face {
            Face::Html => self.last_html.or(self.last_text),
            Face::Text => {
                let plain = self.plain.difference(&self.html).last().copied();
                plain.or(self.first_text).or(self.last_html)
            }
        }
    }
}
