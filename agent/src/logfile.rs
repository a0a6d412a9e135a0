//! The log: lines in a file that is begun anew when it is long, and five files of before.

use std::{
    fs::{self, File},
    io::Write as _,
    path::PathBuf,
};

use crate::clock;

const MOST_BYTES: u64 = 1024 * 1024;
const KEPT: u32 = 5;

/// The log.
#[derive(Debug)]
pub(crate) struct Log {
    path: PathBuf,
    most_bytes: u64,
}

impl Log {
    pub(crate) fn new(folder: &std::path::Path) -> Self {
        Self { path: folder.join("campo-agent.log"), most_bytes: MOST_BYTES }
    }

    /// Adds a line. A log that cannot be written stops nothing.
    pub(crate) fn line(&self, text: &str) {
        self.rotate();
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if let Ok(mut file) = File::options().create(true).append(true).open(&self.path) {
            let _ = writeln!(file, "{} {text}", clock::now().strftime("%Y-%m-%dT%H:%M:%SZ"));
        }
    }

    fn rotate(&self) {
        if fs::metadata(&self.path).is_ok_and(|about| about.len() < self.most_bytes) {
            return;
        }
        let name = |number: u32| self.path.with_extension(format!("log.{number}"));
        for number in (1..KEPT).rev() {
            // One that is not there is not moved
            let _ = fs::rename(name(number), name(number + 1));
        }
        let _ = fs::rename(&self.path, name(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_log_is_begun_anew_and_five_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let log = Log { path: folder.path().join("campo-agent.log"), most_bytes: 100 };
        for number in 0..60 {
            log.line(&format!("line {number}\nand more"));
        }
        let count = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(count, 6);
        let last = fs::read_to_string(folder.path().join("campo-agent.log")).unwrap();
        assert!(last.contains("line 59 and more"), "{last}");
    }
}
