//! Loss of power takes what was not synced, and nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use campo_tests::powerloss::{Disk, Unsynced};
use rusqlite::Connection;
use tempfile::TempDir;

/// What the folder holds: contents by path, None for a folder.
pub(super) type Tree = BTreeMap<String, Option<Vec<u8>>>;

/// Lets the writer process run the script on the disk, and counts the steps that it reported as done.
pub(super) fn run(environment: Vec<(String, String)>, folder: &Path, script: &[String]) -> Result<usize> {
    let mut writer = Command::new(env!("CARGO_BIN_EXE_power-loss-writer"))
        .arg(folder)
        .envs(environment)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    // A writer that is cut off early does not read to the end.
    let _ = writer.stdin.take().context("no standard input")?.write_all(script.join("\n").as_bytes());
    let output = writer.wait_with_output()?;
    if !output.status.success() && output.status.signal() != Some(9) {
        bail!("the writer ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?.lines().filter(|line| line.starts_with("done ")).count())
}

pub(super) fn tree(folder: &Path) -> Result<Tree> {
    let (mut found, mut folders) = (Tree::new(), vec![folder.to_path_buf()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            let name = path.strip_prefix(folder)?.to_string_lossy().into_owned();
            if path.is_dir() {
                found.insert(name, None);
                folders.push(path);
            } else {
                found.insert(name, Some(fs::read(&path)?));
            }
        }
    }
    Ok(found)
}

fn steps(script: &str) -> Vec<String> {
    script.split("; ").map(str::to_owned).collect()
}

/// `name=content` for each file and `name/` for each folder, in order of name.
fn described(tree: &Tree) -> String {
    let one = |(name, content): (&String, &Option<Vec<u8>>)| match content {
        Some(content) => format!("{name}={}", String::from_utf8_lossy(content)),
        None => format!("{name}/"),
    };
    tree.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_a_file_store_synced_survives_and_nothing_else() -> Result<()> {
    let cases = [
        // The protocol for a new file, and what each missing step costs
        ("open f tmp; append f hello; sync f; rename tmp photo; sync_folder .", "photo=hello"),
        ("open f tmp; append f hello; sync_data f; rename tmp photo; sync_folder .", "photo=hello"),
        ("open f tmp; append f hello; rename tmp photo; sync_folder .", "photo="),
        ("open f tmp; append f hello; sync f; rename tmp photo", ""),
        ("open f tmp; append f hello; sync f; sync_folder .; rename tmp photo", "tmp=hello"),
        ("open f tmp; append f hello; sync f; rename tmp photo; sync_folder .; append f more", "photo=hello"),
        // The order of the syncs does not matter, only that both come after what they make durable
        ("open f tmp; rename tmp photo; sync_folder .; append f hello; sync f", "photo=hello"),
        // Replacing a file
        (
            "open o photo; append o old; sync o; sync_folder .; open f t; append f new; sync f; rename t photo",
            "photo=old",
        ),
        (
            "open o photo; append o old; sync o; open f t; append f new; sync f; rename t photo; sync_folder .",
            "photo=new",
        ),
        // Folders
        ("folder a; open f a/x; append f hello; sync f; sync_folder a", ""),
        ("folder a; open f a/x; append f hello; sync f; sync_folder .", "a/"),
        ("folder a; open f a/x; append f hello; sync f; sync_folder a; sync_folder .", "a/ a/x=hello"),
        ("folder a; sync_folder .; open f x; sync_folder .; rename x a/x; sync_folder .", "a/"),
        ("folder a; sync_folder .; open f x; sync_folder .; rename x a/x; sync_folder a", "a/ a/x= x="),
        // Removing
        ("open f x; append f hello; sync f; sync_folder .; remove x", "x=hello"),
        ("open f x; append f hello; sync f; sync_folder .; remove x; sync_folder .", ""),
        // Changing the length
        ("open f x; append f hello; sync f; sync_folder .; cut f 2", "x=hello"),
        ("open f x; append f hello; sync f; sync_folder .; cut f 2; sync f", "x=he"),
        ("open f x; append f hello; sync f; sync_folder .; cut f 2; cut f 4; sync f", "x=he\0\0"),
        ("open f x; append f hello; sync f; sync_folder .; empty g x", "x=hello"),
        ("open f x; append f hello; sync f; sync_folder .; empty g x; write g 1 y; sync g", "x=\0y"),
        // Parts of a file
        ("open f x; append f hello; sync f; sync_folder .; write f 0 J; sync f; write f 4 y", "x=Jello"),
        (
            "open f x; append f hello; sync f; sync_folder .; append f ween; sync f; append f lost",
            "x=helloween",
        ),
        // Copies that bypass write
        ("open f x; append f hello; copy x y; open g y; sync_folder .", "x= y="),
        ("open f x; append f hello; copy x y; open g y; sync g; sync_folder .", "x= y=hello"),
    ];
    for (script, expected) in cases {
        let place = TempDir::new()?;
        let disk = Disk::new(place.path())?;
        run(disk.environment(), disk.folder(), &steps(script))?;
        disk.restore(Unsynced::Lost)?;
        assert_eq!(described(&tree(disk.folder())?), expected, "{script}");
    }
    Ok(())
}

/// File systems reuse the number of a removed file at once; many at a time make it certain that some are.
#[test]
fn a_new_file_does_not_inherit_what_a_removed_one_synced() -> Result<()> {
    let place = TempDir::new()?;
    let disk = Disk::new(place.path())?;
    let mut script = Vec::new();
    for number in 0..50 {
        let one =
            format!("open f{number} old{number}; append f{number} hello; sync f{number}; close f{number}");
        script.extend(steps(&one));
    }
    script.extend((0..50).map(|number| format!("remove old{number}")));
    script.extend((0..50).map(|number| format!("open f{number} new{number}")));
    script.push("sync_folder .".to_owned());
    run(disk.environment(), disk.folder(), &script)?;
    disk.restore(Unsynced::Lost)?;
    let found = tree(disk.folder())?;
    assert_eq!(found.len(), 50);
    assert!(found.values().all(|content| content.as_deref() == Some(&[])), "{}", described(&found));
    Ok(())
}

#[test]
fn what_many_threads_synced_at_once_survives() -> Result<()> {
    let place = TempDir::new()?;
    let disk = Disk::new(place.path())?;
    run(disk.environment(), disk.folder(), &steps("threads 8"))?;
    disk.restore(Unsynced::Lost)?;
    let mut found = tree(disk.folder())?;
    let round: Vec<u8> = (b'a'..=b'h').flat_map(|letter| [letter; 512]).collect();
    assert!(found.remove("common").flatten().context("the common file")? == round.repeat(40));
    let own = (0..8_u8).map(|thread| (format!("own{thread}"), Some(vec![b'a' + thread; 40])));
    assert_eq!(found, own.collect());
    Ok(())
}

#[test]
fn what_was_there_before_the_process_is_durable() -> Result<()> {
    let place = TempDir::new()?;
    let disk = Disk::new(place.path())?;
    fs::create_dir(disk.folder().join("a"))?;
    fs::write(disk.folder().join("a/x"), "old")?;
    run(disk.environment(), disk.folder(), &steps("open f a/x; write f 0 new; remove a/x; remove_folder a"))?;
    disk.restore(Unsynced::Lost)?;
    assert_eq!(described(&tree(disk.folder())?), "a/ a/x=old");
    Ok(())
}

#[test]
fn a_killed_process_leaves_its_unsynced_changes_unsynced_for_the_next() -> Result<()> {
    let place = TempDir::new()?;
    let disk = Disk::new(place.path())?;
    run(
        disk.environment(),
        disk.folder(),
        &steps("open f x; append f one; sync f; sync_folder .; append f two"),
    )?;
    // The next process sees what the page cache still has, and its sync covers it.
    assert_eq!(described(&tree(disk.folder())?), "x=onetwo");
    run(disk.environment(), disk.folder(), &steps("open g y; append g three"))?;
    disk.restore(Unsynced::Lost)?;
    assert_eq!(described(&tree(disk.folder())?), "x=one");

    run(disk.environment(), disk.folder(), &steps("open f x; write f 3 two"))?;
    run(disk.environment(), disk.folder(), &steps("open f x; sync f"))?;
    disk.restore(Unsynced::Lost)?;
    assert_eq!(described(&tree(disk.folder())?), "x=onetwo");
    Ok(())
}

#[test]
fn a_process_is_cut_before_the_operation_with_the_number() -> Result<()> {
    let script = steps("open f x; append f one; sync f; rename x y; sync_folder .; remove y");
    let whole = {
        let place = TempDir::new()?;
        let disk = Disk::new(place.path())?;
        assert_eq!(run(disk.environment(), disk.folder(), &script)?, script.len());
        disk.events()?
    };
    let operations: Vec<_> =
        whole.iter().map(|event| (event.operation.as_str(), event.path.as_str())).collect();
    let expected = [
        ("create", "x"),
        ("write", "x"),
        ("sync", "x"),
        ("rename", "x"),
        ("sync_folder", "."),
        ("remove", "y"),
    ];
    assert_eq!(operations, expected);
    for event in &whole {
        let place = TempDir::new()?;
        let disk = Disk::new(place.path())?;
        let done = run(disk.environment_cut_after(event.number), disk.folder(), &script)?;
        assert_eq!(done as u64, event.number, "each step of the script is one operation");
        assert_eq!(disk.events()?, whole[..event.number as usize]);
    }
    Ok(())
}

#[test]
fn torn_changes_are_a_mixture_of_old_and_new_and_spare_what_was_synced() -> Result<()> {
    let (old, new) = ("o".repeat(4096 * 8), "n".repeat(4096 * 9));
    let script = steps(&format!(
        "open f x; append f {old}; sync f; open g y; append g {old}; sync g; sync_folder .; write f 0 {new}; rename y z"
    ));
    let (mut mixtures, mut names) = (0, Vec::new());
    for seed in 0..12 {
        let place = TempDir::new()?;
        let disk = Disk::new(place.path())?;
        run(disk.environment(), disk.folder(), &script)?;
        disk.restore(Unsynced::Torn { seed })?;
        let mut tree = tree(disk.folder())?;
        let torn = tree.remove("x").flatten().context("x is synced")?;
        mixtures += usize::from(torn.contains(&b'o') && torn.contains(&b'n'));
        assert!(torn.len() == old.len() || torn.len() == new.len());
        let (name, synced) = tree.pop_first().context("y or z is there")?;
        assert_eq!(synced, Some(old.clone().into_bytes()));
        assert_eq!(tree.len(), 0, "a rename is one change");
        names.push(name);
    }
    assert!(mixtures > 6, "{mixtures} of 12 are mixtures");
    assert!(names.contains(&"y".to_owned()) && names.contains(&"z".to_owned()));
    Ok(())
}

const ROWS: usize = 14;

fn database_script(synchronous: &str) -> Vec<String> {
    let inserts = (1..=ROWS).map(|row| format!("insert {row}"));
    std::iter::once(format!("database {synchronous}")).chain(inserts).collect()
}

/// How many operations the whole script takes.
fn operations(synchronous: &str) -> Result<u64> {
    let place = TempDir::new()?;
    let disk = Disk::new(place.path())?;
    assert_eq!(run(disk.environment(), disk.folder(), &database_script(synchronous))?, ROWS + 1);
    Ok(disk.events()?.len() as u64)
}

/// Cuts the power after so many operations; the rows reported as committed, and those found afterwards.
fn commit_until(
    synchronous: &str,
    cut_after: u64,
    unsynced: Unsynced,
) -> Result<(usize, Result<Vec<usize>>)> {
    let place = TempDir::new()?;
    let disk = Disk::new(place.path())?;
    let done = run(disk.environment_cut_after(cut_after), disk.folder(), &database_script(synchronous))?;
    disk.restore(unsynced)?;
    Ok((done.saturating_sub(1), rows(disk.folder())))
}

fn rows(folder: &Path) -> Result<Vec<usize>> {
    let database = Connection::open(folder.join("rows.db"))?;
    let verdict: String = database.query_row("pragma integrity_check", (), |row| row.get(0))?;
    if verdict != "ok" {
        bail!(verdict);
    }
    let mut statement = database.prepare("select number from row order by number")?;
    let rows = statement.query_map((), |row| row.get::<_, i64>(0).map(|number| number as usize))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

#[test]
fn every_row_committed_with_synchronous_full_survives_a_cut_at_every_operation() -> Result<()> {
    let total = operations("FULL")?;
    assert!(total > 60, "{total} operations hold no checkpoint");
    for cut_after in 0..=total {
        for unsynced in [Unsynced::Lost, Unsynced::Torn { seed: cut_after }] {
            let (committed, found) = commit_until("FULL", cut_after, unsynced)?;
            let found = match found {
                Ok(found) => found,
                // The table itself is not there before its creation was reported.
                Err(error) if committed == 0 && error.to_string().contains("no such table") => Vec::new(),
                Err(error) => bail!("cut after {cut_after}, {unsynced:?}: {error}"),
            };
            let expected: Vec<usize> = (1..=found.len()).collect();
            assert_eq!(found, expected, "cut after {cut_after}, {unsynced:?}");
            // The commit under way may have become durable before its caller heard of it.
            assert!(
                (committed..=committed + 1).contains(&found.len()),
                "cut after {cut_after}, {unsynced:?}: {committed} committed, {} found",
                found.len()
            );
        }
    }
    Ok(())
}

#[test]
fn committed_rows_are_lost_with_less_than_synchronous_full() -> Result<()> {
    for synchronous in ["NORMAL", "OFF"] {
        let total = operations(synchronous)?;
        let mut losses = 0;
        for cut_after in (0..=total).step_by(3) {
            let (committed, found) = commit_until(synchronous, cut_after, Unsynced::Lost)?;
            losses += usize::from(found.map_or(0, |found| found.len()) < committed);
        }
        assert!(losses > 5, "{synchronous}: only {losses} cuts lost a row");
    }
    Ok(())
}
