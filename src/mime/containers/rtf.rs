//! The rich text (RTF) into which Outlook wraps a mail: unpacked (MS-OXRTFCP), and turned back into the HTML or the text
//! that it was made from (MS-OXRTFEX), or else read for its words alone.
//!
//! Not for its looks: fonts, colours, tables and pictures of an RTF are left out. Total: read as far as it makes sense. The
//! crates for it panic on what is cut, and none of them finds the HTML inside.

use std::collections::BTreeMap;

use crate::mime::codec::{code_page, text_as};
use crate::work::Work;

/// Most bytes that are unpacked, and most that come out.
const MOST: usize = 2 * 1024 * 1024;
/// Steps of work for each byte that was unpacked.
const STEPS: usize = 20;
/// Deepest nesting of groups that is followed.
const DEEPEST: usize = 500;
/// Fonts that are remembered for their charset.
const FONTS: usize = 1000;

/// What an RTF holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rich {
    /// The HTML that it was made from.
    Html(String),
    /// Its text.
    Text(String),
}

/// Reads a compressed RTF, the value of `PidTagRtfCompressed`; None where it is none.
pub fn rich(packed: &[u8], work: &Work) -> Option<Rich> {
    let rtf = unpack(packed)?;
    work.does(rtf.len(), STEPS);
    if rtf.len() >= MOST {
        work.leave_out();
    }
    rtf.starts_with(b"{\\rtf").then(|| Reader::read(&rtf, work))
}

/// What every dictionary begins with (MS-OXRTFCP 2.1.2.1).
const BEGINNING: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \
\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \
\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
const DICTIONARY: usize = 4096;

fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let kind = packed.get(8..12)?;
    let body = packed.get(16..)?;
    match kind {
        b"MELA" => return Some(body.get(..body.len().min(MOST))?.to_vec()),
        b"LZFu" => {}
        _ => return None,
    }
    let mut input = body.iter().copied();
    let mut window = [b' '; DICTIONARY];
    for (to, from) in window.iter_mut().zip(BEGINNING) {
        *to = *from;
    }
    let mut at = BEGINNING.len();
    let mut out = Vec::new();
    let mut put = |byte: u8, at: &mut usize, window: &mut [u8; DICTIONARY]| {
        if let Some(place) = window.get_mut(*at) {
            *place = byte;
        }
        *at = at.wrapping_add(1) % DICTIONARY;
        out.push(byte);
        out.len() < MOST
    };
    'all: while let Some(control) = input.next() {
        for bit in 0..8 {
            let Some(first) = input.next() else {
                break 'all;
            };
            if control >> bit & 1 == 0 {
                if !put(first, &mut at, &mut window) {
                    break 'all;
                }
                continue;
            }
            let Some(second) = input.next() else {
                break 'all;
            };
            let reference = u16::from_be_bytes([first, second]);
            let (from, length) = (usize::from(reference >> 4), usize::from(reference & 15));
            if from == at {
                break 'all;
            }
            for step in 0..length.saturating_add(2) {
                let place = from.wrapping_add(step) % DICTIONARY;
                let byte = window.get(place).copied().unwrap_or_default();
                if !put(byte, &mut at, &mut window) {
                    break 'all;
                }
            }
        }
    }
    Some(out)
}

/// What holds until the end of a group.
#[derive(Clone, Copy, Debug)]
struct Group {
    /// Says nothing to a reader.
    skipped: bool,
    /// A table of fonts.
    fonts: bool,
    /// A piece of the HTML's own markup.
    markup: bool,
    /// What stands for that markup in the eyes of programs that know no HTML.
    instead: bool,
    /// The charset of bytes.
    charset: &'static str,
    /// How many characters stand in for one of Unicode.
    stand_ins: usize,
}

struct Reader<'a> {
    rest: &'a [u8],
    out: String,
    /// Bytes that wait for the end of their charset.
    bytes: Vec<u8>,
    group: Group,
    outer: Vec<Group>,
    html: bool,
    /// The charset of the whole, and of each font.
    charset: &'static str,
    fonts: BTreeMap<i32, &'static str>,
    /// The font that a table is telling of.
    font: i32,
    /// A group has just begun with `\*`.
    optional: bool,
    /// The first half of a pair of surrogates.
    half: Option<u16>,
    /// Characters still to be passed over.
    passed: usize,
}

