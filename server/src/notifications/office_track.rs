//! The document of OfficeTrack as a notification: a pure function of the event's snapshot, the settings of the channel
//! and, where these ask for them, the bytes of files, which never change either.

use std::collections::BTreeMap;

use campo_officetrack::{
    Customer, Employee, Entry, EntryLocation, Field, FieldContent, File, FileContent, Form, Moment,
    PointOfInterest, Task, TaskType,
};
use campo_protocol::{
    civil::zone,
    entry::{FileMention, Place},
    faults::{Faults, pointer},
    model::{answers::FieldAnswer, answers::FilledForm},
    task::{fields::TaskFields, status::Status},
};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::format::{Source, Unrenderable};

/// The only kind of event of which a document is made: receivers keep one row for each entry with its photos.
pub const EVENT: &str = "entry.complete";
/// An entry that never happened, for tests of channels.
const SAMPLE: &str = include_str!("example_snapshot.json");
/// The most bytes of files within one document; larger ones are named without their bytes.
const MAX_FILE_BYTES: i64 = 20 * 1024 * 1024;
/// A form that was filled in a task, where the kind alone is a form that stands for itself.
const FORM_IN_TASK: &str = "form.task";

/// Which entries have which number, where the channel says nothing else. What is missing is not sent, since receivers
/// fail on numbers that they have never seen.
pub const USUAL_TYPES: [(&str, i64); 10] = [
    ("form", 60),
    (FORM_IN_TASK, 33),
    ("shift.end", 22),
    ("shift.start", 21),
    ("task.acknowledge", 25),
    ("task.close", 26),
    ("task.en_route", 34),
    ("task.end", 24),
    ("task.not_done", 29),
    ("task.start", 23),
];

/// How the document is made for one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct OfficeTrackSettings {
    /// The IANA zone in which dates are written; that of the account when it was saved
    #[schema(example = "America/Lima")]
    pub zone: String,
    /// The `EntryType` of each kind of entry. A kind that is missing is not sent; `form.task` is a form filled in a task
    #[schema(example = json!({ "shift.start": 21, "form.task": 33 }))]
    pub entry_types: BTreeMap<String, i64>,
    /// How photos are told
    pub files: OfficeTrackFiles,
}

/// How photos are told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfficeTrackFiles {
    /// Their bytes, in base64
    #[default]
    Data,
    /// Where they are: the address of the API, which asks for a key
    Links,
    /// Not at all
    None,
}

impl Default for OfficeTrackSettings {
    fn default() -> Self {
        Self {
            zone: String::new(),
            entry_types: USUAL_TYPES.into_iter().map(|(kind, number)| (kind.to_owned(), number)).collect(),
            files: OfficeTrackFiles::default(),
        }
    }
}

impl OfficeTrackSettings {
    /// Names what is wrong with it at `field`.
    pub fn check(&self, field: &str, faults: &mut Faults) {
        campo_protocol::civil::check_zone(faults, &pointer(field, "zone"), &self.zone);
        let types = pointer(field, "entry_types");
        faults.check_count(&types, self.entry_types.len(), 100);
        for (kind, number) in &self.entry_types {
            let at = pointer(&types, kind);
            if kind != FORM_IN_TASK && campo_protocol::entry::Kind::from_name(kind).is_none() {
                faults.add(
                    at.as_str(),
                    "unknown_value",
                    kind,
                    "a kind of entry such as `shift.start`, or `form.task`",
                );
            }
            faults.check_range(&at, *number as f64, 0.0, 1_000_000.0);
        }
    }
}

/// A document, or the reason for none.
#[derive(Debug, PartialEq, Eq)]
pub enum Made {
    /// The document
    Document(String),
    /// The channel does not want this entry
    NotSent,
}

/// What a snapshot holds.
#[derive(Deserialize)]
struct Snapshot {
    created_us: i64,
    entry: Option<SnapshotEntry>,
    employee: Option<SnapshotEmployee>,
    group: Option<Named>,
    task: Option<SnapshotTask>,
    task_type: Option<Named>,
    poi: Option<SnapshotPoi>,
    form: Option<SnapshotForm>,
}

#[derive(Deserialize)]
struct SnapshotEntry {
    id: Uuid,
    occurred_us: i64,
    content: Option<Content>,
}

