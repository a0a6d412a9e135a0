//! Folding the log anew comes to what is stored, whatever happened; and what does not agree is found and mended.

use campo_server::{
    access::permissions::ManageAccount,
    rebuild::{Difference, Mode, Summary, rebuild},
};
use campo_tests::{
    on_both,
    world::{Account, World},
};
use uuid::Uuid;

use crate::history::History;

on_both! {
    after_any_history_nothing_differs,
    an_employee_that_turns_up_later_changes_nothing_of_what_was_set_aside,
    whatever_is_planted_is_found_and_mended,
    an_entry_that_an_older_release_did_not_understand_takes_effect,
    erased_entries_keep_their_effect,
}

async fn run(account: &Account, mode: Mode) -> (Summary, Vec<Difference>) {
    let allowed = account.operator().allow::<ManageAccount>().unwrap();
    let mut found = Vec::new();
    let summary =
        rebuild(&account.app, &allowed, mode, &mut |difference| found.push(difference)).await.unwrap();
    assert_eq!(summary.differences, found.len() as u64);
    (summary, found)
}

async fn assert_nothing_differs(account: &Account, hint: &str) -> Summary {
    let (summary, found) = run(account, Mode::Compare).await;
    let shown: Vec<String> = found.iter().map(Difference::to_string).collect();
    assert!(found.is_empty(), "{hint}: {shown:#?}");
    summary
}

async fn count(account: &Account, sql: &'static str) -> i64 {
    let (count,): (i64,) = account.app.db.fetch_one(sql, (account.id,)).await.unwrap();
    count
}

async fn after_any_history_nothing_differs(world: World) {
    for seed in 1..=8 {
        let account = world.account(&format!("seed-{seed}")).await.unwrap();
        let mut history = History::new(account, seed).await;
        history.go_on(60).await;
        let summary = assert_nothing_differs(&history.account, &format!("seed {seed}")).await;
        let entries = count(&history.account, "select entry from account_head where account = $1").await;
        assert_eq!((summary.entries, summary.skipped), (entries as u64, 0), "seed {seed}");
        assert_eq!(summary.tasks, history.tasks.len() as u64, "seed {seed}");
    }
    // A history in which nothing happens would prove nothing
    let first = Account { app: world.app.clone(), id: 1 };
    for sql in [
        "select count(*) from entry where account = $1 and outcome = 'set_aside' and reason = 'unknown_employee'",
        "select count(*) from entry where account = $1 and outcome = 'set_aside' and reason = 'kind_unknown'",
        "select count(*) from entry where account = $1 and outcome = 'noted'",
        "select count(*) from message where account = $1",
        "select count(*) from employee_session where account = $1 and closed_us is not null",
        "select count(*) from assignment where account = $1 and until_us is not null",
        "select count(*) from task_state where account = $1 and attention > 0",
    ] {
        assert_ne!(count(&first, sql).await, 0, "{sql}");
    }
}

async fn an_employee_that_turns_up_later_changes_nothing_of_what_was_set_aside(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let stranger = Uuid::from_u128(7);
    let line = String::from_utf8(phone.line("shift.start", "")).unwrap();
    let line = line.replace(&ana.to_string(), &stranger.to_string());
    let receipt = phone.send(&[line.into_bytes()]).await.unwrap().receipts.remove(0);
    assert_eq!(receipt.reason.as_deref(), Some("unknown_employee"));
    change(
        &account,
        "insert into object (account, kind, id, code, name, sort_key, state, version, body, created_us, updated_us) \
         select account, kind, $2, 'ZZ7', name, sort_key, state, version, body, 1, 1 from object where account = $1",
        stranger,
    )
    .await;
    assert_nothing_differs(&account, "an employee with the id of a stranger").await;
}

async fn change(account: &Account, sql: &'static str, id: Uuid) {
    let mut tx = account.app.db.begin().await.unwrap();
    assert_ne!(tx.execute(sql, (account.id, id)).await.unwrap(), 0, "{sql}");
    tx.commit().await.unwrap();
}

/// Table, field and statement of what is planted; `$2` is an id that nothing has.
const PLANTED: &[(&str, &str, &str)] = &[
    ("task_state", "status", "update task_state set status = 'sent' where account = $1 and task <> $2"),
    ("task_state", "attention", "update task_state set attention = 70 where account = $1 and task <> $2"),
    ("task_state", "position", "update task_state set position = 0 where account = $1 and task <> $2"),
    ("task_state", "state", "update task_state set state = '{' where account = $1 and task <> $2"),
    ("task_state", "row", "delete from task_state where account = $1 and task <> $2"),
    (
        "task_state",
        "row",
        "insert into task_state (account, task, status, attention, position, state, fold, updated_us) \
             values ($1, $2, 'new', 0, 1, '{}', 1, 1)",
    ),
    ("assignment", "employee", "update assignment set employee = $2 where account = $1"),
    ("assignment", "role", "update assignment set role = 'boss' where account = $1 and task <> $2"),
    ("assignment", "from_us", "update assignment set from_us = 1 where account = $1 and task <> $2"),
    ("assignment", "until_us", "update assignment set until_us = 1 where account = $1 and task <> $2"),
    ("assignment", "row", "delete from assignment where account = $1 and task <> $2"),
    (
        "assignment",
        "row",
        "insert into assignment (account, task, employee, role, from_us, number) values ($1, $2, $2, 'lead', 1, 9)",
    ),
    ("message", "text", "update message set text = 'other' where account = $1 and id <> $2"),
    ("message", "employee", "update message set employee = $2 where account = $1"),
    ("message", "row", "delete from message where account = $1 and id <> $2"),
    (
        "message",
        "row",
        "insert into message (account, id, position, employee, direction, text, sent_us) \
             values ($1, $2, 1, $2, 'to_employee', 'stray', 1)",
    ),
    (
        "message",
        "row",
        "insert into message (account, id, position, employee, direction, text, sent_us) \
             select account, id, position, $2, 'to_employee', 'not a message', 1 from entry \
             where account = $1 and kind = 'shift.start'",
    ),
    (
        "employee_session",
        "opened_us",
        "update employee_session set opened_us = 1 where account = $1 and id <> $2",
    ),
    (
        "employee_session",
        "closed_us",
        "update employee_session set closed_us = null where account = $1 and id <> $2",
    ),
    ("employee_session", "employee", "update employee_session set employee = $2 where account = $1"),
    ("employee_session", "row", "delete from employee_session where account = $1 and id <> $2"),
    (
        "employee_session",
        "row",
        "insert into employee_session (account, id, installation, employee, opened_us, position) \
             values ($1, $2, $2, $2, 1, 1)",
    ),
    (
        "entry",
        "outcome",
        "update entry set outcome = 'set_aside' where account = $1 and kind = 'form' and id <> $2",
    ),
    ("entry", "reason", "update entry set reason = 'late' where account = $1 and kind = 'form' and id <> $2"),
    ("entry", "task", "update entry set task = $2 where account = $1 and task is not null"),
    (
        "entry",
        "employee",
        "update entry set employee = null where account = $1 and employee is not null and id <> $2",
    ),
];

