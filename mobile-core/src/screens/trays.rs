//! The trays: what is begun, what waits, what was sent, what needs repair.

use super::{form, my_time::is_doubtful, shift::REACH_US, texts};
use crate::store::{Store, failure::Result};
use uuid::Uuid;

/// In which tray something lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum TrayKind {
    /// Begun, and not handed in
    Draft,
    /// Waits for the server
    ToSend,
    /// The server has it
    Sent,
    /// The server did not take it as it is
    Repair,
}

/// Something in a tray.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TrayLine {
    /// In which tray
    pub tray: TrayKind,
    /// The entry; for a draft the name of the form
    pub title: String,
    /// What is said of it
    pub detail: String,
    /// `10:42`
    pub when: String,
    /// The entry, for its receipt
    pub entry: Option<String>,
    /// The form, for a draft
    pub form: Option<String>,
    /// The task
    pub task: Option<String>,
}

/// The most lines of what was sent.
const SENT: usize = 100;

impl Store {
    /// What lies in the trays of whoever works with the phone, the newest first.
    pub fn trays(&self, now_us: i64) -> Result<Vec<TrayLine>> {
        let Some(worker) = self.worker(now_us)? else { return Ok(Vec::new()) };
        let (dates, language) = (&worker.dates, worker.dates.language);
        let mut lines = self.drafts(worker.session.employee, now_us)?;
        let repairs = self.tray(Some(worker.session.employee))?;
        let entries = self.entries_since(worker.session.employee, now_us.saturating_sub(REACH_US))?;
        let mut sent = 0;
        for entry in entries.iter().rev() {
            let tray = match entry.state.as_str() {
                "waiting" => TrayKind::ToSend,
                _ if is_doubtful(entry) => TrayKind::Repair,
                _ => TrayKind::Sent,
            };
            if tray == TrayKind::Sent {
                sent += 1;
                if sent > SENT {
                    continue;
                }
            }
            let repair = repairs.iter().find(|item| item.number == entry.number);
            let detail = match (tray, repair, entry.position) {
                (TrayKind::Repair, Some(item), _) => texts::tray_reason(language, item),
                (_, _, Some(position)) => {
                    texts::receipt_line(language, Some(&super::dates::grouped(position)), false)
                }
                _ => texts::receipt_line(language, None, false),
            };
            lines.push(TrayLine {
                tray,
                title: texts::entry(language, &entry.kind),
                detail,
                when: dates.when(entry.occurred_at_us.unwrap_or(entry.captured_us)),
                entry: Some(entry.id.to_string()),
                form: None,
                task: entry.task.map(|task| task.to_string()),
            });
        }
        Ok(lines)
    }

    fn drafts(&self, employee: Uuid, now_us: i64) -> Result<Vec<TrayLine>> {
        let mut statement = self.read().prepare_cached(
            "select name, updated_us from draft where employee = ?1 and name like 'form/%' order by updated_us desc",
        )?;
        let mut rows = statement.query((employee.as_bytes(),))?;
        let mut lines = Vec::new();
        while let Some(row) = rows.next()? {
            let (name, at_us): (String, i64) = (row.get(0)?, row.get(1)?);
            let mut ids = name.split('/').skip(1).map(str::parse::<Uuid>);
            let (Some(Ok(task)), Some(Ok(form))) = (ids.next(), ids.next()) else { continue };
            let task = Some(task).filter(|task| !task.is_nil());
            let Some(definition) = self.form_definition(form)? else { continue };
            let draft = self.form_draft(task, form)?.map(|(draft, _)| draft).unwrap_or_default();
            let dates = self.dates(now_us)?;
            let today = dates.today().to_string();
            let state = form::check(&definition, form, &draft.answers, &today, dates.language);
            lines.push(TrayLine {
                tray: TrayKind::Draft,
                title: definition.name,
                detail: texts::draft(dates.language, state.answered, state.asked),
                when: dates.when(at_us),
                entry: None,
                form: Some(form.to_string()),
                task: task.map(|task| task.to_string()),
            });
        }
        Ok(lines)
    }
}
