//! Rules of cleaning, one story each. Vectors by the thousand are in `tests/mail.rs`.

use super::*;

fn show(remote: bool) -> Show<'static> {
    Show {
        work: Box::leak(Box::default()),
        remote,
        inline: &|id| (id == "logo@x").then(|| "/part?p=2".to_owned()),
        own_origin: Some("https://mail.example.org"),
        write_to: None,
        within: None,
        sought: Box::leak(Box::default()),
    }
}

fn body(html: &str) -> String {
    document(html, &show(false)).html
}

fn body_with_marks(html: &str, words: &[&str]) -> String {
    let words = words.iter().map(|word| (*word).to_owned());
    let how = Show {
        sought: &Sought::new(words),
        ..show(false)
    };
    document(html, &how).html
}

#[test]
fn what_was_looked_for_is_marked_in_text_and_nowhere_else() {
    let mark = |word: &str| format!("<mark class=\"m-found\">{word}</mark>");
    // A word may come in pieces.
    let shown = body_with_marks(
        "<p>La r&eacute;union du <b>R\u{e9}Union</b></p>",
        &["réunion"],
    );
    let wanted = format!(
        "<p>La {} du <b>{}</b></p>",
        mark("réunion"),
        mark("RéUnion")
    );
    assert_eq!(shown, wanted);
    for (html, words) in [
        ("<p title=\"red\" style=\"color:red\">x</p>", "red"),
        ("<style>p.red{color:red}</style><p>x</p>", "red"),
        ("<a href=\"https://red.example/\">x</a>", "red"),
        ("<p>x<br>y</p>", "br"),
        ("<p>a&amp;b</p>", "amp"),
        ("<p>x</p><!-- red -->", "red"),
    ] {
        assert_eq!(
            body_with_marks(html, &[words]),
            body(html),
            "{words} in {html}"
        );
    }
    // What is looked for is text, whatever it looks like.
    let odd = body_with_marks("<p>1 &lt;b&gt; 2</p>", &["<b>"]);
    assert_eq!(odd, format!("<p>1 {} 2</p>", mark("&lt;b&gt;")));
    // A word that another element begins in is two.
    assert_eq!(
        body_with_marks("<p>re<i>d</i></p>", &["red"]),
        "<p>re<i>d</i></p>"
    );
    // However much of it there is.
    let many = body_with_marks(&"<p>a</p>".repeat(9_000), &["a"]);
    assert_eq!(many.matches("<mark").count(), 2_000);
}

fn body_with_remote(html: &str) -> String {
    document(html, &show(true)).html
}

#[test]
fn a_newsletter_keeps_its_layout() {
    let html = "<table width=\"600\" bgcolor=\"#ffffff\" align=\"center\"><tbody><tr>\
<td valign=\"top\" style=\"padding:4px 8px;font-family:Georgia, serif\"><font color=\"#333333\" size=\"2\">Hello</font>\
</td></tr></tbody></table>";
    assert_eq!(body(html), html);
}

#[test]
fn what_is_folded_or_hidden_is_so_as_its_sender_said() {
    for html in [
        "<details open=\"\"><summary>a</summary>b</details>",
        "<div hidden=\"\">a</div>",
    ] {
        assert_eq!(body(html), html);
    }
}

#[test]
fn what_could_act_is_gone_and_its_words_stay() {
    for (html, kept) in [
        ("<p onclick=x>a</p><script>b</script>", "<p>a</p>"),
        (
            "<form action=x><input name=y><button>a</button></form>",
            "a",
        ),
        (
            "<svg onload=x><style><img src=x onerror=y></style></svg>a",
            "a",
        ),
        ("<iframe src=x>b</iframe><object data=x>a</object>", "a"),
        ("<base href=//x><meta http-equiv=refresh content=0>a", "a"),
        (
            "<noscript><p title=\"</noscript><img src=x onerror=y>\"></noscript>",
            "<p title=\"&lt;/noscript&gt;&lt;img src=x onerror=y&gt;\"></p>",
        ),
        (
            "<math><mtext><table><mglyph><style><img src=x onerror=y>",
            "<table></table>",
        ),
        ("a<!--[if mso]>b<![endif]-->", "a"),
    ] {
        assert_eq!(body(html), kept, "{html}");
    }
}

