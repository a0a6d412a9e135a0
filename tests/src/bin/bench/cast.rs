//! Who takes part: companies, their people with phones, forms and tasks, and what their phones capture.

use anyhow::Result;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use campo_protocol::{
    entry::Kind,
    task::{
        body::{Created, NewAssignment, Role},
        status::Status,
    },
};
use campo_server::{
    access::{Caller, Duty, permissions::ManageEmployees},
    accounts::{self, NewAccount},
    app::App,
    environment::Environment,
    log::{
        events,
        write::{About, Write},
    },
    scheduler::Class,
    secrets::{Bearer, Holder},
};
use uuid::Uuid;

/// How many phones work at once.
pub(crate) const PHONES: usize = 128;
/// How many companies there are.
pub(crate) const COMPANIES: usize = 100;
/// The seed of every id of the cast, so that both databases have the same one.
const SEED: u64 = 20;
const START_US: i64 = 1_790_000_000_000_000;
/// Enough for 300 entries of a phone, of which three in ten report on tasks, four on each.
const TASKS_OF_A_PERSON: usize = 24;

/// What the monotonic clocks of the phones show. Their entries follow within a millisecond, so that they are later
/// than what the office decided.
pub(crate) const BOOTED_US: i64 = 1_000_000_000;

/// One company.
#[derive(Debug, Clone)]
pub(crate) struct Company {
    /// Its account
    pub(crate) account: i64,
    form: Uuid,
    group: Uuid,
    people: Vec<Person>,
}

/// An employee with a phone.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// The phone's installation
    pub(crate) installation: Uuid,
    employee: Uuid,
    tasks: Vec<Uuid>,
}

/// What phones capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mix {
    /// Four punches, four forms and two messages of ten entries
    Plain,
    /// Four punches and six forms of ten entries: nothing that comes back in the phone's view
    Silent,
    /// Two punches, two forms, one message and five reports on tasks of ten entries, one of them a form
    Tasks,
}

/// Every company. The first has a person for each phone, the others two.
pub(crate) fn companies() -> Vec<Company> {
    let environment = Environment::seeded(SEED, START_US);
    let person = |_| Person {
        installation: environment.uuid(),
        employee: environment.uuid(),
        tasks: (0..TASKS_OF_A_PERSON).map(|_| environment.uuid()).collect(),
    };
    (0..COMPANIES)
        .map(|number| Company {
            account: number as i64 + 1,
            form: environment.uuid(),
            group: environment.uuid(),
            people: (0..if number == 0 { PHONES } else { 2 }).map(person).collect(),
        })
        .collect()
}

/// The company and the person of the phone with this number, when the first `accounts` companies work.
pub(crate) fn whose(companies: &[Company], accounts: usize, phone: usize) -> (&Company, &Person) {
    let company = &companies[phone % accounts];
    (company, &company.people[phone / accounts])
}

/// A company of its own whose many people have phones, and no tasks.
pub(crate) fn fleet(phones: usize) -> Company {
    let environment = Environment::seeded(SEED + 1, START_US);
    let person =
        |_| Person { installation: environment.uuid(), employee: environment.uuid(), tasks: Vec::new() };
    Company {
        account: 1,
        form: environment.uuid(),
        group: environment.uuid(),
        people: (0..phones).map(person).collect(),
    }
}

/// The bearer secrets of a company's phones.
pub(crate) fn bearers(company: &Company) -> impl Iterator<Item = String> {
    company.people.iter().map(|person| bearer(company, person).format())
}

/// The bearer secret of a company's phone with this number, and what it captures.
pub(crate) fn phone(company: &Company, number: usize, mix: Mix, count: usize) -> (String, Vec<Vec<u8>>) {
    let person = &company.people[number];
    (bearer(company, person).format(), captured(company, person, mix, count))
}

/// The bearer secret of this person's phone.
pub(crate) fn bearer(company: &Company, person: &Person) -> Bearer {
    let chance = Environment::seeded(person.installation.as_u64_pair().1, START_US);
    let secret = URL_SAFE_NO_PAD.encode(chance.random::<32>());
    Bearer { account: company.account, holder: Holder::Installation, id: person.installation, secret }
}

/// Puts the cast into an empty database.
pub(crate) async fn prepare(app: &App) -> Result<()> {
    for (number, company) in companies().iter().enumerate() {
        put(app, number, company).await?;
    }
    Ok(())
}

/// Puts the company with this number into a database that has those before it.
pub(crate) async fn put(app: &App, number: usize, company: &Company) -> Result<()> {
    anyhow::ensure!(account(app, number).await? == company.account, "the database was not empty");
    furnish(app, company).await
}

/// A new account, without anything in it.
pub(crate) async fn account(app: &App, number: usize) -> Result<i64> {
    let new = NewAccount {
        code: format!("company-{number}"),
        name: format!("Company {number}"),
        zone: "America/Lima".to_owned(),
        language: "es".to_owned(),
    };
    Ok(accounts::create(app, &new).await?)
}

