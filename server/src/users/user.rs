//! One user, and what may be done with it. Whoever changes a user holds everything that the user holds, before and
//! after.

use campo_protocol::{
    faults::Faults,
    model::{Custom, Ref, check_common, employee::Language},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    email::{self, EmailState},
    managers, password,
};
use crate::{
    access::{
        AccessState, Allowed,
        authenticate::permissions,
        login::{self, LoginHolder, login_name},
        permissions::ManageUsers,
    },
    accounts::own::{language_name, language_of},
    api::{
        edit::{self, Created, IfMatch, Made, Once, Versioned},
        page::{Page, PageQuery},
        patch,
        time::Instant,
    },
    app::App,
    database::Tx,
    events::kinds::{AccessTold, USER_CHANGED, USER_CREATED, USER_DELETED},
    keys::bounds,
    log::write::Write,
    mail,
    problem::{Code, Problem, Result},
    profiles::profile,
    scheduler::Class,
    secrets::Secret,
};

/// What is given to make or change a user.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UserDraft {
    /// Stable code, unique among users
    #[schema(example = "U-17")]
    pub code: String,
    /// Name that people read
    pub name: String,
    /// The name to log in with, unique in the account, without capitals
    #[schema(example = "ana@example.com")]
    pub login: String,
    /// What the user may do
    pub profile: Ref,
    /// Where mail for this user goes, once the user confirmed it by the link that is sent there
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "ana@example.com")]
    pub email: Option<String>,
    /// The language of the console for this user
    #[serde(default)]
    pub language: Language,
    /// A user who is disabled is logged out at once
    #[serde(default)]
    pub state: AccessState,
    /// Text under the customer's own names
    #[serde(default)]
    pub custom: Custom,
}

/// A user.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct User {
    /// Its id
    pub id: Uuid,
    /// Its version
    pub version: i64,
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub draft: UserDraft,
    /// How far the address is, where there is one
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_state: Option<EmailState>,
    /// When it was made
    pub created_at: Instant,
    /// When it was changed last
    pub updated_at: Instant,
}

/// What is given to make a user, as the API's description shows it.
#[derive(Debug, ToSchema)]
pub struct NewUser {
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub draft: UserDraft,
    /// The first password; one is made where none is given
    pub password: Option<Secret>,
}

/// A new user.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedUser {
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub user: User,
    /// The password, where it was made here: it is shown this once
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    code: String,
    name: String,
    login: String,
    email: Option<String>,
    email_confirmed_us: Option<i64>,
    profile: Uuid,
    permissions: String,
    language: String,
    state: String,
    custom: String,
    version: i64,
    created_us: i64,
    updated_us: i64,
}

const ONE: &str = "select u.id, u.code, u.name, l.name as login, u.email, u.email_confirmed_us, u.profile, \
                   p.permissions, u.language, u.state, u.custom, u.version, u.created_us, u.updated_us from account_user u \
                   join profile p on p.account = u.account and p.id = u.profile \
                   join login l on l.account = u.account and l.holder = 'user' and l.holder_id = u.id \
                   where u.account = $1 and (u.id = $2 or u.code = $3) and u.state <> 'deleted'";

/// The users in order of their codes.
pub async fn list(app: &App, allowed: &Allowed<ManageUsers>, page: &PageQuery) -> Result<Page<User>> {
    let (limit, after) = (page.limit()?, page.after::<String>()?.unwrap_or_default());
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select u.id, u.code, u.name, l.name as login, u.email, u.email_confirmed_us, u.profile, \
             p.permissions, u.language, u.state, u.custom, u.version, u.created_us, u.updated_us from account_user u \
             join profile p on p.account = u.account and p.id = u.profile \
             join login l on l.account = u.account and l.holder = 'user' and l.holder_id = u.id \
             where u.account = $1 and u.code > $2 and u.state <> 'deleted' order by u.code limit $3",
            (allowed.account(), after, limit + 1),
        )
        .await?;
    let users = rows.into_iter().map(|row| row.shown(app)).collect::<Result<Vec<_>>>()?;
    Ok(Page::new(users, limit, |user| user.draft.code.clone()))
}

impl UserDraft {
    /// What events tell of a user.
    fn told(&self, id: Uuid, state: &str) -> AccessTold {
        AccessTold { id, code: self.code.clone(), name: self.name.clone(), state: state.to_owned() }
    }
}

