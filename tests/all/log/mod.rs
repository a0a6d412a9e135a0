//! The three logs under attack. Each attack ends with [`campo_tests::check::log_is_whole`].

mod events;
mod flood;
mod frozen;
mod groups;
mod hang_up;
mod histories;
mod kill;
mod lines;
mod power_loss;
mod readers;
mod replicas;
mod sequences;
mod turns;

use std::{sync::Arc, time::Duration};

use campo_protocol::{entry::Kind, sync::Outcome};
use campo_server::{
    log::stored,
    problem::{Code, Problem},
};
use campo_tests::{api::Client, office, on_both, wait, world::World};
use serde_json::json;
use uuid::Uuid;

/// How long anything here may be waited for.
const WAIT: Duration = Duration::from_mins(1);

on_both! {
    entries_get_positions_and_repeats_the_same_receipts,
    an_exchange_answers_what_it_could_not_read_and_keeps_the_rest,
    an_entry_is_read_back_as_it_came_in,
    what_later_rules_made_of_a_task_is_left_alone,
}

async fn entries_get_positions_and_repeats_the_same_receipts(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let lines: Vec<_> =
        (0..20).map(|n| phone.line(if n % 2 == 0 { "shift.start" } else { "shift.end" }, "")).collect();
    let first = phone.send(&lines[..10]).await.unwrap().receipts;
    let all = phone.send(&lines).await.unwrap().receipts;
    assert_eq!(all[..10], first);
    assert_eq!(all.iter().map(|receipt| receipt.position).collect::<Vec<_>>(), (1..=20).collect::<Vec<_>>());

    let mut changed = lines[3].clone();
    let end = changed.len() - 1;
    changed.splice(end..end, br#","note":"x""#.iter().copied());
    let conflict = phone.send(&[changed]).await.unwrap().receipts.remove(0);
    assert_eq!(conflict.outcome, Outcome::Conflict);
    assert_eq!(conflict.hash, all[3].hash);
}

/// While servers are updated one after the other, an older one must not write back what it only half understands.
async fn what_later_rules_made_of_a_task_is_left_alone(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let theirs = office::create_task(&world.app, account.id, &[ana]).await.unwrap();
    let ours = office::create_task(&world.app, account.id, &[ana]).await.unwrap();
    let later = "update task_state set fold = 99, state = '{\"status\":\"awaiting_parts\"}' \
         where task in (select id from task where task_number = (select min(task_number) from task))";
    world.meddle(later, later).await.unwrap();
    let mut phone = account.spare_phone(ana);
    let mut start = |task: Uuid| phone.line("task.start", &format!(r#","task":"{task}""#));
    let (their_line, our_line) = (start(theirs), start(ours));
    // both ride in one group, and only the one that is about it is refused
    let turn = office::begin(&world.app, account.id).await.unwrap();
    let phone = Arc::new(phone);
    let sent: Vec<_> = [their_line, our_line]
        .into_iter()
        .map(|line| {
            let phone = Arc::clone(&phone);
            tokio::spawn(async move { phone.send(&[line]).await })
        })
        .collect();
    wait::until("both to wait", WAIT, async || Ok((world.app.log.waiting_entries() >= 2).then_some(())))
        .await
        .unwrap();
    drop(turn);
    let mut answers = Vec::new();
    for one in sent {
        answers.push(one.await.unwrap());
    }
    let refused = answers.remove(0).unwrap_err().downcast::<Problem>().unwrap();
    assert_eq!(refused.code(), Code::LaterRules);
    assert_eq!(refused.parameter("task"), Some(theirs.to_string().as_str()));
    assert_eq!(answers.remove(0).unwrap().receipts[0].outcome, Outcome::Applied);
}

async fn an_exchange_answers_what_it_could_not_read_and_keeps_the_rest(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let mut body = json!({ "format": 1, "clock": { "wall_us": 1 } }).to_string().into_bytes();
    for line in [phone.line("shift.start", ""), b"{\"id\":7}".to_vec(), phone.line("nobody.knows", "")] {
        body.push(b'\n');
        body.extend(line);
    }
    let request = axum::http::Request::post("/v1/sync").body(body.into()).unwrap();
    let answer = Client::new(&world.app, Some(&phone.bearer)).send(request).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.json());
    let answer = answer.json();
    assert_eq!(answer["receipts"][0]["outcome"], "applied");
    assert_eq!(answer["receipts"][1]["outcome"], "set_aside");
    assert_eq!(answer["receipts"][1]["reason"], "kind_unknown");
    assert_eq!(answer["unreadable"][0]["line"], 2);
    assert_eq!(answer["heads"][0]["number"], 2);
}

async fn an_entry_is_read_back_as_it_came_in(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let lines = [
        phone.line("shift.start", r#","place":{"latitude":91.0,"longitude":0.0},"note":"a\u0000""#),
        phone.line("nobody.knows", ""),
        phone.line("photo", &format!(r#","files":[{{"hash":"{}","size_bytes":3}}]"#, "ab".repeat(32))),
    ];
    let receipts = phone.send(&lines).await.unwrap().receipts;
    let mut tx = world.app.db.begin().await.unwrap();
    let entries = stored::load(&mut tx, account.id, &[3, 2, 1, 9]).await.unwrap();
    tx.rollback().await;
    let expected =
        [(Ok(Kind::ShiftStart), 8 + 16, false), (Err("kind_unknown"), 0, false), (Ok(Kind::Photo), 0, true)];
    assert_eq!(entries.len(), 3);
    for (index, entry) in entries.iter().enumerate() {
        let incoming = &entry.incoming;
        assert_eq!((entry.position, &incoming.bytes), (index as i64 + 1, &lines[index]));
        assert_eq!(campo_protocol::text::hex(&incoming.hash), receipts[index].hash);
        assert_eq!(incoming.occurred.at_us, receipts[index].occurred_at_us);
        assert_eq!((entry.outcome, &entry.reason), (receipts[index].outcome, &receipts[index].reason));
        let content = incoming.content.as_ref().map(|content| content.kind).map_err(|reason| *reason);
        assert_eq!((content, incoming.marks, entry.files_due_us.is_some()), expected[index]);
    }
    assert!(entries[0].incoming.content.as_ref().unwrap().entry.place.is_none());
}
