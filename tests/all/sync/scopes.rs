//! Which scopes a phone has, as sessions open and close and employees move.

use std::collections::BTreeSet;

use campo_protocol::{
    model::{Ref, employee::Employee, group::Group, poi::Poi, profile::EmployeeProfile},
    scope::Scope,
    sync::Held,
};
use campo_server::{
    access::permissions::ManageInstallations,
    api::edit::IfMatch,
    installations::{
        installation::{self, InstallationState},
        members::Members,
    },
    objects::{self, Kept, Operation},
    scheduler::Class,
    server_setting,
};
use campo_tests::{
    office, on_both,
    world::{Account, Phone, World},
};
use serde_json::{Value, json};
use uuid::Uuid;

const DAY_US: i64 = 24 * 3600 * 1_000_000;
const MINUTE_US: i64 = 60 * 1_000_000;

on_both! {
    a_session_brings_the_view_of_its_employee_and_seven_days_after_its_end_it_goes,
    an_employee_who_moves_takes_the_scopes_of_the_new_group_and_of_all_above_it,
    who_leaves_the_roster_leaves_the_phone,
    a_phone_of_two_employees_has_both_views,
    a_phone_that_was_revoked_hands_in_and_reads_nothing,
    what_the_phone_has_no_longer_or_never_had_is_dropped,
    another_epoch_or_a_position_that_the_server_never_gave_reads_anew,
}

async fn save<K: Kept>(account: &Account, document: Value) -> Uuid {
    let allowed = account.operator().allow::<K::Manage>().unwrap();
    let mut write = account.app.log.begin(&allowed, Class::Office).await.unwrap();
    let saved = objects::save_many::<K>(&mut write, &allowed, Operation::AutoSelect, &[document]).await;
    let id = saved.unwrap().pop().unwrap().unwrap().object.id;
    write.commit().await.unwrap();
    id
}

/// The scopes that the phone holds something of.
fn held(phone: &Phone) -> BTreeSet<Scope> {
    phone.holds.content().into_keys().collect()
}

fn tasks(phone: &Phone) -> BTreeSet<Uuid> {
    phone.holds.objects("task").into_keys().collect()
}

/// What every phone has, whoever works on it.
fn bare(phone: &Phone) -> BTreeSet<Scope> {
    [Scope::Account, Scope::Installation(phone.installation)].into()
}

async fn set_roster(account: &Account, phone: &Phone, employees: &[Uuid]) {
    let allowed = account.operator().allow::<ManageInstallations>().unwrap();
    let which = Ref::Id(phone.installation);
    let version = installation::get(&account.app, &allowed, &which).await.unwrap().0;
    let members = Members { employees: employees.iter().copied().map(Ref::Id).collect(), groups: Vec::new() };
    let if_match = IfMatch::one(version);
    installation::set_roster(&account.app, &allowed, &which, if_match, &members).await.unwrap();
}

async fn a_session_brings_the_view_of_its_employee_and_seven_days_after_its_end_it_goes(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let task = office::create_task(&world.app, account.id, &[ana]).await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    phone.catch_up().await.unwrap();
    assert_eq!(held(&phone), bare(&phone));
    assert_eq!(phone.holds.objects("roster")[&phone.installation]["employees"][0]["number"], "ZZ1");

    let session = phone.open_session().await.unwrap();
    phone.catch_up().await.unwrap();
    assert_eq!(tasks(&phone), [task].into());
    phone.close_session(session).await.unwrap();
    phone.catch_up().await.unwrap();
    assert_eq!(tasks(&phone), [task].into(), "a morning without signal has its tasks");

    for (after_us, expected) in [(7 * DAY_US - MINUTE_US, vec![task]), (7 * DAY_US + MINUTE_US, vec![])] {
        let later = world.virtual_replica(1).await.unwrap();
        later.environment.advance(after_us);
        let request = phone.request();
        phone.exchange_at(&later, &request, &[]).await.unwrap();
        assert_eq!(tasks(&phone), expected.into_iter().collect(), "after {after_us}");
    }
    assert_eq!(held(&phone), bare(&phone));
}

