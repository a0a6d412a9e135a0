//! A model of the server: entries by id, scopes with positions and tombstones, files by their parts.

use std::collections::BTreeMap;

use campo_protocol::{
    clock::OccurredKind,
    digest,
    entry::{self, Frame},
    faults::Fault,
    scope::Scope,
    sync::{Answer, Change, FileAnswer, Outcome, Receipt, Request, ScopePage, Unreadable, ViewPage},
    text::hex,
};
use serde_json::value::RawValue;
use uuid::Uuid;

type Objects = BTreeMap<Uuid, (i64, Option<String>)>;

#[derive(Debug, Clone)]
pub(super) struct Server {
    pub(super) epoch: Uuid,
    pub(super) entries: BTreeMap<Uuid, Vec<u8>>,
    pub(super) scopes: BTreeMap<Scope, Objects>,
    /// How much of each file is there, and how long it is
    pub(super) files: BTreeMap<String, (i64, i64)>,
    pub(super) page_objects: usize,
    /// What becomes of entries that say so
    pub(super) outcomes: BTreeMap<Uuid, Outcome>,
    /// A request with more entries is too large for something in between
    pub(super) most_lines: usize,
    pub(super) revoked: bool,
    position: i64,
}

impl Server {
    pub(super) fn new() -> Self {
        Self {
            epoch: Uuid::from_u128(1),
            entries: BTreeMap::new(),
            scopes: BTreeMap::new(),
            files: BTreeMap::new(),
            page_objects: 3,
            outcomes: BTreeMap::new(),
            most_lines: usize::MAX,
            revoked: false,
            position: 0,
        }
    }

    /// An object comes, changes, or goes.
    pub(super) fn put(&mut self, scope: Scope, id: u128, body: Option<&str>) {
        self.position += 1;
        let body = body.map(|body| format!(r#"{{"v":"{body}"}}"#));
        self.scopes.entry(scope).or_default().insert(Uuid::from_u128(id), (self.position, body));
    }

    pub(super) fn live(&self, scope: &Scope) -> Vec<(Uuid, String)> {
        let objects = self.scopes.get(scope).into_iter().flatten();
        objects.filter_map(|(id, (_, body))| Some((*id, body.clone()?))).collect()
    }

    pub(super) fn answer(&mut self, bytes: &[u8]) -> Answer {
        let mut lines = bytes.split(|byte| *byte == b'\n');
        let request: Request = serde_json::from_slice(lines.next().unwrap()).unwrap();
        let (mut receipts, mut unreadable) = (Vec::new(), Vec::new());
        for (number, line) in (1..).zip(lines) {
            match Frame::read(line) {
                Ok(frame) => receipts.push(self.take(&frame, line)),
                Err(_) => unreadable.push(Unreadable {
                    line: number,
                    fault: Fault {
                        field: String::new(),
                        code: "frame_unreadable".to_owned(),
                        found: String::new(),
                        expected: String::new(),
                    },
                }),
            }
        }
        let mut held = request.view.unwrap();
        held.scopes.extend(held.received);
        let from_zero = held.epoch != Some(self.epoch);
        let view = (!self.revoked).then(|| self.view(&held.scopes, from_zero));
        let files = request
            .files
            .into_iter()
            .map(|file| {
                let known = self.files.entry(file.hash.clone()).or_insert((0, file.size_bytes));
                if known.0 == known.1 {
                    FileAnswer::Stored { hash: file.hash }
                } else {
                    let ticket = format!("ticket-{}", file.hash);
                    FileAnswer::Wanted { hash: file.hash, ticket, received_bytes: known.0, expires_us: 0 }
                }
            })
            .collect();
        Answer { epoch: self.epoch, received_at_us: 7, receipts, unreadable, heads: Vec::new(), view, files }
    }

    fn take(&mut self, frame: &Frame, line: &[u8]) -> Receipt {
        let stands = self.entries.entry(frame.id).or_insert_with(|| line.to_vec());
        let outcome = if stands == line {
            self.outcomes.get(&frame.id).copied().unwrap_or(Outcome::Applied)
        } else {
            Outcome::Conflict
        };
        Receipt {
            id: frame.id,
            hash: hex(&entry::hash(stands)),
            position: 1,
            occurred_at_us: 1,
            occurred_kind: OccurredKind::Wall,
            outcome,
            reason: (outcome != Outcome::Applied).then(|| "because".to_owned()),
        }
    }

    fn view(&self, held: &BTreeMap<Scope, i64>, from_zero: bool) -> ViewPage {
        let dropped = held.keys().filter(|scope| !self.scopes.contains_key(scope)).copied().collect();
        let mut left = self.page_objects;
        let (mut scopes, mut more, mut sum) = (Vec::new(), false, 0_i64);
        for (scope, objects) in &self.scopes {
            let after = if from_zero { 0 } else { held.get(scope).copied().unwrap_or(0) };
            let head = objects.values().map(|object| object.0).max().unwrap_or(0);
            let digest = self
                .live(scope)
                .iter()
                .map(|(id, body)| digest::of_object("thing", *id, body.as_bytes()))
                .fold(0, i64::wrapping_add);
            sum = sum.wrapping_add(digest);
            let mut news: Vec<_> = objects.iter().filter(|(_, object)| object.0 > after).collect();
            if news.is_empty() || more {
                continue;
            }
            news.sort_by_key(|(_, object)| object.0);
            let complete = news.len() <= left;
            news.truncate(left);
            left -= news.len();
            more = !complete;
            let position = if complete { head } else { news.last().map_or(after, |(_, object)| object.0) };
            let change = |(id, (_, body)): (&Uuid, &(i64, Option<String>))| Change {
                kind: "thing".to_owned(),
                id: *id,
                body: body.clone().map(|body| RawValue::from_string(body).unwrap()),
            };
            scopes.push(ScopePage {
                scope: *scope,
                after,
                position,
                objects: self.live(scope).len() as i64,
                digest,
                complete,
                changes: news.into_iter().map(change).collect(),
            });
            if left == 0 {
                more |= true;
                break;
            }
        }
        ViewPage { dropped, scopes, more, digest: (!more).then_some(sum) }
    }
}
