//! The backend of Campo: everything behind the binary `campo`.

pub mod environment;
