//! Rules of working time: by what the law or a contract cuts it, from a day on.
//!
//! A change of law is another object that begins on its day; nothing has to be edited on that day, and the days before
//! stay cut as they were.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Custom, Kind, Link, MAX_CODE, Ref, Reference, State,
    applicability::{check_dates, check_for_whom},
    basics, check_common, is_default, links_of,
    non_working_days::Weekday,
};
use crate::{
    civil::{CivilDate, TimeOfDay},
    faults::{Faults, pointer},
    scope::Scope,
    shift::rules::{DEFAULT_LONGEST_MINUTES, MAX_LONGEST_MINUTES, Night, Terms},
};

/// The minutes of a day.
const DAY_MINUTES: f64 = 1440.0;
/// The most kinds of break that count as working time.
const MAX_BREAK_KINDS: usize = 100;

/// By what working time is cut, from a day on, for the whole company, groups or employees. Rules that name an employee
/// go before those of a group, those of a nearer group before those of one above it, and all of these before those of
/// the whole company; of equals the ones that began last hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorkingTimeRules {
    /// Stable code, unique among rules of working time
    #[schema(example = "LEY-2026")]
    pub code: String,
    /// What they are called
    pub name: String,
    /// True when they hold for everybody; otherwise groups or employees are named
    #[serde(default, skip_serializing_if = "is_default")]
    pub whole_company: bool,
    /// The groups, with those below them, for which they hold
    #[serde(default, skip_serializing_if = "is_default")]
    pub groups: Vec<Ref>,
    /// The employees for whom they hold
    #[serde(default, skip_serializing_if = "is_default")]
    pub employees: Vec<Ref>,
    /// The first day
    pub from_date: CivilDate,
    /// The last day, included; without one for ever
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_date: Option<CivilDate>,
    /// When the night begins, by the clock where the shift began; without one no time is of the night
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "22:00:00")]
    pub night_from: Option<TimeOfDay>,
    /// When the night ends, not included
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "06:00:00")]
    pub night_to: Option<TimeOfDay>,
    /// How many minutes of a day are ordinary; what is worked beyond is extra
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 480)]
    pub ordinary_minutes_per_day: Option<i64>,
    /// How many minutes of a week are ordinary, of those that are not extra by their day
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 2880)]
    pub ordinary_minutes_per_week: Option<i64>,
    /// The day on which the week begins
    #[serde(default = "monday")]
    pub week_starts: Weekday,
    /// The longest shift, in minutes: an open one takes no punches behind it
    #[serde(default = "longest")]
    pub longest_shift_minutes: i64,
    /// The codes of breaks that count as working time, besides those of the employee's profile
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(example = json!(["REST"]))]
    pub paid_break_kinds: Vec<String>,
    /// Whether they are in use
    #[serde(default)]
    pub state: State,
    /// Text under the customer's own names
    #[serde(default, skip_serializing_if = "is_default")]
    pub custom: Custom,
}

const fn monday() -> Weekday {
    Weekday::Monday
}

const fn longest() -> i64 {
    DEFAULT_LONGEST_MINUTES
}

impl WorkingTimeRules {
    /// What they cut by.
    pub fn terms(&self) -> Terms {
        Terms {
            night: self.night_from.zip(self.night_to).map(|(from, to)| Night { from, to }),
            ordinary_minutes_per_day: self.ordinary_minutes_per_day,
            ordinary_minutes_per_week: self.ordinary_minutes_per_week,
            week_starts: self.week_starts,
            longest_shift_minutes: self.longest_shift_minutes,
            paid_break_kinds: self.paid_break_kinds.clone(),
        }
    }

    fn check_terms(&self, faults: &mut Faults) {
        match (self.night_from, self.night_to) {
            (Some(_), None) => faults.add("/night_to", "required", "", "both ends of the night"),
            (None, Some(_)) => faults.add("/night_from", "required", "", "both ends of the night"),
            (Some(from), Some(to)) if from == to => {
                faults.add("/night_to", "out_of_range", &to.to_string(), "another time than the beginning");
            }
            _ => {}
        }
        for (field, minutes, most) in [
            ("/ordinary_minutes_per_day", self.ordinary_minutes_per_day, DAY_MINUTES),
            ("/ordinary_minutes_per_week", self.ordinary_minutes_per_week, 7.0 * DAY_MINUTES),
        ] {
            if let Some(minutes) = minutes {
                faults.check_range(field, minutes as f64, 0.0, most);
            }
        }
        let most = MAX_LONGEST_MINUTES as f64;
        faults.check_range("/longest_shift_minutes", self.longest_shift_minutes as f64, 60.0, most);
        faults.check_count("/paid_break_kinds", self.paid_break_kinds.len(), MAX_BREAK_KINDS);
        for (index, code) in self.paid_break_kinds.iter().enumerate() {
            faults.check_required_text(&pointer("/paid_break_kinds", index), code, MAX_CODE);
        }
        faults.check_unique(&self.paid_break_kinds, |index| pointer("/paid_break_kinds", index));
    }
}

