//! For whom and when something of the office holds: what holidays, leave and rules of working time have in common.

use super::{Ref, check_refs};
use crate::{civil::CivilDate, faults::Faults};

/// Refuses what holds neither for the whole company nor for somebody, or for both.
pub(super) fn check_for_whom(faults: &mut Faults, whole_company: bool, groups: &[Ref], employees: &[Ref]) {
    check_refs(faults, "/groups", groups);
    check_refs(faults, "/employees", employees);
    match (whole_company, groups.is_empty() && employees.is_empty()) {
        (false, true) => {
            faults.add("/whole_company", "required", "", "the whole company, groups or employees");
        }
        (true, false) => {
            let expected = "either the whole company, or groups and employees";
            faults.add("/whole_company", "not_applicable", "true", expected);
        }
        _ => {}
    }
}

/// Refuses dates that are none, and an end before the beginning.
pub(super) fn check_dates(faults: &mut Faults, from_date: CivilDate, to_date: Option<CivilDate>) {
    from_date.check(faults, "/from_date");
    let Some(to_date) = to_date else { return };
    to_date.check(faults, "/to_date");
    if to_date < from_date {
        let expected = format!("not before {from_date}");
        faults.add("/to_date", "end_before_start", &to_date.to_string(), expected);
    }
}
