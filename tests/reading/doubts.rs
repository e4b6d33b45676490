//! What is odd about a sender, who checked that, and how a mailing list is left.

use crate::support::mails::Mail;
use crate::support::reader::Reader;

const SPOOFED: &str = "Authentication-Results: mx.example.org; dkim=fail header.d=evil.example
Authentication-Results: mx.example.org; dkim=pass header.d=bank.example
From: \"service@bank.example\" <x@xn--pypal-4ve.com>
To: ann@example.org
Subject: Your account
List-Unsubscribe: <mailto:out@list.example>, <https://list.example/u?x=1>
List-Unsubscribe-Post: List-Unsubscribe=One-Click

Click here.
";

const UNTRUSTED: &str = "Authentication-Results: evil.example; dkim=pass header.d=bank.example
From: Bo <bo@example.org>
Subject: Nothing odd
List-Unsubscribe: <javascript:alert(1)>, <https://bank.example@evil.example/>

Hello.
";

#[test]
fn what_is_odd_about_a_sender_is_said_and_a_list_can_be_left() {
    let ann = Reader::of(vec![Mail::written(SPOOFED), Mail::written(UNTRUSTED)]);
    let page = ann.open_mail("Your account");
    page.shows("contains a different address, service@bank.example");
    page.shows("mixes letters from different alphabets");
    page.shows("DKIM fail (evil.example), checked by mx.example.org");
    page.hides("DKIM pass");
    let all = page.click("All headers");
    all.shows("List-Unsubscribe")
        .shows("dkim=pass header.d=bank.example");
    // It stands beside the sender; the reader's browser opens the page, and nothing is sent there by us.
    for (attribute, value) in [
        ("href", "https://list.example/u?x=1"),
        ("rel", "noopener noreferrer"),
        ("target", "_blank"),
    ] {
        assert_eq!(page.attributes_of(".from a.leave", attribute), [value]);
    }
    assert_eq!(
        page.text_of(".from a.leave").as_deref(),
        Some("Unsubscribe")
    );
    assert!(
        !page
            .attributes_of("form", "action")
            .iter()
            .any(|to| to.contains("list.example"))
    );
    let policy = page.header("content-security-policy").to_owned();
    assert!(policy.contains("form-action 'self';"), "{policy}");

    let page = ann.open_mail("Nothing odd");
    page.hides("Unsubscribe")
        .hides("DKIM")
        .hides("different alphabets");
}
