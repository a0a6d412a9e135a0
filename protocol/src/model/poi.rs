//! Points of interest: customers' sites, places and areas.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Custom, Data, Kind, Link, MAX_CODE, MAX_LINKS, MAX_NAME, MAX_TEXT, Ref, Reference, State, basics,
    check_common, check_data, check_ref, is_default, link,
    place::{Address, Point},
};
use crate::{
    faults::{Faults, pointer},
    scope::Scope,
};

/// The most points of a polygon.
const MAX_POLYGON: usize = 2000;

/// A point of interest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Poi {
    /// The customer's own number, text compared exactly, unique among points of interest
    #[schema(example = "C-0042")]
    pub number: String,
    /// Name that people read
    pub name: String,
    /// What it is, at least one, each once; `poi` when left out
    #[serde(default = "only_poi")]
    pub kinds: Vec<PoiKind>,
    /// The point of interest above it; the server refuses a circle
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Ref>,
    /// True when others may stand below it
    #[serde(default, skip_serializing_if = "is_default")]
    pub is_parent: bool,
    /// Where it is
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Point>,
    /// The border of an area, in order; the last point is joined to the first. At least three different points
    #[serde(default, skip_serializing_if = "is_default")]
    pub polygon: Vec<Point>,
    /// Postal address
    #[serde(default, skip_serializing_if = "is_default")]
    pub address: Address,
    /// First telephone number, as written
    #[serde(default, skip_serializing_if = "is_default")]
    pub phone1: String,
    /// Second telephone number, as written
    #[serde(default, skip_serializing_if = "is_default")]
    pub phone2: String,
    /// Fax number, as written
    #[serde(default, skip_serializing_if = "is_default")]
    pub fax: String,
    /// E-mail addresses, as written
    #[serde(default, skip_serializing_if = "is_default")]
    pub email: String,
    /// The customer's categories, as written
    #[serde(default, skip_serializing_if = "is_default")]
    pub categories: String,
    /// Notes for the worker
    #[serde(default, skip_serializing_if = "is_default")]
    pub notes: String,
    /// The customer's own fields `data1` to `data40`
    #[serde(default, skip_serializing_if = "is_default")]
    pub data: Data,
    /// Whose phones have it
    #[serde(default, skip_serializing_if = "is_default")]
    pub links: PoiLinks,
    /// Whether it is in use
    #[serde(default)]
    pub state: State,
    /// Text under the customer's own names
    #[serde(default, skip_serializing_if = "is_default")]
    pub custom: Custom,
}

fn only_poi() -> Vec<PoiKind> {
    vec![PoiKind::Poi]
}

/// What a point of interest is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PoiKind {
    /// A place
    Poi,
    /// A customer
    Customer,
    /// An area
    Polygon,
    /// A distribution centre
    DistributionCenter,
    /// A distribution area
    DistributionArea,
}

impl PoiKind {
    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Poi => "poi",
            Self::Customer => "customer",
            Self::Polygon => "polygon",
            Self::DistributionCenter => "distribution_center",
            Self::DistributionArea => "distribution_area",
        }
    }
}

/// Whose phones have a point of interest.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PoiLinks {
    /// Employees
    #[serde(default, skip_serializing_if = "is_default")]
    pub employees: Vec<EmployeeLink>,
    /// Groups
    #[serde(default, skip_serializing_if = "is_default")]
    pub groups: Vec<GroupLink>,
}

/// A point of interest is on the phones of an employee.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EmployeeLink {
    /// The employee
    pub employee: Ref,
    /// True when every point of interest below it is there too
    #[serde(default, skip_serializing_if = "is_default")]
    pub recursive: bool,
}

/// A point of interest is on the phones of a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GroupLink {
    /// The group
    pub group: Ref,
    /// True when the groups below the group have it too, and every point of interest below it
    #[serde(default, skip_serializing_if = "is_default")]
    pub recursive: bool,
}

/// A scope that a point of interest is filed under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkScope {
    /// The scope
    pub scope: Scope,
    /// True when every point of interest below it is filed there too
    pub recursive: bool,
}

impl Poi {
    /// The scopes it is filed under by its own links, once they are resolved.
    ///
    /// The server makes the descent: a point of interest is filed under its own scopes and under the recursive ones of
    /// all above it.
    pub fn link_scopes(&self) -> Vec<LinkScope> {
        let employees = self.links.employees.iter().filter_map(|link| {
            Some(LinkScope { scope: Scope::Employee(link.employee.id()?), recursive: link.recursive })
        });
        let groups = self.links.groups.iter().filter_map(|link| {
            let id = link.group.id()?;
            let scope = if link.recursive { Scope::Tree(id) } else { Scope::Group(id) };
            Some(LinkScope { scope, recursive: link.recursive })
        });
        employees.chain(groups).collect()
    }

