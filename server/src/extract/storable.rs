//! Refuses parameters that not every database can hold. The text is not repeated: it may be a password.

use campo_protocol::faults::{Faults, pointer};

/// Names every parameter of a query that holds U+0000.
pub(super) fn check_query(query: &str, faults: &mut Faults) {
    if query.contains("%00") || query.contains('\0') {
        let pairs: Vec<(String, String)> = serde_html_form::from_str(query).unwrap_or_default();
        let unfit = |(name, value): &&(String, String)| name.contains('\0') || value.contains('\0');
        for (name, _) in pairs.iter().filter(unfit) {
            faults.add(pointer("", name), "text_not_storable", "", "text without the character U+0000");
        }
    }
}
