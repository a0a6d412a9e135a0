//! Writes the Kotlin and Swift sides of the border: `bindings LIBRARY CONFIGURATION kotlin|swift FOLDER`, where LIBRARY is
//! `libcampo_mobile_core.so` built for this machine, and CONFIGURATION is `mobile-core/uniffi.toml`.

use anyhow::{Context as _, Result, bail};
use camino::Utf8PathBuf;
use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().context("usage: bindings LIBRARY CONFIGURATION kotlin|swift FOLDER");
    let (library, configuration, language, folder) = (next()?, next()?, next()?, next()?);
    let language = match language.as_str() {
        "kotlin" => TargetLanguage::Kotlin,
        "swift" => TargetLanguage::Swift,
        other => bail!("{other} is neither kotlin nor swift"),
    };
    generate(GenerateOptions {
        languages: vec![language],
        source: Utf8PathBuf::from(library),
        out_dir: Utf8PathBuf::from(folder),
        config_override: Some(Utf8PathBuf::from(configuration)),
        format: false,
        crate_filter: None,
        metadata_no_deps: true,
    })
}
