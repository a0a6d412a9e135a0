//! The one object that the shell has.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    captures::{self, Circumstances, WorkerAction},
    platform::{ChangeListener, ClockSource, ForeignClock, ForeignListener, ForeignSecrets, SecretStore},
    records::{
        CampoError, DayEntry, HeldPhoto, SyncStatus, TaskScreen, TaskSummary, TrayEntry, UnsentWork, Worker,
        id,
    },
};
use crate::{
    core::{Core, Surroundings, enrolment, http::Http},
    environment::{Environment, SystemChance},
    store::space::Folder,
};

type Result<T> = std::result::Result<T, CampoError>;

/// Where the app keeps things, and whom it trusts.
#[derive(Debug, Clone, uniffi::Record)]
pub struct Configuration {
    /// A folder that exists and is kept out of the platform's cloud backups
    pub folder: String,
    /// The company's own certificate authorities (PEM), if it has any
    pub company_roots_pem: Option<String>,
}

/// What a phone says of itself.
#[derive(Debug, Clone, uniffi::Record)]
#[expect(missing_docs, reason = "its fields are those of `core::enrolment::Device`")]
pub struct PhoneModel {
    pub platform: String,
    pub model: String,
    pub os_version: String,
    pub app_version: String,
}

/// Campo on a phone.
#[derive(uniffi::Object)]
pub struct Campo {
    core: Core,
}

// No runtime of uniffi's own: the async functions wait for the core's thread and do nothing else
#[uniffi::export]
impl Campo {
    /// Opens the store and begins to sync.
    #[uniffi::constructor]
    pub fn open(
        configuration: Configuration,
        clock: Arc<dyn ClockSource>,
        secrets: Arc<dyn SecretStore>,
        listener: Arc<dyn ChangeListener>,
    ) -> Result<Arc<Self>> {
        let folder = PathBuf::from(configuration.folder);
        let space = Folder::new(&folder.join("files")).map_err(crate::core::failure::CoreFailure::from)?;
        let core = Core::open(Surroundings {
            database: folder.join("campo.db"),
            environment: Environment::new(Arc::new(ForeignClock(clock)), Arc::new(SystemChance)),
            space: Arc::new(space),
            secrets: Arc::new(ForeignSecrets(secrets)),
            transport: Arc::new(Http::new(configuration.company_roots_pem.as_deref())?),
            listener: Arc::new(ForeignListener(listener)),
        })?;
        Ok(Arc::new(Self { core }))
    }

    /// See [`Core::enrol`]. Returns the company's name.
    pub async fn enrol(&self, server: String, code: String, phone: PhoneModel) -> Result<String> {
        let PhoneModel { platform, model, os_version, app_version } = phone;
        let device = enrolment::Device { platform, model, os_version, app_version };
        Ok(self.core.enrol(&server, &code, device).await?.company)
    }

    /// See [`Core::roster`].
    pub fn roster(&self) -> Result<Vec<Worker>> {
        Ok(self.core.roster()?.into_iter().map(Worker::from).collect())
    }

    /// See [`Core::session`].
    pub fn session(&self) -> Result<Option<Worker>> {
        Ok(self.core.session()?.map(Worker::from))
    }

    /// See [`Core::open_session`].
    pub fn open_session(&self, intent: &str, employee: &str, pin: &str) -> Result<Worker> {
        Ok(self.core.open_session(intent, id(employee)?, pin)?.into())
    }

    /// See [`Core::close_session`].
    pub fn close_session(&self, intent: &str) -> Result<()> {
        Ok(self.core.close_session(intent)?)
    }

    /// See [`Core::capture`]. Returns the id of the entry.
    pub fn capture(&self, circumstances: Circumstances, action: WorkerAction) -> Result<String> {
        let captured = self.core.capture(captures::capture(circumstances, action)?)?;
        Ok(captured.id.to_string())
    }

    /// See [`Core::take_file`].
    pub fn take_file(&self, path: &str) -> Result<HeldPhoto> {
        Ok(self.core.take_file(Path::new(path))?.into())
    }

    /// See [`Core::put_draft`].
    pub fn put_draft(&self, name: &str, body: &str) -> Result<()> {
        Ok(self.core.put_draft(name, body)?)
    }

    /// See [`Core::draft`].
    pub fn draft(&self, name: &str) -> Result<Option<String>> {
        Ok(self.core.draft(name)?)
    }

    /// See [`Core::remove_draft`].
    pub fn remove_draft(&self, name: &str) -> Result<()> {
        Ok(self.core.remove_draft(name)?)
    }

    /// See [`Core::tasks`].
    pub fn tasks(&self) -> Result<Vec<TaskSummary>> {
        Ok(self.core.tasks()?.into_iter().map(TaskSummary::from).collect())
    }

    /// See [`Core::task`].
    pub fn task(&self, task: &str) -> Result<Option<TaskScreen>> {
        Ok(self.core.task(id(task)?)?.map(TaskScreen::from))
    }

    /// See [`Core::day`].
    pub fn day(&self) -> Result<Vec<DayEntry>> {
        Ok(self.core.day()?.into_iter().map(DayEntry::from).collect())
    }

    /// See [`Core::unsent`].
    pub fn unsent(&self) -> Result<UnsentWork> {
        Ok(self.core.unsent()?.into())
    }

    /// See [`Core::tray`].
    pub fn tray(&self) -> Result<Vec<TrayEntry>> {
        Ok(self.core.tray()?.into_iter().map(TrayEntry::from).collect())
    }

    /// See [`Core::sync_state`].
    pub fn sync_status(&self) -> SyncStatus {
        SyncStatus::from(&self.core.sync_state())
    }

    /// See [`Core::sync_now`].
    pub async fn sync_now(&self) -> SyncStatus {
        SyncStatus::from(&self.core.sync_now().await)
    }

    /// See [`Core::foreground`].
    pub fn foreground(&self, foreground: bool) {
        self.core.foreground(foreground);
    }

    /// See [`Core::network_changed`].
    pub fn network_changed(&self) {
        self.core.network_changed();
    }

    /// See [`Core::woken`].
    pub fn woken(&self) {
        self.core.woken();
    }

    /// See [`Core::pause`].
    pub fn pause(&self) -> Result<()> {
        Ok(self.core.pause()?)
    }

    /// See [`Core::resume`].
    pub fn resume(&self) -> Result<()> {
        Ok(self.core.resume()?)
    }
}
