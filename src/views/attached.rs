//! What is attached to a message: a line for each file, a small view of the first pictures, all of it as one archive.
//!
//! Not for deciding what a file is or whether it may open (`actions`): `None` is a link that does not exist.

use maud::{Markup, html};

use super::Chrome;
use super::icons::{Icon, icon};
use crate::route::Route;

/// One attachment.
#[derive(Clone, Debug)]
pub struct AttachmentLine {
    /// The file's name; may be empty.
    pub name: String,
    /// Its media type, in lower case.
    pub kind: String,
    /// Its size in bytes, about; 0 where nobody told it.
    pub size: u64,
    /// True for a message, which opens as a page.
    pub is_message: bool,
    /// The page of a picture, with ways to the others.
    pub picture: Option<Route>,
    /// The picture itself, for a small view of it.
    pub preview: Option<Route>,
    /// Shows it in the browser, where its type is harmless.
    pub open: Option<Route>,
    /// Saves it.
    pub download: Route,
}

/// The list of attachments, `all` leading to the archive of them.
pub(super) fn attachments(
    chrome: &Chrome,
    files: &[AttachmentLine],
    all: &Option<Route>,
) -> Markup {
    let words = chrome.words;
    html! {
        @if !files.is_empty() {
            section.attached aria-labelledby="attached" {
                .bar {
                    h2 #attached { (words.attachments(files.len())) }
                    @if let Some(all) = all {
                        a.button.quiet.push data-file="" href=(chrome.href(all)) { (icon(Icon::Download)) (words.all_as_zip()) }
                    }
                }
                @let is_pictured = files.iter().any(|file| file.preview.is_some());
                ul.files { @for file in files { (attachment(chrome, file, is_pictured)) } }
            }
        }
    }
}

/// `is_pictured`: it stands beside small views, and is as high as they are.
fn attachment(chrome: &Chrome, file: &AttachmentLine, is_pictured: bool) -> Markup {
    let words = chrome.words;
    let name = match file.name.trim() {
        "" => words.unnamed(&file.kind),
        name => name,
    };
    let open = file.picture.as_ref().or(file.open.as_ref());
    let tab = (!file.is_message && file.picture.is_none()).then_some("_blank");
    html! {
        li.file.pictured[is_pictured] {
            @match (&file.preview, &file.picture) {
                (Some(picture), Some(page)) => a.picture href=(chrome.href(page)) tabindex="-1" aria-hidden="true" {
                    img src=(chrome.href(picture)) alt="" loading="lazy";
                },
                _ if is_pictured => span.picture { (icon(file_icon(&file.kind))) },
                _ => (icon(file_icon(&file.kind))),
            }
            div {
                span.name dir="auto" title=(name) { (name) }
                small {
                    @if file.size > 0 { span { (words.size(file.size)) } }
                    @if let Some(route) = open {
                        a href=(chrome.href(route)) target=[tab] { (words.open()) span.sr { " " (name) } }
                    }
                    a data-file="" href=(chrome.href(&file.download)) { (words.download()) span.sr { " " (name) } }
                }
            }
        }
    }
}

fn file_icon(kind: &str) -> Icon {
    let (main, sub) = kind.split_once('/').unwrap_or((kind, ""));
    match main {
        "image" => Icon::Image,
        "audio" => Icon::Sound,
        "video" => Icon::Film,
        "message" => Icon::Letter,
        "text" if sub == "csv" => Icon::Sheet,
        "text" => Icon::Text,
        _ if sub.contains("spreadsheet") || sub.contains("excel") => Icon::Sheet,
        _ if ["zip", "tar", "compressed", "rar", "gzip"]
            .iter()
            .any(|pack| sub.contains(pack)) =>
        {
            Icon::Pack
        }
        _ => Icon::File,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_type() {
        assert_eq!(file_icon("image/png"), Icon::Image);
        assert_eq!(file_icon("application/vnd.ms-excel"), Icon::Sheet);
        assert_eq!(file_icon("application/x-7z-compressed"), Icon::Pack);
        assert_eq!(file_icon(""), Icon::File);
    }
}
