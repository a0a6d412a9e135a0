//! An area from a cell: WKT (`POLYGON((-77.05 -12.05, …))`) or GeoJSON, with one ring that does not cross itself.

use std::str::FromStr as _;

use geo::{Coord, LineString, Polygon, Validation as _};
use serde_json::{Value, json};
use wkt::Wkt;

use super::value::Wrong;

/// The corners of an area, without the last one that closes it.
pub(super) fn read(text: &str) -> Result<Value, Wrong> {
    let text = text.trim();
    let rings = if text.starts_with('{') { of_geojson(text) } else { of_wkt(text) };
    let rings = rings.ok_or_else(|| wrong("not_a_polygon", "POLYGON((longitude latitude, …)) or GeoJSON"))?;
    let [mut ring]: [Vec<Coord>; 1] =
        rings.try_into().map_err(|_| wrong("not_a_polygon", "one area without holes"))?;
    if ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    let area = Polygon::new(LineString::from(ring.clone()), Vec::new());
    if ring.len() < 3 || !area.is_valid() {
        return Err(wrong(
            "not_a_polygon",
            "an area of at least 3 corners whose border does not cross itself",
        ));
    }
    let corner = |corner: Coord| json!({ "latitude": corner.y, "longitude": corner.x });
    Ok(ring.into_iter().map(corner).collect())
}

fn wrong(code: &'static str, expected: &str) -> Wrong {
    Wrong { code, expected: expected.to_owned() }
}

fn of_wkt(text: &str) -> Option<Vec<Vec<Coord>>> {
    // Of collections the reader of WKT goes down as deep as brackets do
    let begins = |word: &str| text.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
    if !begins("POLYGON") && !begins("MULTIPOLYGON") {
        return None;
    }
    let polygon = match Wkt::<f64>::from_str(text).ok()? {
        Wkt::Polygon(polygon) => polygon,
        Wkt::MultiPolygon(several) => match several.polygons() {
            [one] => one.clone(),
            _ => return None,
        },
        _ => return None,
    };
    let corner = |one: &wkt::types::Coord<f64>| Coord { x: one.x, y: one.y };
    Some(polygon.rings().iter().map(|ring| ring.coords().iter().map(corner).collect()).collect())
}

fn of_geojson(text: &str) -> Option<Vec<Vec<Coord>>> {
    let mut document: Value = serde_json::from_str(text).ok()?;
    if document["type"] == "FeatureCollection" {
        match document["features"].as_array_mut().map(Vec::as_mut_slice) {
            Some([one]) => document = one.take(),
            _ => return None,
        }
    }
    if document["type"] == "Feature" {
        document = document["geometry"].take();
    }
    let rings = match document["type"].as_str()? {
        "Polygon" => &document["coordinates"],
        "MultiPolygon" if document["coordinates"].as_array()?.len() == 1 => &document["coordinates"][0],
        _ => return None,
    };
    let corner = |one: &Value| Some(Coord { x: one.get(0)?.as_f64()?, y: one.get(1)?.as_f64()? });
    let ring = |ring: &Value| ring.as_array()?.iter().map(corner).collect::<Option<Vec<Coord>>>();
    rings.as_array()?.iter().map(ring).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_read_from_both_ways_to_write_them() {
        let expected = json!([
            { "latitude": -12.0, "longitude": -77.0 },
            { "latitude": -12.0, "longitude": -76.0 },
            { "latitude": -11.0, "longitude": -76.0 },
        ]);
        for text in [
            "POLYGON((-77 -12, -76 -12, -76 -11, -77 -12))",
            "polygon ((-77 -12,-76 -12,-76 -11,-77 -12))",
            "MULTIPOLYGON(((-77 -12, -76 -12, -76 -11, -77 -12)))",
            r#"{"type":"Polygon","coordinates":[[[-77,-12],[-76,-12],[-76,-11],[-77,-12]]]}"#,
            r#"{"type":"Feature","properties":{},"geometry":{"type":"Polygon",
               "coordinates":[[[-77,-12],[-76,-12],[-76,-11],[-77,-12]]]}}"#,
        ] {
            assert_eq!(read(text).unwrap(), expected, "{text}");
        }
        for text in [
            "",
            "POINT(1 2)",
            "POLYGON((0 0, 1 1))",
            "POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))",
            "POLYGON((0 0, 9 0, 9 9, 0 0),(2 1, 3 1, 3 2, 2 1))",
            "POLYGON((0 0, 9 0",
            "POLYGON((NaN 0, 9 0, 9 9, NaN 0))",
            r#"{"type":"Polygon","coordinates":[[["a",0],[1,1],[1,0]]]}"#,
            r#"{"type":"Polygon"}"#,
            "{",
        ] {
            assert_eq!(read(text).map_err(|wrong| wrong.code), Err("not_a_polygon"), "{text}");
        }
        let deep = "GEOMETRYCOLLECTION(".repeat(100_000);
        assert!(read(&deep).is_err());
    }
}
