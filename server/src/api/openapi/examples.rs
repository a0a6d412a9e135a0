//! An example for each operation that takes JSON. A test sends every one of them to a company in which there is an employee
//! `ZZ1`, a group `FIELD`, a profile `P`, a point of interest `C-1`, a type of task `FIX`, a form `F`
//! and an import template `simple`.
//!
//! A route may give its own in `request_body(content = …, example = json!({…}))` instead.

use serde_json::{Map, Value, json};

/// The examples by method and path.
pub(super) fn examples() -> Map<String, Value> {
    let mut all = Map::new();
    for part in [people(), objects(), tasks(), time(), exchange()] {
        if let Value::Object(part) = part {
            all.extend(part);
        }
    }
    all
}

/// Accounts, users, keys, phones.
fn people() -> Value {
    json!({
        "PATCH /v1/account": { "name": "Servicios del Norte", "settings": { "closed_task_days": 14 } },
        "POST /v1/session": { "login": "ana", "password": "a password of tests" },
        "POST /v1/sessions": { "login": "ana", "password": "a password of tests" },
        "PUT /v1/session/password": { "current": "a password of tests", "password": "lago verde sin peces 31" },
        "PUT /v1/session/email": { "email": "ana@example.com", "current": "a password of tests" },
        "PUT /v1/recipient-confirmation": { "token": "campo_12_l0198c0de00007000800000000000000f_4Fq…" },
        "PUT /v1/email-confirmation": { "token": "campo_12_l0198c0de00007000800000000000000f_4Fq…" },
        "POST /v1/password-reset": { "login": "ana" },
        "PUT /v1/password-reset": {
            "token": "campo_12_l0198c0de00007000800000000000000f_4Fq…", "password": "lago verde sin peces 31"
        },
        "POST /v1/profiles": {
            "code": "dispatcher", "name": "Despacho", "permissions": ["view_tasks", "manage_tasks", "view_employees"]
        },
        "PATCH /v1/profiles/{profile}": { "name": "Despacho de noche" },
        "POST /v1/users": {
            "code": "U-17", "name": "Rosa Díaz", "login": "rosa@example.com", "profile": "code:ana",
            "password": "puente rojo bajo la lluvia"
        },
        "PATCH /v1/users/{user}": { "name": "Ana María" },
        "PUT /v1/users/{user}/password": { "password": "tren lento de las nueve" },
        "POST /v1/keys": {
            "code": "billing", "name": "Facturación", "permissions": ["view_tasks"], "networks": ["192.0.2.0/24"]
        },
        "PATCH /v1/keys/{key}": { "networks": ["192.0.2.0/24", "2001:db8::/32"] },
        "PUT /v1/keys/{key}/password": { "login": "erp.acme" },
        "POST /v1/enrolments": { "name": "Samsung de Ana", "roster": { "employees": ["number:ZZ1"] } },
        "POST /v1/enrolments/redeem": { "code": "7K3QD-9XPW2", "device": { "model": "SM-A155M" } },
        "PATCH /v1/installations/{installation}": { "name": "Teléfono del turno de noche" },
        "PUT /v1/installations/{installation}/roster": { "employees": ["number:ZZ1"], "groups": ["code:FIELD"] },
        "PUT /v1/employees/{employee}/pin": { "pin": "482913" },
        "PUT /v1/sync/push-token": { "service": "fcm", "token": "fcm-token-of-this-phone" },
    })
}

