//! Files that came: each a row of the intake that it fits, in the order in which they came. Its identity is its arrival
//! and never its content, so that the same content twice is two files with two answers.

use campo_file_names::{fold, is_unfinished};
use campo_protocol::{faults::Faults, text::hex};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    TOPIC,
    hosted::{Door, remove_by_id},
    intake::{self, Completeness, Gate},
};
use crate::{
    access::{
        Allowed,
        permissions::{ManageExchange, ViewTransfers},
    },
    api::{
        page::{Page, PageQuery},
        time::Instant,
    },
    app::App,
    events::kinds::{FILE_ARRIVED, FileTold},
    imports,
    log::write::Write,
    notices::{Told, kinds::FILE_UNMATCHED, tell},
    problem::{Code, Problem, ProblemShown, Result},
    scheduler::Class,
    texts::Language,
};

/// How far a file that came is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceivedState {
    /// It fits no intake: it is kept, and nothing is done with it
    Unmatched,
    /// It waits until it is whole for sure, or for those before it
    Waiting,
    /// It is being imported
    Importing,
    /// It waits for a person: `problem` says why. Those behind it wait, too
    Parked,
    /// It was imported; rows of it may have been refused
    Done,
    /// Nothing of it could be imported, or not all: `problem` says why
    Failed,
    /// Another file of its name came before it was whole for sure
    Replaced,
    /// A person said that it is not to be imported
    Dismissed,
}

impl ReceivedState {
    const ALL: [Self; 8] = [
        Self::Unmatched,
        Self::Waiting,
        Self::Importing,
        Self::Parked,
        Self::Done,
        Self::Failed,
        Self::Replaced,
        Self::Dismissed,
    ];

    /// Its name on the wire and in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unmatched => "unmatched",
            Self::Waiting => "waiting",
            Self::Importing => "importing",
            Self::Parked => "parked",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Replaced => "replaced",
            Self::Dismissed => "dismissed",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A file that came.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceivedFile {
    /// Its id
    pub id: Uuid,
    /// The intake whose it is; absent when it fits none
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intake: Option<Uuid>,
    /// By which way it came: `sftp`, `ftp`, `remote` or `agent`
    pub way: String,
    /// The key, customer's server or agent that brought it
    pub way_id: Uuid,
    /// The folder below `in`
    pub folder: String,
    /// Its name
    pub name: String,
    /// Its length
    pub size_bytes: i64,
    /// SHA-256 of its bytes, hexadecimal
    pub hash: String,
    /// How far it is
    pub state: ReceivedState,
    /// The import of it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import: Option<Uuid>,
    /// Why it is parked or failed
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemShown>,
    /// When it came
    pub received_at: Instant,
    /// When nothing was left to be done with it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Instant>,
}

/// A row of `received_file`.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) intake: Option<Uuid>,
    pub(super) way: String,
    pub(super) way_id: Uuid,
    pub(super) arrival: String,
    pub(super) folder: String,
    pub(super) name: String,
    pub(super) size_bytes: i64,
    pub(super) hash: Vec<u8>,
    pub(super) state: String,
    pub(super) run: Option<Uuid>,
    pub(super) problem: Option<String>,
    pub(super) ready_us: i64,
    pub(super) received_us: i64,
    pub(super) finished_us: Option<i64>,
}

impl Row {
    fn shown(self, language: Language) -> Result<ReceivedFile> {
        let problem = self.problem.as_deref();
        Ok(ReceivedFile {
            id: self.id,
            intake: self.intake,
            way: self.way,
            way_id: self.way_id,
            folder: self.folder,
            name: self.name,
            size_bytes: self.size_bytes,
            hash: hex(&self.hash),
            // One that a newer release made waits for it
            state: ReceivedState::from_name(&self.state).unwrap_or(ReceivedState::Waiting),
            import: self.run,
            problem: problem.map(|stored| imports::stored_problem_shown(stored, language)).transpose()?,
            received_at: Instant(self.received_us),
            finished_at: self.finished_us.map(Instant),
        })
    }
}

/// How a file in a hosted folder came to its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// Its upload ended
    Closed,
    /// It was renamed
    Renamed,
}

