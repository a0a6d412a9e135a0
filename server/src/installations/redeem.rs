//! A phone brings a one-time code and becomes an installation.

use std::net::IpAddr;

use campo_protocol::{faults::Faults, model::MAX_NAME};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    TOPIC,
    enrolment::code_hash,
    installation::{self, Device, Installation},
    members::ResolvedMembers,
    rosters,
};
use crate::{
    access::{guard::address_key, permissions::ManageInstallations, recheck::recheck, tries::Try},
    api::edit::{Created, Made, Once},
    app::App,
    events::kinds::PHONE_ENROLLED,
    log::write::Write,
    problem::{Code, Problem, Result},
    secrets::{Bearer, Holder, Secret},
};

/// What a phone sends to be enrolled.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Redemption {
    /// The code as typed; hyphens, spaces and case do not count
    #[schema(value_type = String, example = "7K3QD-9XPW2")]
    pub code: Secret,
    /// What the phone says of itself
    #[serde(default)]
    pub device: Device,
}

/// An enrolled phone.
#[derive(Debug, Serialize, ToSchema)]
pub struct Enrolled {
    /// The installation
    pub installation: Installation,
    /// The company
    pub account: EnrolledAccount,
    /// The bearer secret of the installation: it is shown this once
    pub token: String,
}

/// The company that a phone was enrolled for.
#[derive(Debug, Serialize, FromRow, ToSchema)]
pub struct EnrolledAccount {
    /// Its id on this server
    pub id: i64,
    /// Its stable code
    pub code: String,
    /// Its name
    pub name: String,
}

#[derive(FromRow)]
struct Row {
    account: i64,
    id: Uuid,
    name: String,
    roster: String,
    author: String,
    author_id: Option<Uuid>,
}

/// Makes an installation with a code. A code works once, whichever replicas it is brought to; what is wrong with one
/// that does not is not said. With an `Idempotency-Key` the same phone can ask again for an answer that it lost.
pub async fn redeem(app: &App, address: Option<IpAddr>, once: &Once, given: &Redemption) -> Result<Created> {
    given.device.check()?;
    let mut tries = Try::begin(app);
    tries.count(&app.guards.codes, &address_key(address)).await?;
    tries.end(with_code(app, once, given).await).await
}

async fn with_code(app: &App, once: &Once, given: &Redemption) -> Result<Created> {
    let invalid = || Problem::new(Code::EnrolmentCodeInvalid);
    let hash = code_hash(&app.secrets, given.code.reveal()).ok_or_else(invalid)?;
    let row: Option<Row> = app
        .db
        .fetch_optional(
            "select e.account, e.id, e.name, e.roster, e.author, e.author_id from enrolment e \
             join account a on a.id = e.account where e.code = $1 and a.state = 'enabled'",
            (hash.as_slice(),),
        )
        .await?;
    let row = row.ok_or_else(invalid)?;
    // Whoever made the code must still be allowed to: a dismissed dispatcher's codes are worth nothing.
    let author = recheck(app, row.account, &row.author, row.author_id).await.map_err(of_author)?;
    let allowed = author.allow::<ManageInstallations>().map_err(of_author)?;
    let request = ("enrolments.redeem", given.code.reveal(), &given.device);
    let make = async |write: &mut Write| {
        let enrolled = enrol(write, row, &given.device).await?;
        write.touch(TOPIC);
        Ok(Made::new(format!("/v1/installations/{}", enrolled.installation.id), enrolled))
    };
    once.make(app, &allowed, &request, make).await
}

/// Uses the code up and makes the installation, under the account's lock.
async fn enrol(write: &mut Write, row: Row, device: &Device) -> Result<Enrolled> {
    let (account, id, now_us) = (write.account(), write.new_id(), write.now_us);
    let used = write
        .tx()
        .execute(
            "update enrolment set installation = $3 where account = $1 and id = $2 and installation is null \
             and expires_us > $4",
            (account, row.id, id, now_us),
        )
        .await?;
    if used == 0 {
        return Err(Code::EnrolmentCodeInvalid.into());
    }
    let bearer = Bearer::new(account, Holder::Installation, id, write.secrets(), write.environment());
    let name = if row.name.is_empty() { device.name() } else { row.name };
    let installation = installation::insert(write, id, &name, device, &bearer).await?;
    let members: ResolvedMembers = serde_json::from_str(&row.roster).map_err(Problem::internal)?;
    rosters::replace(write, id, &members).await?;
    write.event(&PHONE_ENROLLED, id, &installation.told())?;
    let company =
        write.tx().fetch_one("select id, code, name from account where id = $1", (account,)).await?;
    Ok(Enrolled { installation, account: company, token: bearer.format() })
}

/// An author who may no longer enrol makes the code invalid; everything else is what it is.
fn of_author(problem: Problem) -> Problem {
    match problem.code() {
        Code::Revoked | Code::Forbidden => Code::EnrolmentCodeInvalid.into(),
        _ => problem,
    }
}

impl Device {
    fn check(&self) -> Result<()> {
        let mut faults = Faults::default();
        for (field, text) in [
            ("/device/platform", &self.platform),
            ("/device/model", &self.model),
            ("/device/os_version", &self.os_version),
            ("/device/app_version", &self.app_version),
        ] {
            faults.check_text(field, text, MAX_NAME);
        }
        Ok(faults.into_result()?)
    }

    /// What an installation is called when the office gave no name.
    fn name(&self) -> String {
        let name = format!("{} {}", self.platform.trim(), self.model.trim());
        if name.trim().is_empty() { "?".to_owned() } else { name.trim().chars().take(MAX_NAME).collect() }
    }
}
