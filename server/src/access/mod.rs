//! Who calls, and what they may do.
//!
//! A domain function that reads or writes an account's data takes an [`Allowed`], which only the check here makes and
//! which holds the account and the caller: forgetting the check, or the account, does not compile.

mod address;
pub mod authenticate;
pub mod browser;
pub mod device;
pub mod guard;
pub mod login;
mod operator;
pub mod permissions;
mod proven;
pub mod recheck;
pub mod throttle;
pub mod tries;

use std::marker::PhantomData;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::problem::{Code, Problem, Result};

pub use address::{Client, client_address};
pub use authenticate::{Anybody, Auth, OwnSession, Phone, claimed_account};
pub use operator::Operator;
pub use permissions::{Permission, PermissionName, Permissions};

/// Work that Campo does by itself, a closed list: each with its name in tables and what it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Duty {
    /// Makes `entry.complete` for entries whose files did not arrive in time
    CompleteEntries,
    /// Takes closed tasks from phones after some days
    RetireTasks,
    /// Sends the account's events to its channels
    Notify,
    /// Removes what nothing refers to any more: files, idempotency keys, old sessions
    Sweep,
    /// Says of background work that its principal may not do it any more
    EndJobs,
    /// Wakes phones that have something new
    WakePhones,
    /// Takes the files that came to their intakes, makes exports, brings files to customers' servers and fetches them
    ExchangeFiles,
    /// Sends mail to users
    SendMail,
    /// Erases what an account keeps no longer, and who is to be forgotten
    Erase,
    /// A command that the operator runs on the machine
    Operator,
}

impl Duty {
    /// Every duty.
    pub const ALL: &[Self] = &[
        Self::CompleteEntries,
        Self::Notify,
        Self::RetireTasks,
        Self::Sweep,
        Self::EndJobs,
        Self::WakePhones,
        Self::ExchangeFiles,
        Self::SendMail,
        Self::Erase,
        Self::Operator,
    ];

    /// Its name in tables and entries.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CompleteEntries => "complete_entries",
            Self::Notify => "notify",
            Self::RetireTasks => "retire_tasks",
            Self::Sweep => "sweep",
            Self::EndJobs => "end_jobs",
            Self::WakePhones => "wake_phones",
            Self::ExchangeFiles => "exchange_files",
            Self::SendMail => "send_mail",
            Self::Erase => "erase",
            Self::Operator => "operator",
        }
    }

    /// The duty of that name, if this release knows it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|duty| duty.name() == name)
    }
}

/// Who acts. Background work stores it and is checked again when it is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Principal {
    /// A person at the console
    User(Uuid),
    /// A customer's system
    Key(Uuid),
    /// A phone
    Installation(Uuid),
    /// An intake, for the files that come to it, with the permissions that were fixed when it was saved
    Intake(Uuid),
    /// A program at a customer's site, with the permissions that were fixed when it was saved
    Agent(Uuid),
    /// Campo itself
    Duty(Duty),
}

impl Principal {
    /// Its kind in tables.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Key(_) => "key",
            Self::Installation(_) => "installation",
            Self::Intake(_) => "intake",
            Self::Agent(_) => "agent",
            Self::Duty(duty) => duty.name(),
        }
    }

    /// The principal of that kind and id in tables; none when this release does not know it.
    pub fn from_columns(kind: &str, id: Option<Uuid>) -> Option<Self> {
        match (kind, id) {
            ("user", Some(id)) => Some(Self::User(id)),
            ("key", Some(id)) => Some(Self::Key(id)),
            ("installation", Some(id)) => Some(Self::Installation(id)),
            ("intake", Some(id)) => Some(Self::Intake(id)),
            ("agent", Some(id)) => Some(Self::Agent(id)),
            (name, _) => Duty::ALL.iter().copied().find(|duty| duty.name() == name).map(Self::Duty),
        }
    }

    /// Its id, which duties do not have.
    pub const fn id(self) -> Option<Uuid> {
        match self {
            Self::User(id) | Self::Key(id) | Self::Installation(id) | Self::Intake(id) | Self::Agent(id) => {
                Some(id)
            }
            Self::Duty(_) => None,
        }
    }
}

/// Whether a user, a profile or a key may be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccessState {
    /// It may
    #[default]
    Enabled,
    /// It may not, from the next request on
    Disabled,
}

impl AccessState {
    /// Its name on the wire and in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
        }
    }

    /// The state of that name; anything else may not be used.
    pub fn from_name(name: &str) -> Self {
        if name == Self::Enabled.name() { Self::Enabled } else { Self::Disabled }
    }
}

/// An authenticated caller and the permissions that the database gave it in this request.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The account it belongs to
    pub account: i64,
    /// Who it is
    pub principal: Principal,
    /// What it may do
    pub permissions: Permissions,
}

impl Caller {
    /// Campo itself, for one duty in one account.
    pub fn duty(account: i64, duty: Duty) -> Self {
        Self { account, principal: Principal::Duty(duty), permissions: Permissions::of_duty(duty) }
    }

    /// The proof that this caller has the permission.
    pub fn allow<P: Permission>(&self) -> Result<Allowed<P>> {
        if self.permissions.has(P::NAME) {
            Ok(self.proof())
        } else {
            Err(Problem::new(Code::Forbidden).with("permission", P::NAME.name()))
        }
    }

    /// The proof that this caller is somebody, for what everybody may do with what is their own.
    pub fn oneself(&self) -> Allowed<Oneself> {
        self.proof()
    }

    fn proof<P>(&self) -> Allowed<P> {
        Allowed {
            account: self.account,
            principal: self.principal,
            held: self.permissions,
            permission: PhantomData,
        }
    }
}

/// Stands in an [`Allowed`] for what everybody may do with what is their own: their session, their password.
#[derive(Debug)]
pub struct Oneself;

/// The proof that a caller may do what `P` names in one account.
#[derive(Debug)]
pub struct Allowed<P> {
    account: i64,
    principal: Principal,
    held: Permissions,
    permission: PhantomData<fn() -> P>,
}

impl<P> Allowed<P> {
    /// The account, which every query carries.
    pub const fn account(&self) -> i64 {
        self.account
    }

    /// Who was allowed.
    pub const fn principal(&self) -> Principal {
        self.principal
    }

    /// Refuses to give, or to act on somebody who has, more than the caller holds: whoever can set the password of an
    /// administrator is one.
    pub fn must_cover(&self, given: Permissions) -> Result<()> {
        match given.names().into_iter().find(|name| !self.held.has(*name)) {
            None => Ok(()),
            Some(lacking) => Err(Problem::new(Code::Forbidden).with("permission", lacking.name())),
        }
    }
}
