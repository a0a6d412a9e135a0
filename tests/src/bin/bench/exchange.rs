//! Files by SFTP and FTPS beside the servers of others, with the programs that customers have; many small files at once,
//! and what a calm account waits meanwhile; an export of a long history beside the bare writer.

#[expect(clippy::unwrap_used, reason = "what tests share: nothing can be measured without its servers")]
#[path = "../../../../remote-files/tests/peers/mod.rs"]
#[expect(dead_code, reason = "tests use more of it")]
mod peers;

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use campo_server::{access::PermissionName, app::App, capabilities, jobs};
use campo_tests::{
    api::{Answer, Client},
    office,
    process::Server,
    wait,
    world::{Account, World},
};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};
use tempfile::TempDir;
use tokio::process::Command;

use self::peers::Peer;
use crate::{
    cast,
    report::{Figure, Goal, Round, Side},
    stage::{self, Content, Kind, Stage},
    wire::{self, Connection},
};

/// A build that is not for release says nothing: small sizes show that it runs.
const SMALLER: usize = if cfg!(debug_assertions) { 100 } else { 1 };
/// Of the file that is brought and taken: as much as a server takes at most, unless its settings say otherwise.
const TRANSFER_BYTES: usize = 50 * 1024 * 1024 / SMALLER;
const SMALL_FILES: usize = 10_000 / SMALLER;
const ENTRIES: usize = 1_000_000 / SMALLER;
const ROUNDS: usize = 3;
const LOGIN: &str = "bench-erp";
const PASSWORD: &str = "lago verde sin peces 31";
/// How long the small files may take to be imported.
const IMPORT_TIME: Duration = Duration::from_mins(40);
/// A calm account reads so often.
const PAUSE: Duration = Duration::from_millis(20);
/// How many reads are measured while nothing else happens.
const QUIET_READS: usize = 400;

/// Every figure of this group.
pub(crate) async fn figures(kind: Kind) -> Result<Vec<Figure>> {
    let site = Site::start(kind).await?;
    let mut figures = transfers(kind, &site).await.context("transfers")?;
    figures.extend(small_files(kind, &site).await.context("small files")?);
    site.end().await?;
    figures.push(export(kind).await.context("export")?);
    Ok(figures)
}

/// A company that exchanges files with a server in a process of its own, and one that only reads its tasks.
struct Site {
    server: Server,
    /// On the same database
    app: App,
    _stage: Stage,
    _files: TempDir,
    folder: TempDir,
    busy: i64,
    sftp: u16,
    ftp: u16,
    /// Of whoever reads
    calm: String,
}

fn made(answer: Result<Answer>) -> Result<Value> {
    let answer = answer?;
    ensure!(answer.status == 201, "{}", answer.json());
    Ok(answer.json())
}

