//! What somebody needs to know who is asked why a phone does not send.

use campo_protocol::{civil, clock::Clock};

use super::{dates::grouped, task_page::Labelled, texts};
use crate::store::{
    Store,
    failure::Result,
    settings::{self, name},
};

impl Store {
    /// What this phone is and holds, label and value.
    pub fn diagnostics(&self, now_us: i64) -> Result<Vec<Labelled>> {
        let dates = self.dates(now_us)?;
        let words = texts::diagnostics(dates.language);
        let enrolment = self.enrolment()?;
        let anchor: Option<(Clock, i64)> = settings::get(self.read(), name::ANCHOR)?;
        let count = |sql: &'static str| -> Result<i64> {
            Ok(self.read().prepare_cached(sql)?.query_row((), |row| row.get(0))?)
        };
        let unsent = self.unsent(dates.language)?;
        let exchanged = anchor.map_or_else(|| words.never.to_owned(), |(_, at_us)| dates.full(at_us));
        let mut lines = vec![(words.exchanged, exchanged)];
        lines.push((words.waiting, grouped(unsent.entries)));
        lines.push((words.photos, grouped(unsent.files)));
        if let Some(enrolment) = enrolment {
            lines.push((words.server, enrolment.server));
            lines.push((words.installation, enrolment.installation.to_string()));
        }
        lines.push((words.entries, grouped(count("select count(*) from entry")?)));
        lines.push((words.objects, grouped(count("select count(*) from object")?)));
        lines.push((words.zones, civil::zone_database_version()));
        lines.push((words.version, env!("CARGO_PKG_VERSION").to_owned()));
        Ok(lines.into_iter().map(|(label, value)| Labelled { label: label.to_owned(), value }).collect())
    }
}
