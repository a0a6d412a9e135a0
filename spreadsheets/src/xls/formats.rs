//! The number formats of an old workbook's cells, which calamine keeps to itself: leading zeros, percentages, and whether
//! a number is a day, a time or a length of time.

use std::collections::HashMap;

use super::records::{
    BEGIN, BOUND_SHEET, CELL_STYLE, END, FORMAT, FORMULA, MANY_NUMBERS, NUMBER, Record, SHORT_NUMBER, short,
};
use crate::{Unreadable, collect::too_large, number_format::NumberFormat};

/// The versions whose records are laid out so: of 1995 and of 1997 to 2003 (MS-XLS 2.4.21).
const OF_1995: u16 = 0x0500;
const OF_1997: u16 = 0x0600;
/// The most formats of cells; Excel writes at most 4,050.
const MAX_STYLES: usize = 65_536;
/// The most characters of a format that are read.
const MAX_CODE: usize = 1024;

/// The formats of one sheet.
#[derive(Debug, Default)]
pub(super) struct Formats {
    of_styles: Vec<NumberFormat>,
    /// The style of each cell with a number, by row and column
    styles: HashMap<(u16, u16), u16>,
}

impl Formats {
    /// Those of the sheet that the globals name at this index. None are known of a workbook that is older than 1995.
    pub(super) fn read(stream: &[u8], sheet: usize) -> Result<Self, Unreadable> {
        let version = Record::at(stream, 0).and_then(|begin| short(begin.data, 0)).unwrap_or(0);
        if ![OF_1995, OF_1997].contains(&version) {
            return Ok(Self::default());
        }
        let (mut own, mut of_styles, mut places) = (HashMap::new(), Vec::new(), Vec::new());
        for record in Record::all(stream).take_while(|record| record.kind != END) {
            match record.kind {
                FORMAT => own.extend(format(record.data, version)),
                CELL_STYLE => of_styles.push(record.short(2)?),
                BOUND_SHEET => places.push(record.long(0)? as usize),
                _ => {}
            }
            if of_styles.len() > MAX_STYLES {
                return Err(too_large("formats", MAX_STYLES as u64));
            }
        }
        let of_styles = of_styles
            .into_iter()
            .map(|id| own.get(&id).cloned().unwrap_or_else(|| NumberFormat::built_in(u32::from(id))));
        let mut formats = Self { of_styles: of_styles.collect(), styles: HashMap::new() };
        if let Some(place) = places.get(sheet) {
            formats.sheet(stream.get(*place..).unwrap_or_default())?;
        }
        Ok(formats)
    }

    /// The format of a cell with a number, where it is known.
    pub(super) fn of(&self, row: u32, column: u32) -> Option<&NumberFormat> {
        let cell = (u16::try_from(row).ok()?, u16::try_from(column).ok()?);
        self.of_styles.get(usize::from(*self.styles.get(&cell)?))
    }

    /// A sheet to its own end, without what is nested in it.
    fn sheet(&mut self, stream: &[u8]) -> Result<(), Unreadable> {
        let mut depth = 0_usize;
        for record in Record::all(stream) {
            match record.kind {
                BEGIN => depth += 1,
                END if depth <= 1 => break,
                END => depth -= 1,
                _ if depth != 1 => {}
                NUMBER | SHORT_NUMBER | FORMULA => {
                    self.styles.insert((record.short(0)?, record.short(2)?), record.short(4)?);
                }
                // Row, first column, style and number of each cell, last column (MS-XLS 2.4.175)
                MANY_NUMBERS => {
                    let (row, first) = (record.short(0)?, record.short(2)?);
                    let cells = record.data.get(4..).unwrap_or_default().chunks_exact(6);
                    for (column, cell) in (first..).zip(cells) {
                        self.styles.extend(short(cell, 0).map(|style| ((row, column), style)));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The id of a format and what it says (MS-XLS 2.4.126). None where it is cut off.
fn format(data: &[u8], version: u16) -> Option<(u16, NumberFormat)> {
    let id = short(data, 0)?;
    let code: String = if version == OF_1995 {
        let length = usize::from(*data.get(2)?);
        data.get(3..3 + length)?.iter().map(|byte| char::from(*byte)).collect()
    } else {
        let (length, flags) = (usize::from(short(data, 2)?), *data.get(4)?);
        let text = data.get(5..)?;
        if flags & 1 == 0 {
            text.get(..length)?.iter().map(|byte| char::from(*byte)).collect()
        } else {
            let units =
                text.get(..2 * length)?.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]]));
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
    };
    Some((id, NumberFormat::read(&code.chars().take(MAX_CODE).collect::<String>())))
}
