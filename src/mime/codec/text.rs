//! Bytes in some charset to text, whatever the mail says they are.
//!
//! A label is believed where the bytes allow it and are not plainly UTF-8; where they do not, or there is none, the bytes
//! decide: UTF-8 that is valid wins, then ISO-2022-JP by its escapes, then what the bytes look like (`chardetng`).
//! Controls do not come through.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    EUC_KR, Encoding, GBK, IBM866, ISO_2022_JP, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE,
    WINDOWS_874, WINDOWS_1252, X_USER_DEFINED,
};
use mail_parser::decoders::charsets::map::charset_decoder;

use crate::characters::{MOST_MARKS, is_mark, turns_direction};

/// Bytes that a guess looks at, and bytes beyond ASCII that it needs.
const SAMPLE: usize = 64 * 1024;
const JUDGED: usize = 8;

/// Letters of UTF-8 that make it UTF-8 against a label of single bytes, and against one of pairs: there almost any two or
/// three bytes are something.
const ENOUGH: usize = 3;
const ENOUGH_OF_PAIRS: usize = 8;

/// The text of a part or header value; `charset` as the mail names it, empty where it does not. Lines end in `\n`.
pub fn text(bytes: &[u8], charset: &str) -> String {
    let label = charset
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '<' | '>'));
    harmless(&read(bytes, &label.to_ascii_lowercase()))
}

/// The text of a part in the charset that the reader chose, whatever the bytes look like; None for a name of no charset.
pub fn text_as(bytes: &[u8], chosen: &str) -> Option<String> {
    let named = Encoding::for_label(chosen.as_bytes())?;
    let (text, _) = named.decode_without_bom_handling(bytes);
    Some(harmless(&text))
}

/// True for a charset in which the letters of ASCII are what they are elsewhere.
pub(super) fn extends_ascii(charset: &str) -> bool {
    let label = charset.to_ascii_lowercase();
    let named = Encoding::for_label(alias(&label).as_bytes());
    named.is_some_and(|named| named.is_ascii_compatible())
}

/// The charset behind the number of a Windows code page; windows-1252 for one that is not known.
pub fn code_page(number: u32) -> &'static str {
    known_code_page(number).unwrap_or("windows-1252")
}

fn known_code_page(number: u32) -> Option<&'static str> {
    Some(match number {
        874 => "windows-874",
        932 => "shift_jis",
        936 => "gbk",
        949 => "euc-kr",
        950 => "big5",
        866 => "ibm866",
        1250 => "windows-1250",
        1251 => "windows-1251",
        1252 => "windows-1252",
        1253 => "windows-1253",
        1254 => "windows-1254",
        1255 => "windows-1255",
        1256 => "windows-1256",
        1257 => "windows-1257",
        1258 => "windows-1258",
        10_000 => "macintosh",
        20_866 => "koi8-r",
        21_866 => "koi8-u",
        28_592 => "iso-8859-2",
        28_595 => "iso-8859-5",
        50_220..=50_222 => "iso-2022-jp",
        51_932 => "euc-jp",
        54_936 => "gb18030",
        65_001 => "utf-8",
        _ => return None,
    })
}

