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

/// Keeps the bearer secret of an installation, beside those of the `others` alone.
pub(super) fn keep(
    secrets: &dyn SecureStore,
    installation: Uuid,
    bearer: &str,
    others: &[Uuid],
) -> Result<()> {
    let mut bearers = read(secrets)?;
    bearers.retain(|known, _| others.contains(known));
    bearers.insert(installation, bearer.to_owned());
    write(secrets, &bearers)
}

/// Forgets the bearer secret of an installation.
pub(super) fn forget(secrets: &dyn SecureStore, installation: Uuid) -> Result<()> {
    let mut bearers = read(secrets)?;
    match bearers.remove(&installation) {
        Some(_) => write(secrets, &bearers),
        None => Ok(()),
    }
}

fn read(secrets: &dyn SecureStore) -> Result<BTreeMap<Uuid, String>> {
    let text = secrets.get(BEARERS)?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

fn write(secrets: &dyn SecureStore, bearers: &BTreeMap<Uuid, String>) -> Result<()> {
    let text = serde_json::to_string(bearers).map_err(|error| PlatformFailure(error.to_string()))?;
    secrets.set(BEARERS, &text)
}
