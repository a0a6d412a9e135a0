//! Appends entries to the logs of a database of SQLite and prints each receipt after it was given: the process that
//! the tests of power loss cut off. `synchronous` is no setting of the server, so that it is chosen here.

use std::{
    io::{self, Write},
    path::Path,
};

use anyhow::{Context, Result, bail};
use campo_server::{database::Synchronous, environment::Environment};
use campo_tests::{
    holds::Holds,
    world::{Phone, app_with},
};
use uuid::Uuid;

const USAGE: &str = "usage: log-writer URL full|normal|off ACCOUNT EMPLOYEE BATCHES";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, synchronous, account, employee, batches] = &arguments[..] else { bail!(USAGE) };
    let synchronous = match synchronous.as_str() {
        "full" => Synchronous::Full,
        "normal" => Synchronous::Normal,
        "off" => Synchronous::Off,
        _ => bail!(USAGE),
    };
    let folder = Path::new(url.trim_start_matches("sqlite:")).parent().context(USAGE)?;
    let app = app_with(url, Environment::system(), folder, synchronous).await?;
    let installation = app.environment.uuid();
    let employee: Uuid = employee.parse().context(USAGE)?;
    let account: i64 = account.parse().context(USAGE)?;
    let mut phone = Phone {
        app,
        account,
        bearer: String::new(),
        installation,
        employee,
        sequence: 0,
        holds: Holds::default(),
    };
    for _ in 0..batches.parse().context(USAGE)? {
        // Large enough for checkpoints to come
        let note = format!(r#","note":"{}""#, "x".repeat(3000));
        let lines: Vec<Vec<u8>> = (0..5).map(|_| phone.line("shift.start", &note)).collect();
        for receipt in phone.send(&lines).await?.receipts {
            let mut output = io::stdout().lock();
            writeln!(output, "{}", serde_json::to_string(&receipt)?)?;
            output.flush()?;
        }
    }
    Ok(())
}
