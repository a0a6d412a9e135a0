//! How a camera held the picture, in what it wrote beside it (EXIF 2.32, a TIFF of its own).

/// The field that says how the camera was held.
const ORIENTATION: u16 = 0x0112;
/// The length of a field.
const FIELD_BYTES: usize = 12;

/// How a picture must be turned to stand upright, by the numbers of the field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Orientation {
    /// 1: as it is
    #[default]
    Upright,
    /// 2
    Mirrored,
    /// 3
    HalfTurn,
    /// 4
    MirroredHalfTurn,
    /// 5
    MirroredQuarterLeft,
    /// 6: a quarter to the right
    QuarterRight,
    /// 7
    MirroredQuarterRight,
    /// 8: a quarter to the left
    QuarterLeft,
}

/// How the picture must be turned; as it is, where nothing readable is said.
pub(super) fn orientation(exif: &[u8]) -> Orientation {
    let Some((at, is_big)) = field(exif) else { return Orientation::Upright };
    match number(exif, at, is_big) {
        Some(2) => Orientation::Mirrored,
        Some(3) => Orientation::HalfTurn,
        Some(4) => Orientation::MirroredHalfTurn,
        Some(5) => Orientation::MirroredQuarterLeft,
        Some(6) => Orientation::QuarterRight,
        Some(7) => Orientation::MirroredQuarterRight,
        Some(8) => Orientation::QuarterLeft,
        _ => Orientation::Upright,
    }
}

/// The same for a picture that was turned: nobody turns it a second time.
pub(super) fn upright(exif: &[u8]) -> Vec<u8> {
    let mut changed = exif.to_vec();
    if let Some((at, is_big)) = field(exif)
        && let Some(value) = changed.get_mut(at..at + 2)
    {
        value.copy_from_slice(&if is_big { 1_u16.to_be_bytes() } else { 1_u16.to_le_bytes() });
    }
    changed
}

/// Where the value of the field stands, and whether the high byte goes first.
fn field(exif: &[u8]) -> Option<(usize, bool)> {
    let is_big = match exif.get(..2)? {
        b"MM" => true,
        b"II" => false,
        _ => return None,
    };
    let directory = usize::try_from(long(exif, 4, is_big)?).ok()?;
    let count = usize::from(number(exif, directory, is_big)?);
    (0..count)
        .map(|index| directory.saturating_add(2 + index * FIELD_BYTES))
        .find(|at| number(exif, *at, is_big) == Some(ORIENTATION))
        .map(|at| (at + 8, is_big))
}

fn number(exif: &[u8], at: usize, is_big: bool) -> Option<u16> {
    let bytes = exif.get(at..at.checked_add(2)?)?.try_into().ok()?;
    Some(if is_big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
}

fn long(exif: &[u8], at: usize, is_big: bool) -> Option<u32> {
    let bytes = exif.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(if is_big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
}
