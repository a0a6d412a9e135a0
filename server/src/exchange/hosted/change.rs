//! Renaming, removing and folders.

use campo_file_names::{VirtualPath, is_unfinished};

use super::{
    Door, Hosted,
    kept::remove_by_id,
    place::{Area, Place, below, bounds, read_only},
};
use crate::{
    exchange::{
        placing,
        received::{
            arrive::{self, arrived},
            judge::How,
        },
    },
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
};

impl Hosted {
    /// Gives a file in `in` another name, over the one that has it: by this many clients say that it is whole. A folder
    /// keeps its name.
    pub async fn rename(&self, from: &VirtualPath, to: &VirtualPath) -> Result<()> {
        let allowed = self.allowed().await?;
        let (from_folder, from_name) = Place::of(from)?.writable()?;
        let (folder, name) = Place::of(to)?.writable()?;
        let above = VirtualPath::parse(&folder).map_err(|_| Code::NotFound)?;
        if !self.folder_exists(&Place::of(&above)?).await? {
            return Err(Code::NotFound.into());
        }
        let row = self.row(&from_folder, &from_name).await?.ok_or(Code::NotFound)?;
        if row.is_folder() {
            return Err(read_only(&format!("{from_folder}/{from_name}")));
        }
        if (&from_folder, &from_name) == (&folder, &name) {
            return Ok(());
        }
        let target = self.row(&folder, &name).await?;
        if target.as_ref().is_some_and(super::list::FileRow::is_folder) {
            return Err(Problem::new(Code::AlreadyExists).with("field", "/name").with("value", &name));
        }
        let mut write = self.app.log.begin(&allowed, Class::Office).await?;
        if let Some(target) = target {
            remove_by_id(&mut write, target.id).await?;
        }
        let account = write.account();
        let moved = write
            .tx()
            .execute(
                "update hosted_file set folder = $3, name = $4 where account = $1 and id = $2",
                (account, row.id, folder.as_str(), name.as_str()),
            )
            .await?;
        if moved == 0 {
            return Err(Code::NotFound.into());
        }
        self.arrived_by_name(&mut write, row.id, &folder, &name, &from_name).await?;
        write.commit().await.map(drop)
    }

    async fn arrived_by_name(
        &self,
        write: &mut Write,
        id: uuid::Uuid,
        folder: &str,
        name: &str,
        before: &str,
    ) -> Result<()> {
        let how = if is_unfinished(before) || before != name { How::Renamed } else { How::Closed };
        let file = arrive::Hosted { id, folder: below(folder), name, how };
        arrived(write, self.key, self.door, &file).await
    }

    /// Removes a file. What was imported of it stays, and so does what waits to be.
    pub async fn remove(&self, path: &VirtualPath) -> Result<()> {
        let allowed = self.allowed().await?;
        let Place::Within { folder, name, .. } = Place::of(path)? else { return Err(read_only("/")) };
        match self.row(&folder, &name).await? {
            Some(row) if row.is_folder() => Err(read_only(&format!("{folder}/{name}"))),
            Some(row) => {
                let mut write = self.app.log.begin(&allowed, Class::Office).await?;
                // Whoever removes what was there for them has taken it
                let now_us = write.now_us;
                placing::note_taken(write.tx(), self.account, row.id, now_us).await?;
                remove_by_id(&mut write, row.id).await?;
                write.commit().await.map(drop)
            }
            None => self.forget_part(&folder, &name).await,
        }
    }

    /// Forgets an upload that is not whole.
    async fn forget_part(&self, folder: &str, name: &str) -> Result<()> {
        let mut write = self.app.log.begin_beside(self.account, Class::Office).await?;
        let gone = write
            .tx()
            .execute(
                "delete from hosted_part where account = $1 and key = $2 and folder = $3 and name = $4",
                (self.account, self.key, folder, name),
            )
            .await?;
        write.commit().await?;
        // Its chunks go with the sweep of parts that nobody adds to
        if gone == 0 { Err(Code::NotFound.into()) } else { Ok(()) }
    }

    /// Makes a folder in `in`.
    pub async fn make_folder(&self, path: &VirtualPath) -> Result<()> {
        let allowed = self.allowed().await?;
        let place = Place::of(path)?;
        let exists =
            |value: &str| Problem::new(Code::AlreadyExists).with("field", "/name").with("value", value);
        if let Place::Root | Place::Area(_) = place {
            return Err(exists(&path.to_string()));
        }
        if self.folder_exists(&place).await? {
            return Err(exists(&path.to_string()));
        }
        let (folder, name) = place.writable()?;
        let above = VirtualPath::parse(&folder).map_err(|_| Code::NotFound)?;
        if !self.folder_exists(&Place::of(&above)?).await? {
            return Err(Code::NotFound.into());
        }
        if self.row(&folder, &name).await?.is_some() {
            return Err(exists(&name));
        }
        let mut write = self.app.log.begin(&allowed, Class::Office).await?;
        let (account, id, now_us) = (write.account(), write.new_id(), write.now_us);
        write
            .tx()
            .execute(
                "insert into hosted_file (account, key, folder, name, id, kind, size_bytes, modified_us) \
                 values ($1, $2, $3, $4, $5, 'folder', 0, $6) on conflict (account, key, folder, name) do nothing",
                (account, self.key, folder.as_str(), name.as_str(), id, now_us),
            )
            .await?;
        write.commit().await.map(drop)
    }

    /// Removes a folder in which nothing is. Those of intakes stay.
    pub async fn remove_folder(&self, path: &VirtualPath) -> Result<()> {
        let allowed = self.allowed().await?;
        let place = Place::of(path)?;
        let Place::Within { area: Area::In, folder, name } = &place else { return Err(read_only("/")) };
        let row =
            self.row(folder, name).await?.filter(super::list::FileRow::is_folder).ok_or(Code::NotFound)?;
        let within = format!("{folder}/{name}");
        let (from, until) = bounds(&within);
        let mut write = self.app.log.begin(&allowed, Class::Office).await?;
        let account = write.account();
        let some: Option<(uuid::Uuid,)> = write
            .tx()
            .fetch_optional(
                "select id from hosted_file where account = $1 and key = $2 \
                 and (folder = $3 or (folder >= $4 and folder < $5)) limit 1",
                (account, self.key, within.as_str(), from, until),
            )
            .await?;
        if some.is_some() {
            return Err(Problem::new(Code::Conflict).with("with", "files"));
        }
        remove_by_id(&mut write, row.id).await?;
        write.commit().await.map(drop)
    }
}

impl Door {
    /// Which way of files that come it is.
    pub(in crate::exchange) const fn way(self) -> &'static str {
        self.name()
    }
}
