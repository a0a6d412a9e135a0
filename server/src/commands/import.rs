//! `campo import`.

use std::{fmt::Write as _, fs, path::PathBuf, time::Duration};

use anyhow::{Context as _, Result, bail};
use campo_server::{environment::Environment, outbound};
use reqwest::{Client, Method, Url};
use serde_json::{Value, json};

/// How long a connection may take, and how long nothing may come.
const CONNECT_TIME: Duration = Duration::from_secs(20);
const READ_TIME: Duration = Duration::from_mins(10);
/// How often is looked how far it is.
const LOOKED: Duration = Duration::from_secs(1);
/// Faults that are printed.
const FAULTS: usize = 50;

/// Imports a spreadsheet by a template, at a server
///
/// A client of the API: the file is uploaded as a draft, tried without effects, and started; what came of it is printed.
/// Needs no settings of a server. The key needs `run_imports` and the permission for what the template makes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: CAMPO_KEY=… campo import tareas.xlsx --template tareas-diarias \
    --server https://campo.example.com --dry-run\n\n\
    Exit codes: 0 every row was imported (or would be), 1 rows are refused, something is asked, or it could not be done, \
    2 the command line is wrong.")]
pub(crate) struct Arguments {
    /// The spreadsheet: xlsx, xls, ods, csv and others
    file: PathBuf,
    /// The code of the import template
    #[arg(long, value_name = "CODE")]
    template: String,
    /// The address of the server
    #[arg(long, value_name = "URL", env = "CAMPO_SERVER")]
    server: Url,
    /// The secret of an access key; better in the variable than in a list of processes
    #[arg(long, value_name = "SECRET", env = "CAMPO_KEY", hide_env_values = true)]
    key: String,
    /// Only says what would become of the rows
    #[arg(long)]
    dry_run: bool,
    /// Imports a file once more that was imported by this version of the template
    #[arg(long)]
    again: bool,
    /// How many things that the file lists no longer may be withdrawn, where the template withdraws and they are more
    /// than a tenth
    #[arg(long, value_name = "NUMBER")]
    confirm_withdrawals: Option<i64>,
}

pub(crate) async fn run(arguments: Arguments) -> Result<()> {
    let bytes = fs::read(&arguments.file).with_context(|| arguments.file.display().to_string())?;
    let name = arguments.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let campo = Campo::new(&arguments)?;
    let template = format!("code:{}", arguments.template);
    let draft = campo.upload(&[("template", &template), ("file_name", &name)], bytes).await?;
    let draft_path = format!("/v1/imports/drafts/{}", text(&draft, "id"));
    let outcome = go_on(&campo, &arguments, &draft, &draft_path).await;
    if !matches!(outcome, Ok(Ended { started: true, .. })) {
        // What was not started is nobody's business; it would go by itself in 7 days
        let _ = campo.call(Method::DELETE, &draft_path, None).await;
    }
    let Ended { refused, asks, .. } = outcome?;
    if refused > 0 {
        bail!("{refused} rows are refused");
    }
    if asks {
        bail!("somebody must say whether the things are withdrawn that the file lists no longer");
    }
    Ok(())
}

/// How it ended.
struct Ended {
    started: bool,
    refused: i64,
    asks: bool,
}

async fn go_on(campo: &Campo, arguments: &Arguments, draft: &Value, path: &str) -> Result<Ended> {
    if let Some(problem) = draft.get("problem").filter(|problem| problem.is_object()) {
        bail!("{}", text(problem, "detail"));
    }
    super::print(&format!("{}: {} rows", text(&draft["file"], "name"), draft["rows"]))?;
    for question in list(draft, "questions") {
        super::print(&format!("? {}", text(question, "message")))?;
    }
    for heading in list(&draft["template"], "missing") {
        super::print(&format!("! no column {heading}"))?;
    }
    if draft["can_start"] != json!(true) {
        bail!("the template does not fit the file; open it in the console and answer what is asked");
    }
    if arguments.dry_run {
        let preview_path = format!("{path}/preview");
        campo.call(Method::POST, &preview_path, Some(json!({}))).await?;
        let preview = campo.until(&preview_path, |preview| text(preview, "state") != "running").await?;
        counts(&preview)?;
        faults(list(&preview, "faults").iter())?;
        return ended(&preview, false);
    }
    let start = json!({ "again": arguments.again, "confirm_withdrawals": arguments.confirm_withdrawals });
    let run = campo.call(Method::POST, &format!("{path}/start"), Some(start)).await?;
    if run["repeated"] == json!(true) {
        super::print("The file was imported before, and is not again (--again does).")?;
    }
    let run_path = format!("/v1/imports/{}", text(&run, "id"));
    let run = campo.until(&run_path, |run| run["finished_at"].is_string()).await?;
    counts(&run)?;
    let refused =
        campo.call(Method::GET, &format!("{run_path}/rows?outcome=refused&limit=500"), None).await?;
    faults(list(&refused, "items").iter().flat_map(|row| list(row, "faults")))?;
    ended(&run, true)
}

