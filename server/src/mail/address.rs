//! Addresses to which mail goes.

use campo_protocol::faults::Faults;
use lettre::Address;

/// The most characters of an address (RFC 5321).
const MOST: usize = 254;

/// Names what is wrong with an address at `field`: it is one of ASCII, to which every server delivers.
pub fn check_address(field: &str, email: &str, faults: &mut Faults) {
    let is_plain =
        email.is_ascii() && !email.contains(|c: char| c.is_control() || c.is_whitespace() || c == '"');
    if email.len() > MOST || !is_plain || email.parse::<Address>().is_err() {
        faults.add(field, "not_an_email", email, "one e-mail address");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_address_and_nothing_else() {
        for (email, fits) in [
            ("ana@example.com", true),
            ("ana.maria+campo@mail.example.com", true),
            ("ana", false),
            ("ana@", false),
            ("@example.com", false),
            ("ana@example.com, eva@example.com", false),
            ("ana@example.com\r\nBcc: eva@example.com", false),
            ("\"ana\r\nBcc: eva\"@example.com", false),
            ("\"ana maria\"@example.com", false),
            ("<ana@example.com>", false),
            ("Ana <ana@example.com>", false),
            ("añá@example.com", false),
            ("ana@example.com>\0", false),
            (&format!("{}@example.com", "a".repeat(250)), false),
        ] {
            let mut faults = Faults::default();
            check_address("/email", email, &mut faults);
            assert_eq!(faults.is_empty(), fits, "{email}");
        }
    }
}
