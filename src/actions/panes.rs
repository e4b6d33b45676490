//! What several pages have in common: the panes of folders and of the list, and the notice that the server is away.

use std::collections::BTreeMap;

use super::drawn::{self, drawn};
use super::extras::standpoint;
use super::identities::{may_send, own_addresses};
use super::muted::MutedIds;
use super::named_labels::{Labels, ON_A_ROW};
use super::{Visit, finding, moment, notice, together};
use crate::error::Result;
use crate::mail::{
    FORWARDED, Flags, Folder, FolderName, FolderRef, ListId, Marked, MessageAct, Permits, Role,
    Row, Scope, SortBy,
};
use crate::mailbox::{Line, Listing, has_attachment};
use crate::route::{
    ActForm, AllOf, ComposeQuery, FolderAsks, FolderQuery, ListPage, ListQuery, MessageQuery,
    MessageRef, MessagesForm, Route, Selected,
};
use crate::sender::{self, Judgement, Standpoint};
use crate::store::keys::FolderList;
use crate::views::acting::{Acting, Selection};
use crate::views::folder::{ListPane, RowLine, Untold};
use crate::views::folders::{FolderLine, SearchLine, nested};
use crate::views::{Chrome, Notice, Quota};

/// Bytes from which on a row tells how large its message is.
const LARGE: u32 = 1_000_000;

/// What stands around a page, owned; `chrome` lends it to a view.
pub struct Around {
    folders: Vec<FolderLine>,
    favourites: Vec<FolderLine>,
    searches: Vec<SearchLine>,
    unsent: usize,
    own: Vec<String>,
    more_folders: u32,
    quota: Option<Quota>,
    token: String,
    once: String,
    notices: Vec<Notice>,
    list: FolderList,
}

impl Around {
    /// Asks for the folders, with `current` as the one that is looked at, if there is one. What the act before did, what was learnt on the
    /// way and what this page itself has to say is told in notices.
    pub fn gather(
        visit: &mut Visit,
        current: Option<&FolderName>,
        own: Vec<Notice>,
    ) -> Result<Around> {
        let list = visit.mailbox.folders()?;
        let notices = notice::above(visit, own)?;
        let chosen = drawn(&list.folders, current);
        let drawn = list.folders.iter().zip(&chosen);
        let drawn = drawn.filter(|(_, drawn)| **drawn);
        let lines = drawn.map(|(folder, _)| (folder.depth, line(folder, current)));
        let more = chosen.iter().filter(|drawn| !**drawn).count();
        let favourites = favourites(visit, &list, current);
        let stands_first = favourites.iter().any(|line| line.current);
        // A page is pointed out once.
        let lines = lines.map(|(depth, line)| {
            let current = line.current && !stands_first;
            (depth, FolderLine { current, ..line })
        });
        Ok(Around {
            folders: nested(lines),
            favourites,
            searches: kept_searches(visit),
            unsent: visit.drafts.only_here()?.len(),
            own: own_addresses(visit),
            more_folders: list
                .left_out
                .saturating_add(more.try_into().unwrap_or(u32::MAX)),
            quota: list.quota.map(|(used, total)| Quota { used, total }),
            token: visit.session.token(visit.claim.user),
            once: visit.once.to_text(),
            notices,
            list,
        })
    }

    /// The same, as a view takes it.
    pub fn chrome<'a>(&'a self, visit: &'a Visit) -> Chrome<'a> {
        Chrome {
            base: &visit.head.base,
            words: visit.words,
            login: &visit.session.login,
            token: &self.token,
            once: &self.once,
            zone: visit.zone.name(),
            folders: &self.folders,
            favourites: &self.favourites,
            searches: &self.searches,
            unsent: self.unsent,
            own: &self.own,
            more_folders: self.more_folders,
            has_keys: visit.profile.settings().keys,
            theme: visit.profile.settings().theme,
            may_send: may_send(visit),
            quota: self.quota,
            notices: &self.notices,
        }
    }

