//! The sample company, made by its administrator over the API.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    api::{Api, text},
    texts::{Company as Words, Language},
};

/// The zone of the company and of its phones; it has no summer time.
pub(super) const ZONE: &str = "America/Lima";
/// Its offset in seconds east of UTC.
pub(super) const OFFSET_S: i32 = -5 * 3600;
/// With which name the administrator logs in.
pub(super) const ADMINISTRATOR: &str = "admin@demo.example";
/// With which name the dispatcher logs in.
pub(super) const DISPATCHER: &str = "lucia@demo.example";
/// The code of the channel.
pub(super) const CHANNEL: &str = "ERP";
/// The code of the kind of break.
pub(super) const LUNCH: &str = "LUNCH";

/// The technicians whom the sample spreadsheet names: number, first name, last name.
const TECHNICIANS: [(&str, &str, &str); 4] = [
    ("ZZ1001", "Ana", "Quispe"),
    ("ZZ1002", "Luis", "Mamani"),
    ("ZZ1003", "Rosa", "Huamán"),
    ("ZZ1004", "José", "Ñahui"),
];

/// What the key of the company's system may do.
const KEY_PERMISSIONS: [&str; 12] = [
    "view_employees",
    "view_tasks",
    "manage_tasks",
    "view_pois",
    "manage_pois",
    "view_definitions",
    "view_entries",
    "view_timesheets",
    "view_messages",
    "run_imports",
    "manage_templates",
    "view_deliveries",
];

/// What the dispatcher may do.
const DISPATCHER_PERMISSIONS: [&str; 10] = [
    "view_employees",
    "view_tasks",
    "manage_tasks",
    "view_pois",
    "manage_pois",
    "view_definitions",
    "view_entries",
    "view_timesheets",
    "view_messages",
    "send_messages",
];

/// The company, as far as the story needs it.
#[derive(Debug)]
pub(super) struct Company {
    /// The administrator, logged in
    pub(super) administrator: Api,
    /// The company's system
    pub(super) system: Api,
    /// Its bearer secret
    pub(super) key: String,
    /// The password of administrator and dispatcher
    pub(super) password: String,
    /// The form that technicians fill
    pub(super) form: Uuid,
    pub(super) technicians: Vec<Technician>,
}

/// A technician.
#[derive(Debug, Clone)]
pub(super) struct Technician {
    pub(super) number: &'static str,
    pub(super) name: String,
    pub(super) pin: String,
    /// The one-time code for the phone
    pub(super) code: String,
}

/// Makes the company; the account is there, with its administrator.
pub(super) async fn found(api: &Api, password: &str, words: &Words, language: Language) -> Result<Company> {
    let own = format!("{password}-{ZONE}");
    let administrator = choose_password(api, ADMINISTRATOR, password, &own).await?;
    let form = define(&administrator, words).await?;
    let mut technicians = Vec::new();
    for (index, (number, first_name, last_name)) in TECHNICIANS.into_iter().enumerate() {
        let pin = (4071 + 1307 * index).to_string();
        let person = json!({
            "number": number, "first_name": first_name, "last_name": last_name, "group": "code:LIMA",
            "profile": "code:TECHNICIAN", "language": language.tag(), "establishment": "LIMA-1",
        });
        administrator.post("/v1/employees", &person).await?;
        administrator.put(&format!("/v1/employees/number:{number}/pin"), &json!({ "pin": pin })).await?;
        let name = format!("{first_name} {last_name}");
        let roster = json!({ "name": name, "roster": { "employees": [format!("number:{number}")] } });
        let enrolment = administrator.post("/v1/enrolments", &roster).await?;
        technicians.push(Technician { number, name, pin, code: text(&enrolment, "/code").to_owned() });
    }
    let key = json!({ "code": "erp", "name": words.key, "permissions": KEY_PERMISSIONS });
    let key = administrator.post("/v1/keys", &key).await?;
    let key = text(&key, "/secret").to_owned();
    let user_profile = json!({
        "code": "DISPATCH", "name": words.user_profile, "permissions": DISPATCHER_PERMISSIONS
    });
    administrator.post("/v1/profiles", &user_profile).await?;
    let user = json!({
        "code": "U-1", "name": words.user, "login": DISPATCHER, "profile": "code:DISPATCH",
        "language": language.tag(), "password": password,
    });
    administrator.post("/v1/users", &user).await?;
    choose_password(api, DISPATCHER, password, &own).await?;
    Ok(Company { system: api.with(&key), administrator, password: own, key, form, technicians })
}

/// Logs somebody in with the password that was given to them and has them choose their own, without which the console
/// shows them nothing; who they are then.
async fn choose_password(api: &Api, login: &str, given: &str, own: &str) -> Result<Api> {
    let session = api.post("/v1/session", &json!({ "login": login, "password": given })).await?;
    let somebody = api.with(text(&session, "/token"));
    somebody.put("/v1/session/password", &json!({ "current": given, "password": own })).await?;
    let session = api.post("/v1/session", &json!({ "login": login, "password": own })).await?;
    Ok(api.with(text(&session, "/token")))
}

/// Makes what the company defines: groups, profiles, types of tasks, forms. Returns the form.
async fn define(administrator: &Api, words: &Words) -> Result<Uuid> {
    let group = json!({ "code": "LIMA", "name": words.group });
    administrator.post("/v1/groups", &group).await?;
    let profile = json!({
        "code": "TECHNICIAN", "name": words.profile,
        "break_kinds": [{ "code": LUNCH, "name": words.lunch, "planned_minutes": 60 }],
    });
    administrator.post("/v1/employee-profiles", &profile).await?;
    let form = administrator.post("/v1/forms", &visit(words)).await?;
    let form = text(&form, "/id").parse().context("the form's id")?;
    let task_type = json!({ "code": "SERVICE", "name": words.task_type, "planned_minutes": 45.0 });
    administrator.post("/v1/task-types", &task_type).await?;
    Ok(form)
}

fn visit(words: &Words) -> Value {
    json!({
        "code": "VISIT", "name": words.form,
        "fields": [
            { "id": "comment", "label": words.form_comment, "kind": "text" },
            { "id": "photo", "label": words.form_photo, "kind": "photo" },
            { "id": "parts", "label": words.form_parts, "kind": "table", "columns": [
                { "id": "part", "label": words.form_part, "kind": "text" },
                { "id": "count", "label": words.form_count, "kind": "number" },
            ] },
        ],
    })
}

/// Makes the channel to the receiver; its secret.
pub(super) async fn open_channel(company: &Company, receiver: &str) -> Result<String> {
    let channel = json!({
        "code": CHANNEL, "name": CHANNEL, "url": receiver,
        "events": ["entry.complete", "task.created", "task.changed", "task.deleted"],
    });
    let channel = company.administrator.post("/v1/channels", &channel).await?;
    Ok(text(&channel, "/secret").to_owned())
}