#[test]
fn links_lead_out_or_to_a_place_in_the_mail() {
    for (html, kept) in [
        (
            "<a href=http://example.org/>x</a>",
            "<a href=\"http://example.org/\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">x</a>",
        ),
        (
            "<a href=#top ping=//p>x</a>",
            "<a href=\"#m-top\" target=\"_self\" rel=\"noopener noreferrer nofollow\">x</a>",
        ),
        (
            "<a href=' java&#x0a;script:alert(1)'>x</a>",
            "<a rel=\"noopener noreferrer nofollow\">x</a>",
        ),
        (
            "<a href=https://mail.example.org/sign-out>x</a>",
            "<a rel=\"noopener noreferrer nofollow\">x</a>",
        ),
        (
            "<a href=/sign-out>x</a>",
            "<a rel=\"noopener noreferrer nofollow\">x</a>",
        ),
        ("<p id=location>x</p>", "<p id=\"m-location\">x</p>"),
    ] {
        assert_eq!(body(html), kept, "{html}");
    }
}

#[test]
fn nothing_is_loaded_until_asked_for() {
    let html = "<img src=https://e.org/a.png width=1 height=1><img src=//e.org/b><img src='https://mail.example.org/part'>\
<td background=http://e.org/c.png><p style='background:#fff url(https://e.org/d) no-repeat'>\
<style>@import 'https://e.org/e.css'; p{background-image:url(https://e.org/f)}</style><video poster=https://e.org/g>\
<link rel=stylesheet href=https://e.org/h.css><img srcset='https://e.org/i 2x'>";
    let off = document(html, &show(false));
    let page = frame("", &off, "en", Theme::Light).into_string();
    assert!(
        !page.contains("e.org/") && !page.contains("mail.example.org"),
        "{page}"
    );
    assert!(page.contains("#fff none no-repeat"), "{page}");
    assert_eq!(
        (off.held_back, off.on_request, off.trackers),
        (9, 5, 1),
        "of nine, four never come: two sheets, a poster, a srcset"
    );
    let on = document(html, &show(true));
    let page = frame("", &on, "en", Theme::Light).into_string();
    for kept in [
        "https://e.org/a.png",
        "https://e.org/b",
        "https://e.org/d",
        "https://e.org/f",
    ] {
        assert!(page.contains(kept), "{kept} in {page}");
    }
    for gone in [
        "mail.example.org",
        "e.org/e",
        "e.org/g",
        "e.org/h",
        "e.org/i",
    ] {
        assert!(!page.contains(gone), "{gone} in {page}");
    }
}

#[test]
fn a_sheet_stays_inside_of_the_element_that_the_mail_is_put_into() {
    let how = Show {
        sought: &Sought::default(),
        work: &Work::default(),
        within: Some("mail"),
        ..show(false)
    };
    for (css, kept) in [
        ("p,h1{color:red}", "#mail p,#mail h1{color:red}"),
        ("body{color:red}", "#mail{color:red}"),
        (
            "BODY.a > p:not(a,b){color:red}",
            "#mail.a > p:not(a,b){color:red}",
        ),
        ("*,#mail{color:red}", "#mail *,#mail #m-mail{color:red}"),
        ("html,:root{color:red}", "#mail html,#mail :root{color:red}"),
        (
            "@media print{div{color:red}}",
            "@media print{#mail div{color:red}}",
        ),
        ("~ p{color:red}", ""),
        ("p, + p{color:red}", ""),
        ("p,,a{color:red}", ""),
        (",p{color:red}", ""),
        ("{color:red}", ""),
    ] {
        let cleaned = document(&format!("<style>{css}</style>"), &how);
        assert_eq!(cleaned.sheet(), kept, "{css}");
    }
    let mail = document("<body dir=rtl class=a style='color:red'><p>x", &how);
    assert_eq!(
        mail.inside("mail").into_string(),
        "<div id=\"mail\" dir=\"rtl\" class=\"a\" style=\"color:red\"><p>x</p></div>"
    );
}

