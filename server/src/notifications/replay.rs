//! Moves the place of a channel in the log of events, back to send again or ahead to leave out.

use campo_protocol::{faults::Faults, model::Ref};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::record::release_next;
use crate::{
    access::{Allowed, permissions::ManageChannels},
    api::time::Instant,
    app::App,
    channels::{TOPIC, read},
    problem::{Problem, Result},
    scheduler::Class,
};

/// From where a channel goes on: one of the two.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelReplay {
    /// From the event at this position of the account's log of events
    #[serde(default)]
    pub position: Option<i64>,
    /// From the first event that was made at this instant or later
    #[serde(default)]
    pub time: Option<Instant>,
}

/// From where a channel goes on.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayBegun {
    /// The position of the first event that it sends
    pub position: i64,
    /// How many events that is now, before those that the channel does not want are left out
    pub events: i64,
    /// How many events that it had not come to are left out, since it goes on ahead of them
    pub skipped: i64,
}

/// Lets a channel go on from another event. What was listed as not delivered from there on is sent again with the rest;
/// ids and bytes are those of the first time.
pub async fn replay(
    app: &App,
    allowed: &Allowed<ManageChannels>,
    which: &Ref,
    given: &ChannelReplay,
) -> Result<ReplayBegun> {
    let from = checked(given)?;
    let channel = read::id(app, allowed, which).await?;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let (account, now_us) = (write.account(), write.now_us);
    let (last,): (i64,) =
        write.tx().fetch_one("select event from account_head where account = $1", (account,)).await?;
    let position = match from {
        From::Position(position) if position > last + 1 => {
            let mut faults = Faults::default();
            let expected = format!("at most {}, which is the next event's", last + 1);
            faults.add("/position", "out_of_range", &position.to_string(), expected);
            return Err(faults.into());
        }
        From::Position(position) => position,
        From::Time(at_us) => {
            let (first,): (Option<i64>,) = write
                .tx()
                .fetch_one(
                    "select min(position) from event where account = $1 and created_us >= $2",
                    (account, at_us),
                )
                .await?;
            first.unwrap_or(last + 1)
        }
    };
    let tx = write.tx();
    let (before,): (i64,) = tx
        .fetch_one(
            "select position from channel_cursor where account = $1 and channel = $2",
            (account, channel),
        )
        .await?;
    tx.execute(
        "update channel_cursor set position = $3, generation = generation + 1, failures = 0, probe_us = null \
         where account = $1 and channel = $2",
        (account, channel, position - 1),
    )
    .await?;
    tx.execute(
        "delete from delivery where account = $1 and channel = $2 and position >= $3",
        (account, channel, position),
    )
    .await?;
    release_next(tx, account, channel, now_us).await?;
    tracing::info!(account, %channel, position, by = ?write.principal, "a channel goes on from another event");
    write.touch(TOPIC);
    write.commit().await?;
    app.log.announce();
    let skipped = (position - 1 - before).max(0);
    Ok(ReplayBegun { position, events: last + 1 - position, skipped })
}

enum From {
    Position(i64),
    Time(i64),
}

fn checked(given: &ChannelReplay) -> Result<From> {
    let mut faults = Faults::default();
    let from = match (given.position, given.time) {
        (Some(position), None) if position >= 1 => return Ok(From::Position(position)),
        (None, Some(Instant(at_us))) => return Ok(From::Time(at_us)),
        (Some(position), None) => (position.to_string(), "a position of an event, 1 or more"),
        _ => (String::new(), "either `position` or `time`"),
    };
    faults.add("/position", "invalid_value", &from.0, from.1);
    Err(Problem::from(faults))
}
