//! The fold of entries into a task's state; the rules are in the documentation of [`crate::task`].

use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{
    body::{Assigned, Created, NewAssignment, Noted, StatusSet},
    reason::Reason,
    state::{Assignment, Decided, Report, TaskState},
    status::Status,
};
use crate::{
    entry::{Entry, Kind},
    planted::{self, Planted},
    sync::Outcome,
};

/// The number of these rules, stored beside a state. What later rules made is left alone; `campo rebuild` makes what
/// earlier ones made again.
pub const VERSION: i64 = 1;

/// How many reports of workers since the office's last decision a task keeps. A day on a task has about ten; a phone
/// that goes wrong can send any number, and each costs the reading and writing of all.
pub const MAX_REPORTS: usize = 200;

/// Who wrote an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Author {
    /// A field worker, on a phone
    Employee {
        /// The worker
        employee: Uuid,
        /// The phone's installation
        installation: Uuid,
        /// The entry's number there
        sequence: i64,
    },
    /// A user, a key or a system duty
    Office,
}

impl Author {
    /// The author that an entry names. What names an installation comes from a phone, whatever else it names.
    /// None when it names neither an employee on an installation nor anybody of the office.
    pub fn of(entry: &Entry) -> Option<Self> {
        match (entry.installation, entry.employee) {
            (Some(installation), Some(employee)) => {
                Some(Self::Employee { employee, installation, sequence: entry.sequence })
            }
            (Some(_), None) => None,
            (None, _) => {
                let by_office = entry.user.is_some() || entry.key.is_some() || entry.duty.is_some();
                by_office.then_some(Self::Office)
            }
        }
    }
}

/// What the fold reads of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact<'a> {
    /// The entry
    pub entry: Uuid,
    /// What it says happened
    pub kind: Kind,
    /// When, as the server fixed it: microseconds since 1970 UTC
    pub occurred_at_us: i64,
    /// Who says so
    pub author: Author,
    /// Its body, as JSON
    pub body: Option<&'a str>,
}

impl<'a> Fact<'a> {
    /// The fact that `entry` states; none when this release does not know its kind or it names no author.
    pub fn of(entry: &'a Entry, occurred_at_us: i64) -> Option<Self> {
        Some(Self {
            entry: entry.id,
            kind: Kind::from_name(&entry.kind)?,
            occurred_at_us,
            author: Author::of(entry)?,
            body: entry.body.as_deref().map(serde_json::value::RawValue::get),
        })
    }
}

/// Who captured an entry, on which phone, and the number that it has there.
#[derive(Debug, Clone, Copy)]
struct Hand {
    employee: Uuid,
    installation: Uuid,
    sequence: i64,
}

/// What became of one entry, and of the task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// The task after it; none while there is no such task
    pub state: Option<TaskState>,
    /// What the receipt says
    pub outcome: Outcome,
    /// Why, where the outcome is not [`Outcome::Applied`]
    pub reason: Option<Reason>,
    /// True when `state` is not what it was before, so that it must be stored. Whether phones must be told says
    /// [`TaskState::differs_on_phones`].
    pub changed: bool,
}

/// True for the kinds that this fold judges. Others may name a task too, such as a clock-in at its place or a message
/// about it, and are judged elsewhere.
pub const fn concerns_task(kind: Kind) -> bool {
    kind.needs_task() || matches!(kind, Kind::Form | Kind::Photo)
}

/// The state of a task after one more entry, in the order of positions. Total: every fact has an outcome.
/// `state` is what the entries before made of the task, none when there is no such task.
pub fn fold(state: Option<&TaskState>, fact: &Fact<'_>) -> Folded {
    let mut after = state.cloned();
    let (outcome, reason) = match apply(&mut after, fact) {
        Ok(None) => (Outcome::Applied, None),
        Ok(Some(reason)) => (Outcome::Noted, Some(reason)),
        Err(reason) => (Outcome::SetAside, Some(reason)),
    };
    let changed = after.as_ref() != state;
    Folded { state: after, outcome, reason, changed }
}

