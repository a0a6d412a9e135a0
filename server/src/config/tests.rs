use std::{fs, path::Path};

use super::*;

fn load(file: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("campo.toml");
    fs::write(&path, file).unwrap();
    let variables = variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Config::load(Some(&path), variables).map_err(|errors| {
        let folder = format!("{}/", folder.path().display());
        let shown = |mut error: ConfigError| {
            error.origin = error.origin.replace(&folder, "");
            error.key = error.key.replace(&folder, "");
            error
        };
        ConfigErrors(errors.0.into_iter().map(shown).collect())
    })
}

fn refusal(file: &str, variables: &[(&str, &str)]) -> String {
    load(file, variables).unwrap_err().to_string()
}

#[test]
fn without_any_setting_everything_is_in_one_folder() {
    let config = load("", &[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.database_url.reveal(), "sqlite:data/campo.db");
    assert_eq!(config.secret_key_file, Path::new("data/secret.key"));
    assert_eq!(config.sync_body_bytes, MAX_REQUEST_BYTES);
    assert!(config.public_url.is_none() && config.secret_key.is_none() && config.metrics_listen.is_none());
    assert_eq!((config.log_format, config.log_level.as_str()), (LogFormat::Text, "info"));
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_default() {
    let file =
        "listen = \"127.0.0.1:1\"\nsession_hours = 1_0\ndatabase_pooler = true\ndata_folder = \"/srv\"";
    let variables = [("CAMPO_LISTEN", "[::]:2"), ("CAMPO_SESSION_HOURS", ""), ("CAMPO_FILE_BYTES", "4096")];
    let config = load(file, &variables).unwrap();
    assert_eq!(config.listen.to_string(), "[::]:2");
    assert_eq!((config.session_hours, config.file_bytes, config.database_pooler), (10, 4096, true));
    assert_eq!(config.database_url.reveal(), "sqlite:/srv/campo.db");
    assert_eq!(config.secret_key_file, Path::new("/srv/secret.key"));
}

#[test]
fn a_map_is_an_address_or_a_file_of_this_machine() {
    let read = |value: &str| load("", &[("CAMPO_MAP_SOURCE", value)]).map(|config| config.map_source);
    let tiles = "https://tiles.example.com/{z}/{x}/{y}.png";
    assert_eq!(read(tiles).unwrap(), Some(MapSource::Address(tiles.to_owned())));
    let remote = "https://maps.example.com/planet.pmtiles";
    assert_eq!(read(remote).unwrap(), Some(MapSource::Address(remote.to_owned())));
    assert_eq!(read("maps/peru.pmtiles").unwrap(), Some(MapSource::Archive("maps/peru.pmtiles".into())));
    assert_eq!(read("").unwrap(), None);
    for refused in
        ["/srv/maps", "tiles.example.com/{z}", "https://a.example; script-src *", "file:///x.pmtiles"]
    {
        assert!(read(refused).is_err(), "{refused}");
    }
}

#[test]
fn what_is_wrong_is_named_with_its_place_and_what_is_expected() {
    let integer = "an integer from 1 to 8760";
    for (file, variables, refused) in [
        (
            "\nlisten = \"x\"",
            &[][..],
            "`listen` (campo.toml, line 2): found `x`, expected an IP address and a port, such as `0.0.0.0:8080`",
        ),
        (
            "session_hours = \"1\"",
            &[],
            &format!("`session_hours` (campo.toml, line 1): found `1`, expected {integer}"),
        ),
        (
            "session_hours = 0",
            &[],
            &format!("`session_hours` (campo.toml, line 1): found `0`, expected {integer}"),
        ),
        (
            "session_hours = [1]",
            &[],
            &format!("`session_hours` (campo.toml, line 1): found `array`, expected {integer}"),
        ),
        (
            "",
            &[("CAMPO_SESSION_HOURS", "x")],
            &format!("`CAMPO_SESSION_HOURS` (environment): found `x`, expected {integer}"),
        ),
        (
            "",
            &[("CAMPO_LOG_FORMAT", "xml")],
            "`CAMPO_LOG_FORMAT` (environment): found `xml`, expected `text` or `json`",
        ),
        (
            "",
            &[("CAMPO_LOG_LEVEL", "a=b=c")],
            "`CAMPO_LOG_LEVEL` (environment): found `a=b=c`, expected a level such as `info`, also by module, such as `info,sqlx=warn`",
        ),
        (
            "public_url = \"campo.example.com\"",
            &[],
            "`public_url` (campo.toml, line 1): found `campo.example.com`, expected an address such as `https://campo.example.com`",
        ),
        (
            "a = 1\n\nb = = \"secret\"",
            &[],
            "`campo.toml` (line 3): found extra `=`, expected nothing, expected TOML",
        ),
    ] {
        assert_eq!(refusal(file, variables), format!("the settings are wrong\n  {refused}"), "{file}");
    }
}

#[test]
fn everything_that_is_wrong_is_named_at_once() {
    let refusal = refusal("colour = 1\nlisten = 7", &[("CAMPO_COLOUR", "1"), ("CAMPO_SESSION_HOURS", "x")]);
    let lines: Vec<_> =
        refusal.lines().skip(1).map(|line| line.split(", expected").next().unwrap()).collect();
    assert_eq!(
        lines,
        [
            "  `listen` (campo.toml, line 2): found `7`",
            "  `CAMPO_SESSION_HOURS` (environment): found `x`",
            "  `colour` (campo.toml, line 1): found an unknown key",
            "  `CAMPO_COLOUR` (environment): found an unknown variable",
        ]
    );
}

#[test]
fn variables_that_are_not_settings_are_left_alone() {
    let foreign = [
        ("CAMPO_CONFIG", "x"),
        ("CAMPO_PORT", "tcp://10.0.0.1:8080"),
        ("CAMPO_PORT_8080_TCP", "x"),
        ("CAMPO_SERVICE_HOST", "10.0.0.1"),
        ("PATH", "/bin"),
    ];
    assert!(load("", &foreign).is_ok());
    assert!(KEYS.iter().all(|key| !key.starts_with("port") && !key.starts_with("service_")));
}

#[test]
fn secrets_are_shown_neither_in_errors_nor_in_logs() {
    let refused = refusal("secret_key = \"hunter2\"\ndatabase_url = \"mysql://ana:hunter2@db\"", &[]);
    assert_eq!(refused.matches("found ***").count(), 2, "{refused}");
    let digits = "ab".repeat(32);
    let file = format!("secret_key = \"{digits}\"\ndatabase_url = \"postgres://ana:hunter2@db/campo\"");
    let config = load(&file, &[]).unwrap();
    let shown = format!("{config:?} {refused}");
    assert!(!shown.contains("hunter2") && !shown.contains(&digits), "{shown}");
    assert!(config.master_key(&Environment::seeded(1, 0)).is_ok());
}

#[test]
fn a_named_file_must_be_there_and_the_default_one_need_not() {
    let errors = Config::load(Some(Path::new("/nowhere/campo.toml")), []).unwrap_err();
    assert_eq!(errors.0[0].key, "/nowhere/campo.toml");
    assert!(!Path::new("campo.toml").exists(), "tests run in the folder of the crate");
    assert!(Config::load(None, []).is_ok());
}

#[test]
fn the_page_on_configuration_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/configuration.md");
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        fs::write(&path, reference()).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == reference(),
        "run `UPDATE_GENERATED=1 cargo test -p campo-server configuration` and commit docs/configuration.md"
    );
}