    /// True when latitude and longitude seem to be exchanged, see [`Point::looks_swapped`]: imports warn of it.
    pub fn looks_swapped(&self) -> bool {
        self.place.iter().chain(&self.polygon).any(Point::looks_swapped)
    }

    fn check_kinds(&self, faults: &mut Faults) {
        if self.kinds.is_empty() {
            faults.add("/kinds", "required", "", "at least one kind");
        }
        faults.check_unique(self.kinds.iter().map(|kind| kind.name()), |index| pointer("/kinds", index));
    }

    fn check_polygon(&self, faults: &mut Faults) {
        faults.check_count("/polygon", self.polygon.len(), MAX_POLYGON);
        for (index, point) in self.polygon.iter().enumerate() {
            point.check(faults, &pointer("/polygon", index));
        }
        let different = self
            .polygon
            .iter()
            .enumerate()
            .filter(|(index, point)| !self.polygon[..*index].contains(point))
            .take(3);
        if !self.polygon.is_empty() && different.count() < 3 {
            let found = format!("{} points", self.polygon.len());
            faults.add("/polygon", "too_few", &found, "at least 3 different points");
        }
    }

    fn check_links(&self, faults: &mut Faults) {
        faults.check_count("/links/employees", self.links.employees.len(), MAX_LINKS);
        faults.check_count("/links/groups", self.links.groups.len(), MAX_LINKS);
        for (index, link) in self.links.employees.iter().enumerate() {
            check_ref(faults, &format!("/links/employees/{index}/employee"), Some(&link.employee));
        }
        for (index, link) in self.links.groups.iter().enumerate() {
            check_ref(faults, &format!("/links/groups/{index}/group"), Some(&link.group));
        }
        let employees = self.links.employees.iter().map(|link| &link.employee);
        faults.check_unique(employees, |index| format!("/links/employees/{index}/employee"));
        let groups = self.links.groups.iter().map(|link| &link.group);
        faults.check_unique(groups, |index| format!("/links/groups/{index}/group"));
    }
}