/// Applies `fact`: `Ok` with the reason when it is only noted, `Err` with the reason when it is set aside and `state`
/// is as it was.
fn apply(state: &mut Option<TaskState>, fact: &Fact<'_>) -> Result<Option<Reason>, Reason> {
    match fact.author {
        Author::Employee { .. } if !concerns_task(fact.kind) => {
            if let Some(state) = state {
                state.worker_entries = state.worker_entries.saturating_add(1);
            }
            Ok(None)
        }
        Author::Office if !concerns_task(fact.kind) => Ok(None),
        Author::Employee { employee, installation, sequence } if !fact.kind.is_office() => {
            let state = state.as_mut().ok_or(Reason::UnknownTask)?;
            state.worker_entries = state.worker_entries.saturating_add(1);
            Ok(state.capture(fact, Hand { employee, installation, sequence }))
        }
        Author::Office if fact.kind.is_office() => decide(state, fact),
        Author::Employee { .. } | Author::Office => Err(Reason::WrongAuthor),
    }
}

fn decide(state: &mut Option<TaskState>, fact: &Fact<'_>) -> Result<Option<Reason>, Reason> {
    match (fact.kind, state) {
        (Kind::TaskCreated, state) => {
            let created: Created = read(fact)?;
            if state.is_some() {
                return Ok(Some(Reason::AlreadyCreated));
            }
            *state = Some(TaskState::created(fact, &created));
            Ok(None)
        }
        (_, None) => Err(Reason::UnknownTask),
        (Kind::TaskStatusSet, Some(state)) => {
            let StatusSet { status } = read(fact)?;
            if status == state.status {
                return Ok(Some(Reason::AlreadySo));
            }
            state.set_status(fact, status);
            Ok(None)
        }
        (Kind::TaskAssigned, Some(state)) => {
            let Assigned { assignments } = read(fact)?;
            Ok(state.assign(fact, &assignments))
        }
        (_, Some(state)) => {
            let Noted { dismiss } = if fact.body.is_some() { read(fact)? } else { Noted::default() };
            state.attention.retain(|attention| !dismiss.contains(&attention.entry));
            Ok(None)
        }
    }
}

fn read<T: DeserializeOwned>(fact: &Fact<'_>) -> Result<T, Reason> {
    fact.body.and_then(|body| serde_json::from_str(body).ok()).ok_or(Reason::BodyUnreadable)
}

/// What the office decides.
impl TaskState {
    fn created(fact: &Fact<'_>, created: &Created) -> Self {
        let mut state = Self {
            status: created.status,
            decided: Decided { entry: fact.entry, at_us: fact.occurred_at_us, employee: None },
            office_status: created.status,
            office_at_us: fact.occurred_at_us,
            reports: Vec::new(),
            assignments: Vec::new(),
            attention: Vec::new(),
            started_at_us: None,
            ended_at_us: None,
            worker_entries: 0,
        };
        state.replace_assignments(fact, &created.assignments);
        state
    }

    fn set_status(&mut self, fact: &Fact<'_>, status: Status) {
        self.status = status;
        self.decided = Decided { entry: fact.entry, at_us: fact.occurred_at_us, employee: None };
        self.office_status = status;
        self.office_at_us = fact.occurred_at_us;
        self.reports.clear();
    }

    fn assign(&mut self, fact: &Fact<'_>, list: &[NewAssignment]) -> Option<Reason> {
        if !self.replace_assignments(fact, list) {
            return Some(Reason::AlreadySo);
        }
        // Somebody else is asked now; the refusal of those who were asked before must not outrank what they report
        if self.status == Status::Declined {
            self.set_status(fact, Status::New);
        }
        None
    }

