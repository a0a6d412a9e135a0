//! Bearer secrets that were right before at this process. Those that have no check of this server's own are told by it
//! from what strangers make up.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use campo_protocol::entry::hash;

use crate::secrets::Bearer;

/// The most that are remembered; beyond, all are forgotten and prove themselves anew. Strangers add none.
const MOST: usize = 50_000;

/// SHA-256 of the text of each, written by [`super::authenticate`].
#[derive(Debug, Default)]
pub(super) struct Proven(Mutex<HashSet<[u8; 32]>>);

impl Proven {
    /// Remembers one that was right.
    pub(super) fn note(&self, bearer: &Bearer) {
        let key = hash(bearer.format().as_bytes());
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST && !known.contains(&key) {
            known.clear();
        }
        known.insert(key);
    }

    /// True for one that was right before.
    pub(super) fn has(&self, bearer: &Bearer) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        !known.is_empty() && known.contains(&hash(bearer.format().as_bytes()))
    }
}
