//! Photos as cameras write them, and as they leave the phone.

use std::{fs, path::PathBuf};

use campo_protocol::model::photos::PhotoRules;
use jpeg_decoder::Decoder;
use jpeg_encoder::{ColorType, Encoder};
use proptest::prelude::*;

use super::{exif, exif::Orientation, prepared, resample::Picture, segments};

const RED: [u8; 3] = [220, 20, 20];
const GREEN: [u8; 3] = [20, 200, 20];
const BLUE: [u8; 3] = [20, 20, 220];
const WHITE: [u8; 3] = [250, 250, 250];
/// The file's own profile of colours.
const PROFILE: &[u8] = b"a profile of colours";

/// What a camera writes beside a picture that it held so: the place, and how it was held.
fn camera_exif(orientation: u16) -> Vec<u8> {
    let mut exif = b"MM\0*\0\0\0\x08".to_vec();
    // Two fields: the maker, whose text is short enough to stand here, and the orientation
    exif.extend(b"\0\x02\x01\x0F\0\x02\0\0\0\x04Ana\0\x01\x12\0\x03\0\0\0\x01");
    exif.extend(orientation.to_be_bytes());
    exif.extend(b"\0\0\0\0\0\0");
    exif
}

/// A photo whose four quarters are red, green, blue and white, from the upper left along the rows.
fn photo(width: u16, height: u16, exif: Option<&[u8]>) -> Vec<u8> {
    let mut samples = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let color = match (x < width / 2, y < height / 2) {
                (true, true) => RED,
                (false, true) => GREEN,
                (true, false) => BLUE,
                (false, false) => WHITE,
            };
            samples.extend(color);
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    encoder.add_icc_profile(PROFILE).unwrap();
    if let Some(exif) = exif {
        encoder.add_exif_metadata(exif).unwrap();
    }
    encoder.encode(&samples, width, height, ColorType::Rgb).unwrap();
    bytes
}

/// What becomes of a photo; none when it stays as it is.
fn kept(bytes: &[u8], rules: PhotoRules) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("photo.jpg");
    fs::write(&path, bytes).unwrap();
    let prepared = prepared(&path, rules);
    assert_eq!(fs::read(&path).unwrap(), bytes, "the original stays until the other one is safe");
    prepared.map(|prepared| fs::read(prepared).unwrap())
}

fn decoded(bytes: &[u8]) -> (Picture, Option<Vec<u8>>) {
    let mut decoder = Decoder::new(bytes);
    let samples = decoder.decode().unwrap();
    let info = decoder.info().unwrap();
    assert_eq!(decoder.icc_profile().as_deref(), Some(PROFILE));
    let (width, height) = (info.width.into(), info.height.into());
    (Picture { width, height, channels: 3, samples }, decoder.exif_data().map(<[u8]>::to_vec))
}

/// The colours of the four quarters, from the upper left along the rows.
fn quarters(picture: &Picture) -> [[u8; 3]; 4] {
    let at = |x: usize, y: usize| {
        let (x, y) = (picture.width * x / 4, picture.height * y / 4);
        let from = (y * picture.width + x) * 3;
        let seen: [u8; 3] = picture.samples[from..from + 3].try_into().unwrap();
        *[RED, GREEN, BLUE, WHITE].iter().min_by_key(|color| apart(**color, seen)).unwrap()
    };
    [at(1, 1), at(3, 1), at(1, 3), at(3, 3)]
}

fn apart(one: [u8; 3], other: [u8; 3]) -> i32 {
    one.iter().zip(other).map(|(one, other)| (i32::from(*one) - i32::from(other)).abs()).sum()
}

fn rules(longest_edge_px: i64, keep_metadata: bool) -> PhotoRules {
    PhotoRules { longest_edge_px, keep_metadata, ..PhotoRules::default() }
}

#[test]
fn a_photo_is_reduced_to_the_account_s_size_and_stands_upright() {
    for (orientation, width, height, expected) in [
        (1, 400, 300, [RED, GREEN, BLUE, WHITE]),
        (2, 400, 300, [GREEN, RED, WHITE, BLUE]),
        (3, 400, 300, [WHITE, BLUE, GREEN, RED]),
        (4, 400, 300, [BLUE, WHITE, RED, GREEN]),
        (5, 300, 400, [RED, BLUE, GREEN, WHITE]),
        (6, 300, 400, [BLUE, RED, WHITE, GREEN]),
        (7, 300, 400, [WHITE, GREEN, BLUE, RED]),
        (8, 300, 400, [GREEN, WHITE, RED, BLUE]),
        (99, 400, 300, [RED, GREEN, BLUE, WHITE]),
    ] {
        let taken = photo(1000, 750, Some(&camera_exif(orientation)));
        let (picture, exif) = decoded(&kept(&taken, rules(400, false)).unwrap());
        assert_eq!((picture.width, picture.height), (width, height), "{orientation}");
        assert_eq!(quarters(&picture), expected, "{orientation}");
        assert_eq!(exif, None);
    }
}

