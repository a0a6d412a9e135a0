//! Pages under attack: whatever changes between them, whoever has read them all holds what the server has.

use std::collections::{BTreeMap, BTreeSet};

use campo_protocol::scope::Scope;
use campo_server::{access::permissions::ManagePois, log::changes::View, scheduler::Class};
use campo_tests::{
    on_both,
    random::Random,
    world::{Account, Phone, World},
};
use uuid::Uuid;

on_both! {
    phones_that_read_while_everything_changes_hold_what_the_server_has,
    a_large_view_comes_in_bounded_pages_and_what_is_needed_first_comes_first,
    large_bodies_make_short_pages,
    whoever_reads_from_the_beginning_hears_of_nothing_that_is_gone,
}

/// Publishes views in one transaction.
async fn publish(account: &Account, views: Vec<(Uuid, Vec<Scope>, Vec<u8>)>) {
    let allowed = account.operator().allow::<ManagePois>().unwrap();
    let mut write = account.app.log.begin(&allowed, Class::Office).await.unwrap();
    for (id, scopes, body) in views {
        write.view(View { kind: "poi", id, scopes, body });
    }
    write.commit().await.unwrap();
}

type Content = BTreeMap<Scope, BTreeMap<(String, Uuid), Vec<u8>>>;

/// What the server has under these scopes.
async fn server(account: &Account, scopes: &[Scope]) -> Content {
    let rows: Vec<(String, String, Uuid, Vec<u8>)> = account
        .app
        .db
        .fetch_all(
            "select c.scope, c.kind, c.id, b.body from change c \
             join change_body b on b.account = c.account and b.kind = c.kind and b.id = c.id \
             where c.account = $1 and not c.removed",
            (account.id,),
        )
        .await
        .unwrap();
    let mut content = Content::new();
    for (scope, kind, id, body) in rows {
        let scope: Scope = scope.parse().unwrap();
        if scopes.contains(&scope) {
            content.entry(scope).or_default().insert((kind, id), body);
        }
    }
    content
}

