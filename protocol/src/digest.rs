//! Digests by which phone and server prove that they hold the same objects of a scope.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// What one object adds to its scope's digest. A scope's digest is the wrapping sum over its objects, so that
/// one changed object costs one subtraction and one addition, in any order.
pub fn of_object(kind: &str, id: Uuid, body: &[u8]) -> i64 {
    let mut hash = Sha256::new();
    hash.update([kind.len() as u8]);
    hash.update(kind.as_bytes());
    hash.update(id.as_bytes());
    hash.update(body);
    let bytes: [u8; 32] = hash.finalize().into();
    i64::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]])
}
