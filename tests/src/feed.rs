//! The change feed of an account, recomputed from its rows and compared with the totals that phones are told.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use campo_protocol::{digest, scope::Scope};
use campo_server::app::App;
use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

/// What the phones of an account would hold.
#[derive(Debug, Default)]
pub struct Feed {
    /// The objects under each scope, by kind and id
    pub live: BTreeMap<String, BTreeSet<(String, Uuid)>>,
    /// The position of every row of the feed, tombstones included, by scope, kind and id
    pub positions: BTreeMap<(String, String, Uuid), i64>,
    /// The rows that say that an object is no longer under a scope
    pub tombstones: BTreeSet<(String, Uuid)>,
    /// The position of the last change of the account
    pub last: i64,
    bodies: BTreeMap<Uuid, Vec<u8>>,
}

#[derive(Debug, FromRow)]
struct Row {
    kind: String,
    id: Uuid,
    scope: String,
    position: i64,
    removed: bool,
    digest: i64,
    body: Vec<u8>,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Totals {
    position: i64,
    objects: i64,
    digest: i64,
}

impl Feed {
    /// Reads the feed of an account. Fails when a digest, a count or a position is not what its rows make of it.
    pub async fn read(app: &App, account: i64) -> Result<Self> {
        let rows: Vec<Row> = app
            .db
            .fetch_all(
                "select c.kind, c.id, c.scope, c.position, c.removed, b.digest, b.body from change c \
                 join change_body b on b.account = c.account and b.kind = c.kind and b.id = c.id \
                 where c.account = $1",
                (account,),
            )
            .await?;
        let (changes, last): (i64, i64) = app
            .db
            .fetch_one(
                "select (select count(*) from change where account = $1), change from account_head where account = $1",
                (account,),
            )
            .await?;
        ensure!(changes == rows.len() as i64, "{changes} changes, but {} with a body", rows.len());
        let mut feed = Self { last, ..Self::default() };
        let mut totals: BTreeMap<String, Totals> = BTreeMap::new();
        for row in rows {
            feed.add(row, &mut totals)?;
        }
        ensure!(
            feed.positions.values().collect::<BTreeSet<_>>().len() == feed.positions.len(),
            "two changes of one account have the same position"
        );
        let told: Vec<(String, i64, i64, i64)> = app
            .db
            .fetch_all("select scope, position, objects, digest from scope where account = $1", (account,))
            .await?;
        let told: BTreeMap<String, Totals> = told
            .into_iter()
            .map(|(scope, position, objects, digest)| (scope, Totals { position, objects, digest }))
            .collect();
        ensure!(told == totals, "the feed says {told:#?}, but its rows make {totals:#?}");
        Ok(feed)
    }

    fn add(&mut self, row: Row, totals: &mut BTreeMap<String, Totals>) -> Result<()> {
        let digest = digest::of_object(&row.kind, row.id, &row.body);
        ensure!(digest == row.digest, "the digest of {} {} is not that of its body", row.kind, row.id);
        ensure!(row.position <= self.last, "position {} is behind the last, {}", row.position, self.last);
        let total = totals.entry(row.scope.clone()).or_default();
        total.position = total.position.max(row.position);
        self.positions.insert((row.scope.clone(), row.kind.clone(), row.id), row.position);
        if row.removed {
            self.tombstones.insert((row.scope, row.id));
            return Ok(());
        }
        total.objects += 1;
        total.digest = total.digest.wrapping_add(digest);
        self.live.entry(row.scope).or_default().insert((row.kind, row.id));
        self.bodies.insert(row.id, row.body);
        Ok(())
    }

    /// The scopes under which an object is filed.
    pub fn scopes_of(&self, id: Uuid) -> BTreeSet<Scope> {
        let scopes = self.live.iter().filter(|(_, objects)| objects.iter().any(|object| object.1 == id));
        scopes.filter_map(|(scope, _)| scope.parse().ok()).collect()
    }

    /// The scopes in which an object left a tombstone.
    pub fn tombstones_of(&self, id: Uuid) -> BTreeSet<Scope> {
        let scopes = self.tombstones.iter().filter(|tombstone| tombstone.1 == id);
        scopes.filter_map(|(scope, _)| scope.parse().ok()).collect()
    }

    /// What phones get of an object, `null` when none has it.
    pub fn body(&self, id: Uuid) -> Value {
        self.bodies.get(&id).and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default()
    }
}
