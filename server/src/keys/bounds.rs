//! From where and until when a key may be used, as a bound on the keys that it makes and changes: whoever finds the
//! secret of a key of one network would else have one of every network.

use campo_protocol::faults::{Fault, Faults, pointer};
use ipnet::IpNet;
use jiff::Timestamp;

use super::key::KeyDraft;
use crate::{
    access::{Allowed, PermissionName, Principal, permissions::ManageKeys},
    log::write::Write,
    problem::{Code, Problem, Result},
};

/// The bounds of a caller.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    /// From everywhere when there is none
    networks: Vec<IpNet>,
    /// For ever when absent
    expires_us: Option<i64>,
}

impl Bounds {
    /// Those of the key that calls, as they are now; anybody else has none.
    async fn of<P>(write: &mut Write, allowed: &Allowed<P>) -> Result<Self> {
        let Principal::Key(id) = allowed.principal() else { return Ok(Self::default()) };
        let (networks, expires_us): (String, Option<i64>) = write
            .tx()
            .fetch_one(
                "select networks, expires_us from access_key where account = $1 and id = $2",
                (allowed.account(), id),
            )
            .await?;
        Ok(Self { networks: serde_json::from_str(&networks).map_err(Problem::internal)?, expires_us })
    }

    /// Those of the caller for the keys that it makes or changes.
    pub(super) async fn of_keys(write: &mut Write, allowed: &Allowed<ManageKeys>) -> Result<Self> {
        Self::of(write, allowed).await
    }

    /// Refuses a key that could be used from elsewhere or for longer.
    pub(super) fn must_hold(&self, key: &KeyDraft) -> Result<()> {
        let mut faults = Faults::default();
        let mut beyond = |field: String, found: &str| {
            faults.add(field, "out_of_range", found, "networks within those of the key that asks for it");
        };
        if !self.networks.is_empty() && key.networks.is_empty() {
            beyond("/networks".to_owned(), "");
        }
        for (index, text) in key.networks.iter().enumerate() {
            let network = text.parse::<IpNet>().ok();
            let is_within = |network: IpNet| self.networks.iter().any(|own| own.contains(&network));
            if !(self.networks.is_empty() || network.is_some_and(is_within)) {
                beyond(pointer("/networks", index), text);
            }
        }
        if self.expires_us.is_some_and(|own_us| key.expires_at.is_none_or(|at| at.0 > own_us)) {
            let found = key.expires_at.and_then(|at| Timestamp::from_microsecond(at.0).ok());
            let found = found.map(|at| at.to_string()).unwrap_or_default();
            faults.add(
                "/expires_at",
                "out_of_range",
                &found,
                "an end no later than that of the key that asks for it",
            );
        }
        Ok(faults.into_result()?)
    }
}

/// Refuses a key with bounds: a user whom it makes, or whose password it sets, would have none of them.
pub(crate) async fn must_be_unbound<P>(write: &mut Write, allowed: &Allowed<P>) -> Result<()> {
    let Bounds { networks, expires_us } = Bounds::of(write, allowed).await?;
    if networks.is_empty() && expires_us.is_none() {
        return Ok(());
    }
    let problem = Problem::new(Code::Forbidden).with("permission", PermissionName::ManageUsers.name());
    Err(problem.with_fault(Fault {
        field: String::new(),
        code: "not_applicable".to_owned(),
        found: "a key with networks or an end".to_owned(),
        expected: "a user, or a key without networks and end".to_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::time::Instant;

    #[test]
    fn a_key_holds_others_within_its_own_networks_and_time() {
        let bounds = |networks: &[&str], expires_us| Bounds {
            networks: networks.iter().map(|network| network.parse().unwrap()).collect(),
            expires_us,
        };
        for (own, networks, expires_us, fields) in [
            (bounds(&[], None), &[][..], None, &[][..]),
            (bounds(&[], None), &["0.0.0.0/0"], Some(1), &[]),
            (bounds(&["10.0.0.0/8"], Some(5)), &["10.0.0.0/8"], Some(5), &[]),
            (
                bounds(&["10.0.0.0/8", "2001:db8::/32"], Some(5)),
                &["2001:db8::1/128", "10.1.0.0/16"],
                Some(4),
                &[],
            ),
            (bounds(&["10.0.0.0/8"], Some(5)), &[], None, &["/networks", "/expires_at"]),
            (bounds(&["10.0.0.0/8"], None), &["10.0.0.0/16", "10.0.0.0/7"], None, &["/networks/1"]),
            (bounds(&["10.0.0.0/8"], None), &["::/0"], None, &["/networks/0"]),
            (bounds(&[], Some(5)), &["10.0.0.0/8"], Some(6), &["/expires_at"]),
        ] {
            let mut key: KeyDraft =
                serde_json::from_value(json!({ "code": "x", "name": "x", "networks": networks })).unwrap();
            key.expires_at = expires_us.map(Instant);
            let found = own.must_hold(&key).err();
            let found = found.iter().flat_map(Problem::faults).map(|fault| fault.field.as_str());
            assert_eq!(found.collect::<Vec<_>>(), fields, "{own:?} {networks:?}");
        }
    }
}
