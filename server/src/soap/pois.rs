//! Points of interest.

use std::collections::{HashMap, hash_map::Entry};

use campo_protocol::{
    model::{
        Ref, Reference as _, State,
        employee::Employee,
        place::Point,
        poi::{EmployeeLink, Poi, PoiKind},
    },
    text::sort_key,
};
use campo_soap::value::Value;
use geo::{Contains as _, Coord, LineString, Polygon};
use serde_json::{Map, json};
use uuid::Uuid;

use super::{
    answer::{Done, Refused},
    call::Call,
    dates,
    describe::ResultCode,
    tasks::{missing, not_found, operation},
};
use crate::{
    access::permissions::{ManagePois, ViewEmployees, ViewPois},
    api::{edit::IfMatch, page::PageQuery},
    objects::{self, Filter, Object, States},
    problem::{Code, Problem},
    scheduler::Class,
    tasks::save::Operation,
};

/// The most points that a list answers; whoever has more asks REST for pages.
const MAX_LISTED: usize = 50_000;

/// Parameters that are the same there and here, by the member that they fill.
const TEXTS: [(&str, &str); 12] = [
    ("street", "/address/street"),
    ("houseNum", "/address/house_number"),
    ("city", "/address/city"),
    ("state", "/address/state"),
    ("zip", "/address/zip"),
    ("name", "/name"),
    ("phone1", "/phone1"),
    ("phone2", "/phone2"),
    ("fax", "/fax"),
    ("categories", "/categories"),
    ("email", "/email"),
    ("pointData", "/custom/point_data"),
];

/// Creates or changes a point of interest. What is not sent stays.
pub(super) async fn save(call: &mut Call<'_>) -> Result<Done, Refused> {
    let parameters = call.parameters;
    let number = parameters.word("customerNumber").ok_or_else(|| missing("customerNumber"))?;
    let operation = operation(parameters.choice("operation")?);
    let mut document = document(call, number)?;
    let parent = parameters.text("parentPoi").map(str::trim);
    let lacks_parent = match parent {
        None => false,
        Some("") => {
            document.insert("parent".to_owned(), serde_json::Value::Null);
            false
        }
        Some(parent) => match parent_of(call, parent).await? {
            Some(found) => {
                document.insert("parent".to_owned(), json!(found));
                false
            }
            None => true,
        },
    };
    let allowed = call.allow::<ManagePois>()?;
    let mut write = call.app.log.begin(&allowed, Class::Office).await?;
    let saved =
        objects::save_many::<Poi>(&mut write, &allowed, of(operation), &[document.into()]).await?.pop();
    saved.unwrap_or_else(|| Err(Code::Internal.into())).map_err(refused)?;
    write.commit().await?;
    if lacks_parent {
        call.remark("parent_not_found", parent.unwrap_or_default());
        return Ok(Done {
            code: Some(ResultCode::PoiCreatedWithoutParentPoiParentNotFound),
            fields: Vec::new(),
        });
    }
    Ok(Done::nothing())
}

const fn of(operation: Operation) -> objects::Operation {
    match operation {
        Operation::AutoSelect => objects::Operation::AutoSelect,
        Operation::Create => objects::Operation::Create,
        Operation::Update => objects::Operation::Update,
    }
}