impl Reader<'_> {
    fn read(rtf: &[u8], work: &Work) -> Rich {
        let charset = code_page(1252);
        let mut reader = Reader {
            rest: rtf,
            out: String::new(),
            bytes: Vec::new(),
            group: Group {
                skipped: false,
                fonts: false,
                markup: false,
                instead: false,
                charset,
                stand_ins: 1,
            },
            outer: Vec::new(),
            html: false,
            charset,
            fonts: BTreeMap::new(),
            font: 0,
            optional: false,
            half: None,
            passed: 0,
        };
        while reader.out.len() < MOST && reader.token().is_some() {}
        if reader.out.len() >= MOST {
            work.leave_out();
        }
        reader.settle();
        match reader.html {
            true => Rich::Html(reader.out),
            false => Rich::Text(reader.out),
        }
    }

    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn token(&mut self) -> Option<()> {
        match self.next()? {
            b'{' => {
                self.settle();
                self.passed = 0;
                if self.outer.len() >= DEEPEST {
                    return None;
                }
                self.outer.push(self.group);
            }
            b'}' => {
                self.settle();
                self.passed = 0;
                self.group = self.outer.pop()?;
            }
            b'\\' => self.control()?,
            b'\r' | b'\n' => {}
            byte => self.byte(byte),
        }
        Some(())
    }

    fn control(&mut self) -> Option<()> {
        let first = self.next()?;
        if !first.is_ascii_alphabetic() {
            match first {
                b'\'' => {
                    let digits = [self.next()?, self.next()?];
                    let digits = std::str::from_utf8(&digits).ok()?;
                    self.byte(u8::from_str_radix(digits, 16).ok()?);
                }
                b'*' => self.optional = true,
                b'\r' | b'\n' => self.say('\n'),
                b'~' => self.say('\u{a0}'),
                b'_' => self.say('\u{2011}'),
                b'\\' | b'{' | b'}' => self.byte(first),
                _ => {}
            }
            return Some(());
        }
        let letters = self.rest.iter().take_while(|b| b.is_ascii_alphabetic());
        let (word, rest) = self.rest.split_at_checked(letters.count())?;
        let word = [&[first], word].concat();
        self.rest = rest;
        let number = rest
            .iter()
            .enumerate()
            .take_while(|(nth, b)| b.is_ascii_digit() || *nth == 0 && **b == b'-');
        let (number, rest) = rest.split_at_checked(number.count())?;
        self.rest = rest.strip_prefix(b" ").unwrap_or(rest);
        let number = std::str::from_utf8(number).ok()?.parse::<i32>().ok();
        self.word(&word, number);
        Some(())
    }

    fn word(&mut self, word: &[u8], number: Option<i32>) {
        let optional = std::mem::take(&mut self.optional);
        match word {
            b"fromhtml" => self.html = number != Some(0),
            b"htmltag" => {
                self.settle();
                self.group.markup = true;
            }
            b"htmlrtf" => {
                self.settle();
                self.group.instead = number != Some(0);
            }
            b"ansicpg" => {
                self.charset = number
                    .and_then(|n| u32::try_from(n).ok())
                    .map_or(self.charset, code_page);
                self.in_charset(self.charset);
            }
            b"fonttbl" => self.group.fonts = true,
            b"f" if self.group.fonts => self.font = number.unwrap_or(0),
            b"f" | b"plain" => {
                let font = number.unwrap_or(0);
                self.in_charset(self.fonts.get(&font).copied().unwrap_or(self.charset));
            }
            b"fcharset" if self.group.fonts && self.fonts.len() < FONTS => {
                let charset = font_charset(number.unwrap_or(1)).map_or(self.charset, code_page);
                self.fonts.insert(self.font, charset);
            }
            b"uc" => {
                let count = number.and_then(|n| usize::try_from(n).ok());
                self.group.stand_ins = count.unwrap_or(1).min(16);
            }
            b"u" => self.unit(number.unwrap_or(0)),
            b"bin" => {
                let length = number.and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
                self.rest = self.rest.get(length..).unwrap_or_default();
            }
            b"par" | b"line" | b"row" | b"sect" | b"page" => self.say('\n'),
            b"tab" | b"cell" => self.say('\t'),
            b"lquote" => self.say('\u{2018}'),
            b"rquote" => self.say('\u{2019}'),
            b"ldblquote" => self.say('\u{201c}'),
            b"rdblquote" => self.say('\u{201d}'),
            b"bullet" => self.say('\u{2022}'),
            b"endash" => self.say('\u{2013}'),
            b"emdash" => self.say('\u{2014}'),
            b"emspace" | b"enspace" | b"qmspace" => self.say(' '),
            b"zwj" => self.say('\u{200d}'),
            b"zwnj" => self.say('\u{200c}'),
            _ if optional || SILENT.contains(&word) => {
                self.settle();
                self.group.skipped = true;
            }
            _ => {}
        }
    }

    fn in_charset(&mut self, charset: &'static str) {
        if charset != self.group.charset {
            self.settle();
            self.group.charset = charset;
        }
    }

    /// True where what comes now is for a reader.
    fn is_heard(&self) -> bool {
        let Group {
            skipped,
            fonts,
            markup,
            instead,
            ..
        } = self.group;
        !skipped && !fonts && (!self.html || markup || !instead)
    }

    fn byte(&mut self, byte: u8) {
        self.optional = false;
        if self.passed > 0 {
            self.passed = self.passed.saturating_sub(1);
        } else if self.is_heard() {
            self.bytes.push(byte);
        }
    }

    fn say(&mut self, c: char) {
        self.optional = false;
        if self.passed > 0 {
            self.passed = self.passed.saturating_sub(1);
        } else if self.is_heard() {
            self.settle();
            self.out.push(c);
        }
    }

    /// One unit of UTF-16, written as a signed number; what stands in for it is passed over.
    fn unit(&mut self, number: i32) {
        let [.., high, low] = number.to_be_bytes();
        let unit = u16::from_be_bytes([high, low]);
        let before = self.half.take();
        if self.is_heard() {
            self.settle();
            match (before, unit) {
                (None, 0xD800..=0xDBFF) => self.half = Some(unit),
                (Some(half), _) => self
                    .out
                    .extend(char::decode_utf16([half, unit]).map(|c| c.unwrap_or('\u{fffd}'))),
                (None, _) => self.out.extend(char::from_u32(unit.into())),
            }
        }
        self.passed = self.group.stand_ins;
    }

    /// Turns the bytes that wait into text.
    fn settle(&mut self) {
        if self.bytes.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.bytes);
        let text = text_as(&bytes, self.group.charset);
        self.out
            .push_str(&text.unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned()));
    }
}

