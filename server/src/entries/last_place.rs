//! Where an employee was last, as far as entries say.

use campo_protocol::entry::Place;
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    access::{Allowed, permissions::ViewEntries},
    database::Db,
    problem::Result,
};

/// How many of the latest entries are looked at.
const LOOKED_AT: i64 = 100;

/// A place with when somebody was there.
#[derive(Debug, Clone)]
pub struct LastPlace {
    /// The place
    pub place: Place,
    /// When: microseconds since 1970 UTC
    pub occurred_us: i64,
}

/// The place of the latest entry of an employee that has one, among the last hundred.
pub async fn last_place(
    db: &Db,
    allowed: &Allowed<ViewEntries>,
    employee: Uuid,
) -> Result<Option<LastPlace>> {
    #[derive(Deserialize)]
    struct Placed {
        place: Option<Place>,
    }
    let rows: Vec<(i64, Vec<u8>)> = db
        .fetch_all(
            "select e.occurred_us, b.bytes from entry e \
             join entry_body b on b.account = e.account and b.position = e.position \
             where e.account = $1 and e.employee = $2 order by e.position desc limit $3",
            (allowed.account(), employee, LOOKED_AT),
        )
        .await?;
    let placed = rows.into_iter().filter_map(|(occurred_us, bytes)| {
        let place = serde_json::from_slice::<Placed>(&bytes).ok()?.place?;
        Some(LastPlace { place, occurred_us })
    });
    Ok(placed.max_by_key(|last| last.occurred_us))
}
