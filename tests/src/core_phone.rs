//! A real phone's core with all that it needs of a platform, kept in a folder, and how it is enrolled.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Result;
use campo_mobile_core::{
    core::{
        Core, Surroundings,
        http::Http,
        platform::{NoListener, PlatformFailure, SecureStore},
        transport::Transport,
    },
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
        secrets: Arc::new(Secrets(folder.join("secrets"))),
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

/// A folder in place of a keychain.
struct Secrets(PathBuf);

impl SecureStore for Secrets {
    fn get(&self, name: &str) -> Result<Option<String>, PlatformFailure> {
        match fs::read_to_string(self.0.join(name)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(PlatformFailure(error.to_string())),
        }
    }

    fn set(&self, name: &str, value: &str) -> Result<(), PlatformFailure> {
        let written = fs::create_dir_all(&self.0).and_then(|()| fs::write(self.0.join(name), value));
        written.map_err(|error| PlatformFailure(error.to_string()))
    }

    fn remove(&self, name: &str) -> Result<(), PlatformFailure> {
        fs::remove_file(self.0.join(name)).map_err(|error| PlatformFailure(error.to_string()))
    }
}