/// One user.
pub async fn get(app: &App, allowed: &Allowed<ManageUsers>, which: &Ref) -> Result<Versioned<User>> {
    let row: Option<Row> = app.db.fetch_optional(ONE, (allowed.account(), which.id(), which.code())).await?;
    let user = row.ok_or(Code::NotFound)?.shown(app)?;
    Ok(Versioned(user.version, user))
}

/// Makes a user. `given` may have a password; where it has none, one is made and shown in the answer.
pub async fn create(
    app: &App,
    allowed: &Allowed<ManageUsers>,
    once: &Once,
    mut given: Value,
) -> Result<Created> {
    let password = password::take(&mut given)?;
    let mut draft: UserDraft = patch::new(&given).map_err(Problem::without_found)?;
    draft.settle()?;
    let (password, hash, made) = password::new(app, password.as_ref(), &draft.login).await?;
    let request = ("users.create", given, (!made).then(|| password.reveal().to_owned()));
    once.make(app, allowed, &request, async |write| {
        let user = make(app, write, allowed, draft, &hash).await?;
        let password = made.then(|| password.reveal().to_owned());
        Ok(Made::new(format!("/v1/users/{}", user.id), CreatedUser { user, password }))
    })
    .await
}

/// Makes the user, whose password has the hash `hash`.
async fn make(
    app: &App,
    write: &mut Write,
    allowed: &Allowed<ManageUsers>,
    mut draft: UserDraft,
    hash: &str,
) -> Result<User> {
    bounds::must_be_unbound(write, allowed).await?;
    let (account, id, now_us) = (write.account(), write.new_id(), write.now_us);
    let profile = profile::given(write, allowed, &draft.profile).await?;
    draft.profile = Ref::Id(profile);
    edit::refuse_taken_code(write, TAKEN, id, &draft.code).await?;
    insert(write.tx(), (account, id), profile, &draft, hash, now_us).await?;
    if let Some(email) = &draft.email {
        email::store(app, write, id, Some(email)).await?;
    }
    write.event(&USER_CREATED, id, &draft.told(id, draft.state.name()))?;
    let email_state = email::state(app, draft.email.as_deref(), false);
    let at = Instant(now_us);
    Ok(User { id, version: 1, draft, email_state, created_at: at, updated_at: at })
}

/// Changes a user by a JSON Merge Patch. Being disabled ends the user's sessions for good.
pub async fn edit(
    app: &App,
    allowed: &Allowed<ManageUsers>,
    which: &Ref,
    if_match: IfMatch,
    given: &Value,
) -> Result<Versioned<User>> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    bounds::must_be_unbound(&mut write, allowed).await?;
    let managers = managers::count(&mut write).await?;
    let mut user = locked(app, &mut write, allowed, which).await?;
    if_match.check(user.version)?;
    let (before, email_before) = (user.draft.login.clone(), user.draft.email.clone());
    user.draft = patch::patched(&user.draft, given)?;
    user.draft.settle()?;
    let profile = profile::given(&mut write, allowed, &user.draft.profile).await?;
    user.draft.profile = Ref::Id(profile);
    edit::refuse_taken_code(&mut write, TAKEN, user.id, &user.draft.code).await?;
    user.version += 1;
    user.updated_at = Instant(write.now_us);
    let User { id, version, ref draft, .. } = user;
    let (account, now_us) = (write.account(), write.now_us);
    if draft.login != before {
        login::set(write.tx(), account, LoginHolder::User, id, &draft.login).await?;
    }
    let custom = serde_json::to_string(&draft.custom).map_err(Problem::internal)?;
    let (code, name, language) = (draft.code.as_str(), draft.name.as_str(), language_name(draft.language));
    write
        .tx()
        .execute(
            "update account_user set code = $3, name = $4, profile = $5, language = $6, state = $7, custom = $8, \
             version = $9, updated_us = $10 where account = $1 and id = $2",
            (account, id, code, name, profile, language, draft.state.name(), custom, version, now_us),
        )
        .await?;
    if draft.email != email_before {
        email::store(app, &mut write, id, draft.email.as_deref()).await?;
        user.email_state = email::state(app, draft.email.as_deref(), false);
    }
    if draft.state == AccessState::Disabled {
        end_sessions(write.tx(), account, id, now_us).await?;
    }
    managers::must_remain(&mut write, managers).await?;
    write.event(&USER_CHANGED, id, &draft.told(id, draft.state.name()))?;
    write.commit().await?;
    Ok(Versioned(version, user))
}

