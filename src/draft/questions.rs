//! What the writer of a message is asked before it is sent: was something forgotten, or meant for somebody else?
//!
//! Not for what keeps it from being sent (`letter`). To know before changing it: each question costs a click each time that
//! it is wrong, so it is asked only where the message itself gives a reason.

use super::Letter;
use crate::mail::Question;
use crate::sender::is_alike;

/// More people in sight of each other are asked about.
const MANY: usize = 20;

/// What a message says of a file that goes with it, in the languages that most mail is written in.
const OF_FILES: [&str; 71] = [
    "attached",
    "attachment",
    "attachments",
    "enclosed",
    "anbei",
    "angehängt",
    "angehängte",
    "angehängten",
    "anhang",
    "anhänge",
    "beigefügt",
    "beigefügte",
    "beigefügten",
    "beiliegend",
    "ci-joint",
    "ci-jointe",
    "ci-joints",
    "ci-jointes",
    "pièce jointe",
    "pièces jointes",
    "en annexe",
    "adjunto",
    "adjunta",
    "adjuntos",
    "adjuntas",
    "archivo adjunto",
    "allegato",
    "allegati",
    "allegata",
    "allego",
    "bijlage",
    "bijlagen",
    "bijgevoegd",
    "bijgevoegde",
    "załącznik",
    "załączniku",
    "załączniki",
    "załącznikach",
    "załączam",
    "w załączeniu",
    "anexo",
    "anexos",
    "anexado",
    "anexada",
    "em anexo",
    "bifogad",
    "bifogat",
    "bifogade",
    "bilaga",
    "bilagor",
    "vedhæftet",
    "vedhæftede",
    "vedlagt",
    "vedlegg",
    "liitteenä",
    "liite",
    "liitteet",
    "přiložen",
    "přiloženo",
    "příloze",
    "v příloze",
    "mellékelve",
    "mellékelten",
    "csatolva",
    "csatolmány",
    "во вложении",
    "прилагаю",
    "прикрепляю",
    "ekte",
    "ekteki",
    "ekli",
];
/// The same in languages that set no blanks between words.
const WITHOUT_BLANKS: [&str; 4] = ["添付", "附件", "附檔", "첨부"];

/// What is known when a message is to be sent.
pub struct Known<'k> {
    /// True where something is attached.
    pub has_files: bool,
    /// The addresses that its writer knows: their own, those that they have written to, and those of the message that is
    /// answered.
    pub addresses: &'k [String],
    /// The line above a message that is forwarded; what is below it others have written.
    pub forwarded: &'k str,
}

/// All that is asked.
pub fn questions(letter: &Letter, known: &Known) -> Vec<Question> {
    let mut asked = Vec::new();
    if letter.subject.is_empty() {
        asked.push(Question::NoSubject);
    }
    if !known.has_files
        && let Some(word) = of_a_file(&own_words(&letter.text, known.forwarded))
    {
        asked.push(Question::NoFile { word });
    }
    let in_sight = letter.to.len().saturating_add(letter.cc.len());
    if in_sight > MANY {
        asked.push(Question::Many {
            count: u32::try_from(in_sight).unwrap_or(u32::MAX),
        });
    }
    for address in letter.recipients() {
        let domain = domain(&address);
        let is_known = known.addresses.iter().any(|known| {
            known.eq_ignore_ascii_case(&address) || self::domain(known).eq_ignore_ascii_case(domain)
        });
        let mut others = known.addresses.iter().map(|known| self::domain(known));
        if let Some(known) = others.find(|known| !is_known && is_alike(domain, known)) {
            asked.push(Question::LooksLike {
                known: known.to_owned(),
                address,
            });
        }
    }
    asked
}

fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// What its writer has written: nothing that is quoted, forwarded, or signed.
fn own_words(text: &str, forwarded: &str) -> String {
    let own = text
        .lines()
        .take_while(|line| forwarded.is_empty() || line.trim() != forwarded);
    let mut is_signature = false;
    let own = own.filter(|line| {
        // An empty line ends a signature that stands above a quote.
        is_signature = *line == "-- " || (is_signature && !line.trim().is_empty());
        !is_signature && !line.starts_with('>')
    });
    own.collect::<Vec<_>>().join("\n").to_lowercase()
}

/// The first words that speak of a file.
fn of_a_file(text: &str) -> Option<String> {
    let is_inner = |c: char| c.is_alphanumeric() || c == '-';
    let words = text.split(|c: char| !is_inner(c));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let all = format!(" {} ", words.join(" "));
    let whole = OF_FILES
        .into_iter()
        .find(|word| all.contains(&format!(" {word} ")));
    let within = || WITHOUT_BLANKS.into_iter().find(|word| text.contains(word));
    whole.or_else(within).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Address;

    fn letter(text: &str, to: &[&str]) -> Letter {
        let address = |email: &&str| Address {
            name: String::new(),
            email: (*email).to_owned(),
        };
        Letter {
            from: address(&"ann@example.org"),
            to: to.iter().map(address).collect(),
            cc: Vec::new(),
            bcc: Vec::new(),
            reply_to: Vec::new(),
            subject: "Hi".to_owned(),
            text: text.to_owned(),
            in_reply_to: String::new(),
            references: Vec::new(),
            asks: crate::mail::Asks::default(),
            html: String::new(),
            for_programs: None,
        }
    }

    fn asked(letter: &Letter) -> Vec<Question> {
        let addresses = ["ann@example.org".to_owned(), "bo@example.net".to_owned()];
        let known = Known {
            has_files: false,
            addresses: &addresses,
            forwarded: "--- Forwarded ---",
        };
        questions(letter, &known)
    }

    #[test]
    fn a_file_that_is_spoken_of_in_own_words_is_asked_about() {
        for text in [
            "See the attached file.",
            "Der Bericht ist ANBEI.",
            "Vous trouverez ci-joint le rapport",
            "La pièce\njointe",
            "Te envío el archivo adjunto.",
            "In allegato il file",
            "Zie bijlage!",
            "Plik w załączniku",
            "Segue em anexo",
            "資料を添付します",
            "Во вложении отчёт",
            "-- \nAnn\n\nattached",
        ] {
            let asked = asked(&letter(text, &["bo@example.org"]));
            assert!(
                matches!(asked.as_slice(), [Question::NoFile { .. }]),
                "{text}"
            );
        }
        for text in [
            "Hello",
            "> see the attached file",
            "Yes\n--- Forwarded ---\nsee attached",
            "Yes\n-- \nAnn, attachments welcome",
            "unattached",
            "",
        ] {
            assert_eq!(asked(&letter(text, &["bo@example.org"])), [], "{text}");
        }
        let known = Known {
            has_files: true,
            addresses: &[],
            forwarded: "",
        };
        let letter = letter("attached", &["bo@example.org"]);
        assert_eq!(questions(&letter, &known), []);
    }

    #[test]
    fn many_people_and_domains_that_are_taken_for_others_are_asked_about() {
        let many: Vec<String> = (0..21).map(|n| format!("a{n}@example.org")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(asked(&letter("Hi", &many)), [Question::Many { count: 21 }]);
        assert_eq!(asked(&letter("Hi", many.get(1..).unwrap())), []);
        assert_eq!(
            asked(&letter("Hi", &["bo@examp1e.org", "cas@example.org"])),
            [Question::LooksLike {
                address: "bo@examp1e.org".to_owned(),
                known: "example.org".to_owned(),
            }]
        );
        assert_eq!(asked(&letter("Hi", &["bo@elsewhere.test"])), []);
    }
}
