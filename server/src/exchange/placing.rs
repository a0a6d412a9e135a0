//! Where files that leave are put: into the folder of a key or an agent, and on the way to a customer's server. One
//! mechanism for runs of exports and for events, exactly once by the file's id.

use campo_file_names::VirtualPath;
use campo_protocol::{
    entry::hash_from,
    faults::{Faults, pointer},
    model::Ref,
};
use jiff::{Timestamp, tz::TimeZone};
use uuid::Uuid;

use super::{hosted, remotes};
use crate::{
    database::Tx,
    files::{reference, upload::StoredFile},
    log::write::Write,
    problem::{Code, Problem, Result},
};

/// Names that are tried where the customer did not take what has them.
pub(super) const NAMES: usize = 5;

/// Where files are put.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Destination {
    /// The key in whose folder `out`
    pub key: Option<Ref>,
    /// The agent that takes them
    pub agent: Option<Ref>,
    /// The customer's server to which they are brought
    pub remote: Option<Ref>,
    /// The folder there
    pub folder: String,
}

/// Of what a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OriginKind {
    /// A run of an export
    Run,
    /// An event, by a channel
    Channel,
}

/// Of which run or channel a file is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin {
    pub(crate) kind: OriginKind,
    /// The run or the channel
    pub(crate) id: Uuid,
    /// The number of the run or the position of the event
    pub(crate) number: i64,
}

/// A file that leaves.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    /// The same for the same file, whenever it is made again
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) file: StoredFile,
}

impl OriginKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Channel => "channel",
        }
    }
}

impl Origin {
    /// The id of a file of it, which `what` tells from its others.
    pub(crate) fn file_id(self, what: &str) -> Uuid {
        Uuid::new_v5(&self.id, what.as_bytes())
    }
}

impl Destination {
    /// Names what is wrong at `field`, and writes folder and references in one way.
    pub(crate) async fn resolve(
        &mut self,
        tx: &mut Tx,
        account: i64,
        field: &str,
        faults: &mut Faults,
    ) -> Result<()> {
        match VirtualPath::parse(&self.folder) {
            Ok(path) => self.folder = path.parts().join("/"),
            Err(_) => {
                faults.add(
                    pointer(field, "folder"),
                    "invalid_value",
                    &self.folder,
                    "a folder such as `tareas`",
                );
            }
        }
        if let Some(key) = &self.key {
            let id: Option<(Uuid,)> = tx
                .fetch_optional(
                    "select id from access_key where account = $1 and (id = $2 or code = $3) and state <> 'deleted'",
                    (account, key.id(), key.code()),
                )
                .await?;
            self.key = known(id, key, &pointer(field, "key"), "a key of the account", faults);
        }
        if let Some(agent) = &self.agent {
            let id: Option<(Uuid,)> = tx
                .fetch_optional(
                    "select id from agent where account = $1 and (id = $2 or code = $3) and state <> 'deleted'",
                    (account, agent.id(), agent.code()),
                )
                .await?;
            self.agent = known(id, agent, &pointer(field, "agent"), "an agent of the account", faults);
        }
        if let Some(remote) = &self.remote {
            let id: Option<(Uuid,)> = tx
                .fetch_optional(
                    "select id from remote where account = $1 and (id = $2 or code = $3) and state <> 'deleted'",
                    (account, remote.id(), remote.code()),
                )
                .await?;
            let expected = "a customer's server of the account";
            self.remote = known(id, remote, &pointer(field, "remote"), expected, faults);
        }
        Ok(())
    }

    /// True where files go nowhere: they are taken from the console.
    pub(crate) const fn is_nowhere(&self) -> bool {
        self.key.is_none() && self.agent.is_none() && self.remote.is_none()
    }
}

fn known(
    id: Option<(Uuid,)>,
    given: &Ref,
    field: &str,
    expected: &'static str,
    faults: &mut Faults,
) -> Option<Ref> {
    if id.is_none() {
        faults.add(field, "unknown_reference", &given.to_string(), expected);
    }
    id.map(|(id,)| Ref::Id(id))
}

/// True where everything that a destination names is still there.
pub(crate) async fn is_there(write: &mut Write, to: &Destination) -> Result<bool> {
    let account = write.account();
    let id = |one: &Option<Ref>| one.as_ref().and_then(Ref::id).unwrap_or_default();
    let (count,): (i64,) = write
        .tx()
        .fetch_one(
            "select (select count(*) from access_key where account = $1 and id = $2 and state <> 'deleted') \
             + (select count(*) from agent where account = $1 and id = $3 and state <> 'deleted') \
             + (select count(*) from remote where account = $1 and id = $4 and state <> 'deleted')",
            (account, id(&to.key), id(&to.agent), id(&to.remote)),
        )
        .await?;
    let named = [&to.key, &to.agent, &to.remote].into_iter().filter(|one| one.is_some()).count();
    Ok(count == named as i64)
}

