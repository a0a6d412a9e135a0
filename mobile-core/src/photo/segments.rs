//! A JPEG is a list of segments; what is not the picture can be left out without decoding it.

/// The picture without what cameras write beside it: EXIF and XMP, captions, comments, and what stands behind its end,
/// such as a second picture or a film. None when there is nothing of that, or the segments cannot be read.
pub(super) fn without_metadata(jpeg: &[u8]) -> Option<Vec<u8>> {
    let mut kept = jpeg.get(..2)?.to_vec();
    let mut at = 2;
    loop {
        let marker = *jpeg.get(at + 1).filter(|_| jpeg.get(at) == Some(&0xFF))?;
        match marker {
            // Any number of them may stand before a marker
            0xFF => {
                at += 1;
                continue;
            }
            END => {
                kept.extend([0xFF, END]);
                return (kept != jpeg).then_some(kept);
            }
            _ => {}
        }
        let length = u16::from_be_bytes(jpeg.get(at + 2..at + 4)?.try_into().ok()?);
        let mut end = at + 2 + usize::from(length);
        if marker == SCAN {
            end = end_of_scan(jpeg, end)?;
        }
        let segment = jpeg.get(at..end)?;
        if !is_metadata(marker, segment) {
            kept.extend_from_slice(segment);
        }
        at = end;
    }
}

const END: u8 = 0xD9;
const SCAN: u8 = 0xDA;

fn is_metadata(marker: u8, segment: &[u8]) -> bool {
    match marker {
        // APP2 holds the profile of the colours, and an index of further pictures
        0xE2 => !segment.get(4..).is_some_and(|data| data.starts_with(b"ICC_PROFILE\0")),
        // APP0 says that it is a JPEG, APP14 how its colours are meant
        0xE0 | 0xEE => false,
        0xE1..=0xEF | 0xFE => true,
        _ => false,
    }
}

/// Where the coded picture that begins at `at` ends: before the next marker that is none of its own.
fn end_of_scan(jpeg: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let next = jpeg.get(at..)?.iter().position(|byte| *byte == 0xFF)?;
        at += next;
        match *jpeg.get(at + 1)? {
            0x00 | 0xD0..=0xD7 => at += 2,
            0xFF => at += 1,
            _ => return Some(at),
        }
    }
}
