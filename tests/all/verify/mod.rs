//! Attacks on the chains of a company, by somebody who may write the database.

mod attacks;

use campo_protocol::{
    chain::{ACCOUNT_CHAIN, SignedHead},
    entry::Kind,
    sync::Receipt,
};
use campo_server::{
    access::permissions::ViewEntries,
    app::App,
    database::Tx,
    log::write::About,
    scheduler::Class,
    verify::{Finding, Summary, evidence::Evidence, verify},
};
use campo_tests::{
    on_both,
    world::{Account, World},
};
use serde_json::{Value, json};
use uuid::Uuid;

use self::attacks::Tamper;
use crate::history::History;

on_both! {
    after_any_history_nothing_is_found,
    whatever_does_not_agree_with_itself_is_found,
    what_was_made_anew_is_found_by_whoever_kept_a_head,
    bytes_may_be_gone_only_when_an_entry_says_that_they_were_erased,
    what_was_kept_is_believed_only_when_this_server_signed_it,
    all_accounts_are_verified_together,
}

/// Verifies one account against what was kept.
async fn run(account: &Account, kept: &str) -> (Summary, Vec<Finding>) {
    run_all(&account.app, &[account], false, kept).await
}

async fn run_all(app: &App, accounts: &[&Account], all: bool, kept: &str) -> (Summary, Vec<Finding>) {
    let allowed: Vec<_> =
        accounts.iter().map(|account| account.operator().allow::<ViewEntries>().unwrap()).collect();
    let mut evidence = Evidence::default();
    if !kept.is_empty() {
        evidence.add(kept.as_bytes()).unwrap();
    }
    let mut found = Vec::new();
    let summary = verify(app, &allowed, all, evidence, &mut |finding| found.push(finding)).await.unwrap();
    assert_eq!(summary.findings, found.len() as u64);
    (summary, found)
}

