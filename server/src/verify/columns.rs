//! The columns of an entry against the bytes from which they were extracted: the chain covers the bytes alone, but
//! people see the columns.

use campo_protocol::entry::{Entry, Frame, Kind};
use serde::Deserialize;
use sqlx::FromRow;
use uuid::Uuid;

use super::What;
use crate::{
    access::{Duty, Principal},
    log::stored::{self, Extracted},
};

/// The columns that come from the bytes.
#[derive(FromRow)]
pub(super) struct Columns {
    author: String,
    author_id: Option<Uuid>,
    installation: Option<Uuid>,
    sequence: i64,
    #[sqlx(flatten)]
    extracted: Extracted,
}

impl Columns {
    /// True for an entry of the office that says what was erased.
    pub(super) fn is_erasure(&self) -> bool {
        self.installation.is_none() && self.extracted.kind == Kind::Erased.name()
    }

    /// What the columns say differently than `bytes`. Nothing is said of a content that the release which appended it
    /// did not understand, nor of a kind that this one does not know: that is for `campo rebuild`.
    pub(super) fn check(&self, id: Uuid, bytes: &[u8]) -> Vec<What> {
        let mut wrong = Vec::new();
        let mut compare = |column, found: String, expected: String| {
            if found != expected {
                wrong.push(What::ColumnWrong { column, found, expected });
            }
        };
        let (frame_id, installation, sequence) = identity(bytes, self.installation.is_some());
        compare("id", id.to_string(), shown(frame_id));
        compare("installation", shown(self.installation), shown(installation));
        compare("sequence", self.sequence.to_string(), sequence.to_string());
        let principal =
            Principal::from_columns(&self.author, self.author_id).unwrap_or(Principal::Duty(Duty::Operator));
        let content = stored::content(bytes, self.installation, principal, &mut 0);
        if Kind::from_name(&self.extracted.kind).is_some() {
            let expected = Extracted::of_content(content.as_ref().ok());
            let found = &self.extracted;
            compare("kind", found.kind.clone(), expected.kind);
            compare("session", shown(found.session), shown(expected.session));
            compare("employee", shown(found.employee), shown(expected.employee));
            compare("task", shown(found.task), shown(expected.task));
            compare("form", shown(found.form), shown(expected.form));
            compare("corrects", shown(found.corrects), shown(expected.corrects));
        }
        wrong
    }
}

fn identity(bytes: &[u8], is_of_phone: bool) -> (Option<Uuid>, Option<Uuid>, i64) {
    if is_of_phone {
        Frame::read(bytes)
            .ok()
            .map_or((None, None, 0), |frame| (Some(frame.id), Some(frame.installation), frame.sequence))
    } else {
        serde_json::from_slice::<Entry>(bytes)
            .ok()
            .map_or((None, None, 0), |entry| (Some(entry.id), entry.installation, entry.sequence))
    }
}

/// The entries that an `erased` entry names: the one it corrects, and those in `entries` of its body.
pub(super) fn erased(bytes: &[u8]) -> Vec<Uuid> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(default)]
        entries: Vec<Uuid>,
    }
    let Ok(entry) = serde_json::from_slice::<Entry>(bytes) else { return Vec::new() };
    let body = entry.body.and_then(|body| serde_json::from_str::<Body>(body.get()).ok());
    entry.corrects.into_iter().chain(body.into_iter().flat_map(|body| body.entries)).collect()
}

fn shown(id: Option<Uuid>) -> String {
    id.map_or_else(|| "none".to_owned(), |id| id.to_string())
}
