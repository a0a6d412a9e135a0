//! Notices: what a person or an owner must be told. They stand until somebody says that they are done with; one that
//! comes again for the same cause is counted, not repeated.

pub mod kinds;
mod notice;
mod routes;

pub use notice::{Notice, Told, end_in, rendered, tell, tell_in};
pub use routes::routes;
