//! The one object that the shell has.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

use campo_protocol::model::answers::FieldAnswer;

use super::{
    captures::{self, Answer, Circumstances, MentionedPhoto, Position, WorkerAction},
    platform::{
        ChangeListener, ClockSource, ForeignClock, ForeignListener, ForeignSecrets, JobScheduler,
        NetworkState, SecretStore, WhereThereIsNetwork,
    },
    records::{CampoError, FormScreen, HeldPhoto, PhoneLanguage, SyncStatus, UnsentWork, Worker, id},
};
use crate::{
    core::{Core, Surroundings, enrolment, http::Http},
    environment::{Environment, SystemChance},
    screens::{
        form::{Draft, DraftPhoto, FormOfTask, FormState},
        home::HomePage,
        messages::MessageLine,
        my_time::TimePage,
        receipt::ReceiptPage,
        task_page::{Labelled, TaskPage},
        tasks::{Here, TaskRow},
        trays::TrayLine,
    },
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

/// The platform, as far as the core asks it.
#[derive(uniffi::Record)]
pub struct Platform {
    /// Its clocks
    pub clock: Arc<dyn ClockSource>,
    /// Where secrets are
    pub secrets: Arc<dyn SecretStore>,
    /// What it says of the network
    pub network: Arc<dyn NetworkState>,
    /// What runs the core later
    pub jobs: Arc<dyn JobScheduler>,
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
        platform: Platform,
        listener: Arc<dyn ChangeListener>,
    ) -> Result<Arc<Self>> {
        let Platform { clock, secrets, network, jobs } = platform;
        let folder = PathBuf::from(configuration.folder);
        let space = Folder::new(&folder.join("files")).map_err(crate::core::failure::CoreFailure::from)?;
        let core = Core::open(Surroundings {
            database: folder.join("campo.db"),
            environment: Environment::new(Arc::new(ForeignClock(clock)), Arc::new(SystemChance)),
            space: Arc::new(space),
            secrets: Arc::new(ForeignSecrets(secrets)),
            transport: Arc::new(WhereThereIsNetwork {
                http: Http::new(configuration.company_roots_pem.as_deref())?,
                network,
            }),
            listener: Arc::new(ForeignListener { listener, jobs, wanted: AtomicBool::new(false) }),
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

    /// See [`Core::note_position`].
    pub fn note_position(&self, position: Position) -> Result<bool> {
        Ok(self.core.note_position(position.into())?)
    }

    /// See [`Core::take_file`].
    pub fn take_file(&self, path: &str) -> Result<HeldPhoto> {
        Ok(self.core.take_file(Path::new(path))?.into())
    }

    /// See [`Core::language`].
    pub fn language(&self) -> Result<PhoneLanguage> {
        Ok(self.core.language()?.into())
    }

    /// The company that the phone is enrolled for; none before.
    pub fn company(&self) -> Result<Option<String>> {
        Ok(self.core.enrolment()?.map(|enrolment| enrolment.company))
    }

    /// See [`Core::home_page`].
    pub fn home(&self, here: Option<Here>) -> Result<Option<HomePage>> {
        Ok(self.core.home_page(here)?)
    }

    /// See [`Core::task_rows`].
    pub fn tasks(&self, here: Option<Here>) -> Result<Vec<TaskRow>> {
        Ok(self.core.task_rows(here)?)
    }

    /// See [`Core::task_page`].
    pub fn task(&self, task: &str, here: Option<Here>) -> Result<Option<TaskPage>> {
        Ok(self.core.task_page(id(task)?, here)?)
    }

    /// See [`Core::forms`].
    pub fn forms(&self) -> Result<Vec<FormOfTask>> {
        Ok(self.core.forms()?)
    }

    /// See [`Core::form_page`].
    pub fn form(&self, form: &str, task: Option<String>) -> Result<Option<FormScreen>> {
        let task = task.map(|task| id(&task)).transpose()?;
        Ok(self.core.form_page(id(form)?, task)?.map(FormScreen::from))
    }

    /// See [`Core::keep_form`].
    pub fn keep_form(
        &self,
        form: &str,
        task: Option<String>,
        answers: Vec<Answer>,
        photos: Vec<MentionedPhoto>,
    ) -> Result<Option<FormState>> {
        let task = task.map(|task| id(&task)).transpose()?;
        let draft = Draft {
            answers: answers.into_iter().map(FieldAnswer::from).collect(),
            photos: photos.into_iter().map(DraftPhoto::from).collect(),
        };
        Ok(self.core.keep_form(id(form)?, task, &draft)?)
    }

    /// See [`Core::discard_form`].
    pub fn discard_form(&self, form: &str, task: Option<String>) -> Result<()> {
        let task = task.map(|task| id(&task)).transpose()?;
        Ok(self.core.discard_form(id(form)?, task)?)
    }

    /// See [`Core::messages`].
    pub fn messages(&self) -> Result<Vec<MessageLine>> {
        Ok(self.core.messages()?)
    }

    /// See [`Core::note_messages_read`].
    pub fn note_messages_read(&self) -> Result<()> {
        Ok(self.core.note_messages_read()?)
    }

    /// See [`Core::time_page`].
    pub fn my_time(&self, weeks_ago: u32, day: Option<u32>) -> Result<Option<TimePage>> {
        Ok(self.core.time_page(weeks_ago, day)?)
    }

    /// See [`Core::receipt_page`].
    pub fn receipt(&self, entry: &str) -> Result<Option<ReceiptPage>> {
        Ok(self.core.receipt_page(id(entry)?)?)
    }

    /// See [`Core::trays`].
    pub fn trays(&self) -> Result<Vec<TrayLine>> {
        Ok(self.core.trays()?)
    }

    /// See [`Core::diagnostics`].
    pub fn diagnostics(&self) -> Result<Vec<Labelled>> {
        Ok(self.core.diagnostics()?)
    }

    /// See [`Core::file`].
    pub fn file(&self, hash: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.core.file(hash)?)
    }

    /// See [`Core::unsent`].
    pub fn unsent(&self) -> Result<UnsentWork> {
        Ok(self.core.unsent()?.into())
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
