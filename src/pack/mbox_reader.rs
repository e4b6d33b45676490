//! The messages of an mbox file, one after the other, in any of its kinds: mboxrd, mboxo, mboxcl, mboxcl2 (RFC 4155; qmail,
//! mbox(5)).
//!
//! Not for writing one (`Mbox`), nor for what a message says. To know before changing it: a message begins at a line that
//! begins with `From ` and has a date, behind a blank line; a Content-Length counts only where a message, or the end, follows
//! as it says. A `>` before `From ` is taken away unless a plain `From ` stands in some text of the file: then its writer
//! quotes none.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use super::mbox::FROM;
use crate::time::{ClockTime, Seconds, Zone};

/// How much of a line is held at a time, in bytes.
const PIECE: u64 = 8 * 1024;
/// Most line ends between a message with a Content-Length and the next one.
const GAP: usize = 4;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A file being read.
pub struct MboxReader<R: Read> {
    from: BufReader<R>,
    /// Where the next byte stands.
    at: u64,
    /// The separating line of the message that comes next.
    next: Option<Vec<u8>>,
    unquotes: bool,
    has_plain: bool,
}

/// How a message begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    /// When it arrived, by its separating line.
    pub arrived: Option<Seconds>,
}

/// True for the first bytes of an mbox.
pub fn is_mbox(first: &[u8]) -> bool {
    first.starts_with(FROM)
}

impl<R: Read + Seek> MboxReader<R> {
    /// Looks through a file, and begins at its first message; how many there are.
    ///
    /// # Errors
    /// As reading.
    pub fn new(from: R) -> io::Result<(MboxReader<R>, u32)> {
        let mut reader = MboxReader {
            from: BufReader::with_capacity(64 * 1024, from),
            at: 0,
            next: None,
            unquotes: false,
            has_plain: false,
        };
        reader.begin()?;
        let mut count = 0_u32;
        while reader.next_message(&mut |_| Ok(()))?.is_some() {
            count = count.saturating_add(1);
        }
        reader.unquotes = !reader.has_plain;
        reader.begin()?;
        Ok((reader, count))
    }

    fn begin(&mut self) -> io::Result<()> {
        self.go_to(0)?;
        let mut line = Vec::new();
        self.line(PIECE, &mut line)?;
        // What stands before the first separating line is no message of this file.
        self.next = line.starts_with(FROM).then_some(line);
        Ok(())
    }

    fn go_to(&mut self, at: u64) -> io::Result<()> {
        self.at = self.from.seek(SeekFrom::Start(at))?;
        Ok(())
    }

    /// A line with its end, or as much of it as may be held.
    fn line(&mut self, most: u64, line: &mut Vec<u8>) -> io::Result<()> {
        line.clear();
        let mut limited = self.from.by_ref().take(most.min(PIECE));
        let read = limited.read_until(b'\n', line)?;
        self.at = self.at.saturating_add(read as u64);
        Ok(())
    }