/// One line that may stand in a list: no line ends, no other controls, nothing that turns the direction of what follows.
pub fn line(text: &str) -> String {
    // Nearly all lines of nearly all mails.
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return text.trim().to_owned();
    }
    let kept: String = text
        .chars()
        .filter(|c| !turns_direction(*c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    kept.trim().to_owned()
}

fn read(bytes: &[u8], label: &str) -> String {
    if ["utf-32", "utf32", "ucs-4", "iso-10646-ucs-4"]
        .iter()
        .any(|name| label.starts_with(name))
    {
        return four_bytes(bytes);
    }
    if let Some((encoding, bom)) = Encoding::for_bom(bytes) {
        let rest = bytes.get(bom..).unwrap_or_default();
        return encoding.decode_without_bom_handling(rest).0.into_owned();
    }
    let utf8 = std::str::from_utf8(bytes).ok();
    if let Some(ascii) = utf8.filter(|t| t.is_ascii() && !has_escapes(bytes, label)) {
        return ascii.to_owned();
    }
    match label {
        "utf-7" | "utf7" | "unicode-1-1-utf-7" | "x-unicode-2-0-utf-7" | "csunicode11utf7" => {
            return charset_decoder(b"utf-7").map_or_else(|| guess(bytes), |decode| decode(bytes));
        }
        "iso-2022-kr" | "csiso2022kr" => {
            return EUC_KR
                .decode_without_bom_handling(&raise(bytes, b"\x0e", b"\x0f"))
                .0
                .into();
        }
        "iso-2022-cn" | "iso-2022-cn-ext" => {
            return GBK
                .decode_without_bom_handling(&raise(bytes, b"\x0e", b"\x0f"))
                .0
                .into();
        }
        "hz-gb-2312" | "hz" => {
            return GBK
                .decode_without_bom_handling(&raise(bytes, b"~{", b"~}"))
                .0
                .into();
        }
        _ => {}
    }
    let label = alias(label);
    let named = Encoding::for_label(label.as_bytes()).filter(|e| *e != REPLACEMENT);
    if named == Some(X_USER_DEFINED) {
        // What some programs write for a charset that they do not know.
        return guess(bytes);
    }
    let Some(named) = named else {
        return match charset_decoder(label.as_bytes()).filter(|_| !label.is_empty()) {
            Some(decode) if utf8.is_none() => decode(bytes),
            _ => guess(bytes),
        };
    };
    if named == UTF_16LE || named == UTF_16BE {
        return two_bytes(bytes, label, named);
    }
    if named == WINDOWS_1252 && utf8.is_none() && !label.contains("ascii") {
        // A label that is put on UTF-8 too, but seldom on anything else.
        return guess_within(bytes, false);
    }
    if named == UTF_8 || named == WINDOWS_1252 {
        // The labels that are put on everything.
        return guess(bytes);
    }
    labelled(bytes, named)
}

/// The text under a label that is mostly right. Another program may have made UTF-8 of it since, or the label is that of
/// a whole language: then so many letters of UTF-8 that chance has not made them are UTF-8, and where the label leaves
/// holes, a reading with fewer of them is better.
fn labelled(bytes: &[u8], named: &'static Encoding) -> String {
    let (read, wrong) = decoded(bytes, named);
    let enough = match wrong {
        true => 1,
        false if named.is_single_byte() && !is_dense(named) => ENOUGH,
        false => ENOUGH_OF_PAIRS,
    };
    if let Some(valid) = as_utf8(bytes).filter(|_| !looks_iso_2022_jp(bytes))
        && foreign(valid) >= enough
    {
        return valid.to_owned();
    }
    if !wrong {
        return read;
    }
    let likely = likely(bytes, true);
    let (other, _) = decoded(bytes, likely);
    // A charset of single bytes has no holes, whatever it is put on.
    let is_hopeless = holes(&read).saturating_mul(4) > foreign(&read);
    match holes(&other) < holes(&read) && (is_hopeless || !likely.is_single_byte()) {
        true => other,
        false => read,
    }
}

/// True for a charset of single bytes whose every letter, and not only a capital, may begin one of UTF-8.
fn is_dense(named: &Encoding) -> bool {
    named == IBM866 || named == WINDOWS_874
}

/// The text, but for a letter that is cut off at its end, if it is UTF-8.
fn as_utf8(bytes: &[u8]) -> Option<&str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(cut) if cut.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..cut.valid_up_to())?).ok()
        }
        Err(_) => None,
    }
}

fn foreign(text: &str) -> usize {
    text.chars().filter(|c| !c.is_ascii()).count()
}

fn holes(text: &str) -> usize {
    text.matches(char::REPLACEMENT_CHARACTER).count()
}

/// The text in a charset, and whether something of it is none there.
fn decoded(bytes: &[u8], named: &'static Encoding) -> (String, bool) {
    let tidy = (named == ISO_2022_JP).then(|| without_idle_escapes(bytes));
    let bytes = tidy.as_deref().unwrap_or(bytes);
    let (text, wrong) = named.decode_without_bom_handling(bytes);
    (text.into_owned(), wrong)
}

