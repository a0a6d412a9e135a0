//! Photos as the account wants them: reduced, upright, with or without what the camera wrote beside the picture.
//!
//! A photo is decoded at the fraction of its size that is nearest to what is wanted, so that the memory it takes follows
//! from the account's size and not from the camera's. No photo is lost over it: one that cannot be reduced is kept as it
//! is, without what the camera wrote beside it where the account does not want that.

mod exif;
mod resample;
mod segments;

#[cfg(test)]
mod tests;

use std::{
    fs::{self, File},
    io::{self, BufReader, Read as _},
    path::{Path, PathBuf},
};

use campo_protocol::model::photos::PhotoRules;
use jpeg_decoder::{CodingProcess, Decoder, ImageInfo, PixelFormat};
use jpeg_encoder::{ColorType, Encoder};

use self::{exif::Orientation, resample::Picture};

/// The most pixels of a picture that is decoded whole before it is reduced, as progressive JPEG must be. Cameras of phones
/// write the other kind.
const MOST_PROGRESSIVE_PIXELS: u64 = 40_000_000;

/// Writes the photo at `path` as the account wants it into a file beside it. None when it stays as it is: it is no JPEG,
/// such as a signature, or already so.
pub(crate) fn prepared(path: &Path, rules: PhotoRules) -> Option<PathBuf> {
    match prepare(path, rules.within_limits()) {
        Ok(prepared) => prepared,
        Err(failure) => {
            tracing::warn!(%failure, "a photo is kept as it is");
            None
        }
    }
}

/// Why a photo is kept as it is.
#[derive(Debug, thiserror::Error)]
enum PhotoFailure {
    #[error("the file cannot be read or written: {0}")]
    File(#[from] io::Error),
    #[error("the picture cannot be read: {0}")]
    Decode(#[from] jpeg_decoder::Error),
    #[error("the picture cannot be written: {0}")]
    Encode(#[from] jpeg_encoder::EncodingError),
    #[error("{0}")]
    Kind(&'static str),
}

fn prepare(path: &Path, rules: PhotoRules) -> Result<Option<PathBuf>, PhotoFailure> {
    if !is_jpeg(path)? {
        return Ok(None);
    }
    let bytes = match reduced(path, rules) {
        Ok(bytes) => bytes,
        Err(failure) if rules.keep_metadata => return Err(failure),
        Err(failure) => {
            tracing::warn!(%failure, "a photo is not reduced");
            segments::without_metadata(&fs::read(path)?)
        }
    };
    let Some(bytes) = bytes else { return Ok(None) };
    let target = path.with_extension("reduced");
    if let Err(error) = fs::write(&target, bytes) {
        // Half of it helps nobody, and takes room on a disk that may have none
        let _ = fs::remove_file(&target);
        return Err(error.into());
    }
    Ok(Some(target))
}

fn is_jpeg(path: &Path) -> io::Result<bool> {
    let mut begin = Vec::new();
    File::open(path)?.take(3).read_to_end(&mut begin)?;
    Ok(begin == [0xFF, 0xD8, 0xFF])
}

/// The photo as the account wants it; none when it already is.
fn reduced(path: &Path, rules: PhotoRules) -> Result<Option<Vec<u8>>, PhotoFailure> {
    let mut decoder = Decoder::new(BufReader::new(File::open(path)?));
    decoder.read_info()?;
    let info = decoder.info().ok_or(PhotoFailure::Kind("it has no frame"))?;
    let orientation = decoder.exif_data().map(exif::orientation).unwrap_or_default();
    let (width, height) = wanted(info, rules.longest_edge_px);
    if (width, height) == (info.width, info.height) && orientation == Orientation::Upright {
        // What is right as it is loses nothing by being written again
        return if rules.keep_metadata { Ok(None) } else { Ok(segments::without_metadata(&fs::read(path)?)) };
    }
    let color = match info.pixel_format {
        PixelFormat::L8 => ColorType::Luma,
        PixelFormat::RGB24 => ColorType::Rgb,
        PixelFormat::L16 | PixelFormat::CMYK32 => {
            return Err(PhotoFailure::Kind("no camera writes such colours"));
        }
    };
    let pixels = u64::from(info.width) * u64::from(info.height);
    if info.coding_process == CodingProcess::DctProgressive && pixels > MOST_PROGRESSIVE_PIXELS {
        return Err(PhotoFailure::Kind("it is progressive and too large to be held whole"));
    }
    let (decoded_width, decoded_height) = decoder.scale(width, height)?;
    let picture = Picture {
        width: decoded_width.into(),
        height: decoded_height.into(),
        channels: info.pixel_format.pixel_bytes(),
        samples: decoder.decode()?,
    };
    let picture = picture.resized(width.into(), height.into()).turned(orientation);
    let exif = decoder.exif_data().filter(|_| rules.keep_metadata).map(exif::upright);
    let mut written = Vec::new();
    let mut encoder = Encoder::new(&mut written, rules.quality_percent as u8);
    // Without its profile a picture of many phones has other colours
    if let Some(profile) = decoder.icc_profile() {
        encoder.add_icc_profile(&profile)?;
    }
    if let Some(exif) = exif {
        encoder.add_exif_metadata(&exif)?;
    }
    encoder.encode(&picture.samples, picture.width as u16, picture.height as u16, color)?;
    Ok(Some(written))
}

/// The width and height that the account wants of a picture, never more than it has.
fn wanted(info: ImageInfo, longest_edge_px: i64) -> (u16, u16) {
    let longest = i64::from(info.width.max(info.height));
    if longest <= longest_edge_px {
        return (info.width, info.height);
    }
    let of = |edge: u16| ((i64::from(edge) * longest_edge_px + longest / 2) / longest).max(1) as u16;
    (of(info.width), of(info.height))
}
