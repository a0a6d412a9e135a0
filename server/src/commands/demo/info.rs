//! With what somebody can look around while the demo runs.

use serde_json::json;

use super::{
    company::{ADMINISTRATOR, Company, DISPATCHER},
    stage::Stage,
};

/// Shows where the console is and who can log in, before anything else.
pub(super) fn console(stage: &Stage, company: &Company, url: &str) {
    let texts = stage.texts;
    let line = |label: &str, value: &str| format!("  {label:<9}  {value}");
    let user = |login: &str| {
        line(&texts.info_user, &format!("{login}   {} {}", texts.info_password, company.password))
    };
    stage.screen.block(&[
        format!("  {}", stage.screen.heading(&texts.info_browser)),
        line(&texts.info_console, &format!("{url}/")),
        user(ADMINISTRATOR),
        user(DISPATCHER),
    ]);
}

/// Shows addresses, the key, and calls that work when they are pasted.
pub(super) fn show(stage: &Stage, company: &Company, url: &str) {
    let texts = stage.texts;
    let labels = [&texts.info_api, &texts.info_docs, &texts.info_health, &texts.info_key];
    let width = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    let line = |label: &str, value: &str| format!("  {label:<width$}  {value}");
    let (today, language) = (stage.today(), stage.language.tag());
    let task = json!({
        "description": texts.info_urgent, "assignments": [{ "employee": format!("number:{}", company.technicians[0].number) }]
    });
    stage.screen.block(&[
        format!("  {}", stage.screen.heading(&texts.info_title)),
        line(&texts.info_api, &format!("{url}/v1")),
        line(&texts.info_docs, &format!("{url}/docs")),
        line(&texts.info_health, &format!("{url}/health")),
        line(&texts.info_key, &company.key),
        String::new(),
        format!("  {}", stage.screen.heading(&texts.info_curl)),
        format!("  KEY={}", company.key),
        r#"  call() { curl -s -H "Authorization: Bearer $KEY" "$@"; echo; }"#.to_owned(),
        format!("  call {url}/v1/tasks/number:1"),
        format!(
            r#"  call "{url}/v1/timesheets.csv?from={today}&to={today}" -H 'Accept-Language: {language}'"#
        ),
        format!("  {}", stage.screen.aside(&format!("# {}", texts.info_urgent_note))),
        format!("  call {url}/v1/tasks -H 'Content-Type: application/json' -d '{task}'"),
    ]);
}
