//! The web services that customers of OfficeTrack call by SOAP, and by plain GET and POST: thin doors to the same
//! domain functions as console, files and REST.
//!
//! The road of a call: `routes` reads the request, `call` finds out who calls and what, `credentials` checks it, the
//! file of the noun does the work by a domain function, and `answer` says what became of it by OfficeTrack's codes. What
//! can be called is described once, in `describe`.

mod answer;
mod call;
mod credentials;
mod dates;
mod describe;
mod employees;
mod imports;
mod origin;
mod pois;
mod routes;
mod tasks;
mod work_orders;

pub(crate) use describe::{SERVICES, is_available};
pub use routes::{routes, spelled};
