//! The folders over HTTPS, for programs: what there is to be taken, and files that are brought under an id that the
//! program gave them, so that one that is brought again is known.

use campo_file_names::VirtualPath;
use campo_protocol::{entry::hash_from, text::hex};
use futures_util::{Stream, StreamExt as _};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{Beginning, Door, Hosted, ItemKind};
use crate::{
    access::{Allowed, Principal, permissions::UseFileExchange},
    api::time::Instant,
    app::App,
    exchange::{placing, results},
    files::{
        store::Content,
        upload::{FileRow, unavailable},
    },
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// Files that are shown at a time; the rest is there once these were taken.
const SHOWN: i64 = 500;

/// A file that is there to be taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingFile {
    /// Its id: the same name later is another file
    pub id: Uuid,
    /// Its folder: `out`, `done`, `errors`, or one below them
    pub folder: String,
    /// Its name
    pub name: String,
    /// Its length
    pub size_bytes: i64,
    /// SHA-256 of its bytes, hexadecimal
    pub hash: String,
    /// When it was put there
    pub modified_at: Instant,
}

/// What there is to be taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingFiles {
    /// The oldest first, at most 500
    pub items: Vec<WaitingFile>,
}

/// Where a file is brought to.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ArrivalPlace {
    /// The folder: `in`, or one below it that an intake names
    pub folder: String,
    /// The name of the file
    pub name: String,
    /// Behind which byte the part begins
    #[serde(default)]
    pub offset: u64,
}

/// A file that was brought whole.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Arrival {
    /// The folder: `in`, or one below it that an intake names
    #[schema(example = "in/tareas")]
    pub folder: String,
    /// The name of the file
    #[schema(example = "tareas_20300115.xlsx")]
    pub name: String,
    /// SHA-256 of its bytes, hexadecimal
    pub hash: String,
}

/// How far a file is that is being brought.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArrivalState {
    /// True when it is whole, and nothing is left to be done
    pub arrived: bool,
    /// Up to which byte it is there
    pub received_bytes: u64,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    folder: String,
    name: String,
    size_bytes: i64,
    hash: Vec<u8>,
    modified_us: i64,
}

impl Hosted {
    /// The folders of a key or an agent that asks over HTTPS. Nobody else has any.
    pub async fn of_caller(app: &App, allowed: &Allowed<UseFileExchange>) -> Result<Self> {
        let principal = allowed.principal();
        let (Principal::Key(id) | Principal::Agent(id)) = principal else {
            return Err(Code::NotFound.into());
        };
        let (app, account) = (app.clone(), allowed.account());
        let language = results::language(&app, account).await?;
        let caller = Some(principal);
        Ok(Self { app, account, key: id, login: id, door: Door::Https, language, caller })
    }

    /// What is there to be taken, the oldest first.
    pub async fn waiting(&self) -> Result<WaitingFiles> {
        let rows: Vec<Row> = self
            .app
            .db
            .fetch_all(
                "select id, folder, name, size_bytes, hash, modified_us from hosted_file \
                 where account = $1 and key = $2 and kind = 'file' and taken_us is null and hash is not null \
                 and (folder = 'out' or folder = 'done' or folder = 'errors' or (folder >= 'out/' and folder < 'out0') \
                 or (folder >= 'done/' and folder < 'done0') or (folder >= 'errors/' and folder < 'errors0')) \
                 order by modified_us, id limit $3",
                (self.account, self.key, SHOWN),
            )
            .await?;
        let items = rows.into_iter().map(|row| WaitingFile {
            id: row.id,
            folder: row.folder,
            name: row.name,
            size_bytes: row.size_bytes,
            hash: hex(&row.hash),
            modified_at: Instant(row.modified_us),
        });
        Ok(WaitingFiles { items: items.collect() })
    }

    /// The length of a file and its bytes from `offset` on.
    pub async fn content(&self, id: Uuid, offset: u64) -> Result<(u64, Content)> {
        let hash: Option<(Option<Vec<u8>>,)> = self
            .app
            .db
            .fetch_optional(
                "select hash from hosted_file where account = $1 and key = $2 and id = $3 and kind = 'file'",
                (self.account, self.key, id),
            )
            .await?;
        let hash = hash.and_then(|(hash,)| hash).ok_or(Code::NotFound)?;
        let file: Option<FileRow> = self
            .app
            .db
            .fetch_optional(
                "select hash, generation, size_bytes, media_type from file where account = $1 and hash = $2",
                (self.account, hash),
            )
            .await?;
        let file = file.ok_or(Code::Gone)?;
        let size_bytes = file.size_bytes.unsigned_abs();
        if offset > size_bytes {
            return Err(Problem::new(Code::RangeNotSatisfiable).with("size_bytes", size_bytes));
        }
        let content = self.app.store.read(&file.place(self.account)?, offset..size_bytes).await;
        Ok((size_bytes, content.map_err(|error| unavailable(&error))?))
    }