async fn an_employee_who_moves_takes_the_scopes_of_the_new_group_and_of_all_above_it(world: World) {
    let account = world.account("acme").await.unwrap();
    let group = async |code: &str, parent: Option<&str>| {
        let parent = parent.map(|code| format!("code:{code}"));
        save::<Group>(&account, json!({ "code": code, "name": code, "parent": parent })).await
    };
    let north = group("NORTH", None).await;
    let (coast, south) = (group("COAST", Some("NORTH")).await, group("SOUTH", None).await);
    let profile = save::<EmployeeProfile>(&account, json!({ "code": "P", "name": "P" })).await;
    for (code, recursive) in
        [("COAST", false), ("COAST", true), ("NORTH", false), ("NORTH", true), ("SOUTH", false)]
    {
        let links = json!({ "groups": [{ "group": format!("code:{code}"), "recursive": recursive }] });
        let document = json!({ "number": format!("{code} {recursive}"), "name": "A place", "links": links });
        save::<Poi>(&account, document).await;
    }
    let ana = json!({ "number": "ZZ1", "first_name": "Ana", "group": "code:COAST", "profile": "code:P" });
    let id = save::<Employee>(&account, ana.clone()).await;
    let mut phone = account.phone(id).await.unwrap();
    phone.open_session().await.unwrap();

    for (change, scopes, places) in [
        (
            json!({}),
            vec![Scope::Profile(profile), Scope::Group(coast), Scope::Tree(coast), Scope::Tree(north)],
            vec!["COAST false", "COAST true", "NORTH true"],
        ),
        (
            json!({ "group": "code:SOUTH" }),
            vec![Scope::Profile(profile), Scope::Group(south), Scope::Tree(south)],
            vec!["SOUTH false"],
        ),
        (
            json!({ "group": "code:NORTH", "profile": null }),
            vec![Scope::Group(north), Scope::Tree(north)],
            vec!["NORTH false", "NORTH true"],
        ),
    ] {
        let mut document = ana.clone();
        document.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        save::<Employee>(&account, document).await;
        phone.catch_up().await.unwrap();
        let mut expected = bare(&phone);
        expected.insert(Scope::Employee(id));
        expected.extend(scopes);
        assert_eq!(held(&phone), expected, "{change}");
        let found = phone.holds.objects("poi").into_values();
        let found: BTreeSet<String> = found.map(|poi| poi["number"].as_str().unwrap().to_owned()).collect();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), places, "{change}");
    }
}

async fn who_leaves_the_roster_leaves_the_phone(world: World) {
    let account = world.account("acme").await.unwrap();
    let (ana, beto) = (account.employee("ZZ1").await.unwrap(), account.employee("ZZ2").await.unwrap());
    office::create_task(&world.app, account.id, &[ana]).await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    phone.open_session().await.unwrap();
    phone.catch_up().await.unwrap();
    assert_eq!(tasks(&phone).len(), 1);
    set_roster(&account, &phone, &[beto]).await;
    phone.catch_up().await.unwrap();
    assert_eq!(held(&phone), bare(&phone));
    set_roster(&account, &phone, &[ana, beto]).await;
    phone.catch_up().await.unwrap();
    assert_eq!(tasks(&phone).len(), 1, "the session is still open");
}

async fn a_phone_of_two_employees_has_both_views(world: World) {
    let account = world.account("acme").await.unwrap();
    let (ana, beto) = (account.employee("ZZ1").await.unwrap(), account.employee("ZZ2").await.unwrap());
    let own = office::create_task(&world.app, account.id, &[ana]).await.unwrap();
    let others = office::create_task(&world.app, account.id, &[beto]).await.unwrap();
    let both = office::create_task(&world.app, account.id, &[ana, beto]).await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    set_roster(&account, &phone, &[ana, beto]).await;
    phone.open_session().await.unwrap();
    phone.catch_up().await.unwrap();
    assert_eq!(tasks(&phone), [own, both].into());
    phone.employee = beto;
    phone.open_session().await.unwrap();
    phone.catch_up().await.unwrap();
    assert_eq!(tasks(&phone), [own, others, both].into());

    // Nobody outside the roster gets a view, whoever says that they work here.
    let carla = account.employee("ZZ3").await.unwrap();
    office::create_task(&world.app, account.id, &[carla]).await.unwrap();
    phone.employee = carla;
    phone.open_session().await.unwrap();
    phone.catch_up().await.unwrap();
    assert_eq!(tasks(&phone).len(), 3);
}

