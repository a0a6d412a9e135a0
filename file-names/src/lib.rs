//! Names of files that strangers give. What is read here can name nothing outside a virtual root; it knows no file
//! system, no database and no clock.

mod path;
mod pattern;
mod template;

pub use path::{MAX_NAME_BYTES, NameFault, VirtualPath, check_name};
pub use pattern::{Pattern, PatternFault};
pub use template::{Moment, NameTemplate};

/// What clients append to the name of a file that is still on its way.
const UNFINISHED: [&str; 6] = [".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload"];

/// True for a name that says of itself that the file is not whole yet: it is renamed when it is.
pub fn is_unfinished(name: &str) -> bool {
    let folded = fold(name);
    folded.starts_with('.')
        || folded.starts_with("~$")
        || UNFINISHED.iter().any(|end| folded.len() > end.len() && folded.ends_with(end))
}

/// A name as it is compared: case and the way in which accents are written do not count.
pub fn fold(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    text.nfc().flat_map(char::to_lowercase).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_on_its_way_is_known_by_its_name() {
        for (name, unfinished) in [
            ("a.xlsx", false),
            ("a.xlsx.part", true),
            ("A.XLSX.FILEPART", true),
            (".a.xlsx", true),
            ("~$a.xlsx", true),
            ("part", false),
            (".part", true),
            ("a.tmp", true),
            ("a.tmp.csv", false),
        ] {
            assert_eq!(is_unfinished(name), unfinished, "{name}");
        }
    }
}