fn document(call: &mut Call<'_>, number: &str) -> Result<Map<String, serde_json::Value>, Refused> {
    let parameters = call.parameters;
    let mut document = Map::from_iter([("number".to_owned(), json!(number))]);
    for (name, path) in TEXTS {
        let Some(text) = parameters.text(name).map(str::trim) else { continue };
        let (outer, inner) =
            path[1..].split_once('/').map_or((&path[1..], None), |(outer, inner)| (outer, Some(inner)));
        match inner {
            None if outer == "name" && text.is_empty() => {}
            None => drop(document.insert(outer.to_owned(), json!(text))),
            Some(inner) => {
                let value = if text.is_empty() { serde_json::Value::Null } else { json!(text) };
                let members = document.entry(outer).or_insert_with(|| json!({}));
                members[inner] = value;
            }
        }
    }
    let kinds = parameters.choices("type")?;
    if !kinds.is_empty() {
        document
            .insert("kinds".to_owned(), kinds.into_iter().map(|kind| json!(kind_of(kind).name())).collect());
    }
    let data: Map<_, _> = (1..=30)
        .map(|number| format!("data{number}"))
        .filter_map(|name| {
            let text = parameters.text(&name)?;
            Some((name, json!(Some(text).filter(|text| !text.is_empty()))))
        })
        .collect();
    if !data.is_empty() {
        document.insert("data".to_owned(), data.into());
    }
    if let Some(is_parent) = parameters.boolean("isParent")? {
        document.insert("is_parent".to_owned(), json!(is_parent));
    }
    if let (Some(longitude), Some(latitude)) = (parameters.degrees("x")?, parameters.degrees("y")?)
        && (longitude, latitude) != (0.0, 0.0)
    {
        let place = Point { latitude, longitude };
        if place.looks_swapped() {
            call.remark("swapped", &format!("{latitude}, {longitude}"));
        }
        document.insert("place".to_owned(), json!(place));
    }
    Ok(document)
}

/// The point that a parent is named by: its number, or else its name.
async fn parent_of(call: &Call<'_>, text: &str) -> Result<Option<Ref>, Refused> {
    let allowed = call.allow::<ViewPois>()?;
    let code = Ref::of_code(text);
    match objects::get::<Poi>(&call.app.db, &allowed, &code).await {
        Ok(found) => return Ok(Some(Ref::Id(found.id))),
        Err(problem) if problem.code() == Code::NotFound => {}
        Err(problem) => return Err(problem.into()),
    }
    let filter = Filter { search: Some(text.to_owned()), ..Filter::default() };
    let query = PageQuery { after: None, limit: Some(500) };
    let found = objects::list::<Poi>(&call.app.db, &allowed, &filter, &query).await?;
    let wanted = sort_key(text);
    let same_name = |poi: &&Object<Poi>| sort_key(&poi.object.name()) == wanted;
    Ok(found.items.iter().find(same_name).map(|poi| Ref::Id(poi.id)))
}

pub(super) async fn remove(call: &mut Call<'_>) -> Result<Done, Refused> {
    let number = call.parameters.word("customerNumber").ok_or_else(|| missing("customerNumber"))?;
    let allowed = call.allow::<ManagePois>()?;
    let mut write = call.app.log.begin(&allowed, Class::Office).await?;
    objects::remove::<Poi>(&mut write, &allowed, &Ref::of_code(number), &IfMatch::Any)
        .await
        .map_err(refused)?;
    write.commit().await?;
    Ok(Done::nothing())
}

/// Puts a point on the phones of an employee.
pub(super) async fn link(call: &mut Call<'_>) -> Result<Done, Refused> {
    change_links(call, |links, employee, recursive| {
        links.retain(|link| link.employee != employee);
        links.push(EmployeeLink { employee, recursive });
        true
    })
    .await
}

/// Takes a point from the phones of an employee.
pub(super) async fn unlink(call: &mut Call<'_>) -> Result<Done, Refused> {
    change_links(call, |links, employee, _| {
        let before = links.len();
        links.retain(|link| link.employee != employee);
        links.len() < before
    })
    .await
}

