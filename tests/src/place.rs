//! Where things of the checkout are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The folder `tests/` of the checkout that this kit was built from.
pub fn tests_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder that cargo built the running test or tool into, such as `target/debug`.
pub fn build_folder() -> Result<PathBuf> {
    let executable = std::env::current_exe().context("the path of the running program")?;
    executable
        .ancestors()
        .skip(1)
        // Cargo marks a target folder only where it makes that itself, which a script of the tests may have done before
        .find(|folder| folder.join("deps").is_dir())
        .map(Path::to_path_buf)
        .with_context(|| format!("{} does not lie in a target folder of cargo", executable.display()))
}

/// The target folder of cargo, shared by all builds of the checkout.
pub fn target_folder() -> Result<PathBuf> {
    let build = build_folder()?;
    build.parent().map(Path::to_path_buf).context("a build folder without parent")
}
