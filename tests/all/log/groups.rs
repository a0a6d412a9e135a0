//! One submission that the database does not take costs only itself, wherever it fails.

use campo_server::problem::{Code, Problem};
use campo_tests::{
    check, office, on_both, wait,
    world::{Account, Phone, World},
};
use uuid::Uuid;

use super::WAIT;

on_both! {
    a_submission_that_a_statement_refuses_costs_only_itself,
    a_submission_that_the_commit_refuses_costs_only_itself,
}

/// The id of the entry that the database does not take.
const BAD: Uuid = Uuid::from_u128(0xbad);

async fn a_submission_that_a_statement_refuses_costs_only_itself(world: World) {
    for (number, raise) in ["abort", "fail", "rollback"].into_iter().enumerate() {
        let sqlite = format!(
            "drop trigger if exists bad; create trigger bad before insert on entry \
             when new.id = x'{}' begin select raise({raise}, 'bad'); end",
            BAD.simple()
        );
        let postgres = format!(
            "create or replace function bad() returns trigger language plpgsql as \
             $$ begin raise exception 'bad'; end $$; drop trigger if exists bad on entry; \
             create trigger bad before insert on entry for each row when (new.id = '{BAD}') execute function bad()"
        );
        world.meddle(&sqlite, &postgres).await.unwrap();
        one_of_a_group_fails(&world, &format!("acme-{number}")).await;
    }
}

async fn a_submission_that_the_commit_refuses_costs_only_itself(world: World) {
    let sqlite = format!(
        "create table parent (id integer primary key) strict; \
         create table child (parent integer references parent (id) deferrable initially deferred) strict; \
         create trigger bad after insert on entry when new.id = x'{}' begin insert into child values (1); end",
        BAD.simple()
    );
    let postgres = format!(
        "create function bad() returns trigger language plpgsql as $$ begin raise exception 'bad'; end $$; \
         create constraint trigger bad after insert on entry deferrable initially deferred \
         for each row when (new.id = '{BAD}') execute function bad()"
    );
    world.meddle(&sqlite, &postgres).await.unwrap();
    one_of_a_group_fails(&world, "acme").await;
}

/// Hands in a bad submission among good ones, all of one group and on SQLite of two accounts.
async fn one_of_a_group_fails(world: &World, code: &str) {
    let account = world.account(code).await.unwrap();
    let neighbour = world.account(&format!("{code}-neighbour")).await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let eva = neighbour.employee("ZZ1").await.unwrap();
    let turn = office::begin(&world.app, account.id).await.unwrap();
    let mut good = Vec::new();
    for number in 0..7 {
        let phone = if number % 3 == 0 { neighbour.spare_phone(eva) } else { account.spare_phone(ana) };
        good.push(tokio::spawn(hand_in(phone, None)));
    }
    let bad = tokio::spawn(hand_in(account.spare_phone(ana), Some(BAD)));
    // On PostgreSQL the neighbour has turns of its own
    all_wait(world, if world.app.db.is_sqlite() { 8 } else { 5 }).await;
    drop(turn);
    assert_eq!(bad.await.unwrap().unwrap_err().code(), Code::Internal);
    let mut receipts = Vec::new();
    for task in good {
        receipts.extend(task.await.unwrap().unwrap());
    }
    for of in [&account, &neighbour] {
        let logs = check::log_is_whole(&world.app, of.id).await.unwrap();
        assert!(logs.entries.iter().all(|entry| entry.id != BAD));
    }
    let kept = check::log_is_whole(&world.app, account.id).await.unwrap().entries.len();
    assert_eq!(kept, 4 * 3);
    // Whoever comes next notices nothing
    for of in [&account, &neighbour] {
        let employee = if of.id == account.id { ana } else { eva };
        hand_in(of.spare_phone(employee), None).await.unwrap();
        office::create_task(&world.app, of.id, &[employee]).await.unwrap();
        check::log_is_whole(&world.app, of.id).await.unwrap();
    }
    assert_eq!(receipts.len(), 7 * 3);
}

/// Three entries, the second one with this id.
async fn hand_in(mut phone: Phone, id: Option<Uuid>) -> Result<Vec<campo_protocol::sync::Receipt>, Problem> {
    let mut lines: Vec<Vec<u8>> = (0..3).map(|_| phone.line("shift.start", "")).collect();
    if let Some(id) = id {
        let line = String::from_utf8(lines[1].clone()).unwrap();
        let own = &line[r#"{"id":""#.len()..][..36];
        lines[1] = line.replace(own, &id.to_string()).into_bytes();
    }
    phone.send(&lines).await.map(|submitted| submitted.receipts).map_err(|error| error.downcast().unwrap())
}

/// Waits until so many submissions of three entries wait at least: those of an account that has no turn.
async fn all_wait(world: &World, submissions: usize) {
    wait::until("the submissions to wait", WAIT, async || {
        Ok((world.app.log.waiting_entries() >= submissions * 3).then_some(()))
    })
    .await
    .unwrap();
}

/// SQLite says that the disk is full, and may have rolled back by itself: what was sent is refused as a matter of the
/// moment, and the same bytes are taken when there is room again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_for_the_moment_only() {
    let world = World::sqlite().await.unwrap();
    let account: Account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.spare_phone(ana);
    let lines: Vec<Vec<u8>> = (0..20)
        .map(|_| phone.line("shift.start", &format!(r#","note":"{}""#, "x".repeat(100_000))))
        .collect();
    limit_pages(&world, account.id, "pragma max_page_count = 1").await;
    for _ in 0..3 {
        let problem: Problem = phone.send(&lines).await.unwrap_err().downcast().unwrap();
        assert_eq!(problem.code(), Code::Unavailable);
    }
    limit_pages(&world, account.id, "pragma max_page_count = 1000000").await;
    let receipts = phone.send(&lines).await.unwrap().receipts;
    assert_eq!(receipts.len(), 20);
    check::log_is_whole(&world.app, account.id).await.unwrap();
}

/// Sets how large the database file may grow, in pages; never below its size.
async fn limit_pages(world: &World, account: i64, pragma: &'static str) {
    let mut write = office::begin(&world.app, account).await.unwrap();
    write.tx().execute(pragma, ()).await.unwrap();
}
