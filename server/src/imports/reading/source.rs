//! The bytes of a file, wherever they are.

use futures_util::{StreamExt as _, stream};

use crate::{
    app::App,
    files::{store::Content, upload::FileRow},
    problem::{Problem, Result},
};

/// A file to read.
#[derive(Debug)]
pub(in super::super) enum Source {
    /// One that is stored, by its hash
    Stored(Vec<u8>),
    /// One that a request brought
    Bytes(Vec<u8>),
}

impl Source {
    /// Its length, and its bytes block by block.
    pub(super) async fn open(self, app: &App, account: i64) -> Result<(u64, Content)> {
        let hash = match self {
            Self::Bytes(bytes) => {
                let size = bytes.len() as u64;
                return Ok((size, stream::iter([Ok(bytes)]).boxed()));
            }
            Self::Stored(hash) => hash,
        };
        let file: Option<FileRow> = app
            .db
            .fetch_optional(
                "select hash, generation, size_bytes, media_type from file where account = $1 and hash = $2",
                (account, hash.as_slice()),
            )
            .await?;
        let file = file.ok_or_else(|| Problem::internal(anyhow::anyhow!("the file of an import is gone")))?;
        let size = file.size_bytes as u64;
        let content = app.store.read(&file.place(account)?, 0..size).await.map_err(Problem::internal)?;
        Ok((size, content))
    }

    /// All of it.
    pub(super) async fn whole(self, app: &App, account: i64) -> Result<Vec<u8>> {
        if let Self::Bytes(bytes) = self {
            return Ok(bytes);
        }
        let (size, mut content) = self.open(app, account).await?;
        let mut bytes = Vec::with_capacity(size as usize);
        while let Some(block) = content.next().await {
            bytes.extend(block.map_err(Problem::internal)?);
        }
        Ok(bytes)
    }
}
