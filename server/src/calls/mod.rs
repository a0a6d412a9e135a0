//! The log of calls: what customers' systems asked, by REST and by SOAP, and what they were answered, for 30 days.
//!
//! A layer around the routes (`tap`) sees requests and answers of keys, `mask` takes secrets out of them, `write`
//! gathers them and writes once a second, and `read` shows them. Nothing waits for it: what is too much is dropped and
//! counted.

mod mask;
mod read;
mod routes;
mod tap;
pub mod write;

pub use routes::routes;
pub use tap::tap;
pub use write::Calls;

/// The most bytes of a body that are kept.
const KEPT_BYTES: usize = 8 * 1024;
/// How long calls are kept, in microseconds: 30 days.
pub const KEPT_US: i64 = 30 * 24 * 3600 * 1_000_000;
