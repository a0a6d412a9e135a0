//! What is attached to tasks and points of interest, as their JSON shows it.

use std::collections::HashMap;

use campo_protocol::text::hex;
use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::attach::OwnerKind;
use crate::{api::time::Instant, database::Tx, problem::Result};

/// A file attached to a task or a point of interest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AttachedFile {
    /// Its id
    pub id: Uuid,
    /// SHA-256 of its bytes, hexadecimal
    pub hash: String,
    /// The name that people read
    pub name: String,
    /// Its length
    pub size_bytes: i64,
    /// Such as `image/jpeg`
    pub media_type: String,
    /// When it was attached
    pub attached_at: Instant,
}

#[derive(FromRow)]
struct Row {
    account: i64,
    owner: Uuid,
    id: Uuid,
    hash: Vec<u8>,
    name: String,
    size_bytes: i64,
    media_type: String,
    created_us: i64,
}

/// What is attached to the owners (account and id), each in the order in which it was attached.
pub async fn attached_to(
    tx: &mut Tx,
    kind: OwnerKind,
    owners: &[(i64, Uuid)],
) -> Result<HashMap<(i64, Uuid), Vec<AttachedFile>>> {
    let mut rows: Vec<Row> = tx
        .fetch_many(
            "a, d, o",
            (
                owners.iter().map(|owner| owner.0).collect::<Vec<_>>(),
                vec![kind.name(); owners.len()],
                owners.iter().map(|owner| owner.1).collect::<Vec<_>>(),
            ),
            "select r.account, r.owner, r.id, r.hash, r.name, s.size_bytes, s.media_type, r.created_us from k \
             join file_reference r on r.account = k.a and r.owner_kind = k.d and r.owner = k.o \
             join file s on s.account = r.account and s.hash = r.hash",
        )
        .await?;
    rows.sort_by_key(|row| (row.created_us, row.id));
    let mut attached: HashMap<_, Vec<AttachedFile>> = HashMap::new();
    for row in rows {
        attached.entry((row.account, row.owner)).or_default().push(AttachedFile {
            id: row.id,
            hash: hex(&row.hash),
            name: row.name,
            size_bytes: row.size_bytes,
            media_type: row.media_type,
            attached_at: Instant(row.created_us),
        });
    }
    Ok(attached)
}

/// The JSON of an object with what is attached to it as its last member `files`; as it was when nothing is.
pub fn with_files(mut json: String, files: &[AttachedFile]) -> String {
    let Some(end) = json.rfind('}').filter(|_| !files.is_empty()) else { return json };
    json.truncate(end);
    let comma = if json.trim_end().ends_with('{') { "" } else { "," };
    format!(r#"{json}{comma}"files":{}}}"#, serde_json::json!(files))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_the_last_member_of_their_owner() {
        let file = AttachedFile {
            id: Uuid::nil(),
            hash: "ab".to_owned(),
            name: "Plano".to_owned(),
            size_bytes: 3,
            media_type: "image/png".to_owned(),
            attached_at: Instant(0),
        };
        for json in ["{}", r#"{"a":{"b":{}}}"#, "{ }\n"] {
            let value: serde_json::Value =
                serde_json::from_str(&with_files(json.to_owned(), std::slice::from_ref(&file))).unwrap();
            assert_eq!(value["files"][0]["name"], "Plano", "{json}");
            assert_eq!(with_files(json.to_owned(), &[]), json);
        }
    }
}
