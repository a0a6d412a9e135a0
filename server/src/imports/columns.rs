//! Columns by letter and by heading.

use campo_protocol::text::sort_key;
use campo_spreadsheets::cell::is_invisible;

/// The letter of a column, from 0: `A`, `Z`, `AA`.
pub(super) fn letter(index: usize) -> String {
    let mut letters = Vec::new();
    let mut left = index + 1;
    while left > 0 {
        left -= 1;
        letters.push(b'A' + (left % 26) as u8);
        left /= 26;
    }
    letters.iter().rev().map(|byte| char::from(*byte)).collect()
}

/// The column of a letter, from 0; none when it is no letter of a column that is read.
pub(super) fn index(letter: &str) -> Option<usize> {
    let letter = letter.trim();
    if letter.is_empty() || letter.len() > 3 || !letter.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let number = letter
        .bytes()
        .fold(0_usize, |number, byte| number * 26 + usize::from(byte.to_ascii_uppercase() - b'A') + 1);
    Some(number - 1)
}

/// What of a heading counts: no upper case, accents, blanks beside each other, marks behind it; `º`, `°` and `o` behind
/// an N are one.
pub(super) fn folded(heading: &str) -> String {
    let visible: String = heading.chars().filter(|c| !is_invisible(*c)).collect();
    let folded = sort_key(&visible).replace(['º', '°', 'ª'], "o");
    let words: Vec<&str> = folded.split_whitespace().collect();
    words.join(" ").trim_end_matches([':', '*', '.', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_spreadsheets_do() {
        for (number, name) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!((letter(number).as_str(), index(name)), (name, Some(number)));
        }
        assert_eq!(
            (index(" c "), index(""), index("A1"), index("ABCD"), index("Ñ")),
            (Some(2), None, None, None, None)
        );
    }

    #[test]
    fn headings_are_one_however_people_write_them() {
        for (one, other) in [
            ("Nº de tarea", "N° DE  TAREA"),
            ("Dirección:", " direccion"),
            ("Teléfono*", "telefono"),
            ("Fecha\u{A0}de inicio", "fecha de inicio"),
            ("\u{200B}Ta\u{AD}rea", "tarea"),
            ("Direccio\u{301}n", "dirección"),
        ] {
            assert_eq!(folded(one), folded(other));
        }
        assert_ne!(folded("Año"), folded("Ano"));
    }
}