#[test]
fn only_what_would_come_is_promised() {
    let promised = |html: &str| {
        let off = document(html, &show(false));
        let on = frame("", &document(html, &show(true)), "en", Theme::Light).into_string();
        assert_eq!(off.on_request > 0, on.contains("https://e.org/"), "{html}");
        off.on_request
    };
    for html in [
        "<img src=https://e.org/a>",
        "<img src=http://e.org/a>",
        "<body background=https://e.org/a>",
        "<p style='list-style:square url(https://e.org/a)'>",
        "<style>@media screen{p{background:url(https://e.org/a)}}</style>",
    ] {
        assert_eq!(promised(html), 1, "{html}");
    }
    for html in [
        "<img srcset='https://e.org/a 2x'>",
        "<img src=http://e.org:8080/a>",
        "<img src=ftp://e.org/a>",
        "<video src=https://e.org/a poster=https://e.org/b></video>",
        "<link rel=stylesheet href=https://e.org/a>",
        "<style>@font-face{font-family:x;src:url(https://e.org/a)}</style>",
        "<style>@import 'https://e.org/a'; p::after{content:url(https://e.org/b)}</style>",
        "<p style='background:url(https://e.org/a),image-set(\"https://e.org/b\" 1x)'>",
        "<p style='background-image:url(https://e.org/a) var(--x)'>",
        "<p style='cursor:url(https://e.org/a)'>",
        "<img src=https://mail.example.org/part>",
    ] {
        assert_eq!(promised(html), 0, "{html}");
    }
}

#[test]
fn embedded_images_are_shown_and_only_raster_ones() {
    assert_eq!(body("<img src=\"cid:logo@x\">"), "<img src=\"/part?p=2\">");
    assert_eq!(body("<img src=\"cid:other\" alt=\"a\">"), "<img alt=\"a\">");
    assert_eq!(body("<img src=\"/part?p=2\">"), "<img>");
    assert_eq!(
        body("<img src=\"data:image/gif;base64,R0lG\">"),
        "<img src=\"data:image/gif;base64,R0lG\">"
    );
    assert_eq!(
        body("<img src=\"data:image/svg+xml;base64,R0lG\">"),
        "<img>"
    );
    assert_eq!(
        body_with_remote("<img src=\"data:text/html;base64,R0lG\">"),
        "<img>"
    );
}

#[test]
fn the_embedded_images_that_a_mail_names_are_told() {
    let cleaned = document(
        "<img src=cid:a><img src=CID:b%40c><img src=cid:a>",
        &show(false),
    );
    assert_eq!(cleaned.embedded, ["a", "b@c"]);
}

#[test]
fn style_is_kept_by_its_names_alone() {
    for (style, kept) in [
        ("color:red;position:fixed", "color:red"),
        ("color:red;-moz-binding:url(x)", "color:red"),
        ("width:expression(alert(1));color:red", "color:red"),
        ("w\\69 dth:10px", "width:10px"),
        ("color:/**/red", "color:red"),
        ("background:u\\72l(https://e.org/x)", "background:none"),
        ("background:image-set('https://e.org/x' 1x)", ""),
        ("color:var(--x);--x:url(https://e.org/)", ""),
        ("behavior:url(#x)", ""),
        ("content:'x'", ""),
        ("position:relative!important", "position:relative!important"),
        ("position:fixed !important;position:sticky", ""),
        ("margin:-10px auto;z-index:9", "margin:-10px auto"),
        ("width:calc(100% - 10px)", "width:calc(100% - 10px)"),
        (
            "font-family:\"A B\", serif !important",
            "font-family:\"A B\", serif !important",
        ),
        ("color:red;}body{color:blue", "color:red"),
    ] {
        let html = format!("<p style=\"{}\">x</p>", style.replace('"', "&quot;"));
        let wanted = if kept.is_empty() {
            "<p>x</p>".to_owned()
        } else {
            format!("<p style=\"{}\">x</p>", kept.replace('"', "&quot;"))
        };
        assert_eq!(body(&html), wanted, "{style}");
    }
}