#[test]
fn a_photo_that_is_small_enough_is_turned_and_not_made_larger() {
    let taken = photo(200, 100, Some(&camera_exif(6)));
    let (picture, _) = decoded(&kept(&taken, rules(400, false)).unwrap());
    assert_eq!((picture.width, picture.height), (100, 200));
}

#[test]
fn what_the_camera_wrote_is_kept_where_the_account_says_so_and_never_turns_a_picture_twice() {
    let taken = photo(1000, 750, Some(&camera_exif(6)));
    let (_, exif) = decoded(&kept(&taken, rules(400, true)).unwrap());
    let exif = exif.unwrap();
    assert!(exif.windows(4).any(|part| part == b"Ana\0"));
    assert_eq!(exif::orientation(&exif), Orientation::Upright);
    assert_eq!(exif::orientation(&camera_exif(6)), Orientation::QuarterRight);
}

#[test]
fn a_photo_that_is_right_keeps_its_picture_byte_for_byte() {
    let plain = photo(300, 200, None);
    assert_eq!(kept(&plain, rules(400, false)), None);
    let told = photo(300, 200, Some(&camera_exif(1)));
    assert_eq!(kept(&told, rules(400, true)), None);
    assert_eq!(kept(&told, rules(400, false)), Some(plain.clone()));
    // A phone that films before it takes the picture puts the film behind it
    let with_film = [plain.as_slice(), b"film"].concat();
    assert_eq!(kept(&with_film, rules(400, false)), Some(plain));
}

#[test]
fn what_is_no_photo_or_no_picture_is_kept_as_it_is() {
    assert_eq!(kept(b"\x89PNG\r\n\x1A\n a signature", rules(400, false)), None);
    assert_eq!(kept(b"\xFF\xD8\xFF a broken photo", rules(400, false)), None);
    // The end is missing: what can be left out without decoding it cannot be told
    let taken = photo(1000, 750, Some(&camera_exif(1)));
    assert_eq!(kept(&taken[..200], rules(400, false)), None);
}

#[test]
fn a_photo_that_cannot_be_reduced_does_not_tell_where_it_was_taken() {
    let mut taken = photo(1000, 750, Some(&camera_exif(1)));
    // Twelve bits for each sample, which no camera writes
    let frame = taken.windows(4).position(|part| part == [0xFF, 0xC0, 0x00, 0x11]).unwrap();
    taken[frame + 4] = 12;
    let kept = kept(&taken, rules(400, false)).unwrap();
    assert!(!kept.windows(4).any(|part| part == b"Ana\0"));
    assert!(kept.windows(PROFILE.len()).any(|part| part == PROFILE));
}

#[test]
fn small_print_stays_even_when_a_picture_gets_smaller() {
    // Lines of one pixel, every third: at two thirds of the size no line is left out, and the grey is the same
    let samples: Vec<u8> = (0..300 * 3).map(|at| if at % 3 == 0 { 0 } else { 255 }).collect();
    let lines = Picture { width: 300, height: 3, channels: 1, samples };
    let smaller = lines.resized(200, 2);
    let row = &smaller.samples[..200];
    let mean = row.iter().map(|sample| u32::from(*sample)).sum::<u32>() / 200;
    assert!((165..=175).contains(&mean), "{mean}");
    assert!(row[20..180].chunks(2).all(|pair| pair.iter().any(|sample| *sample < 140)), "{row:?}");
}

proptest! {
    #[test]
    fn no_bytes_make_a_photo_fail(cut in 0_usize..2000, at in 0_usize..2000, byte: u8) {
        let mut taken = photo(64, 64, Some(&camera_exif(6)));
        let length = taken.len();
        taken.truncate(length.saturating_sub(cut).max(3));
        let at = at % taken.len();
        taken[at] = byte;
        let _ = kept(&taken, rules(320, false));
        let _ = segments::without_metadata(&taken);
        let _ = exif::upright(&taken[at..]);
    }
}
