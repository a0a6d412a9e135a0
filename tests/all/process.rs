//! The program as operators run it: it starts, says what is wrong, and ends in order.

use std::time::Duration;

use campo_tests::{
    on_both, postgres,
    process::{Server, run},
    wait,
    world::World,
};
use futures_util::future::join_all;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

on_both! {
    a_server_that_is_asked_to_end_finishes_what_it_has_begun,
    a_server_that_cannot_finish_in_time_says_so,
    an_account_is_made_and_listed_on_the_command_line,
    a_server_with_another_master_secret_does_not_start,
    a_zone_database_that_is_broken_is_named_at_the_start_and_phones_hear_of_a_newer_one,
}

const TIME: Duration = Duration::from_secs(20);

/// Sends all of a request but its last byte, which is given back.
async fn begin(server: &Server, bearer: &str, body: &[u8]) -> (TcpStream, u8) {
    let mut connection = TcpStream::connect(server.address()).await.unwrap();
    let head = format!(
        "POST /v1/sync HTTP/1.1\r\nhost: campo\r\nauthorization: Bearer {bearer}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(&body[..body.len() - 1]).await.unwrap();
    // The server has read the request when it says that one is in flight.
    wait::until("the request to arrive", TIME, async || {
        let metrics = reqwest::get(format!("{}/metrics", server_metrics(server))).await?.text().await?;
        Ok(metrics.contains("http_requests_in_flight 1").then_some(()))
    })
    .await
    .unwrap();
    (connection, body[body.len() - 1])
}

/// Where the server gives its metrics, which it says in its log.
fn server_metrics(server: &Server) -> String {
    let output = server.output();
    let line = output.lines().find(|line| line.contains("giving metrics")).unwrap();
    let address = line.split("address=").nth(1).unwrap().split_whitespace().next().unwrap();
    format!("http://{address}")
}

async fn exchange(world: &World) -> (String, Vec<u8>) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let mut body = br#"{"format":1,"clock":{"wall_us":1}}"#.to_vec();
    body.push(b'\n');
    body.extend(phone.line("shift.start", ""));
    (phone.bearer, body)
}

async fn a_server_that_is_asked_to_end_finishes_what_it_has_begun(world: World) {
    let (bearer, body) = exchange(&world).await;
    let mut server = world.process(&[("CAMPO_METRICS_LISTEN", "127.0.0.1:0")]).await.unwrap();
    let (mut connection, last) = begin(&server, &bearer, &body).await;
    server.signal("TERM").unwrap();
    let address = server.address().to_owned();
    wait::until("no connection to be taken", TIME, async || {
        Ok(TcpStream::connect(&address).await.is_err().then_some(()))
    })
    .await
    .unwrap();

    connection.write_all(&[last]).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"applied\""), "{answer}");
    assert!(server.ended().await.unwrap().success());
    assert!(server.output().contains("ended in order"));
    let (entries,): (i64,) = world.app.db.fetch_one("select count(*) from entry", ()).await.unwrap();
    assert_eq!(entries, 1);
}

async fn a_server_that_cannot_finish_in_time_says_so(world: World) {
    let (bearer, body) = exchange(&world).await;
    let settings = [("CAMPO_METRICS_LISTEN", "127.0.0.1:0"), ("CAMPO_SHUTDOWN_GRACE_S", "0")];
    let mut server = world.process(&settings).await.unwrap();
    let _unfinished = begin(&server, &bearer, &body).await;
    assert_eq!(server.terminate().await.unwrap().code(), Some(1));
    assert!(server.output().contains("shutdown_grace_s"));
}

async fn an_account_is_made_and_listed_on_the_command_line(world: World) {
    let create = [
        "account",
        "create",
        "--code",
        "acme",
        "--name",
        "Acme S.A.",
        "--zone",
        "America/Lima",
        "--language",
        "es",
    ];
    let made = run(&create, world.settings(&[])).await.unwrap();
    assert_eq!((made.status.code(), &made.stdout[..]), (Some(0), &b"1\n"[..]));
    let listed = run(&["account", "list"], world.settings(&[])).await.unwrap();
    assert_eq!(String::from_utf8(listed.stdout).unwrap(), "1\tacme\tenabled\tAmerica/Lima\tAcme S.A.\n");
    let again = run(&create, world.settings(&[])).await.unwrap();
    let text = String::from_utf8(again.stderr).unwrap();
    assert_eq!(again.status.code(), Some(1));
    assert!(text.contains("already_exists") && text.contains("acme"), "{text}");
}

async fn a_server_with_another_master_secret_does_not_start(world: World) {
    let other = "08".repeat(32);
    let ended = run(&["serve"], world.settings(&[("CAMPO_SECRET_KEY", &other)])).await.unwrap();
    let text = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(text.contains("master secret is not the one this database was made with"), "{text}");
}

/// Settings of a first start in an empty folder.
fn fresh(folder: &tempfile::TempDir, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let folder = folder.path().join("data").display().to_string();
    let mut settings = vec![("CAMPO_DATA_FOLDER".to_owned(), folder)];
    settings.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    settings
}