#[test]
fn a_style_sheet_is_judged_rule_by_rule() {
    let sheet = |css: &str| document(&format!("<style>{css}</style>"), &show(false)).sheet;
    for (css, kept) in [
        ("<!-- p{color:red} -->", "p{color:red}"),
        (
            "#top > a:hover,.x[class~='y']{color:red}",
            "#m-top > a:hover,.x[class~=\"y\"]{color:red}",
        ),
        (
            "@media (max-width:600px){.x{width:100%!important}}",
            "@media (max-width:600px){.x{width:100%!important}}",
        ),
        (
            "@font-face{font-family:x;src:url(https://e.org/)}p{color:red}",
            "p{color:red}",
        ),
        ("@import url(https://e.org/);p{color:red}", "p{color:red}"),
        (
            "p{font-family:'</style><script>'}",
            "p{font-family:\"\\3c /style>\\3c script>\"}",
        ),
        (
            "td[id=a],td[ID ^= 'b'],td[id$=c],td[class=a]{color:red}",
            "td[id=\"m-a\"],td[ID ^= \"m-b\"],td[id$=c],td[class=a]{color:red}",
        ),
        ("p{color:red", "p{color:red}"),
        ("}p{color:red}", ""),
        ("@supports (a:b){p{color:red}}", ""),
    ] {
        let given = css.replace("</style>", "<\\/style>");
        assert_eq!(sheet(&given), kept, "{css}");
    }
}

#[test]
fn tokens_stay_the_ones_that_were_judged() {
    // Without the comment between them two would become one, which nobody judged: an address, or the beginning of a
    // comment that ends in what was a string.
    for (css, kept) in [
        (
            "p{background:url/**/('https://e.org/x')}",
            "p{background:url/**/(\"https://e.org/x\")}",
        ),
        (
            "p{margin:1//**/*2}q{font-family:'*/}*{position:fixed}/*'}",
            "p{margin:1//**/*2}q{font-family:\"*/}*{position:fixed}/*\"}",
        ),
        ("p{color:re/**/d}", "p{color:re/**/d}"),
        (
            "@media scr/**/een{p{color:red}}",
            "@media scr/**/een{p{color:red}}",
        ),
        (".a/**/b:hover{color:red}", ".a/**/b:hover{color:red}"),
        // What cannot stand in the sheet without an escape is not made to look like one.
        (".a\\<b{color:red}i{color:red}", "i{color:red}"),
        ("p{font-family:a\\<b;color:red}", "p{color:red}"),
    ] {
        let page = document(
            &format!("<style>{css}</style><body style=\"{css}\">"),
            &show(true),
        );
        assert_eq!(page.sheet, kept, "{css}");
        let again = document(&format!("<style>{kept}</style>"), &show(true));
        assert_eq!(again.sheet, kept, "{css}");
    }
    let page = document(
        "<body style=\"background:url/**/('https://e.org/x')\">",
        &show(false),
    );
    assert_eq!(page.body_style, "background:url/**/(\"https://e.org/x\")");
}

#[test]
fn a_style_element_holds_by_itself_for_the_media_that_it_names() {
    for (html, kept) in [
        (
            "<style media=all>p{color:red}</style>",
            "@media all{p{color:red}}",
        ),
        (
            "<style media='only screen and (max-width: 480px)'>p{color:red}</style><style>i{color:red}</style>",
            "@media only screen and (max-width: 480px){p{color:red}}i{color:red}",
        ),
        ("<style media='print{'>p{color:red}</style>", ""),
        ("<style media=print></style>", ""),
        ("<style type=text/less>p{color:red}</style>", ""),
        ("<style type=TEXT/CSS>p{color:red}</style>", "p{color:red}"),
        (
            "<style>p{color:red</style><style>i{color:red}</style>",
            "p{color:red}i{color:red}",
        ),
    ] {
        assert_eq!(document(html, &show(false)).sheet, kept, "{html}");
    }
}

#[test]
fn what_stands_around_a_mail_on_paper_stays_around_it() {
    let how = Show {
        sought: &Sought::default(),
        work: &Work::default(),
        within: Some("mail"),
        ..show(false)
    };
    let find = |selector: &str| scraper::Selector::parse(selector).unwrap();
    for html in [
        "</div></div><p>x",
        "<td></table></div></div><p>x",
        &"<li><div><table><li>a</table></div></li>".repeat(4),
        &"<dt><div><table><dd>a</table></div></dt>".repeat(4),
        &"<li><address><p><table><tr><li>a</table></address></li></div>".repeat(4),
        "<pre>\n\n\n\n\n\n\n\nx</pre>",
    ] {
        let mail = document(html, &how).inside("mail").into_string();
        let page = format!("<!DOCTYPE html><div id=paper>{mail}</div><hr>");
        let page = scraper::Html::parse_document(&page);
        let children = |of: &str| page.select(&find(&format!("{of} > *"))).count();
        assert_eq!((children("body"), children("#paper")), (2, 1), "{html}");
        assert!(children("#mail") > 0, "{html}");
    }
}

