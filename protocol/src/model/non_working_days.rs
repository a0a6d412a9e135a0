//! Days on which the company, a group or an employee does not work: holidays, leave, closed afternoons.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Custom, Kind, Link, MAX_TEXT, Ref, Reference, State,
    applicability::{check_dates, check_for_whom},
    basics, check_common, is_default, links_of,
};
use crate::{
    civil::{CivilDate, TimeOfDay, check_zone},
    faults::{Faults, pointer},
    scope::Scope,
};

/// Days or hours without work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NonWorkingDays {
    /// Stable code, unique among non-working days
    #[schema(example = "CHRISTMAS-2030")]
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
    /// How dates, times and weekdays are meant together
    #[serde(default)]
    pub schedule_type: ScheduleType,
    /// The first day
    pub from_date: CivilDate,
    /// The last day, included; without one only the first day, or for `weekly` for ever
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_date: Option<CivilDate>,
    /// When it begins; without one at the beginning of the day. Not for `days`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_time: Option<TimeOfDay>,
    /// When it ends, not included; without one at the end of the day. Not for `days`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_time: Option<TimeOfDay>,
    /// The days of the week, for `weekly` only, each once
    #[serde(default, skip_serializing_if = "is_default")]
    pub weekdays: Vec<Weekday>,
    /// The IANA zone of dates and times; without one that of each employee
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "America/Lima")]
    pub zone: Option<String>,
    /// Notes
    #[serde(default, skip_serializing_if = "is_default")]
    pub notes: String,
    /// Whether it is in use
    #[serde(default)]
    pub state: State,
    /// Text under the customer's own names
    #[serde(default, skip_serializing_if = "is_default")]
    pub custom: Custom,
}

/// How dates, times and weekdays are meant together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleType {
    /// Whole days, from the first to the last
    #[default]
    Days,
    /// One stretch, from the first day's time to the last day's time
    Period,
    /// On the named weekdays between the dates, each time between the times
    Weekly,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// Monday
    Monday,
    /// Tuesday
    Tuesday,
    /// Wednesday
    Wednesday,
    /// Thursday
    Thursday,
    /// Friday
    Friday,
    /// Saturday
    Saturday,
    /// Sunday
    Sunday,
}

impl Weekday {
    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Monday => "monday",
            Self::Tuesday => "tuesday",
            Self::Wednesday => "wednesday",
            Self::Thursday => "thursday",
            Self::Friday => "friday",
            Self::Saturday => "saturday",
            Self::Sunday => "sunday",
        }
    }
}

impl NonWorkingDays {
    fn check_times(&self, faults: &mut Faults) {
        if self.schedule_type == ScheduleType::Days {
            for (field, time) in [("/from_time", self.from_time), ("/to_time", self.to_time)] {
                if let Some(time) = time {
                    faults.add(
                        field,
                        "not_applicable",
                        &time.to_string(),
                        "no times where whole days are meant",
                    );
                }
            }
            return;
        }
        let same_day = self.schedule_type == ScheduleType::Weekly
            || self.to_date.is_none_or(|to_date| to_date == self.from_date);
        if let (true, Some(from), Some(to)) = (same_day, self.from_time, self.to_time)
            && to <= from
        {
            faults.add("/to_time", "end_before_start", &to.to_string(), format!("after {from}"));
        }
    }

    fn check_weekdays(&self, faults: &mut Faults) {
        match (self.schedule_type, self.weekdays.is_empty()) {
            (ScheduleType::Weekly, true) => {
                faults.add("/weekdays", "required", "", "at least one day of the week");
            }
            (ScheduleType::Days | ScheduleType::Period, false) => {
                faults.add("/weekdays", "not_applicable", "", "days of the week for `weekly` only");
            }
            _ => {}
        }
        faults.check_unique(self.weekdays.iter().map(|day| day.name()), |index| pointer("/weekdays", index));
    }
}

