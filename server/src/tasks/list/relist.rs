//! What lists filter and sort by, made again where a replica of an older release edited a task or a place: it leaves
//! `listed_version` behind. Part of the duty [`Duty::Sweep`](crate::access::Duty::Sweep).

use std::collections::BTreeMap;

use campo_protocol::{civil::CivilTime, model::poi::Poi, task::fields::TaskFields};
use uuid::Uuid;

use crate::{
    app::App,
    database::columns,
    problem::{Problem, Result},
    scheduler::Class,
};

/// How many rows one run looks at.
const ROWS: i64 = 500;

struct Listed {
    account: i64,
    id: Uuid,
    version: i64,
    begins_us: i64,
    ends_us: i64,
    priority: i64,
    latitude: Option<f64>,
    longitude: Option<f64>,
}

/// Makes a bounded part of what was left behind again; true where there may be more.
pub(crate) async fn relist(app: &App) -> Result<bool> {
    let tasks = tasks(app).await?;
    let places = places(app).await?;
    Ok(tasks.max(places) as i64 >= ROWS)
}

async fn tasks(app: &App) -> Result<usize> {
    let rows: Vec<(i64, Uuid, i64, String)> = app
        .db
        .fetch_all(
            "select account, id, version, fields from task where listed_version <> version \
             order by account, id limit $1",
            (ROWS,),
        )
        .await?;
    let count = rows.len();
    let mut accounts: BTreeMap<i64, Vec<Listed>> = BTreeMap::new();
    for (account, id, version, fields) in rows {
        let fields: TaskFields = serde_json::from_str(&fields).map_err(Problem::internal)?;
        let start_us = fields.start.as_ref().and_then(CivilTime::instant_us);
        let due_us = fields.due.as_ref().and_then(CivilTime::instant_us);
        accounts.entry(account).or_default().push(Listed {
            account,
            id,
            version,
            begins_us: start_us.or(due_us).unwrap_or(i64::MAX),
            ends_us: due_us.or(start_us).unwrap_or(i64::MAX),
            priority: fields.priority.number(),
            latitude: fields.location.point().map(|point| point.latitude),
            longitude: fields.location.point().map(|point| point.longitude),
        });
    }
    for (account, listed) in accounts {
        let mut beside = app.log.begin_beside(account, Class::Housekeeping).await?;
        beside
            .tx()
            .change_many(
                "account, id, version, begins_us, ends_us, priority, latitude, longitude",
                columns!(listed => account, id, version, begins_us, ends_us, priority, latitude, longitude),
                "update task set begins_us = k.begins_us, ends_us = k.ends_us, priority = k.priority, \
                 latitude = k.latitude, longitude = k.longitude, listed_version = k.version from k \
                 where task.account = k.account and task.id = k.id and task.version = k.version",
            )
            .await?;
        beside.commit().await?;
    }
    Ok(count)
}

async fn places(app: &App) -> Result<usize> {
    let rows: Vec<(i64, Uuid, i64, String)> = app
        .db
        .fetch_all(
            "select account, id, version, body from object where kind = 'poi' and listed_version <> version \
             order by account, id limit $1",
            (ROWS,),
        )
        .await?;
    let count = rows.len();
    let mut accounts: BTreeMap<i64, Vec<Listed>> = BTreeMap::new();
    for (account, id, version, body) in rows {
        let place = serde_json::from_str::<Poi>(&body).map_err(Problem::internal)?.place;
        accounts.entry(account).or_default().push(Listed {
            account,
            id,
            version,
            begins_us: 0,
            ends_us: 0,
            priority: 0,
            latitude: place.map(|point| point.latitude),
            longitude: place.map(|point| point.longitude),
        });
    }
    for (account, listed) in accounts {
        let mut beside = app.log.begin_beside(account, Class::Housekeeping).await?;
        beside
            .tx()
            .change_many(
                "account, id, version, latitude, longitude",
                columns!(listed => account, id, version, latitude, longitude),
                "update object set latitude = k.latitude, longitude = k.longitude, listed_version = k.version from k \
                 where object.account = k.account and object.kind = 'poi' and object.id = k.id \
                 and object.version = k.version",
            )
            .await?;
        beside.commit().await?;
    }
    Ok(count)
}
