//! The steps of the machine.

use std::collections::HashMap;

use campo_protocol::{
    clock::Clock,
    planted::{self, Planted},
    sync::{Answer, FileAnswer, Outcome, Receipt},
    text::hex,
};

use super::{
    Ahead, MAX_BATCH_ENTRIES, Machine, Road, Then, Timer, Wipe,
    book::{Access, Book},
    commit::{Commit, Facts, FileChange},
    event::{CommitFailure, Event, Exchange, Failure, Instruction, Trouble},
    retry,
};

impl Machine {
    pub(super) fn take(&mut self, event: Event, out: &mut Vec<Instruction>) {
        match event {
            Event::Started | Event::NetworkChanged | Event::Woken | Event::SyncRequested => self.want(out),
            Event::LoggedIn(book) => self.logged_in(*book, out),
            Event::Foreground(foreground) => {
                self.foreground = foreground;
                if foreground {
                    self.want(out);
                }
            }
            // It was captured just before the wipe or the enrolment; its own machine hears of it
            Event::Captured { installation, .. } if self.book.installation != Some(installation) => {}
            Event::Captured { number, entry, files, .. } => {
                self.book.outbox.insert(number, entry);
                self.book.files.extend(files);
                self.want(out);
            }
            Event::TimerFired => {
                self.timer = Timer::None;
                self.unknown.clear();
                // What could not be sent waits behind whatever still can
                if self.next_upload().is_none() {
                    self.passed_files.clear();
                }
                self.want(out);
            }
            Event::Paused => self.paused = true,
            Event::Resumed => {
                self.paused = false;
                self.want(out);
            }
            Event::Answered { number, sent, answer } => self.answered(number, sent, *answer, out),
            Event::Uploaded { number, received_bytes } => self.uploaded(number, received_bytes, out),
            Event::Failed { number, failure } => self.failed(number, &failure, out),
            Event::Committed(facts) => self.committed(facts, out),
            Event::CommitFailed(failure) => self.commit_failed(failure, out),
            Event::Wiped => {
                self.wipe = Wipe::NotDue;
                self.road = Road::Free;
            }
            Event::WipeFailed => {
                self.road = Road::Free;
                self.failures += 1;
                self.wait(self.failures, None, out);
            }
        }
    }

    /// Begins anew with what the store holds. The numbers go on, so that what comes late is known as that.
    fn logged_in(&mut self, book: Book, out: &mut Vec<Instruction>) {
        self.stop_waiting(out);
        let (foreground, paused, number) = (self.foreground, self.paused, self.number);
        *self = Self { foreground, paused, number, ..Self::new(book) };
        self.want(out);
    }

    /// Begins what can begin, and arms a timer where nothing can and something waits.
    pub(super) fn go_on(&mut self, out: &mut Vec<Instruction>) {
        if self.is_busy() {
            return;
        }
        if self.book.access == Access::Stolen {
            return self.wipe(out);
        }
        if self.paused {
            return;
        }
        if self.wanted && self.timer != Timer::HeldBack && self.book.access.tries() {
            return self.send(out);
        }
        if self.timer == Timer::None && self.book.access.sends() {
            if let Some(upload) = self.next_upload() {
                self.number += 1;
                self.road = Road::Uploading { number: self.number, hash: upload.hash.clone() };
                out.push(Instruction::Upload { number: self.number, upload });
            } else if !self.book.outbox.is_empty() {
                self.wait(1, None, out);
            } else if !self.passed_files.is_empty() {
                self.timer = Timer::Armed;
                out.push(retry::of_files(self.upload_failures));
            } else if self.foreground || !self.book.files.is_empty() {
                self.timer = Timer::Armed;
                out.push(retry::quiet());
            }
        }
    }

    /// Wipes, until nothing is left. It waits for nobody who would resume the store.
    fn wipe(&mut self, out: &mut Vec<Instruction>) {
        self.wanted = false;
        if self.wipe == Wipe::NotDue {
            self.stop_waiting(out);
        } else if self.timer == Timer::None {
            self.road = Road::Wiping;
            out.push(Instruction::Wipe);
        }
    }

    /// Asks for an exchange at once, before a timer that the machine armed by itself.
    fn want(&mut self, out: &mut Vec<Instruction>) {
        self.wanted = true;
        if self.timer == Timer::Armed {
            self.stop_waiting(out);
        }
    }

