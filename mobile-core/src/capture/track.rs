//! Positions during a shift, where the account wants them: the platform hands each one over, the core gathers them into
//! `track` entries. A point is durable as soon as it was noted.

use campo_protocol::{
    entry::{Kind, Place},
    model::profile::LocationMode,
    track::{MAX_POINTS, Track, TrackPoint},
};
use rusqlite::{Connection, OptionalExtension as _};
use uuid::Uuid;

use super::{
    Captured,
    entry::{Fact, usable, write},
    failure::CaptureFailure,
};
use crate::{
    environment::{Moment, with_boot},
    screens::place,
    store::{Store, failure::StoreFailure, id_of},
};

/// How far apart points are at least: 30 s. A platform that reports each second fills no phone.
const APART_US: i64 = 30 * 1_000_000;
/// How old the first point of a track gets before it is captured, so that the office sees it: 15 minutes.
const GATHERED_US: i64 = 15 * 60 * 1_000_000;

/// What became of a position.
#[derive(Debug, Clone)]
pub struct Noted {
    /// True while positions are wanted: the platform goes on with them
    pub wanted: bool,
    /// The track that was captured with it
    pub captured: Option<Captured>,
}

impl Store {
    /// Notes where the worker is. Nothing is noted outside a shift, nor where account or profile do not want it.
    pub fn note_position(&mut self, moment: &Moment, place: Place) -> Result<Noted, CaptureFailure> {
        let wall_us = moment.clock.wall_us;
        let Some(session) = self.session_to_track(wall_us)? else {
            return Ok(Noted { wanted: false, captured: self.gather_track(moment)? });
        };
        let Some(place) = usable(place) else { return Ok(Noted { wanted: true, captured: None }) };
        let transaction = self.begin()?;
        let clock = with_boot(&transaction, moment.clock.clone(), moment.ids[1])?;
        let point = TrackPoint { wall_us, monotonic_us: clock.monotonic_us, place };
        let mut captured = None;
        match begun(&transaction)? {
            // A clock that was set back keeps nothing from being noted
            Some(begun) if (0..APART_US).contains(&wall_us.saturating_sub(begun.last_us)) => {}
            begun => {
                let (employee, session) = session;
                transaction
                    .prepare_cached(
                        "insert into track_point (employee, session, boot, wall_us, point) values (?1, ?2, ?3, ?4, ?5)",
                    )?
                    .execute((
                        employee.as_bytes(),
                        session.as_bytes(),
                        &clock.boot,
                        wall_us,
                        serde_json::to_string(&point)?,
                    ))?;
                let is_full = begun.is_some_and(|begun| {
                    begun.points + 1 >= MAX_POINTS as i64
                        || !(0..GATHERED_US).contains(&wall_us.saturating_sub(begun.first_us))
                });
                if is_full {
                    captured = gather(&transaction, moment)?;
                }
            }
        }
        transaction.commit()?;
        Ok(Noted { wanted: true, captured })
    }

    /// Captures the points that were noted so far; none when there are none. What is more than one track waits for the next
    /// time.
    pub fn gather_track(&mut self, moment: &Moment) -> Result<Option<Captured>, CaptureFailure> {
        if begun(self.read())?.is_none() {
            return Ok(None);
        }
        let transaction = self.begin()?;
        let captured = gather(&transaction, moment)?;
        transaction.commit()?;
        Ok(captured)
    }

    /// Whose positions are wanted now: the employee and the session.
    fn session_to_track(&self, now_us: i64) -> Result<Option<(Uuid, Uuid)>, StoreFailure> {
        let Some(worker) = self.worker(now_us)? else { return Ok(None) };
        let mode = place::location_mode(self.read(), worker.session.employee)?;
        if mode != LocationMode::DuringShift || !worker.may(Kind::Track) {
            return Ok(None);
        }
        let is_on_shift = self.punch_book(&worker)?.open_shift().is_some();
        Ok(is_on_shift.then_some((worker.session.employee, worker.session.id)))
    }
}

/// The track that was begun.
struct Begun {
    points: i64,
    first_us: i64,
    last_us: i64,
}

fn begun(connection: &Connection) -> Result<Option<Begun>, StoreFailure> {
    let sql = "select count(*), min(wall_us), (select wall_us from track_point order by number desc limit 1) \
               from track_point having count(*) > 0";
    let begun = connection
        .prepare_cached(sql)?
        .query_row((), |row| Ok(Begun { points: row.get(0)?, first_us: row.get(1)?, last_us: row.get(2)? }))
        .optional()?;
    Ok(begun)
}

/// A point as it lies in the table.
struct StoredPoint {
    number: i64,
    employee: Uuid,
    session: Uuid,
    boot: Option<String>,
    point: TrackPoint,
}

/// Makes one entry of the points of the oldest session and boot.
fn gather(connection: &Connection, moment: &Moment) -> Result<Option<Captured>, CaptureFailure> {
    let mut points = points(connection)?;
    let Some(StoredPoint { number: first, employee, session, boot, .. }) = points.first() else {
        return Ok(None);
    };
    let (first, employee, session, boot) = (*first, *employee, *session, boot.clone());
    let together = points.iter().take_while(|point| point.session == session && point.boot == boot).count();
    points.truncate(together);
    let last = points.last().map_or(first, |point| point.number);
    let now = with_boot(connection, moment.clock.clone(), moment.ids[1])?;
    let mut track = Track { points: points.into_iter().map(|stored| stored.point).collect() };
    if now.boot.is_none() || now.boot != boot {
        // In the entry's boot this clock says nothing
        for point in &mut track.points {
            point.monotonic_us = None;
        }
    }
    let fact = Fact {
        kind: Kind::Track,
        employee,
        session,
        task: None,
        place: track.points.last().map(|point| point.place.clone()),
        corrects: None,
        reason: None,
        note: None,
        body: Some(serde_json::to_value(&track)?),
        files: Vec::new(),
    };
    let captured = write(connection, moment, &format!("track/{first}"), fact)?;
    connection.prepare_cached("delete from track_point where number <= ?1")?.execute((last,))?;
    Ok(Some(captured))
}

fn points(connection: &Connection) -> Result<Vec<StoredPoint>, CaptureFailure> {
    let mut statement = connection.prepare_cached(
        "select number, employee, session, boot, point from track_point order by number limit ?1",
    )?;
    let mut rows = statement.query((MAX_POINTS as i64,))?;
    let mut points = Vec::new();
    while let Some(row) = rows.next()? {
        let (employee, session): (Vec<u8>, Vec<u8>) = (row.get(1)?, row.get(2)?);
        let point: String = row.get(4)?;
        points.push(StoredPoint {
            number: row.get(0)?,
            employee: id_of(&employee)?,
            session: id_of(&session)?,
            boot: row.get(3)?,
            point: serde_json::from_str(&point)?,
        });
    }
    Ok(points)
}
