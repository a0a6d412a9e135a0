//! One profile, and what may be done with it: nobody gives, or takes, what they do not hold themselves.

use campo_protocol::{
    faults::Faults,
    model::{Custom, Ref, check_common},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    access::{
        AccessState, Allowed, PermissionName, Permissions,
        authenticate::{self, EVERYTHING, permissions},
        permissions::ManageUsers,
    },
    api::{
        edit::{self, Created, IfMatch, Made, Once, Versioned},
        page::{Page, PageQuery},
        patch,
        time::Instant,
    },
    app::App,
    database::Tx,
    keys::bounds,
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
    users::managers,
};

/// What is given to make or change a profile.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct ProfileDraft {
    /// Stable code, unique among profiles
    #[schema(example = "dispatcher")]
    pub code: String,
    /// Name that people read
    pub name: String,
    /// What its users may do
    #[serde(default)]
    pub permissions: Vec<PermissionName>,
    /// True for the administrator's: it holds every permission, those of later releases too
    #[serde(skip)]
    pub everything: bool,
    /// Its users are locked out while it is disabled
    #[serde(default)]
    pub state: AccessState,
    /// Text under the customer's own names
    #[serde(default)]
    pub custom: Custom,
}

/// A profile.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Profile {
    /// Its id
    pub id: Uuid,
    /// Its version
    pub version: i64,
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub draft: ProfileDraft,
    /// True for the administrator's profile: it holds every permission, those of later releases too, and cannot be
    /// narrowed, disabled or removed
    pub built_in: bool,
    /// When it was made
    pub created_at: Instant,
    /// When it was changed last
    pub updated_at: Instant,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    code: String,
    name: String,
    permissions: String,
    state: String,
    custom: String,
    version: i64,
    created_us: i64,
    updated_us: i64,
}

const ONE: &str = "select id, code, name, permissions, state, custom, version, created_us, updated_us \
                   from profile where account = $1 and (id = $2 or code = $3) and state <> 'deleted'";

/// The profiles in order of their codes.
pub async fn list(app: &App, allowed: &Allowed<ManageUsers>, page: &PageQuery) -> Result<Page<Profile>> {
    let (limit, after) = (page.limit()?, page.after::<String>()?.unwrap_or_default());
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select id, code, name, permissions, state, custom, version, created_us, updated_us from profile \
             where account = $1 and code > $2 and state <> 'deleted' order by code limit $3",
            (allowed.account(), after, limit + 1),
        )
        .await?;
    let profiles = rows.into_iter().map(Row::shown).collect::<Result<Vec<_>>>()?;
    Ok(Page::new(profiles, limit, |profile| profile.draft.code.clone()))
}

/// One profile.
pub async fn get(app: &App, allowed: &Allowed<ManageUsers>, which: &Ref) -> Result<Versioned<Profile>> {
    let row: Option<Row> = app.db.fetch_optional(ONE, (allowed.account(), which.id(), which.code())).await?;
    let profile = row.ok_or(Code::NotFound)?.shown()?;
    Ok(Versioned(profile.version, profile))
}

/// Makes a profile.
pub async fn create(
    app: &App,
    allowed: &Allowed<ManageUsers>,
    once: &Once,
    given: &Value,
) -> Result<Created> {
    let draft: ProfileDraft = patch::new(given)?;
    allowed.must_cover(draft.check()?)?;
    let request = ("profiles.create", given);
    once.make(app, allowed, &request, async |write| {
        let made = make(write, allowed, draft).await?;
        Ok(Made::new(format!("/v1/profiles/{}", made.id), made))
    })
    .await
}

/// Makes the profile.
async fn make(write: &mut Write, allowed: &Allowed<ManageUsers>, draft: ProfileDraft) -> Result<Profile> {
    bounds::must_be_unbound(write, allowed).await?;
    let (account, id, now_us) = (write.account(), write.new_id(), write.now_us);
    edit::refuse_taken_code(write, TAKEN, id, &draft.code).await?;
    insert(write.tx(), account, id, &draft, now_us).await?;
    let at = Instant(now_us);
    Ok(Profile { id, version: 1, draft, built_in: false, created_at: at, updated_at: at })
}

/// Changes a profile by a JSON Merge Patch. Its users may what it says from their next request on.
pub async fn edit(
    app: &App,
    allowed: &Allowed<ManageUsers>,
    which: &Ref,
    if_match: IfMatch,
    given: &Value,
) -> Result<Versioned<Profile>> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    bounds::must_be_unbound(&mut write, allowed).await?;
    let managers = managers::count(&mut write).await?;
    let mut profile = locked(&mut write, allowed, which, if_match).await?;
    profile.draft = ProfileDraft { everything: profile.built_in, ..patch::patched(&profile.draft, given)? };
    allowed.must_cover(profile.draft.check()?)?;
    edit::refuse_taken_code(&mut write, TAKEN, profile.id, &profile.draft.code).await?;
    profile.version += 1;
    profile.updated_at = Instant(write.now_us);
    let Profile { id, version, ref draft, .. } = profile;
    let (account, now_us) = (write.account(), write.now_us);
    let (permissions, custom) = draft.json()?;
    let (code, name, state) = (draft.code.as_str(), draft.name.as_str(), draft.state.name());
    write
        .tx()
        .execute(
            "update profile set code = $3, name = $4, permissions = $5, state = $6, custom = $7, version = $8, \
             updated_us = $9 where account = $1 and id = $2",
            (account, id, code, name, permissions, state, custom, version, now_us),
        )
        .await?;
    managers::must_remain(&mut write, managers).await?;
    write.commit().await?;
    Ok(Versioned(version, profile))
}

