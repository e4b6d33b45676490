//! From the names that a server lists to the tree that a reader sees: titles, depths, order, roles.
//!
//! Not for asking the server. Names are split by the delimiter that came with them; the prefix of the personal namespace
//! (`INBOX.` on some servers) is no folder of its own. Parents that no one listed are there for their children only. To know
//! before changing it: what is made of an answer has bounds, whatever is in it, and what is beyond them is counted.

use std::collections::BTreeSet;

use crate::mail::{Counts, Folder, FolderName, Role};
use crate::remote::{Folders, Listed, decoded};

/// Most folders that are kept.
const MOST: usize = 20_000;
/// Levels of a name that each have a place of their own; what lies deeper stands in one, with the rest of its way as title.
const LEVELS: usize = 16;
/// Parents that have a place though nobody listed them. Each name may have its own `LEVELS` of them.
const UNLISTED: usize = 2_000;
/// What folders are usually called where the server does not say what they are for.
const USUAL: [(Role, &[&str]); 5] = [
    (
        Role::Drafts,
        &[
            "drafts",
            "draft",
            "entwürfe",
            "brouillons",
            "concepten",
            "borradores",
            "bozze",
            "rascunhos",
            "utkast",
            "kladder",
            "luonnokset",
            "koncepty",
            "wersje robocze",
            "черновики",
            "чернетки",
            "taslaklar",
            "草稿",
            "草稿箱",
            "下書き",
            "임시보관함",
        ],
    ),
    (
        Role::Sent,
        &[
            "sent",
            "sent items",
            "sent messages",
            "sent mail",
            "sent-mail",
            "gesendet",
            "gesendete elemente",
            "gesendete objekte",
            "envoyés",
            "messages envoyés",
            "éléments envoyés",
            "verzonden",
            "verzonden items",
            "enviados",
            "elementos enviados",
            "inviata",
            "posta inviata",
            "itens enviados",
            "skickat",
            "skickade objekt",
            "sendt",
            "sendt post",
            "lähetetyt",
            "odeslané",
            "odeslaná pošta",
            "wysłane",
            "elementy wysłane",
            "отправленные",
            "надіслані",
            "gönderilmiş öğeler",
            "已发送",
            "已发送邮件",
            "送信済み",
            "보낸편지함",
        ],
    ),
    (
        Role::Archive,
        &[
            "archive",
            "archives",
            "archiv",
            "archief",
            "archivo",
            "archivio",
            "arquivo",
            "arkiv",
            "arkisto",
            "archiwum",
            "архив",
            "архів",
            "arşiv",
            "归档",
            "アーカイブ",
            "보관함",
        ],
    ),
    (
        Role::Junk,
        &[
            "junk",
            "spam",
            "junk mail",
            "junk e-mail",
            "junk email",
            "bulk",
            "bulk mail",
            "spamverdacht",
            "spam-verdacht",
            "unerwünscht",
            "pourriel",
            "pourriels",
            "indésirables",
            "courrier indésirable",
            "ongewenst",
            "ongewenste e-mail",
            "ongewenste reclame",
            "correo no deseado",
            "no deseado",
            "posta indesiderata",
            "indesiderata",
            "lixo eletrônico",
            "lixo eletrónico",
            "skräppost",
            "uønsket e-mail",
            "uønsket mail",
            "søppelpost",
            "roskaposti",
            "nevyžádaná pošta",
            "wiadomości-śmieci",
            "niechciane",
            "спам",
            "нежелательная почта",
            "gereksiz",
            "önemsiz e-posta",
            "垃圾邮件",
            "垃圾郵件",
            "迷惑メール",
            "스팸",
            "스팸메일함",
        ],
    ),
    (
        Role::Trash,
        &[
            "trash",
            "deleted",
            "deleted items",
            "deleted messages",
            "bin",
            "papierkorb",
            "gelöschte elemente",
            "gelöschte objekte",
            "corbeille",
            "éléments supprimés",
            "prullenbak",
            "verwijderde items",
            "papelera",
            "elementos eliminados",
            "cestino",
            "posta eliminata",
            "lixeira",
            "lixo",
            "itens excluídos",
            "papperskorg",
            "papperskorgen",
            "borttagna objekt",
            "papirkurv",
            "slettet post",
            "roskakori",
            "koš",
            "odstraněná pošta",
            "kosz",
            "elementy usunięte",
            "корзина",
            "удаленные",
            "кошик",
            "çöp kutusu",
            "silinmiş öğeler",
            "已删除",
            "已删除邮件",
            "ゴミ箱",
            "휴지통",
        ],
    ),
];

