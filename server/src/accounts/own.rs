//! An account as its own people see and change it.

use campo_protocol::{
    civil::{check_zone, zone_database_version},
    document::later::Later,
    faults::{Faults, pointer},
    model::{MAX_NAME, employee::Language},
    scope::Scope,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::settings::Settings;
use crate::{
    access::{Allowed, Caller, Duty, permissions::ManageAccount},
    api::{
        edit::{IfMatch, Versioned},
        patch,
    },
    app::App,
    database::Tx,
    log::changes::View,
    problem::{Code, Problem, Result},
    retention::begin_anew,
    scheduler::Class,
};

/// What can be changed of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountDraft {
    /// The company's name
    pub name: String,
    /// The IANA zone in which the company counts its days
    #[schema(example = "America/Lima")]
    pub zone: String,
    /// The language of what Campo writes for the company
    pub language: Language,
    /// How Campo works for it
    #[serde(default)]
    pub settings: Settings,
}

/// An account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OwnAccount {
    /// Its id on this server, which its secrets carry
    pub id: i64,
    /// Its stable code, chosen by the operator
    pub code: String,
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub draft: AccountDraft,
}

#[derive(FromRow)]
struct Row {
    code: String,
    name: String,
    zone: String,
    language: String,
    settings: String,
    version: i64,
}

const ONE: &str = "select code, name, zone, language, settings, version from account where id = $1";

/// The caller's account.
pub async fn get(app: &App, allowed: &Allowed<ManageAccount>) -> Result<Versioned<OwnAccount>> {
    let row: Option<Row> = app.db.fetch_optional(ONE, (allowed.account(),)).await?;
    row.ok_or(Code::NotFound)?.shown(allowed.account())
}

/// Changes the caller's account by a JSON Merge Patch. Phones hear of it.
pub async fn edit(
    app: &App,
    allowed: &Allowed<ManageAccount>,
    if_match: IfMatch,
    given: &Value,
) -> Result<Versioned<OwnAccount>> {
    let account = allowed.account();
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let row: Option<Row> = write.tx().fetch_optional(ONE, (account,)).await?;
    let row = row.ok_or(Code::NotFound)?;
    let later = Later::of::<Settings>(&row.settings).map_err(Problem::internal)?;
    let Versioned(version, mut shown) = row.shown(account)?;
    if_match.check(version)?;
    let kept = shown.draft.settings.retention.clone();
    shown.draft = patch::patched(&shown.draft, given)?;
    let AccountDraft { name, zone, language, settings } = &shown.draft;
    let mut faults = Faults::default();
    faults.check_required_text("/name", name, MAX_NAME);
    check_zone(&mut faults, "/zone", zone);
    settings.check(&mut faults);
    if settings.retention.held_employees != kept.held_employees {
        check_held(write.tx(), account, &settings.retention.held_employees, &mut faults).await?;
    }
    faults.into_result()?;
    let stored = later.write(settings).map_err(Problem::internal)?;
    write
        .tx()
        .execute(
            "update account set name = $2, zone = $3, language = $4, settings = $5, version = $6, held = $7 \
             where id = $1",
            (
                account,
                name.as_str(),
                zone.as_str(),
                language_name(*language),
                stored,
                version + 1,
                settings.retention.legal_hold,
            ),
        )
        .await?;
    if settings.retention != kept {
        begin_anew(write.tx(), account).await?;
    }
    write.view(view(name, zone, language_name(*language), settings)?);
    write.commit().await?;
    Ok(Versioned(version + 1, shown))
}

/// Names those that are to be held and are no employees, deleted ones among them.
async fn check_held(tx: &mut Tx, account: i64, held: &[Uuid], faults: &mut Faults) -> Result<()> {
    let known: Vec<(Uuid,)> = tx
        .fetch_many(
            "a, i",
            (vec![account; held.len()], held.to_vec()),
            "select o.id from k join object o on o.account = k.a and o.kind = 'employee' and o.id = k.i",
        )
        .await?;
    for (index, employee) in held.iter().enumerate() {
        if !known.iter().any(|(id,)| id == employee) {
            let field = pointer("/settings/retention/held_employees", index);
            faults.add(&field, "unknown_reference", &employee.to_string(), "one that this account has");
        }
    }
    Ok(())
}

/// Shows every account anew to its phones where they were told of another zone database. At the start of a server.
pub async fn announce_zone_database(app: &App) -> Result<()> {
    let views: Vec<(i64, Vec<u8>)> =
        app.db.fetch_all("select account, body from change_body where kind = 'account'", ()).await?;
    let own = zone_database_version();
    let knows_it = |body: &[u8]| {
        serde_json::from_slice::<Value>(body).is_ok_and(|body| body["zone_database"] == own.as_str())
    };
    for (account, _) in views.iter().filter(|(_, body)| !knows_it(body)) {
        let allowed = Caller::duty(*account, Duty::Operator).allow::<ManageAccount>()?;
        let mut write = app.log.begin(&allowed, Class::Housekeeping).await?;
        let row: Option<Row> = write.tx().fetch_optional(ONE, (*account,)).await?;
        let Versioned(_, OwnAccount { draft, .. }) = row.ok_or(Code::NotFound)?.shown(*account)?;
        write.view(view(&draft.name, &draft.zone, language_name(draft.language), &draft.settings)?);
        write.commit().await?;
    }
    Ok(())
}

impl Row {
    fn shown(self, id: i64) -> Result<Versioned<OwnAccount>> {
        let Self { code, name, zone, language, settings, version } = self;
        let language = language_of(&language);
        let draft = AccountDraft { name, zone, language, settings: Settings::stored(&settings)? };
        Ok(Versioned(version, OwnAccount { id, code, draft }))
    }
}

/// What phones know of their account; the release of the zone database is the one of the server that wrote it last.
pub(super) fn view(name: &str, zone: &str, language: &str, settings: &Settings) -> Result<View> {
    let body = json!({
        "name": name,
        "zone": zone,
        "language": language,
        "location": settings.location,
        "photos": settings.photos,
        "zone_database": zone_database_version(),
    });
    Ok(View {
        kind: "account",
        id: Uuid::nil(),
        scopes: vec![Scope::Account],
        body: serde_json::to_vec(&body).map_err(Problem::internal)?,
    })
}

/// A language as tables hold it.
pub fn language_name(language: Language) -> &'static str {
    match language {
        Language::Es => "es",
        Language::En => "en",
    }
}

/// The language of that name.
pub fn language_of(name: &str) -> Language {
    if name == "en" { Language::En } else { Language::Es }
}
