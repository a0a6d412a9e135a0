//! With what somebody can look around while the demo runs.

use serde_json::json;

use super::{
    company::{ADMINISTRATOR, Company, DISPATCHER},
    stage::Stage,
};

/// Shows addresses, credentials, and calls that work when they are pasted.
pub(super) fn show(stage: &Stage, company: &Company, url: &str, password: &str) {
    let texts = stage.texts;
    let labels = [&texts.info_api, &texts.info_docs, &texts.info_health, &texts.info_user, &texts.info_key];
    let width = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    let line = |label: &str, value: &str| format!("  {label:<width$}  {value}");
    let user = |login: &str| line(&texts.info_user, &format!("{login}   {} {password}", texts.info_password));
    let (today, language) = (stage.today(), stage.language.tag());
    let task = json!({
        "description": texts.info_urgent, "assignments": [{ "employee": format!("number:{}", company.technicians[0].number) }]
    });
    stage.screen.block(&[
        format!("  {}", stage.screen.heading(&texts.info_title)),
        line(&texts.info_api, &format!("{url}/v1")),
        line(&texts.info_docs, &format!("{url}/docs")),
        line(&texts.info_health, &format!("{url}/health")),
        user(ADMINISTRATOR),
        user(DISPATCHER),
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