async fn whatever_is_planted_is_found_and_mended(world: World) {
    let mut history = History::new(world.account("acme").await.unwrap(), 3).await;
    history.go_on(80).await;
    let account = &history.account;
    let any = |table: &'static str, found: &[Difference]| found.iter().any(|one| one.table == table);
    for &(table, field, sql) in PLANTED {
        change(account, sql, Uuid::from_u128(0xFFFF)).await;
        let (_, found) = run(account, Mode::Compare).await;
        assert!(found.iter().any(|one| (one.table, one.field) == (table, field)), "{sql}: {found:?}");
        assert!(found.iter().all(|one| one.table == table), "{sql}: {found:?}");
        let (_, mended) = run(account, Mode::Write).await;
        assert!(any(table, &mended), "{sql}");
        assert_nothing_differs(account, sql).await;
    }
}

async fn an_entry_that_an_older_release_did_not_understand_takes_effect(world: World) {
    let mut history = History::new(world.account("acme").await.unwrap(), 1).await;
    let task = history.tasks[0];
    let phone = &mut history.phones[0];
    let file = "ab".repeat(32);
    let lines = [
        phone.line("message", r#","body":{"text":"Hola"}"#),
        phone
            .line("task.start", &format!(r#","task":"{task}","files":[{{"hash":"{file}","size_bytes":3}}]"#)),
        phone.line("shift.start", ""),
    ];
    phone.send(&lines).await.unwrap();
    let account = &history.account;
    // As a release without these kinds would have left it
    let nobody = Uuid::nil();
    for sql in [
        "update entry set kind = 'unknown', outcome = 'set_aside', reason = 'kind_unknown', session = null, \
         employee = null, task = null, form = null, corrects = null where account = $1 and installation <> $2",
        "delete from message where account = $1 and id <> $2",
        "delete from entry_file where account = $1 and hash <> $2",
        "update task_state set position = 1, state = (select '{\"damaged\":1}') where account = $1 and task <> $2",
    ] {
        if sql.contains("entry_file") {
            let mut tx = account.app.db.begin().await.unwrap();
            tx.execute(sql, (account.id, &b""[..])).await.unwrap();
            tx.commit().await.unwrap();
        } else {
            change(account, sql, nobody).await;
        }
    }
    let events = count(account, "select event from account_head where account = $1").await;
    let changes = count(account, "select change from account_head where account = $1").await;
    run(account, Mode::Write).await;
    assert_nothing_differs(account, "after it was written").await;
    assert_eq!(count(account, "select count(*) from message where account = $1").await, 1);
    assert_eq!(count(account, "select count(*) from entry_file where account = $1").await, 1);
    assert_eq!(count(account, "select count(*) from entry where account = $1 and kind = 'unknown'").await, 0);
    assert_eq!(count(account, "select event from account_head where account = $1").await, events);
    assert!(count(account, "select change from account_head where account = $1").await >= changes);
}

async fn erased_entries_keep_their_effect(world: World) {
    let mut history = History::new(world.account("acme").await.unwrap(), 5).await;
    history.go_on(80).await;
    let account = &history.account;
    for sql in [
        "delete from message where account = $1 and direction = 'from_employee' and id <> $2",
        "delete from entry_body where account = $1 and position in \
         (select position from entry e where e.account = $1 and e.installation <> $2)",
    ] {
        change(account, sql, Uuid::nil()).await;
    }
    let summary = assert_nothing_differs(account, "everything of the phones was erased").await;
    let set_aside = "select count(*) from entry where account = $1 and outcome = 'set_aside' \
                     and installation is not null";
    assert_eq!(summary.skipped, count(account, set_aside).await as u64);

    // What the office decided cannot be folded without its bytes: nothing is said of the task
    let sql = "delete from entry_body where account = $1 and position in \
               (select min(position) from entry e where e.account = $1 and e.kind = 'task.created' and e.id <> $2)";
    change(account, sql, Uuid::nil()).await;
    let summary = assert_nothing_differs(account, "the first decision of the office was erased").await;
    assert_eq!(summary.tasks, history.tasks.len() as u64 - 1);
}
