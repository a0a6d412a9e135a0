//! The backend of Campo: everything behind the binary `campo`.

pub mod environment;
pub mod problem;
pub mod secrets;
pub mod telemetry;
pub mod texts;