/// The names of what was found, each once.
fn names(found: &[Finding]) -> Vec<String> {
    let mut names: Vec<String> = found
        .iter()
        .map(|finding| format!("{:?}", finding.what))
        .map(|text| text.split([' ', '{']).next().unwrap_or_default().to_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}

fn shown(found: &[Finding]) -> String {
    found.iter().map(Finding::to_string).collect::<Vec<_>>().join("\n")
}

/// A company with a history of some steps, then with 120 forms and punches in five exchanges, and all that the server
/// answered. Without steps they stand at positions 2 to 121, and every third is a punch.
async fn company(world: &World, code: &str, steps: usize) -> History {
    let mut history = History::new(world.account(code).await.unwrap(), 4).await;
    history.go_on(steps).await;
    let phone = &mut history.phones[0];
    let lines: Vec<_> =
        (0..120).map(|n| phone.line(if n % 3 == 0 { "shift.start" } else { "form" }, "")).collect();
    for lines in lines.chunks(25) {
        let submitted = history.phones[0].send(lines).await.unwrap();
        history.keep(&submitted);
    }
    history
}

async fn after_any_history_nothing_is_found(world: World) {
    let empty = world.account("empty").await.unwrap();
    assert_eq!(run(&empty, "").await.0, Summary { chains: 1, ..Summary::default() });
    let history = company(&world, "acme", 120).await;
    let (summary, found) = run(&history.account, &history.kept).await;
    assert!(found.is_empty(), "{}", shown(&found));
    assert!(summary.entries > 300, "{summary:?}");
    assert!(summary.heads > 100 && summary.receipts > 300, "{summary:?}");
    assert_eq!((summary.chains, summary.erased), (2, 0));
}

/// Does something to a company's rows, verifies, and expects exactly these names.
async fn check(world: &World, number: usize, attack: &attacks::Attack) {
    let history = company(world, &format!("company-{number}"), 0).await;
    let account = &history.account;
    let mut tamper = Tamper { tx: account.app.db.begin().await.unwrap(), account: account.id };
    (attack.act)(&mut tamper).await;
    tamper.tx.commit().await.unwrap();
    let (_, alone) = run(account, "").await;
    assert_eq!(names(&alone), attack.alone, "{}, without what was kept: {}", attack.name, shown(&alone));
    let (_, against) = run(account, &history.kept).await;
    let mut expected: Vec<&str> = attack.alone.iter().chain(attack.against).copied().collect();
    expected.sort_unstable();
    assert_eq!(names(&against), expected, "{}, against what was kept: {}", attack.name, shown(&against));
    let places = |found: &[Finding]| found.iter().map(|f| (f.chain.clone(), f.number)).collect::<Vec<_>>();
    for place in attack.places {
        let found = if alone.is_empty() { &against } else { &alone };
        let place = (place.0.to_owned(), place.1);
        assert!(places(found).contains(&place), "{}: {place:?} is not in{}", attack.name, shown(found));
    }
}

async fn whatever_does_not_agree_with_itself_is_found(world: World) {
    for (number, attack) in attacks::ALTERED.iter().enumerate() {
        assert!(!attack.alone.is_empty(), "{}", attack.name);
        check(&world, number, attack).await;
    }
}

async fn what_was_made_anew_is_found_by_whoever_kept_a_head(world: World) {
    for (number, attack) in attacks::MADE_ANEW.iter().enumerate() {
        assert!(attack.alone.is_empty() && !attack.against.is_empty(), "{}", attack.name);
        check(&world, number, attack).await;
    }
}

async fn bytes_may_be_gone_only_when_an_entry_says_that_they_were_erased(world: World) {
    let history = company(&world, "acme", 3).await;
    let account = &history.account;
    let mut ids: Vec<Uuid> = Vec::new();
    for position in [10, 11, 12, 13] {
        let (id,): (Uuid,) = account
            .app
            .db
            .fetch_one("select id from entry where account = $1 and position = $2", (account.id, position))
            .await
            .unwrap();
        ids.push(id);
    }
    let allowed = account.operator().allow::<ViewEntries>().unwrap();
    let mut write = account.app.log.begin(&allowed, Class::Office).await.unwrap();
    let one = About { corrects: Some(ids[0]), ..About::default() };
    write.entry(Kind::Erased, one, &json!({ "rule": "asked" })).unwrap();
    let body = json!({ "entries": &ids[1..3], "rule": "asked" });
    write.entry(Kind::Erased, About::default(), &body).unwrap();
    delete_bodies(write.tx(), account.id, 10, 12).await;
    write.commit().await.unwrap();
    let (summary, found) = run(account, &history.kept).await;
    assert!(found.is_empty(), "{}", shown(&found));
    assert_eq!(summary.erased, 3);

    let mut tx = account.app.db.begin().await.unwrap();
    delete_bodies(&mut tx, account.id, 13, 13).await;
    tx.commit().await.unwrap();
    let (_, found) = run(account, &history.kept).await;
    assert_eq!((names(&found), found[0].number), (vec!["BytesMissing".to_owned()], 13), "{}", shown(&found));
}

async fn delete_bodies(tx: &mut Tx, account: i64, from: i64, to: i64) {
    let sql = "delete from entry_body where account = $1 and position between $2 and $3";
    assert_eq!(tx.execute(sql, (account, from, to)).await.unwrap() as i64, to - from + 1);
}

async fn what_was_kept_is_believed_only_when_this_server_signed_it(world: World) {
    let mut history = company(&world, "acme", 3).await;
    let line = history.phones[0].line("shift.end", "");
    let submitted = history.phones[0].send(&[line]).await.unwrap();
    let account = &history.account;
    let genuine: SignedHead = submitted.heads[0].clone();
    let receipt: Receipt = submitted.receipts[0].clone();
    let link = [7; 32];
    let own_key = account.app.secrets.head_key(account.id);
    let other_key = account.app.secrets.head_key(account.id + 1);
    let number = genuine.number;
    let signed = |key, number, link| json!(SignedHead::sign(key, account.id, ACCOUNT_CHAIN, number, link));
    let receipt = |change: fn(&mut Receipt)| {
        let mut receipt = receipt.clone();
        change(&mut receipt);
        json!(receipt)
    };
    let cases: [(Value, &[&str]); 11] = [
        (json!(genuine), &[]),
        (signed(&own_key, 0, &[0; 32]), &[]),
        (json!(SignedHead { number: number - 1, ..genuine.clone() }), &["HeadForged"]),
        (signed(&other_key, number, &link), &["HeadOfOtherKey"]),
        (signed(&own_key, number, &link), &["HeadContradicts"]),
        (signed(&own_key, number + 1, &link), &["HeadGone"]),
        (receipt(|_| {}), &[]),
        (receipt(|receipt| receipt.id = Uuid::nil()), &["ReceiptGone"]),
        (receipt(|receipt| receipt.position -= 1), &["ReceiptContradicts"]),
        (receipt(|receipt| receipt.hash = "00".repeat(32)), &["ReceiptContradicts"]),
        (receipt(|receipt| receipt.occurred_at_us += 1), &["ReceiptContradicts"]),
    ];
    for (kept, expected) in cases {
        let (summary, found) = run(account, &kept.to_string()).await;
        assert_eq!(names(&found), expected, "{kept}: {}", shown(&found));
        assert_eq!(summary.heads + summary.receipts, 1, "{kept}");
    }
}

async fn all_accounts_are_verified_together(world: World) {
    let (one, two) = (company(&world, "one", 2).await, company(&world, "two", 2).await);
    let kept = format!("{}{}", one.kept, two.kept);
    let both = [&one.account, &two.account];
    let (summary, found) = run_all(&world.app, &both, true, &kept).await;
    assert!(found.is_empty(), "{}", shown(&found));
    assert_eq!(summary.chains, 4);
    // Receipts by themselves are found in whichever account has them
    let bare: Vec<String> = kept
        .lines()
        .flat_map(|line| serde_json::from_str::<Value>(line).unwrap()["receipts"].as_array().unwrap().clone())
        .map(|receipt| receipt.to_string())
        .collect();
    let bare = bare.join("\n");
    let (summary, found) = run_all(&world.app, &both, true, &bare).await;
    assert!(found.is_empty(), "{}", shown(&found));
    assert_eq!(summary.receipts as usize, bare.lines().count());
    // What was kept of an account that is gone is missed, unless only another one was asked for
    let one_only = [&one.account];
    let (_, found) = run_all(&world.app, &one_only, true, &kept).await;
    assert_eq!(names(&found), ["HeadGone", "ReceiptGone"]);
    let (_, found) = run_all(&world.app, &one_only, false, &kept).await;
    assert!(found.is_empty(), "{}", shown(&found));
}