/// True where plain ASCII bytes may mean other characters under this label.
fn has_escapes(bytes: &[u8], label: &str) -> bool {
    let shifting = [
        "utf-7", "utf7", "2022", "hz", "utf-16", "utf16", "ucs", "unicode",
    ];
    looks_iso_2022_jp(bytes) || shifting.iter().any(|s| label.contains(s))
}

/// UTF-16, where it is any: the label is put on other bytes too. Without a mark and a label that tells which byte comes
/// first, the letters of ASCII in it tell.
fn two_bytes(bytes: &[u8], label: &str, named: &'static Encoding) -> String {
    let is_told = label.ends_with("le") || label.ends_with("be");
    if !is_told && !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok() {
        return guess(bytes);
    }
    let letters = |zero: usize| {
        let pairs = bytes.chunks_exact(2);
        pairs.filter(|pair| pair.get(zero) == Some(&0)).count()
    };
    let named = match !is_told && letters(0) > letters(1) {
        true => UTF_16BE,
        false => named,
    };
    named.decode_without_bom_handling(bytes).0.into()
}

/// UTF-32, in whichever order most of it makes sense.
fn four_bytes(bytes: &[u8]) -> String {
    let read = |to_number: fn([u8; 4]) -> u32| -> String {
        let all = bytes.chunks(4).map(|four| {
            let four = <[u8; 4]>::try_from(four).ok();
            let read = four.and_then(|four| char::from_u32(to_number(four)));
            read.unwrap_or(char::REPLACEMENT_CHARACTER)
        });
        all.filter(|c| *c != '\u{feff}').collect()
    };
    let (little, big) = (read(u32::from_le_bytes), read(u32::from_be_bytes));
    match std::str::from_utf8(bytes) {
        Ok(_) if !bytes.contains(&0) => guess(bytes),
        _ if holes(&little) <= holes(&big) => little,
        _ => big,
    }
}

/// Names for charsets that encoding_rs does not know by them.
fn alias(label: &str) -> &str {
    match label {
        "cp932" | "cp943" => "shift_jis",
        "cp936" | "gb_2312" | "gb-2312" => "gbk",
        "cp949" | "ks_c_5601" | "ksc5601-1987" => "euc-kr",
        "cp950" => "big5",
        "cp1200" => "utf-16le",
        "uhc" => "euc-kr",
        "utf8mb4" | "utf-8mb4" => "utf-8",
        _ if Encoding::for_label(label.as_bytes()).is_some() => label,
        _ => by_number(label).unwrap_or(label),
    }
}

/// `win-1251`, `CP-1251`, `ms936`, `1250`: a code page by its number, whatever stands in front of that.
fn by_number(label: &str) -> Option<&'static str> {
    let number = label.trim_start_matches(|c: char| !c.is_ascii_digit());
    let before = label.strip_suffix(number)?.trim_matches(['-', '_', ' ']);
    let is_page = matches!(
        before,
        "" | "x" | "cp" | "x-cp" | "ms" | "win" | "windows" | "ansi" | "codepage"
    );
    known_code_page(number.parse().ok().filter(|_| is_page)?)
}

/// The bytes decide: ISO-2022-JP by its escapes, UTF-8 where most of it is (it may be cut off or broken somewhere), else
/// what chardetng takes them for; of a few letters nothing can be told, and windows-1252 reads them.
fn guess(bytes: &[u8]) -> String {
    guess_within(bytes, true)
}

/// The same; `widely` among all charsets, else windows-1252 is the last word.
fn guess_within(bytes: &[u8], widely: bool) -> String {
    decoded(bytes, likely(bytes, widely)).0
}

