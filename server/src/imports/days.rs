//! Rows of non-working days: what lists of holidays leave out is completed, and their times and days of the week are put
//! where [`NonWorkingDays`](campo_protocol::model::non_working_days::NonWorkingDays) has them.

use jiff::civil::{Date, Time};
use serde_json::{Value, json};

use super::plan::document::set;

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Puts what cells of the field at `pointer` say: a day, the time of day beside it, or both. False when they say neither.
pub(super) fn set_when(main: &mut Value, pointer: &str, date: Option<Date>, time: Option<Time>) -> bool {
    let end = if pointer.starts_with("/from") { "/from" } else { "/to" };
    if let Some(date) = date {
        set(main, &format!("{end}_date"), date.to_string().into());
    }
    if let Some(time) = time {
        set(main, &format!("{end}_time"), time.to_string().into());
    }
    date.is_some() || time.is_some()
}

/// Completes a row: without a group or employee a day is everybody's, without a code it is named by its date and whom it is
/// for, and without a name as its code. Days of the week make it one that comes back each week, a time makes it a stretch
/// from the first day's time to the last day's.
pub(super) fn complete(main: &mut Value) {
    let mut code = main.get("from_date").and_then(Value::as_str).unwrap_or_default().to_owned();
    for pointer in ["groups", "employees"] {
        if let Some(named) = main.get(pointer).and_then(Value::as_str).map(str::to_owned) {
            code.push('-');
            code.push_str(named.strip_prefix("code:").unwrap_or(&named));
            main[pointer] = json!([named]);
        }
    }
    let weekdays = main.get("weekdays").map(|said| {
        let is_said = |day: &&str| said.get(day).is_some_and(|is| *is == true);
        WEEKDAYS.into_iter().filter(is_said).collect::<Vec<_>>()
    });
    let Some(members) = main.as_object_mut() else { return };
    let has_time = members.contains_key("from_time") || members.contains_key("to_time");
    if let Some(days) = weekdays.filter(|days| !days.is_empty()) {
        members.insert("weekdays".to_owned(), json!(days));
        members.entry("schedule_type").or_insert("weekly".into());
    } else {
        members.remove("weekdays");
        if has_time {
            members.entry("schedule_type").or_insert("period".into());
        }
    }
    if !members.contains_key("groups") && !members.contains_key("employees") {
        members.entry("whole_company").or_insert(true.into());
    }
    if !code.is_empty() {
        members.entry("code").or_insert(code.into());
    }
    if let Some(code) = members.get("code").cloned() {
        members.entry("name").or_insert(code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_whole_days_a_stretch_or_comes_back_each_week() {
        let complete = |mut row: Value| {
            complete(&mut row);
            row
        };
        assert_eq!(
            complete(json!({ "from_date": "2030-12-25" })),
            json!({ "from_date": "2030-12-25", "code": "2030-12-25", "name": "2030-12-25", "whole_company": true })
        );
        assert_eq!(
            complete(
                json!({ "code": "A", "from_date": "2030-12-24", "from_time": "13:00:00", "groups": "code:TRUJILLO" })
            ),
            json!({
                "code": "A", "name": "A", "from_date": "2030-12-24", "from_time": "13:00:00",
                "groups": ["code:TRUJILLO"], "schedule_type": "period",
            })
        );
        let weekly = complete(json!({
            "code": "B", "from_date": "2030-01-01", "weekdays": { "sunday": true, "monday": false, "saturday": true },
        }));
        assert_eq!(weekly["weekdays"], json!(["saturday", "sunday"]));
        assert_eq!(weekly["schedule_type"], "weekly");
        let none =
            complete(json!({ "code": "C", "from_date": "2030-01-01", "weekdays": { "sunday": false } }));
        assert!(none.get("weekdays").is_none() && none.get("schedule_type").is_none(), "{none}");
    }

    #[test]
    fn a_moment_is_a_day_and_a_time() {
        let mut row = json!({});
        assert!(set_when(
            &mut row,
            "/from_date",
            Some(Date::constant(2030, 1, 15)),
            Some(Time::constant(8, 30, 0, 0))
        ));
        assert!(set_when(&mut row, "/to_time", None, Some(Time::constant(18, 0, 0, 0))));
        assert!(!set_when(&mut row, "/to_date", None, None));
        assert_eq!(row, json!({ "from_date": "2030-01-15", "from_time": "08:30:00", "to_time": "18:00:00" }));
    }
}
