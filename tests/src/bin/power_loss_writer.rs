//! Writes below the power loss library and says what it was told is durable: the process that the library's own tests
//! cut off. It reads a script from standard input, one step a line, and answers `done NUMBER` after each step.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rusqlite::Connection;

fn main() -> Result<()> {
    let folder =
        PathBuf::from(std::env::args_os().nth(1).context("usage: power-loss-writer FOLDER <SCRIPT")?);
    let mut writer = Writer { folder, open: HashMap::new(), database: None };
    for (number, line) in io::stdin().lock().lines().enumerate() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        writer.step(&words).with_context(|| line.clone())?;
        let mut answers = io::stdout().lock();
        writeln!(answers, "done {number}")?;
        answers.flush()?;
    }
    Ok(())
}

struct Writer {
    folder: PathBuf,
    /// Files stay open as they were, also when their name moves on.
    open: HashMap<String, File>,
    database: Option<Connection>,
}

impl Writer {
    fn step(&mut self, words: &[&str]) -> Result<()> {
        match words {
            // Files, by the handle under which they were opened
            ["open", handle, name] => {
                let path = self.path(name);
                let file =
                    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
                self.open.insert((*handle).to_owned(), file);
            }
            ["empty", handle, name] => {
                let file = File::create(self.path(name))?;
                self.open.insert((*handle).to_owned(), file);
            }
            ["close", handle] => drop(self.open.remove(*handle)),
            ["write", handle, at, text] => self.file(handle)?.write_all_at(text.as_bytes(), at.parse()?)?,
            ["append", handle, text] => self.file(handle)?.write_all(text.as_bytes())?,
            ["cut", handle, length] => self.file(handle)?.set_len(length.parse()?)?,
            ["sync", handle] => self.file(handle)?.sync_all()?,
            ["sync_data", handle] => self.file(handle)?.sync_data()?,
            // Names
            ["copy", from, to] => drop(fs::copy(self.path(from), self.path(to))?),
            ["rename", from, to] => fs::rename(self.path(from), self.path(to))?,
            ["remove", name] => fs::remove_file(self.path(name))?,
            ["folder", name] => fs::create_dir(self.path(name))?,
            ["remove_folder", name] => fs::remove_dir(self.path(name))?,
            ["sync_folder", name] => File::open(self.path(name))?.sync_all()?,
            ["threads", count] => threads(&self.folder, count.parse()?)?,
            // SQLite
            ["database", synchronous] => self.database = Some(database(&self.folder, synchronous)?),
            ["insert", row] => {
                self.database()?.execute("insert into row values ($1, $2)", (row, filling()))?;
            }
            _ => bail!("not a step"),
        }
        Ok(())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn file(&mut self, handle: &str) -> Result<&mut File> {
        self.open.get_mut(handle).context("no such handle")
    }

    fn database(&self) -> Result<&Connection> {
        self.database.as_ref().context("no database")
    }
}

/// Each thread writes a file of its own and its pages of a common one, and syncs both again and again.
fn threads(folder: &Path, count: u64) -> Result<()> {
    let common = File::create(folder.join("common"))?;
    std::thread::scope(|scope| {
        let write = |thread: u64| -> io::Result<()> {
            let mut own = File::create(folder.join(format!("own{thread}")))?;
            for round in 0..40 {
                let letter = [b'a' + thread as u8];
                own.write_all(&letter)?;
                own.sync_data()?;
                common.write_all_at(&letter.repeat(512), (round * count + thread) * 512)?;
                common.sync_data()?;
            }
            Ok(())
        };
        let running: Vec<_> = (0..count).map(|thread| scope.spawn(move || write(thread))).collect();
        running.into_iter().try_for_each(|thread| thread.join().unwrap_or(Err(io::ErrorKind::Other.into())))
    })?;
    Ok(File::open(folder)?.sync_all()?)
}

/// Large enough for some rows to fill a page.
fn filling() -> String {
    "x".repeat(900)
}

fn database(folder: &Path, synchronous: &str) -> Result<Connection> {
    let database = Connection::open(folder.join("rows.db"))?;
    database.pragma_update(None, "journal_mode", "wal")?;
    database.pragma_update(None, "synchronous", synchronous)?;
    // Few pages, so that a short test sees checkpoints and the log beginning anew.
    database.pragma_update(None, "wal_autocheckpoint", 6)?;
    database
        .execute("create table if not exists row (number integer primary key, filling text) strict", ())?;
    Ok(database)
}
