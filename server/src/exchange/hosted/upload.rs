//! Uploads into `in`. Bytes lie in chunks in the store under a row, so that whoever comes back, at whichever replica,
//! goes on; a name becomes a file in one transaction, after its bytes are durable, and only when the door says that the
//! client ended in order.

use campo_file_names::VirtualPath;
use uuid::Uuid;

use super::{
    Hosted,
    kept::{Kept, put},
    place::{Place, below},
};
use crate::{
    exchange::received::{
        arrive::{self, arrived},
        judge::How,
    },
    files::upload::{self, unavailable},
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// The most of an upload that is held in memory.
const CHUNK_BYTES: usize = 1024 * 1024;
/// After how many chunks it is noted how far an upload came; what comes behind is sent again after a kill.
const CHUNKS_A_NOTE: u64 = 4;

/// Where an upload begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// At the first byte: whatever was there of it is forgotten
    Start,
    /// Where the part ends that is there; at the first byte where there is none
    End,
    /// At this byte, up to which a part must be there
    At(u64),
}

/// A file on its way in.
#[derive(Debug)]
pub struct Upload {
    hosted: Hosted,
    folder: String,
    name: String,
    /// The name of its chunks in the store
    id: Uuid,
    has_row: bool,
    /// Bytes in chunks
    stored: u64,
    /// Up to where the row says
    noted: u64,
    block: Vec<u8>,
    /// The most bytes that it may have
    limit: u64,
    /// That limit is the room in the folders, and not the bound on a file
    folder_limit: bool,
}

impl Hosted {
    /// Begins or goes on with an upload. Nothing is seen of it before [`Upload::finish`].
    pub async fn create(&self, path: &VirtualPath, beginning: Beginning) -> Result<Upload> {
        self.allowed().await?;
        let (folder, name) = Place::of(path)?.writable()?;
        let above = VirtualPath::parse(&folder).map_err(|_| Code::NotFound)?;
        if !self.folder_exists(&Place::of(&above)?).await? {
            return Err(Code::NotFound.into());
        }
        if self.row(&folder, &name).await?.is_some_and(|row| row.is_folder()) {
            return Err(Problem::new(Code::AlreadyExists).with("field", "/name").with("value", &name));
        }
        let room = self.room().await?;
        let file = self.app.limits.file_bytes as u64;
        let mut upload = Upload {
            hosted: self.clone(),
            folder,
            name,
            id: self.app.environment.uuid(),
            has_row: false,
            stored: 0,
            noted: 0,
            block: Vec::new(),
            limit: room.min(file),
            folder_limit: room < file,
        };
        let part: Option<(Uuid, i64)> = self
            .app
            .db
            .fetch_optional(
                "select id, received_bytes from hosted_part \
                 where account = $1 and key = $2 and folder = $3 and name = $4",
                (self.account, self.key, upload.folder.as_str(), upload.name.as_str()),
            )
            .await?;
        match (beginning, part) {
            (Beginning::Start | Beginning::At(0), _) | (Beginning::End, None) => {}
            (Beginning::End, Some((id, received))) => upload.resume(id, received),
            (Beginning::At(at), Some((id, received))) if at == received.unsigned_abs() => {
                upload.resume(id, received);
            }
            (Beginning::At(_), part) => {
                let received = part.map_or(0, |(_, received)| received);
                return Err(Problem::new(Code::UploadOutOfOrder).with("received_bytes", received));
            }
        }
        Ok(upload)
    }

    /// How many bytes fit into the folders. What was imported, and its results, takes no room from what comes: it goes by
    /// itself after its time.
    async fn room(&self) -> Result<u64> {
        let (bytes, files): (Option<i64>, i64) = self
            .app
            .db
            .fetch_one(
                "select cast(sum(size_bytes) as bigint), count(*) from hosted_file where account = $1 and key = $2 \
                 and not (folder >= 'done' and folder < 'done0' or folder >= 'errors' and folder < 'errors0')",
                (self.account, self.key),
            )
            .await?;
        let limits = &self.app.limits;
        if files >= limits.hosted_files {
            return Err(Problem::new(Code::FolderFull).with("limit", limits.hosted_files));
        }
        Ok(limits.hosted_bytes.saturating_sub(bytes.unwrap_or(0).unsigned_abs()))
    }
}

