//! What differs from kind to kind: who may see and change it, where it stands in the API, and what holds it.

use campo_protocol::{
    model::{
        Kind, Reference, catalogue::CatalogueItem, employee::Employee, form::FormDefinition, group::Group,
        non_working_days::NonWorkingDays, place::Point, poi::Poi, profile::EmployeeProfile,
        task_type::TaskType, work_order::WorkOrder, working_time_rules::WorkingTimeRules,
    },
    scope::Scope,
};

use crate::access::{
    Permission,
    permissions::{
        ClosePeriods, ManageDefinitions, ManageEmployees, ManagePois, ManageTasks, ViewDefinitions,
        ViewEmployees, ViewPois, ViewTasks, ViewTimesheets,
    },
};

/// A kind of object that the server keeps.
pub trait Kept: Reference + PartialEq {
    /// What a caller needs to read it
    type View: Permission;
    /// What a caller needs to change it
    type Manage: Permission;

    /// Its part of the API's paths, plural
    const PATH: &'static str;
    /// The member that holds the code
    const CODE: &'static str = "code";
    /// The member of answers that holds the version of the object; another name where the kind has a `version` itself
    const VERSION: &'static str = "version";
    /// The kind of [`Reference::parent`]
    const PARENT: Option<Kind> = None;
    /// True when it stands in a table, see [`Self::table`]
    const HAS_TABLE: bool = false;
    /// Links of enabled objects that keep one of this kind from being removed: their kind and the field that names it
    const HELD_BY: &'static [(Kind, &'static str)] = &[];

    /// Sets what follows from how it was `before` the edit.
    fn follow(&mut self, before: &Self) {
        let _ = before;
    }

    /// The customer's table that it stands in, where it is of a kind that stands in one.
    fn table(&self) -> Option<&str> {
        None
    }

    /// The scopes under which everything below it in the tree of its kind is filed too.
    fn handed_down(&self) -> Vec<Scope> {
        Vec::new()
    }

    /// Where it is.
    fn place(&self) -> Option<Point> {
        None
    }
}

impl Kept for Group {
    type View = ViewEmployees;
    type Manage = ManageEmployees;
    const PATH: &'static str = "groups";
    const PARENT: Option<Kind> = Some(Kind::Group);
    const HELD_BY: &'static [(Kind, &'static str)] = &[(Kind::Employee, "/group"), (Kind::Group, "/parent")];
}

impl Kept for EmployeeProfile {
    type View = ViewEmployees;
    type Manage = ManageEmployees;
    const PATH: &'static str = "employee-profiles";
    const HELD_BY: &'static [(Kind, &'static str)] = &[(Kind::Employee, "/profile")];
}

impl Kept for Employee {
    type View = ViewEmployees;
    type Manage = ManageEmployees;
    const PATH: &'static str = "employees";
    const CODE: &'static str = "number";
    const PARENT: Option<Kind> = Some(Kind::Group);
}

impl Kept for TaskType {
    type View = ViewDefinitions;
    type Manage = ManageDefinitions;
    const PATH: &'static str = "task-types";
}

impl Kept for Poi {
    type View = ViewPois;
    type Manage = ManagePois;
    const PATH: &'static str = "pois";
    const CODE: &'static str = "number";
    const PARENT: Option<Kind> = Some(Kind::Poi);
    const HELD_BY: &'static [(Kind, &'static str)] = &[(Kind::Poi, "/parent")];

    fn handed_down(&self) -> Vec<Scope> {
        self.link_scopes().into_iter().filter(|link| link.recursive).map(|link| link.scope).collect()
    }

    fn place(&self) -> Option<Point> {
        self.place
    }
}

impl Kept for WorkOrder {
    type View = ViewTasks;
    type Manage = ManageTasks;
    const PATH: &'static str = "work-orders";
    const CODE: &'static str = "number";
}

impl Kept for FormDefinition {
    type View = ViewDefinitions;
    type Manage = ManageDefinitions;
    const PATH: &'static str = "forms";
    const VERSION: &'static str = "object_version";
    const HELD_BY: &'static [(Kind, &'static str)] = &[(Kind::TaskType, "/required_forms")];

    /// Its version rises when its fields change, and only then: a filled form says which fields it answers.
    fn follow(&mut self, before: &Self) {
        self.version = if self.fields == before.fields {
            before.version
        } else {
            self.version.max(before.version.saturating_add(1))
        };
    }
}

impl Kept for CatalogueItem {
    type View = ViewDefinitions;
    type Manage = ManageDefinitions;
    const PATH: &'static str = "catalogue-items";
    const HAS_TABLE: bool = true;

    fn table(&self) -> Option<&str> {
        Some(&self.table)
    }
}

impl Kept for NonWorkingDays {
    type View = ViewEmployees;
    type Manage = ManageEmployees;
    const PATH: &'static str = "non-working-days";
}

impl Kept for WorkingTimeRules {
    type View = ViewTimesheets;
    type Manage = ClosePeriods;
    const PATH: &'static str = "working-time-rules";
}
