//! Stores files below the power loss library, as the server does, and says which were acknowledged: `stored HASH`. The
//! folder holds a SQLite database with the account 1; the sizes of the files follow as arguments.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use campo_server::{
    access::{Caller, Duty, permissions::ManageTasks},
    environment::Environment,
    files::upload,
    scheduler::Class,
};
use campo_tests::world;
use futures_util::stream;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().context("usage: file-writer FOLDER SIZE…")?);
    let url = format!("sqlite:{}/campo.db", folder.display());
    let app = world::app(&url, Environment::system(), &folder).await?;
    let allowed = Caller::duty(1, Duty::Operator).allow::<ManageTasks>()?;
    for size in arguments {
        let bytes = vec![b'x'; size.parse()?];
        let body = stream::iter(bytes.chunks(70_000).map(Ok::<_, std::io::Error>));
        let stored = upload::store(&app, &allowed, Class::Office, "text/plain", body).await?;
        let mut output = std::io::stdout().lock();
        writeln!(output, "stored {}", stored.hash)?;
        output.flush()?;
    }
    Ok(())
}
