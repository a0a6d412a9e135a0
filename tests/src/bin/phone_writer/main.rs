//! A phone in a process of its own, which tests kill or take the power from. After each capture returned it prints a line
//! of its journal, `captured ENTRY [HASH]`.
//!
//! - `phone-writer capture FOLDER SYNCHRONOUS COUNT` captures without a server, every third time a photo.
//! - `phone-writer work FOLDER SERVER CODE` enrols if it must, captures and syncs until it is killed.
//! - `phone-writer drain FOLDER` syncs until nothing is unsent.
//! - `phone-writer day FOLDER SERVER CODE FORM` works a whole day, and goes on with it after it was killed: see [`day`].

mod day;

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use campo_mobile_core::{
    capture::{Action, Capture, Photo},
    core::{Core, enrolment::Device},
    store::{
        Store,
        space::{FileSpace as _, Folder, TakenFile},
    },
};
use campo_tests::{
    core_phone::{self, PIN},
    wait,
};

/// How long a phone waits for its roster, and for the end of what it has to send.
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(1);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["capture", folder, synchronous, count] => capture(Path::new(folder), synchronous, count.parse()?),
        ["work", folder, server, code] => work(Path::new(folder), server, code).await,
        ["day", folder, server, code, form] => {
            day::work(Path::new(folder), server, code, form.parse()?).await
        }
        ["drain", folder] => drain(Path::new(folder)).await,
        _ => bail!("usage: phone-writer capture|work|day|drain FOLDER …"),
    }
}

fn capture(folder: &Path, synchronous: &str, count: usize) -> Result<()> {
    let mut store = Store::open(&core_phone::database(folder))?;
    store.set_synchronous(synchronous)?;
    let space = Folder::new(&folder.join("files"))?;
    let environment = core_phone::environment();
    for number in 0..count {
        let photo = if number % 3 == 0 { Some(space.take(&camera(folder, number)?)?) } else { None };
        let captured = store.capture(&environment.moment(), &doing(number, photo.clone()), &space)?;
        journal(&captured.id.to_string(), photo.as_ref())?;
    }
    Ok(())
}

async fn work(folder: &Path, server: &str, code: &str) -> Result<()> {
    let core = core_phone::open(folder)?;
    if core.enrolment()?.is_none() {
        core.enrol(server, code, Device::default()).await?;
    }
    if core.session()?.is_none() {
        let listed = async || {
            core.sync_now().await;
            Ok(core.roster()?.into_iter().next())
        };
        let employee = wait::until("the roster", PATIENCE, listed).await?;
        core.open_session(&format!("open-{}", std::process::id()), employee.id, PIN)?;
    }
    for number in 0.. {
        let photo = if number % 3 == 0 { Some(core.take_file(&camera(folder, number)?)?) } else { None };
        let captured = core.capture(doing(number, photo.clone()))?;
        journal(&captured.id.to_string(), photo.as_ref())?;
        // A worker is not faster than the exchanges that each capture begins, and so kills meet both
        tokio::task::yield_now().await;
        if number % 5 == 0 {
            core.sync_now().await;
        }
    }
    Ok(())
}

async fn drain(folder: &Path) -> Result<()> {
    drain_core(&core_phone::open(folder)?).await
}

async fn drain_core(core: &Core) -> Result<()> {
    let sent = async || {
        let state = core.sync_now().await;
        Ok((state.unsent_entries == 0 && state.unsent_files == 0).then_some(()))
    };
    wait::until("everything to be sent", PATIENCE, sent).await
}

/// A picture as a camera leaves it: written, and not synced.
fn camera(folder: &Path, number: usize) -> Result<PathBuf> {
    picture(folder, &format!("camera-{number}"), &format!("{}-{number} ", std::process::id()))
}

fn picture(folder: &Path, name: &str, content: &str) -> Result<PathBuf> {
    let path = folder.join(format!("{name}.jpg"));
    let picture = content.repeat(3000);
    fs::write(&path, picture).with_context(|| path.display().to_string())?;
    Ok(path)
}

fn doing(number: usize, photo: Option<TakenFile>) -> Capture {
    let action = match photo {
        Some(file) => Action::Photo {
            photo: Photo { file, field: None, media_type: "image/jpeg".to_owned() },
            task: None,
        },
        None if number.is_multiple_of(2) => Action::ShiftStart,
        None => Action::ShiftEnd,
    };
    Capture {
        intent: format!("{}-{number}", std::process::id()),
        session: None,
        action,
        place: None,
        note: None,
    }
}

fn journal(entry: &str, photo: Option<&TakenFile>) -> Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "captured {entry} {}", photo.map_or("", |photo| &photo.hash))?;
    Ok(output.flush()?)
}
