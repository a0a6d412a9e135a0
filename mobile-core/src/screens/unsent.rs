//! How much the phone still holds, said to the worker once and honestly.

use campo_protocol::{civil, model::photos::PhotoRules};
use jiff::{Timestamp, tz::TimeZone};

use super::{
    documents::{ACCOUNT_ID, AccountDocument},
    texts::{self, Language},
};
use crate::store::{Store, failure::Result};

/// What the phone still holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnsentCount {
    /// Entries without receipt
    pub entries: i64,
    /// The wall clock of the oldest: microseconds since 1970 UTC
    pub oldest_us: Option<i64>,
    /// Files that the server does not have yet
    pub files: i64,
    /// The same in words, empty when there is nothing: "3 not yet sent, oldest from 10:42"
    pub text: String,
}

impl Store {
    /// What the phone still holds.
    pub fn unsent(&self, language: Language) -> Result<UnsentCount> {
        let (entries, oldest_us): (i64, Option<i64>) = self
            .read()
            .prepare_cached("select count(*), min(captured_us) from entry where state = 'waiting'")?
            .query_row((), |row| Ok((row.get(0)?, row.get(1)?)))?;
        let files = self
            .read()
            .prepare_cached("select count(*) from file where state = 'waiting' and present")?
            .query_row((), |row| row.get(0))?;
        let zone = self.zone()?;
        let time = oldest_us.map(|at_us| local_time(at_us, &zone)).unwrap_or_default();
        Ok(UnsentCount { entries, oldest_us, files, text: texts::unsent(language, entries, &time) })
    }

    /// The company's zone; UTC until it is known.
    pub(super) fn zone(&self) -> Result<TimeZone> {
        let account = self.account_document()?;
        Ok(civil::zone(&account.zone).unwrap_or(TimeZone::UTC))
    }

    /// How the company wants photos to be kept.
    pub(crate) fn photo_rules(&self) -> Result<PhotoRules> {
        Ok(self.account_document()?.photos)
    }

    pub(super) fn account_document(&self) -> Result<AccountDocument> {
        let body = self.object("account", ACCOUNT_ID)?.unwrap_or_default();
        Ok(serde_json::from_slice(&body).unwrap_or_default())
    }

    /// The company's name, empty until it is known.
    pub fn company_name(&self) -> Result<String> {
        Ok(self.account_document()?.name)
    }

    /// The language of the company.
    pub fn company_language(&self) -> Result<Language> {
        Ok(Language::of_tag(&self.account_document()?.language))
    }
}

/// `10:42` in that zone.
pub(super) fn local_time(at_us: i64, zone: &TimeZone) -> String {
    let Ok(at) = Timestamp::from_microsecond(at_us) else { return "?".to_owned() };
    let time = at.to_zoned_datetime(zone.clone()).time();
    format!("{:02}:{:02}", time.hour(), time.minute())
}