async fn a_phone_that_was_revoked_hands_in_and_reads_nothing(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    phone.open_session().await.unwrap();
    let allowed = account.operator().allow::<ManageInstallations>().unwrap();
    let which = Ref::Id(phone.installation);
    let end = async |state| {
        installation::end(&world.app, &allowed, &which, state).await.unwrap();
    };
    end(InstallationState::Revoked).await;
    let line = phone.line("shift.start", "");
    let answer = phone.exchange(&[line]).await.unwrap();
    assert_eq!((answer.receipts.len(), answer.view.is_none()), (1, true));
    end(InstallationState::Stolen).await;
    let refused = phone.exchange(&[]).await.unwrap_err();
    assert!(refused.to_string().starts_with("stolen"), "{refused}");
}

async fn what_the_phone_has_no_longer_or_never_had_is_dropped(world: World) {
    let (account, other) = (world.account("acme").await.unwrap(), world.account("other").await.unwrap());
    let (ana, stranger) = (account.employee("ZZ1").await.unwrap(), other.employee("ZZ1").await.unwrap());
    office::create_task(&world.app, other.id, &[stranger]).await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    phone.open_session().await.unwrap();
    phone.catch_up().await.unwrap();
    let before = phone.holds.clone();
    let made_up = [
        Scope::Employee(stranger),
        Scope::Group(Uuid::nil()),
        Scope::Tree(ana),
        Scope::Profile(ana),
        Scope::Installation(ana),
        // What a server of a later release gave, before this one answers again
        "zone/00000000-0000-0000-0000-000000000007".parse().unwrap(),
    ];
    for position in [0, 1, i64::MAX, -1] {
        for scope in made_up {
            phone.holds.scopes.entry(scope).or_default().position = position;
        }
        let view = phone.exchange(&[]).await.unwrap().view.unwrap();
        assert_eq!(view.dropped.into_iter().collect::<BTreeSet<_>>(), made_up.into());
        assert_eq!(phone.holds, before);
    }
}

async fn another_epoch_or_a_position_that_the_server_never_gave_reads_anew(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let task = office::create_task(&world.app, account.id, &[ana]).await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    phone.open_session().await.unwrap();
    phone.catch_up().await.unwrap();
    let whole = phone.holds.clone();
    let quiet = phone.exchange(&[]).await.unwrap().view.unwrap();
    assert!(quiet.scopes.is_empty() && quiet.dropped.is_empty() && !quiet.more);

    for position in [i64::MAX, i64::MIN, -1, 1_000_000, 0] {
        let mut request = phone.request();
        let Held { scopes, .. } = request.view.as_mut().unwrap();
        scopes.insert(Scope::Employee(ana), position);
        phone.exchange_at(&world.app, &request, &[]).await.unwrap();
        assert_eq!(phone.holds, whole, "{position}");
    }
    for epoch in [None, Some(Uuid::nil())] {
        let mut request = phone.request();
        request.view.as_mut().unwrap().epoch = epoch;
        let view = phone.exchange_at(&world.app, &request, &[]).await.unwrap().view.unwrap();
        assert_eq!(view.scopes.len(), whole.scopes.len());
        assert!(view.scopes.iter().all(|page| page.after == 0 && page.complete));
        assert_eq!(phone.holds, whole);
    }

    // After a restore the phone holds what the server has, not what it had.
    let mut tx = world.app.db.begin().await.unwrap();
    tx.execute("delete from change where account = $1 and id = $2", (account.id, task)).await.unwrap();
    tx.execute(
        "delete from scope where account = $1 and scope = $2",
        (account.id, format!("employee/{ana}")),
    )
    .await
    .unwrap();
    tx.execute(
        "delete from change where account = $1 and scope = $2",
        (account.id, format!("employee/{ana}")),
    )
    .await
    .unwrap();
    server_setting::set_epoch(&mut tx, &world.app.environment).await.unwrap();
    tx.commit().await.unwrap();
    phone.catch_up().await.unwrap();
    assert!(tasks(&phone).is_empty());
}
