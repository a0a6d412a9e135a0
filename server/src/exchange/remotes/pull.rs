//! Files that are taken from a customer's server. By name, length and time a file is taken once; its bytes are durable,
//! and it has come, in one transaction, before anything is done with it there.

use std::collections::HashMap;

use campo_file_names::{Pattern, fold, is_unfinished};
use campo_remote_files::{Cause, Item, Session, Step, join};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    definition::{AfterFetch, Loaded, RemoteFetch},
    trouble::{Stop, Trouble},
};
use crate::{
    access::{Allowed, permissions::ManageExchange},
    app::App,
    exchange::{
        intake::{self, Gate},
        received::{
            arrive::{self, NewFile},
            judge::{How, Verdict, judge},
        },
    },
    files::upload::{StoredFile, commit, unavailable},
    jobs::Claim,
    log::write::Write,
    notices::{Told, kinds::REMOTE_FILE_REFUSED, tell},
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// Files that are taken, and files that are noted, in one job at most; the rest comes with the next.
const AT_ONCE: usize = 200;
const NOTED: usize = 2000;
/// How often it is noted that a file is still there, and how long one that is not stays known.
const LISTED_US: i64 = 24 * 3600 * 1_000_000;
const KNOWN_US: i64 = 30 * LISTED_US;

#[derive(Debug, Clone, FromRow)]
#[expect(clippy::struct_field_names, reason = "a column of the table")]
struct Seen {
    name: String,
    size_bytes: i64,
    modified_s: Option<i64>,
    arrival: Uuid,
    state: String,
    seen_us: i64,
    listed_us: i64,
}

impl Seen {
    fn is_as(&self, item: &Item) -> bool {
        self.size_bytes == item.size_bytes as i64 && self.modified_s == item.modified_s
    }
}

/// What the work at one server needs.
struct Puller<'a> {
    app: &'a App,
    claim: &'a Claim,
    allowed: &'a Allowed<ManageExchange>,
    loaded: &'a Loaded,
    gates: Vec<Gate>,
    taken: usize,
    noted: usize,
    /// Something must be looked at again soon
    settles: bool,
}

/// Takes what is to be taken. True when something must be looked at again soon.
pub(super) async fn pull(
    app: &App,
    claim: &Claim,
    allowed: &Allowed<ManageExchange>,
    loaded: &Loaded,
    session: &mut Session,
) -> std::result::Result<bool, Stop> {
    let gates = intake::gates_now(&app.db, claim.account).await?;
    let mut puller = Puller { app, claim, allowed, loaded, gates, taken: 0, noted: 0, settles: false };
    for fetch in &loaded.remote.draft.fetches {
        puller.folder(session, fetch).await?;
    }
    Ok(puller.settles)
}