/// Keeps a file that leaves and puts it where it goes; false where that was done before, whatever became of it since.
pub(crate) async fn place(
    write: &mut Write,
    origin: Origin,
    to: &Destination,
    outgoing: &Outgoing,
) -> Result<bool> {
    let (account, now_us) = (write.account(), write.now_us);
    let hash = hash_from(&outgoing.file.hash).ok_or(Code::Internal)?;
    let (id, name, size_bytes) = (outgoing.id, outgoing.name.as_str(), outgoing.file.size_bytes);
    let new = write
        .tx()
        .execute(
            "insert into outgoing_file (account, id, origin_kind, origin, number, name, size_bytes, hash, created_us) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (account, id) do nothing",
            (account, id, origin.kind.name(), origin.id, origin.number, name, size_bytes, &hash[..], now_us),
        )
        .await?;
    if new == 0 {
        return Ok(false);
    }
    reference::refer(write, ("outgoing_file", id, id), &hash[..], name).await?;
    put(write, origin, to, outgoing).await?;
    Ok(true)
}

/// Puts a file where it goes, beside one of the same name that was not taken yet.
pub(crate) async fn put(
    write: &mut Write,
    origin: Origin,
    to: &Destination,
    outgoing: &Outgoing,
) -> Result<()> {
    if let Some(remote) = &to.remote {
        remotes::order(write, outgoing.id, remote, &to.folder, &outgoing.name).await?;
    }
    let folder = ["out", &to.folder].join("/").trim_end_matches('/').to_owned();
    for owner in [&to.key, &to.agent] {
        if let Some(owner) = owner.as_ref().and_then(Ref::id) {
            let name = free_name(write, owner, &folder, origin, outgoing).await?;
            let kept = hosted::Kept {
                key: owner,
                folder: &folder,
                name: &name,
                file: &outgoing.file,
                received: None,
                export_run: (origin.kind == OriginKind::Run).then_some(origin.id),
                outgoing: Some(outgoing.id),
            };
            hosted::put(write, &kept).await?;
        }
    }
    Ok(())
}

/// What has a name in a folder: its kind, the file that it is, the run of a release before, when it was taken.
type There = (String, Option<Uuid>, Option<Uuid>, Option<i64>);

/// A name that nothing has which somebody still has to take.
async fn free_name(
    write: &mut Write,
    owner: Uuid,
    folder: &str,
    origin: Origin,
    outgoing: &Outgoing,
) -> Result<String> {
    let account = write.account();
    for attempt in 0..NAMES {
        let name = beside(&outgoing.name, origin.number, attempt);
        let there: Option<There> = write
            .tx()
            .fetch_optional(
                "select kind, outgoing, export_run, taken_us from hosted_file \
                 where account = $1 and key = $2 and folder = $3 and name = $4",
                (account, owner, folder, name.as_str()),
            )
            .await?;
        let is_free = match there {
            None => true,
            Some((kind, ..)) if kind == "folder" => false,
            Some((_, Some(there), _, _)) if there == outgoing.id => true,
            // As a release before wrote it
            Some((_, None, Some(run), _)) if run == outgoing.id => true,
            Some((.., taken_us)) => taken_us.is_some(),
        };
        if is_free {
            return Ok(name);
        }
    }
    Err(Problem::new(Code::AlreadyExists).with("field", "/name").with("value", outgoing.name.as_str()))
}

/// A name with a number before its ending; the name itself at first.
pub(super) fn beside(name: &str, number: i64, attempt: usize) -> String {
    let more = match attempt {
        0 => return name.to_owned(),
        1 => number.to_string(),
        _ => format!("{number}_{attempt}"),
    };
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => format!("{stem}_{more}.{ending}"),
        _ => format!("{name}_{more}"),
    }
}

/// Notes that somebody took what lies in a folder, in the transaction that marks it there.
pub(super) async fn note_taken(tx: &mut Tx, account: i64, hosted: Uuid, now_us: i64) -> Result<()> {
    let taken = tx
        .execute(
            "update outgoing_file set taken_us = $3 where account = $1 and taken_us is null \
             and id = (select h.outgoing from hosted_file h where h.account = $1 and h.id = $2)",
            (account, hosted, now_us),
        )
        .await?;
    super::watch::was_taken(tx, account, hosted, now_us).await?;
    if taken > 0 {
        crate::live::topics::raise(tx, account, std::iter::once(crate::exchange::TOPIC)).await?;
    }
    Ok(())
}

/// An instant as a name shows it, by the clock of a zone.
pub(crate) fn moment(zone: &str, at_us: i64) -> Result<campo_file_names::Moment> {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let at = zone.to_datetime(Timestamp::from_microsecond(at_us).map_err(Problem::internal)?);
    Ok(campo_file_names::Moment {
        year: at.year(),
        month: at.month(),
        day: at.day(),
        hour: at.hour(),
        minute: at.minute(),
        second: at.second(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_beside_another_one_keeps_its_ending() {
        assert_eq!(beside("t.xlsx", 7, 0), "t.xlsx");
        assert_eq!(beside("t.xlsx", 7, 1), "t_7.xlsx");
        assert_eq!(beside("t", 7, 2), "t_7_2");
        assert_eq!(beside(".t", 7, 1), ".t_7");
    }
}