impl Upload {
    const fn resume(&mut self, id: Uuid, received: i64) {
        (self.id, self.has_row) = (id, true);
        (self.stored, self.noted) = (received.unsigned_abs(), received.unsigned_abs());
    }

    /// How much there is of it.
    pub fn size_bytes(&self) -> u64 {
        self.stored + self.block.len() as u64
    }

    /// Refuses a file that will be too long, before its first byte.
    pub fn announce(&self, size_bytes: u64) -> Result<()> {
        if size_bytes <= self.limit { Ok(()) } else { Err(self.too_large()) }
    }

    fn too_large(&self) -> Problem {
        if self.folder_limit {
            Problem::new(Code::FolderFull).with("limit_bytes", self.hosted.app.limits.hosted_bytes)
        } else {
            Problem::new(Code::PayloadTooLarge).with("limit_bytes", self.limit)
        }
    }

    /// Adds bytes behind those that are there. [`Code::UploadOutOfOrder`] for others.
    pub async fn write_at(&mut self, offset: u64, bytes: &[u8]) -> Result<()> {
        if offset != self.size_bytes() {
            return Err(Problem::new(Code::UploadOutOfOrder).with("received_bytes", self.size_bytes()));
        }
        self.write(bytes).await
    }

    /// Adds bytes.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<()> {
        if self.size_bytes() + bytes.len() as u64 > self.limit {
            return Err(self.too_large());
        }
        while !bytes.is_empty() {
            let take = bytes.len().min(CHUNK_BYTES - self.block.len());
            self.block.extend_from_slice(&bytes[..take]);
            bytes = &bytes[take..];
            if self.block.len() == CHUNK_BYTES {
                self.flush().await?;
                if self.stored - self.noted >= CHUNKS_A_NOTE * CHUNK_BYTES as u64 {
                    self.note().await?;
                }
            }
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        let (app, account) = (&self.hosted.app, self.hosted.account);
        let (name, length) = (app.environment.uuid(), self.block.len() as u64);
        // The copy stays until it is known that the chunk is durable
        let written = app.store.write_part(account, self.id, self.stored, name, self.block.clone()).await;
        written.map_err(|error| unavailable(&error))?;
        self.stored += length;
        self.block.clear();
        Ok(())
    }

    /// Says in the row how far the chunks go. Another upload of the same name takes the row over.
    async fn note(&mut self) -> Result<()> {
        let (app, account) = (&self.hosted.app, self.hosted.account);
        let mut write = app.log.begin_beside(account, Class::Office).await?;
        let (received, now_us) = (self.stored as i64, app.environment.now_us());
        let noted = if self.has_row {
            write
                .tx()
                .execute(
                    "update hosted_part set received_bytes = $3, updated_us = $4 where account = $1 and id = $2 \
                     and received_bytes <= $3",
                    (account, self.id, received, now_us),
                )
                .await?
        } else {
            write
                .tx()
                .execute(
                    "insert into hosted_part (account, key, folder, name, id, received_bytes, updated_us) \
                     values ($1, $2, $3, $4, $5, $6, $7) on conflict (account, key, folder, name) do update \
                     set id = excluded.id, received_bytes = excluded.received_bytes, updated_us = excluded.updated_us",
                    (
                        account,
                        self.hosted.key,
                        self.folder.as_str(),
                        self.name.as_str(),
                        self.id,
                        received,
                        now_us,
                    ),
                )
                .await?
        };
        write.commit().await?;
        if noted == 0 {
            return Err(Problem::new(Code::Conflict).with("with", "another upload"));
        }
        (self.has_row, self.noted) = (true, self.stored);
        Ok(())
    }

    /// Keeps what there is as a part, for whoever goes on with it.
    pub async fn suspend(mut self) -> Result<()> {
        if self.size_bytes() == 0 {
            return Ok(());
        }
        self.flush().await?;
        self.note().await
    }

    /// Makes a file of it. When this returns it is durable, and an intake that it fits has it.
    pub async fn finish(self) -> Result<()> {
        self.finish_as(None).await
    }