    /// Points out the search that is shown, where it is kept. What was found in several folders is in none of them.
    pub fn point_out(&mut self, list: &ListId) {
        for line in &mut self.searches {
            line.current = line.list == *list;
        }
        let is_kept = self.searches.iter().any(|line| line.current);
        if is_kept || list.scope() == Scope::Everywhere {
            let lines = self.folders.iter_mut().chain(&mut self.favourites);
            lines.for_each(FolderLine::pass_over);
        }
    }

    /// All folders that are known.
    pub fn list(&self) -> &FolderList {
        &self.list
    }

    /// What is known of a folder.
    pub fn folder(&self, name: &FolderName) -> Option<&Folder> {
        self.list.folders.iter().find(|f| f.name == *name)
    }

    /// True where there are folders below this one.
    pub fn has_below(&self, name: &FolderName) -> bool {
        let below = self.folder(name).and_then(Folder::below);
        let mut names = self.list.folders.iter().map(|folder| &folder.name);
        below.is_some_and(|below| names.any(|name| name.as_wire().starts_with(&below)))
    }

    /// The names of the folders above one, from the top.
    fn above(&self, visit: &Visit, name: &FolderName) -> Vec<String> {
        let way = drawn::above(&self.list.folders, name).into_iter();
        let folders = way.filter_map(|n| self.list.folders.get(n));
        folders.map(|one| title(visit, one).to_owned()).collect()
    }

    /// A folder's name for people.
    pub fn title(&self, visit: &Visit, name: &FolderName) -> String {
        match self.folder(name) {
            Some(folder) => title(visit, folder).to_owned(),
            None if name.is_inbox() => visit.words.role(Role::Inbox).to_owned(),
            None => crate::remote::decoded(name.as_wire()),
        }
    }
}

/// A folder's name for people: our word where it has a role.
pub fn title<'f>(visit: &Visit, folder: &'f Folder) -> &'f str {
    match folder.role {
        Some(role) => visit.words.role(role),
        None => &folder.title,
    }
}

/// The searches that are kept, by their names.
fn kept_searches(visit: &Visit) -> Vec<SearchLine> {
    let kept = visit.profile.settings().searches.lists();
    let line = |(name, list): (&str, ListId)| SearchLine {
        title: name.to_owned(),
        list,
        current: false,
    };
    let mut lines: Vec<SearchLine> = kept.map(line).collect();
    lines.sort_by_cached_key(|line| line.title.to_lowercase());
    lines
}

/// The favourites that can be opened, roles first, the others by their names.
fn favourites(visit: &Visit, list: &FolderList, current: Option<&FolderName>) -> Vec<FolderLine> {
    let chosen = visit.profile.settings().folders.favourites();
    let chosen = chosen.filter_map(|name| list.folders.iter().find(|one| one.name == name));
    let chosen = chosen.filter(|folder| folder.selectable);
    let mut lines: Vec<FolderLine> = chosen.map(|folder| line(folder, current)).collect();
    lines.sort_by_cached_key(|line| (line.role.is_none(), line.role, line.title.to_lowercase()));
    lines
}

fn line(folder: &Folder, current: Option<&FolderName>) -> FolderLine {
    let counts = folder.counts.unwrap_or_default();
    FolderLine {
        title: folder.title.clone(),
        role: folder.role,
        unread: counts.unread,
        total: counts.messages,
        current: current == Some(&folder.name),
        href: folder
            .selectable
            .then(|| Route::Folder(ListQuery::newest(folder.name.clone()))),
        children: Vec::new(),
    }
}

/// What stands beside a list.
pub enum Beside<'m> {
    /// A message of it, which is open.
    Message(&'m MessageRef),
    /// Nothing: it is the page, with these messages selected.
    Nothing(Selected),
}

