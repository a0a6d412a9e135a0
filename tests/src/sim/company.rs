//! The company of every seed, made once: employees with PINs, a form, phones that are enrolled.

use anyhow::{Context as _, Result};
use campo_mobile_core::testing::quick_pin_verifier;
use campo_protocol::model::{Ref, employee::Employee, form::FormDefinition, task_type::TaskType};
use campo_server::{
    access::permissions::ManageInstallations,
    api::edit::Once,
    app::App,
    environment::Environment,
    installations::{
        enrolment::{self, EnrolmentDraft},
        installation::Device,
        members::Members,
        redeem::{self, Redemption},
    },
    secrets::Secret,
};
use serde_json::json;
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::server;
use crate::world::Account;

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
    let group = account.group("FIELD").await?;
    let mut employees = Vec::new();
    for (number, name) in [("1", "Ana"), ("2", "Luis"), ("3", "Rosa")] {
        let document = json!({
            "number": number, "first_name": name, "last_name": "Prueba", "group": group, "establishment": "LIMA-1"
        });
        employees.push(account.keep::<Employee>(document).await?.id);
    }
    give_pins(&app, id, &employees).await?;
    let task_type = json!({ "code": "SUP", "name": "Soporte" });
    let task_type = account.keep::<TaskType>(task_type).await?.id;
    let form = account.keep::<FormDefinition>(form()).await?.id;
    let rosters = [vec![0], vec![0], vec![1], vec![0, 1, 2], vec![2]];
    let mut phones = Vec::new();
    for roster in rosters {
        let roster = roster.into_iter().map(|index: usize| employees[index]).collect();
        phones.push(enrol(&account, roster).await?);
    }
    let database = server::close_and_read(&app, folder.path()).await?;
    Ok(Company { database, account: id, employees, task_type, form, phones })
}

fn form() -> serde_json::Value {
    json!({
        "code": "VISIT", "name": "Visita",
        "fields": [
            { "id": "comment", "label": "Comentario", "kind": "text" },
            { "id": "picture", "label": "Foto", "kind": "photo" },
            { "id": "parts", "label": "Repuestos", "kind": "table", "columns": [
                { "id": "part", "label": "Repuesto", "kind": "text" },
                { "id": "count", "label": "Cantidad", "kind": "number" },
            ] },
        ],
    })
}

/// Quick verifiers in place of those that cost a fraction of a second each.
async fn give_pins(app: &App, account: i64, employees: &[Uuid]) -> Result<()> {
    let verifier = quick_pin_verifier(PIN).context("a verifier")?;
    for employee in employees {
        let mut tx = app.db.begin().await?;
        tx.execute(
            "insert into pin_verifier (account, employee, verifier, updated_us) values ($1, $2, $3, 1)",
            (account, *employee, verifier.clone()),
        )
        .await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn enrol(account: &Account, roster: Vec<Uuid>) -> Result<Enrolled> {
    let members = Members { employees: roster.iter().copied().map(Ref::Id).collect(), groups: Vec::new() };
    let draft = EnrolmentDraft { roster: members, ..EnrolmentDraft::default() };
    let allowed = account.operator().allow::<ManageInstallations>()?;
    let code = enrolment::create(&account.app, &allowed, &Once::default(), &draft).await?;
    let member = |created: &campo_server::api::edit::Created, pointer: &str| {
        let body: serde_json::Value = serde_json::from_str(created.body.get())?;
        body.pointer(pointer).and_then(|text| text.as_str()).map(str::to_owned).context("the member is there")
    };
    let redemption = Redemption { code: Secret::new(member(&code, "/code")?), device: Device::default() };
    let enrolled = redeem::redeem(&account.app, None, &Once::default(), &redemption).await?;
    let installation = member(&enrolled, "/installation/id")?.parse()?;
    Ok(Enrolled { bearer: member(&enrolled, "/token")?, installation, roster })
}