    pub(super) fn stop_waiting(&mut self, out: &mut Vec<Instruction>) {
        if self.timer != Timer::None {
            self.timer = Timer::None;
            out.push(Instruction::StopWaiting);
        }
    }

    fn wait(&mut self, failures: u32, retry_after_s: Option<u64>, out: &mut Vec<Instruction>) {
        if planted::is(Planted::RetryWithoutTimer) {
            return;
        }
        self.timer = if retry_after_s.is_some() { Timer::HeldBack } else { Timer::Armed };
        out.push(retry::after(failures, retry_after_s));
    }

    fn commit(&mut self, commit: Commit, then: Then, out: &mut Vec<Instruction>) {
        self.commit_and_read_on(commit, then, None, out);
    }

    fn commit_and_read_on(
        &mut self,
        commit: Commit,
        then: Then,
        ahead: Option<Ahead>,
        out: &mut Vec<Instruction>,
    ) {
        let commit = Box::new(commit);
        self.road = Road::Committing { commit: commit.clone(), then, ahead };
        out.push(Instruction::Commit(commit));
    }
}

/// What comes back.
impl Machine {
    /// Keeps what came of an exchange that was asked for ahead while the page before it is being written.
    pub(super) fn keep_until_committed(&mut self, event: Event) -> Option<Event> {
        match (&event, &mut self.road) {
            (
                Event::Answered { number, .. } | Event::Failed { number, .. },
                Road::Committing { ahead: Some(ahead), .. },
            ) if *number == ahead.number => {
                ahead.came = Some(event);
                None
            }
            _ => Some(event),
        }
    }

    fn answered(&mut self, number: u64, sent: Clock, answer: Answer, out: &mut Vec<Instruction>) {
        // An answer that was given up, or one that arrives twice, is not waited for
        let exchange = match &self.road {
            Road::Asking { number: asked, exchange } if *asked == number => exchange.clone(),
            _ => return,
        };
        let receipts = self.own_receipts(&exchange, answer.receipts);
        let unreadable: Vec<_> = answer
            .unreadable
            .into_iter()
            .filter_map(|line| {
                let index = usize::try_from(line.line).ok()?.checked_sub(1)?;
                Some((*exchange.entries.get(index)?, line.fault))
            })
            .collect();
        if receipts.is_empty() && unreadable.is_empty() && !exchange.entries.is_empty() {
            return self.exchange_failed(&exchange, &Failure::Broken, out);
        }
        let files: Vec<_> = answer.files.into_iter().filter_map(|answer| self.file_answer(answer)).collect();
        let unknown =
            exchange.files.iter().filter(|asked| !files.iter().any(|(hash, _)| *hash == asked.hash));
        self.unknown.extend(unknown.map(|asked| asked.hash.clone()));
        let view = answer.view.filter(|_| !self.book.is_earlier);
        let access = if view.is_some() { Access::Active } else { Access::HandInOnly };
        let more = view.as_ref().is_some_and(|view| view.more && !view.scopes.is_empty());
        let commit = Commit {
            access: Some(access).filter(|access| *access != self.book.access),
            epoch: Some(answer.epoch).filter(|epoch| Some(*epoch) != self.book.epoch),
            again: self.book.epoch.is_some_and(|epoch| epoch != answer.epoch)
                && !planted::is(Planted::RestoreUnnoticed),
            anchor: Some((sent, answer.received_at_us)),
            receipts,
            unreadable,
            heads: answer.heads,
            view,
            files,
        };
        let lines = exchange.entries.len();
        let ahead = if more { self.ask_ahead(&commit, out) } else { None };
        self.commit_and_read_on(commit, Then::Exchange { more, lines }, ahead, out);
    }

    /// The receipts of entries that were sent, with the hash of what was sent; a conflict has the hash of what the
    /// server holds. Others say nothing about what stands here.
    fn own_receipts(&self, exchange: &Exchange, receipts: Vec<Receipt>) -> Vec<(i64, Receipt)> {
        let sent: HashMap<_, _> = exchange
            .entries
            .iter()
            .filter_map(|number| {
                let entry = self.book.outbox.get(number)?;
                Some((entry.id, (*number, entry.hash)))
            })
            .collect();
        receipts
            .into_iter()
            .filter_map(|receipt| {
                let (number, hash) = sent.get(&receipt.id)?;
                let ours = receipt.outcome == Outcome::Conflict || receipt.hash == hex(hash);
                ours.then_some((*number, receipt))
            })
            .collect()
    }

