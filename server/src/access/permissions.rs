//! The permissions, a closed list. A profile or a key names some of them.

use campo_protocol::faults::{Faults, pointer};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Duty;

/// A permission as a type, for proofs.
pub trait Permission: Send + Sync + 'static {
    /// Which one it is
    const NAME: PermissionName;
}

macro_rules! permissions {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal,)*) => {
        /// The name of a permission.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum PermissionName { $($(#[doc = $doc])* $name,)* }

        impl PermissionName {
            /// Every permission.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name on the wire and in tables.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }

        $($(#[doc = $doc])* #[derive(Debug)] pub struct $name;

        impl Permission for $name {
            const NAME: PermissionName = PermissionName::$name;
        })*
    };
}

permissions! {
    /// Read and change the account's settings
    ManageAccount = "manage_account",
    /// Manage users and their profiles
    ManageUsers = "manage_users",
    /// Manage the keys of the company's systems
    ManageKeys = "manage_keys",
    /// Enrol phones, set their rosters, revoke them
    ManageInstallations = "manage_installations",
    /// Read groups, employees, their profiles and days
    ViewEmployees = "view_employees",
    /// Change groups, employees, their profiles and days
    ManageEmployees = "manage_employees",
    /// Read tasks, work orders and their history
    ViewTasks = "view_tasks",
    /// Create, change and assign tasks and work orders
    ManageTasks = "manage_tasks",
    /// Read points of interest
    ViewPois = "view_pois",
    /// Change points of interest
    ManagePois = "manage_pois",
    /// Read task types, forms and the catalogue
    ViewDefinitions = "view_definitions",
    /// Change task types, forms and the catalogue
    ManageDefinitions = "manage_definitions",
    /// Read what was captured: entries, filled forms, photos, events
    ViewEntries = "view_entries",
    /// Read timesheets and the rules of working time
    ViewTimesheets = "view_timesheets",
    /// Correct punches, add missing ones, answer what workers ask for
    CorrectTime = "correct_time",
    /// Close and reopen periods, change the rules of working time
    ClosePeriods = "close_periods",
    /// Read messages with employees
    ViewMessages = "view_messages",
    /// Send messages to employees
    SendMessages = "send_messages",
    /// Run imports of files
    RunImports = "run_imports",
    /// Manage import templates
    ManageTemplates = "manage_templates",
    /// Manage the channels in and out
    ManageChannels = "manage_channels",
    /// See what was delivered and what was not
    ViewDeliveries = "view_deliveries",
    /// See what the company's systems called and were answered
    ViewCalls = "view_calls",
    /// Call the SOAP and REST services of customers' systems
    UseWebServices = "use_web_services",
    /// Manage intakes, exports, customers' servers and agents
    ManageExchange = "manage_exchange",
    /// See which files came and which went
    ViewTransfers = "view_transfers",
    /// Exchange files in one's own folders by FTP and SFTP
    UseFileExchange = "use_file_exchange",
    /// Hand in entries and read the views of one's sessions: phones only
    HandIn = "hand_in",
}

impl PermissionName {
    /// True for those that a profile or a key can hold; [`PermissionName::HandIn`] belongs to phones alone.
    pub const fn can_be_granted(self) -> bool {
        !matches!(self, Self::HandIn)
    }
}

/// A set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions(u64);

impl Permissions {
    /// What a phone may do.
    pub fn of_installation() -> Self {
        [PermissionName::HandIn].into_iter().collect()
    }

    /// What a duty of Campo itself may do.
    pub fn of_duty(duty: Duty) -> Self {
        match duty {
            Duty::CompleteEntries | Duty::Notify => [PermissionName::ViewEntries].into_iter().collect(),
            Duty::RetireTasks | Duty::Sweep => [PermissionName::ManageTasks].into_iter().collect(),
            Duty::Erase => [PermissionName::ManageAccount].into_iter().collect(),
            Duty::EndJobs => [PermissionName::RunImports].into_iter().collect(),
            Duty::WakePhones | Duty::SendMail => Self::default(),
            Duty::ExchangeFiles => [
                PermissionName::ManageExchange,
                PermissionName::RunImports,
                PermissionName::ViewEntries,
                PermissionName::ViewTasks,
                PermissionName::ViewTimesheets,
            ]
            .into_iter()
            .collect(),
            Duty::Operator => Self::grantable(),
        }
    }

    /// True when the set holds it.
    pub const fn has(self, name: PermissionName) -> bool {
        self.0 & (1 << name as u64) != 0
    }

    /// The permissions in it, in the order of the list.
    pub fn names(self) -> Vec<PermissionName> {
        PermissionName::ALL.iter().copied().filter(|name| self.has(*name)).collect()
    }

    /// The names in quotation marks, one behind the other, for rows that name the permission by which they are read.
    pub fn quoted(self) -> String {
        self.names().iter().flat_map(|name| ["\"", name.name(), "\""]).collect()
    }

    /// Everything that a profile or a key can hold.
    pub fn grantable() -> Self {
        PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect()
    }

    /// The set that `names` describe, as an office wrote them at `field` (a JSON Pointer). Names whatever cannot be
    /// granted, and what is there twice.
    pub fn check(names: &[PermissionName], field: &str, faults: &mut Faults) -> Self {
        for (index, name) in names.iter().enumerate().filter(|(_, name)| !name.can_be_granted()) {
            let known: Vec<_> =
                Self::grantable().names().iter().map(|name| format!("`{}`", name.name())).collect();
            let known = known.join(", ");
            faults.add(pointer(field, index), "unknown_value", name.name(), format!("one of {known}"));
        }
        faults.check_unique(names.iter().map(|name| name.name()), |index| pointer(field, index));
        names.iter().copied().collect()
    }

    /// True when every permission of `other` is in this set: nobody may grant more than they hold.
    pub const fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }
}

impl FromIterator<PermissionName> for Permissions {
    fn from_iter<I: IntoIterator<Item = PermissionName>>(names: I) -> Self {
        Self(names.into_iter().fold(0, |set, name| set | (1 << name as u64)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_on_the_wire_are_the_names_in_tables() {
        for name in PermissionName::ALL {
            assert_eq!(serde_json::to_value(name).unwrap(), name.name());
        }
    }
}