    /// Ends the assignments that are not in `list` and begins those that are new. False when nothing changed.
    fn replace_assignments(&mut self, fact: &Fact<'_>, list: &[NewAssignment]) -> bool {
        let mut wanted: Vec<NewAssignment> = Vec::with_capacity(list.len());
        for new in list {
            if !wanted.iter().any(|one| one.employee == new.employee) {
                wanted.push(*new);
            }
        }
        let mut changed = false;
        for assignment in self.assignments.iter_mut().filter(|assignment| assignment.is_current()) {
            if !wanted.contains(&assignment.as_new()) {
                assignment.until_us = Some(fact.occurred_at_us);
                changed = true;
            }
        }
        for NewAssignment { employee, role } in wanted {
            if !self.is_assigned_to(employee) {
                self.assignments.push(Assignment {
                    employee,
                    role,
                    from_us: fact.occurred_at_us,
                    until_us: None,
                });
                changed = true;
            }
        }
        changed
    }
}

/// What workers capture.
impl TaskState {
    /// Takes in what `employee` captured; returns the reason when it is only noted.
    fn capture(&mut self, fact: &Fact<'_>, hand: Hand) -> Option<Reason> {
        let Hand { employee, installation, sequence } = hand;
        if fact.kind == Kind::TaskBlocked {
            self.raise(fact.entry, Reason::BlockedOutsideRadius, fact.occurred_at_us);
        }
        let stranger = self.objection_to_author(employee, fact.occurred_at_us);
        if !matches!(stranger, Some(Reason::FormerEmployee | Reason::NotAssigned)) {
            self.time_work(fact);
        }
        let reported = Status::of_entry(fact.kind);
        let objection = stranger.or_else(|| self.objection_to_work(reported, fact.occurred_at_us));
        match (objection, reported) {
            (Some(reason), _) => {
                if reason.needs_attention() {
                    self.raise(fact.entry, reason, fact.occurred_at_us);
                }
                Some(reason)
            }
            (None, Some(status)) => self.report(Report {
                entry: fact.entry,
                employee,
                status,
                at_us: fact.occurred_at_us,
                installation,
                sequence,
            }),
            (None, None) => None,
        }
    }

    fn time_work(&mut self, fact: &Fact<'_>) {
        let at_us = fact.occurred_at_us;
        match fact.kind {
            Kind::TaskStart => {
                self.started_at_us = Some(self.started_at_us.map_or(at_us, |first| first.min(at_us)));
            }
            Kind::TaskEnd => self.ended_at_us = Some(self.ended_at_us.map_or(at_us, |last| last.max(at_us))),
            _ => {}
        }
    }

    fn objection_to_author(&self, employee: Uuid, at_us: i64) -> Option<Reason> {
        if self.is_assigned_to(employee) {
            return None;
        }
        let (mut ever, mut lost_before, mut had_then) = (false, false, false);
        for assignment in self.assignments.iter().filter(|assignment| assignment.employee == employee) {
            let lost = assignment.until_us.is_some_and(|until_us| until_us <= at_us);
            ever = true;
            lost_before |= lost;
            had_then |= !lost && assignment.from_us <= at_us;
        }
        Some(match (ever, lost_before && !had_then) {
            (false, _) => Reason::NotAssigned,
            (true, true) => Reason::FormerEmployee,
            (true, false) => Reason::BeforeReassignment,
        })
    }

    /// Why what was captured at `at_us` cannot change a task that stands as the office decided. `reported` is the
    /// status it reports, if it reports one.
    fn objection_to_work(&self, reported: Option<Status>, at_us: i64) -> Option<Reason> {
        let before = at_us < self.office_at_us;
        if self.office_status.is_withdrawn() {
            return Some(if before { Reason::BeforeWithdrawal } else { Reason::AfterWithdrawal });
        }
        let objection = if before {
            // Forms, photos and ends of work contradict no status
            reported.map(|_| Reason::CapturedBeforeOfficeDecision)
        } else {
            self.office_status.is_terminal().then_some(Reason::AfterOfficeClose)
        };
        if objection.is_some() && reported == Some(self.office_status) {
            // Worker and office say the same; only by now another worker may have said something else
            let stands = self.status == self.office_status;
            return Some(if stands { Reason::AlreadySo } else { Reason::Late });
        }
        objection
    }

