//! Invented messages that are being written: an answer with a file and a wrong address, and one that may have been sent.

use maud::Markup;

use super::{chrome, folders, reference};
use crate::mail::{
    AddressField, Answer, AttachedFile, Draft, DraftFault, Refusal, RefusedRecipient, ReplyPlace,
    Source, Unsent,
};
use crate::route::{ComposeQuery, DraftForm, Route, Wish};
use crate::views::compose::{ComposePage, Gone, Later, Sender, State, page};
use crate::views::editor::Opens;
use crate::views::people::Suggested;
use crate::views::unsent::{self, UnsentLine};
use crate::views::{Kind, Notice};
use crate::words::Words;

fn draft() -> Draft {
    Draft {
        from: "ann@example.org".to_owned(),
        to: "Karin Lund <karin@orchestra.example>, bo@".to_owned(),
        cc: "Jonas Weber <jonas@orchestra.example>".to_owned(),
        subject: "Re: Rehearsal on Thursday".to_owned(),
        text: "I can bring the parts for the second violins.\n\nAnn\n\nOn 24 November 2026 at 18:02, Karin Lund wrote:\n> Could somebody bring the parts?\n> Karin\n".to_owned(),
        source: Some(Source {
            message: reference(3),
            how: Answer::ReplyAll,
        }),
        later: "2027-02-01T09:00".to_owned(),
        ..Draft::default()
    }
}

fn with(state: State, faults: Vec<DraftFault>, notices: &[Notice]) -> Markup {
    let sender = |address: &str| Sender {
        address: address.to_owned(),
        shown: format!("Ann Sommer <{address}>"),
        is_chosen: address.starts_with("ann"),
        reply_to: String::new(),
        signature: "Ann\n\"<b>".to_owned(),
        signature_html: "<b>Ann</b>".to_owned(),
    };
    let compose = ComposePage {
        form: DraftForm {
            token: "token".to_owned(),
            base: String::new(),
            draft: draft(),
            wish: Wish::Keep,
            again: false,
            signed: "ann@example.org".to_owned(),
            is_leaving: false,
            is_rich: false,
            is_html_missing: false,
            html_of: String::new(),
            sure: false,
            next: String::new(),
        },
        senders: vec![
            sender("ann@example.org"),
            sender("strings@orchestra.example"),
        ],
        begins: ReplyPlace::Above,
        people: Suggested {
            first: vec!["Bo \"<b>\" <bo@example.org>".to_owned()],
            has_more: true,
        },
        files: vec![AttachedFile {
            number: 0,
            name: "Second violins, all parts.pdf".to_owned(),
            kind: "application/pdf".to_owned(),
            size: 1_482_113,
        }],
        most_attached: 25_000_000,
        opens: Opens {
            most: 3_000_000,
            at_once: false,
            quote: None,
            fields: (DraftForm::TEXT, DraftForm::HTML),
            title: "Text",
        },
        faults,
        state,
        archives: true,
        is_held: false,
        later: Some(Later {
            is_offered: true,
            zone: "Europe/Brussels".to_owned(),
        }),
    };
    page(&chrome(Words::ENGLISH, &folders(), notices), &compose)
}

fn bad(lead: &str, text: String) -> Notice {
    Notice {
        kind: Kind::Bad,
        ..Notice::warning(lead, text)
    }
}

/// An answer with a wrong address.
pub(super) fn answer() -> Markup {
    let fault = DraftFault::NoAddress {
        field: AddressField::To,
        text: "bo@".to_owned(),
    };
    let too_far = DraftFault::TimeTooFar { seconds: 604_800 };
    let words = Words::ENGLISH;
    let both = format!(
        "{} {}",
        words.draft_fault(&fault),
        words.draft_fault(&too_far)
    );
    let notice = bad(words.not_sent(), both);
    with(State::Written, vec![fault, too_far], &[notice])
}

/// One that was refused.
pub(super) fn refused() -> Markup {
    let words = Words::ENGLISH;
    let refusal = Refusal::Recipients(vec![RefusedRecipient {
        address: "jonas@orchestra.example".to_owned(),
        said: "5.1.1 User unknown".to_owned(),
        later: false,
    }]);
    let notice = bad(words.not_sent(), words.refusal(&refusal));
    with(State::Refused(refusal), Vec::new(), &[notice])
}

/// One that may have been sent.
pub(super) fn perhaps() -> Markup {
    let words = Words::ENGLISH;
    let notice = bad(words.perhaps_sent_lead(), words.perhaps_sent_text(None));
    with(State::Unknown(None), Vec::new(), &[notice])
}

/// One that was sent, and has no copy.
pub(super) fn not_filed() -> Markup {
    let notice = Notice::warning("", Words::ENGLISH.copy_missing(None, None));
    with(State::NotFiled(Gone::default()), Vec::new(), &[notice])
}

/// The messages that were not sent.
pub(super) fn unsent() -> Markup {
    let all = [
        Unsent::Written,
        Unsent::NotSent,
        Unsent::PerhapsSent,
        Unsent::NotFiled,
    ];
    let lines = all.map(|standing| UnsentLine {
        page: Route::from(ComposeQuery::of_token("token".to_owned(), String::new())),
        subject: draft().subject,
        to: draft().to,
        files: 1,
        standing,
    });
    unsent::page(&chrome(Words::ENGLISH, &folders(), &[]), &lines)
}