#[test]
fn dark_style_is_noticed_and_otherwise_the_page_is_light() {
    for (html, dark) in [
        ("<p>x", false),
        ("<meta name=color-scheme content='light dark'>", true),
        ("<style>:root{color-scheme:light dark}</style>", true),
        (
            "<style>@media (prefers-color-scheme: dark){p{color:#fff}}</style>",
            true,
        ),
        ("<style>.dark{color:#fff}</style>", false),
    ] {
        let cleaned = document(html, &show(false));
        assert_eq!(cleaned.declares_dark, dark, "{html}");
        let scheme = if dark {
            "content=\"light dark\""
        } else {
            "content=\"light\""
        };
        assert!(
            frame("", &cleaned, "en", Theme::Light)
                .into_string()
                .contains(scheme)
        );
    }
}

#[test]
fn the_body_tag_dresses_the_page() {
    let cleaned = document(
        "<body bgcolor=f3eee6 text=navy class=k dir=rtl onload=x link='#123' style='margin:0'>x",
        &show(false),
    );
    let page = frame("a<b", &cleaned, "en", Theme::Light).into_string();
    assert!(
        page.contains(
            "<body class=\"k\" style=\"background-color:#f3eee6;color:navy;margin:0\">x</body>"
        ),
        "{page}"
    );
    // Its style comes after its other attributes, wherever it stands.
    let html = "<body style=background:#111 bgcolor=#fff topmargin=0 marginwidth=8>\
        <table style=background:#222 background=https://e.org/x></table>";
    let cleaned = document(html, &show(true));
    assert_eq!(
        cleaned.body_style,
        "background-color:#fff;margin-block:0px;margin-inline:8px;background:#111"
    );
    let style = "background-image:url(&quot;https://e.org/x&quot; referrer-policy(no-referrer));background:#222";
    assert!(cleaned.html.contains(style), "{}", cleaned.html);
    assert!(
        page.contains("dir=\"rtl\"") && page.contains("a{color:#123}") && page.contains("a&lt;b"),
        "{page}"
    );
}

#[test]
fn sloppy_tables_keep_all_their_rows() {
    let html = format!(
        "<table>{}</table>",
        "<tr><td><p>x<li>y<b>z</b>".repeat(2000)
    );
    let cleaned = document(&html, &show(false));
    assert!(!cleaned.cut);
    assert_eq!(cleaned.html.matches("<td>").count(), 2000);
    assert_eq!(cleaned.html.matches("<b>").count(), 2000);
}

#[test]
fn an_embedded_image_may_be_a_background_and_is_carried_only_so_often() {
    let pixel = format!("data:image/png;base64,{}", "A".repeat(100_000));
    let inline = |id: &str| match id {
        "a@x" => Some(pixel.clone()),
        "b@x" => Some("/part?p=2".to_owned()),
        _ => None,
    };
    let how = Show {
        sought: &Sought::default(),
        work: &Work::default(),
        remote: false,
        inline: &inline,
        own_origin: None,
        write_to: None,
        within: None,
    };
    let shown = |html: &str| document(html, &how);
    let once =
        shown("<p style=\"background:url(cid:a@x)\">x<i style=\"background:url('cid:b@x')\">y</i>");
    assert_eq!(once.html.matches("data:image/png").count(), 1);
    assert!(!once.html.contains("/part"), "only what carries its bytes");
    let many = shown(&"<img src=cid:a@x><p style='background:url(cid:a@x)'>x".repeat(5_000));
    assert!(many.html.contains("data:image/png") && many.html.len() < 8_000_000);
}

#[test]
fn many_signs_are_written_as_they_were() {
    for sign in ["&", "\u{a0}", "\u{b0}", "a&lt;b", "&amp;lt;"] {
        let html = format!("<p>{}</p><i>x</i>", sign.repeat(2_000));
        let once = body(&html);
        assert_eq!(words(&once), words(&html));
        assert!(!once.contains('!') && once.ends_with("</p><i>x</i>"));
        assert_eq!(body(&once), once);
    }
    assert_eq!(
        body(&format!("<p title='{}' dir=ltr>x", "&".repeat(2_000))),
        "<p dir=\"ltr\">x</p>"
    );
}