#[derive(Deserialize)]
struct Content {
    kind: String,
    #[serde(default)]
    task: Option<Uuid>,
    #[serde(default)]
    place: Option<Place>,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    files: Vec<FileMention>,
    #[serde(default)]
    body: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct SnapshotEmployee {
    #[serde(default)]
    number: String,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    #[serde(default)]
    phone_number: String,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    code: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct SnapshotPoi {
    #[serde(default)]
    number: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct SnapshotForm {
    #[serde(default)]
    code: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct SnapshotTask {
    #[serde(flatten)]
    fields: TaskFields,
    progress: Option<SnapshotProgress>,
}

#[derive(Deserialize)]
struct SnapshotProgress {
    status: String,
}

/// The files whose bytes the document of an event needs, by hash.
pub fn files(source: &Source<'_>, settings: &OfficeTrackSettings) -> Vec<String> {
    let wanted = settings.files == OfficeTrackFiles::Data;
    let snapshot: Option<Snapshot> = wanted.then(|| serde_json::from_slice(source.snapshot).ok()).flatten();
    let Some(content) = snapshot.and_then(|snapshot| snapshot.entry?.content) else { return Vec::new() };
    let mut left_bytes = MAX_FILE_BYTES;
    let mut hashes = Vec::new();
    for file in content.files {
        left_bytes -= file.size_bytes.max(0);
        if left_bytes >= 0 {
            hashes.push(file.hash);
        }
    }
    hashes
}

/// True when an event is sent, and when that cannot be told, so that what is wrong with it shows.
pub fn is_sent(kind: &str, snapshot: &[u8], settings: &OfficeTrackSettings) -> bool {
    #[derive(Deserialize)]
    struct Seen {
        entry: Option<SeenEntry>,
    }
    #[derive(Deserialize)]
    struct SeenEntry {
        content: Option<SeenContent>,
    }
    #[derive(Deserialize)]
    struct SeenContent {
        kind: String,
        #[serde(default)]
        task: Option<Uuid>,
    }
    if kind != EVENT {
        return false;
    }
    match serde_json::from_slice(snapshot) {
        Ok(Seen { entry: Some(SeenEntry { content }) }) => content.is_some_and(|content| {
            settings.entry_types.contains_key(named(&content.kind, content.task.is_some()))
        }),
        _ => true,
    }
}

/// The kind of an entry as the table of types names it.
fn named(kind: &str, in_task: bool) -> &str {
    if kind == "form" && in_task { FORM_IN_TASK } else { kind }
}

/// The document of an event. `bytes` has the files that [`files`] named, as far as they are stored.
pub fn document(
    source: &Source<'_>,
    settings: &OfficeTrackSettings,
    bytes: &BTreeMap<String, Vec<u8>>,
) -> Result<Made, Unrenderable> {
    if source.kind != EVENT {
        return Ok(Made::NotSent);
    }
    let snapshot: Snapshot = serde_json::from_slice(source.snapshot).map_err(|_| Unrenderable)?;
    let Some(entry) = snapshot.entry else { return Err(Unrenderable) };
    // What nobody can read has no kind, so that no number is its own
    let Some(content) = entry.content else { return Ok(Made::NotSent) };
    let kind = named(&content.kind, content.task.is_some());
    let Some(entry_type) = settings.entry_types.get(kind) else { return Ok(Made::NotSent) };
    let poi = snapshot.poi;
    let (event, occurred) = (Moment { us: snapshot.created_us }, Moment { us: entry.occurred_us });
    let msisdn = snapshot.employee.as_ref().map(|employee| employee.phone_number.clone()).unwrap_or_default();
    let address = poi.as_ref().map(|poi| poi.name.clone()).unwrap_or_default();
    let location = content.place.as_ref().map(|place| EntryLocation {
        address,
        longitude: place.longitude,
        latitude: place.latitude,
        msisdn,
        at: occurred,
    });
    let document = Entry {
        zone: zone(&settings.zone).unwrap_or(TimeZone::UTC),
        event,
        entry_type: *entry_type,
        guid: entry.id.to_string(),
        entry: occurred,
        source: 4,
        data: content.note.clone().unwrap_or_default(),
        location,
        employee: snapshot.employee.map(|employee| of_employee(employee, snapshot.group)),
        task: snapshot.task.map(|task| of_task(task, snapshot.task_type, poi.as_ref())),
        form: of_form(&content, snapshot.form),
        files: of_files(&content, settings.files, bytes),
        points_of_interest: poi
            .map(|poi| PointOfInterest { number: poi.number, name: poi.name })
            .into_iter()
            .collect(),
    };
    Ok(Made::Document(document.document()))
}

/// A document of an entry of this kind that never happened, for tests of a channel.
pub fn sample(kind: &str, id: Uuid, now_us: i64, settings: &OfficeTrackSettings) -> String {
    let mut snapshot: serde_json::Value = serde_json::from_str(SAMPLE).unwrap_or_default();
    let in_task = kind == FORM_IN_TASK || kind.starts_with("task.");
    let real = if kind == FORM_IN_TASK { "form" } else { kind };
    snapshot["created_us"] = now_us.into();
    snapshot["entry"]["id"] = id.to_string().into();
    snapshot["entry"]["occurred_us"] = now_us.into();
    snapshot["entry"]["content"]["kind"] = real.into();
    if !in_task {
        snapshot["entry"]["content"]["task"] = serde_json::Value::Null;
        if let Some(parts) = snapshot.as_object_mut() {
            parts.remove("task");
        }
    }
    if real != "form" {
        snapshot["entry"]["content"]["body"] = serde_json::Value::Null;
    }
    let text = snapshot.to_string();
    let source = Source {
        account: 0,
        position: 0,
        id,
        kind: EVENT,
        subject_kind: "entry",
        subject: id,
        created_us: now_us,
        snapshot: text.as_bytes(),
    };
    match document(&source, settings, &BTreeMap::new()) {
        Ok(Made::Document(text)) => text,
        _ => String::new(),
    }
}

fn of_employee(employee: SnapshotEmployee, group: Option<Named>) -> Employee {
    Employee {
        name: format!("{} {}", employee.first_name, employee.last_name).trim().to_owned(),
        first_name: employee.first_name,
        last_name: employee.last_name,
        number: employee.number,
        group: group.map(|group| group.name).unwrap_or_default(),
    }
}

fn of_task(task: SnapshotTask, kind: Option<Named>, poi: Option<&SnapshotPoi>) -> Task {
    let fields = task.fields;
    let status = task.progress.and_then(|progress| Status::from_name(&progress.status));
    let moment = |time: &Option<campo_protocol::civil::CivilTime>| {
        time.as_ref().and_then(campo_protocol::civil::CivilTime::instant_us).map(|us| Moment { us })
    };
    let mut data: Vec<(usize, String)> = fields
        .data
        .iter()
        .filter_map(|(name, text)| Some((campo_protocol::model::data_number(name)?, text.clone())))
        .collect();
    data.sort_unstable();
    let created = fields.received.get("external_creation_date").and_then(serde_json::Value::as_str);
    Task {
        number: fields.task_number.unwrap_or_default(),
        status: status.map_or(0, Status::office_track_bit),
        task_type: kind.map(|kind| TaskType { code: kind.code, name: kind.name }),
        customer: poi.map(|poi| Customer { number: poi.number.clone(), name: poi.name.clone() }),
        data,
        start: moment(&fields.start),
        due: moment(&fields.due),
        duration_hours: fields.duration_minutes.map(|minutes| minutes / 60.0),
        external_creation_date: created.unwrap_or_default().to_owned(),
        description: fields.description,
        customer_name: fields.customer_name,
        notes: fields.notes,
        categories: fields.categories,
        contact_name: fields.contact_name,
        phone1: fields.phone1,
        phone2: fields.phone2,
        address: fields.location.address,
    }
}

fn of_form(content: &Content, form: Option<SnapshotForm>) -> Option<Form> {
    if content.kind != "form" {
        return None;
    }
    let filled: FilledForm = serde_json::from_value(content.body.clone()?).ok()?;
    let form = form.unwrap_or(SnapshotForm { code: String::new(), name: String::new() });
    Some(Form {
        code: form.code,
        name: form.name,
        version: filled.version,
        category: String::new(),
        fields: filled.answers.iter().map(field).collect(),
    })
}

fn field(answer: &FieldAnswer) -> Field {
    let content = match &answer.rows {
        Some(rows) => FieldContent::Rows(rows.iter().map(|row| row.iter().map(field).collect()).collect()),
        None if !answer.values.is_empty() => FieldContent::Value(answer.values.join(";")),
        None => FieldContent::Value(answer.value.clone().unwrap_or_default()),
    };
    Field { id: answer.field.clone(), content }
}

fn of_files(content: &Content, how: OfficeTrackFiles, bytes: &BTreeMap<String, Vec<u8>>) -> Vec<File> {
    if how == OfficeTrackFiles::None {
        return Vec::new();
    }
    let of_one = |(index, file): (usize, &FileMention)| {
        let guid = guid_of(&file.hash);
        let content = match how {
            OfficeTrackFiles::Links => FileContent::Link(format!("/v1/files/{}", file.hash)),
            _ => {
                bytes.get(&file.hash).map_or(FileContent::Nothing, |bytes| FileContent::Bytes(bytes.clone()))
            }
        };
        let field = file.field.clone().unwrap_or_default();
        File { filename: format!("{guid}_{}.jpg", index + 1), guid, field, content }
    };
    content.files.iter().enumerate().map(of_one).collect()
}

/// A GUID that is always the same for the same file.
fn guid_of(hash: &str) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, hash.as_bytes()).to_string()
}

#[cfg(test)]
mod tests {
    use campo_soap::xml::{Strictness, read};
    use serde_json::{Value, json};

    use super::*;

    use super::SAMPLE as SNAPSHOT;

    fn source<'a>(kind: &'a str, snapshot: &'a [u8]) -> Source<'a> {
        Source {
            account: 7,
            position: 77,
            id: Uuid::from_u128(1),
            kind,
            subject_kind: "entry",
            subject: Uuid::from_u128(2),
            created_us: 1_894_744_800_000_001,
            snapshot,
        }
    }

    fn settings() -> OfficeTrackSettings {
        OfficeTrackSettings { zone: "America/Lima".to_owned(), ..OfficeTrackSettings::default() }
    }

    fn made(snapshot: &Value, settings: &OfficeTrackSettings) -> Made {
        let snapshot = snapshot.to_string();
        document(&source(EVENT, snapshot.as_bytes()), settings, &BTreeMap::new()).unwrap()
    }

    #[test]
    fn a_form_in_a_task_is_told_with_its_answers() {
        let Made::Document(text) = made(&serde_json::from_str(SNAPSHOT).unwrap(), &settings()) else {
            panic!("it is sent");
        };
        let root = read(&text, Strictness::Strict).unwrap();
        assert_eq!(root.child_text("EntryType"), Some("33"));
        assert_eq!(root.child_text("EventDateFromEpoch"), Some("1894744800000"));
        assert_eq!(root.child_text("EntryDateAge"), Some("5"));
        let field = &root.child("Form").unwrap().child("Fields").unwrap().children[0];
        assert_eq!((field.child_text("Id"), field.child_text("Value")), (Some("reading"), Some("1.50")));
        let task = root.child("Task").unwrap();
        assert_eq!((task.child_text("TaskNumber"), task.child_text("Status")), (Some("700123"), Some("8")));
        assert_eq!(root.child("Employee").unwrap().child_text("Name"), Some("Ana Quispe"));
    }

    #[test]
    fn what_has_no_number_is_not_sent() {
        let snapshot: Value = serde_json::from_str(SNAPSHOT).unwrap();
        let of_kind = |kind: &str| {
            let mut snapshot = snapshot.clone();
            snapshot["entry"]["content"]["kind"] = json!(kind);
            let sent = made(&snapshot, &settings()) != Made::NotSent;
            assert_eq!(is_sent(EVENT, snapshot.to_string().as_bytes(), &settings()), sent, "{kind}");
            sent
        };
        for (kind, sent) in
            [("shift.start", true), ("break.start", false), ("track", false), ("newer", false)]
        {
            assert_eq!(of_kind(kind), sent, "{kind}");
        }
        let added = document(&source("entry.added", SNAPSHOT.as_bytes()), &settings(), &BTreeMap::new());
        assert_eq!(added, Ok(Made::NotSent));
        assert_eq!(document(&source(EVENT, b"{}"), &settings(), &BTreeMap::new()), Err(Unrenderable));
    }

    #[test]
    fn photos_are_told_by_bytes_or_by_link() {
        let mut snapshot: Value = serde_json::from_str(SNAPSHOT).unwrap();
        let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        snapshot["entry"]["content"]["files"] = json!([{ "hash": hash, "size_bytes": 4, "field": "photo" }]);
        let text = snapshot.to_string();
        let source = source(EVENT, text.as_bytes());
        assert_eq!(files(&source, &settings()), [hash]);
        let bytes = BTreeMap::from([(hash.to_owned(), b"jpeg".to_vec())]);
        let Ok(Made::Document(data)) = document(&source, &settings(), &bytes) else { panic!("it is sent") };
        assert!(data.contains("<Data>anBlZw==</Data>"), "{data}");
        let links = OfficeTrackSettings { files: OfficeTrackFiles::Links, ..settings() };
        assert!(files(&source, &links).is_empty());
        let Ok(Made::Document(linked)) = document(&source, &links, &bytes) else { panic!("it is sent") };
        assert!(linked.contains(&format!("<Url>/v1/files/{hash}</Url>")), "{linked}");
    }
}