    /// The same for what was brought under an id with a hash: once for each id, and only if the hash is right. Of what is
    /// not, nothing is kept.
    pub(super) async fn finish_as(mut self, arrival: Option<(Uuid, [u8; 32])>) -> Result<()> {
        let allowed = self.hosted.allowed().await?;
        let (app, account) = (self.hosted.app.clone(), self.hosted.account);
        let name = app.environment.uuid();
        let mut draft = app.store.begin(account, name).await.map_err(|error| unavailable(&error))?;
        while draft.size_bytes() < self.stored {
            let chunk = app.store.read_part(account, self.id, draft.size_bytes()).await;
            draft
                .write(&chunk.map_err(|error| unavailable(&error))?)
                .await
                .map_err(|error| unavailable(&error))?;
        }
        draft.write(&self.block).await.map_err(|error| unavailable(&error))?;
        if draft.size_bytes() != self.size_bytes() {
            return Err(Problem::new(Code::Conflict).with("with", "another upload"));
        }
        self.block = Vec::new();
        if arrival.is_some_and(|(_, hash)| hash != draft.hash()) {
            let mut write = app.log.begin(&allowed, Class::Office).await?;
            self.take_row(&mut write).await?;
            write.commit().await?;
            return Err(Problem::new(Code::Conflict).with("with", "hash"));
        }
        let file = upload::commit(&app, &allowed, Class::Office, "application/octet-stream", draft).await?;
        let mut write = app.log.begin(&allowed, Class::Office).await?;
        self.take_row(&mut write).await?;
        let kept = Kept {
            key: self.hosted.key,
            folder: &self.folder,
            name: &self.name,
            file: &file,
            received: None,
            export_run: None,
            outgoing: None,
        };
        let id = put(&mut write, &kept).await?;
        if let Some((arrival, hash)) = arrival {
            self.arrived(&mut write, arrival, id, &hash).await?;
        }
        let (key, door) = (self.hosted.key, self.hosted.door);
        let below = below(&self.folder);
        arrived(
            &mut write,
            key,
            door,
            &arrive::Hosted { id, folder: below, name: &self.name, how: How::Closed },
        )
        .await?;
        write.commit().await?;
        if self.stored > 0
            && let Err(error) = app.store.remove_parts(account, self.id).await
        {
            tracing::warn!(%error, "the parts of an upload stay until the sweep");
        }
        Ok(())
    }

    /// Notes what was brought under an id. [`Code::Conflict`] when it was, at the same time, by somebody else: nothing may
    /// be committed then. Whoever brought it need not take it back.
    async fn arrived(
        &self,
        write: &mut crate::log::write::Write,
        arrival: Uuid,
        hosted: Uuid,
        hash: &[u8; 32],
    ) -> Result<()> {
        let (account, owner, now_us) = (write.account(), self.hosted.key, write.now_us);
        let written = write
            .tx()
            .execute(
                "insert into arrival (account, owner, id, hosted, hash, arrived_us) values ($1, $2, $3, $4, $5, $6) \
                 on conflict (account, owner, id) do nothing",
                (account, owner, arrival, hosted, &hash[..], now_us),
            )
            .await?;
        if written == 0 {
            return Err(Problem::new(Code::Conflict).with("with", "another upload"));
        }
        write
            .tx()
            .execute(
                "update hosted_file set taken_us = $3 where account = $1 and id = $2",
                (account, hosted, now_us),
            )
            .await?;
        Ok(())
    }

    /// Takes the row of the part away. One that is another upload's by now refuses this one.
    async fn take_row(&self, write: &mut crate::log::write::Write) -> Result<()> {
        let account = write.account();
        let gone = write
            .tx()
            .execute(
                "delete from hosted_part where account = $1 and key = $2 and folder = $3 and name = $4 and id = $5",
                (account, self.hosted.key, self.folder.as_str(), self.name.as_str(), self.id),
            )
            .await?;
        if self.has_row && gone == 0 {
            return Err(Problem::new(Code::Conflict).with("with", "another upload"));
        }
        Ok(())
    }
}