    /// Hands the next message to `keep`, piece by piece, lines ended as they are; None where there is none.
    ///
    /// # Errors
    /// As reading, and whatever `keep` says.
    pub fn next_message(
        &mut self,
        keep: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<Option<Begun>> {
        let Some(separator) = self.next.take() else {
            return Ok(None);
        };
        let begun = Begun {
            arrived: moment(&separator),
        };
        // A separating line may be longer than what is held of it.
        let mut is_line = separator.ends_with(b"\n");
        let mut line = Vec::new();
        while !is_line {
            self.line(PIECE, &mut line)?;
            is_line = line.is_empty() || line.ends_with(b"\n");
        }
        let mut length = None;
        let mut is_header = true;
        // The line break before a separating line is not the message's.
        let mut blank: Vec<u8> = Vec::new();
        loop {
            self.line(PIECE, &mut line)?;
            if line.is_empty() {
                return Ok(Some(begun));
            }
            let begins = is_line;
            is_line = line.ends_with(b"\n");
            let is_from = begins && line.starts_with(FROM);
            if is_from && !blank.is_empty() && moment(&line).is_some() {
                self.next = Some(line);
                return Ok(Some(begun));
            }
            self.has_plain |= is_from;
            if !blank.is_empty() {
                keep(&blank)?;
                blank.clear();
            }
            let is_blank = begins && matches!(line.as_slice(), b"\n" | b"\r\n");
            if is_header && is_blank {
                is_header = false;
                if let Some(end) = length.map(|length| self.at.saturating_add(length))
                    && self.ends_at(end)?
                {
                    keep(&line)?;
                    self.body(end, keep)?;
                    return Ok(Some(begun));
                }
            } else if is_header && begins {
                length = length.or(content_length(&line));
            }
            match is_blank {
                true => blank.extend_from_slice(&line),
                false => keep(self.unquoted(&line, begins))?,
            }
        }
    }

    /// True where a message may end there: at the end of the file, or before a separating line.
    fn ends_at(&mut self, end: u64) -> io::Result<bool> {
        let here = self.at;
        let length = self.from.seek(SeekFrom::End(0))?;
        let mut line = Vec::new();
        let mut fits = end == length;
        if end < length {
            self.go_to(end)?;
            for _ in 0..GAP {
                self.line(PIECE, &mut line)?;
                if !matches!(line.as_slice(), b"\n" | b"\r\n") {
                    break;
                }
            }
            fits = line.is_empty()
                || matches!(line.as_slice(), b"\n" | b"\r\n")
                || (line.starts_with(FROM) && moment(&line).is_some());
        }
        self.go_to(here)?;
        Ok(fits)
    }

    /// Passes on what comes until `end`, and finds the separating line behind it.
    fn body(&mut self, end: u64, keep: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let mut line = Vec::new();
        let mut begins = true;
        while self.at < end {
            self.line(end.saturating_sub(self.at), &mut line)?;
            if line.is_empty() {
                return Ok(());
            }
            self.has_plain |= begins && line.starts_with(FROM);
            keep(self.unquoted(&line, begins))?;
            begins = line.ends_with(b"\n");
        }
        loop {
            self.line(PIECE, &mut line)?;
            if line.starts_with(FROM) {
                self.next = Some(line);
                return Ok(());
            }
            if !matches!(line.as_slice(), b"\n" | b"\r\n") {
                return Ok(());
            }
        }
    }

    /// A line as it was before it was quoted.
    fn unquoted<'l>(&self, line: &'l [u8], begins: bool) -> &'l [u8] {
        let Some(rest) = line.strip_prefix(b">").filter(|_| begins && self.unquotes) else {
            return line;
        };
        let signs = rest.iter().take_while(|b| **b == b'>').count();
        let is_quoted = rest.get(signs..).is_some_and(|rest| rest.starts_with(FROM));
        if is_quoted { rest } else { line }
    }
}

fn content_length(line: &[u8]) -> Option<u64> {
    let (name, value) = line.split_at_checked(b"content-length:".len())?;
    if !name.eq_ignore_ascii_case(b"content-length:") {
        return None;
    }
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}

/// When a message arrived, by its separating line: as `asctime` writes it, perhaps with a zone, else in UTC.
fn moment(separator: &[u8]) -> Option<Seconds> {
    let text = String::from_utf8_lossy(separator.get(..separator.len().min(500))?);
    let mut clock = None;
    let (mut day, mut month, mut year, mut zone) = (None, None, None, 0_i16);
    // The first word is `From`, the second one an address.
    for word in text.split_ascii_whitespace().skip(2) {
        let word = word.trim_end_matches(',');
        let is_number = word.bytes().all(|b| b.is_ascii_digit());
        let of_year = MONTHS.iter().zip(1_i8..);
        let mut of_year = of_year.filter(|(name, _)| name.eq_ignore_ascii_case(word));
        match word.len() {
            1 | 2 if is_number => day = day.or(word.parse::<i8>().ok()),
            3 => month = month.or(of_year.next().map(|(_, number)| number)),
            4 if is_number => year = year.or(word.parse::<i16>().ok()),
            5 if word.starts_with(['+', '-']) => zone = offset(word).unwrap_or(0),
            _ => {}
        }
        clock = clock.or_else(|| hours(word));
    }
    let (hour, minute, second) = clock?;
    let shown = ClockTime::midnight(
        year.filter(|year| (1970..2100).contains(year))?,
        month?,
        day?,
    );
    let minutes = Zone::fixed(zone).moment(shown.at(hour, minute))?;
    minutes.checked_add(second)
}

/// `14:18:14`, or `14:18`.
fn hours(word: &str) -> Option<(i8, i8, Seconds)> {
    let mut numbers = word.split(':').map(|number| number.parse::<i8>().ok());
    let (hour, minute) = (numbers.next()??, numbers.next()??);
    let second = numbers.next().unwrap_or(Some(0))?;
    let is_time = (0..24).contains(&hour) && (0..60).contains(&minute);
    (is_time && (0..61).contains(&second)).then_some((hour, minute, second.into()))
}

/// `+0100` in minutes.
fn offset(word: &str) -> Option<i16> {
    let digits: i16 = word.get(1..)?.parse().ok()?;
    let hours = digits.checked_div(100)?;
    let minutes = digits
        .checked_sub(hours.checked_mul(100)?)?
        .checked_add(hours.checked_mul(60)?)?;
    let is_offset = (0..=900).contains(&minutes);
    let signed = match word.starts_with('-') {
        true => minutes.checked_neg()?,
        false => minutes,
    };
    is_offset.then_some(signed)
}