/// What the bytes look like.
fn likely(bytes: &[u8], widely: bool) -> &'static Encoding {
    if looks_iso_2022_jp(bytes) && !decoded(bytes, ISO_2022_JP).1 {
        return ISO_2022_JP;
    }
    if as_utf8(bytes).is_some_and(|text| text.contains(char::REPLACEMENT_CHARACTER)) {
        // Nothing else has these three bytes: marks of damage that another program has left in valid UTF-8.
        return UTF_8;
    }
    let lossy = String::from_utf8_lossy(bytes);
    if foreign(&lossy) >= holes(&lossy).saturating_mul(3) {
        return UTF_8;
    }
    let sample = bytes.get(..bytes.len().min(SAMPLE)).unwrap_or_default();
    // Letters count, a pound sign before a number does not.
    let is_letter = |b: &u8| b.is_ascii_alphabetic() || !b.is_ascii();
    let raised = sample
        .windows(2)
        .filter(|w| w.iter().all(is_letter) && w.iter().any(|b| !b.is_ascii()))
        .count();
    match raised {
        0..JUDGED => WINDOWS_1252,
        _ if !widely => WINDOWS_1252,
        _ => {
            let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
            detector.feed(sample, true);
            detector.guess(None, Utf8Detection::Deny)
        }
    }
}

/// Escapes that shift nothing, as joined words have them: the decoder counts these as damage.
fn without_idle_escapes(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        let idle = matches!(rest, [0x1b, b'(' | b'$', _, 0x1b, ..]);
        if idle {
            rest = rest.get(3..).unwrap_or_default();
        } else {
            out.push(*first);
            rest = after;
        }
    }
    out
}

fn looks_iso_2022_jp(bytes: &[u8]) -> bool {
    let mut after_escapes = bytes.split(|b| *b == b'\x1b').skip(1);
    after_escapes.any(|after| {
        let shifts: [&[u8]; 4] = [b"$B", b"$@", b"(J", b"(I"];
        shifts.iter().any(|shift| after.starts_with(shift))
    })
}

/// Seven-bit text with shifts to the eight-bit charset it is made of: ISO-2022-KR (RFC 1557), ISO-2022-CN (RFC 1922), HZ
/// (RFC 1843).
fn raise(bytes: &[u8], shift_in: &[u8], shift_out: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    let mut raised = false;
    while let Some((first, after)) = rest.split_first() {
        // Which charset it is the label has told.
        if let [0x1b, b'$', b')' | b'*' | b'+', _, after @ ..] = rest {
            rest = after;
        } else if let Some(after) = rest.strip_prefix(shift_in) {
            (raised, rest) = (true, after);
        } else if let Some(after) = rest.strip_prefix(shift_out) {
            (raised, rest) = (false, after);
        } else {
            out.push(if raised && first.is_ascii_graphic() {
                first | 0x80
            } else {
                *first
            });
            rest = after;
        }
    }
    out
}

