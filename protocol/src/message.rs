//! What travels about messages besides their text.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The body of a `message.read` entry: a worker has read these messages of the office.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessagesRead {
    /// Their ids, the oldest first; at most 100
    pub messages: Vec<Uuid>,
}

impl MessagesRead {
    /// The most messages that one entry names.
    pub const MAX: usize = 100;
}
