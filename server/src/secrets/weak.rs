//! Passwords and PINs that are guessed first: those of every list, and what people make of them.

/// Words that open every list of passwords that were stolen, in English and Spanish, without digits and signs.
const WORDS: &[&str] = &[
    "password",
    "passwort",
    "passwd",
    "contrasena",
    "contraseña",
    "clave",
    "secreto",
    "secret",
    "qwerty",
    "qwertyuiop",
    "asdfgh",
    "asdfghjkl",
    "zxcvbn",
    "zxcvbnm",
    "qazwsx",
    "qazwsxedc",
    "iloveyou",
    "teamo",
    "tequiero",
    "admin",
    "administrator",
    "administrador",
    "root",
    "usuario",
    "user",
    "login",
    "welcome",
    "bienvenido",
    "letmein",
    "monkey",
    "dragon",
    "football",
    "futbol",
    "baseball",
    "superman",
    "batman",
    "pokemon",
    "starwars",
    "sunshine",
    "princess",
    "princesa",
    "master",
    "shadow",
    "michael",
    "jordan",
    "charlie",
    "daniel",
    "jessica",
    "ashley",
    "alejandro",
    "alejandra",
    "carlos",
    "fernando",
    "gabriela",
    "mariana",
    "valentina",
    "sebastian",
    "santiago",
    "nicolas",
    "camila",
    "estrella",
    "corazon",
    "america",
    "barcelona",
    "realmadrid",
    "cristiano",
    "chocolate",
    "mariposa",
    "bonita",
    "hermosa",
    "familia",
    "mexico",
    "colombia",
    "argentina",
    "peru",
    "chile",
    "espana",
    "españa",
    "changeme",
    "cambiame",
    "default",
    "test",
    "testing",
    "prueba",
    "temporal",
    "hola",
    "holamundo",
    "hello",
    "abc",
    "abcd",
    "abcdef",
    "computer",
    "internet",
    "google",
    "facebook",
    "whatever",
    "trustno",
    "hunter",
    "campo",
    "officetrack",
];

/// The rows of a keyboard, of which a part is no password.
const ROWS: &[&str] = &["qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890"];

/// True for a password that is among the first that are guessed; `names` are those of its owner.
pub fn is_weak_password(password: &str, names: &[&str]) -> bool {
    let folded = password.trim().to_lowercase();
    let mut different: Vec<char> = folded.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < 5 || is_run(&folded) || repeats(&folded) {
        return true;
    }
    let plain: String = folded.trim_matches(|c: char| !c.is_alphanumeric()).chars().map(unmasked).collect();
    let is_edge = |c: char| !c.is_alphabetic();
    let stems = [folded.trim_matches(is_edge), plain.trim_matches(is_edge)];
    let own = |stem: &str| {
        names.iter().map(|name| name.to_lowercase()).any(|name| {
            let local = name.split('@').next().unwrap_or_default();
            stem == name || stem == local
        })
    };
    let in_row = |stem: &str| stem.len() >= 4 && ROWS.iter().any(|row| row.contains(stem));
    stems.iter().any(|stem| WORDS.contains(stem) || own(stem) || in_row(stem))
}

/// True for a PIN that is among the first that are tried: one digit, a run, a pair twice, or one of the few that make up
/// a fifth of all.
pub fn is_weak_pin(pin: &str) -> bool {
    is_run(pin) || repeats(pin) || ["1004", "2580", "0852", "1122", "1313", "2001", "1230"].contains(&pin)
}

/// True when each character follows the one before it by the same step of at most one: `aaaa`, `1234`, `9876`.
fn is_run(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    let steps: Vec<i64> = codes.windows(2).map(|two| two[1] - two[0]).collect();
    let Some(first) = steps.first().filter(|step| step.abs() <= 1) else { return codes.len() < 2 };
    // a zero may follow the nine, as on a keyboard
    let wraps =
        |(index, step): (usize, &i64)| index + 1 == steps.len() && text.ends_with("90") && *step == -9;
    steps.iter().enumerate().all(|(index, step)| step == first || wraps((index, step)))
}

/// True for up to four characters again and again: `1212`, `abcabcabc`.
fn repeats(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    (1..=4).any(|length| {
        characters.len() >= 2 * length
            && characters.iter().enumerate().all(|(index, c)| *c == characters[index % length])
    })
}

/// The letter that a digit or sign often stands for.
const fn unmasked(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_that_are_guessed_first_are_known_in_every_dress() {
        for password in [
            "password",
            "Password1",
            "P@ssw0rd!",
            "Contraseña2030",
            "qwertyui",
            "asdfghjkl1",
            "            ",
            "aaaaaaaaaaaa",
            "12345678",
            "1234567890",
            "87654321",
            "abcdefgh",
            "abcabcabc",
            "12121212",
            "Campo2026!",
            "ana@example.com",
            "ana2030!",
            "admin123",
        ] {
            assert!(is_weak_password(password, &["ana@example.com"]), "{password}");
        }
        for password in [
            "a password of tests",
            "lago verde sin peces 31",
            "hunter22x9",
            "ñandú-ñu",
            "VPCWG-42KX4-RYJ0K",
            "tr0ub4dor&3",
        ] {
            assert!(!is_weak_password(password, &["ana@example.com"]), "{password}");
        }
    }

    #[test]
    fn pins_that_are_tried_first_are_known() {
        for pin in ["0000", "1234", "4321", "1212", "111111", "123123", "7890", "2580"] {
            assert!(is_weak_pin(pin), "{pin}");
        }
        for pin in ["4829", "739150284617", "0417", "2468", "90210"] {
            assert!(!is_weak_pin(pin), "{pin}");
        }
    }
}
