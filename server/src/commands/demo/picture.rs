//! Pictures that a camera might have taken: small PNG files, each another one.

use std::io::{self, Write as _};

use flate2::{Compression, Crc, write::ZlibEncoder};
use sha2::{Digest as _, Sha256};

/// Width and height in pixels.
const SIDE: u32 = 96;

/// A picture: a landscape in colours drawn by `seed`.
pub(super) fn png(seed: &str) -> io::Result<Vec<u8>> {
    let drawn: [u8; 32] = Sha256::digest(seed.as_bytes()).into();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let side = SIDE.to_be_bytes();
    // Eight bits for each of red, green and blue
    chunk(&mut file, *b"IHDR", &[&side[..], &side[..], &[8, 2, 0, 0, 0]].concat())?;
    let mut pixels = ZlibEncoder::new(Vec::new(), Compression::default());
    for y in 0..SIDE {
        let mut row = vec![0];
        for x in 0..SIDE {
            let hill = SIDE / 2 + u32::from(drawn[(x / 12) as usize] % 24);
            let colour = if y < hill { &drawn[8..11] } else { &drawn[11..14] };
            row.extend(colour.iter().map(|part| part.wrapping_add((y / 2) as u8)));
        }
        pixels.write_all(&row)?;
    }
    chunk(&mut file, *b"IDAT", &pixels.finish()?)?;
    chunk(&mut file, *b"IEND", &[])?;
    Ok(file)
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], content: &[u8]) -> io::Result<()> {
    let mut sum = Crc::new();
    sum.update(&kind);
    sum.update(content);
    file.write_all(&(content.len() as u32).to_be_bytes())?;
    file.write_all(&kind)?;
    file.write_all(content)?;
    file.write_all(&sum.sum().to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_is_another_one() {
        let pictures: Vec<_> = ["a", "b"].map(|seed| png(seed).unwrap()).into();
        assert_ne!(pictures[0], pictures[1]);
        assert!(pictures[0].starts_with(b"\x89PNG") && pictures[0].len() < 10_000, "{}", pictures[0].len());
    }
}
