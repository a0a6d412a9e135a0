//! The company of every seed, made once: employees with PINs, a form, phones that are enrolled.

use anyhow::Result;
use campo_protocol::model::{employee::Employee, form::FormDefinition, task_type::TaskType};
use campo_server::environment::Environment;
use serde_json::json;
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::server;
use crate::{visit, world::Account};

/// The PIN of every employee.
pub(super) const PIN: &str = "1234";
/// When the company was founded: microseconds since 1970 UTC.
const FOUNDED_US: i64 = 1_800_000_000_000_000;
/// When every simulation begins: a day later.
pub(super) const START_US: i64 = FOUNDED_US + 24 * 3600 * 1_000_000;

/// The number of the phone that several employees share.
pub(super) const SHARED_PHONE: usize = 3;

/// A company, and the database that holds it.
#[derive(Debug)]
pub(super) struct Company {
    pub(super) database: Vec<u8>,
    pub(super) account: i64,
    pub(super) employees: Vec<Uuid>,
    pub(super) task_type: Uuid,
    pub(super) form: Uuid,
    /// Two groups, between which employees move
    pub(super) groups: [Uuid; 2],
    /// Places where tasks are, and which move
    pub(super) places: Vec<Uuid>,
    pub(super) phones: Vec<Enrolled>,
}

/// An enrolled phone.
#[derive(Debug, Clone)]
pub(super) struct Enrolled {
    pub(super) bearer: String,
    pub(super) installation: Uuid,
    /// Who may use it
    pub(super) roster: Vec<Uuid>,
}

static COMPANY: OnceCell<Company> = OnceCell::const_new();

/// The company, made by whoever asks first.
pub(super) async fn company() -> Result<&'static Company> {
    COMPANY.get_or_try_init(found).await
}

async fn found() -> Result<Company> {
    let folder = server::folder()?;
    let app = server::open_new(folder.path(), Environment::seeded(u64::MAX, FOUNDED_US)).await?;
    let new = campo_server::accounts::NewAccount {
        code: "SIM".to_owned(),
        name: "Simulada".to_owned(),
        zone: "America/Lima".to_owned(),
        language: "es".to_owned(),
    };
    let id = campo_server::accounts::create(&app, &new).await?;
    let account = Account { app: app.clone(), id };
    let groups = [account.group("FIELD").await?, account.group("NORTH").await?];
    let group = groups[0];
    let mut employees = Vec::new();
    for (number, name) in [("1", "Ana"), ("2", "Luis"), ("3", "Rosa")] {
        let document = json!({
            "number": number, "first_name": name, "last_name": "Prueba", "group": group, "establishment": "LIMA-1"
        });
        employees.push(account.keep::<Employee>(document).await?.id);
    }
    for employee in &employees {
        account.pin(*employee, PIN).await?;
    }
    let task_type = json!({ "code": "SUP", "name": "Soporte" });
    let task_type = account.keep::<TaskType>(task_type).await?.id;
    let form = account.keep::<FormDefinition>(visit::definition()).await?.id;
    let places = vec![account.poi("P-1").await?, account.poi("P-2").await?];
    let rosters = [vec![0], vec![0], vec![1], vec![0, 1, 2], vec![2]];
    let mut phones = Vec::new();
    for roster in rosters {
        let roster: Vec<Uuid> = roster.into_iter().map(|index: usize| employees[index]).collect();
        let (bearer, installation) = account.enrol(&roster).await?;
        phones.push(Enrolled { bearer, installation, roster });
    }
    let database = server::close_and_read(&app, folder.path()).await?;
    Ok(Company { database, account: id, employees, task_type, form, groups, places, phones })
}