/// What the office keeps of people, places and work.
fn objects() -> Value {
    let kinds = [
        ("groups", json!({ "code": "NORTH", "name": "Norte", "parent": "code:FIELD" })),
        (
            "employee-profiles",
            json!({ "code": "TECHNICIAN", "name": "Técnicos", "entry_kinds": ["shift.start", "form"] }),
        ),
        (
            "employees",
            json!({
                "number": "ZZ1001", "first_name": "Ana", "last_name": "Quispe", "group": "code:FIELD",
                "profile": "code:P"
            }),
        ),
        (
            "pois",
            json!({
                "number": "C-0042", "name": "Bodega El Sol", "parent": "code:C-1",
                "place": { "latitude": -12.05, "longitude": -77.05 }
            }),
        ),
        ("task-types", json!({ "code": "SUP99", "name": "Supervisión", "required_forms": ["code:F"] })),
        (
            "work-orders",
            json!({ "number": "50017", "description": "Cambio de medidor", "customer": "number:C-1" }),
        ),
        (
            "forms",
            json!({
                "code": "CHECKLIST", "name": "Inspección",
                "fields": [{ "id": "reading", "label": "Lectura", "kind": "number" }]
            }),
        ),
        ("catalogue-items", json!({ "code": "CABLE-5M", "name": "Cable de 5 m", "unit": "m" })),
        (
            "non-working-days",
            json!({
                "code": "CHRISTMAS-2030", "name": "Navidad", "from_date": "2030-12-25", "whole_company": true
            }),
        ),
        (
            "working-time-rules",
            json!({ "code": "LEY-2026", "name": "Ley", "from_date": "2026-01-01", "whole_company": true }),
        ),
    ];
    let mut examples = Map::new();
    for (path, document) in kinds {
        let one = format!("/v1/{path}/{{reference}}");
        examples.insert(format!("POST /v1/{path}/batch"), json!({ "items": [document] }));
        examples.insert(format!("PATCH {one}"), json!({ "custom": { "region": "N" } }));
        examples.insert(format!("PUT {one}"), document.clone());
        examples.insert(format!("POST /v1/{path}"), document);
    }
    for (name, document) in [
        ("PATCH /v1/catalogue-items/{reference}", json!({ "unit": "roll" })),
        // nothing stands below itself
        ("PUT /v1/groups/{reference}", json!({ "code": "FIELD", "name": "Zona norte" })),
        (
            "PUT /v1/pois/{reference}",
            json!({ "number": "C-1", "name": "Bodega El Sol", "kinds": ["customer"] }),
        ),
    ] {
        examples.insert(name.to_owned(), document);
    }
    examples.insert(
        "POST /v1/pois/{reference}/files".to_owned(),
        json!({ "hash": PLAN_HASH, "name": "plano.png" }),
    );
    examples.into()
}

/// SHA-256 of the file that the test sends first: the text `map`.
const PLAN_HASH: &str = "60be9861750facbfad8758254a2f76c0cfe78d54459a3bc187d49b1401fcd8e8";

/// Tasks and messages.
fn tasks() -> Value {
    json!({
        "POST /v1/tasks": {
            "external_number": "A-700123", "type": "code:FIX", "poi": "number:C-1",
            "description": "Reparar el medidor", "priority": "high",
            "start": { "local": "2030-01-15T08:00:00", "zone": "America/Lima" },
            "due": { "local": "2030-01-15T12:00:00", "zone": "America/Lima" },
            "assignments": [{ "employee": "number:ZZ1" }]
        },
        "POST /v1/tasks/batch": {
            "operation": "auto_select",
            "tasks": [
                { "external_number": "A-700124", "description": "Leer el medidor" },
                { "task_number": 7, "notes": "Preguntar por la llave" }
            ]
        },
        "POST /v1/tasks/delete": { "items": ["external:A-700124", "number:990001"], "reason": "Anulada por el cliente" },
        "PUT /v1/tasks/{reference}": { "task_number": 7, "description": "Cambiar el medidor", "poi": "number:C-1" },
        "PATCH /v1/tasks/{reference}": { "notes": "Llamar antes", "radius_m": 300.0 },
        "POST /v1/tasks/{reference}/status": { "status": "suspended", "reason": "Sin repuesto" },
        "PUT /v1/tasks/{reference}/assignments": { "assignments": [{ "employee": "number:ZZ1" }] },
        "POST /v1/tasks/{reference}/notes": { "note": "El cliente confirma la hora" },
        "POST /v1/tasks/{reference}/files": { "hash": PLAN_HASH, "name": "plano.png" },
        "POST /v1/erasures": { "employee": "0198c7f0-0000-7000-8000-000000000001", "working_time": false },
        "POST /v1/messages": { "employees": ["number:ZZ1"], "text": "Reunión a las 18:00", "task": "number:7" },
    })
}

/// Working time.
fn time() -> Value {
    json!({
        "POST /v1/employees/{employee}/punches": {
            "kind": "shift.start", "at": "2025-06-02T13:00:00Z", "zone": "America/Lima", "reason": "Olvidó marcar"
        },
        "POST /v1/entries/{id}/corrections": {
            "change": "instant", "at": "2025-06-02T13:05:00Z", "reason": "El reloj estaba adelantado"
        },
        "POST /v1/entries/{id}/agreement": { "agreed": true, "reason": "Conforme" },
        "POST /v1/periods/close": { "from": "2025-12-01", "to": "2025-12-31", "whole_company": true },
        "POST /v1/periods/reopen": {
            "from": "2025-12-01", "to": "2025-12-31", "whole_company": true, "reason": "Falta un turno"
        },
    })
}

