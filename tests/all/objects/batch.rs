//! Many objects at once: an outcome for each, and few statements for all.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use campo_protocol::model::poi::Poi;
use campo_server::{
    environment::Environment,
    objects::{self, Operation},
    scheduler::Class,
};
use campo_tests::{
    on_both,
    world::{self, World},
};
use metrics::{Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use serde_json::{Value, json};

use super::{crud::client, refused::faults};

on_both! {
    a_batch_creates_changes_and_leaves_by_code,
    items_of_a_batch_name_each_other_in_any_order,
    what_rests_on_a_refused_item_is_refused_too,
    a_batch_has_a_bound,
    a_thousand_items_cost_as_many_statements_as_ten,
}

fn outcomes(answer: &Value) -> Vec<&str> {
    let items = answer["items"].as_array().unwrap().iter();
    items.map(|item| item["outcome"].as_str().or(item["problem"]["code"].as_str()).unwrap()).collect()
}

async fn a_batch_creates_changes_and_leaves_by_code(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    account.poi("C-1").await.unwrap();
    account.poi("C-2").await.unwrap();
    account.poi("C-3").await.unwrap();
    let items = json!([
        { "number": "C-1", "notes": "gate" },
        { "number": "C-2", "name": "Customer C-2" },
        { "number": "C-3", "state": "deleted" },
        { "number": "N", "name": "New" },
        { "number": "N", "name": "Again" },
        { "number": "M" },
        { "number": 7 },
        5,
    ]);
    let answer = client.post("/v1/pois/batch", &json!({ "items": items })).await.unwrap().json();
    let expected = [
        "updated",
        "unchanged",
        "updated",
        "created",
        "validation_failed",
        "validation_failed",
        "validation_failed",
        "validation_failed",
    ];
    assert_eq!(outcomes(&answer), expected, "{answer}");
    for (number, fault) in [
        (4, ("/number", "repeated")),
        (5, ("/name", "required")),
        (6, ("/number", "wrong_type")),
        (7, ("", "wrong_type")),
    ] {
        assert_eq!(faults(&answer["items"][number]["problem"]), [fault], "{answer}");
    }
    assert_eq!((&answer["items"][0]["code"], &answer["items"][0]["version"]), (&json!("C-1"), &json!(2)));
    let kept = client.get("/v1/pois/code:C-1").await.unwrap().json();
    assert_eq!((&kept["name"], &kept["notes"]), (&json!("Customer C-1"), &json!("gate")), "the rest stays");
    assert_eq!(client.get("/v1/pois/code:C-3").await.unwrap().status, 404);

    let two = json!([{ "number": "C-1", "name": "x" }, { "number": "Q", "name": "x" }]);
    for (operation, expected) in
        [("update", ["updated", "not_found"]), ("create", ["already_exists", "created"])]
    {
        let body = json!({ "operation": operation, "items": two });
        assert_eq!(outcomes(&client.post("/v1/pois/batch", &body).await.unwrap().json()), expected);
    }
}

async fn items_of_a_batch_name_each_other_in_any_order(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    let items = json!([
        { "code": "C", "name": "c", "parent": "code:B" },
        { "code": "B", "name": "b", "parent": "code:A" },
        { "code": "A", "name": "a" },
    ]);
    let answer = client.post("/v1/groups/batch", &json!({ "items": items })).await.unwrap().json();
    assert_eq!(outcomes(&answer), ["created"; 3], "{answer}");
    let parent = client.get("/v1/groups/code:C").await.unwrap().json()["parent"].clone();
    assert_eq!(parent, answer["items"][1]["id"]);
}

async fn what_rests_on_a_refused_item_is_refused_too(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    account.group("OLD").await.unwrap();
    account.employee("E").await.unwrap();
    let items = json!([
        { "code": "D", "name": "d", "parent": "code:C" },
        { "code": "C", "name": "c", "parent": "code:B" },
        { "code": "B", "name": "b", "parent": "code:NOBODY" },
        { "code": "F", "name": "f", "parent": "code:OLD" },
        { "code": "OLD", "state": "deleted" },
        { "code": "G", "name": "g", "parent": "code:FIELD" },
        { "code": "FIELD", "state": "deleted" },
    ]);
    let answer = client.post("/v1/groups/batch", &json!({ "items": items })).await.unwrap().json();
    let refused = "validation_failed";
    assert_eq!(
        outcomes(&answer),
        [refused, refused, refused, refused, "updated", "created", "conflict"],
        "{answer}"
    );
    for number in 0..4 {
        assert_eq!(
            faults(&answer["items"][number]["problem"]),
            [("/parent", "unknown_reference")],
            "{answer}"
        );
    }
    assert_eq!(answer["items"][0]["problem"]["faults"][0]["found"], "code:C", "as the item names it");
    assert_eq!(client.get("/v1/groups/code:D").await.unwrap().status, 404);
}

async fn a_batch_has_a_bound(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    let items = |count: usize| {
        let items: Vec<_> = (0..count).map(|n| json!({ "code": n.to_string(), "name": "x" })).collect();
        json!({ "items": items })
    };
    let refused = client.post("/v1/groups/batch", &items(501)).await.unwrap().json();
    assert_eq!(faults(&refused), [("/items", "too_many")]);
    let taken = client.post("/v1/groups/batch", &items(500)).await.unwrap().json();
    assert_eq!(outcomes(&taken), ["created"; 500]);
    let refused = client.post("/v1/groups/batch", &json!({ "items": [], "mode": 1 })).await.unwrap().json();
    assert_eq!(faults(&refused), [("/mode", "unknown_field")]);
}

/// Counts the statements of this thread: each is one record of its duration.
#[derive(Debug, Default)]
struct Statements(Arc<Count>);

#[derive(Debug, Default)]
struct Count(AtomicU64);

impl HistogramFn for Count {
    fn record(&self, _: f64) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Recorder for Statements {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        if key.name() == "campo_statement_seconds" {
            Histogram::from_arc(self.0.clone())
        } else {
            Histogram::noop()
        }
    }
}

/// Each edit is many statements or few whatever the machine, so that counting them tells more than a clock.
async fn a_thousand_items_cost_as_many_statements_as_ten(world: World) {
    let account = world.account("acme").await.unwrap();
    account.group("NORTH").await.unwrap();
    let (url, folder, id) = (world.url(), world.folder.path().to_owned(), account.id);
    let counts = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let app = world::app(&url, Environment::system(), &folder).await.unwrap();
            let account = world::Account { app, id };
            let mut counts = Vec::new();
            for (prefix, count) in [("a", 10), ("b", 1000)] {
                counts.push((
                    save(&account, prefix, count, "new").await,
                    save(&account, prefix, count, "old").await,
                ));
            }
            counts
        })
    });
    let counts = counts.join().unwrap();
    assert_eq!(counts[0], counts[1], "statements to create and to change ten, and a thousand");
    assert!(counts[0].0 > 5 && counts[0].0 < 30 && counts[0].1 < 30, "{counts:?}");
}

/// Saves points of interest that name a group and each other, and counts the statements.
async fn save(account: &world::Account, prefix: &str, count: usize, notes: &str) -> u64 {
    let documents: Vec<Value> = (0..count)
        .map(|n| {
            let parent = if n == 0 { Value::Null } else { format!("code:{prefix}{}", (n - 1) / 10).into() };
            let links = json!({ "groups": [{ "group": "code:NORTH", "recursive": n % 3 == 0 }] });
            json!({ "number": format!("{prefix}{n}"), "name": "x", "notes": notes, "parent": parent, "links": links })
        })
        .collect();
    let statements = Statements::default();
    let count = statements.0.clone();
    let _counting = metrics::set_default_local_recorder(&statements);
    let allowed = account.operator().allow().unwrap();
    let mut write = account.app.log.begin(&allowed, Class::Import).await.unwrap();
    let outcomes =
        objects::save_many::<Poi>(&mut write, &allowed, Operation::AutoSelect, &documents).await.unwrap();
    assert!(outcomes.iter().all(Result::is_ok));
    write.commit().await.unwrap();
    count.0.load(Ordering::Relaxed)
}