impl Reference for Poi {
    basics!(Poi, number);

    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }

    fn parent(&self) -> Option<&Ref> {
        self.parent.as_ref()
    }

    fn links(&mut self) -> Vec<Link<'_>> {
        let employees = self.links.employees.iter_mut().enumerate().map(|(index, link)| Link {
            field: format!("/links/employees/{index}/employee"),
            kind: Kind::Employee,
            target: &mut link.employee,
        });
        let groups = self.links.groups.iter_mut().enumerate().map(|(index, link)| Link {
            field: format!("/links/groups/{index}/group"),
            kind: Kind::Group,
            target: &mut link.group,
        });
        link("/parent", Kind::Poi, self.parent.as_mut()).into_iter().chain(employees).chain(groups).collect()
    }

    fn check(&self, faults: &mut Faults) {
        check_common(faults, "/number", &self.number, "/name", &self.name, &self.custom);
        self.check_kinds(faults);
        check_ref(faults, "/parent", self.parent.as_ref());
        if let Some(place) = &self.place {
            place.check(faults, "/place");
        }
        self.check_polygon(faults);
        self.address.check(faults, "/address");
        faults.check_text("/phone1", &self.phone1, MAX_CODE);
        faults.check_text("/phone2", &self.phone2, MAX_CODE);
        faults.check_text("/fax", &self.fax, MAX_CODE);
        faults.check_text("/email", &self.email, MAX_NAME);
        faults.check_text("/categories", &self.categories, MAX_TEXT);
        faults.check_text("/notes", &self.notes, MAX_TEXT);
        check_data(faults, "/data", &self.data);
        self.check_links(faults);
    }

    /// Those of its own links; without links no phone has it but with a task at it. See [`Poi::link_scopes`].
    fn scopes(&self, _id: Uuid) -> Vec<Scope> {
        self.link_scopes().into_iter().map(|link| link.scope).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::testing::Subject;

    fn example() -> serde_json::Value {
        json!({
            "number": "C-0042",
            "name": "Bodega El Sol",
            "kinds": ["customer", "polygon"],
            "parent": "code:C-1",
            "is_parent": true,
            "place": {"latitude": -12.05, "longitude": -77.05},
            "polygon": [
                {"latitude": -12.0, "longitude": -77.0},
                {"latitude": -12.1, "longitude": -77.0},
                {"latitude": -12.1, "longitude": -77.1}
            ],
            "address": {
                "street": "Sample Street",
                "house_number": "100 B",
                "city": "Lima",
                "state": "Lima",
                "zip": "15001",
                "text": "Sample Street 100 B, Lima"
            },
            "phone1": "1",
            "phone2": "2",
            "fax": "3",
            "email": "a@example.com; b@example.com",
            "categories": "A,B",
            "notes": "timbre",
            "data": {"data1": "x", "data40": "line\nbreak"},
            "links": {
                "employees": [{"employee": "code:ZZ1001"}],
                "groups": [{"group": "code:NORTH", "recursive": true}]
            },
            "state": "enabled",
            "custom": {"a": "b"}
        })
    }

    #[test]
    fn points_of_interest_are_checked() {
        Subject::new(Poi::check, example()).check(&[
            (json!({"number": null}), &[("/number", "required")]),
            (json!({"name": ""}), &[("/name", "required")]),
            (json!({"kinds": []}), &[("/kinds", "required")]),
            (json!({"kinds": ["poi", "POI"]}), &[("/kinds/1", "unknown_value")]),
            (json!({"kinds": ["poi", "poi"]}), &[("/kinds/1", "repeated")]),
            (json!({"place": {"latitude": -91}}), &[("/place/latitude", "out_of_range")]),
            (json!({"place": {"longitude": 180.1}}), &[("/place/longitude", "out_of_range")]),
            (json!({"place": {"longitude": null}}), &[("/place/longitude", "required")]),
            (json!({"place": {"latitude": "-12,05"}}), &[("/place/latitude", "wrong_type")]),
            (json!({"polygon": [{"latitude": 1, "longitude": 1}]}), &[("/polygon", "too_few")]),
            (
                json!({"polygon": [
                    {"latitude": 1, "longitude": 1}, {"latitude": 2, "longitude": 2}, {"latitude": 1, "longitude": 1}
                ]}),
                &[("/polygon", "too_few")],
            ),
            (json!({"address": {"city": "x".repeat(301)}}), &[("/address/city", "too_long")]),
            (json!({"address": {"ciudad": "x"}}), &[("/address/ciudad", "unknown_field")]),
            (json!({"data": {"data41": "x"}}), &[("/data/data41", "unknown_field")]),
            (json!({"data": {"data1": 5}}), &[("/data/data1", "wrong_type")]),
            (
                json!({"links": {"employees": [{"employee": "code:a"}, {"employee": "code:a"}]}}),
                &[("/links/employees/1/employee", "repeated")],
            ),
            (json!({"links": {"groups": [{"group": "x"}]}}), &[("/links/groups/0/group", "invalid_value")]),
            (json!({"links": {"groups": [{"employee": "code:a"}]}}), &[
                ("/links/groups/0/employee", "unknown_field"),
                ("/links/groups/0/group", "required"),
            ]),
        ]);
    }

    #[test]
    fn a_point_of_interest_is_filed_under_its_links() {
        let id = Uuid::from_u128;
        let mut poi: Poi = serde_json::from_value(json!({
            "number": "1", "name": "x",
            "links": {
                "employees": [{"employee": id(1)}, {"employee": id(2), "recursive": true}],
                "groups": [{"group": id(3)}, {"group": id(4), "recursive": true}, {"group": "code:unresolved"}]
            }
        }))
        .unwrap();
        let expected = [
            (Scope::Employee(id(1)), false),
            (Scope::Employee(id(2)), true),
            (Scope::Group(id(3)), false),
            (Scope::Tree(id(4)), true),
        ];
        assert_eq!(poi.link_scopes(), expected.map(|(scope, recursive)| LinkScope { scope, recursive }));
        assert_eq!(poi.scopes(id(9)), expected.map(|(scope, _)| scope));
        assert_eq!(poi.kinds, [PoiKind::Poi]);
        assert_eq!(poi.links().len(), 5);
    }

    #[test]
    fn exchanged_coordinates_are_a_warning_and_not_a_fault() {
        let mut poi: Poi = serde_json::from_value(example()).unwrap();
        assert!(!poi.looks_swapped());
        poi.place = Some(Point { latitude: -77.05, longitude: -12.05 });
        let mut faults = Faults::default();
        poi.check(&mut faults);
        assert!(faults.is_empty() && poi.looks_swapped());
    }
}
