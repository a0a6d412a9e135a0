//! How many connections for files each address has, whatever the door.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use crate::access::guard::address_key;

/// Connections at a time from one address.
const MOST: usize = 50;

/// Counts connections. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Connections(Arc<Mutex<HashMap<String, usize>>>);

impl Connections {
    /// Counts one more of an address; false when it has as many as it may.
    pub(super) fn enter(&self, address: IpAddr) -> bool {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address_key(Some(address))).or_default();
        let may = *count < MOST;
        *count += usize::from(may);
        may
    }

    /// Counts one less.
    pub(super) fn leave(&self, address: IpAddr) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = address_key(Some(address));
        if let Some(count) = counts.get_mut(&key) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&key);
            }
        }
    }

    /// How many there are. One is over when everything that came by it is written.
    pub fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_so_many_and_others_as_many() {
        let connections = Connections::default();
        let [one, other] = ["192.0.2.1", "192.0.2.2"].map(|address| address.parse().unwrap());
        assert!((0..MOST).all(|_| connections.enter(one)));
        assert!(!connections.enter(one) && connections.enter(other));
        connections.leave(one);
        assert!(connections.enter(one));
        (0..MOST).for_each(|_| connections.leave(one));
        connections.leave(other);
        assert!(connections.0.lock().unwrap().is_empty());
    }
}
