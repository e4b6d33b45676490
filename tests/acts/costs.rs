//! What each kind of act, of search and of order costs at the mail server: connections, and round trips beside the greeting,
//! the first time and the second time.

use super::{act, plan, shown, uid_of};
use crate::cost;
use crate::support::page::Page;
use crate::support::site::Site;

/// A server without MOVE.
const WITHOUT_MOVE: &str = "imap_capability = IMAP4rev1 UIDPLUS ESEARCH SORT LITERAL+ NAMESPACE SPECIAL-USE LIST-EXTENDED LIST-STATUS CONDSTORE QRESYNC ENABLE\n";

/// An act, further fields of its form, and its round trips.
type Act<'a> = (&'a str, &'a [(&'a str, &'a str)], usize);

/// Compares what things cost with what they may, and prints a line for each.
#[derive(Default)]
struct Table(Vec<String>);

impl Table {
    /// A line: of each look its connections and flights.
    fn line(&mut self, name: &str, costs: &[(usize, usize)], expected: &[(usize, usize)]) {
        let told: Vec<String> = costs
            .iter()
            .map(|(connections, flights)| format!("{connections} connections, {flights} flights"))
            .collect();
        println!("{name:32} {}", told.join(" | "));
        if costs != expected {
            self.0.push(format!("{name}: {costs:?}, not {expected:?}"));
        }
    }

    fn expect_right(self) {
        assert!(self.0.is_empty(), "{}", self.0.join("\n"));
    }
}

/// Ticks the newest message and sends the form; what that costs, and what the page costs that follows.
fn costs_of(
    site: &Site,
    list: &Page,
    what: &str,
    more: &[(&str, &str)],
) -> ([(usize, usize); 2], Page) {
    let newest = shown(list)[0].clone();
    let form = list.form("rows").tick("u", &uid_of(list, &newest));
    let form = form.smuggle("act", what);
    let form = more
        .iter()
        .fold(form, |form, (name, value)| form.smuggle(name, value));
    let request = form.request();
    let (answer, done) = cost::of(site, || list.visitor().send(&request));
    let (page, after) = cost::of(site, || list.visitor().follow(answer));
    let told = |cost: cost::Cost| (cost.connections, cost.flights);
    ([told(done), told(after)], page)
}

#[test]
fn each_act_costs_one_connection_and_the_list_after_it_none() {
    println!("act, and the list that follows");
    let mut table = Table::default();
    for (server, move_flights) in [("", 3), (WITHOUT_MOVE, 4)] {
        let site = plan(120).dovecot(server).proxied().start();
        let ann = site.sign_in("ann");
        // Where the folders are for, and what is in them, is known.
        for folder in ["/", "/folder?f=Archive", "/folder?f=Trash"] {
            ann.get(folder).has_status(200);
        }
        let label = [("label", "+$label1")];
        let to_archive = [("to", "Archive")];
        let sure = [("sure", "1")];
        let acts: [Act; 9] = [
            ("read", &[], 3),
            ("unread", &[], 3),
            ("star", &[], 3),
            ("label", &label, 3),
            ("archive", &[], move_flights),
            ("delete", &[], move_flights),
            ("move", &to_archive, move_flights),
            ("copy", &to_archive, 3),
            ("remove", &sure, 3),
        ];
        for (what, more, flights) in acts {
            let (costs, page) = costs_of(&site, &ann.get("/"), what, more);
            page.has_status(200);
            let name = if server.is_empty() {
                what.to_owned()
            } else {
                format!("{what}, without MOVE")
            };
            table.line(&name, &costs, &[(1, flights), (0, 0)]);
        }
        let done = act(&ann.get("/"), &[&shown(&ann.get("/"))[0]], "archive");
        let undo = ".note .acts form:last-child";
        let names = done.attributes_of(&format!("{undo} input"), "name");
        assert!(!names.is_empty(), "{}", done.report("no undo"));
    }
    table.expect_right();
}

#[test]
fn each_search_and_order_costs_one_connection_and_the_second_time_none() {
    println!("first time, and the second time");
    let site = plan(200).proxied().start();
    let ann = site.sign_in("ann");
    ann.get("/").has_status(200);
    let mut table = Table::default();
    for (name, path, flights) in [
        ("a search by subject", "f=INBOX&q=subject%3A19", 3),
        ("a search in texts", "f=INBOX&q=message", 2),
        ("unread messages", "f=INBOX&q=is%3Aunread", 2),
        (
            "a search in all folders",
            "f=INBOX&q=subject%3A18&scope=all",
            3,
        ),
        ("in the order of subjects", "f=INBOX&sort=subject", 3),
        ("in the order of senders", "f=INBOX&sort=from", 3),
        ("the largest first", "f=INBOX&sort=size", 3),
        ("unread first", "f=INBOX&sort=unread", 2),
        ("as conversations", "f=INBOX&group=1", 2),
    ] {
        let path = format!("/folder?{path}");
        let costs = [(); 2].map(|()| {
            let (page, cost) = cost::of(&site, || ann.get_once(&path));
            page.has_status(200);
            (cost.connections, cost.flights)
        });
        table.line(name, &costs, &[(1, flights), (0, 0)]);
    }
    table.expect_right();
}
