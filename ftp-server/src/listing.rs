//! Listings: as Unix' `ls -l`, as DOS' `dir`, names alone, and facts (RFC 3659).

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use crate::folders::{Item, ItemKind};

/// After how long a listing shows the year in place of the hour.
const HALF_A_YEAR_US: i64 = 180 * 24 * 3600 * 1_000_000;

/// How a listing is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Style {
    #[default]
    Unix,
    Dos,
}

fn utc(us: i64) -> DateTime {
    TimeZone::UTC.to_datetime(Timestamp::from_microsecond(us).unwrap_or_default())
}

/// `20300115180000`, for `MDTM` and facts.
pub(crate) fn instant(us: i64) -> String {
    utc(us).strftime("%Y%m%d%H%M%S").to_string()
}

/// One line of `LIST`.
pub(crate) fn line(item: &Item, style: Style, now_us: i64) -> String {
    let at = utc(item.modified_us);
    let is_folder = item.kind == ItemKind::Folder;
    match style {
        Style::Dos => {
            let size = if is_folder {
                "       <DIR>         ".to_owned()
            } else {
                format!("{:>21}", item.size_bytes)
            };
            format!("{}{size} {}", at.strftime("%m-%d-%y  %I:%M%p"), item.name)
        }
        Style::Unix => {
            let rights = match (is_folder, item.writable) {
                (true, true) => "drwxr-xr-x",
                (true, false) => "dr-xr-xr-x",
                (false, true) => "-rw-r--r--",
                (false, false) => "-r--r--r--",
            };
            let is_recent = (0..HALF_A_YEAR_US).contains(&(now_us - item.modified_us));
            let when = at.strftime(if is_recent { "%b %e %H:%M" } else { "%b %e  %Y" });
            format!("{rights}   1 campo    campo    {:>12} {when} {}", item.size_bytes, item.name)
        }
    }
}

/// The facts of `MLSD` and `MLST`.
pub(crate) fn facts(item: &Item) -> String {
    let (kind, permissions) = match (item.kind, item.writable) {
        (ItemKind::Folder, true) => ("dir", "cdeflmp"),
        (ItemKind::Folder, false) => ("dir", "el"),
        (_, true) => ("file", "adfrw"),
        (_, false) => ("file", "r"),
    };
    let size =
        if item.kind == ItemKind::Folder { String::new() } else { format!("size={};", item.size_bytes) };
    format!("type={kind};{size}modify={};perm={permissions}; {}", instant(item.modified_us), item.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_is_what_clients_know() {
        // 2030-01-15T18:05:00Z
        let modified_us = 1_894_730_700_000_000;
        let file = Item {
            name: "a b.csv".to_owned(),
            kind: ItemKind::File,
            size_bytes: 42,
            modified_us,
            writable: false,
        };
        let folder = Item {
            name: "in".to_owned(),
            kind: ItemKind::Folder,
            size_bytes: 0,
            modified_us,
            writable: true,
        };
        let now_us = modified_us + 1;
        for (found, expected) in [
            (
                line(&file, Style::Unix, now_us),
                "-r--r--r--   1 campo    campo              42 Jan 15 18:05 a b.csv",
            ),
            (
                line(&folder, Style::Unix, now_us + HALF_A_YEAR_US),
                "drwxr-xr-x   1 campo    campo               0 Jan 15  2030 in",
            ),
            (line(&file, Style::Dos, now_us), "01-15-30  06:05PM                   42 a b.csv"),
            (line(&folder, Style::Dos, now_us), "01-15-30  06:05PM       <DIR>          in"),
            (facts(&file), "type=file;size=42;modify=20300115180500;perm=r; a b.csv"),
            (facts(&folder), "type=dir;modify=20300115180500;perm=cdeflmp; in"),
        ] {
            assert_eq!(found, expected);
        }
    }
}
