//! What a few bytes can make a reader of mails work on: each kind in which work once grew faster than its input.

use std::time::Duration;

use postern::clean;
use postern::mail::Part;
use postern::mime::{containers, statements, structure};
use postern::work::Work;

use crate::support::work;

/// Does something that is far less work than these milliseconds, and was more than that.
fn is_little<T>(what: &str, millis: u64, act: impl FnOnce() -> T) -> T {
    let (done, work) = work::of(act);
    println!("{what}: {work:?}");
    assert!(work < Duration::from_millis(millis), "{what}: {work:?}");
    done
}

fn document(html: &str) -> clean::Cleaned {
    let how = clean::Show {
        sought: &postern::mail::Sought::default(),
        work: &Work::default(),
        remote: false,
        inline: &|_| None,
        own_origin: None,
        write_to: None,
        within: None,
    };
    clean::document(html, &how)
}

#[test]
fn what_a_table_moves_in_front_of_itself_is_bounded_and_told() {
    for piece in [
        "<i></i>",
        "<p>x",
        "x<tr>",
        "<img alt=a>",
        // What takes the counting out of step with a parser.
        "<div><tr></tr>x",
        "<td><col><i></i>",
        "<td><caption></caption>x",
        "<colgroup><b>x",
        "<td></td><hr>",
    ] {
        for html in [
            format!("<table>{}", piece.repeat(60_000)),
            format!("<table><td><col>{}", piece.repeat(60_000)),
            format!("<table><div><tr></tr>{}", piece.repeat(60_000)),
        ] {
            let cleaned = is_little(piece, 1_000, || document(&html));
            assert!(cleaned.cut, "{piece}");
        }
    }
    // A table that somebody forgot to give cells is shown as it is.
    let sloppy = format!("<table>{}</table>", "<p>a line</p>".repeat(900));
    let cleaned = document(&sloppy);
    assert!(!cleaned.cut && cleaned.body().matches("a line").count() == 900);
}

#[test]
fn multiparts_in_multiparts_are_looked_through_only_so_often() {
    let mut mail = String::new();
    for n in 0..62 {
        mail += &format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n");
    }
    mail += &format!("\n{}", "some words in a line\n".repeat(600_000));
    let parts = is_little("nested multiparts", 400, || {
        structure::leaves(mail.as_bytes(), &Work::default())
    });
    assert_eq!(parts.len(), 1, "nothing is lost");
    assert!(parts[0].path.steps().len() < 20, "{}", parts[0].path);
    assert!(parts[0].size > 12_000_000);
}

#[test]
fn of_many_rich_texts_in_a_winmail_the_first_are_read() {
    // A text that unpacks to 2 MB (MS-OXRTFCP), 3,000 times.
    let mut packed = vec![0; 8];
    packed.extend(b"LZFu\0\0\0\0");
    packed.extend([0, b'{', b'\\', b'r', b't', b'f', b'1', b' ', b'x']);
    for _ in 0..60 {
        packed.extend([0xFF; 17]);
    }
    let mut values = Vec::new();
    for _ in 0..3_000_u32 {
        values.extend([0x02, 0x01, 0x09, 0x10, 1, 0, 0, 0]);
        values.extend(u32::try_from(packed.len()).expect("short").to_le_bytes());
        values.extend(&packed);
        values.resize(values.len().next_multiple_of(4), 0);
    }
    let mut bytes = vec![0x78, 0x9F, 0x3E, 0x22, 1, 0, 1];
    bytes.extend(0x0006_9003_u32.to_le_bytes());
    bytes.extend(
        u32::try_from(values.len() + 4)
            .expect("short")
            .to_le_bytes(),
    );
    bytes.extend(3_000_u32.to_le_bytes());
    bytes.extend(values);
    bytes.extend([0, 0]);
    let part = Part {
        kind: "application/ms-tnef".to_owned(),
        ..Part::default()
    };
    let opened = is_little("winmail.dat", 150, || {
        containers::Container::open(&part, bytes, &Work::default())
    });
    assert!(opened.is_some());
}

#[test]
fn thousands_of_statements_of_a_server_are_told_as_a_few() {
    let one = format!(
        "Authentication-Results: mx.example.org{}\r\n",
        "; x=fail".repeat(22_000)
    );
    let each: String = (0..22_000).map(|n| format!("; m{n}=fail")).collect();
    let many = format!("Authentication-Results: mx.example.org{each}\r\n");
    for header in [one.clone(), many.clone(), one.repeat(8), many.repeat(8)] {
        let found = is_little("statements", 1_000, || {
            statements::evidence(header.as_bytes(), "", "mx.example.org").verdict
        });
        assert!(found.is_none_or(|found| found.checks.iter().any(|check| check.is_bad())));
    }
}

/// Each tag was once held against everything that is open around it, word by word: lists in lists took ten times as long as
/// reading their words, which passes through the same tags.
#[test]
fn what_is_open_around_a_tag_makes_it_no_dearer() {
    for piece in [
        "<ul><li>x",
        "<table><tr><td>",
        "<b><i><p>x",
        "<div><p>x",
        "<ol><li><dl><dd>",
        "<h1><a>x<h6>y</a>",
        "<blockquote></li>x",
    ] {
        let html = piece.repeat(400_000 / piece.len());
        // The least of some: what else the machine does meanwhile takes caches away.
        let least = |act: &dyn Fn()| (0..3).map(|_| work::of(act).1).min().expect("some");
        let words = least(&|| drop(clean::words(&html)));
        let shown = least(&|| drop(document(&html)));
        println!("{piece}: {shown:?}, its words {words:?}");
        assert!(shown < words * 6, "{piece}: {shown:?} beside {words:?}");
    }
}
