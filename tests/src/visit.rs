//! A form as workers fill it on their rounds: with a table, a photo and an empty value.

use campo_mobile_core::capture::{Action, Photo};
use campo_protocol::model::answers::{FieldAnswer, FilledForm};
use serde_json::{Value, json};
use uuid::Uuid;

/// The field of the photo.
pub const PICTURE: &str = "picture";

/// The definition.
pub fn definition() -> Value {
    json!({
        "code": "VISIT", "name": "Visita",
        "fields": [
            { "id": "comment", "label": "Comentario", "kind": "text" },
            { "id": PICTURE, "label": "Foto", "kind": "photo" },
            { "id": "parts", "label": "Repuestos", "kind": "table", "columns": [
                { "id": "part", "label": "Repuesto", "kind": "text" },
                { "id": "count", "label": "Cantidad", "kind": "number" },
            ] },
        ],
    })
}

/// Version 1 of it, filled with this photo and a row for each count; the comment is seen and left empty.
pub fn filled(form: Uuid, task: Option<Uuid>, photo: Photo, counts: &[u64]) -> Action {
    let row = |count: &u64| {
        vec![FieldAnswer::new("part", Some("Módem")), FieldAnswer::new("count", Some(&count.to_string()))]
    };
    let picture = FieldAnswer { files: vec![photo.file.hash.clone()], ..FieldAnswer::new(PICTURE, None) };
    let parts =
        FieldAnswer { rows: Some(counts.iter().map(row).collect()), ..FieldAnswer::new("parts", None) };
    let answers = vec![FieldAnswer::new("comment", Some("")), picture, parts];
    Action::Form { filled: FilledForm { form, version: 1, answers }, task, photos: vec![photo] }
}