async fn change_links(
    call: &mut Call<'_>,
    change: impl FnOnce(&mut Vec<EmployeeLink>, Ref, bool) -> bool + Send,
) -> Result<Done, Refused> {
    let parameters = call.parameters;
    let number = parameters.word("customerNumber").ok_or_else(|| missing("customerNumber"))?;
    let employee = parameters.word("employeeNumber").ok_or_else(|| missing("employeeNumber"))?;
    let recursive = parameters.choice("options")? == Some("Recursive");
    let people = call.allow::<ViewEmployees>()?;
    let found = objects::get::<Employee>(&call.app.db, &people, &Ref::of_code(employee)).await;
    let employee = found.map_err(|problem| not_found(ResultCode::EmployeeNumberNotFound, problem))?.id;
    let allowed = call.allow::<ManagePois>()?;
    let mut write = call.app.log.begin(&allowed, Class::Office).await?;
    let reference = Ref::of_code(number);
    let mut changed = false;
    let edit = objects::edit::merge_with::<Poi>(&mut write, &allowed, &reference, |poi| {
        let mut links = poi.links.employees.clone();
        changed = change(&mut links, Ref::Id(employee), recursive);
        json!({ "links": { "employees": links } })
    });
    edit.await.map_err(refused)?;
    if !changed {
        return Err(Refused::because(ResultCode::PointOfInterestForEmployeeNotFound, "missing_link", number));
    }
    write.commit().await?;
    Ok(Done::nothing())
}

pub(super) async fn list(call: &mut Call<'_>) -> Result<Done, Refused> {
    let states = match call.parameters.choice("statusMask")? {
        Some("Deleted") => States::Deleted,
        Some("All") => States::All,
        _ => States::Enabled,
    };
    let mask = call.parameters.choices("typeMask")?;
    listed(call, states, |poi| in_mask(poi, &mask)).await
}

/// The areas that contain a place.
pub(super) async fn around(call: &mut Call<'_>) -> Result<Done, Refused> {
    let mask = call.parameters.choices("typeMask")?;
    let (x, y) = (call.parameters.degrees("x")?, call.parameters.degrees("y")?);
    let (x, y) = (x.ok_or_else(|| missing("x"))?, y.ok_or_else(|| missing("y"))?);
    let point = Coord { x, y };
    listed(call, States::Enabled, |poi| in_mask(poi, &mask) && contains(poi, point)).await
}

fn contains(poi: &Poi, point: Coord) -> bool {
    if poi.polygon.len() < 3 {
        return false;
    }
    let corners = poi.polygon.iter().map(|corner| Coord { x: corner.longitude, y: corner.latitude });
    let border: LineString = corners.collect();
    Polygon::new(border, Vec::new()).contains(&point)
}

