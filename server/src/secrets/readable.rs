//! Secrets that people read and type: Crockford's alphabet, which has no letters that look like digits.

use super::Secret;
use crate::environment::Environment;

/// The 32 digits, five bits each (Douglas Crockford, Base 32).
pub const READABLE: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many digits stand together.
const GROUP: usize = 5;

/// `N` random digits in groups of five: `7K3QD-9XPW2`.
pub fn readable<const N: usize>(environment: &Environment) -> String {
    let mut text = String::with_capacity(N + N / GROUP);
    for (index, byte) in environment.random::<N>().into_iter().enumerate() {
        if index > 0 && index % GROUP == 0 {
            text.push('-');
        }
        // 256 is a multiple of 32, so that every digit is equally likely.
        text.push(char::from(READABLE[usize::from(byte % 32)]));
    }
    text
}

/// [`readable`], as a secret.
pub fn readable_secret<const N: usize>(environment: &Environment) -> Secret {
    Secret::new(readable::<N>(environment))
}

/// What somebody meant who typed such digits: hyphens and spaces do not count, nor does the case, and letters that
/// look like digits are those. `None` for anything else.
pub fn typed(text: &str) -> Option<String> {
    let digit = |c: char| match c.to_ascii_uppercase() {
        'O' => Some('0'),
        'I' | 'L' => Some('1'),
        c if c.is_ascii() && READABLE.contains(&(c as u8)) => Some(c),
        _ => None,
    };
    text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_as_they_were_meant() {
        let environment = Environment::seeded(1, 0);
        let code = readable::<10>(&environment);
        assert_eq!((code.len(), code.find('-')), (11, Some(5)));
        let plain = code.replace('-', "");
        for text in
            [code.clone(), plain.clone(), format!(" {} ", code.to_lowercase()), plain.replace("", " ")]
        {
            assert_eq!(typed(&text).as_ref(), Some(&plain), "{text}");
        }
        for (text, meant) in [("o0-iL1", Some("00111")), ("U", None), ("7ñ", None), ("", Some(""))] {
            assert_eq!(typed(text).as_deref(), meant, "{text}");
        }
        assert_ne!(readable::<10>(&environment), code);
    }
}