#[test]
fn style_does_not_look_at_the_addresses_of_embedded_images() {
    let kept = |selector: &str| {
        document(
            &format!("<style>{selector}{{color:red}}</style>"),
            &show(true),
        )
        .sheet
    };
    for selector in [
        "img[src*=\"f=Archive\"]",
        "[ SRC ^= '/cgi' i]",
        "a:not([src$='1'])",
        "[src]",
    ] {
        assert_eq!(kept(selector), "", "{selector}");
    }
    assert_eq!(kept("[class~=src]"), "[class~=src]{color:red}");
    assert_eq!(kept(".\\31  .b"), ".\\31  .b{color:red}");
}

#[test]
fn little_markup_does_not_make_a_browser_draw_without_end() {
    let row = |cell: &str, count| body(&format!("<table><tr>{}</table>", cell.repeat(count)));
    assert_eq!(row("<td colspan=12>", 500).matches("colspan").count(), 500);
    for span in ["1000", "65534", "99999999999999999999", "x", "-1"] {
        assert!(!row(&format!("<td colspan={span} rowspan={span}>"), 1).contains("span"));
    }
    assert_eq!(
        row("<td colspan=200>", 9_000).matches("colspan").count(),
        250
    );
    let quotes = |length| format!("<style>q{{quotes:'{}' ''}}</style>", "x".repeat(length));
    assert!(!document(&quotes(20), &show(false)).sheet.is_empty());
    assert_eq!(document(&quotes(2_000), &show(false)).sheet, "");
    let shadows = |count: usize| format!("box-shadow:{}", ["0 0 9px red"].repeat(count).join(","));
    let style = |style: &str| body(&format!("<p style='{style}'>x"));
    assert!(style(&shadows(8)).contains("shadow") && !style(&shadows(9)).contains("shadow"));
    let shaded = format!("text-shadow:{}", ["0 0 9px rgb(1,2,3)"; 8].join(","));
    assert!(style(&shaded).contains("shadow"));
    let rules = |rule: &str, count: usize, elements: usize| {
        let html = format!(
            "<style>{}</style>{}",
            rule.repeat(count),
            "<i>x</i>".repeat(elements)
        );
        document(&html, &show(false)).sheet.matches(rule).count()
    };
    assert_eq!(rules("i.a>b{color:red}", 2_000, 1_000), 2_000);
    assert_eq!(rules("b~i{color:red}", 5, 1_000), 5);
    assert!(rules("i.a>b{color:red}", 2_000, 50_000) < 500);
    assert_eq!(rules("b~i{color:red}", 5, 50_000), 0);
    let shaded = "i{text-shadow:0 0 1px red,0 0 2px red}";
    assert_eq!(rules(shaded, 5, 1_000), 5);
    assert_eq!(rules(shaded, 5, 20_000), 2);
    let glow = "i{background:radial-gradient(red,blue)}";
    assert_eq!(rules(glow, 5, 30_000), 3);
    assert_eq!(
        body(&"<q>x</q>".repeat(9_000)).matches("<q>").count(),
        2_000
    );
    let marked = format!("<p>e{}f</p>", "&#769;".repeat(9_000));
    assert_eq!(
        body(&marked).chars().filter(|c| *c == '\u{301}').count(),
        100
    );
    assert!(body(&marked).contains("f</p>"));
    let sought = |length: usize, count: usize| {
        let rule = format!("[title*=\"{}\" i]{{color:red}}", "c".repeat(length));
        let many = format!("<p title='{}'>x", "c".repeat(9_000)).repeat(200);
        let html = format!("<style>{}</style>{many}", rule.repeat(count));
        document(&html, &show(false))
            .sheet
            .matches("[title")
            .count()
    };
    assert_eq!(sought(90, 20), 20);
    assert_eq!(sought(101, 20), 0);
    assert!((50..100).contains(&sought(90, 2_000)));
    let long = body(&format!(
        "<p class='{}' style='color:red'>x",
        "c ".repeat(500_000)
    ));
    assert!(long.len() < 2_100 && long.contains("color:red"));
    let blank = document(&"\u{a0}".repeat(1_000_000), &show(false));
    assert!(blank.cut && blank.html.len() < 4_300_000);
    let turning = document(&"a\u{5d0} ".repeat(60_000), &show(false));
    assert!(turning.cut && turning.html.len() < 200_000);
    assert!(!document(&"a\u{5d0} ".repeat(20_000), &show(false)).cut);
    assert_eq!(style("width:1e3e3"), "<p>x</p>");
    assert_eq!(
        style("width:1em;height:2ex"),
        "<p style=\"width:1em;height:2ex\">x</p>"
    );
    // Boxes in columns in columns take a time that grows with every level.
    assert_eq!(
        style("column-count:2;columns:2;column-gap:1em"),
        "<p style=\"column-gap:1em\">x</p>"
    );
}

