//! The push services that the settings name.

use std::path::{Path, PathBuf};

use futures_util::future::BoxFuture;

use super::{Apns, ApnsKey, Fcm, Push, Pushed, Service, ServiceAccount, Target};
use crate::{config::Config, environment::Environment, outbound::Rules, secrets::Secret};

/// Why a push service cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file of its key
    #[error("{path} ({setting}) cannot be read")]
    File {
        /// The setting that names it
        setting: &'static str,
        /// The file
        path: PathBuf,
        /// What the operating system says
        source: std::io::Error,
    },
    /// Its key, of which nothing is shown
    #[error("{path} ({setting}) is not {expected}")]
    Key {
        /// The setting that names it
        setting: &'static str,
        /// The file
        path: PathBuf,
        /// What it should be
        expected: &'static str,
    },
    /// A setting without which the others are of no use
    #[error("{0} is missing: with apns_key_file it must be set")]
    Missing(&'static str),
}

/// The services that are set.
#[derive(Debug, Default)]
pub struct Services {
    fcm: Option<Fcm>,
    apns: Option<Apns>,
    served: Vec<Service>,
}

impl Services {
    /// Reads the keys that the settings name.
    pub fn load(config: &Config, environment: &Environment, rules: &Rules) -> Result<Self, SettingsError> {
        let fcm = config.fcm_service_account_file.as_deref();
        let fcm = fcm.map(|path| load_fcm(path, config, environment, rules)).transpose()?;
        let apns = config.apns_key_file.as_deref();
        let apns = apns.map(|path| load_apns(path, config, environment, rules)).transpose()?;
        let served = [fcm.is_some().then_some(Service::Fcm), apns.is_some().then_some(Service::Apns)];
        Ok(Self { fcm, apns, served: served.into_iter().flatten().collect() })
    }
}

impl Push for Services {
    fn served(&self) -> &[Service] {
        &self.served
    }

    fn wake<'a>(&'a self, target: &'a Target) -> BoxFuture<'a, Pushed> {
        let service: Option<&dyn Push> = match target.service {
            Service::Fcm => self.fcm.as_ref().map(|fcm| fcm as &dyn Push),
            Service::Apns => self.apns.as_ref().map(|apns| apns as &dyn Push),
        };
        match service {
            Some(service) => service.wake(target),
            None => Box::pin(std::future::ready(Pushed::NotNow("the service is not set".to_owned()))),
        }
    }
}

fn read(setting: &'static str, path: &Path) -> Result<String, SettingsError> {
    std::fs::read_to_string(path).map_err(|source| SettingsError::File {
        setting,
        path: path.to_owned(),
        source,
    })
}

fn load_fcm(
    path: &Path,
    config: &Config,
    environment: &Environment,
    rules: &Rules,
) -> Result<Fcm, SettingsError> {
    let setting = "fcm_service_account_file";
    // What is wrong inside is not shown: it could be a part of the key.
    let key =
        || SettingsError::Key { setting, path: path.to_owned(), expected: "a service account of Google's" };
    let account: ServiceAccount = serde_json::from_str(&read(setting, path)?).map_err(|_| key())?;
    Fcm::new(&config.fcm_address, &account, environment.clone(), rules.clone()).map_err(|_| key())
}

fn load_apns(
    path: &Path,
    config: &Config,
    environment: &Environment,
    rules: &Rules,
) -> Result<Apns, SettingsError> {
    let setting = "apns_key_file";
    let of = |value: &Option<String>, name| value.clone().ok_or(SettingsError::Missing(name));
    let key = ApnsKey {
        key: Secret::new(read(setting, path)?),
        key_id: of(&config.apns_key_id, "apns_key_id")?,
        team_id: of(&config.apns_team_id, "apns_team_id")?,
        topic: of(&config.apns_topic, "apns_topic")?,
    };
    Apns::new(&config.apns_address, key, environment.clone(), rules.clone()).map_err(|_| SettingsError::Key {
        setting,
        path: path.to_owned(),
        expected: "a key of Apple's (.p8)",
    })
}
