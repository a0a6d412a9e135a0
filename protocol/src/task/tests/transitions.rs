//! Every pair of status and entry kind, in every situation, and the table of them that people read.

use std::{fmt::Write as _, fs, path::Path};

use super::{
    ANA, BEN, EVA, Event, Folded, Kind, Outcome, Reason, Status, assigned, by, created, noted, run,
    spec::{OFFICE, REPORTS, SILENT, ends, reported, withdrawn},
    status_set,
};

const CREATED: i64 = 0;
const BEFORE: i64 = 10;
const DECIDED: i64 = 20;
const AFTER: i64 = 30;

/// Workers' kinds in a task.
fn worker_kinds() -> Vec<Kind> {
    REPORTS.iter().map(|(kind, _)| *kind).chain(SILENT).collect()
}

/// A task that the office brought to `status` at [`DECIDED`], held by Ana and Ben.
fn by_the_office(status: Status) -> Vec<Event> {
    let first = if status == Status::New { Status::Sent } else { Status::New };
    vec![created(first, &[ANA, BEN], CREATED), status_set(status, DECIDED)]
}

/// A task that Ben brought to `status` at [`DECIDED`]; none for the statuses that workers cannot report.
fn by_a_worker(status: Status) -> Option<Vec<Event>> {
    let (kind, _) = REPORTS.iter().find(|(_, one)| *one == status)?;
    Some(vec![created(Status::New, &[ANA, BEN], CREATED), by(BEN, *kind, DECIDED)])
}

/// Checks what becomes of `last` behind `history`: reason and status, and the attention that it raises beside that of
/// a blocked attempt (entries are numbered from 1).
fn check(history: &[Event], last: &Event, expected: (Option<Reason>, Status), attention: &[(u128, Reason)]) {
    let events = [history.to_vec(), vec![last.clone()]].concat();
    let id = events.len() as u128;
    let folded = run(events.clone());
    let state = folded.state.unwrap();
    assert_eq!((folded.reason, state.status), expected, "{events:#?}");
    assert_eq!(folded.outcome == Outcome::Applied, folded.reason.is_none(), "{events:#?}");
    let mut attention = attention.to_vec();
    if last.kind == Kind::TaskBlocked {
        attention.push((id, Reason::BlockedOutsideRadius));
    }
    attention.sort_unstable();
    let mut shown: Vec<_> = state.attention.iter().map(|one| (one.entry.as_u128(), one.reason)).collect();
    shown.sort_unstable();
    assert_eq!(shown, attention, "{events:#?}");
}

/// Runs `body` for every status and every kind that a worker captures in a task.
fn for_all_pairs(body: impl Fn(Status, Kind, Option<Status>)) {
    for status in Status::ALL {
        for kind in worker_kinds() {
            body(*status, kind, reported(kind));
        }
    }
}

#[test]
fn transitions_in_order_after_the_office() {
    for_all_pairs(|status, kind, says| {
        let (reason, then) = match says {
            _ if withdrawn(status) => (Some(Reason::AfterWithdrawal), status),
            Some(says) if says == status => (Some(Reason::AlreadySo), status),
            _ if ends(status) => (Some(Reason::AfterOfficeClose), status),
            Some(says) => (None, says),
            None => (None, status),
        };
        let raised = reason.filter(|reason| *reason != Reason::AlreadySo).map(|reason| (3, reason));
        for at_us in [DECIDED, AFTER] {
            check(&by_the_office(status), &by(ANA, kind, at_us), (reason, then), raised.as_slice());
        }
    });
}

#[test]
fn transitions_captured_before_the_office_decided() {
    for_all_pairs(|status, kind, says| {
        let reason = match says {
            _ if withdrawn(status) => Some(Reason::BeforeWithdrawal),
            Some(says) if says == status => Some(Reason::AlreadySo),
            Some(_) => Some(Reason::CapturedBeforeOfficeDecision),
            None => None,
        };
        let raised = reason.filter(|reason| *reason != Reason::AlreadySo).map(|reason| (3, reason));
        check(&by_the_office(status), &by(ANA, kind, BEFORE), (reason, status), raised.as_slice());
    });
}

