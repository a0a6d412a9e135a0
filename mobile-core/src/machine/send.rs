//! What is sent: the next entries, questions and parts of files.

use std::collections::BTreeMap;

use campo_protocol::sync::{Held, HeldFile, MAX_FILES, Unsent};

use super::{
    Ahead, CHUNK_BYTES, MAX_BATCH_BYTES, Machine, Road,
    commit::Commit,
    event::{Exchange, Instruction, Upload},
};

impl Machine {
    pub(super) fn send(&mut self, out: &mut Vec<Instruction>) {
        self.wanted = false;
        self.stop_waiting(out);
        let entries = self.next_entries();
        let files = self.files_to_ask(&entries);
        let unsent = self.unsent(&entries);
        let view = (!self.book.is_earlier).then(|| self.held());
        let exchange = Exchange { entries, view, unsent, files };
        self.number += 1;
        self.road = Road::Asking { number: self.number, exchange: exchange.clone() };
        out.push(Instruction::Send { number: self.number, exchange });
    }

    /// What stays unsent beside these `entries`.
    fn unsent(&self, entries: &[i64]) -> Unsent {
        let left = || self.book.outbox.iter().filter(|(number, _)| entries.binary_search(number).is_err());
        Unsent {
            entries: left().count() as i64,
            oldest_us: left().map(|(_, entry)| entry.captured_us).min(),
            files: self.book.files.len() as i64,
        }
    }

    pub(super) fn held(&self) -> Held {
        let scopes = self.book.scopes.iter().map(|(scope, held)| (*scope, held.position)).collect();
        Held { epoch: self.book.epoch, scopes, received: BTreeMap::new() }
    }

    /// Asks for the page behind the one that `commit` writes, when the phone has nothing else to say.
    pub(super) fn ask_ahead(&mut self, commit: &Commit, out: &mut Vec<Instruction>) -> Option<Ahead> {
        let page = commit.view.as_ref()?;
        let is_silent = self.book.outbox.is_empty() && self.files_to_ask(&[]).is_empty();
        if !is_silent || self.wanted || self.paused || commit.again {
            return None;
        }
        let mut view = self.held();
        view.epoch = commit.epoch.or(view.epoch);
        view.scopes.retain(|scope, _| !page.dropped.contains(scope));
        view.received = page.scopes.iter().map(|page| (page.scope, page.position)).collect();
        let unsent = self.unsent(&[]);
        let exchange = Exchange { entries: Vec::new(), view: Some(view), unsent, files: Vec::new() };
        self.number += 1;
        out.push(Instruction::Send { number: self.number, exchange: exchange.clone() });
        Some(Ahead { number: self.number, exchange, came: None })
    }

    /// The next entries, in the order of capture; those that failed alone come when there are no others.
    fn next_entries(&self) -> Vec<i64> {
        let passed_over = |number: &&i64| self.passed_over.contains(number);
        let mut waiting: Vec<&i64> = self.book.outbox.keys().filter(|number| !passed_over(number)).collect();
        if waiting.is_empty() {
            waiting = self.book.outbox.keys().collect();
        }
        let mut size_bytes = 0;
        waiting
            .into_iter()
            .take(self.batch)
            .take_while(|number| {
                let first = size_bytes == 0;
                size_bytes += self.book.outbox.get(number).map_or(0, |entry| entry.size_bytes as usize + 1);
                first || size_bytes <= MAX_BATCH_BYTES
            })
            .copied()
            .collect()
    }

    /// The files without ticket whose entry the server has, or gets with these `entries`.
    pub(super) fn files_to_ask(&self, entries: &[i64]) -> Vec<HeldFile> {
        self.book
            .files
            .iter()
            .filter(|(hash, file)| {
                file.ticket.is_none() && !self.unknown.contains(*hash) && !self.passed_files.contains(*hash)
            })
            .filter(|(_, file)| {
                !self.book.outbox.contains_key(&file.entry) || entries.binary_search(&file.entry).is_ok()
            })
            .take(MAX_FILES)
            .map(|(hash, file)| HeldFile { hash: hash.clone(), size_bytes: file.size_bytes })
            .collect()
    }

    /// The next part of a file, that which was captured first before the others; none of a file that is passed over.
    pub(super) fn next_upload(&self) -> Option<Upload> {
        let files = self.book.files.iter().filter(|(hash, _)| !self.passed_files.contains(*hash));
        let with_ticket = files.filter_map(|(hash, file)| Some((hash, file, file.ticket.as_ref()?)));
        let (hash, file, ticket) = with_ticket.min_by_key(|(hash, file, _)| (file.entry, *hash))?;
        // Whatever the server says that it has
        let from_bytes = file.received_bytes.max(0);
        let left_bytes = file.size_bytes.saturating_sub(from_bytes).max(0);
        Some(Upload {
            hash: hash.clone(),
            ticket: ticket.clone(),
            from_bytes,
            length_bytes: left_bytes.min(CHUNK_BYTES),
            size_bytes: file.size_bytes,
        })
    }
}
