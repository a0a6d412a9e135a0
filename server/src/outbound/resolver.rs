//! Names become addresses here, and only those that may be reached: the address that was looked at is the one that is
//! connected to, so that a name cannot mean another one a moment later.

use std::{net::SocketAddr, sync::Arc};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{Rules, addresses::is_allowed};

/// Why a name leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoAddress {
    #[error("every address of the name lies inside")]
    Inside,
    #[error("the name has no address")]
    Unknown,
}

/// Asks the operating system, and keeps what the rules allow.
#[derive(Debug)]
pub(super) struct Resolver(pub(super) Arc<Rules>);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let rules = Arc::clone(&self.0);
        Box::pin(async move {
            let allowed = lookup(name.as_str(), 0, &rules).await?;
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// The addresses of a name that may be reached.
pub(super) async fn lookup(name: &str, port: u16, rules: &Rules) -> Result<Vec<SocketAddr>, NoAddress> {
    let found = tokio::net::lookup_host((name, port)).await.map_err(|_| NoAddress::Unknown)?;
    allowed(&found.collect::<Vec<_>>(), rules)
}

fn allowed(found: &[SocketAddr], rules: &Rules) -> Result<Vec<SocketAddr>, NoAddress> {
    if found.is_empty() {
        return Err(NoAddress::Unknown);
    }
    let allowed: Vec<_> =
        found.iter().copied().filter(|address| is_allowed(address.ip(), &rules.networks)).collect();
    if allowed.is_empty() { Err(NoAddress::Inside) } else { Ok(allowed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_addresses_of_a_name_only_allowed_ones_are_kept() {
        let at = |address: &str| SocketAddr::new(address.parse().unwrap(), 0);
        let rules = Rules::default();
        let (inside, outside) = (at("10.0.0.1"), at("8.8.8.8"));
        assert_eq!(allowed(&[inside, outside], &rules), Ok(vec![outside]));
        assert_eq!(allowed(&[inside], &rules), Err(NoAddress::Inside));
        assert_eq!(allowed(&[], &rules), Err(NoAddress::Unknown));
    }
}
