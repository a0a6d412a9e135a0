//! The records of an old workbook's stream (MS-XLS 2.1.4): kind, length and data of each.

use crate::{Unreadable, collect::damaged};

pub(super) const FORMULA: u16 = 0x0006;
pub(super) const END: u16 = 0x000A;
pub(super) const NAME: u16 = 0x0018;
pub(super) const PASSWORD: u16 = 0x002F;
pub(super) const CONTINUE: u16 = 0x003C;
pub(super) const BOUND_SHEET: u16 = 0x0085;
pub(super) const MANY_NUMBERS: u16 = 0x00BD;
pub(super) const RICH_TEXT: u16 = 0x00D6;
pub(super) const CELL_STYLE: u16 = 0x00E0;
pub(super) const TEXTS: u16 = 0x00FC;
pub(super) const SHARED_TEXT: u16 = 0x00FD;
pub(super) const DIMENSIONS: u16 = 0x0200;
pub(super) const NUMBER: u16 = 0x0203;
pub(super) const TEXT: u16 = 0x0204;
pub(super) const BOOLEAN: u16 = 0x0205;
pub(super) const TEXT_OF_FORMULA: u16 = 0x0207;
pub(super) const SHORT_NUMBER: u16 = 0x027E;
pub(super) const FORMAT: u16 = 0x041E;
pub(super) const BEGIN: u16 = 0x0809;

#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) at: usize,
    pub(super) kind: u16,
    pub(super) data: &'a [u8],
}

impl<'a> Record<'a> {
    /// The record at a place; none where it is cut off.
    pub(super) fn at(stream: &'a [u8], at: usize) -> Option<Self> {
        let (kind, length) = (short(stream, at)?, short(stream, at + 2)?);
        let data = stream.get(at + 4..at + 4 + usize::from(length))?;
        Some(Self { at, kind, data })
    }

    pub(super) fn all(stream: &'a [u8]) -> impl Iterator<Item = Self> {
        std::iter::successors(Self::at(stream, 0), |record| {
            Self::at(stream, record.at + 4 + record.data.len())
        })
    }

    pub(super) fn short(&self, at: usize) -> Result<u16, Unreadable> {
        short(self.data, at).ok_or_else(|| damaged("a record is cut off"))
    }

    pub(super) fn long(&self, at: usize) -> Result<u32, Unreadable> {
        Ok(u32::from(self.short(at)?) | u32::from(self.short(at + 2)?) << 16)
    }
}

pub(super) fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
}