#[test]
fn an_image_is_not_written_anew_where_there_is_no_room_for_it() {
    let asked = std::cell::Cell::new(0);
    let inline = |_: &str| {
        asked.set(asked.get() + 1);
        Some(format!("data:image/png;base64,{}", "A".repeat(100_000)))
    };
    let how = Show {
        sought: &Sought::default(),
        work: &Work::default(),
        inline: &inline,
        ..show(false)
    };
    document(
        &"<img src=cid:a><p style='background:url(cid:a)'>x".repeat(5_000),
        &how,
    );
    assert!(asked.get() < 100, "{} times", asked.get());
}

#[test]
fn hostile_markup_comes_to_an_end_and_stays_small() {
    let many = |tag: &str| tag.repeat(400_000 / tag.len());
    let attributes: String = (0..100_000).map(|n| format!(" a{n:x}")).collect();
    for html in [
        many("<div>"),
        many("<b>"),
        many("<p><font>x"),
        (0..20_000)
            .map(|n| format!("<p><font color=c{n}>"))
            .collect(),
        many("<table><tr><td>"),
        many("<a><b><i><u><p></a></b>x"),
        many("<ul><li>"),
        many("<ul><li><a><td>"),
        many("<a><div>"),
        many("<b><div></b>"),
        many("<span><div></span>"),
        many("<ul><li><ul></li>"),
        many("<table><tr><td><tr>"),
        many("<svg><math>"),
        many("<!--"),
        format!("<a title='>'{attributes}>x"),
        format!("<p style='{}'>", many("calc(")),
        format!("<style>{}", many("@media all{")),
        format!("<style>{}", many("a{b[(")),
    ] {
        let cleaned = document(&html, &show(false));
        assert!(cleaned.html.len() < 10 * html.len(), "{:.40}", html);
    }
}

#[test]
fn what_one_part_leaves_open_does_not_swallow_the_next() {
    for open in [
        "<p>One</p><!-- never closed",
        "<p>One<style>p{color:red}",
        "<p>One<title>x",
        "<p>One<table><tr><td style='display:none'>",
        "<p>One<a href=https://a.example><b><pre>",
        "<p>One<b",
    ] {
        let cleaned = documents(&[open, "<p>Two</p>"], &show(false));
        let body = cleaned.body();
        let (_, after) = body.split_once("One").expect("the first part");
        assert!(after.ends_with("<div></div><p>Two</p>"), "{open}: {body}");
        assert!(!super::words(body).contains('>'), "{open}: {body}");
    }
}

#[test]
fn an_address_in_style_begins_where_the_mail_says_and_tells_nobody_where_it_is_shown() {
    let html = "<base href='https://e.org/x/'><style>p{background:url(sheet.png)}</style>\
        <p style=\"background-image:url('attr.png')\">a</p><table background=cell.png><tr><td>b</table>";
    let shown = document(html, &show(true));
    let said = |name: &str| format!("https://e.org/x/{name}");
    let sheet = format!(
        "url(\"{}\" referrer-policy(no-referrer))",
        said("sheet.png")
    );
    assert!(shown.sheet.contains(&sheet), "{}", shown.sheet);
    for name in ["attr.png", "cell.png"] {
        let style = format!(
            "url(&quot;{}&quot; referrer-policy(no-referrer))",
            said(name)
        );
        assert!(shown.html.contains(&style), "{}", shown.html);
    }
    assert_eq!(body_with_remote(&shown.html), shown.html);
    assert_eq!(document(html, &show(false)).on_request, 3);
    // Nothing else may stand beside an address.
    for more in [
        "referrer-policy(unsafe-url)",
        "crossorigin(use-credentials)",
        "x",
        "\"y\"",
    ] {
        let style = format!("<p style='background:url(\"https://e.org/a\" {more})'>");
        let kept = body_with_remote(&style);
        assert!(
            !kept.contains("unsafe-url") && !kept.contains("credentials"),
            "{kept}"
        );
    }
    let own = "<base href='https://mail.example.org/'><p style='background:url(sign-out)'>a</p>";
    assert!(!body_with_remote(own).contains("sign-out"));
}

