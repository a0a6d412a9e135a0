//! What an account decides about how Campo works for it.

use campo_protocol::{faults::Faults, model::photos::PhotoRules};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    database::{Db, Tx},
    problem::{Code, Problem, Result},
    retention::rules::RetentionRules,
};

/// When phones record where they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AccountLocationMode)]
pub enum LocationMode {
    /// Never
    Never,
    /// With punches and task entries
    #[default]
    Entries,
    /// During the whole shift, never outside it
    Shift,
}

/// The settings of an account. What is not set has its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Settings {
    /// For how many days phones keep a task after it was closed
    #[schema(minimum = 0, maximum = 365, default = 7)]
    pub closed_task_days: i64,
    /// How many days an entry waits for its files before it counts as complete without them
    #[schema(minimum = 1, maximum = 365, default = 7)]
    pub files_wait_days: i64,
    /// When phones record where they are
    pub location: LocationMode,
    /// How phones keep photos
    pub photos: PhotoRules,
    /// For how long what people wrote is kept
    pub retention: RetentionRules,
    /// True when the office's corrections of punches count only once the worker agreed. What workers ask for always
    /// needs the office's agreement
    pub correction_agreement: bool,
    /// True when fields of a `DynamicTask` count also without their flag `…HasValue`, for programs that never set it
    pub soap_flags_optional: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            closed_task_days: 7,
            files_wait_days: 7,
            location: LocationMode::default(),
            photos: PhotoRules::default(),
            retention: RetentionRules::default(),
            correction_agreement: false,
            soap_flags_optional: false,
        }
    }
}

impl Settings {
    /// Names everything that is wrong.
    pub fn check(&self, faults: &mut Faults) {
        faults.check_range("/settings/closed_task_days", self.closed_task_days as f64, 0.0, 365.0);
        faults.check_range("/settings/files_wait_days", self.files_wait_days as f64, 1.0, 365.0);
        self.photos.check(faults, "/settings/photos");
        self.retention.check(faults, "/settings/retention");
    }

    /// The settings that a row holds.
    pub(super) fn stored(json: &str) -> Result<Self> {
        serde_json::from_str(json).map_err(Problem::internal)
    }
}

/// The settings of an account.
pub async fn read(db: &Db, account: i64) -> Result<Settings> {
    let row: Option<(String,)> =
        db.fetch_optional("select settings from account where id = $1", (account,)).await?;
    Settings::stored(&row.ok_or(Code::NotFound)?.0)
}

/// The settings of the account of a transaction.
pub async fn of_account(tx: &mut Tx, account: i64) -> Result<Settings> {
    let row: Option<(String,)> =
        tx.fetch_optional("select settings from account where id = $1", (account,)).await?;
    Settings::stored(&row.ok_or(Code::NotFound)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_has_its_default_and_what_a_newer_release_set_is_left_out() {
        assert_eq!(Settings::stored("{}").unwrap(), Settings::default());
        let stored = Settings::stored(r#"{"location":"never","newer":1}"#).unwrap();
        assert_eq!(stored, Settings { location: LocationMode::Never, ..Settings::default() });
    }
}