impl Puller<'_> {
    fn theirs(&self, fault: &campo_remote_files::Fault) -> Stop {
        Trouble::of_fault(fault, &self.loaded.secrets).into()
    }

    async fn folder(&mut self, session: &mut Session, fetch: &RemoteFetch) -> std::result::Result<(), Stop> {
        let folder = self.loaded.remote.draft.below(&fetch.folder);
        let pattern = Pattern::parse(&fetch.pattern).map_err(Problem::internal)?;
        let listed = session.list(&folder, |name| !is_unfinished(name)).await;
        let listed = listed.map_err(|fault| self.theirs(&fault))?;
        let seen = self.seen(&folder).await?;
        let names: HashMap<String, String> =
            listed.iter().map(|item| (fold(&item.name), item.name.clone())).collect();
        let mut wanted: Vec<&Item> = listed.iter().filter(|item| pattern.fits(&item.name)).collect();
        wanted.sort_by(|a, b| (a.modified_s, &a.name).cmp(&(b.modified_s, &b.name)));
        self.still_there(&folder, &wanted, &seen).await?;
        for item in wanted {
            let (rest_s, intake, marker) = match judge(&self.gates, &fetch.into, &item.name, How::Renamed) {
                Verdict::Keep | Verdict::Marks { .. } => continue,
                Verdict::Unmatched => (0, None, None),
                Verdict::Take { intake, rest_s } => (rest_s, Some(intake), None),
                Verdict::KeepUntil { intake, marker } => match names.get(&fold(&marker)) {
                    Some(marker) => (0, Some(intake), Some(marker.clone())),
                    None => continue,
                },
            };
            let known = seen.get(&item.name).filter(|seen| seen.is_as(item));
            match known.map(|seen| (seen.state.as_str(), seen)) {
                Some(("taken", _)) => self.after(session, fetch, &folder, item, marker.as_deref()).await?,
                Some(("seen", known)) if self.rested(known, rest_s) || marker.is_some() => {
                    let arrival = known.arrival;
                    self.take(session, fetch, (&folder, item), (intake, arrival), marker.as_deref()).await?;
                }
                Some(("seen", _)) => self.settles = true,
                Some(_) => {}
                None => {
                    let arrival = self.note(&folder, item).await?;
                    match arrival {
                        Some(arrival) if marker.is_some() => {
                            let what = (intake, arrival);
                            self.take(session, fetch, (&folder, item), what, marker.as_deref()).await?;
                        }
                        _ => self.settles = true,
                    }
                }
            }
        }
        Ok(())
    }

    fn rested(&self, seen: &Seen, rest_s: i64) -> bool {
        self.app.environment.now_us() - seen.seen_us >= rest_s * 1_000_000
    }

    async fn seen(&self, folder: &str) -> Result<HashMap<String, Seen>> {
        let rows: Vec<Seen> = self
            .app
            .db
            .fetch_all(
                "select name, size_bytes, modified_s, arrival, state, seen_us, listed_us from remote_seen \
                 where account = $1 and remote = $2 and folder = $3",
                (self.claim.account, self.loaded.remote.id, folder),
            )
            .await?;
        Ok(rows.into_iter().map(|row| (row.name.clone(), row)).collect())
    }

    async fn begin(&self) -> Result<Write> {
        let mut write = self.app.log.begin(self.allowed, Class::Import).await?;
        self.claim.go_on(self.app, &mut write).await?;
        Ok(write)
    }

    /// Once a day it is noted what is still there; what was not for 30 days is forgotten.
    async fn still_there(&self, folder: &str, wanted: &[&Item], seen: &HashMap<String, Seen>) -> Result<()> {
        let now_us = self.app.environment.now_us();
        let old = |item: &&&Item| {
            seen.get(&item.name).is_some_and(|seen| seen.is_as(item) && now_us - seen.listed_us > LISTED_US)
        };
        let names: Vec<String> = wanted.iter().filter(old).map(|item| item.name.clone()).collect();
        let forgotten = seen.values().any(|seen| now_us - seen.listed_us > KNOWN_US);
        if names.is_empty() && !forgotten {
            return Ok(());
        }
        let (account, remote) = (self.claim.account, self.loaded.remote.id);
        let mut write = self.begin().await?;
        for name in names {
            write
                .tx()
                .execute(
                    "update remote_seen set listed_us = $5 where account = $1 and remote = $2 and folder = $3 \
                     and name = $4",
                    (account, remote, folder, name.as_str(), now_us),
                )
                .await?;
        }
        write
            .tx()
            .execute(
                "delete from remote_seen where account = $1 and remote = $2 and folder = $3 and listed_us < $4",
                (account, remote, folder, now_us - KNOWN_US),
            )
            .await?;
        write.commit().await.map(drop)
    }

    /// Notes a file that is new, or another one than before under its name; none where enough was noted.
    async fn note(&mut self, folder: &str, item: &Item) -> Result<Option<Uuid>> {
        if self.noted >= NOTED {
            return Ok(None);
        }
        self.noted += 1;
        let mut write = self.begin().await?;
        let (account, arrival, now_us) = (write.account(), write.new_id(), write.now_us);
        write
            .tx()
            .execute(
                "insert into remote_seen (account, remote, folder, name, size_bytes, modified_s, arrival, state, \
                 seen_us, listed_us) values ($1, $2, $3, $4, $5, $6, $7, 'seen', $8, $8) \
                 on conflict (account, remote, folder, name) do update set size_bytes = excluded.size_bytes, \
                 modified_s = excluded.modified_s, arrival = excluded.arrival, state = excluded.state, \
                 seen_us = excluded.seen_us, listed_us = excluded.listed_us",
                (
                    account,
                    self.loaded.remote.id,
                    folder,
                    item.name.as_str(),
                    item.size_bytes as i64,
                    item.modified_s,
                    arrival,
                    now_us,
                ),
            )
            .await?;
        write.commit().await?;
        Ok(Some(arrival))
    }

    async fn take(
        &mut self,
        session: &mut Session,
        fetch: &RemoteFetch,
        (folder, item): (&str, &Item),
        (intake, arrival): (Option<Uuid>, Uuid),
        marker: Option<&str>,
    ) -> std::result::Result<(), Stop> {
        if self.taken >= AT_ONCE {
            self.settles = true;
            return Ok(());
        }
        if item.size_bytes > self.app.limits.file_bytes as u64 {
            return Ok(self.refuse(folder, item).await?);
        }
        let Some(file) = self.bytes(session, folder, item).await? else {
            // It grew or shrank meanwhile: the next look sees it as another one
            self.settles = true;
            return Ok(());
        };
        self.taken += 1;
        let mut write = self.begin().await?;
        let (account, id) = (write.account(), write.new_id());
        let hash =
            campo_protocol::entry::hash_from(&file.hash).ok_or_else(|| Problem::new(Code::Internal))?;
        let came = NewFile {
            id,
            intake,
            way: "remote",
            way_id: self.loaded.remote.id,
            arrival: arrival.to_string(),
            folder: fetch.into.clone(),
            name: campo_file_names::check_name(&item.name).unwrap_or_else(|_| item.name.clone()),
            size_bytes: file.size_bytes,
            hash: hash.to_vec(),
            ready_us: write.now_us,
        };
        arrive::insert(&mut write, &came).await?;
        write
            .tx()
            .execute(
                "update remote_seen set state = 'taken' where account = $1 and remote = $2 and folder = $3 \
                 and name = $4 and arrival = $5",
                (account, self.loaded.remote.id, folder, item.name.as_str(), arrival),
            )
            .await?;
        write.commit().await?;
        self.after(session, fetch, folder, item, marker).await
    }

    /// The bytes of a file; none where there are more or fewer of them than were listed.
    async fn bytes(
        &self,
        session: &mut Session,
        folder: &str,
        item: &Item,
    ) -> std::result::Result<Option<StoredFile>, Stop> {
        let mut reader = match session.read(&join(folder, &item.name)).await {
            Ok(reader) => reader,
            // Somebody else took it
            Err(fault) if fault.cause == Cause::NotFound => return Ok(None),
            Err(fault) => return Err(self.theirs(&fault)),
        };
        let name = self.app.environment.uuid();
        let draft = self.app.store.begin(self.claim.account, name).await;
        let mut draft = draft.map_err(|error| unavailable(&error))?;
        while let Some(block) = reader.next().await.map_err(|fault| self.theirs(&fault))? {
            if draft.size_bytes() + block.len() as u64 > item.size_bytes {
                return Ok(None);
            }
            draft.write(block).await.map_err(|error| unavailable(&error))?;
        }
        reader.end().await.map_err(|fault| self.theirs(&fault))?;
        if draft.size_bytes() != item.size_bytes {
            return Ok(None);
        }
        let stored = commit(self.app, self.allowed, Class::Import, "application/octet-stream", draft).await?;
        Ok(Some(stored))
    }

    /// What becomes of a file at the customer's server once it came; done again where that did not go well.
    async fn after(
        &self,
        session: &mut Session,
        fetch: &RemoteFetch,
        folder: &str,
        item: &Item,
        marker: Option<&str>,
    ) -> std::result::Result<(), Stop> {
        let path = join(folder, &item.name);
        match (fetch.then, &fetch.move_to) {
            (AfterFetch::Keep, _) | (AfterFetch::Move, None) => return Ok(()),
            (AfterFetch::Delete, _) => session.remove(&path).await.map_err(|fault| self.theirs(&fault))?,
            (AfterFetch::Move, Some(to)) => {
                let to = join(&self.loaded.remote.draft.below(to), &item.name);
                match session.publish(&path, &to).await {
                    Err(fault) if fault.cause == Cause::Exists && fault.step == Step::Rename => {
                        // One of that name was moved before; both stay
                        let now_us = self.app.environment.now_us();
                        let beside = format!("{to}.{now_us}");
                        session.publish(&path, &beside).await.map_err(|fault| self.theirs(&fault))?;
                    }
                    other => other.map_err(|fault| self.theirs(&fault))?,
                }
            }
        }
        if let Some(marker) = marker {
            session.remove(&join(folder, marker)).await.map_err(|fault| self.theirs(&fault))?;
        }
        let mut write = self.begin().await?;
        write
            .tx()
            .execute(
                "delete from remote_seen where account = $1 and remote = $2 and folder = $3 and name = $4",
                (self.claim.account, self.loaded.remote.id, folder, item.name.as_str()),
            )
            .await?;
        write.commit().await?;
        Ok(())
    }

    async fn refuse(&self, folder: &str, item: &Item) -> Result<()> {
        let mut write = self.begin().await?;
        let account = write.account();
        write
            .tx()
            .execute(
                "update remote_seen set state = 'refused' where account = $1 and remote = $2 and folder = $3 \
                 and name = $4",
                (account, self.loaded.remote.id, folder, item.name.as_str()),
            )
            .await?;
        let told = Told {
            kind: REMOTE_FILE_REFUSED,
            subject: Some(("remote", self.loaded.remote.id)),
            cause: format!("{}/{folder}", self.loaded.remote.id),
            detail: [("name", self.loaded.remote.draft.name.clone()), ("file", item.name.clone())].into(),
        };
        tell(&mut write, told).await?;
        write.commit().await.map(drop)
    }
}