#[test]
fn cleaning_what_was_cleaned_changes_nothing() {
    for html in [
        "<h1><a href=\"https://example.org/\">One<h6>Two</a></h6>Three</h1><p>Four</p>",
        "<h2><b>One<h2>Two</b>Three</h2><h3>Four</h3></h2>Five",
        "<h1><i><b>One<h5>Two</i></b><h4>Three</h4></h5></h1><h2>Four</h2>",
        "<h1>One<h2>Two</h2></h1><h3><u>Three<table><tr><td><h4>Four</u></h4></table></h3>",
        "<section><h1><a href=#x>One<h6>Two</section></h6><h2>Three</h2>Four",
        "<h1><font color=red>One<p>Two</font><h6>Three</h6></h1>",
    ] {
        let once = body(html);
        assert_eq!(body(&once), once, "{html}");
    }
}

#[test]
fn a_letter_in_plain_colours_is_known_from_one_that_has_its_own() {
    let is_plain = |html: &str| document(html, &show(false)).is_plain();
    for plain in [
        "<p>Hello <b>Bo</b> <a href=https://e.org>x</a>",
        "<body bgcolor=#FFFFFF text=#000000><p style='color:black;background:white'>x",
        "<style>p.MsoNormal{color:windowtext} a:link{color:#0563C1}</style><p class=MsoNormal>x",
        "<blockquote style='border-left:1px #ccc solid'>x</blockquote>",
        "<font color=black>x</font><img src=cid:a>",
        "<img src=https://e.org/a.png width=10>",
    ] {
        assert!(is_plain(plain), "{plain}");
    }
    for coloured in [
        "<p style='color:red'>x",
        "<font color=#cc0000>x</font>",
        "<font color=cc0000>x</font>",
        "<table bgcolor=f4f4f4><tr><td>x</table>",
        "<body background=https://e.org/a.png>x",
        "<body style='background:#eee'>x",
        "<style>td{background-color:#123}</style><table><tr><td>x</table>",
        "<style>@media (max-width:9px){p{color:teal}}</style><p>x",
        "<style>@media (prefers-color-scheme:dark){p{margin:0}}</style><meta name=color-scheme content='light dark'><p>x",
    ] {
        assert!(!is_plain(coloured), "{coloured}");
    }
    let page = |html: &str, theme| {
        let cleaned = document(html, &show(false));
        frame("", &cleaned, "en", theme).into_string()
    };
    let dark = "body{background:#171b22!important";
    assert!(page("<p>x", Theme::System).contains(&format!("dark){{html,{dark}")));
    assert!(page("<p>x", Theme::Dark).contains(&format!("<style>html,{dark}")));
    assert!(!page("<p>x", Theme::Light).contains(dark));
    assert!(!page("<p style='color:red'>x", Theme::Dark).contains(dark));
}

#[test]
fn a_picture_that_is_held_back_leaves_its_place_and_its_words() {
    let shown = |html: &str| document(html, &show(false)).body().to_owned();
    assert_eq!(
        shown(
            "a<img src=https://e.org/a.png width=600 height=180 alt='A <b>bed</b>' style='display:block'>b"
        ),
        "a<span class=\"m-held \" style=\"width:600px;height:180px;aspect-ratio:600/180;display:block\">A &lt;b&gt;bed&lt;/b&gt;</span>b"
    );
    assert_eq!(
        shown("<img src=https://e.org/a.png class=logo width=100% alt=Logo>"),
        "<span class=\"m-held logo\" style=\"width:100%\">Logo</span>"
    );
    // Of what only counts its readers nothing is to be seen, and in its place neither.
    assert_eq!(shown("a<img src=https://e.org/t width=1 height=1>b"), "ab");
    let allowed = document(
        "<img src=https://e.org/a.png width=600 height=180 alt=x>",
        &show(true),
    );
    assert_eq!(
        allowed.body(),
        "<img src=\"https://e.org/a.png\" width=\"600\" height=\"180\" alt=\"x\">"
    );
}
