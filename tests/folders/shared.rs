//! Folders that are not only the user's own: what is not allowed there is not offered.

use std::fs;

use super::{Says as _, create, has, options, plan};
use crate::cost;
use crate::support::place;
use crate::support::site::Site;

/// A place that all share, with rights for each folder of it.
const SHARED: &str = r"
mail_plugins = acl
protocol imap {
  mail_plugins = acl imap_acl
}
plugin {
  acl = vfile
}
namespace team {
  type = public
  separator = /
  prefix = Team/
  location = maildir:~/team
  subscriptions = no
  list = yes
}
";

/// The shared folders, each with what Ann may do there.
const FOLDERS: [(&str, &str); 3] = [("Read", "lrs"), ("Fill", "lrwsi"), ("Own", "lrwstipekxa")];

fn shared() -> Site {
    let site = plan().dovecot(SHARED).proxied().start();
    let home = site.place().join("mail/ann");
    let team = home.join("team");
    let mut dirs = vec![home, team.clone()];
    for (name, rights) in FOLDERS {
        let folder = team.join(format!(".{name}"));
        dirs.push(folder.clone());
        dirs.extend(["cur", "new", "tmp"].map(|part| folder.join(part)));
        make(&dirs);
        let file = folder.join("dovecot-acl");
        fs::write(&file, format!("user=ann {rights}\n")).expect("its rights");
        place::give_to_worker(&file);
        let mail = folder.join("cur/1000000000.M1P1.localhost:2,");
        fs::write(&mail, "From: Kai <kai@example.org>\nSubject: Shared\n\nx\n").expect("a mail");
        place::give_to_worker(&mail);
    }
    let root = team.join("dovecot-acl");
    fs::write(&root, "user=ann lrwstipekxa\n").expect("rights of the place");
    place::give_to_worker(&root);
    site
}

fn make(dirs: &[std::path::PathBuf]) {
    for dir in dirs {
        if !dir.exists() {
            fs::create_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
            place::give_to_worker(dir);
        }
    }
}

#[test]
fn what_is_not_allowed_in_a_shared_folder_is_not_offered() {
    let site = shared();
    let ann = site.sign_in("ann");
    let first = ann.get("/folders");
    first.shows("Team / Read");
    let heard = site.proxy().transcript();
    for (name, _) in FOLDERS {
        let asked = format!("MYRIGHTS \"Team/{name}\"");
        assert_eq!(heard.matches(&asked).count(), 1, "{heard}");
    }
    // Never of one's own.
    assert!(!heard.contains("MYRIGHTS \"Letters\""), "{heard}");
    assert!(!heard.contains("MYRIGHTS \"INBOX\""), "{heard}");
    // Nor again soon.
    let (_, spent) = cost::of(&site, || ann.get("/folder?f=Team%2FRead&compare=1"));
    assert_eq!(spent.connections, 1);
    let heard = site.proxy().transcript();
    assert!(!heard.contains("MYRIGHTS"), "{heard}");

    let page = options(&ann, "Team/Read");
    page.says("You are not allowed to rename, move or delete it.");
    page.hides("Delete folder").hides("New subfolder");
    let list = ann.get("/folder?f=Team%2FRead");
    let offered = list.attributes_of("form.rows button[name=act]", "value");
    let allowed = ["read", "unread", "copy", "save-zip", "save-mbox"];
    assert_eq!(offered, allowed);
    let list = ann.get("/folder?f=Team%2FFill");
    let offered = list.attributes_of("form.rows button[name=act]", "value");
    assert!(offered.contains(&"star".to_owned()), "{offered:?}");
    assert!(!offered.contains(&"delete".to_owned()), "{offered:?}");
    let list = ann.get("/folder?f=Team%2FOwn");
    let offered = list.attributes_of("form.rows button[name=act]", "value");
    assert!(offered.contains(&"delete".to_owned()), "{offered:?}");
    // Only where messages may be put is a place for them.
    let inbox = ann.get("/");
    let uid = inbox.attributes_of("input.tick", "value")[0].clone();
    let asked = inbox.form("rows").tick("u", &uid).press("act", "move");
    let places = asked.attributes_of("button[name=to]", "value");
    assert!(places.contains(&"Team/Fill".to_owned()), "{places:?}");
    assert!(!places.contains(&"Team/Read".to_owned()), "{places:?}");
    let own = create(&options(&ann, "Team/Own"), "Inner");
    own.says("Folder Inner was created.");
    assert!(has(&site, "Team/Own/Inner"));
}
