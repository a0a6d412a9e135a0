//! Loss of power on SQLite: what was acknowledged is there when it comes back. With less than `synchronous = FULL` the
//! same test loses something, which proves that it looks.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use campo_protocol::sync::Receipt;
use campo_server::environment::Environment;
use campo_tests::{
    check,
    holds::Holds,
    http_phone::{Addresses, HttpPhone},
    powerloss::{Disk, Unsynced},
    process::Server,
    random::Random,
    sqlite,
    world::{Account, Phone, World, app},
};
use tempfile::TempDir;
use uuid::Uuid;

const CUTS: u64 = 10;
const BATCHES: usize = 25;
const SEED: u64 = 8;

/// A disk with a database in which one company has one employee.
struct Place {
    _folder: TempDir,
    disk: Disk,
    account: i64,
    employee: Uuid,
}

impl Place {
    fn url(&self) -> String {
        format!("sqlite:{}/campo.db", self.disk.folder().display())
    }
}

/// A closed database to begin with.
struct Template {
    folder: TempDir,
    account: i64,
    employee: Uuid,
    bearer: String,
    installation: Uuid,
}

impl Template {
    async fn new() -> Result<Self> {
        let world = World::sqlite().await?;
        let account: Account = world.account("acme").await?;
        let employee = account.employee("ZZ1").await?;
        let phone = account.phone(employee).await?;
        let folder = TempDir::new()?;
        let url = world.url();
        sqlite::copy(Path::new(url.trim_start_matches("sqlite:")), &folder.path().join("campo.db"))?;
        let Phone { bearer, installation, .. } = phone;
        Ok(Self { folder, account: account.id, employee, bearer, installation })
    }

    fn place(&self) -> Result<Place> {
        let folder = TempDir::new()?;
        let disk = Disk::new(folder.path())?;
        fs::copy(self.folder.path().join("campo.db"), disk.folder().join("campo.db"))?;
        Ok(Place { _folder: folder, disk, account: self.account, employee: self.employee })
    }
}

/// Lets the writer append until it is cut off or done, and gives the receipts that it printed.
fn run(place: &Place, synchronous: &str, environment: Vec<(String, String)>) -> Result<Vec<Receipt>> {
    let output = Command::new(env!("CARGO_BIN_EXE_log-writer"))
        .args([&place.url(), synchronous, &place.account.to_string(), &place.employee.to_string()])
        .arg(BATCHES.to_string())
        .envs(environment)
        .stdin(Stdio::null())
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    // The last line may be cut off too
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().map(|line| serde_json::from_str(line).context("a receipt")).collect()
}

/// Fails unless everything acknowledged is there and the logs are whole.
async fn keeps(place: &Place, receipts: &[Receipt]) -> Result<()> {
    let app = app(&place.url(), Environment::system(), place.disk.folder()).await?;
    let logs = check::log_is_whole(&app, place.account).await;
    app.db.close().await;
    let logs = logs?;
    receipts.iter().try_for_each(|receipt| logs.keeps(receipt))?;
    let positions: HashSet<i64> = receipts.iter().map(|receipt| receipt.position).collect();
    ensure!(positions.len() == receipts.len(), "a position was given twice");
    Ok(())
}

/// How many of the cuts lost something.
async fn losses(synchronous: &str) -> Result<usize> {
    let template = Template::new().await?;
    let whole = template.place()?;
    let all = run(&whole, synchronous, whole.disk.environment())?;
    ensure!(all.len() == BATCHES * 5, "the writer did not come to its end");
    let operations = whole.disk.events()?.len() as u64;
    let mut lost = 0;
    for number in 0..CUTS {
        let mut chance = Random::part(SEED, number);
        let cut = chance.within(&(operations / 4..=operations));
        let place = template.place()?;
        let receipts = run(&place, synchronous, place.disk.environment_cut_after(cut))?;
        let torn = Unsynced::Torn { seed: chance.number() };
        place.disk.restore(if number % 2 == 0 { Unsynced::Lost } else { torn })?;
        if let Err(error) = keeps(&place, &receipts).await {
            ensure!(
                synchronous != "full",
                "seed {SEED}, cut {number} after {cut} of {operations}: {error:#}"
            );
            lost += 1;
        }
    }
    Ok(lost)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_loss_of_power_and_only_by_syncing_each_commit() {
    let (full, normal, off) = tokio::join!(losses("full"), losses("normal"), losses("off"));
    assert_eq!(full.unwrap(), 0);
    assert!(normal.unwrap() > 0, "NORMAL lost nothing: the test cannot see a loss");
    assert!(off.unwrap() > 0, "OFF lost nothing: the test cannot see a loss");
}

/// The same with the server itself, over HTTP.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_server_acknowledged_over_http_survives_loss_of_power() {
    let template = Template::new().await.unwrap();
    // What is written until ten batches are acknowledged: it grows with what the server does by itself as it starts
    let whole = template.place().unwrap();
    serve(&template, &whole, whole.disk.environment(), 50).await.unwrap();
    let started = whole.disk.events().unwrap().len() as u64;
    for number in 0..4 {
        let mut chance = Random::part(SEED + 1, number);
        let place = template.place().unwrap();
        let cut = started + chance.within(&(0..=140));
        let environment = place.disk.environment_cut_after(cut);
        let receipts = serve(&template, &place, environment, usize::MAX).await.unwrap();
        let torn = Unsynced::Torn { seed: chance.number() };
        place.disk.restore(if number % 2 == 0 { Unsynced::Lost } else { torn }).unwrap();
        keeps(&place, &receipts).await.with_context(|| format!("cut {number} after {cut}")).unwrap();
        assert!(!receipts.is_empty(), "cut {number} after {cut} came before any receipt");
    }
}

/// Hands entries in until so many were acknowledged, or the server ends.
async fn serve(
    template: &Template,
    place: &Place,
    disk: impl IntoIterator<Item = (String, String)>,
    enough: usize,
) -> Result<Vec<Receipt>> {
    let mut environment = World::environment(&place.url(), place.disk.folder());
    environment.extend(disk);
    let mut server = Server::start(environment).await?;
    let road = HttpPhone::new(&template.bearer, Addresses::new(vec![server.url().to_owned()]))?;
    let app = app(&scratch(template.folder.path()), Environment::system(), template.folder.path()).await?;
    let mut phone = Phone {
        app,
        account: template.account,
        bearer: template.bearer.clone(),
        installation: template.installation,
        employee: template.employee,
        sequence: 0,
        holds: Holds::default(),
    };
    let mut receipts = Vec::new();
    while receipts.len() < enough {
        let lines: Vec<Vec<u8>> = (0..5).map(|_| phone.line("shift.start", "")).collect();
        tokio::select! {
            delivered = road.deliver(&lines) => receipts.extend(delivered?.answer.receipts),
            ended = server.ended() => {
                ended?;
                return Ok(receipts);
            }
        }
    }
    server.kill_nine()?;
    Ok(receipts)
}

/// Only the phone's clock and chance are used of it.
fn scratch(folder: &Path) -> String {
    format!("sqlite:{}/scratch.db", folder.display())
}
