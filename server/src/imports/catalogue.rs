//! Rows of look-up tables of forms: a file has the code of each in its own table, the object one that names the table, too.

use campo_protocol::model::catalogue::{CATALOGUE, CatalogueItem, code_in_table};
use serde_json::Value;

use super::{apply::existing, plan::document::set};
use crate::{log::write::Write, problem::Result};

/// Puts the table before the code of a row.
pub(super) fn complete(main: &mut Value) {
    let table = main.get("table").and_then(Value::as_str).unwrap_or(CATALOGUE);
    if let Some(own) = main.get("code").and_then(Value::as_str) {
        let code = code_in_table(table, own);
        set(main, "/code", code.into());
    }
}

/// Gives new items without a name that of their own code: lists often have one column alone. An item that is there keeps
/// its name.
pub(super) async fn name_new(write: &mut Write, bodies: &mut [Value]) -> Result<()> {
    let nameless = |body: &Value| {
        let code = body.get("code").and_then(Value::as_str)?;
        body.get("name").is_none().then(|| code.to_owned())
    };
    let codes: Vec<String> = bodies.iter().filter_map(nameless).collect();
    if codes.is_empty() {
        return Ok(());
    }
    let there = existing::<CatalogueItem>(write, codes).await?;
    for body in bodies {
        let Some(code) = nameless(body).filter(|code| !there.contains(code)) else { continue };
        let table = body.get("table").and_then(Value::as_str).unwrap_or(CATALOGUE);
        let own = code.strip_prefix(&code_in_table(table, "")).unwrap_or(&code).to_owned();
        set(body, "/name", own.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_code_of_a_row_names_its_table() {
        for (row, expected) in [
            (json!({ "table": "cities", "code": "7" }), json!("cities:7")),
            (json!({ "table": "catalogue", "code": "7" }), json!("7")),
            (json!({ "code": "a:b" }), json!("a:b")),
            (json!({ "table": "cities" }), json!(null)),
        ] {
            let mut row = row;
            complete(&mut row);
            assert_eq!(row["code"], expected);
        }
    }
}
