use std::io::Cursor;

use jiff::civil::{Date, DateTime, Time};
use proptest::prelude::*;

use super::*;
use crate::{Cell, Flaw, Kind};

fn served(order: &Order, file: &[u8]) -> (Vec<Row>, End) {
    let input = [super::order(order).unwrap(), file.to_vec()].concat();
    let mut output = Vec::new();
    serve(&mut Cursor::new(input), &mut output).unwrap();
    let (mut rest, mut rows) = (output.as_slice(), Vec::new());
    loop {
        let (kind, length) = head(rest[..HEAD_BYTES].try_into().unwrap()).unwrap();
        let (carried, behind) = rest[HEAD_BYTES..].split_at(length);
        rest = behind;
        match frame(kind, carried, 200).unwrap() {
            Frame::Rows(more) => rows.extend(more),
            Frame::End(end) => {
                assert!(rest.is_empty());
                return (rows, end);
            }
        }
    }
}

fn order_of(file: &[u8]) -> Order {
    Order { size_bytes: file.len() as u64, options: Options::default() }
}

#[test]
fn what_crosses_is_what_is_read_here() {
    let lines = (1..=1300).map(|row| format!("{row};Año {row};")).collect::<Vec<_>>().join("\n");
    let file = format!("Número;Texto\n{lines}");
    let mut expected = Vec::new();
    let book = read(file.as_bytes(), &Options::default(), &mut |row| {
        expected.push(row);
        ControlFlow::Continue(())
    });
    let (rows, end) = served(&order_of(file.as_bytes()), file.as_bytes());
    assert_eq!((rows.len(), &rows), (1301, &expected));
    assert_eq!(end.result, book);
    assert_eq!(end.result.unwrap().kind, Kind::Text);

    let some = Options { first_rows: Some(3), ..Options::default() };
    let (rows, end) = served(&Order { options: some, ..order_of(file.as_bytes()) }, file.as_bytes());
    assert_eq!((rows.as_slice(), end.result.is_ok()), (&expected[..3], true));
}

#[test]
fn a_file_of_another_length_is_not_read() {
    let file = b"a;b\n1;2\n";
    for (size_bytes, expected) in [(7, "more than 7 bytes"), (9, "8 of 9 bytes")] {
        let (rows, end) = served(&Order { size_bytes, options: Options::default() }, file);
        assert!(rows.is_empty() && end.result.unwrap_err().to_string().contains(expected));
    }
    let (_, end) = served(&order_of(b"%PDF-1.7"), b"%PDF-1.7");
    assert_eq!(end.result.unwrap_err(), Unreadable::NotASpreadsheet("PDF".into()));
}

#[test]
fn one_row_fills_no_frame_beyond_its_bound() {
    let cell = "x".repeat(32_767);
    let row = vec![cell; 200].join(";");
    let file = format!("{row}\n{row}\n{row}\n");
    let (rows, end) = served(&order_of(file.as_bytes()), file.as_bytes());
    assert!(end.result.is_ok());
    assert_eq!((rows.len(), rows[2].cells.len()), (3, 200));
}

#[test]
fn what_is_no_frame_is_told() {
    assert!(head([b'X', 0, 0, 0, 0]).is_none() && head([b'R', 0xFF, 0xFF, 0xFF, 0xFF]).is_none());
    assert!(frame(b'E', b"{}", 200).is_none());
    let row = |cells: Vec<Cell>| {
        let mut bytes = Vec::new();
        cells::push(&Row { number: 7, hidden: true, cells }, &mut bytes);
        bytes
    };
    let good = row(vec![Cell::Text("a".to_owned()), Cell::Empty]);
    assert!(frame(b'R', &good, 2).is_some() && frame(b'R', &good, 1).is_none());
    assert!(frame(b'R', &good.repeat(MAX_ROWS), 2).is_some());
    assert!(frame(b'R', &good.repeat(MAX_ROWS + 1), 2).is_none());
    for length in 1..good.len() {
        assert!(frame(b'R', &good[..length], 2).is_none());
    }
    for bad in [
        row(vec![Cell::Text("a\0".to_owned())]),
        row(vec![Cell::Number { number: f64::NAN, shown: None }]),
        [&[1, 0, 1, 6][..], &2030_i16.to_le_bytes(), &[2, 30]].concat(),
    ] {
        assert!(frame(b'R', &bad, 2).is_none(), "{bad:?}");
    }
}

fn cell() -> impl Strategy<Value = Cell> {
    let text = "[^\0]{0,12}";
    let flaw = prop_oneof![
        Just(Flaw::Undecodable),
        Just(Flaw::UnclosedQuote),
        Just(Flaw::FormulaWithoutValue),
        Just(Flaw::TooLong),
        Just(Flaw::DigitsLost),
    ];
    let date = (1_i16..=9999, 1_i8..=12, 1_i8..=28)
        .prop_map(|(year, month, day)| Date::new(year, month, day).unwrap());
    let time = (0_i8..24, 0_i8..60, 0_i8..60, 0..1_000_000_000)
        .prop_map(|(hour, minute, second, nano)| Time::new(hour, minute, second, nano).unwrap());
    prop_oneof![
        Just(Cell::Empty),
        any::<bool>().prop_map(Cell::Boolean),
        text.prop_map(Cell::Text),
        (any::<f64>().prop_filter("finite", |number| number.is_finite()), proptest::option::of(text))
            .prop_map(|(number, shown)| Cell::Number { number, shown }),
        date.clone().prop_map(|date| Cell::Date { date }),
        time.clone().prop_map(|time| Cell::Time { time }),
        (date, time).prop_map(|(date, time)| Cell::Moment { moment: DateTime::from_parts(date, time) }),
        text.prop_map(|error| Cell::Error { error }),
        (text, flaw).prop_map(|(flawed, flaw)| Cell::Flawed { flawed, flaw }),
    ]
}

proptest! {
    #[test]
    fn rows_written_then_read_are_equal(
        rows in prop::collection::vec((1..i64::MAX, any::<bool>(), prop::collection::vec(cell(), 0..8)), 0..8),
    ) {
        let rows: Vec<Row> =
            rows.into_iter().map(|(number, hidden, cells)| Row { number, hidden, cells }).collect();
        let mut bytes = Vec::new();
        for row in &rows {
            cells::push(row, &mut bytes);
        }
        prop_assert_eq!(frame(b'R', &bytes, 8), Some(Frame::Rows(rows)));
    }

    #[test]
    fn bytes_of_chance_are_rows_or_nothing(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Some(Frame::Rows(rows)) = frame(b'R', &bytes, 200) {
            prop_assert!(rows.len() <= bytes.len());
        }
    }
}
