//! The wipe of a phone that was reported stolen. It needs no room on the disk, and is made again at the next start
//! wherever it was cut off.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use uuid::Uuid;

use super::{bearers::BEARERS, failure::Result, platform::SecureStore};
use crate::store::{Store, space::FileSpace, writer::Writer};

/// True when a wipe of the phone with this database was begun and did not end.
pub(super) fn is_begun(database: &Path) -> bool {
    mark(database).exists()
}

/// Ends at the start of the app what was cut off. Nothing of the old database is opened.
pub(super) fn go_on(database: &Path, space: &dyn FileSpace, secrets: &dyn SecureStore) -> Result<()> {
    let all = remove(database, space, secrets);
    Store::replace_by_stolen(database)?;
    if all {
        end(database);
    }
    Ok(())
}

/// Notes durably that the phone is stolen, and removes its secrets and files. What does not work keeps nothing else from
/// being removed. False when something is left; the mark stays until [`end`].
pub(super) fn remove(database: &Path, space: &dyn FileSpace, secrets: &dyn SecureStore) -> bool {
    let marked = set_mark(database);
    let secret = secrets.remove(BEARERS);
    if let Err(failure) = &secret {
        tracing::error!(%failure, "the secrets of a stolen phone could not be removed");
    }
    let files = space.clear();
    if let Err(error) = &files {
        tracing::error!(%error, "the files of a stolen phone could not be removed");
    }
    // On a disk that was full there is room now
    if let Err(error) = marked.or_else(|_| set_mark(database)) {
        tracing::error!(%error, "that the phone is stolen could not be noted");
    }
    secret.is_ok() && files.is_ok()
}

/// Removes what only an earlier enrolment needs: its files and its entries. Its secret is not needed any more then. What
/// is cut off begins again when its server says again that it was stolen.
pub(super) fn remove_earlier(writer: &Writer, space: &dyn FileSpace, installation: Uuid) -> Result<()> {
    for hash in writer.read(|store| store.files_of_alone(installation))? {
        space.remove(&hash)?;
    }
    Ok(writer.write(move |store| store.remove_earlier(installation))?)
}

/// Takes the mark away: the new database says it from now on.
pub(super) fn end(database: &Path) {
    if let Err(error) = fs::remove_file(mark(database)) {
        tracing::warn!(%error, "the mark of a wipe stays, and it will be made again");
    }
}

fn mark(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".stolen");
    name.into()
}

fn set_mark(database: &Path) -> io::Result<()> {
    let mark = mark(database);
    File::create(&mark)?.sync_all()?;
    mark.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}
