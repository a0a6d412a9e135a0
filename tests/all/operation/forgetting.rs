//! What is to be forgotten is gone from every table and from the store of files, the chains hold, and phones go on.

use std::{collections::BTreeSet, fs, path::Path, time::Duration};

use axum::http::{Method, Request};
use campo_protocol::text::hex;
use campo_server::{
    access::permissions::{ManageAccount, ViewEntries},
    accounts::own,
    api::edit::IfMatch,
    app::App,
    database::{schema, tables::Cell},
    files,
    privacy::{PERSONAL, Retention},
    rebuild::{self, Mode},
    retention, sweep,
    verify::{Summary, evidence::Evidence, verify},
};
use campo_tests::{
    api::Client,
    on_both, wait,
    world::{Account, Phone, World},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

const DAY_US: i64 = 24 * 3600 * 1_000_000;
/// What stands in everything that is to be forgotten, in whatever letters.
const MARK: &str = "secret";

on_both! {
    what_an_account_keeps_no_longer_is_gone_and_the_rest_holds,
    a_person_is_forgotten_when_somebody_asks_and_nobody_holds,
    a_killed_server_goes_on_forgetting_and_leaves_nothing_half_done,
}

/// A company with something secret in all that is kept for a time.
struct Company {
    account: Account,
    ana: Phone,
    lines: Vec<Vec<u8>>,
    positions: Vec<i64>,
}

fn everything() -> Value {
    json!({
        "working_time_days": 90, "work_days": 90, "messages_days": 90, "positions_days": 90, "sessions_days": 90,
        "events_days": 90, "deleted_days": 90
    })
}

/// Changes the rules by which an account forgets.
async fn decide(app: &App, account: &Account, rules: Value) {
    let allowed = account.operator().allow::<ManageAccount>().unwrap();
    own::edit(app, &allowed, IfMatch::Any, &json!({ "settings": { "retention": rules } })).await.unwrap();
}

impl Company {
    async fn new(world: &World, code: &str) -> Self {
        let account = world.account(code).await.unwrap();
        let ana = account.employee("ZZ1").await.unwrap();
        let mut ana = account.phone(ana).await.unwrap();
        let task = deleted_things(&account, &ana).await;
        let photo = format!("{MARK} photo of {code}").into_bytes();
        let (hash, size_bytes) = (hex(&Sha256::digest(&photo)), photo.len());
        let note = format!(r#","note":"{MARK}""#);
        let session = account.app.environment.uuid();
        let lines = vec![
            ana.line("session.open", &format!(r#"{note},"session":"{session}""#)),
            ana.line("shift.start", &note),
            ana.line("photo", &format!(r#"{note},"files":[{{"hash":"{hash}","size_bytes":{size_bytes}}}]"#)),
            ana.line("message", &format!(r#","body":{{"text":"{MARK}"}}"#)),
            ana.line("track", &note),
            ana.line("task.start", &format!(r#"{note},"task":"{task}""#)),
            ana.line("nobody.knows", &note),
            ana.line("shift.end", &note),
            ana.line("session.close", &format!(r#"{note},"session":"{session}""#)),
        ];
        let receipts = ana.send(&lines).await.unwrap().receipts;
        let ticket = ana.ticket(&hash, size_bytes).await.unwrap().unwrap();
        let request = Request::put(format!("/v1/uploads/{ticket}")).body(photo.into()).unwrap();
        assert_eq!(Client::new(&account.app, None).send(request).await.unwrap().status, 200);
        operation(&account).await;
        let positions = receipts.into_iter().map(|receipt| receipt.position).collect();
        Self { account, ana, lines, positions }
    }

    /// The columns in which something secret of the company stands.
    async fn marked(&self, app: &App) -> BTreeSet<(&'static str, &'static str)> {
        let mut marked = BTreeSet::new();
        let mut tx = app.db.begin().await.unwrap();
        for table in schema::tables() {
            let Some(account) = table.columns.iter().position(|column| column.name == "account") else {
                continue;
            };
            tx.each_row(&table, async |row| {
                if row[account] == Cell::Integer(self.account.id) {
                    let found = row.iter().zip(&table.columns).filter(|(cell, _)| is_marked(cell));
                    marked.extend(found.map(|(_, column)| (table.name, column.name)));
                }
                Ok(())
            })
            .await
            .unwrap();
        }
        tx.rollback().await;
        marked
    }

    /// How many entries have their bytes.
    async fn bodies(&self, app: &App) -> i64 {
        let sql = "select count(*) from entry_body where account = $1";
        app.db.fetch_one::<(i64,)>(sql, (self.account.id,)).await.unwrap().0
    }

    /// Verifies the chains and folds everything anew; nothing may be found.
    async fn holds(&self, app: &App) -> Summary {
        let allowed = self.account.operator().allow::<ViewEntries>().unwrap();
        let mut found = Vec::new();
        let mut note = |finding| found.push(finding);
        let summary = verify(app, &[allowed], false, Evidence::default(), &mut note).await.unwrap();
        assert!(found.is_empty(), "{found:?}");
        let allowed = self.account.operator().allow::<ManageAccount>().unwrap();
        let mut differences = Vec::new();
        let mut note = |difference: rebuild::Difference| differences.push(difference.to_string());
        rebuild::rebuild(app, &allowed, Mode::Compare, &mut note).await.unwrap();
        assert!(differences.is_empty(), "{differences:?}");
        summary
    }
}

fn is_marked(cell: &Cell) -> bool {
    let holds = |text: &str| text.to_lowercase().contains(MARK);
    match cell {
        Cell::Text(text) => holds(text),
        Cell::Bytes(bytes) => holds(&String::from_utf8_lossy(bytes)),
        _ => false,
    }
}

/// A task, an employee, a point of interest: made, changed, on a phone, and deleted.
async fn deleted_things(account: &Account, phone: &Phone) -> Uuid {
    let key = account.key(&campo_server::access::Permissions::grantable().names()).await.unwrap();
    let client = Client::new(&account.app, Some(&key));
    let task = json!({ "description": MARK, "contact_name": MARK, "customer_name": MARK,
        "assignments": [{ "employee": phone.employee, "role": "lead" }] });
    let made = client.post("/v1/tasks", &task).await.unwrap();
    assert_eq!(made.status, 201, "{}", made.json());
    let task: Uuid = made.json()["id"].as_str().unwrap().parse().unwrap();
    let change = json!({ "description": format!("{MARK} again") });
    let path = format!("/v1/tasks/{task}");
    let changed = client.call(Method::PATCH, &path, &[("if-match", "*")], Some(&change)).await.unwrap();
    assert_eq!(changed.status, 200, "{}", changed.json());
    let employee = account.employee(MARK).await.unwrap();
    account.pin(employee, "4711").await.unwrap();
    let poi = account.poi(MARK).await.unwrap();
    let change = json!({ "name": format!("{MARK} again") });
    let poi = format!("/v1/pois/{poi}");
    let changed = client.call(Method::PATCH, &poi, &[("if-match", "*")], Some(&change)).await.unwrap();
    assert_eq!(changed.status, 200, "{}", changed.json());
    let mut tx = account.app.db.begin().await.unwrap();
    tx.execute(
        "insert into file_reference (account, owner_kind, owner, id, hash, name, author, author_id, created_us) \
         values ($1, 'task', $2, $2, $3, $4, 'user', null, 1)",
        (account.id, task, vec![7_u8; 32], MARK),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    for path in [path, format!("/v1/employees/{employee}"), poi] {
        let gone = client.call(Method::DELETE, &path, &[("if-match", "*")], None).await.unwrap();
        assert_eq!(gone.status, 204, "{path}: {}", String::from_utf8_lossy(&gone.body));
    }
    task
}

/// What goes by itself, whatever an account decides.
async fn operation(account: &Account) {
    let (id, now_us) = (account.app.environment.uuid(), account.app.environment.now_us());
    let mut tx = account.app.db.begin().await.unwrap();
    for sql in [
        "insert into notice (account, id, kind, cause, detail, permission, times, first_us, last_us, done_us) \
         values ($1, $2, 'channel_gone', 'x', $4, 'manage_channels', 1, 1, 1, $3)",
        "insert into act (account, id, kind, permission, author, detail, effects, position, created_us, undo_until_us) \
         values ($1, $2, 'tasks.batch', 'manage_tasks', 'user', $4, 1, 1, $3, $3)",
        "insert into act_effect (account, act, number, subject_kind, subject, effect, version_after, before) \
         values ($1, $2, 1, 'task', $2, 'changed', $3, $4)",
        "insert into delivery (account, channel, position, event, order_key, state, attempts, since_us, tried_us, \
         answer) values ($1, $2, 1, $2, $2, 'not_delivered', 1, 1, $3, $4)",
        "insert into call (account, id, key, at_us, method, path, address, status, took_us, request, answer, words) \
         values ($1, $2, $2, $3, 'GET', $4, $4, 200, 1, $4, $4, $4)",
        "insert into idempotency (account, holder, key, request, version, response, created_us) \
         values ($1, $2, 'x', cast($4 as {bytes}), 1, cast($4 as {bytes}), $3)",
        "insert into import_run (account, id, template, template_version, mapping, hash, file_name, principal, state, \
         sheet, headings, read_rows, created, updated, unchanged, refused, created_us, finished_us) \
         values ($1, $2, $2, 1, '{}', cast('x' as {bytes}), $4, 'user', 'done', '', '[]', 0, 0, 0, 0, 0, 1, $3)",
        "insert into import_row (account, run, number, cells, outcome, faults, changes) \
         values ($1, $2, cast($3 - $3 as bigint), $4, 'created', $4, $4)",
        "insert into import_draft (account, id, version, state, file_name, size_bytes, received_bytes, mapping, \
         analysis, author, created_us, updated_us, expires_us) \
         values ($1, $2, 1, 'ready', $4, 0, 0, '{}', $4, 'user', 1, 1, $3)",
        "insert into received_file (account, id, way, way_id, arrival, folder, name, size_bytes, hash, state, ready_us, \
         received_us, finished_us) values ($1, $2, 'sftp', $2, 'x', $4, $4, 1, cast('x' as {bytes}), 'done', 1, 1, $3)",
        "insert into mail_link (account, id, account_user, purpose, email, token, created_us, expires_us) \
         values ($1, $2, $2, 'reset_password', $4, cast('x' as {bytes}), 1, $3)",
    ] {
        let is_sqlite = account.app.db.is_sqlite();
        let bytes = if is_sqlite { "blob" } else { "bytea" };
        let text = sql.replace("{bytes}", bytes);
        let detail = json!({ "name": MARK }).to_string();
        insert(&mut tx, &text, (account.id, id, now_us, detail)).await;
    }
    tx.commit().await.unwrap();
}

/// Runs a statement that is put together here: the kit of the server takes texts of the source alone.
async fn insert(tx: &mut campo_server::database::Tx, sql: &str, values: (i64, Uuid, i64, String)) {
    tx.execute(String::leak(sql.to_owned()), values).await.unwrap();
}

/// Does the duties of forgetting until nothing is left, and sweeps the store a day later.
async fn forget(app: &App, accounts: &[&Company]) {
    for _ in 0..2 {
        retention::duty(app).await.unwrap();
        while sweep::duty(app).await.unwrap() == campo_server::duties::Left::More {}
        for company in accounts {
            files::sweep::sweep(app, company.account.id, app.environment.now_us()).await.unwrap();
        }
        app.environment.advance(2 * DAY_US);
    }
}

/// How many files of the store hold something secret of a company.
fn files_of(folder: &Path, code: &str) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let of_entry = |entry: fs::DirEntry| {
        let path = entry.path();
        if path.is_dir() {
            return files_of(&path, code);
        }
        let is_database = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("campo.db"));
        let text = fs::read(&path).unwrap_or_default();
        usize::from(!is_database && String::from_utf8_lossy(&text) == format!("{MARK} photo of {code}"))
    };
    entries.flatten().map(of_entry).sum()
}

/// For how long a column must stay filled in this test: until the account decides, until it is over by itself, or not
/// at all.
fn goes(retention: Retention) -> bool {
    match retention {
        Retention::Entry
        | Retention::MadeFromEntry
        | Retention::Event
        | Retention::Object
        | Retention::Task
        | Retention::Feed
        | Retention::Job
        | Retention::Notice
        | Retention::Act
        | Retention::Request
        | Retention::Call => true,
        Retention::User | Retention::Installation | Retention::Hosted => false,
    }
}

/// Columns that go otherwise: the rows of jobs with the job, by what ends it.
const ELSEWHERE: &[(&str, &str)] = &[("job", "body")];

async fn what_an_account_keeps_no_longer_is_gone_and_the_rest_holds(world: World) {
    let mut forgets = Company::new(&world, "forgets").await;
    let keeps = Company::new(&world, "keeps").await;
    let held = Company::new(&world, "held").await;
    decide(&world.app, &forgets.account, everything()).await;
    let mut hold = everything();
    hold["legal_hold"] = true.into();
    decide(&world.app, &held.account, hold).await;
    let all = forgets.marked(&world.app).await;
    let missing: Vec<_> = PERSONAL
        .iter()
        .filter(|column| goes(column.retention))
        .map(|column| (column.table, column.column))
        .filter(|column| !all.contains(column) && !ELSEWHERE.contains(column))
        .collect();
    assert!(missing.is_empty(), "nothing secret is in {missing:?}, so that nothing is proved of it");
    assert_eq!(held.marked(&world.app).await, all);
    let folder = world.folder.path();
    for company in ["forgets", "keeps", "held"] {
        assert_eq!(files_of(folder, company), 1, "{company}");
    }

    // Younger than what goes: nothing is touched
    let later = world.virtual_replica(1).await.unwrap();
    later.environment.advance(29 * DAY_US);
    let bodies = forgets.bodies(&later).await;
    retention::duty(&later).await.unwrap();
    assert_eq!(forgets.bodies(&later).await, bodies);

    later.environment.advance(62 * DAY_US);
    let young = forgets.ana.line("shift.start", r#","note":"young""#);
    forgets.ana.send_to(&later, std::slice::from_ref(&young)).await.unwrap();
    let companies = [&forgets, &keeps, &held];
    forget(&later, &companies).await;

    assert_eq!(forgets.marked(&later).await, BTreeSet::new());
    assert_eq!(files_of(folder, "forgets"), 0);
    let summary = forgets.holds(&later).await;
    assert!(summary.erased >= forgets.lines.len() as u64, "{summary:?}");
    let kinds: Vec<(String,)> = later
        .db
        .fetch_all(
            "select distinct e.kind from entry e join entry_body b on b.account = e.account and b.position = e.position \
             where e.account = $1 order by e.kind",
            (forgets.account.id,),
        )
        .await
        .unwrap();
    assert_eq!(kinds, [("erased".to_owned(),), ("shift.start".to_owned(),)]);

    // Without rules only what is kept for a time by itself goes, and nothing at all where there is a hold
    let stays = |retention| {
        !matches!(retention, Retention::Job | Retention::Notice | Retention::Act | Retention::Call)
    };
    let (kept, on_hold) = (keeps.marked(&later).await, held.marked(&later).await);
    for column in PERSONAL.iter().filter(|column| goes(column.retention)) {
        let place = (column.table, column.column);
        let is_kept = stays(column.retention) && column.retention != Retention::Request;
        assert_eq!(kept.contains(&place), is_kept && all.contains(&place), "{place:?}");
        let is_held = column.retention != Retention::Request && column.table != "import_draft";
        assert_eq!(on_hold.contains(&place), is_held && all.contains(&place), "{place:?}");
    }
    for company in ["keeps", "held"] {
        assert_eq!(files_of(folder, company), 1, "{company}");
    }
    keeps.holds(&later).await;
    held.holds(&later).await;

    // The phone hands in again what it had a receipt for, goes on, and agrees with the server; so does a new one
    let Company { ana, lines, positions, account, .. } = &mut forgets;
    let again = ana.send_to(&later, lines).await.unwrap();
    assert_eq!(again.receipts.iter().map(|receipt| receipt.position).collect::<Vec<_>>(), *positions);
    ana.app = later.clone();
    ana.catch_up().await.unwrap();
    let line = ana.line("message", r#","body":{"text":"hello"}"#);
    ana.exchange(&[line]).await.unwrap();
    ana.catch_up().await.unwrap();
    account.app = later.clone();
    let mut second = account.phone(ana.employee).await.unwrap();
    second.open_session().await.unwrap();
    second.catch_up().await.unwrap();
    ana.catch_up().await.unwrap();
    forgets.holds(&later).await;
}

async fn a_person_is_forgotten_when_somebody_asks_and_nobody_holds(world: World) {
    let company = Company::new(&world, "acme").await;
    let beto = company.account.employee("secret-beto").await.unwrap();
    let mut phone = company.account.phone(beto).await.unwrap();
    let lines = [
        phone.line("shift.start", r#","note":"secret punch""#),
        phone.line("photo", r#","note":"secret photo""#),
        phone.line("message", r#","body":{"text":"secret words"}"#),
    ];
    phone.send(&lines).await.unwrap();
    let key = company.account.key(&campo_server::access::Permissions::grantable().names()).await.unwrap();
    let client = Client::new(&world.app, Some(&key));
    let ask = json!({ "employee": beto });
    let refused = client.post("/v1/erasures", &ask).await.unwrap();
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (409, &"conflict".into()));
    let nobody = client.post("/v1/erasures", &json!({ "employee": Uuid::nil() })).await.unwrap();
    assert_eq!(nobody.status, 422);
    let path = format!("/v1/employees/{beto}");
    assert_eq!(client.call(Method::DELETE, &path, &[("if-match", "*")], None).await.unwrap().status, 204);

    // A hold on the person comes before what is asked
    decide(&world.app, &company.account, json!({ "held_employees": [beto] })).await;
    let asked = client.post("/v1/erasures", &ask).await.unwrap();
    assert_eq!((asked.status.as_u16(), &asked.json()["held"]), (201, &true.into()));
    let bodies = company.bodies(&world.app).await;
    retention::duty(&world.app).await.unwrap();
    assert_eq!(company.bodies(&world.app).await, bodies);

    decide(&world.app, &company.account, json!({ "held_employees": [] })).await;
    retention::duty(&world.app).await.unwrap();
    let path = asked.header("location").to_owned();
    let done = client.get(&path).await.unwrap().json();
    assert_eq!(
        (&done["entries"], &done["held"], done["done_at"].is_string()),
        (&json!(2), &json!(false), true)
    );
    let left: Vec<(Vec<u8>,)> = world
        .app
        .db
        .fetch_all(
            "select b.bytes from entry e join entry_body b on b.account = e.account and b.position = e.position \
             where e.account = $1 and e.employee = $2",
            (company.account.id, beto),
        )
        .await
        .unwrap();
    assert_eq!(left, [(lines[0].clone(),)], "what the law asks for stays unless it is asked for, too");
    let (name, body): (String, String) = world
        .app
        .db
        .fetch_one("select name, body from object where account = $1 and id = $2", (company.account.id, beto))
        .await
        .unwrap();
    assert_eq!((name.as_str(), body.contains(MARK)), ("", false));
    assert_eq!(client.get(&format!("/v1/employees/{beto}")).await.unwrap().status, 200);

    let all = json!({ "employee": beto, "working_time": true });
    assert_eq!(client.post("/v1/erasures", &all).await.unwrap().status, 201);
    retention::duty(&world.app).await.unwrap();
    let list = client.get("/v1/erasures").await.unwrap().json();
    assert_eq!((list["items"].as_array().unwrap().len(), &list["items"][0]["entries"]), (2, &json!(1)));
    assert_eq!(company.holds(&world.app).await.erased, 3);
}

/// What is forgotten in steps is forgotten whole in each of them, whenever the server dies.
async fn a_killed_server_goes_on_forgetting_and_leaves_nothing_half_done(world: World) {
    const ENTRIES: usize = 6000;
    const KILLS: usize = 3;
    let mut company = Company::new(&world, "acme").await;
    let lines: Vec<Vec<u8>> =
        (0..ENTRIES).map(|_| company.ana.line("message", r#","body":{"text":"secret"}"#)).collect();
    for lines in lines.chunks(500) {
        company.ana.send(lines).await.unwrap();
    }
    let mut tx = world.app.db.begin().await.unwrap();
    tx.execute(
        "update entry set received_us = received_us - $2 where account = $1",
        (company.account.id, 40 * DAY_US),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    decide(&world.app, &company.account, json!({ "messages_days": 30 })).await;
    let whole = company.bodies(&world.app).await;
    let mut server = world.process(&[("CAMPO_LEASE_S", "2")]).await.unwrap();
    let messages = "select count(*) from entry e join entry_body b on b.account = e.account and b.position = e.position \
                    where e.account = $1 and e.kind = 'message'";
    let left = async || world.app.db.fetch_one::<(i64,)>(messages, (company.account.id,)).await.unwrap().0;
    let mut seen = BTreeSet::new();
    for _ in 0..KILLS {
        let before = left().await;
        let deadline = tokio::time::Instant::now() + Duration::from_mins(1);
        // A step takes milliseconds: this looks as often as it can
        while left().await == before {
            assert!(tokio::time::Instant::now() < deadline, "nothing is forgotten");
        }
        server.kill_nine().unwrap();
        seen.insert(left().await);
        company.holds(&world.app).await;
        server.start_again().await.unwrap();
    }
    assert!(
        seen.iter().filter(|left| (1..ENTRIES as i64).contains(*left)).count() > 1,
        "killed in the middle: {seen:?}"
    );
    wait::until("the rest to be forgotten", Duration::from_mins(1), async || {
        Ok((left().await == 0).then_some(()))
    })
    .await
    .unwrap();
    server.kill_nine().unwrap();
    assert!(company.bodies(&world.app).await < whole);
    assert!(company.holds(&world.app).await.erased >= ENTRIES as u64);
    let sql = "select count(*) from message where account = $1";
    assert_eq!(world.app.db.fetch_one::<(i64,)>(sql, (company.account.id,)).await.unwrap().0, 0);
}