#[tokio::test]
async fn what_is_wrong_at_the_start_is_one_readable_message() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    for (arguments, settings, code, words) in [
        (&["serve"][..], &[("CAMPO_COLOUR", "green")][..], 2, &["`CAMPO_COLOUR`", "an unknown variable"][..]),
        (&["serve"], &[("CAMPO_SESSION_HOURS", "x")], 2, &["`CAMPO_SESSION_HOURS`", "found `x`"]),
        (&["serve", "--config", "/nowhere.toml"], &[], 2, &["/nowhere.toml"]),
        (&["paint"], &[], 2, &["unrecognized subcommand", "paint"]),
        (&["serve"], &[("CAMPO_LISTEN", &address)], 1, &[&address, "listen", "in use"]),
        (&["serve"], &[("CAMPO_DATABASE_URL", "sqlite:/nowhere/campo.db")], 1, &["sqlite:/nowhere/campo.db"]),
        (
            &["serve"],
            &[("CAMPO_DATABASE_URL", "postgres://ana:hunter2@127.0.0.1:1/campo")],
            1,
            &["postgres://***@127.0.0.1:1/campo", "database_url", "refused"],
        ),
        (&["serve"], &[("CAMPO_DATA_FOLDER", "/dev/null/data")], 1, &["/dev/null/data", "data_folder"]),
    ] {
        let ended = run(arguments, fresh(&folder, settings)).await.unwrap();
        let text = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(code), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
        assert!(words.iter().all(|word| text.contains(word)), "{words:?} are not in\n{text}");
        assert!(ended.stdout.is_empty() && !text.contains("panicked"), "{text}");
    }
}

/// Starts eight servers at once; all must become ready.
async fn start_eight(settings: Vec<(String, String)>) {
    let started = join_all((0..8).map(|_| Server::start(settings.clone()))).await;
    for server in started {
        server.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_first_starts_at_once_on_one_sqlite_file_all_become_ready() {
    let folder = tempfile::tempdir().unwrap();
    start_eight(fresh(&folder, &[])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_first_starts_at_once_on_one_postgresql_all_become_ready() {
    let folder = tempfile::tempdir().unwrap();
    let database = postgres::empty_database().await.unwrap();
    let settings = [("CAMPO_DATABASE_URL", database.url()), ("CAMPO_DATABASE_CONNECTIONS", "4")];
    start_eight(fresh(&folder, &settings)).await;
}

#[tokio::test]
async fn every_command_helps_with_an_example_and_its_exit_codes() {
    let folder = tempfile::tempdir().unwrap();
    let help = async |arguments: &[&str]| {
        let ended = run(arguments, fresh(&folder, &[])).await.unwrap();
        assert_eq!(ended.status.code(), Some(0), "{arguments:?}");
        String::from_utf8(ended.stdout).unwrap()
    };
    let commands = |text: &str| -> Vec<String> {
        let listed = text.lines().skip_while(|line| *line != "Commands:").skip(1);
        let listed = listed.take_while(|line| line.starts_with("  "));
        listed.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
    };
    let names = commands(&help(&["--help"]).await);
    assert!(names.len() > 3, "{names:?}");
    for name in names.iter().filter(|name| *name != "help") {
        let text = help(&[name, "--help"]).await;
        for below in commands(&text).iter().filter(|name| *name != "help") {
            check_help(&format!("{name} {below}"), &help(&[name, below, "--help"]).await);
        }
        if commands(&text).is_empty() {
            check_help(name, &text);
        }
    }
}

fn check_help(command: &str, text: &str) {
    for words in [&format!("campo {command}"), "Example: ", "Exit codes: 0 "] {
        assert!(text.contains(words), "`{words}` is not in the help of {command}:\n{text}");
    }
    for document in [
        include_str!("../../README.md"),
        include_str!("../../ARCHITECTURE.md"),
        include_str!("../../docs/openapi.json"),
    ] {
        for call in document.split(&format!("campo {command} ")).skip(1) {
            let call = call.split(['\n', '`', '"']).next().unwrap();
            for option in call.split_whitespace().filter(|word| word.starts_with("--")) {
                assert!(
                    text.contains(option),
                    "documents name `{option}` of {command}, which does not know it"
                );
            }
        }
    }
}

async fn a_zone_database_that_is_broken_is_named_at_the_start_and_phones_hear_of_a_newer_one(world: World) {
    use campo_protocol::zones::ZoneDatabase;

    let account = world.account("acme").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    let start = [("CAMPO_ZONE_DATABASE", path.as_str()), ("CAMPO_LISTEN", "127.0.0.1:0")];
    std::fs::write(folder.path().join("tzdata.zi"), "# version 2099a\n").unwrap();
    let refused = run(&["serve"], world.settings(&start)).await.unwrap();
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success(), "{text}");
    assert!(text.contains("zone_database") && text.contains("zones are missing"), "{text}");

    // every zone an hour behind the clock of Greenwich, as nobody knows them yet
    let header = |types: u32, characters: u32| {
        let mut bytes = [b"TZif2".as_slice(), &[0; 15]].concat();
        bytes.extend([0, 0, 0, 0, types, characters].iter().flat_map(|count| count.to_be_bytes()));
        bytes
    };
    let body = [(-3600_i32).to_be_bytes().as_slice(), &[0, 0], b"-01\0"].concat();
    let file = [header(1, 4), body.clone(), header(1, 4), body, b"\n<-01>1\n".to_vec()].concat();
    for name in ZoneDatabase::compiled_in().names() {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &file).unwrap();
    }
    let mut server = world.process(&start).await.unwrap();
    let (body,): (Vec<u8>,) = world
        .app
        .db
        .fetch_one("select body from change_body where account = $1 and kind = 'account'", (account.id,))
        .await
        .unwrap();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["zone_database"], "2099a");
    account.employee("ZZ1").await.unwrap();
    let key = account.key(&[campo_server::access::PermissionName::ViewTimesheets]).await.unwrap();
    let address = format!("{}/v1/employees/number:ZZ1/timesheet?from=2025-06-01&to=2025-06-01", server.url());
    let answer = reqwest::Client::new().get(address).bearer_auth(&key).send().await.unwrap();
    let sheet: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(
        (sheet["zone_database"].as_str(), sheet["zone"].as_str()),
        (Some("2099a"), Some("America/Lima"))
    );
    assert!(server.terminate().await.unwrap().success());
}