async fn furnish(app: &App, company: &Company) -> Result<()> {
    let allowed = Caller::duty(company.account, Duty::Operator).allow::<ManageEmployees>()?;
    let mut write = app.log.begin(&allowed, Class::Office).await?;
    let form = (company.form, "form", None, r#"{"code":"F1","name":"Visita","version":1}"#.to_owned());
    let group = (company.group, "group", None, r#"{"code":"G1","name":"Lima"}"#.to_owned());
    let employees = company.people.iter().enumerate().map(|(number, person)| {
        let body = format!(
            r#"{{"number":"ZZ{number}","first_name":"Ana","last_name":"Quispe","establishment":"LIMA-1"}}"#
        );
        (person.employee, "employee", Some(company.group), body)
    });
    for (number, (id, kind, parent, body)) in employees.chain([form, group]).enumerate() {
        write
            .tx()
            .execute(
                "insert into object (account, kind, id, code, name, sort_key, parent, state, version, body, \
                 created_us, updated_us) values ($1, $2, $3, $4, $4, $4, $5, 'enabled', 1, $6, 1, 1)",
                (company.account, kind, id, format!("ZZ{number}"), parent, body),
            )
            .await?;
    }
    write.directory_changed();
    for person in &company.people {
        enrol(&mut write, company, person).await?;
    }
    for (person, task) in company.people.iter().flat_map(|p| p.tasks.iter().map(move |task| (p, *task))) {
        let number = write.next_task_number();
        write
            .tx()
            .execute(
                "insert into task (account, id, task_number, state, version, fields, sort_key, created_us, \
                 updated_us) values ($1, $2, $3, 'enabled', 1, $4, '', 1, 1)",
                (company.account, task, number, task_fields(number)),
            )
            .await?;
        let assignments = vec![NewAssignment { employee: person.employee, role: Role::Lead }];
        let about = About { task: Some(task), ..About::default() };
        write.entry(Kind::TaskCreated, about, &Created { status: Status::New, assignments })?;
        write.task_event(events::TaskEvent { kind: events::TASK_CREATED, task, version: 1 });
    }
    write.commit().await?;
    Ok(())
}

/// Gives a person a phone, and a session on it that is open.
async fn enrol(write: &mut Write, company: &Company, person: &Person) -> Result<()> {
    let (account, id, employee) = (company.account, person.installation, person.employee);
    let token = write.secrets().token_hash(&bearer(company, person).secret).to_vec();
    write
        .tx()
        .execute(
            "insert into installation (account, id, code, name, device, token, state, custom, version, enrolled_us, \
             updated_us) values ($1, $2, $3, '', '{}', $4, 'active', '{}', 1, 1, 1)",
            (account, id, id.to_string(), token),
        )
        .await?;
    write
        .tx()
        .execute(
            "insert into roster_employee (account, installation, employee, listed) values ($1, $2, $3, $4)",
            (account, id, employee, true),
        )
        .await?;
    write
        .tx()
        .execute(
            "insert into employee_session (account, id, installation, employee, opened_us, position) \
             values ($1, $2, $3, $4, 1, 0)",
            (account, id, id, employee),
        )
        .await?;
    Ok(())
}

fn task_fields(number: i64) -> String {
    format!(
        r#"{{"task_number":{number},"name":"Mantenimiento preventivo {number}","description":"Revisar tablero y medidor, tomar fotos del antes y del después","contact":"Rosa Flores","phone":"+51 1 555 0{number}"}}"#
    )
}

/// The entries that this person's phone captures, in its order.
pub(crate) fn captured(company: &Company, person: &Person, mix: Mix, count: usize) -> Vec<Vec<u8>> {
    let environment = Environment::system();
    (0..count)
        .map(|number| {
            let (kind, more) = moment(company, person, mix, number);
            line(&environment, person, number as i64 + 1, kind, &more)
        })
        .collect()
}

/// The kind of the entry with this number, and the members that only it has.
fn moment(company: &Company, person: &Person, mix: Mix, number: usize) -> (&'static str, String) {
    let task = person.tasks[(number / 10) % person.tasks.len()];
    let of_task = format!(r#","task":"{task}""#);
    match (mix, number % 10) {
        (_, 0) => ("shift.start", String::new()),
        (_, 9) => ("shift.end", String::new()),
        (Mix::Plain | Mix::Silent, 2) => ("break.start", r#","body":{"break":"lunch"}"#.to_owned()),
        (Mix::Plain | Mix::Silent, 6) => ("break.end", r#","body":{"break":"lunch"}"#.to_owned()),
        (Mix::Plain | Mix::Tasks, 4) | (Mix::Plain, 8) => ("message", message(number)),
        (Mix::Tasks, 1) => ("task.en_route", of_task),
        (Mix::Tasks, 2) => ("task.arrive", of_task),
        (Mix::Tasks, 3) => ("task.start", of_task),
        (Mix::Tasks, 5) => ("form", of_task + &form(company, number)),
        (Mix::Tasks, 6) => ("task.close", of_task),
        _ => ("form", form(company, number)),
    }
}

fn message(number: usize) -> String {
    format!(
        r#","body":{{"text":"Llegué a la obra {number}, falta el repuesto; vuelvo después del almuerzo"}}"#
    )
}

fn form(company: &Company, number: usize) -> String {
    format!(
        r#","body":{{"form":"{}","version":1,"answers":{{"estado":"operativo","lectura":{number}4711,"tablero":"sin novedad","medidor":"M-{number}-ZZ","voltaje":220.5,"corriente":14.25,"observaciones":"Cableado revisado, se cambió un fusible y se limpió el gabinete","cliente":"Rosa Flores","conforme":true,"repuestos":["fusible","cinta"]}}}}"#,
        company.form
    )
}

fn line(environment: &Environment, person: &Person, sequence: i64, kind: &str, more: &str) -> Vec<u8> {
    let (id, installation, employee) = (environment.uuid(), person.installation, person.employee);
    let (wall_us, monotonic_us) = (environment.now_us(), BOOTED_US + sequence);
    format!(
        r#"{{"id":"{id}","kind":"{kind}","installation":"{installation}","employee":"{employee}","sequence":{sequence},"clock":{{"wall_us":{wall_us},"monotonic_us":{monotonic_us},"boot":"b7","zone":"America/Lima","offset_s":-18000,"automatic":true}},"place":{{"latitude":-12.046373,"longitude":-77.042754,"accuracy_m":12.5,"provider":"fused"}}{more}}}"#
    )
    .into_bytes()
}
