//! A message for paper: who wrote to whom, when and about what, what was attached, and the text or the HTML; nothing that
//! acts, no script, always light.
//!
//! A document of its own, with its style in it, since the mail's own markup may stand there (see `actions::print`). To know
//! before changing it: a mail's sheet reaches only into `MAIL`, and what it places outside of its box is cut above, so
//! that it cannot write over who it is from; nothing may stand below the mail. The document is laid out in the mail's own
//! mode, so nothing around the mail may look otherwise in quirks mode, where the case of ids does not count either.

use maud::{DOCTYPE, Markup, html};

use super::attached::AttachmentLine;
use super::extras::{self, Extras, RenderContext};
use super::plain_text::unfolded;
use super::{in_full, said};
use crate::assets;
use crate::mail::Address;
use crate::plain_text::Block;
use crate::route::Base;
use crate::sender::Judgement;
use crate::time::Calendar;
use crate::words::Words;

/// The id of the element that a mail's HTML stands in. Ids of a mail begin otherwise.
pub const MAIL: &str = "mail";

/// A message for paper.
pub struct PrintPage<'a> {
    /// Before every address.
    pub base: &'a Base,
    /// The language.
    pub words: Words,
    /// Its subject; may be empty.
    pub subject: &'a str,
    /// Who it is from, and what is to be believed of that.
    pub sender: &'a Judgement,
    /// To.
    pub to: &'a [Address],
    /// Cc.
    pub cc: &'a [Address],
    /// When it was sent, else when it arrived.
    pub date: Option<Calendar>,
    /// What is attached.
    pub attachments: &'a [AttachmentLine],
    /// What it tells beside its text.
    pub extras: &'a Extras,
    /// What there is to read.
    pub body: Printed<'a>,
    /// True where that is not all of it.
    pub cut: bool,
}

/// What there is to read of a message for paper.
pub enum Printed<'a> {
    /// Text.
    Text(&'a [Block]),
    /// HTML, made harmless.
    Html {
        /// How it is laid out: in the mail's own mode, as in the frame.
        doctype: Markup,
        /// Its style, for the head.
        style: Markup,
        /// The element with the id `MAIL`.
        mail: Markup,
    },
}

/// No character that markup would escape may stand in it. By ids, for a mail may have any class and any element.
const STYLE: &str = "\
html{color-scheme:light}\
body{max-width:50rem;margin:1.5rem auto;padding:0 1rem;font:15px/1.5 system-ui,sans-serif;color:#000;background:#fff}\
#way{margin:0 0 1.5rem;padding:.5rem .75rem;background:#eef0f4;font-size:.9rem}\
#head{padding-block-end:1rem;margin-block-end:1rem;border-block-end:1px solid #888}\
#head h1{margin:0 0 .75rem;font-size:1.35rem;line-height:1.3;overflow-wrap:anywhere}\
#head dl,#told dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.15rem 1rem;margin:0}\
#head dt,#told dt,#told .kind,#told .hint{color:#555}\
#head dd,#told dd{margin:0;overflow-wrap:anywhere}\
#head dd span,#told .whole{display:block}\
#told section,#told .note{margin-block-end:1rem;padding:.75rem 1rem;border:1px solid #888;break-inside:avoid}\
#told h2{margin:0 0 .5rem;font-size:1.1rem;line-height:1.3;overflow-wrap:anywhere}\
#told p{margin:0;overflow-wrap:anywhere}\
#mail{display:flow-root}\
#mail :where(td,th){overflow-wrap:break-word}\
#paper{position:relative;display:flow-root;overflow:hidden;overflow:visible clip;overflow-wrap:anywhere}\
@page{margin:15mm}\
@media print{body{max-width:none;margin:0;padding:0}#way{display:none}}";

/// The same for a text.
const TEXT_STYLE: &str = "\
p{margin:0 0 1rem;white-space:pre-wrap;tab-size:8;unicode-bidi:plaintext}\
.columns{font-family:ui-monospace,monospace;font-size:.8em}\
a{color:inherit}\
summary{list-style:none;margin-block-end:.5rem}\
.signature{color:#555}\
blockquote{margin:0 0 1rem;padding-inline-start:1rem;border-inline-start:2px solid #888}";

/// The page.
pub fn page(message: &PrintPage) -> Markup {
    let words = message.words;
    let subject = match message.subject.trim() {
        "" => words.no_subject(),
        subject => subject,
    };
    html! {
        @match &message.body {
            Printed::Html { doctype, .. } => (doctype),
            Printed::Text(_) => (DOCTYPE),
        }
        html lang=(words.lang) dir=(words.dir) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (subject) }
                link rel="icon" href=(assets::FAVICON.route().href(message.base)) type="image/svg+xml";
                style { (STYLE) }
                @match &message.body {
                    Printed::Html { style, .. } => (style),
                    Printed::Text(_) => style { (TEXT_STYLE) },
                }
            }
            body {
                main {
                    p #way { (words.how_to_print()) }
                    div #head {
                        h1 { (said(subject)) }
                        dl {
                            dt { (words.from_label()) }
                            dd {
                                (in_full(words, &message.sender.named))
                                @if message.sender.is_unconfirmed() { " (" (words.not_confirmed()) ")" }
                            }
                            @if let Some(sent_by) = &message.sender.sent_by {
                                dt { (words.sender_label()) }
                                dd { (said(sent_by)) }
                            }
                            (people(words.to_label(), message.to))
                            (people(words.cc_label(), message.cc))
                            @if let Some(at) = &message.date { dt { (words.sent_label()) } dd { (words.when_full(at)) } }
                            @if !message.attachments.is_empty() {
                                dt { (words.attachments(message.attachments.len())) }
                                dd { @for file in message.attachments { (attachment(words, file)) } }
                            }
                        }
                        @if message.cut { p { (words.only_beginning()) } }
                    }
                    div #told {
                        (extras::notes(RenderContext { words, is_paper: true }, message.sender, message.extras))
                        (extras::cards(RenderContext { words, is_paper: true }, message.extras, None))
                    }
                    div #paper {
                        @match &message.body {
                            Printed::Html { mail, .. } => (mail),
                            Printed::Text([]) => p { (words.no_text()) },
                            Printed::Text(blocks) => (unfolded(words, blocks)),
                        }
                    }
                }
            }
        }
    }
}

fn people(label: &str, addresses: &[Address]) -> Markup {
    html! {
        @if !addresses.is_empty() {
            dt { (label) }
            dd {
                @for address in addresses {
                    span {
                        @if address.name.trim().is_empty() { (said(&address.email)) }
                        @else if address.email.is_empty() { (said(&address.name)) }
                        @else { (said(&address.name)) " <" (said(&address.email)) ">" }
                    }
                }
            }
        }
    }
}

fn attachment(words: Words, file: &AttachmentLine) -> Markup {
    let name = match file.name.trim() {
        "" => words.unnamed(&file.kind),
        name => name,
    };
    html! { span { (said(name)) @if file.size > 0 { ", " (words.size(file.size)) } } }
}
