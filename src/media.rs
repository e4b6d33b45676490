//! Media types (RFC 6838) by what they are to a reader of mail: the one table of them.
//!
//! Not for the bytes behind a type, which may be something else (`mime::structure::kinds`), nor for what may open in a browser
//! (`document`, which has an allow-list of its own). To know before changing it: names are in lower case and without parameters.

/// What a part is, by its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// Text to read, as it is written; also a text of a kind that nobody knows (RFC 2046 4.1.4).
    Text,
    /// HTML.
    Html,
    /// text/enriched and its forerunner.
    Enriched,
    /// HTML that is written for other programs: AMP, watches.
    OtherHtml,
    /// A text that is data for a program.
    Data,
    /// The same with columns.
    Sheet,
    /// A message within the message.
    Message,
    /// A calendar (RFC 5545).
    Calendar,
    /// A contact card (RFC 6350).
    Card,
    /// What became of a message on its way (RFC 3464).
    DeliveryReport,
    /// That a message was displayed (RFC 8098).
    Receipt,
    /// That somebody complained (RFC 5965).
    AbuseReport,
    /// The header of a message, without its text (RFC 6522).
    Headers,
    /// A part of a message that was cut into several (RFC 2046 5.2.2).
    PartialMessage,
    /// A file that is kept elsewhere (RFC 2046 5.2.3).
    ExternalFile,
    /// An OpenPGP signature (RFC 3156).
    PgpSignature,
    /// The control part of an OpenPGP encrypted message (RFC 3156).
    PgpEncrypted,
    /// A detached S/MIME signature (RFC 8551).
    SmimeSignature,
    /// S/MIME around a whole message, encrypted or signed (RFC 8551): a CMS.
    Smime,
    /// winmail.dat (MS-OXTNEF).
    Tnef,
    /// A picture.
    Image,
    /// PDF.
    Pdf,
    /// A label that only says: these are bytes.
    OctetStream,
    /// Anything else.
    Other,
}

const MEDIA: [(&str, Media); 47] = [
    ("text/html", Media::Html),
    ("text/enriched", Media::Enriched),
    ("text/richtext", Media::Enriched),
    ("text/x-amp-html", Media::OtherHtml),
    ("text/watch-html", Media::OtherHtml),
    ("text/rtf", Media::Data),
    ("text/css", Media::Data),
    ("text/javascript", Media::Data),
    ("text/ecmascript", Media::Data),
    ("text/xml", Media::Data),
    ("text/csv", Media::Sheet),
    ("text/comma-separated-values", Media::Sheet),
    ("text/tab-separated-values", Media::Sheet),
    ("message/rfc822", Media::Message),
    ("message/global", Media::Message),
    ("text/calendar", Media::Calendar),
    ("text/x-vcalendar", Media::Calendar),
    ("application/ics", Media::Calendar),
    ("text/vcard", Media::Card),
    ("text/x-vcard", Media::Card),
    ("text/directory", Media::Card),
    ("message/delivery-status", Media::DeliveryReport),
    ("message/global-delivery-status", Media::DeliveryReport),
    ("message/disposition-notification", Media::Receipt),
    ("message/global-disposition-notification", Media::Receipt),
    ("message/feedback-report", Media::AbuseReport),
    ("text/rfc822-headers", Media::Headers),
    ("message/rfc822-headers", Media::Headers),
    ("message/global-headers", Media::Headers),
    ("message/partial", Media::PartialMessage),
    ("message/external-body", Media::ExternalFile),
    ("application/pgp-signature", Media::PgpSignature),
    ("application/pgp-encrypted", Media::PgpEncrypted),
    ("application/pkcs7-signature", Media::SmimeSignature),
    ("application/x-pkcs7-signature", Media::SmimeSignature),
    ("application/pkcs7-mime", Media::Smime),
    ("application/x-pkcs7-mime", Media::Smime),
    ("application/ms-tnef", Media::Tnef),
    ("application/vnd.ms-tnef", Media::Tnef),
    ("application/pdf", Media::Pdf),
    ("application/octet-stream", Media::OctetStream),
    ("application/x-octet-stream", Media::OctetStream),
    ("application/binary", Media::OctetStream),
    ("application/download", Media::OctetStream),
    ("application/x-download", Media::OctetStream),
    ("application/force-download", Media::OctetStream),
    ("application/x-force-download", Media::OctetStream),
];

/// What a part of this type is.
pub fn media(kind: &str) -> Media {
    let known = MEDIA.iter().find(|(name, _)| *name == kind);
    match known {
        Some((_, media)) => *media,
        None if kind.starts_with("text/") => Media::Text,
        None if kind.starts_with("image/") => Media::Image,
        None => Media::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_named_once_and_in_lower_case() {
        let mut names: Vec<&str> = MEDIA.iter().map(|(name, _)| *name).collect();
        assert!(names.iter().all(|name| *name == name.to_ascii_lowercase()));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), MEDIA.len());
    }

    #[test]
    fn what_nobody_knows_is_read_by_its_first_half() {
        assert_eq!(media("text/x-poem"), Media::Text);
        assert_eq!(media("image/x-new"), Media::Image);
        for kind in ["", "text", "font/woff", "application/zip"] {
            assert_eq!(media(kind), Media::Other, "{kind}");
        }
    }
}
