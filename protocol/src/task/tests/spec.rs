//! The rules a second time, over a whole history at once: nothing is folded, every question looks back over the list.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{Event, Kind, Outcome, Reason, Status, TaskState};

/// Which status a worker's entry reports, written down apart from the code.
pub(super) const REPORTS: [(Kind, Status); 16] = [
    (Kind::TaskAcknowledge, Status::Acknowledged),
    (Kind::TaskEnRoute, Status::EnRoute),
    (Kind::TaskArrive, Status::Arrived),
    (Kind::TaskLoad, Status::Loading),
    (Kind::TaskUnload, Status::Unloading),
    (Kind::TaskStart, Status::InProgress),
    (Kind::TaskSuspend, Status::Suspended),
    (Kind::TaskClose, Status::Closed),
    (Kind::TaskNotDone, Status::NotDone),
    (Kind::TaskDecline, Status::Declined),
    (Kind::TaskReview, Status::ReadyForReview),
    (Kind::TaskApproval, Status::ReadyForApproval),
    (Kind::TaskCustom1, Status::Custom1),
    (Kind::TaskCustom2, Status::Custom2),
    (Kind::TaskCustom3, Status::Custom3),
    (Kind::TaskCustom4, Status::Custom4),
];

/// Workers' entries in a task that report no status.
pub(super) const SILENT: [Kind; 4] = [Kind::TaskEnd, Kind::Form, Kind::Photo, Kind::TaskBlocked];

/// The office's entries about a task.
pub(super) const OFFICE: [Kind; 4] =
    [Kind::TaskCreated, Kind::TaskStatusSet, Kind::TaskAssigned, Kind::TaskNoted];

pub(super) fn reported(kind: Kind) -> Option<Status> {
    REPORTS.iter().find(|(one, _)| *one == kind).map(|(_, status)| *status)
}

pub(super) fn ends(status: Status) -> bool {
    [Status::Closed, Status::NotDone, Status::Declined].contains(&status)
}

pub(super) fn withdrawn(status: Status) -> bool {
    [Status::Canceled, Status::Draft].contains(&status)
}

/// What the rules say of a history.
#[derive(Debug, PartialEq)]
pub(super) struct Expected {
    pub(super) status: Option<Status>,
    pub(super) attention: BTreeSet<(u128, Reason)>,
    pub(super) worker_entries: i64,
    pub(super) last: (Outcome, Option<Reason>),
}

/// The same of a folded state.
pub(super) fn found(state: Option<&TaskState>, last: (Outcome, Option<Reason>)) -> Expected {
    let attention = state.map_or(&[][..], |state| &state.attention);
    Expected {
        status: state.map(|state| state.status),
        attention: attention.iter().map(|one| (one.entry.as_u128(), one.reason)).collect(),
        worker_entries: state.map_or(0, |state| state.worker_entries),
        last,
    }
}

/// A history looked back upon. Ids in it are unique.
struct Past<'a> {
    events: &'a [Event],
    /// Index, instant and status of each office decision on the status
    decisions: Vec<(usize, i64, Status)>,
    /// Index, instant and employees of each list of assignments
    lists: Vec<(usize, i64, Vec<Uuid>)>,
}

/// What the rules say after `events`.
pub(super) fn spec(events: &[Event]) -> Expected {
    let mut past = Past { events, decisions: Vec::new(), lists: Vec::new() };
    let mut raised: Vec<(usize, u128, Reason)> = Vec::new();
    let mut worker_entries = 0;
    let mut last = (Outcome::Applied, None);
    for (index, event) in events.iter().enumerate() {
        let in_task = reported(event.kind).is_some() || SILENT.contains(&event.kind);
        let known = !past.decisions.is_empty();
        last = match (event.who, OFFICE.contains(&event.kind)) {
            (None, true) => past.office(index),
            (Some(_), false) if in_task && known => past.worker(index, &mut raised),
            (Some(_), false) if in_task => (Outcome::SetAside, Some(Reason::UnknownTask)),
            _ if in_task || OFFICE.contains(&event.kind) => (Outcome::SetAside, Some(Reason::WrongAuthor)),
            _ => (Outcome::Applied, None),
        };
        worker_entries += i64::from(known && event.who.is_some() && last.0 != Outcome::SetAside);
    }
    raised.extend(past.contradictions());
    let dismissed = |raised_at: usize, id: u128| {
        let text = Uuid::from_u128(id).to_string();
        events[raised_at..].iter().any(|event| {
            event.kind == Kind::TaskNoted
                && event.who.is_none()
                && event.body.as_ref().is_some_and(|b| b.contains(&text))
        })
    };
    Expected {
        status: past.standing(events.len()).map(|(status, _)| status),
        attention: raised
            .into_iter()
            .filter(|(at, id, _)| !dismissed(*at, *id))
            .map(|(_, id, reason)| (id, reason))
            .collect(),
        worker_entries,
        last,
    }
}

