//! Who reads by position while others write misses nothing and sees nothing twice.

use std::collections::BTreeMap;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use campo_protocol::{digest, scope::Scope, task::status::Status};
use campo_server::app::App;
use campo_tests::{
    check, office, on_both,
    random::Random,
    world::{Phone, World},
};
use uuid::Uuid;

const WRITERS: u64 = 4;
const ROUNDS: usize = 40;

on_both! {
    readers_by_position_miss_nothing_while_phones_and_the_office_write,
}

async fn readers_by_position_miss_nothing_while_phones_and_the_office_write(world: World) {
    let replica = world.replica().await.unwrap();
    let written = Arc::new(AtomicBool::new(false));
    let (mut writers, mut readers) = (Vec::new(), Vec::new());
    let mut accounts = Vec::new();
    for number in 0..2 {
        let account = world.account(&format!("acme-{number}")).await.unwrap();
        let employees = [account.employee("ZZ1").await.unwrap(), account.employee("ZZ2").await.unwrap()];
        let mut tasks = Vec::new();
        for _ in 0..4 {
            tasks.push(office::create_task(&world.app, account.id, &employees).await.unwrap());
        }
        for writer in 0..WRITERS {
            let app = if writer % 2 == 0 { &world.app } else { &replica }.clone();
            let chance = Random::part(2, number * WRITERS + writer);
            let phone = account.spare_phone(employees[writer as usize % 2]);
            writers.push(tokio::spawn(capture(phone, app.clone(), tasks.clone(), chance.clone())));
            writers.push(tokio::spawn(decide(app, account.id, tasks.clone(), employees, chance)));
        }
        readers.push(tokio::spawn(follow_log(
            world.app.clone(),
            account.id,
            Log::Entries,
            Arc::clone(&written),
        )));
        readers.push(tokio::spawn(follow_log(
            replica.clone(),
            account.id,
            Log::Events,
            Arc::clone(&written),
        )));
        for employee in employees {
            let scope = Scope::Employee(employee).to_string();
            readers.push(tokio::spawn(follow_scope(
                world.app.clone(),
                account.id,
                scope,
                Arc::clone(&written),
            )));
        }
        accounts.push(account.id);
    }
    for account in &accounts {
        check::log_is_whole(&world.app, *account).await.unwrap();
    }
    for writer in writers {
        writer.await.unwrap();
    }
    written.store(true, Ordering::Release);
    for reader in readers {
        assert!(reader.await.unwrap() > 0, "a reader saw nothing");
    }
    for account in accounts {
        check::log_is_whole(&world.app, account).await.unwrap();
    }
}

async fn capture(mut phone: Phone, app: App, tasks: Vec<Uuid>, mut chance: Random) {
    const KINDS: [&str; 6] =
        ["task.start", "task.suspend", "task.close", "task.arrive", "form", "shift.start"];
    for _ in 0..ROUNDS {
        let mut lines = Vec::new();
        for _ in 0..chance.within(&(1..=4)) {
            let task = tasks[chance.number() as usize % tasks.len()];
            let kind = KINDS[chance.number() as usize % KINDS.len()];
            lines.push(phone.line(kind, &format!(r#","task":"{task}""#)));
        }
        phone.send_to(&app, &lines).await.unwrap();
    }
}

async fn decide(app: App, account: i64, tasks: Vec<Uuid>, employees: [Uuid; 2], mut chance: Random) {
    for round in 0..ROUNDS {
        let task = tasks[chance.number() as usize % tasks.len()];
        match chance.within(&(0..=3)) {
            0 => office::edit_task(&app, account, task, &format!("round {round}")).await.unwrap(),
            1 => office::set_status(&app, account, task, Status::New).await.unwrap(),
            2 => office::assign(&app, account, task, &employees[..1]).await.unwrap(),
            _ => office::assign(&app, account, task, &employees).await.unwrap(),
        }
    }
}

#[derive(Clone, Copy)]
enum Log {
    Entries,
    Events,
}

/// Reads small pages until the writers are done and nothing is left. Returns the last position.
async fn follow_log(app: App, account: i64, log: Log, written: Arc<AtomicBool>) -> i64 {
    let mut last = 0;
    loop {
        let is_over = written.load(Ordering::Acquire);
        let sql = match log {
            Log::Entries => {
                "select position from entry where account = $1 and position > $2 order by position limit 7"
            }
            Log::Events => {
                "select position from event where account = $1 and position > $2 order by position limit 7"
            }
        };
        let page: Vec<(i64,)> = app.db.fetch_all(sql, (account, last)).await.unwrap();
        for (position,) in &page {
            assert_eq!(*position, last + 1, "after {last}");
            last = *position;
        }
        if page.is_empty() && is_over {
            return last;
        }
    }
}

/// What a phone holds of a scope: the digest of each object.
type Held = BTreeMap<(String, Uuid), i64>;

/// As [`follow_log`], for what a phone holds: at the end of every page that reached the scope's position, the digest
/// of what it holds is the scope's.
async fn follow_scope(app: App, account: i64, scope: String, written: Arc<AtomicBool>) -> i64 {
    type Row = (i64, String, Uuid, bool, Vec<u8>);
    let (mut last, mut held, mut agreed) = (0, Held::new(), 0);
    loop {
        let is_over = written.load(Ordering::Acquire);
        let mut tx = app.db.begin_snapshot().await.unwrap();
        let page: Vec<Row> = tx
            .fetch_all(
                "select c.position, c.kind, c.id, c.removed, b.body from change c \
                 join change_body b on b.account = c.account and b.kind = c.kind and b.id = c.id \
                 where c.account = $1 and c.scope = $2 and c.position > $3 order by c.position limit 3",
                (account, scope.as_str(), last),
            )
            .await
            .unwrap();
        let head: Option<(i64, i64, i64)> = tx
            .fetch_optional(
                "select position, objects, digest from scope where account = $1 and scope = $2",
                (account, scope.as_str()),
            )
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let is_empty = page.is_empty();
        for (position, kind, id, removed, body) in page {
            assert!(position > last, "{position} after {last}");
            last = position;
            let digest = digest::of_object(&kind, id, &body);
            if removed {
                held.remove(&(kind, id));
            } else {
                held.insert((kind, id), digest);
            }
        }
        if let Some((position, objects, digest)) = head.filter(|head| head.0 == last) {
            let own = held.values().fold(0_i64, |sum, digest| sum.wrapping_add(*digest));
            assert_eq!((held.len() as i64, own), (objects, digest), "{scope} at {position}");
            agreed += 1;
        }
        if is_empty && is_over {
            assert!(agreed > 1, "{scope} was never read to its end");
            return last;
        }
    }
}
