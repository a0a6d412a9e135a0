//! The phone's core in processes of its own: killed, and without power.

mod kill;
mod power_loss;

use campo_protocol::text::hex;
use sha2::{Digest as _, Sha256};

/// A line of the journal that `phone-writer` prints after a capture returned.
struct Line {
    entry: String,
    photo: Option<String>,
}

/// The whole lines of a journal; the last one may be cut off.
fn journal(text: &str) -> Vec<Line> {
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let line = |line: &str| {
        let mut words = line.strip_prefix("captured ")?.split(' ');
        let entry = words.next()?.to_owned();
        Some(Line { entry, photo: words.next().filter(|hash| !hash.is_empty()).map(str::to_owned) })
    };
    whole.lines().filter_map(line).collect()
}

/// SHA-256, hexadecimal.
fn hash(bytes: &[u8]) -> String {
    let hash: [u8; 32] = Sha256::digest(bytes).into();
    hex(&hash)
}