    /// Lays `report` over the office's decision; returns the reason when it is only noted.
    fn report(&mut self, report: Report) -> Option<Reason> {
        let ends_before = first_ends(&self.reports);
        let stood = self.status;
        if !self.reports.iter().any(|known| known.entry == report.entry) {
            let by_arrival = planted::is(Planted::FoldedByArrival);
            let place = self.reports.partition_point(|known| by_arrival || known.key() < report.key());
            self.reports.insert(place, report);
            self.forget_the_least();
        }
        if let Some(winner) = last(&self.reports) {
            self.status = winner.status;
            self.decided =
                Decided { entry: winner.entry, at_us: winner.at_us, employee: Some(winner.employee) };
        }
        // A terminal report that arrives late also casts doubt on what was captured after it and arrived before it
        let ends = first_ends(&self.reports);
        let is_new = |known: &Report, reason| {
            known.entry == report.entry || contradiction(&ends_before, known) != Some(reason)
        };
        let doubts: Vec<(Report, Reason)> = self
            .reports
            .iter()
            .filter_map(|known| Some((*known, contradiction(&ends, known)?)))
            .filter(|(known, reason)| is_new(known, *reason))
            .collect();
        for (known, reason) in doubts {
            self.raise(known.entry, reason, known.at_us);
        }
        if report.status == stood {
            Some(Reason::AlreadySo)
        } else if self.decided.entry == report.entry {
            None
        } else if contradiction(&ends, &report) == Some(Reason::AfterEnd) {
            Some(Reason::AfterEnd)
        } else {
            Some(Reason::Late)
        }
    }

    /// Keeps at most [`MAX_REPORTS`] reports: those with the greatest keys and the first of each way to end, whatever
    /// the order in which they arrived.
    fn forget_the_least(&mut self) {
        if self.reports.len() <= MAX_REPORTS {
            return;
        }
        let ends = first_ends(&self.reports);
        let least = self.reports.iter().position(|report| ends.iter().all(|end| end.entry != report.entry));
        if let Some(least) = least {
            self.reports.remove(least);
        }
    }
}

/// The report that gives the status: the last of those that end the task, or of all. An end outweighs what was captured
/// after it, about which the dispatcher is asked.
fn last(reports: &[Report]) -> Option<&Report> {
    let mut by_phone: Vec<&Report> = reports.iter().collect();
    by_phone.sort_unstable_by_key(|report| (report.installation, report.sequence, report.moment()));
    // Within one installation its sequence holds, whatever its clock said: nothing happened before what went before it
    let mut not_before: Option<(Uuid, i64)> = None;
    let placed = by_phone.into_iter().map(|report| {
        let at_us = match not_before {
            Some((installation, at_us)) if installation == report.installation => at_us.max(report.at_us),
            _ => report.at_us,
        };
        not_before = Some((report.installation, at_us));
        ((report.status.is_terminal(), at_us, report.sequence, report.entry), report)
    });
    placed.max_by_key(|(key, _)| *key).map(|(_, report)| report)
}

/// The earliest report of each terminal status. `reports` are ordered by key.
fn first_ends(reports: &[Report]) -> Vec<Report> {
    let mut ends: Vec<Report> = Vec::new();
    for report in reports.iter().filter(|report| report.status.is_terminal()) {
        if !ends.iter().any(|end| end.status == report.status) {
            ends.push(*report);
        }
    }
    ends
}

/// Why `report` contradicts an end captured before it. More reports never take a contradiction away.
fn contradiction(ends: &[Report], report: &Report) -> Option<Reason> {
    if report.status.is_terminal() {
        let contradicts = |end: &Report| end.status != report.status && end.key() < report.key();
        ends.iter().any(contradicts).then_some(Reason::ContradictingEnd)
    } else {
        ends.iter().any(|end| end.moment() < report.moment()).then_some(Reason::AfterEnd)
    }
}
