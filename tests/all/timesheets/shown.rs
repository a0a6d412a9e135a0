//! What a timesheet shows, how it is cut, and that it can be proved.

use axum::http::Method;
use campo_protocol::{
    chain,
    text::{hex, unhex},
};
use campo_server::{
    access::permissions::ViewEntries,
    verify::{evidence::Evidence, verify},
};
use campo_tests::{api::Client, on_both, world::World};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ana, lima_us, line, punch, sheet, worked};
use crate::tasks::assert_has;

on_both! {
    a_day_shows_its_shifts_with_what_was_captured_and_where_it_stands,
    working_time_is_cut_by_rules_of_their_days,
    a_receipt_proves_a_punch_without_the_server,
    a_table_is_written_in_the_readers_language_and_runs_nothing,
    lengths_of_time_in_a_table_for_payrolls_are_whole_seconds,
}

async fn a_day_shows_its_shifts_with_what_was_captured_and_where_it_stands(world: World) {
    let account = world.account("acme").await.unwrap();
    let (office, mut phone) = ana(&account).await;
    let start = line(&mut phone, "shift.start", "2025-06-02T22:00", &json!({}));
    let taken = line(&mut phone, "break.start", "2025-06-03T01:00", &json!({ "body": { "kind": "LUNCH" } }));
    let back = line(&mut phone, "break.end", "2025-06-03T01:30", &json!({}));
    let suspect = line(&mut phone, "shift.start", "2025-06-03T02:00", &json!({ "clock": { "wall_us": 7 } }));
    let end = line(&mut phone, "shift.end", "2025-06-03T06:00", &json!({}));
    let receipts = phone.send(&[start, taken, back, suspect, end]).await.unwrap().receipts;
    let sheet = sheet(&office, "2025-06-01", "2025-06-03").await;
    assert_has(
        &sheet,
        &json!({
            "employee": phone.employee, "number": "ZZ1", "name": "Ana ZZ1", "zone": "America/Lima",
            "from": "2025-06-01", "to": "2025-06-03",
            "zone_database": campo_protocol::civil::zone_database_version(),
        }),
    );
    let days = sheet["days"].as_array().unwrap();
    let all: Vec<_> =
        days.iter().map(|day| (day["date"].as_str().unwrap(), worked(&day["totals"]))).collect();
    assert_eq!(all, [("2025-06-01", 0.0), ("2025-06-02", 7.5), ("2025-06-03", 0.0)]);
    assert_eq!((worked(&sheet["totals"]), worked(&sheet["payable"])), (7.5, 7.5));
    let shift = &days[1]["shifts"][0];
    assert_has(
        &shift["start"],
        &json!({
            "id": receipts[0].id, "kind": "shift.start", "occurred_kind": "wall",
            "at": "2025-06-03T03:00:00Z", "local": "2025-06-02T22:00:00-05:00",
            "position": receipts[0].position, "hash": receipts[0].hash,
            "installation": phone.installation, "sequence": 1,
            "author": { "kind": "installation", "id": phone.installation },
        }),
    );
    assert_has(&shift["start"]["clock"], &json!({ "zone": "America/Lima", "offset_s": -18000 }));
    assert_has(&shift["start"]["chain"], &json!({ "chain": "establishment/LIMA-1", "number": 1 }));
    assert_has(&shift["breaks"][0], &json!({ "kind": "LUNCH", "duration_us": 1_800_000_000 }));
    assert_eq!(shift.get("remarks"), None);
    // the suspect one counts where the server took it: today
    let today = super::sheet(&office, "2025-06-04", "2025-06-04").await;
    assert_eq!(today["days"][0]["shifts"], json!([]));
}

