//! What is searched for in lists.

use campo_protocol::text::{sort_key, tidy};

/// The pattern of `like … escape '!'` that finds `text` anywhere in a sort key, its own wildcards escaped.
pub fn pattern(text: &str) -> String {
    let mut pattern = "%".to_owned();
    for c in sort_key(&tidy(text)).chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_searched_for_is_no_pattern() {
        for (text, expected) in [(" Ñu%a ", "%n~u!%a%"), ("100_!", "%100!_!!%"), ("", "%%")] {
            assert_eq!(pattern(text), expected);
        }
    }
}