/// The folders of a LIST answer as a reader sees them.
pub struct Tree {
    /// In the order of the tree, brothers by their names.
    pub folders: Vec<Folder>,
    /// How many more the server listed: beyond what is kept.
    pub left_out: u32,
}

/// What the server listed of one folder, and its way through the tree.
struct Found<'l> {
    listed: &'l Listed,
    /// Its name below the prefix of its namespace.
    below: &'l str,
}

/// The tree of a LIST answer, of which the names may have so many bytes: folders with a role first, then as they were listed.
pub fn grown(told: &Folders, most_bytes: usize) -> Tree {
    let prefixes: Vec<&str> = told
        .namespaces
        .iter()
        .flat_map(|n| &n.personal)
        .map(|n| n.prefix.as_str())
        .filter(|p| !p.is_empty())
        .collect();
    let is_there = |listed: &&Listed| listed.is_selectable() || !listed.has("\\hasnochildren");
    let all = told.listed.iter().filter(is_there);
    let mut found: Vec<Found> = all.map(|listed| Found::new(listed, &prefixes)).collect();
    // Stable, as all sorting here: of those without a role the first ones are kept.
    found.sort_by_key(|found| !found.may_have_role());
    let mut room = most_bytes;
    let fitting = found.iter().take(MOST).take_while(|found| {
        let left = room.checked_sub(found.listed.name.as_wire().len());
        room = left.unwrap_or(0);
        left.is_some()
    });
    let kept = fitting.count();
    let left_out = u32::try_from(found.len().saturating_sub(kept)).unwrap_or(u32::MAX);
    let left_out = left_out.saturating_add(told.unlisted);
    found.truncate(kept);
    found.sort_by_cached_key(Found::order);
    found.dedup_by(|a, b| a.listed.name == b.listed.name);
    let mut folders = in_order(&found, told);
    give_usual_roles(&mut folders);
    Tree { folders, left_out }
}

/// True for a folder of another user, or one that is shared by all (RFC 9051 6.3.10).
pub fn is_foreign(name: &FolderName, told: &Folders) -> bool {
    let places = told.namespaces.iter();
    let mut places = places.flat_map(|places| places.others.iter().chain(&places.shared));
    places.any(|place| {
        let prefix = place.prefix.as_str();
        !prefix.is_empty() && name.as_wire().starts_with(prefix)
    })
}

/// Notes which folders are on the list of those that other mail programs show, where the server has told: with LIST
/// (RFC 5258), or by LSUB.
pub fn note_subscribed(folders: &mut [Folder], told: &Folders, with_list: bool) {
    let by_list = told.listed.iter();
    let by_list = by_list.filter(|listed| with_list && listed.has("\\subscribed"));
    // What LSUB says of the parents of what is subscribed to.
    let by_lsub = told.subscribed.iter();
    let by_lsub = by_lsub.filter(|listed| !listed.has("\\noselect"));
    let names = by_list.chain(by_lsub).map(|listed| &listed.name);
    let names: BTreeSet<&FolderName> = names.collect();
    if with_list || !told.subscribed.is_empty() {
        for folder in folders {
            folder.subscribed = Some(names.contains(&folder.name));
        }
    }
}

