//! The test kit: databases, servers and faults for the tests of whole Campo.

pub mod api;
pub mod check;
pub mod core_phone;
pub mod feed;
pub mod holds;
pub mod http_phone;
pub mod journal;
pub mod office;
pub mod place;
pub mod postgres;
pub mod powerloss;
pub mod process;
pub mod proxy;
pub mod random;
pub mod receiver;
pub mod served;
pub mod sim;
pub mod sqlite;
pub mod visit;
pub mod wait;
pub mod world;