async fn listed(call: &Call<'_>, states: States, wanted: impl Fn(&Poi) -> bool) -> Result<Done, Refused> {
    let allowed = call.allow::<ViewPois>()?;
    let (mut found, mut after): (Vec<Object<Poi>>, _) = (Vec::new(), None);
    loop {
        let (query, filter) = (PageQuery { after, limit: Some(500) }, Filter { states, ..Filter::default() });
        let page = objects::list::<Poi>(&call.app.db, &allowed, &filter, &query).await?;
        found.extend(page.items.into_iter().filter(|poi| wanted(&poi.object)));
        if found.len() > MAX_LISTED {
            return Err(Refused::because(
                ResultCode::TooMuchDataToProcess,
                "too_much",
                MAX_LISTED.to_string(),
            ));
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let parents = parents(call, &found).await?;
    Ok(Done::with("Result", found.iter().map(|poi| shown(poi, &parents)).collect::<Value>()))
}

type Parents = HashMap<Uuid, String>;

/// The numbers of the points above: most are among those that are listed.
async fn parents(call: &Call<'_>, found: &[Object<Poi>]) -> Result<Parents, Refused> {
    let allowed = call.allow::<ViewPois>()?;
    let mut numbers: Parents = found.iter().map(|poi| (poi.id, poi.object.number.clone())).collect();
    for id in found.iter().filter_map(|poi| poi.object.parent.as_ref()?.id()) {
        if let Entry::Vacant(place) = numbers.entry(id) {
            let parent = objects::get::<Poi>(&call.app.db, &allowed, &Ref::Id(id)).await?;
            place.insert(parent.object.number);
        }
    }
    Ok(numbers)
}

fn shown(poi: &Object<Poi>, parents: &Parents) -> Value {
    let Object { object, .. } = poi;
    let address = &object.address;
    let kinds: Vec<_> = object.kinds.iter().copied().map(office_track_kind).collect();
    let parent = object.parent.as_ref().and_then(Ref::id).and_then(|id| parents.get(&id));
    let mut value = Value::record([
        ("Name", object.name.as_str().into()),
        ("Street", address.street.as_str().into()),
        ("HouseNum", address.house_number.as_str().into()),
        ("City", address.city.as_str().into()),
        ("State", address.state.as_str().into()),
        ("Zip", address.zip.as_str().into()),
        ("Y", object.place.map(|place| place.latitude).into()),
        ("X", object.place.map(|place| place.longitude).into()),
        ("Phone1", object.phone1.as_str().into()),
        ("Phone2", object.phone2.as_str().into()),
        ("Fax", object.fax.as_str().into()),
        ("Type", kinds.join(" ").into()),
        ("CustomerNumber", object.number.as_str().into()),
        ("ParentPoi", parent.map(String::as_str).into()),
        ("Categories", object.categories.as_str().into()),
        ("PointData", object.custom.get("point_data").map(String::as_str).into()),
        ("Email", object.email.as_str().into()),
        ("IsParent", object.is_parent.into()),
        ("TypeArray", kinds.into_iter().collect()),
        ("Status", if object.state == State::Enabled { "Enabled" } else { "Deleted" }.into()),
        ("CreationDateUtc", dates::written_utc(poi.created_us).into()),
        ("ModificationDateUtc", dates::written_utc(poi.updated_us).into()),
    ]);
    for number in 1..=30 {
        if let Some(text) = object.data.get(&format!("data{number}")) {
            value = value.with(&format!("Data{number}"), text.as_str());
        }
    }
    value
}

fn kind_of(name: &str) -> PoiKind {
    match name {
        "Customer" => PoiKind::Customer,
        "Polygon" => PoiKind::Polygon,
        "DistributionCenter" => PoiKind::DistributionCenter,
        "DistributionArea" => PoiKind::DistributionArea,
        _ => PoiKind::Poi,
    }
}

const fn office_track_kind(kind: PoiKind) -> &'static str {
    match kind {
        PoiKind::Poi => "POI",
        PoiKind::Customer => "Customer",
        PoiKind::Polygon => "Polygon",
        PoiKind::DistributionCenter => "DistributionCenter",
        PoiKind::DistributionArea => "DistributionArea",
    }
}

/// True when a point is of a type that the mask names; no mask names all.
fn in_mask(poi: &Poi, mask: &[&str]) -> bool {
    let has = |kind| poi.kinds.contains(&kind);
    let is_area = has(PoiKind::Polygon) || !poi.polygon.is_empty();
    let fits = |name: &&str| match *name {
        "All" => true,
        "AllExceptPolygon" => !is_area,
        "AllPolygons" => is_area,
        "DistributionTypeMask" => has(PoiKind::DistributionCenter) || has(PoiKind::DistributionArea),
        name => has(kind_of(name)),
    };
    mask.is_empty() || mask.iter().any(fits)
}

/// What a problem with a point of interest is called.
fn refused(problem: Problem) -> Refused {
    let of_employee = |problem: &Problem| {
        let mut faults = problem.faults().iter();
        faults.any(|fault| fault.field.starts_with("/links/employees") && fault.code == "unknown_reference")
    };
    match problem.code() {
        Code::ValidationFailed if of_employee(&problem) => {
            Refused::of(ResultCode::EmployeeNumberNotFound, problem)
        }
        Code::AlreadyExists => Refused::of(ResultCode::ValidationError, problem),
        _ => not_found(ResultCode::CustomerNumberNotFound, problem),
    }
}