/// Destinations (RTF 1.9.1) that say nothing to a reader.
const SILENT: [&[u8]; 22] = [
    b"colortbl",
    b"stylesheet",
    b"info",
    b"pict",
    b"object",
    b"objdata",
    b"header",
    b"headerl",
    b"headerr",
    b"headerf",
    b"footer",
    b"footerl",
    b"footerr",
    b"footerf",
    b"fldinst",
    b"mhtmltag",
    b"themedata",
    b"colorschememapping",
    b"datastore",
    b"listtable",
    b"xmlnstbl",
    b"filetbl",
];

/// The code page of a font's charset; None for the document's own.
fn font_charset(number: i32) -> Option<u32> {
    Some(match number {
        0 => 1252,
        77 => 10_000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(rtf: &[u8]) -> Rich {
        let mut packed = vec![0; 8];
        packed.extend(b"MELA\0\0\0\0");
        packed.extend(rtf);
        rich(&packed, &Work::default()).unwrap()
    }

    fn text(rtf: &[u8]) -> String {
        match plain(rtf) {
            Rich::Text(text) => text,
            Rich::Html(html) => panic!("{html}"),
        }
    }

    #[test]
    fn the_example_of_the_standard_is_unpacked() {
        // MS-OXRTFCP 3.1.1.
        let packed = [
            0x2d, 0x00, 0x00, 0x00, 0x2b, 0x00, 0x00, 0x00, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5,
            0xc7, 0xa7, 0x03, 0x00, 0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42,
            0x32, 0x0a, 0xf3, 0x20, 0x68, 0x65, 0x6c, 0x09, 0x00, 0x20, 0x62, 0x77, 0x05, 0xb0,
            0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0,
        ];
        let rtf = b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n";
        assert_eq!(unpack(&packed).unwrap(), rtf);
        assert_eq!(
            rich(&packed, &Work::default()),
            Some(Rich::Text("hello world".into()))
        );
        for end in 0..packed.len() {
            rich(packed.get(..end).unwrap(), &Work::default());
        }
    }

    #[test]
    fn a_run_may_reach_into_what_it_writes() {
        // MS-OXRTFCP 3.1.2.
        let packed = [
            0x1a, 0x00, 0x00, 0x00, 0x1c, 0x00, 0x00, 0x00, 0x4c, 0x5a, 0x46, 0x75, 0xe2, 0xd4,
            0x4b, 0x51, 0x41, 0x00, 0x04, 0x20, 0x57, 0x58, 0x59, 0x5a, 0x0d, 0x6e, 0x7d, 0x01,
            0x0e, 0xb0,
        ];
        assert_eq!(unpack(&packed).unwrap(), b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
    }

    #[test]
    fn words_are_read_in_the_charset_of_their_font() {
        let rtf = b"{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset204 Arial;}{\\f2\\fcharset128 MS;}}\
            {\\colortbl;\\red0;}{\\*\\generator X}\\f0 caf\\'e9\\par\\f1\\'e4\\'e0\\par {\\f2\\'93\\'fa\\'96\\'7b}\\u8364?\\u-10179?\\u-8704?}";
        assert_eq!(
            text(rtf),
            "caf\u{e9}\n\u{434}\u{430}\n\u{65e5}\u{672c}\u{20ac}\u{1f600}"
        );
    }

    #[test]
    fn the_html_inside_comes_out() {
        let rtf = br"{\rtf1\ansi\ansicpg1251\fromhtml1 \deff0{\fonttbl{\f0\fswiss\fcharset204 Arial;}}
{\*\htmltag64 <p>}\htmlrtf \line \htmlrtf0 \'cf\{{\*\htmltag84 &lt;}\htmlrtf <\htmlrtf0 {\*\mhtmltag64 no}{\*\htmltag72 </p>\par }}";
        assert_eq!(plain(rtf), Rich::Html("<p>\u{41f}{&lt;</p>\n".into()));
    }
}