/// A file in a hosted folder that is whole, as far as the door knows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hosted<'a> {
    pub(super) id: Uuid,
    /// Below `in`
    pub(super) folder: &'a str,
    pub(super) name: &'a str,
    pub(super) how: How,
}

/// What to do with a file by its name alone.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is taken by this intake, at the earliest in so many seconds
    Take { intake: Uuid, rest_s: i64 },
    /// It is kept until its marker comes or it is renamed
    Keep,
    /// It is whole when its marker is there, which has this name
    KeepUntil { intake: Uuid, marker: String },
    /// It is the marker of this file
    Marks { intake: Uuid, file: String },
    /// It fits no intake
    Unmatched,
}

/// What to do with a file of this folder below `in` and name.
pub(super) fn judge(gates: &[Gate], folder: &str, name: &str, how: How) -> Verdict {
    if is_unfinished(name) {
        return Verdict::Keep;
    }
    for gate in gates.iter().filter(|gate| gate.complete == Completeness::Marker) {
        let suffix = fold(&gate.marker_suffix);
        let cut = fold(name).strip_suffix(&suffix).map(|_| name.chars().count() - suffix.chars().count());
        if let Some(cut) = cut {
            let file: String = name.chars().take(cut).collect();
            if gate.fits(folder, &file) {
                return Verdict::Marks { intake: gate.id, file };
            }
        }
    }
    let Some(gate) = gates.iter().find(|gate| gate.fits(folder, name)) else { return Verdict::Unmatched };
    let intake = gate.id;
    match (gate.complete, how) {
        (Completeness::Closed, _) | (Completeness::Renamed, How::Renamed) => {
            Verdict::Take { intake, rest_s: 0 }
        }
        (Completeness::Renamed, How::Closed) => Verdict::Keep,
        (Completeness::Marker, _) => {
            Verdict::KeepUntil { intake, marker: format!("{name}{}", gate.marker_suffix) }
        }
        (Completeness::Stable, _) => Verdict::Take { intake, rest_s: gate.stable_seconds },
    }
}

/// A file came to a hosted folder: gives it to the intake that it fits, in the transaction that made it a file.
pub(super) async fn arrived(write: &mut Write, key: Uuid, door: Door, file: &Hosted<'_>) -> Result<()> {
    let gates = intake::gates(write).await?;
    let folder = in_folder(file.folder);
    forget_waiting(write, key, file.folder, file.name).await?;
    match judge(&gates, file.folder, file.name, file.how) {
        Verdict::Keep => Ok(()),
        Verdict::Unmatched => take(write, key, door, file.id, None, 0).await,
        Verdict::Take { intake, rest_s } => take(write, key, door, file.id, Some(intake), rest_s).await,
        Verdict::KeepUntil { intake, marker } => match find(write, key, &folder, &marker).await? {
            None => Ok(()),
            Some(marker) => {
                remove_by_id(write, marker).await?;
                take(write, key, door, file.id, Some(intake), 0).await
            }
        },
        Verdict::Marks { intake, file: name } => match find(write, key, &folder, &name).await? {
            None => Ok(()),
            Some(marked) => {
                remove_by_id(write, file.id).await?;
                take(write, key, door, marked, Some(intake), 0).await
            }
        },
    }
}

fn in_folder(below: &str) -> String {
    if below.is_empty() { "in".to_owned() } else { format!("in/{below}") }
}

async fn find(write: &mut Write, key: Uuid, folder: &str, name: &str) -> Result<Option<Uuid>> {
    let account = write.account();
    let row: Option<(Uuid,)> = write
        .tx()
        .fetch_optional(
            "select id from hosted_file where account = $1 and key = $2 and folder = $3 and name = $4 \
             and kind = 'file'",
            (account, key, folder, name),
        )
        .await?;
    Ok(row.map(|(id,)| id))
}

/// A file that still rested when another one of its name came was not whole.
async fn forget_waiting(write: &mut Write, key: Uuid, folder: &str, name: &str) -> Result<()> {
    let (account, now_us) = (write.account(), write.now_us);
    write
        .tx()
        .execute(
            "update received_file set state = 'replaced', finished_us = $5 where account = $1 and way_id = $2 \
             and folder = $3 and name = $4 and state = 'waiting' and ready_us > $5",
            (account, key, folder, name, now_us),
        )
        .await?;
    Ok(())
}