/// What the rows of one folder have in common.
struct Place<'v> {
    /// The folder's name for people, where the list has several.
    title: Option<String>,
    /// True where what is in it was written by the user.
    outgoing: bool,
    standpoint: Standpoint<'v>,
}

impl<'v> Place<'v> {
    fn of(visit: &'v Visit, around: &Around, folder: &FolderRef, spans: bool) -> Place<'v> {
        let role = around.folder(&folder.name).and_then(|f| f.role);
        Place {
            title: spans.then(|| around.title(visit, &folder.name)),
            outgoing: matches!(role, Some(Role::Sent | Role::Drafts)),
            standpoint: standpoint(visit, role),
        }
    }
}

/// A listing as the pane of a list.
pub fn list_pane(visit: &Visit, around: &Around, listing: &Listing, beside: Beside) -> ListPane {
    let (open, selected) = match beside {
        Beside::Message(message) => (Some(message), Selected::Nothing),
        Beside::Nothing(selected) => (None, selected),
    };
    let head = &listing.head;
    let spans = listing.list.spans_folders();
    let folder = listing.list.folder();
    let own = around.folder(folder);
    let role = own.and_then(|f| f.role).filter(|_| !spans);
    let total = head.counts.messages;
    // A list may have thousands of folders, a page of it few.
    let mut places: BTreeMap<u16, Place> = BTreeMap::new();
    for Line { entry, .. } in &listing.lines {
        if let Some(folder) = head.folder_of(*entry) {
            let place = || Place::of(visit, around, folder, spans);
            places.entry(entry.folder).or_insert_with(place);
        }
    }
    let labels = Labels::of(visit);
    let muted = MutedIds::of(visit, &head.permits);
    let is_by_conversation = listing.list.is_grouped();
    let told = || listing.lines.iter().filter_map(|line| line.row.as_ref());
    let by_date = listing.list.order().by == SortBy::Date || moment::are_imported(told());
    let lines = listing.lines.iter().filter_map(|line| {
        let message = head.message(line.entry)?;
        let Place {
            title,
            outgoing,
            standpoint,
        } = places.get(&line.entry.folder)?;
        let row = line.row.as_ref().filter(|row| !row.told.is_nothing());
        let judged = row.map(|row| sender::judge(row, standpoint));
        let before = line.together.iter().flat_map(|together| &together.before);
        let is_muted = muted.have(before.chain(row))
            || line
                .together
                .as_ref()
                .is_some_and(|together| together.muted);
        let shown = row_line(visit, line, (&listing.list, message.clone()), *outgoing);
        Some(RowLine {
            when: row
                .and_then(|row| moment::of(row, by_date, visit.now))
                .and_then(|at| visit.calendar(at)),
            muted: is_muted,
            // What comes of a muted conversation does not stand out.
            unread: shown.unread && !(is_muted && is_by_conversation),
            folder: title.clone(),
            ticked: MessagesForm::box_of(&message, spans),
            current: open == Some(&message),
            doubted: judged
                .filter(Judgement::is_marked)
                .map(|judged| judged.named),
            together: line
                .together
                .as_ref()
                .filter(|together| together.count > 1)
                .map(|together| together::line(visit, together, row, standpoint)),
            labels: row.map_or_else(Default::default, |row| labels.chips(&row.flags, ON_A_ROW)),
            ..shown
        })
    });
    let mut rows: Vec<RowLine> = lines.collect();
    let marked = rows.iter().filter(|row| row.marked).count();
    let hides = visit.profile.settings().marked == Marked::Hidden;
    if hides {
        // What is open stays in sight.
        rows.retain(|row| !row.marked || row.current);
    }
    let mut acting = offers(own.filter(|_| !spans), &head.permits);
    acting.more.retain(|act| match act {
        MessageAct::Restore => rows.iter().any(|row| row.marked),
        MessageAct::Mute => is_by_conversation,
        MessageAct::Forward => may_send(visit),
        MessageAct::Unmute => is_by_conversation && rows.iter().any(|row| row.muted),
        _ => true,
    });
    let query = |page, compare| ListQuery {
        page,
        compare,
        ..ListQuery::first(listing.list.clone())
    };
    let page = |page, compare| Route::Folder(query(page, compare));
    let here = query(listing.page.clone(), false);
    let select = |selected| {
        Route::Folder(ListQuery {
            selected,
            ..here.clone()
        })
    };
    let whole = AllOf {
        below: head.next,
        count: total,
    };
    let all = (selected == Selected::All).then_some(whole);
    let place = MessagesForm::place_of(&head.folder, &here).into_iter();
    let all = all.map(|all| (MessagesForm::ALL.to_owned(), all.to_text()));
    let rights = own.and_then(|f| f.rights.as_ref());
    let can =
        |act: MessageAct| head.permits.act(act) && rights.is_none_or(|rights| rights.act(act));
    // What was found is not all of the folder; what is grouped is.
    let list = &listing.list;
    let is_grouped = list.is_grouped() && list.search().is_none();
    let is_whole = list.is_compared() || is_grouped;
    let counts = match is_grouped {
        true => around
            .folder(folder)
            .and_then(|folder| folder.counts)
            .unwrap_or_default(),
        false => head.counts,
    };
    let whole = AllOf {
        count: counts.messages,
        ..whole
    };
    let all_read = (is_whole && counts.unread > 0 && can(MessageAct::Read))
        .then(|| MessagesForm::with_all(MessageAct::Read, head.folder.clone(), whole));
    let empties = matches!(role, Some(Role::Trash | Role::Junk)) && total > 0;
    let empty = (is_whole && empties && can(MessageAct::Remove)).then(|| {
        Route::FolderOptions(FolderQuery {
            folder: folder.clone(),
            asks: FolderAsks::WhetherToEmpty,
        })
    });
    let remove_marked = (is_whole && marked > 0 && can(MessageAct::Remove)).then(|| {
        Route::FolderOptions(FolderQuery {
            folder: folder.clone(),
            asks: FolderAsks::WhetherToRemoveMarked,
        })
    });
    let newer = listing.newer.clone().map(ListPage::NewerThan);
    let older = listing.older.clone().map(ListPage::OlderThan);
    ListPane {
        above: match spans {
            true => Vec::new(),
            false => around.above(visit, folder),
        },
        title: match spans {
            true => visit
                .words
                .places(listing.list.scope(), &around.title(visit, folder)),
            false => around.title(visit, folder),
        },
        role,
        unread: is_whole.then_some(counts.unread),
        total,
        as_of: visit.calendar(head.as_of),
        is_read_only: head.permits == Permits::Nothing,
        compare: match listing.list.is_compared() {
            true => page(listing.page.clone(), true),
            false => page(ListPage::Newest, true),
        },
        finding: finding::above(visit, listing, around.has_below(folder)),
        acting: Acting {
            fields: place.chain(all).collect(),
            ..acting
        },
        all_read: all_read.map(ActForm::from),
        empty,
        remove_marked,
        hidden: match hides {
            true => u32::try_from(marked).unwrap_or(u32::MAX),
            false => 0,
        },
        import: around
            .folder(folder)
            .filter(|folder| is_whole && folder.may_take() && head.permits != Permits::Nothing)
            .map(|folder| Route::Import(folder.name.clone())),
        selection: Selection {
            selected,
            page: select(Selected::Page),
            all: select(Selected::All),
            nothing: select(Selected::Nothing),
        },
        rows,
        range: (
            total.saturating_sub(listing.ranks.end).saturating_add(1),
            total.saturating_sub(listing.ranks.start),
        ),
        newer: newer.map(|newer| page(newer, false)),
        older: older.map(|older| page(older, false)),
    }
}

/// What is offered to be done with messages of a folder that is for something, as far as it can be done there.
pub fn offers(folder: Option<&Folder>, permits: &Permits) -> Acting {
    let role = folder.and_then(|folder| folder.role);
    let rights = folder.and_then(|folder| folder.rights.as_ref());
    let (archive, delete, spam) = match role {
        Some(Role::Archive) => (None, MessageAct::Delete, Some(MessageAct::Spam)),
        Some(Role::Trash) => (Some(MessageAct::Archive), MessageAct::Remove, None),
        Some(Role::Junk) => (None, MessageAct::Delete, Some(MessageAct::NotSpam)),
        Some(Role::Drafts) => (None, MessageAct::Delete, None),
        Some(Role::Sent) => (Some(MessageAct::Archive), MessageAct::Delete, None),
        Some(Role::Inbox) | None => (
            Some(MessageAct::Archive),
            MessageAct::Delete,
            Some(MessageAct::Spam),
        ),
    };
    let first = archive.into_iter().chain([delete]).chain(spam);
    let first = first.chain([MessageAct::Move]);
    let more = [
        MessageAct::Read,
        MessageAct::Unread,
        MessageAct::Star,
        MessageAct::Unstar,
        MessageAct::Label,
        MessageAct::Mute,
        MessageAct::Unmute,
        MessageAct::Copy,
        MessageAct::Forward,
        MessageAct::SaveZip,
        MessageAct::SaveMbox,
        MessageAct::Restore,
    ];
    let is_permitted =
        |act: &MessageAct| permits.act(*act) && rights.is_none_or(|rights| rights.act(*act));
    Acting {
        fields: Vec::new(),
        is_keyed: true,
        first: first.filter(is_permitted).collect(),
        more: more.into_iter().filter(is_permitted).collect(),
    }
}

fn row_line(visit: &Visit, line: &Line, at: (&ListId, MessageRef), outgoing: bool) -> RowLine {
    let (list, message) = at;
    let empty = Row::empty(line.entry.uid);
    let (has_unread, has_starred) = together::flagged(line.together.as_ref());
    let row = line.row.as_ref().unwrap_or(&empty);
    let untold = match &line.row {
        None => Some(Untold::NotYet),
        Some(row) => row.told.is_nothing().then_some(Untold::ByServer),
    };
    let who = if outgoing { &row.to } else { &row.from };
    RowLine {
        ticked: String::new(),
        folder: None,
        href: match outgoing && row.flags.has(&Flags::DRAFT) && may_send(visit) {
            true => ComposeQuery::edit(message, list).into(),
            false => Route::Message(MessageQuery::of(list.clone(), message, line.rank)),
        },
        untold,
        who: who.first().cloned(),
        to: outgoing,
        doubted: None,
        when: None,
        subject: row.subject.clone(),
        peek: row.preview.clone().filter(|words| !words.is_empty()),
        unread: untold.is_none() && !row.flags.has(&Flags::SEEN) || has_unread,
        starred: row.flags.has(&Flags::FLAGGED) || has_starred,
        muted: false,
        marked: row.flags.has(&Flags::DELETED),
        answered: row.flags.has(&Flags::ANSWERED),
        forwarded: row.flags.has_keyword(FORWARDED),
        attachment: row.parts.as_deref().is_some_and(has_attachment),
        size: shown_size(row.size, list.order().by),
        labels: Default::default(),
        current: false,
        together: None,
    }
}

/// The size of a message where its row tells it. One that nobody has told is 0.
fn shown_size(size: u32, by: SortBy) -> Option<u32> {
    Some(size).filter(|size| *size >= LARGE || *size > 0 && by == SortBy::Size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_that_nobody_told_is_not_nothing() {
        assert_eq!(shown_size(0, SortBy::Size), None);
        assert_eq!(shown_size(1, SortBy::Size), Some(1));
        assert_eq!(shown_size(LARGE - 1, SortBy::Arrival), None);
        assert_eq!(shown_size(LARGE, SortBy::Arrival), Some(LARGE));
    }
}