/// Line ends become `\n`, other controls nothing, and no letter carries marks without end.
fn harmless(text: &str) -> String {
    // Nearly all texts of nearly all mails.
    let is_plain = |b: u8| matches!(b, b' '..=b'~' | b'\n' | b'\t');
    if text.bytes().all(is_plain) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut marks = 0_usize;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        marks = match is_mark(c) {
            true => marks.saturating_add(1),
            false => 0,
        };
        match c {
            _ if marks > MOST_MARKS => {}
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push('\n');
            }
            '\u{b}' | '\u{c}' => out.push('\n'),
            '\n' | '\t' => out.push(c),
            _ if c.is_control() => {}
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_charset_of_the_world_is_read() {
        for (bytes, charset, shown) in [
            (&b"caf\xe9"[..], "iso-8859-1", "caf\u{e9}"),
            (b"caf\xc3\xa9", "UTF-8", "caf\u{e9}"),
            (
                b"\x1b$B%O%m!<\x1b(B",
                "iso-2022-jp",
                "\u{30cf}\u{30ed}\u{30fc}",
            ),
            (b"\xc4\xe3\xba\xc3", "gb2312", "\u{4f60}\u{597d}"),
            (b"\xa7A\xa6n", "big5", "\u{4f60}\u{597d}"),
            (b"\x83n\x83\x8d", "Shift_JIS", "\u{30cf}\u{30ed}"),
            (b"\xbe\xc8\xb3\xe7", "ks_c_5601-1987", "\u{c548}\u{b155}"),
            (
                b"\xf0\xd2\xc9\xd7\xc5\xd4",
                "koi8-r",
                "\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}",
            ),
            (
                b"\xf9\xec\xe5\xed",
                "windows-1255",
                "\u{5e9}\u{5dc}\u{5d5}\u{5dd}",
            ),
            (b"+ZYeB9A-", "utf-7", "\u{6587}\u{81f4}"),
            (b"\x1b$)C\x0e>H3g\x0f!", "iso-2022-kr", "\u{c548}\u{b155}!"),
            (b"~{Dc:C~}!", "hz-gb-2312", "\u{4f60}\u{597d}!"),
            (b"~{Dc:C~}!", "hz", "\u{4f60}\u{597d}!"),
            (b"\x1b$)A\x0eDc:C\x0f!", "iso-2022-cn", "\u{4f60}\u{597d}!"),
            (b"\xb6\xcb", "uhc", "\u{b625}"),
            (b"\xc4\xe0", "win-1251", "\u{414}\u{430}"),
            (b"\xc4\xe0", "CP-1251", "\u{414}\u{430}"),
            (b"\0S\0t\0r\0\xdf", "utf-16", "Str\u{df}"),
            (b"S\0t\0r\0\xdf\0", "utf-16", "Str\u{df}"),
            (b"\0\x4e", "utf-16le", "\u{4e00}"),
            (b"\x4f\x60\x59\x7d", "utf-16be", "\u{4f60}\u{597d}"),
            (b"\x16\x04\0\0!\0\0\0", "utf-32", "\u{416}!"),
            (b"\0\0\xfe\xff\0\0\x04\x16", "UTF-32BE", "\u{416}"),
            (b"\x9b", "ibm850", "\u{f8}"),
        ] {
            assert_eq!(text(bytes, charset), shown, "{charset}");
        }
    }

    #[test]
    fn a_wrong_or_missing_label_is_mended() {
        for (bytes, charset) in [
            (&b"\xc3\xa9t\xc3\xa9"[..], ""),
            (b"\xc3\xa9t\xc3\xa9", "iso-8859-1"),
            (b"\xc3\xa9t\xc3\xa9", "us-ascii"),
            (b"\xc3\xa9t\xc3\xa9", "x-unknown"),
            (b"\xe9t\xe9", "utf-8"),
            (b"\xe9t\xe9", ""),
            (b"\xef\xbb\xbf\xc3\xa9t\xc3\xa9", "windows-1252"),
            (b"\xff\xfe\xe9\0t\0\xe9\0", ""),
            (b"\xc3\xa9t\xc3\xa9", "utf-16"),
            (b"\xc3\xa9t\xc3\xa9", "unicode"),
            (b"\xc3\xa9t\xc3\xa9", "utf-32"),
            (b"\xe9t\xe9", "x-user-defined"),
        ] {
            assert_eq!(text(bytes, charset), "\u{e9}t\u{e9}", "{charset} {bytes:?}");
        }
        assert_eq!(text(b"\x1b$B%O\x1b(B", "us-ascii"), "\u{30cf}");
        let joined = b"\x1b$B%O\x1b(B\x1b$B%O\x1b(B";
        assert_eq!(text(joined, "iso-2022-jp"), "\u{30cf}\u{30cf}");
        let nearly = "\u{e9}".repeat(9).into_bytes();
        assert!(text(&[&nearly[..], b"\xff"].concat(), "utf-8").starts_with("\u{e9}\u{e9}"));
    }

    #[test]
    fn utf_8_under_the_label_of_one_byte_or_two_is_utf_8() {
        let russian = "\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}, Ann";
        let polish = "Za\u{17c}\u{f3}\u{142}\u{107}";
        let chinese =
            "\u{4f60}\u{597d}\u{ff0c}\u{4e16}\u{754c}\u{3002}\u{8fd9}\u{662f}\u{4fe1}\u{3002}";
        for label in [
            "windows-1251",
            "koi8-r",
            "iso-8859-2",
            "iso-8859-15",
            "windows-1250",
        ] {
            for said in [russian, polish, chinese] {
                assert_eq!(text(said.as_bytes(), label), said, "{label}");
            }
            // As a message that is cut off ends.
            let cut = &chinese.as_bytes()[..chinese.len() - 1];
            assert!(chinese.starts_with(&text(cut, label)), "{label}");
        }
        for label in ["gbk", "big5", "euc-kr", "shift_jis", "gb18030"] {
            assert_eq!(text(chinese.as_bytes(), label), chinese, "{label}");
        }
    }

    #[test]
    fn a_right_label_is_believed_whatever_the_bytes_could_be() {
        for (label, said) in [
            ("koi8-r", "e\u{451}"),
            // Each letter and the next are one letter of UTF-8.
            ("koi8-r", "\u{435}\u{451}, \u{435}\u{451}"),
            ("windows-1251", "\u{412}\u{456} \u{412}\u{456}"),
            ("windows-1251", "\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}"),
            ("iso-8859-2", "P\u{d3}\u{141} P\u{d3}\u{141}"),
            ("iso-8859-15", "5 \u{20ac}, d\u{e9}j\u{e0} vu"),
            ("windows-1250", "Za\u{17c}\u{f3}\u{142}\u{107}"),
            (
                "ibm866",
                "\u{442}\u{430}\u{43a} \u{442}\u{430}\u{43c} \u{440}\u{430}\u{434} \u{441}\u{430}\u{434}",
            ),
            (
                "windows-874",
                "\u{e41}\u{e14}\u{e07} \u{e41}\u{e14}\u{e07} \u{e41}\u{e14}\u{e07}",
            ),
            ("gbk", "\u{8054}\u{901a}"),
            ("gbk", "\u{4f60}\u{597d}\u{ff0c}\u{4e16}\u{754c}\u{3002}"),
        ] {
            let named = Encoding::for_label(label.as_bytes()).unwrap();
            let bytes = named.encode(said).0;
            assert_eq!(text(&bytes, label), said, "{label}");
        }
    }

    #[test]
    fn a_label_that_the_bytes_do_not_allow_gives_way_to_a_guess() {
        use encoding_rs::{BIG5, SHIFT_JIS};
        let japanese = "\u{3053}\u{3093}\u{306b}\u{3061}\u{306f}\u{3001}\u{65e5}\u{672c}\u{306e}\u{7686}\u{3055}\u{3093}";
        let shift_jis = SHIFT_JIS.encode(japanese).0;
        assert_eq!(text(&shift_jis, "iso-2022-jp"), japanese);
        assert_eq!(text(japanese.as_bytes(), "iso-2022-jp"), japanese);
        let chinese = "\u{4ed6}\u{5011}\u{8aaa}\u{9019}\u{500b}\u{570b}\u{5bb6}\u{7684}\u{6587}\u{5b57}\u{ff0c}\u{6211}\u{5011}\u{90fd}\u{5b78}\u{904e}\u{3002}";
        assert_eq!(text(&GBK.encode(chinese).0, "big5"), chinese);
        assert_eq!(
            text(b"un caf\xe9 cr\xe8me, s'il vous pla\xeet", "iso-2022-jp"),
            "un caf\u{e9} cr\u{e8}me, s'il vous pla\u{ee}t"
        );
        // One broken letter is no reason to doubt the label of the others.
        let broken = |said: &[u8]| [said, &b"\xff\n"[..], said].concat();
        let jis = ISO_2022_JP.encode(japanese).0;
        assert!(text(&broken(&jis), "iso-2022-jp").starts_with(japanese));
        let traditional =
            "\u{4f60}\u{597d}\u{ff0c}\u{9019}\u{662f}\u{4e00}\u{5c01}\u{4fe1}\u{3002}";
        let big5 = BIG5.encode(traditional).0;
        assert!(text(&broken(&big5), "big5").starts_with(traditional));
        let cut = &big5[..big5.len() - 1];
        assert!(text(cut, "big5").starts_with("\u{4f60}\u{597d}"));
    }

    #[test]
    fn controls_do_not_come_through() {
        assert_eq!(
            text(b"a\0b\r\nc\rd\x1b[31m\x0ce\x7f", ""),
            "ab\nc\nd[31m\ne"
        );
        assert_eq!(line("a\r\nb\u{202e}c\u{2066}"), "a  bc");
    }
}
