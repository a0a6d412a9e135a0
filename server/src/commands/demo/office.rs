//! The office: imports the spreadsheet, sends more tasks, and asks what became of the day.

use std::{fmt::Display, time::Duration};

use anyhow::{Result, ensure};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    api::{items, number, text},
    company::{Company, Technician},
    screen::Tone,
    stage::Stage,
    table::{self, short},
    texts::{count, fill},
};

const SPREADSHEET: &[u8] = include_bytes!("../../../samples/tareas.xlsx");
const SPREADSHEET_NAME: &str = "tareas.xlsx";
const TEMPLATE: &str = include_str!("../../../samples/tareas.template.json");
const PAUSE: Duration = Duration::from_millis(100);

/// How often the office looks: seconds.
const LOOK_S: f64 = 90.0;
/// The tasks shown are those that changed since: microseconds.
const LATE_US: i64 = 10 * 60 * 1_000_000;
/// How many tasks are shown at most.
const SHOWN: usize = 8;
/// How many customers the spreadsheet brings.
const CUSTOMERS: i64 = 20;

/// Imports the sample spreadsheet, as a dispatcher does at the console.
pub(super) async fn import(stage: &Stage, company: &Company) -> Result<()> {
    let (system, texts) = (&company.system, stage.texts);
    let template: Value = serde_json::from_str(TEMPLATE)?;
    system.post("/v1/import-templates", &template).await?;
    stage.office(
        Tone::Plain,
        &fill(&texts.import_begun, &[("file", &SPREADSHEET_NAME), ("template", &text(&template, "/name"))]),
    );
    let path = format!("/v1/imports?template=code:{}&file_name={SPREADSHEET_NAME}", text(&template, "/code"));
    let mut run = system.upload(&path, SPREADSHEET).await?;
    let path = format!("/v1/imports/{}", text(&run, "/id"));
    while run["finished_at"].is_null() {
        stage.environment.sleep(PAUSE).await;
        run = system.get(&path).await?;
    }
    ensure!(text(&run, "/state") == "done", "the import came to: {run}");
    let counts = ["created", "refused"].map(|name| run[name].as_i64().unwrap_or(0));
    let done = fill(&texts.import_done, &[("created", &counts[0]), ("refused", &counts[1])]);
    stage.office(Tone::Good, &done);
    let refused = system.get(&format!("{path}/rows?outcome=refused")).await?;
    for row in items(&refused) {
        let [heading, message] =
            ["heading", "message"].map(|name| text(&row["faults"][0], &format!("/{name}")));
        let values: [(&str, &dyn Display); 3] =
            [("row", &number(row, "/row")), ("heading", &heading), ("message", &message)];
        stage.office(Tone::Aside, &fill(&texts.import_refused, &values));
    }
    Ok(())
}

/// Sends a technician two tasks more, at customers who are there.
pub(super) async fn send_tasks(stage: &Stage, company: &Company, technician: &Technician) -> Result<()> {
    let (texts, works) = (stage.texts, &stage.texts.company.works);
    for _ in 0..2 {
        let sent = stage.next_number();
        let customer = format!("C-{:04}", 100 + sent % CUSTOMERS);
        let customer = company.system.get(&format!("/v1/pois/number:{customer}")).await?;
        let task = json!({
            "external_number": format!("D-{sent:04}"),
            "type": "code:SERVICE",
            "description": works.get(sent as usize % works.len().max(1)),
            "customer_name": customer["name"],
            "poi": customer["id"],
            "location": { "latitude": customer["place"]["latitude"], "longitude": customer["place"]["longitude"] },
            "assignments": [{ "employee": format!("number:{}", technician.number) }],
        });
        company.system.post("/v1/tasks", &task).await?;
    }
    let tasks = count(&texts.counts.tasks, 2);
    stage.office(Tone::Plain, &fill(&texts.new_tasks, &[("name", &technician.name), ("tasks", &tasks)]));
    Ok(())
}

/// Looks now and then, for ever.
pub(super) async fn look_now_and_then(stage: &Stage, company: &Company) -> Result<()> {
    loop {
        stage.pause(LOOK_S).await;
        let timesheets = timesheets(stage, company).await?;
        let tasks = tasks(stage, company).await?;
        stage.screen.block(&[timesheets, vec![String::new()], tasks].concat());
    }
}

async fn timesheets(stage: &Stage, company: &Company) -> Result<Vec<String>> {
    let texts = stage.texts;
    let path = format!("/v1/timesheets?date={}", stage.today());
    let page = company.system.get(&path).await?;
    let rows: Vec<_> = items(&page).iter().map(|sheet| row(stage, sheet)).collect();
    let mut lines = vec![title(stage, &texts.timesheet_title, &path)];
    lines.extend(table::lines(&texts.timesheet_head, &rows));
    Ok(lines)
}

fn row(stage: &Stage, sheet: &Value) -> Vec<String> {
    let (none, empty) = (Value::Null, Vec::new());
    let day = sheet["days"].get(0).unwrap_or(&none);
    let shifts = day["shifts"].as_array().unwrap_or(&empty);
    let time = |pointer: &str, shift: Option<&Value>| {
        // `2030-01-15T18:00:00-05:00`
        shift.and_then(|shift| text(shift, pointer).get(11..16)).unwrap_or_default().to_owned()
    };
    let (first, last) = (time("/start/local", shifts.first()), time("/end/local", shifts.last()));
    let open = shifts.last().is_some_and(|shift| shift["end"].is_null());
    vec![
        text(sheet, "/name").to_owned(),
        first,
        if open { stage.texts.timesheet_open.clone() } else { last },
        shifts.len().to_string(),
        duration(number(day, "/totals/unpaid_break_us")),
        duration(number(day, "/totals/worked_us")),
    ]
}

async fn tasks(stage: &Stage, company: &Company) -> Result<Vec<String>> {
    let texts = stage.texts;
    let since = Timestamp::from_microsecond(stage.environment.now_us() - LATE_US)?;
    let path = format!("/v1/tasks?changed_after={since:.0}&limit=500");
    let page = company.system.get(&path).await?;
    let mut changed: Vec<&Value> =
        items(&page).iter().filter(|task| task["progress"]["status"] != "new").collect();
    changed.sort_by_key(|task| std::cmp::Reverse(text(task, "/progress/since")));
    let rows: Vec<_> = changed
        .into_iter()
        .take(SHOWN)
        .map(|task| {
            vec![
                text(task, "/external_number").to_owned(),
                short(text(task, "/customer_name").trim(), 32),
                texts.status(text(task, "/progress/status")).to_owned(),
                text(task, "/progress/assignments/0/name").to_owned(),
            ]
        })
        .collect();
    let open =
        company.system.get("/v1/tasks?status=new&status=acknowledged&status=in_progress&limit=500").await?;
    let open = fill(&texts.tasks_open, &[("tasks", &count(&texts.counts.tasks, items(&open).len()))]);
    let mut lines = vec![title(stage, &format!("{} ({open})", texts.tasks_title), "/v1/tasks")];
    lines.extend(table::lines(&texts.tasks_head, &rows));
    Ok(lines)
}

fn title(stage: &Stage, title: &str, path: &str) -> String {
    format!("  {}  {}", stage.screen.heading(title), stage.screen.aside(&format!("GET {path}")))
}

/// Hours, minutes and seconds, `0:01:32`.
fn duration(us: i64) -> String {
    let seconds = us / 1_000_000;
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