#[test]
fn transitions_in_order_after_a_worker() {
    for_all_pairs(|status, kind, says| {
        let Some(history) = by_a_worker(status) else { return };
        let (reason, then, raised) = match says {
            None => (None, status, None),
            Some(says) if says == status => (Some(Reason::AlreadySo), status, None),
            Some(says) if ends(status) && ends(says) => (None, says, Some(Reason::ContradictingEnd)),
            Some(_) if ends(status) => (Some(Reason::AfterEnd), status, Some(Reason::AfterEnd)),
            Some(says) => (None, says, None),
        };
        let raised = raised.map(|reason| (3, reason));
        check(&history, &by(ANA, kind, AFTER), (reason, then), raised.as_slice());
    });
}

#[test]
fn transitions_that_arrive_late_after_a_worker() {
    for_all_pairs(|status, kind, says| {
        let Some(history) = by_a_worker(status) else { return };
        let (reason, then, raised) = match says {
            None => (None, status, None),
            Some(says) if says == status => (Some(Reason::AlreadySo), status, None),
            Some(says) if ends(says) && ends(status) => {
                (Some(Reason::Late), status, Some(Reason::ContradictingEnd))
            }
            Some(says) if ends(says) => (None, says, Some(Reason::AfterEnd)),
            Some(_) => (Some(Reason::Late), status, None),
        };
        // What is contradicted is Ben's entry, which had arrived before
        let raised = raised.map(|reason| (2, reason));
        check(&history, &by(ANA, kind, BEFORE), (reason, then), raised.as_slice());
    });
}

#[test]
fn transitions_captured_twice() {
    for_all_pairs(|status, kind, says| {
        let mut history = by_the_office(status);
        history.push(by(ANA, kind, AFTER));
        let first = run(history.clone());
        let first_state = first.state.unwrap();
        let reason = if says == Some(first_state.status) { Some(Reason::AlreadySo) } else { first.reason };
        let mut attention: Vec<_> =
            first_state.attention.iter().map(|one| (one.entry.as_u128(), one.reason)).collect();
        attention.extend(reason.filter(|reason| *reason != Reason::AlreadySo).map(|reason| (4, reason)));
        check(&history, &by(BEN, kind, AFTER + 1), (reason, first_state.status), &attention);
    });
}

#[test]
fn transitions_after_withdrawal() {
    for_all_pairs(|status, kind, _| {
        for withdrawal in [Status::Canceled, Status::Draft] {
            for mut history in [Some(by_the_office(status)), by_a_worker(status)].into_iter().flatten() {
                if status == withdrawal {
                    continue;
                }
                history.push(status_set(withdrawal, AFTER));
                for (at_us, reason) in [
                    (BEFORE, Reason::BeforeWithdrawal),
                    (AFTER - 1, Reason::BeforeWithdrawal),
                    (AFTER, Reason::AfterWithdrawal),
                ] {
                    check(&history, &by(ANA, kind, at_us), (Some(reason), withdrawal), &[(4, reason)]);
                }
            }
        }
    });
}

#[test]
fn transitions_by_those_who_do_not_have_the_task() {
    for_all_pairs(|status, kind, _| {
        for mut history in [Some(by_the_office(status)), by_a_worker(status)].into_iter().flatten() {
            history.push(assigned(&[BEN], AFTER));
            // Given to somebody else, a declined task is new
            let status = if status == Status::Declined { Status::New } else { status };
            for (who, at_us, reason) in [
                (ANA, CREATED - 1, Reason::BeforeReassignment),
                (ANA, BEFORE, Reason::BeforeReassignment),
                (ANA, AFTER - 1, Reason::BeforeReassignment),
                (ANA, AFTER, Reason::FormerEmployee),
                (EVA, BEFORE, Reason::NotAssigned),
                (EVA, AFTER + 1, Reason::NotAssigned),
            ] {
                check(&history, &by(who, kind, at_us), (Some(reason), status), &[(4, reason)]);
            }
        }
    });
}

#[test]
fn transitions_by_the_office() {
    for from in Status::ALL {
        for history in [Some(by_the_office(*from)), by_a_worker(*from)].into_iter().flatten() {
            for to in Status::ALL {
                let reason = (from == to).then_some(Reason::AlreadySo);
                check(&history, &status_set(*to, AFTER), (reason, *to), &[]);
                check(&history, &created(*to, &[EVA], AFTER), (Some(Reason::AlreadyCreated), *from), &[]);
            }
            let declined = *from == Status::Declined;
            let then = if declined { Status::New } else { *from };
            check(&history, &assigned(&[EVA], AFTER), (None, then), &[]);
            check(&history, &assigned(&[], AFTER), (None, then), &[]);
            check(&history, &assigned(&[BEN, ANA], AFTER), (Some(Reason::AlreadySo), *from), &[]);
            check(&history, &noted(&[1], AFTER), (None, *from), &[]);
        }
    }
}

