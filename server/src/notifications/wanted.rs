//! Which events a channel wants: asked before anything is sent or listed, and by whoever sets one up.

use std::collections::HashSet;

use campo_protocol::faults::Faults;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::office_track;
use crate::{
    access::{Allowed, permissions::ManageChannels},
    api::{page::fitting, time::Instant},
    app::App,
    channels::{
        filter::{Filter, NamedIn},
        target::Document,
    },
    database::Tx,
    events::kinds,
    problem::Result,
};

/// How many of the last events are looked at, unless said otherwise.
const USUAL: i64 = 50;
/// The most of them.
const MOST: i64 = 500;

/// Of events of kinds that a channel wants, by kind and snapshot, the member of its settings by which each is not for it;
/// none for what it wants.
pub async fn refused(
    tx: &mut Tx,
    account: i64,
    (filter, document): (&Filter, &Document),
    events: &[(&str, Option<&[u8]>)],
) -> Result<Vec<Option<&'static str>>> {
    let mut by = if filter.is_empty() {
        vec![None; events.len()]
    } else {
        filter.refused(tx, account, events.iter().map(|event| event.1)).await?
    };
    if let Document::OfficeTrack(settings) = document {
        for (by, (kind, snapshot)) in by.iter_mut().zip(events) {
            let sent = snapshot.is_none_or(|snapshot| office_track::is_sent(kind, snapshot, settings));
            *by = by.or_else(|| (!sent).then_some("document"));
        }
    }
    Ok(by)
}

/// True when a channel's settings say more of events than their kinds.
pub fn asks_snapshots(filter: &Filter, document: &Document) -> bool {
    !filter.is_empty() || matches!(document, Document::OfficeTrack(_))
}

/// What a channel would want, as in its own members.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelPreview {
    /// The kinds of events; the usual ones where there is none
    #[serde(default)]
    pub events: Vec<String>,
    /// What those events must be about
    #[serde(default)]
    pub filter: Filter,
    /// What is sent of an event
    #[serde(default)]
    pub document: Document,
    /// How many of the account's last events are looked at, 1 to 500; 50 when absent
    #[serde(default)]
    pub last: Option<i64>,
}

/// Which of the last events a channel would deliver.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelPreviewed {
    /// How many of them pass
    pub passing: i64,
    /// The events that were looked at, the last one first; fewer than asked for where their snapshots are large
    pub items: Vec<EventPreviewed>,
}

/// An event, and whether a channel would deliver it.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventPreviewed {
    /// Its position in the account's log of events
    pub position: i64,
    /// Its id
    pub id: Uuid,
    /// What happened, such as `entry.complete`
    pub kind: String,
    /// What it is about, such as `entry`
    pub subject_kind: String,
    /// The id of that
    pub subject: Uuid,
    /// When it was made
    pub created_at: Instant,
    /// True when it would be delivered
    pub passes: bool,
    /// The member of the settings by which it is not: `events`, one of those of `filter`, or `document`
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "task_types")]
    pub refused_by: Option<&'static str>,
}

#[derive(FromRow)]
struct Row {
    position: i64,
    id: Uuid,
    kind: String,
    subject_kind: String,
    subject: Uuid,
    created_us: i64,
    snapshot: i64,
    size_bytes: Option<i64>,
}

/// Which of the last events of the account pass settings that need not be any channel's yet.
pub async fn preview(
    app: &App,
    allowed: &Allowed<ManageChannels>,
    mut given: ChannelPreview,
) -> Result<ChannelPreviewed> {
    let account = allowed.account();
    let mut tx = app.db.begin_snapshot().await?;
    let previewed = preview_in(&mut tx, account, allowed, &mut given).await;
    tx.rollback().await;
    previewed
}

async fn preview_in(
    tx: &mut Tx,
    account: i64,
    allowed: &Allowed<ManageChannels>,
    given: &mut ChannelPreview,
) -> Result<ChannelPreviewed> {
    let last = given.last.unwrap_or(USUAL);
    let mut faults = Faults::default();
    faults.check_range("/last", last as f64, 1.0, MOST as f64);
    kinds::check("/events", &given.events, &mut faults);
    if let Document::OfficeTrack(settings) = &given.document
        && !settings.zone.is_empty()
    {
        settings.check("/document", &mut faults);
    }
    given.filter.resolve((tx, account), NamedIn::Document, None, &mut faults).await?;
    faults.into_result()?;
    kinds::must_cover(allowed, &given.events)?;
    let mut rows: Vec<Row> = tx
        .fetch_all(
            "select e.position, e.id, e.kind, e.subject_kind, e.subject, e.created_us, e.snapshot, \
             cast(length(s.body) as bigint) as size_bytes from event e \
             left join event_snapshot s on s.account = e.account and s.snapshot = e.snapshot \
             where e.account = $1 order by e.position desc limit $2",
            (account, last),
        )
        .await?;
    rows.retain(|row| may_see(allowed, &row.kind));
    rows.truncate(fitting(rows.iter().map(|row| row.size_bytes.unwrap_or(0))));
    let snapshots: HashSet<i64> = rows.iter().map(|row| row.snapshot).collect();
    let bodies: Vec<(i64, Vec<u8>)> = tx
        .fetch_many(
            "a, s",
            (vec![account; snapshots.len()], snapshots.into_iter().collect::<Vec<_>>()),
            "select s.snapshot, s.body from k join event_snapshot s on s.account = k.a and s.snapshot = k.s",
        )
        .await?;
    let bodies: std::collections::HashMap<i64, Vec<u8>> = bodies.into_iter().collect();
    let events: Vec<(&str, Option<&[u8]>)> =
        rows.iter().map(|row| (row.kind.as_str(), bodies.get(&row.snapshot).map(Vec::as_slice))).collect();
    let refused = refused(tx, account, (&given.filter, &given.document), &events).await?;
    let items: Vec<EventPreviewed> = rows
        .into_iter()
        .zip(refused)
        .map(|(row, by)| {
            let unwanted = (!kinds::is_wanted(&given.events, &row.kind)).then_some("events");
            row.previewed(unwanted.or(by))
        })
        .collect();
    Ok(ChannelPreviewed { passing: items.iter().filter(|item| item.passes).count() as i64, items })
}

/// True when the caller may know that there are such events.
fn may_see(allowed: &Allowed<ManageChannels>, kind: &str) -> bool {
    kinds::of_name(kind)
        .is_some_and(|kind| allowed.must_cover([kind.permission].into_iter().collect()).is_ok())
}

impl Row {
    fn previewed(self, refused_by: Option<&'static str>) -> EventPreviewed {
        EventPreviewed {
            position: self.position,
            id: self.id,
            kind: self.kind,
            subject_kind: self.subject_kind,
            subject: self.subject,
            created_at: Instant(self.created_us),
            passes: refused_by.is_none(),
            refused_by,
        }
    }
}
