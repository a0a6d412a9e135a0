//! The bearer secrets, one for each enrolment. All of them stand under one name of the platform's secure store, so that
//! one call removes them from a stolen phone.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::platform::{PlatformFailure, SecureStore};

/// The name of the bearer secrets in the platform's secure store.
pub const BEARERS: &str = "campo.bearers";

type Result<T> = std::result::Result<T, PlatformFailure>;

/// The bearer secret of an installation.
pub(super) fn of(secrets: &dyn SecureStore, installation: Uuid) -> Result<Option<String>> {
    Ok(read(secrets)?.remove(&installation))
}

/// Keeps the bearer secret of an installation, beside the others.
pub(super) fn keep(secrets: &dyn SecureStore, installation: Uuid, bearer: &str) -> Result<()> {
    let mut bearers = read(secrets)?;
    bearers.insert(installation, bearer.to_owned());
    write(secrets, &bearers)
}

/// Forgets the bearer secrets of all installations but these.
pub(super) fn retain(secrets: &dyn SecureStore, installations: &[Uuid]) -> Result<()> {
    let mut bearers = read(secrets)?;
    let before = bearers.len();
    bearers.retain(|installation, _| installations.contains(installation));
    if bearers.len() == before { Ok(()) } else { write(secrets, &bearers) }
}

fn read(secrets: &dyn SecureStore) -> Result<BTreeMap<Uuid, String>> {
    let text = secrets.get(BEARERS)?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

fn write(secrets: &dyn SecureStore, bearers: &BTreeMap<Uuid, String>) -> Result<()> {
    let text = serde_json::to_string(bearers).map_err(|error| PlatformFailure(error.to_string()))?;
    secrets.set(BEARERS, &text)
}