impl Reference for NonWorkingDays {
    basics!(NonWorkingDays, code);

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
        self.check_times(faults);
        self.check_weekdays(faults);
        if let Some(zone) = &self.zone {
            check_zone(faults, "/zone", zone);
        }
        faults.check_text("/notes", &self.notes, MAX_TEXT);
    }

    /// Those for whom they hold: the account, the trees of the groups, the employees.
    fn scopes(&self, _id: Uuid) -> Vec<Scope> {
        if self.whole_company {
            return vec![Scope::Account];
        }
        let groups = self.groups.iter().filter_map(Ref::id).map(Scope::Tree);
        groups.chain(self.employees.iter().filter_map(Ref::id).map(Scope::Employee)).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::testing::Subject;

    fn example() -> serde_json::Value {
        json!({
            "code": "FRIDAYS",
            "name": "Viernes por la tarde",
            "groups": ["code:NORTH"],
            "employees": ["code:ZZ1001"],
            "schedule_type": "weekly",
            "from_date": "2030-01-15",
            "to_date": "2030-12-31",
            "from_time": "14:00:00",
            "to_time": "18:00:00",
            "weekdays": ["friday", "saturday"],
            "zone": "America/Lima",
            "notes": "x",
            "state": "enabled",
            "custom": {"a": "b"}
        })
    }

    #[test]
    fn non_working_days_are_checked() {
        Subject::new(NonWorkingDays::check, example()).check(&[
            (json!({"code": null}), &[("/code", "required")]),
            (json!({"groups": null, "employees": null}), &[("/whole_company", "required")]),
            (json!({"whole_company": true}), &[("/whole_company", "not_applicable")]),
            (json!({"whole_company": true, "groups": null, "employees": []}), &[]),
            (json!({"whole_company": "1"}), &[("/whole_company", "wrong_type")]),
            (json!({"employees": ["code:a", "code:a"]}), &[("/employees/1", "repeated")]),
            (json!({"schedule_type": "monthly"}), &[("/schedule_type", "unknown_value")]),
            (json!({"from_date": null}), &[("/from_date", "required")]),
            (json!({"from_date": "15/01/2030"}), &[("/from_date", "invalid_value")]),
            (json!({"from_date": "1030-01-15"}), &[("/from_date", "out_of_range")]),
            (json!({"to_date": "2029-12-31"}), &[("/to_date", "end_before_start")]),
            (json!({"to_date": null}), &[]),
            (json!({"to_time": "14:00"}), &[("/to_time", "end_before_start")]),
            (json!({"to_time": "24:00"}), &[("/to_time", "invalid_value")]),
            (json!({"weekdays": []}), &[("/weekdays", "required")]),
            (json!({"weekdays": ["friday", "friday"]}), &[("/weekdays/1", "repeated")]),
            (json!({"weekdays": ["viernes"]}), &[("/weekdays/0", "unknown_value")]),
            (json!({"schedule_type": "period", "weekdays": null, "to_time": "01:00"}), &[]),
            (json!({"schedule_type": "period"}), &[("/weekdays", "not_applicable")]),
            (
                json!({"schedule_type": "days", "weekdays": null, "to_time": null}),
                &[("/from_time", "not_applicable")],
            ),
            (json!({"zone": "Lima"}), &[("/zone", "unknown_zone")]),
        ]);
    }

    #[test]
    fn non_working_days_are_filed_under_those_for_whom_they_hold() {
        let id = Uuid::from_u128;
        let mut days: NonWorkingDays = serde_json::from_value(example()).unwrap();
        assert_eq!(days.links().len(), 2);
        days.groups = vec![Ref::Id(id(1))];
        days.employees = vec![Ref::Id(id(2))];
        assert_eq!(days.scopes(id(9)), [Scope::Tree(id(1)), Scope::Employee(id(2))]);
        days.whole_company = true;
        assert_eq!(days.scopes(id(9)), [Scope::Account]);
    }
}
