//! What becomes of a file that came, by its name and how it came to it: a pure function of the intakes.

use campo_file_names::{fold, is_unfinished};
use uuid::Uuid;

use crate::exchange::intake::{Completeness, Gate};

/// How a file in a hosted folder came to its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::exchange) enum How {
    /// Its upload ended
    Closed,
    /// It was renamed
    Renamed,
}

/// What to do with a file by its name alone.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::exchange) enum Verdict {
    /// It is taken by this intake, at the earliest in so many seconds
    Take { intake: Uuid, rest_s: i64 },
    /// It is kept until its marker comes or it is renamed
    Keep,
    /// It is whole when its marker is there, which has this name
    KeepUntil { intake: Uuid, marker: String },
    /// It is the marker of this file
    Marks { intake: Uuid, file: String },
    /// It fits no intake
    Unmatched,
}

/// What to do with a file of this folder below `in` and name.
pub(in crate::exchange) fn judge(gates: &[Gate], folder: &str, name: &str, how: How) -> Verdict {
    if is_unfinished(name) {
        return Verdict::Keep;
    }
    for gate in gates.iter().filter(|gate| gate.complete == Completeness::Marker) {
        let suffix = fold(&gate.marker_suffix);
        let cut = fold(name).strip_suffix(&suffix).map(|_| name.chars().count() - suffix.chars().count());
        if let Some(cut) = cut {
            let file: String = name.chars().take(cut).collect();
            if gate.fits(folder, &file) {
                return Verdict::Marks { intake: gate.id, file };
            }
        }
    }
    let Some(gate) = gates.iter().find(|gate| gate.fits(folder, name)) else { return Verdict::Unmatched };
    let intake = gate.id;
    match (gate.complete, how) {
        (Completeness::Closed, _) | (Completeness::Renamed, How::Renamed) => {
            Verdict::Take { intake, rest_s: 0 }
        }
        (Completeness::Renamed, How::Closed) => Verdict::Keep,
        (Completeness::Marker, _) => {
            Verdict::KeepUntil { intake, marker: format!("{name}{}", gate.marker_suffix) }
        }
        (Completeness::Stable, _) => Verdict::Take { intake, rest_s: gate.stable_seconds },
    }
}

#[cfg(test)]
mod tests {
    use campo_file_names::Pattern;

    use super::*;

    #[test]
    fn what_becomes_of_a_file_is_said_by_its_name_and_how_it_came_to_it() {
        let gate = |number: u128, pattern: &str, complete| Gate {
            id: Uuid::from_u128(number),
            folder: "T".to_owned(),
            pattern: Pattern::parse(pattern).unwrap(),
            complete,
            marker_suffix: ".done".to_owned(),
            stable_seconds: 30,
        };
        let gates = [
            gate(1, "closed*.csv", Completeness::Closed),
            gate(2, "renamed*.csv", Completeness::Renamed),
            gate(3, "marker*.csv", Completeness::Marker),
            gate(4, "stable*.csv", Completeness::Stable),
        ];
        let take = |number: u128, rest_s| Verdict::Take { intake: Uuid::from_u128(number), rest_s };
        let intake = Uuid::from_u128(3);
        for (name, how, verdict) in [
            ("Closed1.CSV", How::Closed, take(1, 0)),
            ("closed1.csv", How::Renamed, take(1, 0)),
            ("closed1.csv.part", How::Closed, Verdict::Keep),
            ("renamed1.csv", How::Closed, Verdict::Keep),
            ("renamed1.csv", How::Renamed, take(2, 0)),
            (
                "marker1.csv",
                How::Closed,
                Verdict::KeepUntil { intake, marker: "marker1.csv.done".to_owned() },
            ),
            ("marker1.csv.DONE", How::Closed, Verdict::Marks { intake, file: "marker1.csv".to_owned() }),
            ("stable1.csv", How::Closed, take(4, 30)),
            ("other.csv", How::Closed, Verdict::Unmatched),
        ] {
            assert_eq!(judge(&gates, "t", name, how), verdict, "{name}");
        }
        assert_eq!(judge(&gates, "", "closed1.csv", How::Closed), Verdict::Unmatched);
    }
}
