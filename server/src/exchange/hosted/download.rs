//! Reading files from the folders of a key.

use std::ops::Range;

use campo_file_names::VirtualPath;
use futures_util::TryStreamExt as _;
use uuid::Uuid;

use super::{
    Hosted,
    place::{Area, Place},
};
use crate::{
    exchange::placing,
    files::{
        store::{self, Content},
        upload::{FileRow, unavailable},
    },
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// A file that is being read, mostly from its start to its end.
pub struct Download {
    hosted: Hosted,
    id: Uuid,
    place: store::Place,
    size_bytes: u64,
    /// Taken once it was read to its end
    in_out: bool,
    /// What is read next, with its place in the file
    stream: Option<(u64, Content)>,
    /// The rest of a block, which begins at the stream's place
    rest: Vec<u8>,
    furthest: u64,
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Download").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Hosted {
    /// Opens a file for reading.
    pub async fn open(&self, path: &VirtualPath) -> Result<Download> {
        self.allowed().await?;
        let Place::Within { area, folder, name } = Place::of(path)? else {
            return Err(Problem::new(Code::NotFound));
        };
        let row = self.row(&folder, &name).await?.ok_or(Code::NotFound)?;
        let hash = row.hash.ok_or(Code::NotFound)?;
        let file: Option<FileRow> = self
            .app
            .db
            .fetch_optional(
                "select hash, generation, size_bytes, media_type from file where account = $1 and hash = $2",
                (self.account, hash),
            )
            .await?;
        let file =
            file.ok_or_else(|| Problem::internal(anyhow::anyhow!("the bytes of a hosted file are gone")))?;
        Ok(Download {
            place: file.place(self.account)?,
            hosted: self.clone(),
            id: row.id,
            size_bytes: file.size_bytes.unsigned_abs(),
            in_out: area == Area::Out,
            stream: None,
            rest: Vec::new(),
            furthest: 0,
        })
    }
}

impl Download {
    /// Its length.
    pub const fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Up to `most` bytes from `offset` on; none at the end.
    pub async fn read(&mut self, offset: u64, most: usize) -> Result<Vec<u8>> {
        let end = offset.saturating_add(most as u64).min(self.size_bytes);
        if offset >= end {
            return Ok(Vec::new());
        }
        let wanted = (end - offset) as usize;
        if self.stream.as_ref().is_none_or(|(at, _)| *at != offset) {
            let Range { start, end } = offset..self.size_bytes;
            let opened = self.hosted.app.store.read(&self.place, start..end).await;
            self.stream = Some((offset, opened.map_err(|error| unavailable(&error))?));
            self.rest.clear();
        }
        let Some((at, stream)) = &mut self.stream else { return Ok(Vec::new()) };
        while self.rest.len() < wanted {
            match stream.try_next().await.map_err(|error| unavailable(&error))? {
                Some(block) if self.rest.is_empty() => self.rest = block,
                Some(block) => self.rest.extend(block),
                None => break,
            }
        }
        let left = self.rest.split_off(wanted.min(self.rest.len()));
        let bytes = std::mem::replace(&mut self.rest, left);
        *at += bytes.len() as u64;
        self.furthest = self.furthest.max(*at);
        Ok(bytes)
    }

    /// Ends it. What was read from `out` to its end was taken.
    pub async fn close(self) -> Result<()> {
        if !self.in_out || self.furthest < self.size_bytes {
            return Ok(());
        }
        let hosted = &self.hosted;
        let now_us = hosted.app.environment.now_us();
        let mut write = hosted.app.log.begin_beside(hosted.account, Class::Housekeeping).await?;
        write
            .tx()
            .execute(
                "update hosted_file set taken_us = $3 where account = $1 and id = $2 and taken_us is null",
                (hosted.account, self.id, now_us),
            )
            .await?;
        placing::note_taken(write.tx(), hosted.account, self.id, now_us).await?;
        write.commit().await
    }
}