/// Makes a hosted file one that came.
async fn take(
    write: &mut Write,
    key: Uuid,
    door: Door,
    hosted: Uuid,
    intake: Option<Uuid>,
    rest_s: i64,
) -> Result<()> {
    let (account, id, now_us) = (write.account(), write.new_id(), write.now_us);
    let (folder, name, size_bytes, hash): (String, String, i64, Option<Vec<u8>>) = write
        .tx()
        .fetch_one(
            "select folder, name, size_bytes, hash from hosted_file where account = $1 and id = $2",
            (account, hosted),
        )
        .await?;
    let below = folder.split_once('/').map_or("", |(_, below)| below).to_owned();
    let arrival = NewFile {
        id,
        intake,
        way: door.way(),
        way_id: key,
        // A file that is renamed is one arrival
        arrival: hosted.to_string(),
        folder: below,
        name,
        size_bytes,
        hash: hash.ok_or(Code::Internal)?,
        ready_us: now_us + rest_s * 1_000_000,
    };
    if insert(write, &arrival).await? {
        write
            .tx()
            .execute(
                "update hosted_file set received = $3 where account = $1 and id = $2",
                (account, hosted, id),
            )
            .await?;
    }
    Ok(())
}

/// A file that came by some way.
#[derive(Debug)]
pub(super) struct NewFile {
    pub(super) id: Uuid,
    pub(super) intake: Option<Uuid>,
    pub(super) way: &'static str,
    pub(super) way_id: Uuid,
    pub(super) arrival: String,
    pub(super) folder: String,
    pub(super) name: String,
    pub(super) size_bytes: i64,
    pub(super) hash: Vec<u8>,
    pub(super) ready_us: i64,
}

/// Notes a file that came; false when this arrival was noted before with an intake. One that fitted none then and fits
/// one now, after it was renamed, is given to that.
pub(super) async fn insert(write: &mut Write, arrival: &NewFile) -> Result<bool> {
    let (account, now_us, author) = (write.account(), write.now_us, write.principal);
    let state = if arrival.intake.is_some() { "waiting" } else { "unmatched" };
    let written = write
        .tx()
        .execute(
            "insert into received_file (account, id, intake, way, way_id, arrival, folder, name, size_bytes, hash, state, \
             ready_us, received_us) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
             on conflict (account, way, arrival) do nothing",
            (
                account,
                arrival.id,
                arrival.intake,
                arrival.way,
                arrival.way_id,
                arrival.arrival.as_str(),
                arrival.folder.as_str(),
                arrival.name.as_str(),
                arrival.size_bytes,
                arrival.hash.as_slice(),
                state,
                arrival.ready_us,
                now_us,
            ),
        )
        .await?;
    if written == 0 {
        renamed(write, arrival).await?;
        return Ok(false);
    }
    let told = FileTold {
        id: arrival.id,
        intake: arrival.intake,
        folder: arrival.folder.clone(),
        name: arrival.name.clone(),
        size_bytes: arrival.size_bytes,
    };
    write.event(&FILE_ARRIVED, arrival.id, &told)?;
    write.touch(TOPIC);
    if arrival.intake.is_none() {
        let told = Told {
            kind: FILE_UNMATCHED,
            subject: Some(("received_file", arrival.id)),
            // Many files of one folder are one notice
            cause: format!("{}/{}", arrival.way_id, arrival.folder),
            detail: [("file", arrival.name.clone()), ("folder", format!("in/{}", arrival.folder))].into(),
        };
        tell(write, told).await?;
    }
    write
        .tx()
        .execute(
            "insert into file_reference (account, owner_kind, owner, id, hash, name, author, author_id, created_us) \
             values ($1, 'received_file', $2, $2, $3, $4, $5, $6, $7)",
            (
                account,
                arrival.id,
                arrival.hash.as_slice(),
                arrival.name.as_str(),
                author.kind(),
                author.id(),
                now_us,
            ),
        )
        .await?;
    Ok(true)
}

