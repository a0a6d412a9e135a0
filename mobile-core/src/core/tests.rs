//! The core over a transport that a test plays.