/// Removes a profile that no user has.
pub async fn delete(app: &App, allowed: &Allowed<ManageUsers>, which: &Ref, if_match: IfMatch) -> Result<()> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    bounds::must_be_unbound(&mut write, allowed).await?;
    let profile = locked(&mut write, allowed, which, if_match).await?;
    if profile.built_in {
        return Err(Problem::new(Code::Conflict).with("with", "the administrator's profile, which stays"));
    }
    let (account, now_us) = (write.account(), write.now_us);
    let user: Option<(String,)> = write
        .tx()
        .fetch_optional(
            "select code from account_user where account = $1 and profile = $2 and state <> 'deleted' limit 1",
            (account, profile.id),
        )
        .await?;
    if let Some((code,)) = user {
        return Err(Problem::new(Code::Conflict).with("with", format!("/v1/users/code:{code}")));
    }
    write
        .tx()
        .execute(
            "update profile set state = 'deleted', version = version + 1, updated_us = $3 \
             where account = $1 and id = $2",
            (account, profile.id, now_us),
        )
        .await?;
    write.commit().await?;
    Ok(())
}

/// The profile that a user is given: it must be there, and the caller must hold what it holds.
pub(crate) async fn given(write: &mut Write, allowed: &Allowed<ManageUsers>, which: &Ref) -> Result<Uuid> {
    let row: Option<Row> =
        write.tx().fetch_optional(ONE, (allowed.account(), which.id(), which.code())).await?;
    let Some(row) = row else {
        let mut faults = Faults::default();
        faults.add("/profile", "unknown_reference", &which.to_string(), "a profile of the account");
        return Err(faults.into());
    };
    allowed.must_cover(permissions(&row.permissions)?)?;
    Ok(row.id)
}

/// Inserts a profile that was checked.
pub(crate) async fn insert(
    tx: &mut Tx,
    account: i64,
    id: Uuid,
    draft: &ProfileDraft,
    now_us: i64,
) -> Result<()> {
    let (permissions, custom) = draft.json()?;
    let (code, name, state) = (draft.code.as_str(), draft.name.as_str(), draft.state.name());
    tx.execute(
        "insert into profile (account, id, code, name, permissions, state, custom, version, created_us, updated_us) \
         values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8)",
        (account, id, code, name, permissions, state, custom, now_us),
    )
    .await?;
    Ok(())
}

/// The profile to change, whose permissions the caller must hold.
async fn locked(
    write: &mut Write,
    allowed: &Allowed<ManageUsers>,
    which: &Ref,
    if_match: IfMatch,
) -> Result<Profile> {
    let row: Option<Row> =
        write.tx().fetch_optional(ONE, (allowed.account(), which.id(), which.code())).await?;
    let row = row.ok_or(Code::NotFound)?;
    allowed.must_cover(permissions(&row.permissions)?)?;
    if_match.check(row.version)?;
    row.shown()
}

/// The object other than `$3` that has a code.
const TAKEN: &str =
    "select id from profile where account = $1 and code = $2 and id <> $3 and state <> 'deleted'";

impl ProfileDraft {
    fn check(&self) -> Result<Permissions> {
        let mut faults = Faults::default();
        check_common(&mut faults, "/code", &self.code, "/name", &self.name, &self.custom);
        let permissions = Permissions::check(&self.permissions, "/permissions", &mut faults);
        if self.everything && !permissions.covers(Permissions::grantable()) {
            let missing = Permissions::grantable().names().into_iter().find(|name| !permissions.has(*name));
            let missing = missing.map_or("", PermissionName::name);
            faults.add("/permissions", "required", missing, "every permission");
        }
        if self.everything && self.state != AccessState::Enabled {
            faults.add("/state", "invalid_value", self.state.name(), "`enabled`");
        }
        faults.into_result()?;
        Ok(permissions)
    }

    fn json(&self) -> Result<(String, String)> {
        // All names stand beside the sign, for replicas of a release that does not know it.
        let everything = self.everything.then_some(EVERYTHING);
        let names: Vec<_> =
            everything.into_iter().chain(self.permissions.iter().map(|name| name.name())).collect();
        let permissions = serde_json::to_string(&names).map_err(Problem::internal)?;
        Ok((permissions, serde_json::to_string(&self.custom).map_err(Problem::internal)?))
    }
}

impl Row {
    fn shown(self) -> Result<Profile> {
        let draft = ProfileDraft {
            permissions: permissions(&self.permissions)?.names(),
            everything: authenticate::holds_everything(&self.permissions)?,
            state: AccessState::from_name(&self.state),
            custom: serde_json::from_str(&self.custom).map_err(Problem::internal)?,
            code: self.code,
            name: self.name,
        };
        Ok(Profile {
            id: self.id,
            version: self.version,
            built_in: draft.everything,
            draft,
            created_at: Instant(self.created_us),
            updated_at: Instant(self.updated_us),
        })
    }
}