    /// Notes that a file was taken; said again it is the same.
    pub async fn taken(&self, id: Uuid) -> Result<()> {
        let now_us = self.app.environment.now_us();
        let mut write = self.app.log.begin_beside(self.account, Class::Housekeeping).await?;
        let there = write
            .tx()
            .execute(
                "update hosted_file set taken_us = coalesce(taken_us, $4) \
                 where account = $1 and key = $2 and id = $3 and kind = 'file'",
                (self.account, self.key, id, now_us),
            )
            .await?;
        if there > 0 {
            placing::note_taken(write.tx(), self.account, id, now_us).await?;
        }
        write.commit().await?;
        if there == 0 { Err(Code::NotFound.into()) } else { Ok(()) }
    }

    /// How far a file is.
    pub async fn arrival(&self, id: Uuid, place: &ArrivalPlace) -> Result<ArrivalState> {
        if let Some(size_bytes) = self.arrived(id).await? {
            return Ok(ArrivalState { arrived: true, received_bytes: size_bytes });
        }
        let received_bytes = match self.stat(&path(&place.folder, &place.name)?).await {
            Ok(item) if item.kind == ItemKind::Part => item.size_bytes,
            Ok(_) => 0,
            Err(problem) if problem.code() == Code::NotFound => 0,
            Err(problem) => return Err(problem),
        };
        Ok(ArrivalState { arrived: false, received_bytes })
    }

    async fn arrived(&self, id: Uuid) -> Result<Option<u64>> {
        let row: Option<(i64,)> = self
            .app
            .db
            .fetch_optional(
                "select f.size_bytes from arrival a join file f on f.account = a.account and f.hash = a.hash \
                 where a.account = $1 and a.owner = $2 and a.id = $3",
                (self.account, self.key, id),
            )
            .await?;
        Ok(row.map(|(size_bytes,)| size_bytes.unsigned_abs()))
    }

    /// Adds a part behind what is there; what came of one that broke off stays.
    pub async fn bring<B: AsRef<[u8]>, E>(
        &self,
        id: Uuid,
        place: &ArrivalPlace,
        body: impl Stream<Item = std::result::Result<B, E>>,
    ) -> Result<ArrivalState> {
        if let Some(size_bytes) = self.arrived(id).await? {
            return Ok(ArrivalState { arrived: true, received_bytes: size_bytes });
        }
        let beginning = Beginning::At(place.offset);
        let mut upload = self.create(&path(&place.folder, &place.name)?, beginning).await?;
        let mut body = std::pin::pin!(body);
        let mut broken = None;
        while let Some(part) = body.next().await {
            let written = match part {
                Ok(part) => upload.write(part.as_ref()).await,
                Err(_) => Err(Code::BodyIncomplete.into()),
            };
            if let Err(problem) = written {
                broken = Some(problem);
                break;
            }
        }
        let received_bytes = upload.size_bytes();
        upload.suspend().await?;
        broken.map_or(Ok(ArrivalState { arrived: false, received_bytes }), Err)
    }

    /// Makes a file of what was brought, once for each id, if it is what was to be brought.
    pub async fn arrive(&self, id: Uuid, arrival: &Arrival) -> Result<ArrivalState> {
        if let Some(size_bytes) = self.arrived(id).await? {
            return Ok(ArrivalState { arrived: true, received_bytes: size_bytes });
        }
        let Some(hash) = hash_from(&arrival.hash) else {
            let mut faults = campo_protocol::faults::Faults::default();
            faults.add("/hash", "invalid_value", &arrival.hash, "64 hexadecimal digits");
            return Err(faults.into());
        };
        let upload = self.create(&path(&arrival.folder, &arrival.name)?, Beginning::End).await?;
        let received_bytes = upload.size_bytes();
        upload.finish_as(Some((id, hash))).await?;
        Ok(ArrivalState { arrived: true, received_bytes })
    }
}

fn path(folder: &str, name: &str) -> Result<VirtualPath> {
    let invalid = |reason: String| Problem::new(Code::FileNameInvalid).with("reason", reason);
    let folder = VirtualPath::parse(folder).map_err(|fault| invalid(fault.to_string()))?;
    let name = campo_file_names::check_name(name).map_err(|fault| invalid(fault.to_string()))?;
    folder.join(&name).map_err(|fault| invalid(fault.to_string()))
}
