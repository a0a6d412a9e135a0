//! The core of the app: the store, the machine, and the loop that carries its instructions out.

pub mod enrolment;
