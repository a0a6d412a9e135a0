//! How many connections one address may have open, so that one machine with many slow ones does not keep out the rest.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

use ipnet::IpNet;

/// An address may have this part of all connections: many phones and consoles can be behind the one address of a
/// company or of a mobile network.
const PART: usize = 8;
/// But not fewer than so many.
const LEAST: usize = 64;

/// The open connections by address.
#[derive(Debug)]
pub(super) struct Addresses {
    most: usize,
    /// Proxies, behind which everybody is
    proxies: Vec<IpNet>,
    open: Mutex<HashMap<IpAddr, usize>>,
}

/// An open connection; over when dropped.
#[derive(Debug)]
pub(super) struct Entered {
    addresses: Arc<Addresses>,
    address: Option<IpAddr>,
}

impl Addresses {
    /// For so many connections in all. Those of this machine and of `proxies` are not counted.
    pub(super) fn new(connections: usize, proxies: Vec<IpNet>) -> Arc<Self> {
        Arc::new(Self { most: (connections / PART).max(LEAST), proxies, open: Mutex::default() })
    }

    /// Counts a connection of this address; nothing where it has as many as it may.
    pub(super) fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Entered> {
        let address = network(address);
        let is_free = address.is_loopback() || self.proxies.iter().any(|proxy| proxy.contains(&address));
        if is_free {
            return Some(Entered { addresses: Arc::clone(self), address: None });
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        drop(open);
        Some(Entered { addresses: Arc::clone(self), address: Some(address) })
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let Some(address) = self.address else { return };
        let mut open = self.addresses.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&address);
            }
        }
    }
}

/// What one subscriber has: an address of IPv4, or a network of 64 bits of IPv6 (RFC 6177).
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_cannot_take_every_connection() {
        let addresses = Addresses::new(800, vec!["192.0.2.0/24".parse().unwrap()]);
        for (hostile, neighbour) in [
            ("203.0.113.7", "203.0.113.8"),
            ("2001:db8::1", "2001:db8:0:1::1"),
            ("::ffff:198.51.100.1", "::1"),
        ] {
            let (hostile, neighbour) = (hostile.parse().unwrap(), neighbour.parse().unwrap());
            let mut open: Vec<_> = (0..100).map(|_| addresses.enter(hostile).unwrap()).collect();
            assert!(addresses.enter(hostile).is_none(), "{hostile}");
            assert!(addresses.enter(neighbour).is_some(), "{neighbour}");
            open.pop();
            assert!(addresses.enter(hostile).is_some(), "{hostile}");
        }
        assert!(addresses.open.lock().unwrap().is_empty());
        let of_a_proxy: Vec<_> = (0..1000).map(|_| addresses.enter("192.0.2.9".parse().unwrap())).collect();
        assert!(of_a_proxy.iter().all(Option::is_some));
    }

    #[test]
    fn another_address_of_the_same_subscriber_is_the_same() {
        let addresses = Addresses::new(0, Vec::new());
        let open: Vec<_> = (0..64_u128)
            .map(|at| addresses.enter(Ipv6Addr::from_bits(0x2001_0db8 << 96 | at).into()))
            .collect();
        assert!(open.iter().all(Option::is_some));
        assert!(addresses.enter("2001:db8::ffff:0".parse().unwrap()).is_none());
    }
}
