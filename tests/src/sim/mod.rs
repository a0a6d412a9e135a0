//! The deterministic simulator: several phones with the real core's machine and store, one server, one thread, virtual
//! time. The same seed gives the same trace.
//!
//! A seed has [`PHONES`] phones and three employees: one phone is shared, one employee has two phones. In [`STEPS`]
//! steps workers capture, the office decides, and [`FAULTS`] faults strike: messages are lost, cut off or delivered
//! twice, the server is started anew or restored from a backup, phones are killed, disks are full, clocks jump, a phone
//! is revoked for a while. Then all faults end, and after a quiet time
//!
//! - every line of the phones' journals, written after each capture returned, stands in the server's log exactly once;
//! - each phone holds exactly what a phone holds that reads its whole view for the first time;
//! - every photo is stored.
//!
//! The server is reached through its router without a socket: authentication, decompression and problems are the real
//! ones. Its database is a copy of one that was migrated once, so that a restore is a copy of a file.

mod check;
mod company;
mod fault;
mod network;
mod office;
mod phone;
mod play;
mod server;
mod worker;

pub use fault::{Fault, Hits};
pub use play::{FAULTS, PHONES, Report, STEPS, run};