impl Past<'_> {
    /// The status of the first `count` events, and the index of the entry that gave it.
    fn standing(&self, count: usize) -> Option<(Status, usize)> {
        let &(decision, _, status) = self.decisions.iter().rfind(|(index, ..)| *index < count)?;
        let reports = self.reports(decision, count);
        let mut winners: Vec<usize> = reports.iter().copied().filter(|one| ends(self.status(*one))).collect();
        if winners.is_empty() {
            winners.clone_from(&reports);
        }
        // What a phone captured happened after all that it captured before
        let not_before = |one: usize| {
            let event = &self.events[one];
            let own = reports.iter().map(|other| &self.events[*other]);
            let earlier = own.filter(|other| other.who == event.who && other.sequence() <= event.sequence());
            earlier.map(|other| other.at_us).max()
        };
        winners.sort_by_key(|one| (not_before(*one), self.events[*one].sequence()));
        Some(winners.last().map_or((status, decision), |one| (self.status(*one), *one)))
    }

    fn status(&self, index: usize) -> Status {
        reported(self.events[index].kind).unwrap()
    }

    /// The reports after `decision` that it lets count.
    fn reports(&self, decision: usize, count: usize) -> Vec<usize> {
        let &(_, decided_us, status) = self.decisions.iter().find(|(index, ..)| *index == decision).unwrap();
        let next = self.decisions.iter().map(|(index, ..)| *index).find(|index| *index > decision);
        let until = next.unwrap_or(count).min(count);
        (decision..until)
            .filter(|one| !ends(status) && !withdrawn(status) && self.events[*one].at_us >= decided_us)
            .filter(|one| reported(self.events[*one].kind).is_some() && self.stranger(*one).is_none())
            .collect()
    }

    fn assigned(&self, index: usize) -> &[Uuid] {
        self.lists.iter().rfind(|(at, ..)| *at < index).map_or(&[], |(_, _, list)| list)
    }

    /// Why the author of that entry may not report: not among those who had the task at its position.
    fn stranger(&self, index: usize) -> Option<Reason> {
        let event = &self.events[index];
        let Some(who) = event.who else { return Some(Reason::WrongAuthor) };
        if self.assigned(index).contains(&who) {
            return None;
        }
        let lists: Vec<_> = self.lists.iter().filter(|(at, ..)| *at < index).collect();
        // Each run of lists with the employee in it is a time at which they had the task
        let mut times: Vec<(i64, i64)> = Vec::new();
        let mut since = None;
        for (_, at_us, list) in lists {
            match (since, list.contains(&who)) {
                (None, true) => since = Some(*at_us),
                (Some(from_us), false) => {
                    times.push((from_us, *at_us));
                    since = None;
                }
                _ => {}
            }
        }
        if times.is_empty() {
            return Some(Reason::NotAssigned);
        }
        let theirs = times.iter().any(|(from_us, until_us)| (*from_us..*until_us).contains(&event.at_us));
        let never_lost_yet = times.iter().all(|(_, until_us)| event.at_us < *until_us);
        Some(if theirs || never_lost_yet { Reason::BeforeReassignment } else { Reason::FormerEmployee })
    }

    fn worker(&self, index: usize, raised: &mut Vec<(usize, u128, Reason)>) -> (Outcome, Option<Reason>) {
        let event = &self.events[index];
        let &(decision, decided_us, decided) = self.decisions.last().unwrap();
        let stood = self.standing(index).unwrap().0;
        let says = reported(event.kind);
        let after = event.at_us >= decided_us;
        let repeated = if says == Some(stood) { Reason::AlreadySo } else { Reason::Late };
        if event.kind == Kind::TaskBlocked {
            raised.push((index, event.id, Reason::BlockedOutsideRadius));
        }
        let objection = match self.stranger(index) {
            Some(reason) => Some(reason),
            None if withdrawn(decided) && after => Some(Reason::AfterWithdrawal),
            None if withdrawn(decided) => Some(Reason::BeforeWithdrawal),
            None if ends(decided) && says == Some(decided) => Some(repeated),
            None if ends(decided) && after => Some(Reason::AfterOfficeClose),
            None if !after && says == Some(decided) => Some(repeated),
            None if !after && says.is_some() => Some(Reason::CapturedBeforeOfficeDecision),
            None => None,
        };
        if let Some(reason) = objection {
            if ![Reason::AlreadySo, Reason::Late].contains(&reason) {
                raised.push((index, event.id, reason));
            }
            return (Outcome::Noted, Some(reason));
        }
        if says.is_none() || (says != Some(stood) && self.standing(index + 1).unwrap().1 == index) {
            return (Outcome::Applied, None);
        }
        let ended_before = self.reports(decision, index).into_iter().any(|one| {
            ends(self.status(one)) && self.events[one].moment() < event.moment() && !says.is_some_and(ends)
        });
        (Outcome::Noted, Some(if ended_before { Reason::AfterEnd } else { repeated }))
    }

    /// Every report captured after another end of the same period, with the position at which that became known.
    fn contradictions(&self) -> Vec<(usize, u128, Reason)> {
        let mut found: Vec<(usize, u128, Reason)> = Vec::new();
        for (decision, ..) in &self.decisions {
            let reports = self.reports(*decision, self.events.len());
            for &one in &reports {
                let event = &self.events[one];
                let both_end = ends(self.status(one));
                let known_at = reports
                    .iter()
                    .copied()
                    .filter(|end| ends(self.status(*end)) && self.status(*end) != self.status(one))
                    .filter(|end| self.events[*end].moment() < event.moment())
                    .map(|end| end.max(one))
                    .min();
                let reason = if both_end { Reason::ContradictingEnd } else { Reason::AfterEnd };
                found.extend(known_at.map(|at| (at, event.id, reason)));
            }
        }
        found
    }

    /// Takes in an office entry. Its body is read by looking for the words in it.
    fn office(&mut self, index: usize) -> (Outcome, Option<Reason>) {
        let event = &self.events[index];
        let stood = self.standing(index).map(|(status, _)| status);
        if stood.is_none() && event.kind != Kind::TaskCreated {
            return (Outcome::SetAside, Some(Reason::UnknownTask));
        }
        let body = event.body.clone().unwrap_or_default();
        let absent_and_may_be = event.kind == Kind::TaskNoted && event.body.is_none();
        if !body.ends_with('}') && !absent_and_may_be {
            return (Outcome::SetAside, Some(Reason::BodyUnreadable));
        }
        let status =
            Status::ALL.iter().copied().find(|s| body.contains(&format!("\"status\":\"{}\"", s.name())));
        let employees: Vec<Uuid> = [super::ANA, super::BEN, super::EVA]
            .into_iter()
            .filter(|id| body.contains(&id.to_string()))
            .collect();
        match event.kind {
            Kind::TaskCreated if stood.is_some() => return (Outcome::Noted, Some(Reason::AlreadyCreated)),
            Kind::TaskStatusSet if status == stood => return (Outcome::Noted, Some(Reason::AlreadySo)),
            Kind::TaskAssigned if self.assigned(index) == employees => {
                return (Outcome::Noted, Some(Reason::AlreadySo));
            }
            Kind::TaskAssigned => {
                self.lists.push((index, event.at_us, employees));
                if stood == Some(Status::Declined) {
                    self.decisions.push((index, event.at_us, Status::New));
                }
            }
            Kind::TaskStatusSet => self.decisions.push((index, event.at_us, status.unwrap())),
            Kind::TaskCreated => {
                self.lists.push((index, event.at_us, employees));
                self.decisions.push((index, event.at_us, status.unwrap()));
            }
            _ => {}
        }
        (Outcome::Applied, None)
    }
}
