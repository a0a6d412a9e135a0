//! What the rows of a file become.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the rows of a file become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportMakes)]
pub enum Makes {
    /// Tasks, and where the template says so their points of interest
    Tasks,
    /// Points of interest
    Pois,
    /// Employees
    Employees,
    /// Groups of employees
    Groups,
    /// Days without work
    NonWorkingDays,
    /// Items of the look-up tables that forms choose from, and of the catalogue (the table `catalogue`). A column or a
    /// constant says the table; the code of a row is its own in that table
    CatalogueItems,
}

impl Makes {
    /// Everything that rows can become.
    pub(crate) const ALL: [Self; 6] =
        [Self::Tasks, Self::Pois, Self::Employees, Self::Groups, Self::NonWorkingDays, Self::CatalogueItems];

    /// The fields that say which thing a row is, the first one that is filled.
    pub(super) const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Tasks => &["external_number", "task_number"],
            Self::Pois | Self::Employees => &["number"],
            Self::Groups | Self::NonWorkingDays | Self::CatalogueItems => &["code"],
        }
    }

    /// The fields that a column or a constant must fill, since nothing stands for them by itself.
    pub(super) const fn needed(self) -> &'static [&'static str] {
        match self {
            Self::CatalogueItems => &["table"],
            Self::Tasks | Self::Pois | Self::Employees | Self::Groups | Self::NonWorkingDays => &[],
        }
    }

    /// What its rows make, in acts and tables.
    pub(super) const fn subject_kind(self) -> &'static str {
        match self {
            Self::Tasks => "task",
            Self::Pois => "poi",
            Self::Employees => "employee",
            Self::Groups => "group",
            Self::NonWorkingDays => "non_working_days",
            Self::CatalogueItems => "catalogue_item",
        }
    }
}