async fn renamed(write: &mut Write, arrival: &NewFile) -> Result<()> {
    if arrival.intake.is_none() {
        return Ok(());
    }
    let account = write.account();
    write
        .tx()
        .execute(
            "update received_file set intake = $4, folder = $5, name = $6, state = 'waiting', ready_us = $7 \
             where account = $1 and way = $2 and arrival = $3 and state = 'unmatched'",
            (
                account,
                arrival.way,
                arrival.arrival.as_str(),
                arrival.intake,
                arrival.folder.as_str(),
                arrival.name.as_str(),
                arrival.ready_us,
            ),
        )
        .await?;
    Ok(())
}

/// Which files that came are listed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReceivedQuery {
    /// Only those of this intake: its id
    pub(super) intake: Option<Uuid>,
    /// Only those in this state: `unmatched`, `waiting`, `importing`, `parked`, `done`, `failed`, `replaced` or
    /// `dismissed`
    pub(super) state: Option<String>,
    /// `next` of the page before
    pub(super) after: Option<String>,
    /// How many items at most, 1 to 500; 100 when absent
    pub(super) limit: Option<i64>,
}

/// The files that came, the latest first.
pub(super) async fn list(
    app: &App,
    allowed: &Allowed<ViewTransfers>,
    query: ReceivedQuery,
    language: Language,
) -> Result<Page<ReceivedFile>> {
    let page = PageQuery { after: query.after, limit: query.limit };
    let limit = page.limit()?;
    let (before_us, before) = page.after::<(i64, Uuid)>()?.unwrap_or((i64::MAX, Uuid::max()));
    let state = query.state.map(|state| known(&state)).transpose()?;
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select id, intake, way, way_id, arrival, folder, name, size_bytes, hash, state, run, problem, ready_us, \
             received_us, finished_us from received_file where account = $1 and (received_us, id) < ($2, $3) \
             and (intake = $4 or cast($5 as boolean)) and (state = $6 or cast($7 as boolean)) \
             order by received_us desc, id desc limit $8",
            (
                allowed.account(),
                before_us,
                before,
                query.intake.unwrap_or_default(),
                query.intake.is_none(),
                state.map_or("", ReceivedState::name),
                state.is_none(),
                limit + 1,
            ),
        )
        .await?;
    let files = rows.into_iter().map(|row| row.shown(language)).collect::<Result<Vec<_>>>()?;
    Ok(Page::new(files, limit, |file| (file.received_at.0, file.id)))
}

fn known(name: &str) -> Result<ReceivedState> {
    ReceivedState::from_name(name).ok_or_else(|| {
        let mut faults = Faults::default();
        let known = ReceivedState::ALL.map(|state| format!("`{}`", state.name())).join(", ");
        faults.add("/state", "unknown_value", name, format!("one of {known}"));
        faults.into()
    })
}

/// One file that came.
pub(super) async fn get(
    app: &App,
    allowed: &Allowed<ViewTransfers>,
    id: Uuid,
    language: Language,
) -> Result<ReceivedFile> {
    load(app, allowed.account(), id).await?.ok_or(Code::NotFound)?.shown(language)
}

pub(super) async fn load(app: &App, account: i64, id: Uuid) -> Result<Option<Row>> {
    app.db
        .fetch_optional(
            "select id, intake, way, way_id, arrival, folder, name, size_bytes, hash, state, run, problem, ready_us, \
             received_us, finished_us from received_file where account = $1 and id = $2",
            (account, id),
        )
        .await
}

/// The states from which a file is taken once more.
const RETRIED: [ReceivedState; 4] =
    [ReceivedState::Unmatched, ReceivedState::Parked, ReceivedState::Failed, ReceivedState::Dismissed];

/// That a file is in a state in which this cannot be done.
fn in_the_way(state: &str) -> Problem {
    Problem::new(Code::FileStateDiffers).with("state", state)
}

