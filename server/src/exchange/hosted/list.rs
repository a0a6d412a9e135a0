//! What is in the folders of a key.

use std::collections::BTreeMap;

use campo_file_names::VirtualPath;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Hosted,
    place::{Area, Place, below, bounds},
};
use crate::{
    exchange::intake,
    problem::{Code, Result},
};

/// The most names in one listing; a key can have no more files.
const MOST: i64 = 30_000;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// A folder
    Folder,
    /// A whole file
    File,
    /// An upload that is not whole: only whoever asks for its name sees it, to go on with it
    Part,
}

/// A file or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its name in its folder
    pub name: String,
    /// What it is
    pub kind: ItemKind,
    /// Its length
    pub size_bytes: u64,
    /// When it came: microseconds since 1970 UTC
    pub modified_us: i64,
    /// True when it can be removed or written over
    pub writable: bool,
}

/// A row of `hosted_file`.
#[derive(Debug, Clone, FromRow)]
pub(super) struct FileRow {
    pub(super) name: String,
    pub(super) id: Uuid,
    pub(super) kind: String,
    pub(super) size_bytes: i64,
    pub(super) hash: Option<Vec<u8>>,
    pub(super) modified_us: i64,
}

impl FileRow {
    pub(super) fn is_folder(&self) -> bool {
        self.kind == "folder"
    }

    fn item(self, area: Area) -> Item {
        Item {
            kind: if self.is_folder() { ItemKind::Folder } else { ItemKind::File },
            name: self.name,
            size_bytes: self.size_bytes.unsigned_abs(),
            modified_us: self.modified_us,
            writable: area == Area::In,
        }
    }
}

impl Item {
    fn folder(name: &str, writable: bool) -> Self {
        Self { name: name.to_owned(), kind: ItemKind::Folder, size_bytes: 0, modified_us: 0, writable }
    }
}

impl Hosted {
    /// What is in the folder at `path`, in order of the names. A path of a file is answered with the file.
    pub async fn list(&self, path: &VirtualPath) -> Result<Vec<Item>> {
        self.allowed().await?;
        let place = Place::of(path)?;
        let (area, folder) = match (&place, place.as_folder()) {
            (Place::Area(area) | Place::Within { area, .. }, Some(folder)) => (*area, folder),
            _ => return Ok(Area::ALL.map(|area| Item::folder(area.name(), area == Area::In)).into()),
        };
        if !self.folder_exists(&place).await? {
            return Ok(vec![self.stat_place(&place).await?]);
        }
        let rows: Vec<FileRow> = self
            .app
            .db
            .fetch_all(
                "select name, id, kind, size_bytes, hash, modified_us from hosted_file \
                 where account = $1 and key = $2 and folder = $3 order by name limit $4",
                (self.account, self.key, folder.as_str(), MOST),
            )
            .await?;
        let mut items: BTreeMap<String, Item> =
            rows.into_iter().map(|row| (row.name.clone(), row.item(area))).collect();
        for below in self.folders_below(area, &folder).await? {
            items.entry(below.clone()).or_insert_with(|| Item::folder(&below, area == Area::In));
        }
        Ok(items.into_values().collect())
    }

    /// What a path names.
    pub async fn stat(&self, path: &VirtualPath) -> Result<Item> {
        self.allowed().await?;
        self.stat_place(&Place::of(path)?).await
    }

    async fn stat_place(&self, place: &Place) -> Result<Item> {
        let (area, folder, name) = match place {
            Place::Root => return Ok(Item::folder("/", false)),
            Place::Area(area) => return Ok(Item::folder(area.name(), *area == Area::In)),
            Place::Within { area, folder, name } => (*area, folder, name),
        };
        if let Some(row) = self.row(folder, name).await? {
            return Ok(row.item(area));
        }
        if self.folder_exists(place).await? {
            return Ok(Item::folder(name, area == Area::In));
        }
        let part: Option<(i64, i64)> = self
            .app
            .db
            .fetch_optional(
                "select received_bytes, updated_us from hosted_part \
                 where account = $1 and key = $2 and folder = $3 and name = $4",
                (self.account, self.key, folder.as_str(), name.as_str()),
            )
            .await?;
        let (received_bytes, modified_us) = part.ok_or(Code::NotFound)?;
        Ok(Item {
            name: name.clone(),
            kind: ItemKind::Part,
            size_bytes: received_bytes.unsigned_abs(),
            modified_us,
            writable: true,
        })
    }

    pub(super) async fn row(&self, folder: &str, name: &str) -> Result<Option<FileRow>> {
        self.app
            .db
            .fetch_optional(
                "select name, id, kind, size_bytes, hash, modified_us from hosted_file \
                 where account = $1 and key = $2 and folder = $3 and name = $4",
                (self.account, self.key, folder, name),
            )
            .await
    }

    /// True for the four folders, those that were made, those of intakes, and those in which something lies.
    pub(super) async fn folder_exists(&self, place: &Place) -> Result<bool> {
        let Place::Within { area, folder, name } = place else { return Ok(true) };
        if self.row(folder, name).await?.is_some_and(|row| row.is_folder()) {
            return Ok(true);
        }
        let path = format!("{folder}/{name}");
        if *area == Area::In {
            let wanted = below(&path);
            let named = |own: &String| own == wanted || own.starts_with(&format!("{wanted}/"));
            if intake::folders(&self.app.db, self.account).await?.iter().any(named) {
                return Ok(true);
            }
        }
        let (from, until) = bounds(&path);
        let some: Option<(Uuid,)> = self
            .app
            .db
            .fetch_optional(
                "select id from hosted_file where account = $1 and key = $2 \
                 and (folder = $3 or (folder >= $4 and folder < $5)) limit 1",
                (self.account, self.key, path.as_str(), from, until),
            )
            .await?;
        Ok(some.is_some())
    }

    /// The names of folders that are there without a row of their own.
    async fn folders_below(&self, area: Area, folder: &str) -> Result<Vec<String>> {
        let (from, until) = bounds(folder);
        let rows: Vec<(String,)> = self
            .app
            .db
            .fetch_all(
                "select distinct folder from hosted_file where account = $1 and key = $2 \
                 and folder >= $3 and folder < $4 order by folder limit $5",
                (self.account, self.key, from.as_str(), until, MOST),
            )
            .await?;
        let mut paths: Vec<String> = rows.into_iter().map(|(folder,)| folder).collect();
        if area == Area::In {
            let intakes = intake::folders(&self.app.db, self.account).await?;
            paths.extend(intakes.into_iter().map(|own| format!("in/{own}")));
        }
        let names = paths.iter().filter_map(|path| path.strip_prefix(&from)?.split('/').next());
        Ok(names.map(str::to_owned).collect())
    }
}
