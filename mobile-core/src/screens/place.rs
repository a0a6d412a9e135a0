//! Where things may be captured, and when places are recorded.

use campo_protocol::{
    entry::Place,
    model::{
        Ref,
        profile::{EmployeeProfile, LocationMode},
    },
};
use rusqlite::Connection;
use uuid::Uuid;

use super::{
    documents::{ACCOUNT_ID, AccountDocument, EmployeeDocument, TaskDocument},
    task::find,
    tasks::{Here, metres},
};
use crate::store::failure::Result;

/// When positions of an employee are recorded: as the profile says, or the account where
/// there is none; never where the account says never.
pub(crate) fn location_mode(connection: &Connection, employee: Uuid) -> Result<LocationMode> {
    let account: AccountDocument = find(connection, "account", Some(ACCOUNT_ID))?.unwrap_or_default();
    let employee: EmployeeDocument = find(connection, "employee", Some(employee))?.unwrap_or_default();
    let profile: Option<EmployeeProfile> =
        find(connection, "employee_profile", employee.profile.as_ref().and_then(Ref::id))?;
    if account.location == Some(LocationMode::Never) {
        return Ok(LocationMode::Never);
    }
    let of_profile = profile.map(|profile| profile.location_mode);
    Ok(of_profile.or(account.location).unwrap_or_default())
}

/// How far outside the radius of a task that prohibits it a place is for certain, its accuracy held in the worker's
/// favour: the distance and the radius, in metres. None where nothing is prohibited, or where the place may be within.
pub(crate) fn outside(connection: &Connection, task: Uuid, place: &Place) -> Result<Option<(f64, f64)>> {
    let Some(document) = find::<TaskDocument>(connection, "task", Some(task))? else { return Ok(None) };
    let Some(radius_m) = document.radius_m.filter(|_| document.prohibit_outside_radius) else {
        return Ok(None);
    };
    let Some((latitude, longitude)) = document.location.latitude.zip(document.location.longitude) else {
        return Ok(None);
    };
    let here = Here { latitude: place.latitude, longitude: place.longitude };
    let distance_m = metres(here, Here { latitude, longitude });
    let nearest_m = distance_m - place.accuracy_m.unwrap_or(0.0);
    Ok((nearest_m > radius_m).then_some((distance_m, radius_m)))
}