/// What an import or its preview came to.
fn ended(told: &Value, started: bool) -> Result<Ended> {
    if let Some(problem) = told.get("problem").filter(|problem| problem.is_object()) {
        bail!("{}", text(problem, "detail"));
    }
    let withdrawals = &told["withdrawals"];
    let asks = text(withdrawals, "state") == "asked";
    Ok(Ended { started, refused: told["refused"].as_i64().unwrap_or(0), asks })
}

fn counts(told: &Value) -> Result<()> {
    let count = |name: &str| told[name].as_i64().unwrap_or(0);
    let mut line = format!(
        "created {}, updated {}, unchanged {}, refused {}, no data {}",
        count("created"),
        count("updated"),
        count("unchanged"),
        count("refused"),
        count("skipped")
    );
    let withdrawals = &told["withdrawals"];
    if withdrawals.is_object() {
        let (unlisted, managed) = (&withdrawals["unlisted"], &withdrawals["managed"]);
        // Writing to a String cannot fail
        let _ = write!(
            line,
            ", withdrawn {}; listed no longer: {unlisted} of {managed} ({})",
            count("withdrawn"),
            text(withdrawals, "state")
        );
    }
    super::print(&line)
}

fn faults<'a>(faults: impl Iterator<Item = &'a Value>) -> Result<()> {
    let (mut shown, mut more) = (0, 0);
    for fault in faults {
        if shown == FAULTS {
            more += 1;
            continue;
        }
        shown += 1;
        super::print(&format!("! {}{}: {}", text(fault, "column"), fault["row"], text(fault, "message")))?;
    }
    if more > 0 {
        super::print(&format!("! and {more} more"))?;
    }
    Ok(())
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The server.
struct Campo {
    client: Client,
    server: String,
    key: String,
    environment: Environment,
}

impl Campo {
    #[expect(clippy::disallowed_methods, reason = "a client of the API, as a customer's system is")]
    fn new(arguments: &Arguments) -> Result<Self> {
        outbound::use_ring();
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIME)
            .read_timeout(READ_TIME)
            .user_agent(concat!("campo-import/", env!("CARGO_PKG_VERSION")))
            .build()
            .context("no HTTPS on this machine")?;
        let server = arguments.server.as_str().trim_end_matches('/').to_owned();
        Ok(Self { client, server, key: arguments.key.clone(), environment: Environment::system() })
    }

    async fn upload(&self, query: &[(&str, &str)], bytes: Vec<u8>) -> Result<Value> {
        let url = Url::parse_with_params(&format!("{}/v1/imports/drafts", self.server), query)?;
        let request = self.client.request(Method::POST, url);
        self.answer(request.header("content-type", "application/octet-stream").body(bytes)).await
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let request = self.client.request(method, format!("{}{path}", self.server));
        self.answer(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Result<Value> {
        let response = request
            .bearer_auth(&self.key)
            .header("accept-language", "en")
            .send()
            .await
            .with_context(|| format!("{} does not answer", self.server))?;
        let status = response.status();
        let bytes = response.bytes().await.context("the answer broke off")?;
        let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if status.is_success() {
            return Ok(answer);
        }
        let mut told = format!("{} {} ({})", status.as_u16(), text(&answer, "detail"), text(&answer, "code"));
        for fault in list(&answer, "faults") {
            // Writing to a String cannot fail
            let _ = write!(told, "\n  {}: {}", text(fault, "field"), text(fault, "message"));
        }
        bail!("{told}")
    }

    /// What stands at `path` once `ready` says so; progress is shown on the way.
    async fn until(&self, path: &str, ready: impl Fn(&Value) -> bool) -> Result<Value> {
        let mut shown = 0;
        loop {
            let told = self.call(Method::GET, path, None).await?;
            if ready(&told) {
                return Ok(told);
            }
            let done: i64 = ["created", "updated", "unchanged", "refused"]
                .iter()
                .filter_map(|name| told[*name].as_i64())
                .sum();
            if done != shown {
                super::print(&format!("… {done} of {}", told["rows"]))?;
                shown = done;
            }
            self.environment.sleep(LOOKED).await;
        }
    }
}