    fn file_answer(&self, answer: FileAnswer) -> Option<(String, FileChange)> {
        let (hash, change) = match answer {
            FileAnswer::Stored { hash } => (hash, FileChange::Stored),
            FileAnswer::Wanted { hash, ticket, received_bytes, expires_us: _ } => {
                (hash, FileChange::Wanted { ticket, received_bytes })
            }
            FileAnswer::Unknown { .. } | FileAnswer::Later => return None,
        };
        self.book.files.contains_key(&hash).then_some((hash, change))
    }

    fn uploaded(&mut self, number: u64, received_bytes: Option<i64>, out: &mut Vec<Instruction>) {
        let hash = match &self.road {
            Road::Uploading { number: sent, hash } if *sent == number => hash.clone(),
            _ => return,
        };
        let change = received_bytes.map_or(FileChange::Stored, FileChange::Received);
        self.file_changed(hash, change, Then::Upload, out);
    }

    fn file_changed(&mut self, hash: String, change: FileChange, then: Then, out: &mut Vec<Instruction>) {
        self.commit(Commit { files: vec![(hash, change)], ..Commit::default() }, then, out);
    }

    fn failed(&mut self, number: u64, failure: &Failure, out: &mut Vec<Instruction>) {
        match std::mem::replace(&mut self.road, Road::Free) {
            Road::Asking { number: asked, exchange } if asked == number => {
                self.exchange_failed(&exchange, failure, out);
            }
            Road::Uploading { number: sent, hash } if sent == number => {
                self.upload_failed(hash, failure, out);
            }
            other => self.road = other,
        }
    }

    fn exchange_failed(&mut self, exchange: &Exchange, failure: &Failure, out: &mut Vec<Instruction>) {
        self.road = Road::Free;
        if self.access_failed(failure, out) {
            return;
        }
        self.failures += 1;
        // What asked for an exchange meanwhile would meet the same
        self.wanted = false;
        let mut again_at_once = false;
        if matches!(failure, Failure::Broken | Failure::TooLarge) {
            again_at_once = self.shrink(exchange) && *failure == Failure::TooLarge;
        }
        self.trouble = trouble_of(failure);
        if again_at_once {
            self.wanted = true;
        } else {
            self.wait(self.failures, retry_after(failure), out);
        }
    }

    /// Sends less the next time: half as many entries, and one that failed alone behind the others. False when there
    /// was nothing to leave out.
    fn shrink(&mut self, exchange: &Exchange) -> bool {
        match exchange.entries.as_slice() {
            [] => false,
            [alone] => {
                self.batch = 1;
                self.passed_over.insert(*alone);
                let others = self.book.outbox.keys().any(|number| !self.passed_over.contains(number));
                if !others {
                    self.passed_over.clear();
                }
                others
            }
            several => {
                self.batch = several.len() / 2;
                true
            }
        }
    }

    fn upload_failed(&mut self, hash: String, failure: &Failure, out: &mut Vec<Instruction>) {
        if self.access_failed(failure, out) {
            return;
        }
        if planted::is(Planted::PhotoForgotten) && *failure == Failure::Broken {
            return self.file_changed(hash, FileChange::Stored, Then::Upload, out);
        }
        // Many files that fail one after the other are one try
        if self.passed_files.is_empty() || matches!(failure, Failure::Offline | Failure::Later { .. }) {
            self.upload_failures += 1;
        }
        self.trouble = trouble_of(failure);
        match failure {
            // What concerns this file alone: the next one goes at once, and this one after a wait
            Failure::TicketLost | Failure::Refused(_) | Failure::TooLarge => {
                self.passed_files.insert(hash.clone());
                self.file_changed(hash, FileChange::TicketLost, Then::Noted, out);
            }
            Failure::FileUnreadable => {
                self.passed_files.insert(hash);
            }
            // Something in between may refuse this one, or everything
            Failure::Broken => {
                self.passed_files.insert(hash);
                self.wait(self.upload_failures, None, out);
            }
            _ => self.wait(self.upload_failures, retry_after(failure), out),
        }
    }

