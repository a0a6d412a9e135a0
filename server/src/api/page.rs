//! Lists in pages: `after` is what the page before called `next`, `limit` at most 500.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use campo_protocol::{document, faults::Fault};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::problem::{Code, Problem, Result};

/// The most items of a page.
pub const MAX_LIMIT: i64 = 500;
const DEFAULT_LIMIT: i64 = 100;
/// The most bytes of captured content in a page, unless its first item alone has more.
const MAX_CONTENT_BYTES: i64 = 8 * 1024 * 1024;

/// Which page is wanted. Handlers name these two parameters in their own query type and build one of these.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// `next` of the page before
    pub after: Option<String>,
    /// How many items at most, 1 to 500; 100 when absent
    pub limit: Option<i64>,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items in order
    pub items: Vec<T>,
    /// What to ask for as `after`; absent on the last page
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl PageQuery {
    /// How many items are wanted.
    pub fn limit(&self) -> Result<i64> {
        match self.limit {
            None => Ok(DEFAULT_LIMIT),
            Some(limit) if (1..=MAX_LIMIT).contains(&limit) => Ok(limit),
            Some(limit) => Err(fault("/limit", &limit.to_string(), "a number from 1 to 500")),
        }
    }

    /// The key behind which the page begins; none for the first page.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>> {
        self.after
            .as_ref()
            .map(|after| {
                URL_SAFE_NO_PAD
                    .decode(after)
                    .ok()
                    .and_then(|bytes| serde_json::from_slice(&bytes).ok())
                    .and_then(|key: Value| document::read(&key).ok())
                    .ok_or_else(|| fault("/after", after, "`next` of the page before"))
            })
            .transpose()
    }
}

impl<T> Page<T> {
    /// A page of `items`, of which one more than `limit` was read; `key` is what `after` will carry.
    pub fn new<K: Serialize>(mut items: Vec<T>, limit: i64, key: impl Fn(&T) -> K) -> Self {
        let more = items.len() as i64 > limit;
        items.truncate(limit as usize);
        let next = items
            .last()
            .filter(|_| more)
            .and_then(|last| serde_json::to_vec(&key(last)).ok())
            .map(|key| URL_SAFE_NO_PAD.encode(key));
        Self { items, next }
    }

    /// The same page of other items.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}

/// How many of the items of these sizes go into one page: at least one, where there is one.
pub fn fitting(sizes_bytes: impl Iterator<Item = i64>) -> usize {
    let mut left_bytes = MAX_CONTENT_BYTES;
    let mut count = 0;
    for size_bytes in sizes_bytes {
        left_bytes -= size_bytes;
        if left_bytes < 0 && count > 0 {
            break;
        }
        count += 1;
    }
    count
}

fn fault(field: &str, found: &str, expected: &str) -> Problem {
    Problem::new(Code::ValidationFailed).with_fault(Fault {
        field: field.to_owned(),
        code: "out_of_range".to_owned(),
        found: found.chars().take(80).collect(),
        expected: expected.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_begins_behind_the_last_item() {
        let page = Page::new(vec!["a", "b", "c"], 2, |item| (*item, 7));
        assert_eq!(page.items, ["a", "b"]);
        let query = PageQuery { after: page.next, limit: None };
        assert_eq!(query.after::<(String, i64)>().unwrap(), Some(("b".to_owned(), 7)));
        assert_eq!(Page::new(vec![1, 2], 2, |item| *item).next, None);
    }

    #[test]
    fn a_page_of_large_items_ends_early_and_has_at_least_one() {
        let half = MAX_CONTENT_BYTES / 2;
        for (sizes, count) in [
            (vec![], 0),
            (vec![1; 500], 500),
            (vec![half, half, 1], 2),
            (vec![half, half, 0], 3),
            (vec![3 * half, 1], 1),
            (vec![1, 3 * half], 1),
        ] {
            assert_eq!(fitting(sizes.clone().into_iter()), count, "{sizes:?}");
        }
    }

    #[test]
    fn a_page_that_cannot_be_is_refused_by_name() {
        for query in [
            PageQuery { after: None, limit: Some(0) },
            PageQuery { after: None, limit: Some(501) },
            PageQuery { after: Some("!".to_owned()), limit: None },
            PageQuery { after: Some(URL_SAFE_NO_PAD.encode(r#""a\u0000""#)), limit: None },
        ] {
            let problem = query.limit().err().or_else(|| query.after::<String>().err()).unwrap();
            assert_eq!(problem.code(), Code::ValidationFailed);
        }
    }
}