async fn office_of(account: &Account) -> Result<Client> {
    let all: Vec<_> = PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect();
    Ok(Client::new(&account.app, Some(&account.key(&all).await?)))
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

impl Site {
    async fn start(kind: Kind) -> Result<Self> {
        let (stage, files, folder) =
            (Stage::new(kind, Content::Empty).await?, stage::folder()?, stage::folder()?);
        let app = stage.app().await?;
        let busy = Account { app: app.clone(), id: cast::account(&app, 0).await? };
        let calm = Account { app: app.clone(), id: cast::account(&app, 1).await? };
        let office = office_of(&busy).await?;
        let identity = folder.path().join("identity");
        let mut keygen = Command::new("ssh-keygen");
        keygen.args(["-q", "-N", "", "-t", "ed25519", "-f"]).arg(&identity);
        ensure!(keygen.stdin(Stdio::null()).status().await?.success(), "ssh-keygen");
        let public = fs::read_to_string(identity.with_extension("pub"))?;
        let key = json!({ "code": "erp", "name": "ERP", "permissions": ["use_file_exchange"] });
        let key = made(office.post("/v1/keys", &key).await)?;
        let logins = format!("/v1/keys/{}/logins", key["id"].as_str().context("a key")?);
        let login = json!({ "login": LOGIN, "password": PASSWORD, "ssh_keys": [{ "public_key": public }] });
        made(office.post(&logins, &login).await)?;
        let template = json!({
            "code": "simple", "name": "Simple", "makes": "tasks", "key": "external_number",
            "columns": [
                { "heading": "Número", "field": "external_number" },
                { "heading": "Trabajo", "field": "description" },
            ],
        });
        made(office.post("/v1/import-templates", &template).await)?;
        let intake = json!({
            "code": "tareas", "name": "Tareas", "template": "code:simple", "folder": "tareas", "pattern": "*.csv",
        });
        made(office.post("/v1/intakes", &intake).await)?;
        let employee = calm.employee("ZZ1").await?;
        for _ in 0..20 {
            office::create_task(&app, calm.id, &[employee]).await?;
        }
        let reader = calm.key(&[PermissionName::ViewTasks]).await?;
        let (sftp, ftp) = (free_port()?, free_port()?);
        let mut environment = World::environment(&stage.url(), files.path());
        for (name, value) in [
            ("CAMPO_SFTP_LISTEN", format!("127.0.0.1:{sftp}")),
            ("CAMPO_FTP_LISTEN", format!("127.0.0.1:{ftp}")),
            ("CAMPO_FTP_PASSIVE_FIRST", "21000".to_owned()),
            ("CAMPO_FTP_PASSIVE_LAST", "32000".to_owned()),
        ] {
            environment.push((name.to_owned(), value));
        }
        let server = Server::start(environment).await?;
        Ok(Self { server, app, _stage: stage, _files: files, folder, busy: busy.id, sftp, ftp, calm: reader })
    }

    async fn end(mut self) -> Result<()> {
        self.app.db.close().await;
        self.server.terminate().await?;
        Ok(())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// How long a program takes, which must end well.
async fn seconds(command: &mut Command, input: &str) -> Result<f64> {
    use tokio::io::AsyncWriteExt as _;
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let started = Instant::now();
    let mut child = command.spawn().context("tests/clients.sh install")?;
    child.stdin.take().context("its input")?.write_all(input.as_bytes()).await?;
    let output = child.wait_with_output().await?;
    let taken = started.elapsed().as_secs_f64();
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(taken)
}

/// OpenSSH's `sftp` with these commands.
async fn sftp(folder: &Path, port: u16, user: &str, identity: &Path, commands: &str) -> Result<f64> {
    let mut command = Command::new("sftp");
    for option in [
        "StrictHostKeyChecking=no",
        "UserKnownHostsFile=/dev/null",
        "LogLevel=ERROR",
        "IdentitiesOnly=yes",
        "PreferredAuthentications=publickey",
    ] {
        command.args(["-o", option]);
    }
    command.current_dir(folder).env_remove("SSH_AUTH_SOCK").arg("-i").arg(identity);
    command.args(["-b", "-", "-P", &port.to_string(), &format!("{user}@127.0.0.1")]);
    seconds(&mut command, commands).await
}

/// curl over FTP with TLS.
async fn curl(folder: &Path, user: &str, arguments: &[&str]) -> Result<f64> {
    let mut command = Command::new("curl");
    command.current_dir(folder).args(["-sS", "-k", "--ssl-reqd", "-u", user]).args(arguments);
    seconds(&mut command, "").await
}

/// A large file up and down, by SFTP beside OpenSSH's server and by FTPS beside vsftpd.
async fn transfers(kind: Kind, site: &Site) -> Result<Vec<Figure>> {
    let bytes: Vec<u8> =
        (0..TRANSFER_BYTES as u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    fs::write(site.path("large.bin"), &bytes)?;
    let (sshd, vsftpd) = (Peer::sshd().await, Peer::vsftpd(true).await);
    let theirs = site.path("theirs");
    fs::write(&theirs, sshd.private_key())?;
    fs::set_permissions(&theirs, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    let (identity, folder) = (site.path("identity"), site.folder.path());
    let there = sshd.folder.display().to_string();
    let own = format!("{LOGIN}:{PASSWORD}");
    let anonymous = "anonymous:x@example.com";
    let ours_at = format!("ftp://127.0.0.1:{}/in/large.bin", site.ftp);
    let theirs_at = format!("ftp://localhost:{}/large.bin", vsftpd.port);
    let mut rounds: [Vec<Round>; 4] = Default::default();
    for _ in 0..ROUNDS {
        let user = peers::user();
        let up = "put large.bin in/large.bin\n";
        let down = "get in/large.bin back.bin\n";
        let (their_up, their_down) =
            (format!("put large.bin {there}/large.bin\n"), format!("get {there}/large.bin back.bin\n"));
        let ours = sftp(folder, site.sftp, LOGIN, &identity, up).await?;
        rounds[0].push(pair(ours, sftp(folder, sshd.port, &user, &theirs, &their_up).await?));
        let ours = sftp(folder, site.sftp, LOGIN, &identity, down).await?;
        same(&site.path("back.bin"), &bytes)?;
        rounds[1].push(pair(ours, sftp(folder, sshd.port, &user, &theirs, &their_down).await?));
        let ours = curl(folder, &own, &["-T", "large.bin", &ours_at]).await?;
        rounds[2].push(pair(ours, curl(folder, anonymous, &["-T", "large.bin", &theirs_at]).await?));
        let ours = curl(folder, &own, &["-o", "back.bin", &ours_at]).await?;
        same(&site.path("back.bin"), &bytes)?;
        rounds[3].push(pair(ours, curl(folder, anonymous, &["-o", "back.bin", &theirs_at]).await?));
    }
    let names = [
        ("SFTP, up", "OpenSSH"),
        ("SFTP, down", "OpenSSH"),
        ("FTPS, up", "vsftpd"),
        ("FTPS, down", "vsftpd"),
    ];
    let figure = |((name, beside), rounds): ((&str, &'static str), Vec<Round>)| Figure {
        name: format!("a file of {} MiB by {name}", TRANSFER_BYTES / (1024 * 1024)),
        database: kind,
        unit: "MiB/s",
        beside,
        goal: Some(Goal::AtLeast(0.5)),
        rounds,
    };
    Ok(names.into_iter().zip(rounds).map(figure).collect())
}

fn pair(measured_s: f64, beside_s: f64) -> Round {
    let rate = |seconds: f64| Side::of(TRANSFER_BYTES as f64 / (1024.0 * 1024.0) / seconds);
    Round { measured: rate(measured_s), beside: rate(beside_s), group: None }
}

fn same(path: &Path, bytes: &[u8]) -> Result<()> {
    ensure!(fs::read(path)? == bytes, "what came back is not what was brought");
    Ok(fs::remove_file(path)?)
}

/// Many small files at once: until all are there, until all are imported, and how long a calm account waits for a page
/// of its tasks meanwhile.
async fn small_files(kind: Kind, site: &Site) -> Result<[Figure; 3]> {
    let small = site.path("small");
    fs::create_dir(&small)?;
    for number in 1..=SMALL_FILES {
        fs::write(
            small.join(format!("{number}.csv")),
            format!("Número;Trabajo\n{number};Trabajo {number}\n"),
        )?;
    }
    let sshd = Peer::sshd().await;
    let theirs = site.path("theirs-too");
    fs::write(&theirs, sshd.private_key())?;
    fs::set_permissions(&theirs, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    let commands = format!("cd {}\nput small/*\n", sshd.folder.display());
    let their_s = sftp(site.folder.path(), sshd.port, &peers::user(), &theirs, &commands).await?;
    let quiet = p99_ms(reads(site, Some(QUIET_READS), &AtomicBool::new(false)).await?);
    let over = Arc::new(AtomicBool::new(false));
    let work = async {
        let started = Instant::now();
        let commands = "cd in/tareas\nput small/*\n";
        let identity = site.path("identity");
        let up_s = sftp(site.folder.path(), site.sftp, LOGIN, &identity, commands).await?;
        let imported = async || {
            let (done,): (i64,) = site
                .app
                .db
                .fetch_one(
                    "select count(*) from received_file where account = $1 and state = 'done'",
                    (site.busy,),
                )
                .await
                .map_err(anyhow::Error::from)?;
            Ok((done as usize >= SMALL_FILES).then_some(()))
        };
        wait::until("the small files to be imported", IMPORT_TIME, imported).await?;
        over.store(true, Ordering::Relaxed);
        Ok::<_, anyhow::Error>((up_s, started.elapsed().as_secs_f64()))
    };
    let reading = async {
        let waits = reads(site, None, &over).await;
        // Without it the work would go on for nobody
        waits.context("the calm account")
    };
    let ((up_s, imported_s), busy) = tokio::try_join!(work, reading)?;
    let one = |measured: f64, beside: f64| {
        vec![Round { measured: Side::of(measured), beside: Side::of(beside), group: None }]
    };
    let rate = |seconds: f64| SMALL_FILES as f64 / seconds;
    let figure = |name: &str, unit, beside, goal, rounds| Figure {
        name: format!("{SMALL_FILES} small files: {name}"),
        database: kind,
        unit,
        beside,
        goal,
        rounds,
    };
    Ok([
        figure("by SFTP", "files/s", "OpenSSH", None, one(rate(up_s), rate(their_s))),
        figure("until imported", "files/s", "by SFTP", None, one(rate(imported_s), rate(up_s))),
        figure("p99 of another's list", "ms", "alone", Some(Goal::AtMost(2.0)), one(p99_ms(busy), quiet)),
    ])
}

/// How long a page of tasks takes each time, until it was read so often or it is over.
async fn reads(site: &Site, most: Option<usize>, over: &AtomicBool) -> Result<Vec<f64>> {
    let message = wire::message("GET /v1/tasks", site.server.address(), &site.calm, &[], &[]);
    let mut connection = Connection::open(site.server.address()).await?;
    let mut waits_ms = Vec::new();
    while !over.load(Ordering::Relaxed) && most.is_none_or(|most| waits_ms.len() < most) {
        let started = Instant::now();
        let status = connection.exchange(&message).await?.status;
        ensure!(status == 200, "the calm account was answered {status}");
        waits_ms.push(started.elapsed().as_secs_f64() * 1000.0);
        tokio::time::sleep(PAUSE.saturating_sub(started.elapsed())).await;
    }
    Ok(waits_ms)
}

fn p99_ms(mut waits_ms: Vec<f64>) -> f64 {
    waits_ms.sort_by(f64::total_cmp);
    waits_ms[(waits_ms.len() * 99 / 100).saturating_sub(1)]
}

/// An export of all that a company captured, beside reading the same snapshots and writing as many cells of each.
async fn export(kind: Kind) -> Result<Figure> {
    let stage = Stage::new(kind, Content::Empty).await?;
    let app = stage.app().await?;
    let account = Account { app: app.clone(), id: cast::account(&app, 0).await? };
    let office = office_of(&account).await?;
    let draft = json!({
        "code": "entradas", "name": "Entradas", "what": "entries", "format": "csv", "file_name": "E_{n}.csv",
    });
    made(office.post("/v1/exports", &draft).await)?;
    let employee = account.employee("ZZ1").await?;
    let mut phone = account.phone(employee).await?;
    let line = phone.line("shift.start", "");
    phone.send(&[line]).await?;
    multiply(&stage, account.id).await?;
    let started = Instant::now();
    let begun = office.post("/v1/exports/code:entradas/runs", &json!({})).await?;
    ensure!(begun.status == 202, "{}", begun.json());
    jobs::work_off(&app, capabilities::JOBS).await?;
    let measured = started.elapsed().as_secs_f64();
    let run = office.get(begun.header("location")).await?.json();
    ensure!(run["rows"] == ENTRIES, "{run}");
    let content = office.get(&format!("{}/content", begun.header("location"))).await?;
    let cells =
        content.body.split(|byte| *byte == b'\n').next().map_or(0, |line| line.split(|b| *b == b',').count());
    app.db.close().await;
    let beside = bare(&stage, account.id, cells).await?;
    let rate = |seconds: f64| Side::of(ENTRIES as f64 / seconds);
    Ok(Figure {
        name: format!("export of {ENTRIES} entries as csv"),
        database: kind,
        unit: "rows/s",
        beside: "bare writer",
        // Twice as long
        goal: Some(Goal::AtLeast(0.5)),
        rounds: vec![Round { measured: rate(measured), beside: rate(beside), group: None }],
    })
}

/// Copies the event of the one entry, with its snapshot, until there are enough.
async fn multiply(stage: &Stage, account: i64) -> Result<()> {
    let copies = ENTRIES - 1;
    let statements = |numbers: &str, id: &str| {
        format!(
            "insert into event_snapshot (account, snapshot, body) select s.account, 100000 + n.i, s.body \
             from {numbers} join event e on e.account = {account} and e.kind = 'entry.complete' \
             join event_snapshot s on s.account = e.account and s.snapshot = e.snapshot;
             insert into event (account, position, id, kind, format, subject_kind, subject, entry, snapshot, created_us) \
             select e.account, h.event + n.i, {id}, e.kind, e.format, e.subject_kind, e.subject, e.entry, \
             100000 + n.i, e.created_us from {numbers} join event e on e.account = {account} \
             and e.kind = 'entry.complete' join account_head h on h.account = e.account;
             update account_head set event = event + {copies} where account = {account};"
        )
    };
    if let Some(file) = stage.file() {
        let numbers = format!(
            "(with recursive n(i) as (select 1 union all select i + 1 from n where i < {copies}) select i from n) n"
        );
        let text = statements(&numbers, "unhex(printf('%032x', n.i))");
        rusqlite::Connection::open(file)?.execute_batch(&format!("begin; {text} commit;"))?;
        return Ok(());
    }
    let numbers = format!("generate_series(1, {copies}::bigint) n(i)");
    let text = statements(&numbers, "lpad(to_hex(n.i), 32, '0')::uuid");
    let mut connection = PgConnection::connect(&stage.url()).await?;
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await?;
    sqlx::raw_sql("vacuum analyze").execute(&mut connection).await?;
    Ok(connection.close().await?)
}

const SNAPSHOTS: &str = "select s.body from event e join event_snapshot s on s.account = e.account \
     and s.snapshot = e.snapshot where e.account = $1 and e.kind = 'entry.complete' order by e.position";

/// Reads every snapshot and writes a row of so many cells for it; seconds.
async fn bare(stage: &Stage, account: i64, cells: usize) -> Result<f64> {
    use futures_util::TryStreamExt as _;
    let folder = stage::folder()?;
    let path = folder.path().join("bare.csv");
    let started = Instant::now();
    let mut writer = csv::Writer::from_path(&path)?;
    let mut rows = 0;
    let mut write = |body: &[u8]| -> Result<()> {
        rows += 1;
        // As much text as is in the cells of ours, of the snapshot as it lies
        let cell = &body[..body.len().min(12)];
        Ok(writer.write_record(std::iter::repeat_n(cell, cells))?)
    };
    if let Some(file) = stage.file() {
        let connection = rusqlite::Connection::open(file)?;
        let mut statement = connection.prepare(SNAPSHOTS)?;
        let mut found = statement.query([account])?;
        while let Some(row) = found.next()? {
            write(row.get_ref(0)?.as_bytes()?)?;
        }
    } else {
        let mut connection = PgConnection::connect(&stage.url()).await?;
        {
            let mut found = sqlx::query(SNAPSHOTS).bind(account).fetch(&mut connection);
            while let Some(row) = found.try_next().await? {
                write(row.try_get::<&[u8], _>(0)?)?;
            }
        }
        connection.close().await?;
    }
    ensure!(rows == ENTRIES, "{rows} snapshots were read");
    writer.into_inner().map_err(csv::IntoInnerError::into_error)?.sync_all()?;
    Ok(started.elapsed().as_secs_f64())
}