    /// Notes what the server says of the phone as a whole. False when it said nothing of that.
    fn access_failed(&mut self, failure: &Failure, out: &mut Vec<Instruction>) -> bool {
        let access = match failure {
            Failure::NeedsLogin => Access::NeedsLogin,
            Failure::Revoked => Access::Refused,
            Failure::Stolen => {
                self.stop_waiting(out);
                self.book = Book { access: Access::Stolen, ..Book::default() };
                self.wipe = Wipe::Due;
                return true;
            }
            _ => return false,
        };
        self.wanted = false;
        if access != self.book.access {
            self.commit(Commit { access: Some(access), ..Commit::default() }, Then::Noted, out);
        }
        true
    }

    fn committed(&mut self, facts: Facts, out: &mut Vec<Instruction>) {
        let Road::Committing { commit, then, ahead } = std::mem::replace(&mut self.road, Road::Free) else {
            return;
        };
        let mismatch = facts.mismatch;
        self.book.apply(&commit, facts);
        // Where the store does not stand where it was expected to, what follows is asked for anew
        let ahead = ahead.filter(|ahead| {
            let mut expected = ahead.exchange.view.clone().unwrap_or_default();
            expected.scopes.extend(expected.received);
            !mismatch && expected.scopes == self.held().scopes
        });
        match then {
            Then::Exchange { more, lines } => {
                self.exchange_committed(&commit, more && ahead.is_none(), lines, out);
                if mismatch {
                    self.mismatched(out);
                } else if !more {
                    self.mismatches = 0;
                }
            }
            Then::Upload => {
                if self.passed_files.is_empty() {
                    self.upload_failures = 0;
                }
                // The office is told that nothing is left to wait for
                if self.next_upload().is_none() {
                    self.want(out);
                }
            }
            Then::Noted => {}
        }
        if let Some(Ahead { number, exchange, came }) = ahead {
            self.road = Road::Asking { number, exchange };
            if let Some(came) = came {
                self.take(came, out);
            }
        }
    }

    fn exchange_committed(&mut self, commit: &Commit, more: bool, lines: usize, out: &mut Vec<Instruction>) {
        self.failures = 0;
        self.trouble = None;
        self.passed_over.retain(|number| self.book.outbox.contains_key(number));
        self.passed_files.retain(|hash| self.book.files.contains_key(hash) && !commit.again);
        if lines > 0 {
            self.batch = (self.batch * 2).min(MAX_BATCH_ENTRIES);
            self.unknown.clear();
        }
        if commit.again {
            self.unknown.clear();
            self.batch = MAX_BATCH_ENTRIES;
        }
        let some_left = lines > 0 && !self.book.outbox.is_empty();
        if more || commit.again || some_left || !self.files_to_ask(&[]).is_empty() {
            self.want(out);
        }
    }

    /// The phone does not hold what the server holds. It reads anew at once; if that did not help, later.
    fn mismatched(&mut self, out: &mut Vec<Instruction>) {
        self.mismatches += 1;
        if self.mismatches == 1 {
            self.want(out);
        } else {
            self.wanted = false;
            self.wait(self.mismatches, None, out);
        }
    }

    fn commit_failed(&mut self, failure: CommitFailure, out: &mut Vec<Instruction>) {
        self.road = Road::Free;
        self.trouble = match failure {
            CommitFailure::DiskFull => Some(Trouble::DiskFull),
            CommitFailure::Busy | CommitFailure::Other => Some(Trouble::Store),
            // It is tried again when the store is resumed
            CommitFailure::Paused => {
                self.wanted = true;
                return;
            }
        };
        self.failures += 1;
        self.wait(self.failures, None, out);
    }
}

const fn retry_after(failure: &Failure) -> Option<u64> {
    match failure {
        Failure::Later { retry_after_s } => *retry_after_s,
        _ => None,
    }
}

fn trouble_of(failure: &Failure) -> Option<Trouble> {
    Some(match failure {
        Failure::Offline => Trouble::Offline,
        Failure::Broken | Failure::TooLarge => Trouble::NotCampo,
        Failure::Later { .. } => Trouble::ServerBusy,
        Failure::UpgradeRequired => Trouble::UpgradeRequired,
        Failure::FileUnreadable => Trouble::FileUnreadable,
        Failure::Refused(code) => Trouble::Refused(code.clone()),
        Failure::NeedsLogin | Failure::Revoked | Failure::Stolen | Failure::TicketLost => return None,
    })
}
