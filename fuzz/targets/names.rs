//! Names of files and patterns for them: a path stays below its root, and a pattern ends for every name.
#![no_main]

use campo_file_names::{Pattern, VirtualPath};

libfuzzer_sys::fuzz_target!(|texts: (&str, &str)| {
    let (first, second) = texts;
    if let Ok(path) = VirtualPath::parse(first) {
        assert!(path.parts().iter().all(|part| !part.is_empty() && part != ".." && !part.contains(['/', '\0'])));
        let _ = path.join(second);
    }
    if let Ok(pattern) = Pattern::parse(first) {
        let _ = pattern.fits(second);
        if let Ok(other) = Pattern::parse(second) {
            assert_eq!(pattern.overlaps(&other), other.overlaps(&pattern));
        }
    }
});
