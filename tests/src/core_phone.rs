//! A real phone's core with all that it needs of a platform, kept in a folder, and how it is enrolled.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Result;
use campo_mobile_core::{
    core::{Core, Surroundings, desk::FolderSecrets, http::Http, platform::NoListener, transport::Transport},
    environment::{Environment, PlatformClock, SystemChance},
    store::space::Folder,
};
use campo_protocol::clock::Clock;
use uuid::Uuid;

use crate::world::Account;

/// The PIN of every employee that [`code`] gives one.
pub const PIN: &str = "1234";

/// Opens the phone in `folder`, over HTTP and with the clocks of this machine.
pub fn open(folder: &Path) -> Result<Core> {
    open_over(folder, Arc::new(Http::new(None)?))
}

/// The same over any transport.
pub fn open_over(folder: &Path, transport: Arc<dyn Transport>) -> Result<Core> {
    Ok(Core::open(Surroundings {
        database: database(folder),
        environment: environment(),
        space: Arc::new(Folder::new(&folder.join("files"))?),
        secrets: Arc::new(FolderSecrets(folder.join("secrets"))),
        transport,
        listener: Arc::new(NoListener),
    })?)
}

/// Where the phone in `folder` has its database.
pub fn database(folder: &Path) -> PathBuf {
    folder.join("campo.db")
}

/// The clocks and the chance of this machine.
pub fn environment() -> Environment {
    let clock = SystemClock(campo_server::environment::Environment::system());
    Environment::new(Arc::new(clock), Arc::new(SystemChance))
}

/// A code for a phone that one employee may use, with the PIN [`PIN`].
pub async fn code(account: &Account, employee: Uuid) -> Result<String> {
    account.pin(employee, PIN).await?;
    account.enrolment_code(&[employee]).await
}

struct SystemClock(campo_server::environment::Environment);

impl PlatformClock for SystemClock {
    fn read(&self) -> Clock {
        Clock {
            wall_us: self.0.now_us(),
            monotonic_us: Some(self.0.monotonic_us()),
            boot: None,
            zone: None,
            offset_s: None,
            automatic: None,
        }
    }
}
