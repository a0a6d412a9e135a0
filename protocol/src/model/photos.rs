//! How phones keep photos, as an account wants them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::faults::{Faults, pointer};

/// The shortest longer side that can be asked for, in pixels: less shows no serial number.
const LEAST_EDGE_PX: i64 = 320;
/// The longest longer side that can be asked for, in pixels: phones hold a reduced photo in memory.
const MOST_EDGE_PX: i64 = 4096;
/// The least quality of JPEG that can be asked for.
const LEAST_QUALITY: i64 = 30;
/// The most quality of JPEG.
const MOST_QUALITY: i64 = 100;

/// How phones keep photos. What is not set has its default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct PhotoRules {
    /// A photo whose longer side has more pixels is reduced to so many before it is kept
    #[schema(minimum = 320, maximum = 4096, default = 1920)]
    pub longest_edge_px: i64,
    /// The quality of JPEG with which a reduced photo is written, in percent
    #[schema(minimum = 30, maximum = 100, default = 80)]
    pub quality_percent: i64,
    /// True when what the camera wrote beside the picture is kept (EXIF: its maker, instant and place). Without it only
    /// the picture leaves the phone
    pub keep_metadata: bool,
}

impl Default for PhotoRules {
    fn default() -> Self {
        Self { longest_edge_px: 1920, quality_percent: 80, keep_metadata: false }
    }
}

impl PhotoRules {
    /// Names everything that is wrong; `field` is where the rules stand.
    pub fn check(&self, faults: &mut Faults, field: &str) {
        let mut check = |name: &str, number: i64, least: i64, most: i64| {
            faults.check_range(&pointer(field, name), number as f64, least as f64, most as f64);
        };
        check("longest_edge_px", self.longest_edge_px, LEAST_EDGE_PX, MOST_EDGE_PX);
        check("quality_percent", self.quality_percent, LEAST_QUALITY, MOST_QUALITY);
    }

    /// The same within the limits of this release: a phone obeys what a newer one may allow as far as it can.
    #[must_use]
    pub fn within_limits(self) -> Self {
        Self {
            longest_edge_px: self.longest_edge_px.clamp(LEAST_EDGE_PX, MOST_EDGE_PX),
            quality_percent: self.quality_percent.clamp(LEAST_QUALITY, MOST_QUALITY),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_photos_are_checked_and_held_within_limits() {
        let rules: PhotoRules = serde_json::from_str(r#"{"longest_edge_px": 100, "newer": 1}"#).unwrap();
        assert_eq!(rules, PhotoRules { longest_edge_px: 100, ..PhotoRules::default() });
        let mut faults = Faults::default();
        PhotoRules { quality_percent: 101, ..rules }.check(&mut faults, "/settings/photos");
        let fields: Vec<String> = faults.into_vec().into_iter().map(|fault| fault.field).collect();
        assert_eq!(fields, ["/settings/photos/longest_edge_px", "/settings/photos/quality_percent"]);
        assert_eq!(rules.within_limits().longest_edge_px, LEAST_EDGE_PX);
        assert_eq!(PhotoRules::default().within_limits(), PhotoRules::default());
    }
}
