//! Employees, and where they are.

use std::collections::HashMap;

use campo_protocol::model::{
    Ref, Reference, State,
    employee::{Employee, Language},
    group::Group,
    profile::EmployeeProfile,
};
use campo_soap::value::Value;
use uuid::Uuid;

use super::{
    answer::{Done, Refused},
    call::Call,
    dates,
    describe::ResultCode,
    tasks::{missing, not_found},
};
use crate::{
    access::permissions::{ViewEmployees, ViewEntries},
    api::page::PageQuery,
    entries::last_place::last_place,
    objects::{self, Filter, Kept, Object, States},
};

pub(super) async fn list(call: &mut Call<'_>) -> Result<Done, Refused> {
    let states = match call.parameters.choice("employeeStatus")? {
        Some("Deleted") => States::Deleted,
        Some("All") => States::All,
        _ => States::Enabled,
    };
    let employees = all::<Employee>(call, states).await?;
    let known = Known {
        groups: named(&all::<Group>(call, States::All).await?),
        profiles: named(&all::<EmployeeProfile>(call, States::All).await?),
        numbers: named(&employees),
    };
    Ok(Done::with("Result", employees.iter().map(|employee| shown(employee, &known)).collect::<Value>()))
}

async fn all<K: Kept<View = ViewEmployees>>(
    call: &Call<'_>,
    states: States,
) -> Result<Vec<Object<K>>, Refused> {
    let allowed = call.allow::<ViewEmployees>()?;
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let (query, filter) = (PageQuery { after, limit: Some(500) }, Filter { states, ..Filter::default() });
        let page = objects::list::<K>(&call.app.db, &allowed, &filter, &query).await?;
        found.extend(page.items);
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// What employees name, by id: code and name.
struct Known {
    groups: Names,
    profiles: Names,
    numbers: Names,
}

type Names = HashMap<Uuid, (String, String)>;

fn named<K: Reference>(objects: &[Object<K>]) -> Names {
    let named = |one: &Object<K>| (one.id, (one.object.code().to_owned(), one.object.name().into_owned()));
    objects.iter().map(named).collect()
}

fn shown(employee: &Object<Employee>, known: &Known) -> Value {
    let Object { object, .. } = employee;
    let of =
        |names: &Names, target: Option<&Ref>| target.and_then(Ref::id).and_then(|id| names.get(&id).cloned());
    let code_and_name =
        |(code, name): (String, String)| Value::record([("Name", name.into()), ("Code", code.into())]);
    let group = of(&known.groups, Some(&object.group));
    let manager = of(&known.numbers, object.manager.as_ref()).map(|(number, _)| number);
    let skills =
        object.skills.iter().map(|skill| (skill.code.clone(), skill.name.clone())).map(code_and_name);
    Value::record([
        ("FirstName", object.first_name.as_str().into()),
        ("LastName", object.last_name.as_str().into()),
        ("Name", object.name().into_owned().into()),
        ("EmployeeNum", object.number.as_str().into()),
        ("UniqueID", employee.id.to_string().into()),
        ("Status", if object.state == State::Enabled { "Enabled" } else { "Deleted" }.into()),
        ("MobileMsisdn", object.phone_number.as_str().into()),
        ("TelephoneMobile", object.phone_number.as_str().into()),
        ("GroupName", group.clone().map(|(_, name)| name).into()),
        ("Email", object.email.as_str().into()),
        ("UILanguage", if object.language == Language::Es { "es" } else { "en" }.into()),
        ("Profile", of(&known.profiles, object.profile.as_ref()).map_or(Value::Nil, code_and_name)),
        ("Skills", skills.collect()),
        ("Manager", manager.into()),
        ("Group", group.map_or(Value::Nil, code_and_name)),
    ])
}

/// The last known place of an employee, by number or by that of the phone.
pub(super) async fn location(call: &mut Call<'_>) -> Result<Done, Refused> {
    let employee = found(call).await?;
    let allowed = call.allow::<ViewEntries>()?;
    let last = last_place(&call.app.db, &allowed, employee).await?;
    let Some(last) = last else {
        return Err(Refused::because(ResultCode::MobileDevicePositionIsUnknown, "no_place", ""));
    };
    let age_s = (call.app.environment.now_us() - last.occurred_us).max(0) / 1_000_000;
    Ok(Done {
        code: None,
        fields: vec![
            ("X".to_owned(), last.place.longitude.into()),
            ("Y".to_owned(), last.place.latitude.into()),
            ("TimeStamp".to_owned(), dates::written_instant(last.occurred_us, &call.zone).into()),
            ("TimeStampAge".to_owned(), age_s.min(i64::from(i32::MAX)).into()),
        ],
    })
}

async fn found(call: &Call<'_>) -> Result<Uuid, Refused> {
    let allowed = call.allow::<ViewEmployees>()?;
    if let Some(number) = call.parameters.word("employeeNumber") {
        let found = objects::get::<Employee>(&call.app.db, &allowed, &Ref::of_code(number)).await;
        return Ok(found.map_err(|problem| not_found(ResultCode::EmployeeNumberNotFound, problem))?.id);
    }
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let number = digits(call.parameters.word("mobileNumber").ok_or_else(|| missing("employeeNumber"))?);
    let employees = all::<Employee>(call, States::Enabled).await?;
    let same =
        |employee: &&Object<Employee>| !number.is_empty() && digits(&employee.object.phone_number) == number;
    let found = employees.iter().find(same).map(|employee| employee.id);
    found.ok_or_else(|| Refused::because(ResultCode::InvalidMobileNumber, "no_such_phone", number))
}