#[cfg(test)]
mod tests {
    use super::super::Mbox;
    use super::*;
    use std::io::Cursor;

    const AT: &str = "Sat Nov 29 14:18:14 2025";

    fn read(file: &[u8]) -> Vec<String> {
        let (mut reader, count) = MboxReader::new(Cursor::new(file)).unwrap();
        let mut all = Vec::new();
        loop {
            let mut message = Vec::new();
            let begun = reader.next_message(&mut |bytes| {
                message.extend_from_slice(bytes);
                Ok(())
            });
            if begun.unwrap().is_none() {
                assert_eq!(count as usize, all.len());
                return all;
            }
            all.push(String::from_utf8_lossy(&message).into_owned());
        }
    }

    #[test]
    fn what_is_written_is_read_as_it_was() {
        let long = format!("Subject: x\n\n{}\nFrom \n", "From ".repeat(10_000));
        let messages = [
            "Subject: a\n\nFrom me\n>From you\n>>>From all\n",
            "From: x\n\nFro\nFrom\n> From\n>\n>>\n>Fro>From \n\n\n",
            "\n",
            "From \nFrom \n",
            ">>>>>>>>>>\nFrom here on\n",
            &long,
        ];
        let mut mbox = Mbox::new(Vec::new());
        for message in messages {
            mbox.begin("ann@example.org", AT).unwrap();
            mbox.write(message.as_bytes()).unwrap();
            mbox.end().unwrap();
        }
        assert_eq!(read(&mbox.into_inner()), messages);
    }

    #[test]
    fn a_sign_is_taken_away_only_where_one_was_put() {
        // A plain one stands in some text: nobody has quoted here.
        let plain = format!("From a {AT}\nA: b\n\nfirst\nFrom here\n>From there\n\n");
        assert_eq!(
            read(plain.as_bytes()),
            ["A: b\n\nfirst\nFrom here\n>From there\n"]
        );
        // mboxcl2: what the length says, whatever stands in it.
        let body = format!("x\n\nFrom b {AT}\n>From me\n");
        let cl2 = format!(
            "From a {AT}\nContent-Length: {}\n\n{body}\nFrom c {AT}\nC: d\n\nend\n",
            body.len()
        );
        let first = format!("Content-Length: {}\n\n{body}", body.len());
        assert_eq!(read(cl2.as_bytes()), [first.as_str(), "C: d\n\nend\n"]);
        // mboxcl: with a length, and quoted.
        let body = "x\n\n>From me\n";
        let cl = format!("From a {AT}\ncontent-length: {}\n\n{body}\n", body.len());
        assert!(read(cl.as_bytes())[0].ends_with("\n\nFrom me\n"));
        // A length that is wrong counts for nothing.
        for wrong in [0, 3, 1000] {
            let file =
                format!("From a {AT}\nContent-Length: {wrong}\n\nabcdef\n\nFrom b {AT}\n\nx\n");
            let all = read(file.as_bytes());
            assert_eq!(all.len(), 2, "{wrong}");
            assert!(all[0].ends_with("\n\nabcdef\n"), "{all:?}");
        }
    }

    #[test]
    fn lines_may_end_in_either_way_and_a_date_makes_the_separator() {
        let file =
            format!("From a {AT}\r\nA: b\r\n\r\nFrom here on\r\n\r\nFrom - {AT}\r\nC: d\r\n");
        assert_eq!(
            read(file.as_bytes()),
            ["A: b\r\n\r\nFrom here on\r\n", "C: d\r\n"]
        );
        assert_eq!(
            read(b"no mbox\n\nFrom a Sat Nov 29 14:18:14 2025\n"),
            [""; 0]
        );
        assert_eq!(read(b""), [""; 0]);
        assert_eq!(read(b"From x\nA: b\n"), ["A: b\n"]);
    }

    #[test]
    fn a_separator_says_when() {
        for (line, at) in [
            ("From a Sat Nov 29 14:18:14 2025", Some(1_764_425_894)),
            (
                "From a@b.c Sat Nov 29 14:18:14 +0000 2025",
                Some(1_764_425_894),
            ),
            (
                "From a@b.c Sat Nov 29 15:18:14 2025 +0100",
                Some(1_764_425_894),
            ),
            ("From - Sat Nov 29 14:18:14 2025\r\n", Some(1_764_425_894)),
            (
                "From a Sat, 29 Nov 2025 14:18:14 +0000",
                Some(1_764_425_894),
            ),
            ("From MAILER-DAEMON Thu Jan  1 00:00:00 1970", Some(0)),
            ("From a Sat Nov 39 14:18:14 2025", None),
            ("From now on at 10:30", None),
            ("From ", None),
        ] {
            assert_eq!(moment(line.as_bytes()), at, "{line}");
        }
    }
}
