//! The phone: offline store, capture, sync and view state, one core for Android and iOS.
//!
//! # The road of data
//!
//! ```text
//!  a tap ──▶ capture ──▶ store ◀── commit ── machine ◀── answer ── transport ◀── server
//!            one           │                   │ ▲
//!            transaction   └── book (mirror) ──┘ └── events: captured, network, foreground, timer
//!  a screen ◀── screens ◀──┘                   └──▶ instructions: send, upload, commit, wait, wipe
//! ```
//!
//! 1. **[`capture`]** turns what a worker did into an entry: one line of JSON, frozen, numbered, with the clocks as the
//!    phone saw them. When the call returns, the entry survives the loss of power. Photos are in the file space before
//!    the entry that names them is written ([`store::space`]).
//! 2. **[`machine`]** decides what is sent and when. It has no I/O, no clock and no chance: `step(event)` gives
//!    instructions. What the store holds is mirrored in its [`machine::book::Book`], which moves on only when a commit
//!    stands.
//! 3. **[`wire`]** makes bytes of an exchange and says what an answer means. Only Campo speaks for Campo: a captive
//!    portal, a proxy's page and half an answer are failures of the way, after which less is sent at once.
//! 4. **[`store`]** takes an answer in as one transaction: receipts, files, the repair tray, and a page of the view with
//!    its position. Entries leave the outbox with the server's receipt alone, and stay for 30 days more, so that a
//!    restored server can be healed. What the server did not take stays, and is shown.
//! 5. **[`screens`]** shows the server's word with what was captured here folded over it, by the server's own rules, so
//!    that a screen never jumps back.
//! 6. **[`core`]** holds it together: one writer, one thread for the road, `pause` and `resume`. A phone that is enrolled
//!    again has a machine for each enrolment of which something is left: what was captured under one is handed in to its
//!    server, under its secret, and to no other. **[`ffi`]** is the thin border to Kotlin and Swift.
//!
//! # What is not here
//!
//! - No clock and no chance: both come through [`environment::Environment`].
//! - No network outside [`core::transport`], and no TLS outside [`core::tls`].
//! - No rule about tasks: they are in `campo-protocol`, the same for server and phone.

pub mod capture;
pub mod core;
pub mod environment;
pub mod ffi;
pub mod machine;
mod photo;
#[cfg(debug_assertions)]
mod planted;
pub mod screens;
pub mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod wire;

pub use ffi::UniFfiTag;
