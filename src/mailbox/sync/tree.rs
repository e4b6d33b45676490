//! From the names that a server lists to the tree that a reader sees: titles, depths, order, roles.
//!
//! Not for asking the server. Names are split by the delimiter that came with them; the prefix of the personal namespace
//! (`INBOX.` on some servers) is no folder of its own. Parents that no one listed are there for their children only.

use std::collections::BTreeMap;

use crate::mail::{Counts, Folder, FolderName, Role};
use crate::remote::{Folders, Listed, decoded};

/// Most folders that are kept.
const MOST: usize = 20_000;
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
        ],
    ),
    (
        Role::Sent,
        &[
            "sent",
            "sent items",
            "sent messages",
            "sent-mail",
            "gesendet",
            "gesendete elemente",
            "envoyés",
            "verzonden",
            "enviados",
            "inviata",
        ],
    ),
    (Role::Archive, &["archive", "archives", "archiv", "archief"]),
    (
        Role::Junk,
        &[
            "junk",
            "spam",
            "junk e-mail",
            "junk email",
            "bulk mail",
            "ongewenste e-mail",
            "pourriel",
        ],
    ),
    (
        Role::Trash,
        &[
            "trash",
            "deleted items",
            "deleted messages",
            "papierkorb",
            "gelöschte elemente",
            "corbeille",
            "prullenbak",
            "papelera",
            "cestino",
        ],
    ),
];

/// A name in the tree, until everything below it is known.
#[derive(Default)]
struct Node {
    folder: Option<Folder>,
    /// By lower-case title, so that brothers are in a reader's order.
    children: BTreeMap<(String, String), Node>,
}

/// The folders of a LIST answer as a reader sees them, in the order of the tree.
pub fn grown(told: &Folders) -> Vec<Folder> {
    let prefixes: Vec<&str> = told
        .namespaces
        .iter()
        .flat_map(|n| &n.personal)
        .map(|n| n.prefix.as_str())
        .filter(|p| !p.is_empty())
        .collect();
    let mut root = Node::default();
    for listed in told.listed.iter().take(MOST) {
        let gone = !listed.is_selectable();
        if gone && listed.has("\\hasnochildren") {
            continue;
        }
        let wire = listed.name.as_wire();
        let delimiter = listed.delimiter;
        // `INBOX.` as a prefix: INBOX itself stays a folder at the top, its children are its brothers.
        let below = prefixes
            .iter()
            .find_map(|prefix| wire.strip_prefix(prefix))
            .filter(|rest| !rest.is_empty())
            .unwrap_or(wire);
        let steps: Vec<&str> = match delimiter {
            Some(d) => below.split(d).filter(|s| !s.is_empty()).take(64).collect(),
            None => vec![below],
        };
        root.insert(&steps, listed, told);
    }
    let mut folders = Vec::new();
    root.flatten(0, &mut folders);
    give_usual_roles(&mut folders);
    folders
}

impl Node {
    fn insert(&mut self, steps: &[&str], listed: &Listed, told: &Folders) {
        let mut at = self;
        let mut title = String::new();
        for step in steps {
            title = decoded(step);
            at = at
                .children
                .entry((title.to_lowercase(), (*step).to_owned()))
                .or_default();
        }
        let counts = told.counts.get(&listed.name).map(|c| Counts {
            messages: c.messages.unwrap_or(0),
            unread: c.unseen.unwrap_or(0),
        });
        at.folder = Some(Folder {
            name: listed.name.clone(),
            title,
            depth: 0,
            role: if listed.name.is_inbox() {
                Some(Role::Inbox)
            } else {
                listed.role()
            },
            selectable: listed.is_selectable(),
            counts,
        });
    }

    fn flatten(self, depth: u8, out: &mut Vec<Folder>) {
        for ((_, step), node) in self.children {
            let title = decoded(&step);
            let folder = node.folder.clone().or_else(|| {
                Some(Folder {
                    name: FolderName::new(&step)?,
                    title,
                    depth,
                    role: None,
                    selectable: false,
                    counts: None,
                })
            });
            if let Some(folder) = folder {
                out.push(Folder { depth, ..folder });
            }
            node.flatten(depth.saturating_add(1), out);
        }
    }
}

/// Gives each role that the server did not give to the first folder that is usually called so; one folder a role.
fn give_usual_roles(folders: &mut [Folder]) {
    let mut taken = Vec::new();
    for folder in folders.iter_mut() {
        match folder.role {
            Some(role) if taken.contains(&role) => folder.role = None,
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