/// Removes a user: the name to log in is free again, and every session ends.
pub async fn delete(app: &App, allowed: &Allowed<ManageUsers>, which: &Ref, if_match: IfMatch) -> Result<()> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    bounds::must_be_unbound(&mut write, allowed).await?;
    let managers = managers::count(&mut write).await?;
    let user = locked(app, &mut write, allowed, which).await?;
    if_match.check(user.version)?;
    let (account, now_us) = (write.account(), write.now_us);
    login::remove(write.tx(), account, LoginHolder::User, user.id).await?;
    write
        .tx()
        .execute(
            "update account_user set state = 'deleted', password = '', email = null, email_confirmed_us = null, \
             version = version + 1, updated_us = $3 where account = $1 and id = $2",
            (account, user.id, now_us),
        )
        .await?;
    mail::forget(write.tx(), (account, user.id), None).await?;
    end_sessions(write.tx(), account, user.id, now_us).await?;
    managers::must_remain(&mut write, managers).await?;
    write.event(&USER_DELETED, user.id, &user.draft.told(user.id, "deleted"))?;
    write.commit().await?;
    Ok(())
}

/// Ends every session of a user from the next request on.
pub(super) async fn end_sessions(tx: &mut Tx, account: i64, user: Uuid, now_us: i64) -> Result<()> {
    tx.execute(
        "update user_session set revoked_us = $3 where account = $1 and account_user = $2 and revoked_us is null",
        (account, user, now_us),
    )
    .await?;
    Ok(())
}

/// The user to change, who holds nothing that the caller does not hold.
pub(super) async fn locked(
    app: &App,
    write: &mut Write,
    allowed: &Allowed<ManageUsers>,
    which: &Ref,
) -> Result<User> {
    let row: Option<Row> =
        write.tx().fetch_optional(ONE, (allowed.account(), which.id(), which.code())).await?;
    let row = row.ok_or(Code::NotFound)?;
    allowed.must_cover(permissions(&row.permissions)?)?;
    row.shown(app)
}

/// Inserts a user that was checked, whose profile is there, with the hash of its password.
pub(crate) async fn insert(
    tx: &mut Tx,
    (account, id): (i64, Uuid),
    profile: Uuid,
    draft: &UserDraft,
    hash: &str,
    now_us: i64,
) -> Result<()> {
    let custom = serde_json::to_string(&draft.custom).map_err(Problem::internal)?;
    let (code, name, language) = (draft.code.as_str(), draft.name.as_str(), language_name(draft.language));
    tx.execute(
        "insert into account_user (account, id, code, name, profile, password, language, state, custom, version, \
         created_us, updated_us, must_change) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $10, true)",
        (account, id, code, name, profile, hash, language, draft.state.name(), custom, now_us),
    )
    .await?;
    login::set(tx, account, LoginHolder::User, id, &login_name(&draft.login)).await
}

/// The object other than `$3` that has a code.
const TAKEN: &str =
    "select id from account_user where account = $1 and code = $2 and id <> $3 and state <> 'deleted'";

impl UserDraft {
    /// Refuses what is wrong, and writes names as tables hold them.
    fn settle(&mut self) -> Result<()> {
        self.email = self.email.take().map(|email| email.trim().to_owned()).filter(|email| !email.is_empty());
        self.check()?;
        self.login = login_name(&self.login);
        Ok(())
    }

    /// Refuses what is wrong.
    pub(crate) fn check(&self) -> Result<()> {
        let mut faults = Faults::default();
        check_common(&mut faults, "/code", &self.code, "/name", &self.name, &self.custom);
        login::check("/login", &self.login, &mut faults);
        if let Some(email) = &self.email {
            mail::check_address("/email", email, &mut faults);
        }
        Ok(faults.into_result()?)
    }
}

impl Row {
    fn shown(self, app: &App) -> Result<User> {
        let email_state = email::state(app, self.email.as_deref(), self.email_confirmed_us.is_some());
        let draft = UserDraft {
            profile: Ref::Id(self.profile),
            language: language_of(&self.language),
            state: AccessState::from_name(&self.state),
            custom: serde_json::from_str(&self.custom).map_err(Problem::internal)?,
            email: self.email,
            code: self.code,
            name: self.name,
            login: self.login,
        };
        Ok(User {
            id: self.id,
            version: self.version,
            draft,
            email_state,
            created_at: Instant(self.created_us),
            updated_at: Instant(self.updated_us),
        })
    }
}
