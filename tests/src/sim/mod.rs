//! The deterministic simulator: several phones with the real core's machine and store, one server, one thread, virtual
//! time. The same seed gives the same trace.
//!
//! A seed has [`PHONES`] phones and three employees: one phone is shared, one employee has two phones. In [`STEPS`]
//! steps workers capture, the office decides, and [`FAULTS`] faults strike: messages are lost, cut off or delivered
//! twice, the server is started anew, killed, or restored from a backup, phones are killed, disks are full, clocks jump, a phone
//! is revoked for a while. Then all faults end, and after a quiet time
//!
//! - every line of the phones' journals, written after each capture returned, stands in the server's log exactly once,
//!   and the log is whole: positions, chains, events, and the state of tasks folded anew;
//! - what happened at an instant that the server fixed by the monotonic clock happened then by a clock nobody turns;
//! - the receipts that a phone kept are what the log says, and its repair tray holds what the server set aside;
//! - each phone holds exactly what a phone holds that reads its whole view for the first time, and its screens show
//!   the state of tasks that the log gives;
//! - every photo is stored;
//! - digests agreed all the time, after every step the machine knew what the store holds, and nobody asked without need.
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
/// What must happen in some seed or other, by its name in [`Report::happened`]; entries by their kinds.
pub const EXPECTED: [&str; 15] = [
    "part of a file",
    "session of another employee",
    "session.open",
    "session.close",
    "shift.start",
    "shift.end",
    "break.start",
    "break.end",
    "task.acknowledge",
    "task.start",
    "task.end",
    "form",
    "photo",
    "message",
    "message.read",
];

pub use play::{FAULTS, PHONES, Report, STEPS, run};