async fn phones_that_read_while_everything_changes_hold_what_the_server_has(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let group = account.group("FIELD").await.unwrap();
    let mut steady = account.phone(ana).await.unwrap();
    steady.open_session().await.unwrap();
    let own = [
        Scope::Installation(steady.installation),
        Scope::Account,
        Scope::Employee(ana),
        Scope::Group(group),
        Scope::Tree(group),
        Scope::Catalogue,
    ];
    let objects: Vec<Uuid> = (1..=60).map(Uuid::from_u128).collect();
    for seed in 1..=6 {
        let mut random = Random::new(seed);
        let mut fresh = account.phone(ana).await.unwrap();
        fresh.open_session().await.unwrap();
        // Bodies that are large enough for some pages to be cut by bytes
        for step in 0..25 {
            let views = (0..random.within(&(1..=20))).map(|_| {
                let id = objects[random.number() as usize % objects.len()];
                let scopes = own[1..].iter().copied().filter(|_| random.chance(40)).collect();
                let size = if random.chance(30) { 300_000 } else { 10 };
                let body = format!(r#"{{"n":{},"x":"{}"}}"#, random.number() % 4, "x".repeat(size));
                (id, scopes, body.into_bytes())
            });
            publish(&account, views.collect()).await;
            for phone in [&mut steady, &mut fresh] {
                if random.chance(60) {
                    let mut request = phone.request();
                    if let Some(view) = request.view.as_mut().filter(|_| random.chance(30)) {
                        // It still writes what it received
                        view.received = std::mem::take(&mut view.scopes);
                    }
                    phone.exchange_at(&account.app, &request, &[]).await.unwrap();
                }
                if random.chance(5) {
                    // It lost its mind and reads a scope anew.
                    let scope = own[random.number() as usize % own.len()];
                    phone.holds.scopes.entry(scope).and_modify(|held| held.position = 0);
                }
            }
            if step % 8 == 7 {
                steady.catch_up().await.unwrap();
                assert_eq!(steady.holds.content(), server(&account, &own).await, "seed {seed}, step {step}");
            }
        }
        fresh.catch_up().await.unwrap();
        let scopes: Vec<Scope> =
            own[1..].iter().copied().chain([Scope::Installation(fresh.installation)]).collect();
        assert_eq!(fresh.holds.content(), server(&account, &scopes).await, "seed {seed}");
    }
}

/// The positions of an answer's scopes, in order.
async fn one_page(phone: &mut Phone) -> (Vec<Scope>, usize, bool) {
    let view = phone.exchange(&[]).await.unwrap().view.unwrap();
    let changes = view.scopes.iter().map(|page| page.changes.len()).sum();
    (view.scopes.iter().map(|page| page.scope).collect(), changes, view.more)
}

async fn a_large_view_comes_in_bounded_pages_and_what_is_needed_first_comes_first(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let group = account.group("FIELD").await.unwrap();
    let filed = |from: u128, count: u128, scope: Scope| {
        (from..from + count).map(move |id| (Uuid::from_u128(id), vec![scope], br#"{"n":1}"#.to_vec()))
    };
    let views = filed(1, 4990, Scope::Catalogue).chain(filed(10_000, 7000, Scope::Tree(group)));
    publish(&account, views.chain(filed(20_000, 30, Scope::Employee(ana))).collect()).await;
    let mut phone = account.phone(ana).await.unwrap();
    phone.open_session().await.unwrap();
    let installation = Scope::Installation(phone.installation);
    // The employee's own view has the employee too, the tree its group, the account its settings, and this phone a roster.
    let first = vec![installation, Scope::Account, Scope::Employee(ana), Scope::Tree(group)];
    let (scopes, count, more) = one_page(&mut phone).await;
    assert_eq!((scopes, count, more), (first, 5000, true));
    let (scopes, count, more) = one_page(&mut phone).await;
    assert_eq!((scopes, count, more), (vec![Scope::Tree(group), Scope::Catalogue], 5000, true));
    // Meanwhile something urgent: it comes before the rest.
    publish(&account, filed(30_000, 1, Scope::Employee(ana)).collect()).await;
    let (scopes, count, more) = one_page(&mut phone).await;
    assert_eq!((scopes, more), (vec![Scope::Employee(ana), Scope::Catalogue], false));
    assert_eq!(count, 1 + 4990 + 7000 + 1 + 30 + 1 + 1 + 1 - 10_000);
}

async fn large_bodies_make_short_pages(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let body = |size: usize| format!(r#""{}""#, "x".repeat(size)).into_bytes();
    let sizes = [3_000_000, 900_000, 900_000, 900_000, 10, 5_000_000, 10];
    let views = sizes.iter().zip(1..);
    let views = views.map(|(size, id)| (Uuid::from_u128(id), vec![Scope::Catalogue], body(*size)));
    publish(&account, views.collect()).await;
    let mut phone = account.phone(ana).await.unwrap();
    phone.exchange(&[]).await.unwrap();
    let mut counts = Vec::new();
    loop {
        let (_, count, more) = one_page(&mut phone).await;
        counts.push(count);
        if !more {
            break;
        }
    }
    // Each page ends with the object that fills it; the first one was in the exchange before.
    assert_eq!(counts, [3, 2, 1]);
    assert_eq!(phone.holds.objects("poi").len(), sizes.len());
}

async fn whoever_reads_from_the_beginning_hears_of_nothing_that_is_gone(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let all = |scopes: &[Scope]| {
        (1..=6000).map(|id| (Uuid::from_u128(id), scopes.to_vec(), br#"{"n":1}"#.to_vec())).collect()
    };
    publish(&account, all(&[Scope::Catalogue])).await;
    let mut old = account.phone(ana).await.unwrap();
    assert_eq!(old.catch_up().await.unwrap(), 2);
    publish(&account, all(&[])).await;
    let mut new = account.phone(ana).await.unwrap();
    assert_eq!(new.catch_up().await.unwrap(), 1);
    assert!(new.holds.objects("poi").is_empty() && new.holds.scopes[&Scope::Catalogue].position > 6000);
    assert_eq!(old.catch_up().await.unwrap(), 2, "whoever had them hears that they are gone");
    assert!(old.holds.objects("poi").is_empty());
    let kept: BTreeSet<Scope> = old.holds.content().into_keys().collect();
    assert_eq!(kept, [Scope::Account, Scope::Installation(old.installation)].into());
}