impl<'l> Found<'l> {
    /// `INBOX.` as a prefix: INBOX itself stays a folder at the top, its children are its brothers.
    fn new(listed: &'l Listed, prefixes: &[&str]) -> Found<'l> {
        let wire = listed.name.as_wire();
        let below = prefixes
            .iter()
            .find_map(|prefix| wire.strip_prefix(prefix))
            .filter(|rest| !rest.is_empty())
            .unwrap_or(wire);
        Found { listed, below }
    }

    /// The steps of its way, each with the bytes of `below` up to its end; what lies deeper than `LEVELS` is one step.
    fn steps(&self) -> impl Iterator<Item = (&'l str, usize)> {
        let (below, delimiter) = (self.below, self.listed.delimiter);
        let mut from = 0_usize;
        let mut level = 0_usize;
        std::iter::from_fn(move || {
            loop {
                let rest = below.get(from..).filter(|rest| !rest.is_empty())?;
                level = level.saturating_add(1);
                let end = delimiter
                    .filter(|_| level < LEVELS)
                    .and_then(|d| rest.find(d));
                let step = end.and_then(|end| rest.get(..end)).unwrap_or(rest);
                let to = from.saturating_add(step.len());
                let width = delimiter.map_or(1, char::len_utf8);
                from = to.saturating_add(width);
                if !step.is_empty() {
                    return Some((step, to));
                }
                level = level.saturating_sub(1);
            }
        })
    }

    /// What folders are in order by: parents come before their children, and brothers are in a reader's order. NUL is in no
    /// name.
    fn order(&self) -> String {
        let mut key = String::new();
        for (step, _) in self.steps() {
            key.extend([&decoded(step).to_lowercase(), "\0", step, "\0"]);
        }
        key
    }

    fn may_have_role(&self) -> bool {
        let usual = |title: &str| USUAL.iter().any(|(_, names)| names.contains(&title));
        self.listed.role().is_some()
            || self
                .steps()
                .last()
                .is_some_and(|(step, _)| usual(&decoded(step).to_lowercase()))
    }
}

/// From the order to the tree: each folder with its depth, and before it the parents that nobody listed.
fn in_order(found: &[Found], told: &Folders) -> Vec<Folder> {
    let mut folders = Vec::with_capacity(found.len());
    let mut unlisted = UNLISTED;
    // The way to the folder before.
    let mut open: Vec<&str> = Vec::new();
    for found in found {
        let steps: Vec<(&str, usize)> = found.steps().collect();
        let shared = open
            .iter()
            .zip(&steps)
            .take_while(|(open, (step, _))| *open == step);
        // A folder is never below itself, however its name is written.
        let shared = shared.count().min(steps.len().saturating_sub(1));
        open.truncate(shared);
        let (parents, own) = steps.split_at(steps.len().saturating_sub(1));
        for (step, end) in parents.iter().skip(shared) {
            if unlisted == 0 {
                break;
            }
            let Some(name) = found.name_up_to(*end) else {
                break;
            };
            unlisted = unlisted.saturating_sub(1);
            folders.push(Folder {
                name,
                title: decoded(step),
                depth: depth(&open),
                role: None,
                is_role_told: false,
                gathers: None,
                selectable: false,
                counts: None,
                delimiter: found.listed.delimiter,
                bears: true,
                subscribed: None,
                rights: None,
            });
            open.push(step);
        }
        // Where its parents have no place, its name tells them.
        let from = match open.len().checked_sub(1).and_then(|last| steps.get(last)) {
            Some((_, end)) => found.below.get(*end..).unwrap_or_default(),
            None => found.below,
        };
        let title = match (found.listed.delimiter, own.first()) {
            (_, Some((step, _))) if open.len() == parents.len() => step,
            (Some(delimiter), _) => from.trim_matches(delimiter),
            (None, _) => from,
        };
        folders.push(found.folder(decoded(title), depth(&open), told));
        open.push(title);
    }
    folders
}

fn depth(open: &[&str]) -> u8 {
    u8::try_from(open.len()).unwrap_or(u8::MAX)
}

impl Found<'_> {
    fn name_up_to(&self, end: usize) -> Option<FolderName> {
        let wire = self.listed.name.as_wire();
        let prefix = wire.len().checked_sub(self.below.len())?;
        FolderName::new(wire.get(..prefix.checked_add(end)?)?)
    }

    fn folder(&self, title: String, depth: u8, told: &Folders) -> Folder {
        let listed = self.listed;
        let counts = told.counts.get(&listed.name).map(|c| Counts {
            messages: c.messages.unwrap_or(0),
            unread: c.unseen.unwrap_or(0),
        });
        Folder {
            name: listed.name.clone(),
            title,
            depth,
            role: listed.role(),
            is_role_told: listed.role().is_some(),
            gathers: listed.gathers(),
            selectable: listed.is_selectable(),
            counts,
            delimiter: listed.delimiter,
            bears: !listed.has("\\noinferiors") && listed.delimiter.is_some(),
            subscribed: None,
            rights: told.rights.get(&listed.name).cloned(),
        }
    }
}

/// Gives each role that the server did not give to the first folder that is usually called so; one folder a role.
fn give_usual_roles(folders: &mut [Folder]) {
    let mut taken = Vec::new();
    for folder in folders.iter_mut() {
        match folder.role {
            Some(role) if taken.contains(&role) => {
                (folder.role, folder.is_role_told) = (None, false);
            }
            Some(role) => taken.push(role),
            None => {}
        }
    }
    for (role, names) in USUAL {
        if taken.contains(&role) {
            continue;
        }
        let usual = folders.iter_mut().find(|f| {
            let title = f.title.to_lowercase();
            f.role.is_none() && f.selectable && f.depth <= 1 && names.contains(&title.as_str())
        });
        if let Some(folder) = usual {
            folder.role = Some(role);
        }
    }
}
