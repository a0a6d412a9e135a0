//! The change feed as phones read it.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
};

use campo_protocol::{digest, scope::Scope};
use campo_server::{
    access::permissions::{HandIn, ManagePois},
    access::{Caller, Permissions, Principal},
    changes::{Page, page},
    log::changes::View,
    scheduler::Class,
};
use campo_tests::{
    on_both,
    random::Random,
    world::{Account, World},
};
use uuid::Uuid;

on_both! {
    pages_from_the_beginning_give_exactly_the_live_objects,
    a_reader_beside_writers_misses_nothing_and_gets_nothing_twice,
}

/// What a phone holds of a scope.
#[derive(Default)]
struct Copy {
    position: i64,
    objects: BTreeMap<(String, Uuid), Vec<u8>>,
}

impl Copy {
    /// Reads on to the end and checks that the server says the same.
    async fn catch_up(&mut self, account: &Account, scope: Scope, limit: i64) -> Page {
        let caller = Caller {
            account: account.id,
            principal: Principal::Installation(Uuid::nil()),
            permissions: Permissions::of_installation(),
        };
        let allowed = caller.allow::<HandIn>().unwrap();
        loop {
            let read = page(&account.app.db, &allowed, &scope, self.position, limit).await.unwrap();
            assert!(read.changes.len() as i64 <= limit);
            let mut last = self.position;
            for change in &read.changes {
                assert!(change.position > last, "{} after {last}", change.position);
                last = change.position;
                let key = (change.kind.clone(), change.id);
                match &change.body {
                    Some(body) => self.objects.insert(key, body.clone()),
                    None => self.objects.remove(&key),
                };
            }
            assert!(read.position >= last);
            self.position = read.position;
            if !read.more {
                assert_eq!(read.position, read.head.position);
                self.assert_is(&read);
                return read;
            }
            assert_eq!(read.changes.len() as i64, limit);
        }
    }

    fn assert_is(&self, read: &Page) {
        let sum = self
            .objects
            .iter()
            .map(|((kind, id), body)| digest::of_object(kind, *id, body))
            .fold(0_i64, i64::wrapping_add);
        assert_eq!((self.objects.len() as i64, sum), (read.head.objects, read.head.digest));
    }
}

/// Publishes some views of `objects` in one transaction, filed where chance wants.
async fn write(account: &Account, objects: &[Uuid], random: &mut Random) {
    let allowed = account.operator().allow::<ManagePois>().unwrap();
    let mut write = account.app.log.begin(&allowed, Class::Office).await.unwrap();
    for _ in 0..random.within(&(1..=5)) {
        let id = objects[random.number() as usize % objects.len()];
        let mut scopes = Vec::new();
        if random.chance(70) {
            scopes.push(Scope::Account);
        }
        if random.chance(40) {
            scopes.push(Scope::Catalogue);
        }
        let body = format!(r#"{{"n":{}}}"#, random.number() % 3).into_bytes();
        write.view(View { kind: "poi", id, scopes, body });
    }
    write.commit().await.unwrap();
}

async fn pages_from_the_beginning_give_exactly_the_live_objects(world: World) {
    let account = world.account("acme").await.unwrap();
    let nothing = Copy::default().catch_up(&account, Scope::Catalogue, 5).await;
    assert_eq!((nothing.changes.len(), nothing.position, nothing.head.position), (0, 0, 0));
    let objects: Vec<Uuid> = (1..=20).map(Uuid::from_u128).collect();
    let mut random = Random::new(1);
    let mut follower = Copy::default();
    for round in 0..30 {
        write(&account, &objects, &mut random).await;
        for scope in [Scope::Account, Scope::Catalogue] {
            for limit in [1, 3, 500] {
                Copy::default().catch_up(&account, scope, limit).await;
            }
        }
        if round % 4 == 0 {
            follower.catch_up(&account, Scope::Account, 2).await;
        }
    }
    let read = follower.catch_up(&account, Scope::Account, 2).await;
    assert!(read.head.objects > 1 && read.head.objects < 21, "{:?}", read.head);
    let other = world.account("other").await.unwrap();
    // the settings of the account itself
    assert_eq!(Copy::default().catch_up(&other, Scope::Account, 5).await.head.objects, 1);
    assert_eq!(Copy::default().catch_up(&other, Scope::Catalogue, 5).await.head.objects, 0);
}

async fn a_reader_beside_writers_misses_nothing_and_gets_nothing_twice(world: World) {
    let account = world.account("acme").await.unwrap();
    let objects: Vec<Uuid> = (1..=12).map(Uuid::from_u128).collect();
    let left = AtomicUsize::new(3);
    let writer = async |seed| {
        let mut random = Random::new(seed);
        for _ in 0..40 {
            write(&account, &objects, &mut random).await;
            tokio::task::yield_now().await;
        }
        left.fetch_sub(1, Ordering::Relaxed);
    };
    let reader = async |limit| {
        let mut copy = Copy::default();
        let mut rounds = 0;
        while left.load(Ordering::Relaxed) > 0 {
            copy.catch_up(&account, Scope::Account, limit).await;
            rounds += 1;
            tokio::task::yield_now().await;
        }
        copy.catch_up(&account, Scope::Account, limit).await;
        (copy, rounds)
    };
    let ((), (), (), (slow, slow_rounds), (fast, fast_rounds)) =
        tokio::join!(writer(1), writer(2), writer(3), reader(2), reader(100));
    assert_eq!(slow.objects, fast.objects);
    assert!(slow_rounds > 3 && fast_rounds > 3, "{slow_rounds} and {fast_rounds} rounds prove little");
}