async fn working_time_is_cut_by_rules_of_their_days(world: World) {
    let account = world.account("acme").await.unwrap();
    let (office, mut phone) = ana(&account).await;
    let rules = |code: &str, from: &str, minutes: i64, night: &str| {
        json!({
            "code": code, "name": code, "whole_company": true, "from_date": from,
            "ordinary_minutes_per_day": minutes, "night_from": night, "night_to": "06:00",
        })
    };
    // the law changes on a Wednesday
    office.post("/v1/working-time-rules", rules("OLD", "2020-01-01", 480, "22:00")).await;
    office.post("/v1/working-time-rules", rules("NEW", "2025-06-04", 420, "20:00")).await;
    let mut own = rules("OWN", "2025-06-05", 60, "22:00");
    own.as_object_mut()
        .unwrap()
        .extend(json!({ "whole_company": false, "groups": ["code:FIELD"] }).as_object().unwrap().clone());
    office.post("/v1/working-time-rules", own).await;
    let holiday = json!({ "code": "H", "name": "Feriado", "whole_company": true, "from_date": "2025-06-04" });
    office.post("/v1/non-working-days", holiday).await;
    let profile = json!({
        "code": "P", "name": "P", "break_kinds": [{ "code": "REST", "name": "Pausa", "paid": true }]
    });
    office.post("/v1/employee-profiles", profile).await;
    let version = office.get("/v1/employees/number:ZZ1").await["version"].to_string();
    let patch = json!({ "profile": "code:P" });
    let answer = office
        .call(
            Method::PATCH,
            "/v1/employees/number:ZZ1",
            &[("If-Match", &format!("\"{version}\""))],
            Some(patch),
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    for day in 3..=5 {
        let at = |time: &str| format!("2025-06-{day:02}T{time}");
        let lines = [
            line(&mut phone, "shift.start", &at("12:00"), &json!({})),
            line(&mut phone, "break.start", &at("13:00"), &json!({ "body": { "kind": "REST" } })),
            line(&mut phone, "break.end", &at("13:15"), &json!({})),
            line(&mut phone, "shift.end", &at("23:00"), &json!({})),
        ];
        phone.send(&lines).await.unwrap();
    }
    let sheet = sheet(&office, "2025-06-03", "2025-06-05").await;
    let hours = |totals: &Value, name: &str| totals[name].as_i64().unwrap() / super::HOUR_US;
    for (day, expected) in [(0, ("OLD", 11, 3, 1, 0)), (1, ("NEW", 11, 4, 3, 11)), (2, ("OWN", 11, 10, 1, 0))]
    {
        let (day, (rules, worked, extra, night, free)) = (&sheet["days"][day], expected);
        let totals = &day["totals"];
        assert_eq!(day["rules"], rules);
        let found = ["worked_us", "extra_day_us", "night_us", "free_day_us"].map(|name| hours(totals, name));
        assert_eq!(found, [worked, extra, night, free], "{rules}");
        assert_eq!(totals["paid_break_us"], 900_000_000);
        let cuts: i64 =
            totals["cuts"].as_array().unwrap().iter().map(|cut| cut["duration_us"].as_i64().unwrap()).sum();
        assert_eq!(cuts, totals["worked_us"].as_i64().unwrap());
    }
}

async fn a_receipt_proves_a_punch_without_the_server(world: World) {
    let account = world.account("acme").await.unwrap();
    let (office, mut phone) = ana(&account).await;
    let ids =
        punch(&mut phone, &[("shift.start", "2025-06-02T08:00"), ("shift.end", "2025-06-02T16:00")]).await;
    let path = format!("/v1/entries/{}/receipt", ids[0]);
    let receipt = office.get(&path).await;
    // its links are made of what anybody can read
    let bytes = office.call(Method::GET, &format!("/v1/entries/{}/raw", ids[0]), &[], None).await.body;
    let chains: Vec<_> = receipt["links"].as_array().unwrap().iter().collect();
    assert_eq!(chains.len(), 2);
    assert_eq!(
        (&chains[0]["chain"], &chains[1]["chain"]),
        (&json!("account"), &json!("establishment/LIMA-1"))
    );
    for link in chains {
        let part = |name: &str| unhex(link[name].as_str().unwrap()).unwrap();
        let leaf = chain::leaf(&part("salt"), &bytes);
        assert_eq!(hex(&leaf), link["leaf"].as_str().unwrap());
        let (number, previous) = (link["number"].as_i64().unwrap(), part("previous").try_into().unwrap());
        let made = chain::link(account.id, link["chain"].as_str().unwrap(), number, &previous, &leaf);
        assert_eq!(hex(&made), link["link"].as_str().unwrap());
    }
    let heads: Vec<chain::SignedHead> = serde_json::from_value(receipt["heads"].clone()).unwrap();
    assert!(heads.iter().all(chain::SignedHead::is_genuine));
    assert_eq!(heads.len(), 4, "each chain up to the entry, and as it is now");
    // and the file that somebody kept is compared as it is
    let findings = async |kept: &Value| {
        let mut evidence = Evidence::default();
        evidence.add(kept.to_string().as_bytes()).unwrap();
        let allowed = [account.operator().allow::<ViewEntries>().unwrap()];
        let mut found = Vec::new();
        let summary = verify(&world.app, &allowed, true, evidence, &mut |one| found.push(one)).await.unwrap();
        assert_eq!((summary.heads, summary.receipts), (4, 1));
        found.len()
    };
    assert_eq!(findings(&receipt).await, 0);
    let mut other = receipt.clone();
    other["receipts"][0]["occurred_at_us"] = json!(7);
    assert_eq!(findings(&other).await, 1);
    let gone = "delete from chain_link where chain <> 'account'";
    world.meddle(gone, gone).await.unwrap();
    assert!(findings(&receipt).await > 0);
    let nothing = format!("/v1/entries/{}/receipt", Uuid::nil());
    assert_eq!(office.call(Method::GET, &nothing, &[], None).await.status, 404);
}

async fn a_table_is_written_in_the_readers_language_and_runs_nothing(world: World) {
    let account = world.account("acme").await.unwrap();
    let (office, mut phone) = ana(&account).await;
    let group = account.group("FIELD").await.unwrap();
    let bad =
        json!({ "number": "=1+1", "first_name": "=cmd|' /C calc'!A0", "last_name": "\"x\"", "group": group });
    office.post("/v1/employees", bad).await;
    punch(&mut phone, &[("shift.start", "2025-06-02T08:00"), ("shift.end", "2025-06-02T16:30")]).await;
    let client = Client::new(&world.app, Some(&office.bearer));
    let read = async |path: &str, language: &str| {
        let answer = client.call(Method::GET, path, &[("accept-language", language)], None).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.json());
        assert!(answer.header("content-type").starts_with("text/csv"));
        String::from_utf8(answer.body).unwrap()
    };
    let own = read("/v1/employees/number:ZZ1/timesheet.csv?from=2025-06-01&to=2025-06-02", "es").await;
    let lines: Vec<_> = own.split("\r\n").collect();
    assert!(lines[0].starts_with("\u{FEFF}Número,Empleado,Fecha,Entrada,Salida,Trabajado"), "{own}");
    assert!(lines[1].starts_with("ZZ1,Ana ZZ1,2025-06-01,,,0:00:00,"), "{own}");
    let worked = "ZZ1,Ana ZZ1,2025-06-02,2025-06-02T08:00:00-05:00,2025-06-02T16:30:00-05:00,8:30:00,8:30:00";
    assert!(lines[2].starts_with(worked), "{own}");
    assert_eq!(lines.len(), 4);
    let all = read("/v1/timesheets.csv?from=2025-06-02&to=2025-06-02&group=code:FIELD", "en").await;
    assert!(all.contains("Number,Employee,Date,Clock-in"), "{all}");
    assert!(all.contains(r#""'=1+1","'=cmd|' /C calc'!A0 ""x""","#), "{all}");
    assert!(!all.contains("\r\n="), "{all}");
    let book = "/v1/employees/number:ZZ1/timesheet.xlsx?from=2025-06-01&to=2025-06-02";
    let book = client.call(Method::GET, book, &[], None).await.unwrap();
    let mut rows = Vec::new();
    campo_spreadsheets::read(&book.body, &campo_spreadsheets::Options::default(), &mut |row| {
        rows.push(row);
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!((rows.len(), rows[2].cells[5].shown()), (3, "08:30:00".to_owned()));
}

async fn lengths_of_time_in_a_table_for_payrolls_are_whole_seconds(world: World) {
    let account = world.account("acme").await.unwrap();
    let (office, mut phone) = ana(&account).await;
    let mut at = |kind: &str, local: &str, more_us: i64| {
        let clock =
            json!({ "wall_us": lima_us(local) + more_us, "zone": "America/Lima", "offset_s": -18000 });
        line(&mut phone, kind, local, &json!({ "clock": clock }))
    };
    let punches = [at("shift.start", "2025-06-02T08:00", 123_456), at("shift.end", "2025-06-02T16:30", 42)];
    phone.send(&punches).await.unwrap();
    assert_eq!(
        sheet(&office, "2025-06-02", "2025-06-02").await["totals"]["worked_us"],
        30_600_000_000_i64 - 123_414,
        "exact where programs read it"
    );
    let table = "/v1/employees/number:ZZ1/timesheet.csv?from=2025-06-02&to=2025-06-02";
    let table = Client::new(&world.app, Some(&office.bearer)).get(table).await.unwrap();
    let table = String::from_utf8(table.body).unwrap();
    let row: Vec<&str> = table.lines().nth(1).unwrap().split(',').collect();
    assert_eq!((row[5], row[6]), ("8:30:00", "8:30:00"), "{table}");
    assert!(row[5..13].iter().all(|length| !length.contains('.')), "{table}");
}