impl Reference for WorkingTimeRules {
    basics!(WorkingTimeRules, code);

    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }

    fn links(&mut self) -> Vec<Link<'_>> {
        links_of("/groups", Kind::Group, &mut self.groups)
            .chain(links_of("/employees", Kind::Employee, &mut self.employees))
            .collect()
    }

    fn check(&self, faults: &mut Faults) {
        check_common(faults, "/code", &self.code, "/name", &self.name, &self.custom);
        check_for_whom(faults, self.whole_company, &self.groups, &self.employees);
        check_dates(faults, self.from_date, self.to_date);
        self.check_terms(faults);
    }

    /// None: phones do not cut working time.
    fn scopes(&self, _id: Uuid) -> Vec<Scope> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::testing::Subject;

    fn example() -> serde_json::Value {
        json!({
            "code": "LEY-2026",
            "name": "Jornada de 44 horas",
            "groups": ["code:NORTH"],
            "employees": ["code:ZZ1001"],
            "from_date": "2026-04-26",
            "to_date": "2027-04-25",
            "night_from": "22:00:00",
            "night_to": "06:00:00",
            "ordinary_minutes_per_day": 480,
            "ordinary_minutes_per_week": 2640,
            "week_starts": "monday",
            "longest_shift_minutes": 960,
            "paid_break_kinds": ["REST"],
            "state": "enabled",
            "custom": {"a": "b"}
        })
    }

    #[test]
    fn rules_of_working_time_are_checked() {
        Subject::new(WorkingTimeRules::check, example()).check(&[
            (json!({"code": null}), &[("/code", "required")]),
            (json!({"name": " "}), &[("/name", "required")]),
            (json!({"groups": null, "employees": null}), &[("/whole_company", "required")]),
            (json!({"whole_company": true}), &[("/whole_company", "not_applicable")]),
            (json!({"whole_company": true, "groups": null, "employees": []}), &[]),
            (json!({"from_date": null}), &[("/from_date", "required")]),
            (json!({"from_date": "26/04/2026"}), &[("/from_date", "invalid_value")]),
            (json!({"from_date": "1026-04-26"}), &[("/from_date", "out_of_range")]),
            (json!({"to_date": "2026-04-25"}), &[("/to_date", "end_before_start")]),
            (json!({"to_date": null, "night_from": null, "night_to": null}), &[]),
            (json!({"night_to": null}), &[("/night_to", "required")]),
            (json!({"night_from": null}), &[("/night_from", "required")]),
            (json!({"night_from": "06:00"}), &[("/night_to", "out_of_range")]),
            (json!({"ordinary_minutes_per_day": 1441}), &[("/ordinary_minutes_per_day", "out_of_range")]),
            (json!({"ordinary_minutes_per_week": -1}), &[("/ordinary_minutes_per_week", "out_of_range")]),
            (json!({"week_starts": "lunes"}), &[("/week_starts", "unknown_value")]),
            (json!({"longest_shift_minutes": 59}), &[("/longest_shift_minutes", "out_of_range")]),
            (json!({"longest_shift_minutes": 2881}), &[("/longest_shift_minutes", "out_of_range")]),
            (json!({"paid_break_kinds": ["A", "A"]}), &[("/paid_break_kinds/1", "repeated")]),
            (json!({"paid_break_kinds": [""]}), &[("/paid_break_kinds/0", "required")]),
            (json!({"nigth_from": "22:00"}), &[("/nigth_from", "unknown_field")]),
        ]);
    }

    #[test]
    fn rules_become_the_terms_that_time_is_cut_by() {
        let mut rules: WorkingTimeRules = serde_json::from_value(example()).unwrap();
        assert_eq!(rules.links().len(), 2);
        assert!(rules.scopes(Uuid::from_u128(7)).is_empty());
        let terms = rules.terms();
        assert_eq!(terms.night.map(|night| night.to.to_string()).as_deref(), Some("06:00:00"));
        assert_eq!(
            (terms.ordinary_minutes_per_day, terms.ordinary_minutes_per_week),
            (Some(480), Some(2640))
        );
        let least: WorkingTimeRules =
            serde_json::from_value(json!({"code": "A", "name": "A", "from_date": "2026-01-01"})).unwrap();
        assert_eq!(least.terms(), Terms::default());
    }
}
