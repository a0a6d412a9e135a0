//! The types of files: which are taken, and which a browser may show.

/// What a file is when nobody says.
pub(super) const UNKNOWN: &str = "application/octet-stream";

/// Pictures that a browser shows. SVG is not among them: it can carry scripts.
const SHOWN: &[&str] = &["image/avif", "image/gif", "image/heic", "image/jpeg", "image/png", "image/webp"];

/// The type that a `Content-Type` names, without parameters and in lower case; [`UNKNOWN`] when it names none.
pub(crate) fn read(content_type: Option<&str>) -> String {
    let named = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let is_token = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    match named.split_once('/') {
        Some((kind, name)) if is_token(kind) && is_token(name) && named.len() <= 100 => {
            named.to_ascii_lowercase()
        }
        _ => UNKNOWN.to_owned(),
    }
}

/// True when a browser may show it instead of offering it as a download.
pub(super) fn is_shown(media_type: &str) -> bool {
    SHOWN.contains(&media_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_read_strictly_and_what_could_run_is_never_shown() {
        let cases = [
            (Some("Image/JPEG; q=1"), "image/jpeg", true),
            (Some("image/svg+xml"), "image/svg+xml", false),
            (Some("text/html"), "text/html", false),
            (Some("image/png\r\nx: y"), UNKNOWN, false),
            (Some("image"), UNKNOWN, false),
            (Some(""), UNKNOWN, false),
            (None, UNKNOWN, false),
        ];
        for (given, expected, shown) in cases {
            assert_eq!((read(given).as_str(), is_shown(&read(given))), (expected, shown), "{given:?}");
        }
    }
}
