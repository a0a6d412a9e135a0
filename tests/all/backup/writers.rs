//! A backup that is made while others write is of one moment.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use campo_protocol::chain::{self, ACCOUNT_CHAIN, GENESIS};
use campo_server::{
    access::{Caller, Duty, permissions::ManageTasks},
    app::App,
    backup,
    files::{store::Place, sweep, upload},
    scheduler::Class,
};
use campo_tests::{
    on_both,
    world::{Account, World},
};
use futures_util::{StreamExt as _, stream};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use uuid::Uuid;

on_both! { a_backup_made_while_others_write_is_of_one_moment }

/// Sends entries with a photo each, and the photos, until it is told to stop.
async fn work(account: Account, number: usize, stop: Arc<AtomicBool>) {
    let employee = account.employee(&format!("ZZ{number}")).await.unwrap();
    let mut phone = account.phone(employee).await.unwrap();
    let allowed = Caller::duty(account.id, Duty::Operator).allow::<ManageTasks>().unwrap();
    let mut round = 0;
    while !stop.load(Ordering::Relaxed) {
        round += 1;
        let photo = format!("photo {round} of {number}").into_bytes();
        let hash = crate::files::hash(&photo);
        let mention = format!(r#","files":[{{"hash":"{hash}","size_bytes":{}}}]"#, photo.len());
        let lines = [phone.line("photo", &mention), phone.line("shift.start", "")];
        phone.send(&lines).await.unwrap();
        let body = stream::iter([Ok::<_, std::io::Error>(photo)]);
        upload::store(&account.app, &allowed, Class::Capture, "image/jpeg", body).await.unwrap();
    }
}

/// Positions have no gaps, the chain leads to the head, and every row has its bytes. Returns the number of entries.
async fn verify(app: &App, account: i64) -> i64 {
    let (entry, event, head): (i64, i64, Vec<u8>) = app
        .db
        .fetch_one("select entry, event, link from account_head where account = $1", (account,))
        .await
        .unwrap();
    let bodies: Vec<(i64, Vec<u8>, Vec<u8>)> = app
        .db
        .fetch_all(
            "select e.position, b.salt, b.bytes from entry e \
             join entry_body b on b.account = e.account and b.position = e.position \
             where e.account = $1 order by e.position",
            (account,),
        )
        .await
        .unwrap();
    let mut link = GENESIS;
    for (number, (position, salt, bytes)) in bodies.iter().enumerate() {
        assert_eq!(*position, number as i64 + 1);
        link = chain::link(account, ACCOUNT_CHAIN, *position, &link, &chain::leaf(salt, bytes));
    }
    assert_eq!((bodies.len() as i64, link.to_vec()), (entry, head));
    let (events, last): (i64, i64) = app
        .db
        .fetch_one(
            "select count(*), coalesce(max(position), 0) from event e where account = $1 and exists \
             (select 1 from event_snapshot s where s.account = e.account and s.snapshot = e.snapshot)",
            (account,),
        )
        .await
        .unwrap();
    assert_eq!((events, last), (event, event));
    let files: Vec<(Vec<u8>, Uuid, i64)> = app
        .db
        .fetch_all("select hash, generation, size_bytes from file where account = $1", (account,))
        .await
        .unwrap();
    for (hash, generation, size_bytes) in files {
        let place = Place { account, hash: hash.clone().try_into().unwrap(), generation };
        let blocks: Vec<_> = app.store.read(&place, 0..size_bytes as u64).await.unwrap().collect().await;
        let bytes: Vec<u8> = blocks.into_iter().flat_map(Result::unwrap).collect();
        assert_eq!(Sha256::digest(&bytes)[..], hash);
    }
    // What waits for its file lacks it, and nothing else does
    let (waiting_in_vain,): (i64,) = app
        .db
        .fetch_one(
            "select count(*) from entry e join entry_file f on f.account = e.account and f.position = e.position \
             where e.account = $1 and (e.files_due_us is null) <> exists \
             (select 1 from file s where s.account = f.account and s.hash = f.hash)",
            (account,),
        )
        .await
        .unwrap();
    assert_eq!(waiting_in_vain, 0);
    entry
}

async fn a_backup_made_while_others_write_is_of_one_moment(world: World) {
    let account = world.account("acme").await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let workers: Vec<_> =
        (0..3).map(|number| tokio::spawn(work(account.clone(), number, Arc::clone(&stop)))).collect();
    let place = TempDir::new().unwrap();
    let mut entries = Vec::new();
    for round in 0..3 {
        // Something to sweep, whose bytes a backup that saw the row must still find
        let allowed = account.operator().allow::<ManageTasks>().unwrap();
        let body = stream::iter([Ok::<_, std::io::Error>(b"forgotten".to_vec())]);
        upload::store(&world.app, &allowed, Class::Office, "text/plain", body).await.unwrap();
        let mut tx = world.app.db.begin().await.unwrap();
        tx.execute("update file set created_us = 0 where account = $1", (account.id,)).await.unwrap();
        tx.commit().await.unwrap();

        let folder = place.path().join(round.to_string());
        let (made, swept) = tokio::join!(
            backup::make(&world.app, &folder),
            sweep::sweep(&world.app, account.id, world.app.environment.now_us())
        );
        made.unwrap();
        swept.unwrap();
        let restored =
            if world.app.db.is_sqlite() { World::sqlite().await } else { World::postgres().await }.unwrap();
        backup::restore(&restored.app, &folder).await.unwrap();
        entries.push(verify(&restored.app, account.id).await);
    }
    stop.store(true, Ordering::Relaxed);
    for worker in workers {
        worker.await.unwrap();
    }
    entries.push(verify(&world.app, account.id).await);
    assert!(entries.is_sorted() && entries[0] < entries[3], "{entries:?}");
}