/// Channels, imports, file exchange, phones.
fn exchange() -> Value {
    json!({
        "POST /v1/imports/drafts": { "file_name": "tareas.xlsx", "size_bytes": 48_213 },
        "PATCH /v1/imports/drafts/{draft}": { "file_name": "tareas de enero.csv" },
        "POST /v1/imports/drafts/{draft}/template": { "code": "tareas-erp", "name": "Tareas del ERP" },
        "POST /v1/imports/drafts/{draft}/start": { "again": false },
        "POST /v1/imports/{import}/withdrawals": { "confirm_withdrawals": 12 },
        "POST /v1/keys/{key}/logins": { "login": "acme-erp", "purposes": ["sftp"], "networks": ["192.0.2.0/24"] },
        "PATCH /v1/keys/{key}/logins/{login}": { "networks": ["192.0.2.0/24"], "expires_at": "2031-01-01T00:00:00Z" },
        "POST /v1/intakes": {
            "code": "tareas-erp", "name": "Tareas del ERP", "template": "code:simple", "folder": "tareas",
            "pattern": "tareas_*.xlsx"
        },
        "PATCH /v1/intakes/{intake}": { "name": "Tareas de la noche" },
        "POST /v1/exports": {
            "code": "tareas-erp", "name": "Tareas para el ERP", "what": "tasks",
            "file_name": "TAREAS_{fecha:yyyyMMdd}_{n}.xlsx"
        },
        "PATCH /v1/exports/{export}": { "name": "Tareas de la noche" },
        "POST /v1/channels": {
            "code": "erp", "name": "ERP", "url": "https://erp.example.com/campo",
            "events": ["entry.complete", "task.changed"]
        },
        "POST /v1/channels/preview": {
            "events": ["entry.complete"],
            "filter": { "entry_kinds": ["form"], "task_types": ["code:FIX"], "groups": ["code:FIELD"] }, "last": 100
        },
        "PATCH /v1/channels/{channel}": { "state": "disabled" },
        "PUT /v1/channels/{channel}/headers": { "headers": { "x-api-key": "4f1c09a7" } },
        "POST /v1/channels/{channel}/replay": { "position": 1 },
        "POST /v1/channels/{channel}/recipients/link": { "email": "avisos@example.com" },
        "POST /v1/channels/{channel}/rotate": { "overlap_hours": 24 },
        "POST /v1/keys/{key}/rotate": { "overlap_hours": 24 },
        "POST /v1/import-templates": {
            "code": "tareas-diarias", "name": "Tareas diarias", "makes": "tasks", "key": "external_number",
            "columns": [
                { "heading": "Nº de tarea", "field": "external_number" },
                { "heading": "Trabajo", "field": "description", "required": true },
                { "letter": "F", "field": "due_date", "optional": true }
            ],
            "date_order": "day_month_year"
        },
        "PATCH /v1/import-templates/{template}": { "name": "Tareas del día" },
        "POST /v1/remotes": {
            "code": "sap", "name": "Servidor de SAP", "protocol": "sftp", "host": "sftp.example.com", "user": "campo",
            "password": "mar en calma", "folder": "/campo",
            "fetches": [{ "folder": "salida", "pattern": "tareas_*.xlsx", "into": "tareas", "then": "delete" }]
        },
        "PATCH /v1/remotes/{remote}": { "schedule": "0 7 * * 1-5" },
        "POST /v1/remotes/{remote}/test": { "write": true },
        "POST /v1/agents": { "code": "sede", "name": "Servidor de la sede" },
        "PATCH /v1/agents/{agent}": { "state": "disabled" },
        "POST /v1/agents/{agent}/download": { "system": "linux" },
        "POST /v1/agents/enrol": {
            "code": "campo_12_a0198c0de00007000800000000000000f_4Fq…",
            "secret": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"
        },
        "POST /v1/agents/report": {
            "version": "0.1.0", "system": "linux x86_64", "folders": ["/srv/erp/salida"], "problems": []
        },
        "POST /v1/folders/arrivals/{arrival}": {
            "folder": "in/x", "name": "tareas_20300115.csv",
            "hash": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        },
        "POST /v1/remotes/{remote}/accept": {
            "fingerprint": "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8"
        },
        "POST /v1/sync": "{\"format\":1,\"clock\":{\"wall_us\":1767625200000000}}\n",
    })
}