/// Has a file that is parked, failed or fitted no intake taken once more, by the intakes of now.
pub(super) async fn retry(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    id: Uuid,
    language: Language,
) -> Result<ReceivedFile> {
    let row = load(app, allowed.account(), id).await?.ok_or(Code::NotFound)?;
    if !RETRIED.iter().any(|state| state.name() == row.state) {
        return Err(in_the_way(&row.state));
    }
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let gates = intake::gates(&mut write).await?;
    let gate = gates.iter().find(|gate| gate.fits(&row.folder, &row.name));
    let gate = gate.ok_or_else(|| {
        let folder = format!("in/{}", row.folder).trim_end_matches('/').to_owned();
        Problem::new(Code::NoIntakeFits).with("file", row.name.as_str()).with("folder", folder)
    })?;
    let (account, now_us) = (write.account(), write.now_us);
    let again = write
        .tx()
        .execute(
            "update received_file set state = 'waiting', intake = $3, run = null, problem = null, finished_us = null, \
             ready_us = $4 where account = $1 and id = $2 and state in ('unmatched', 'parked', 'failed', 'dismissed')",
            (account, id, gate.id, now_us),
        )
        .await?;
    if again == 0 {
        // It changed meanwhile
        drop(write);
        let row = load(app, account, id).await?.ok_or(Code::NotFound)?;
        return Err(in_the_way(&row.state));
    }
    write.touch(TOPIC);
    write.commit().await?;
    load(app, account, id).await?.ok_or(Code::NotFound)?.shown(language)
}

/// Says that a file is not to be imported, so that those behind it go on.
pub(super) async fn dismiss(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    id: Uuid,
    language: Language,
) -> Result<ReceivedFile> {
    load(app, allowed.account(), id).await?.ok_or(Code::NotFound)?;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let (account, now_us) = (write.account(), write.now_us);
    let dismissed = write
        .tx()
        .execute(
            "update received_file set state = 'dismissed', finished_us = $3 \
             where account = $1 and id = $2 and state in ('unmatched', 'parked', 'waiting')",
            (account, id, now_us),
        )
        .await?;
    if dismissed == 0 {
        drop(write);
        let row = load(app, account, id).await?.ok_or(Code::NotFound)?;
        return Err(in_the_way(&row.state));
    }
    write.touch(TOPIC);
    write.commit().await?;
    load(app, account, id).await?.ok_or(Code::NotFound)?.shown(language)
}

#[cfg(test)]
mod tests {
    use campo_file_names::Pattern;

    use super::*;

    #[test]
    fn what_becomes_of_a_file_is_said_by_its_name_and_how_it_came_to_it() {
        let gate = |number: u128, pattern: &str, complete| Gate {
            id: Uuid::from_u128(number),
            folder: "T".to_owned(),
            pattern: Pattern::parse(pattern).unwrap(),
            complete,
            marker_suffix: ".done".to_owned(),
            stable_seconds: 30,
        };
        let gates = [
            gate(1, "closed*.csv", Completeness::Closed),
            gate(2, "renamed*.csv", Completeness::Renamed),
            gate(3, "marker*.csv", Completeness::Marker),
            gate(4, "stable*.csv", Completeness::Stable),
        ];
        let take = |number: u128, rest_s| Verdict::Take { intake: Uuid::from_u128(number), rest_s };
        let intake = Uuid::from_u128(3);
        for (name, how, verdict) in [
            ("Closed1.CSV", How::Closed, take(1, 0)),
            ("closed1.csv", How::Renamed, take(1, 0)),
            ("closed1.csv.part", How::Closed, Verdict::Keep),
            ("renamed1.csv", How::Closed, Verdict::Keep),
            ("renamed1.csv", How::Renamed, take(2, 0)),
            (
                "marker1.csv",
                How::Closed,
                Verdict::KeepUntil { intake, marker: "marker1.csv.done".to_owned() },
            ),
            ("marker1.csv.DONE", How::Closed, Verdict::Marks { intake, file: "marker1.csv".to_owned() }),
            ("stable1.csv", How::Closed, take(4, 30)),
            ("other.csv", How::Closed, Verdict::Unmatched),
        ] {
            assert_eq!(judge(&gates, "t", name, how), verdict, "{name}");
        }
        assert_eq!(judge(&gates, "", "closed1.csv", How::Closed), Verdict::Unmatched);
    }
}