#[test]
fn transitions_by_the_wrong_author_or_of_an_unknown_task_are_set_aside() {
    for kind in Kind::ALL {
        let in_task = worker_kinds().contains(kind);
        let of_office = OFFICE.contains(kind);
        let worker = by(ANA, *kind, AFTER);
        let mut desk = status_set(Status::Closed, AFTER);
        desk.kind = *kind;
        for history in [vec![], by_the_office(Status::InProgress)] {
            let before = run(history.clone());
            let after = |event: &Event| run([history.clone(), vec![event.clone()]].concat());
            let set_aside = |folded: Folded, reason| {
                assert_eq!((folded.outcome, folded.reason), (Outcome::SetAside, Some(reason)), "{kind:?}");
                assert_eq!((&folded.state, folded.changed), (&before.state, false), "{kind:?}");
            };
            if in_task {
                set_aside(after(&desk), Reason::WrongAuthor);
                if history.is_empty() {
                    set_aside(after(&worker), Reason::UnknownTask);
                }
            } else if of_office {
                set_aside(after(&worker), Reason::WrongAuthor);
                if history.is_empty() && *kind != Kind::TaskCreated {
                    set_aside(after(&desk), Reason::UnknownTask);
                }
            } else {
                // Such as a clock-in at the task's place: another fold's, and never refused by this one
                for event in [&worker, &desk] {
                    let folded = after(event);
                    assert_eq!((folded.outcome, folded.reason), (Outcome::Applied, None), "{kind:?}");
                    assert_eq!(folded.state.map(|s| s.status), before.state.as_ref().map(|s| s.status));
                }
            }
        }
    }
}

fn cell(history: &[Event], last: Event) -> String {
    let before = run(history.to_vec()).state.unwrap();
    let folded = run([history.to_vec(), vec![last]].concat());
    let after = folded.state.unwrap();
    let mut text = match folded.reason {
        Some(reason) => reason.name().to_owned(),
        None if after.status == before.status => "applied".to_owned(),
        None => format!("**{}**", after.status.name()),
    };
    if after.attention != before.attention {
        text.push_str(" !");
    }
    text
}

fn table(title: &str, rows: &[(Status, Vec<Event>)]) -> String {
    let mut columns: Vec<(String, Event)> =
        worker_kinds().iter().map(|kind| (kind.name().to_owned(), by(ANA, *kind, AFTER))).collect();
    columns.push(("task.status_set closed".to_owned(), status_set(Status::Closed, AFTER)));
    columns.push(("task.assigned others".to_owned(), assigned(&[EVA], AFTER)));
    columns.push(("task.noted".to_owned(), noted(&[], AFTER)));
    columns.push(("task.created".to_owned(), created(Status::New, &[], AFTER)));
    let mut text = format!("\n## {title}\n\n| status |");
    for (name, _) in &columns {
        write!(text, " {} |", name.trim_start_matches("task.")).unwrap();
    }
    write!(text, "\n|---|{}", "---|".repeat(columns.len())).unwrap();
    for (status, history) in rows {
        write!(text, "\n| {} |", status.name()).unwrap();
        for (_, event) in &columns {
            write!(text, " {} |", cell(history, event.clone())).unwrap();
        }
    }
    text.push('\n');
    text
}

#[test]
fn the_written_table_of_transitions_is_what_the_code_does() {
    let update = "UPDATE_GENERATED=1 cargo test -p campo-protocol transitions";
    let by_office: Vec<_> = Status::ALL.iter().map(|status| (*status, by_the_office(*status))).collect();
    let by_worker: Vec<_> =
        Status::ALL.iter().filter_map(|status| Some((*status, by_a_worker(*status)?))).collect();
    let text = format!(
        "# What becomes of a task's entries that arrive in order\n\n\
         Made by `{update}`; the rules are in `mod.rs`.\n\n\
         A row is the status that stands, a column an entry captured and arriving after it, by somebody who has the\n\
         task or by the office. **bold**: the status that stands then. `applied`: it has its effect, the status stays.\n\
         Anything else is noted, with that reason. `!`: the dispatcher is shown it.\n{}{}",
        table("The office set the status", &by_office),
        table("A worker reported the status", &by_worker),
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/task/transitions.md");
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == text, "{} is out of date; write it anew with: {update}", path.display());
}
