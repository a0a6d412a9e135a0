//! The document, element by element in its order.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use campo_soap::write::Writer;

use crate::{Employee, Entry, EntryLocation, Field, FieldContent, File, FileContent, Form, Moment, Task};

impl Entry {
    /// The document.
    pub fn document(&self) -> String {
        let mut writer = Writer::new();
        writer.open("Entry", &[]);
        writer.leaf("EventType", "1");
        self.moment(&mut writer, "Event", self.event);
        writer.leaf("EntryType", &self.entry_type.to_string());
        writer.leaf("EntryGuid", &self.guid);
        self.moment(&mut writer, "Entry", self.entry);
        writer.leaf("EntrySource", &self.source.to_string());
        writer.leaf("Data", &self.data);
        if let Some(location) = &self.location {
            self.location(&mut writer, location);
        }
        if let Some(employee) = &self.employee {
            write_employee(&mut writer, employee);
        }
        if let Some(task) = &self.task {
            self.task(&mut writer, task);
        }
        if let Some(form) = &self.form {
            write_form(&mut writer, form);
        }
        write_files(&mut writer, &self.files);
        if !self.points_of_interest.is_empty() {
            writer.open("ReferencedPointsOfInterest", &[]);
            for poi in &self.points_of_interest {
                writer.open("PointOfInterest", &[]);
                writer.leaf("CustomerNumber", &poi.number);
                writer.leaf("Name", &poi.name);
                writer.close("PointOfInterest");
            }
            writer.close("ReferencedPointsOfInterest");
        }
        writer.close("Entry");
        writer.finish()
    }

    /// `…Date`, `…DateAge`, `…DateFromEpoch`.
    fn moment(&self, writer: &mut Writer, prefix: &str, moment: Moment) {
        writer.leaf(&format!("{prefix}Date"), &moment.written(&self.zone));
        writer.leaf(&format!("{prefix}DateAge"), &moment.age_s(self.event).to_string());
        writer.leaf(&format!("{prefix}DateFromEpoch"), &moment.epoch_ms().to_string());
    }

    fn location(&self, writer: &mut Writer, location: &EntryLocation) {
        writer.open("EntryLocation", &[]);
        writer.leaf("Address", &location.address);
        writer.leaf("X", &location.longitude.to_string());
        writer.leaf("Y", &location.latitude.to_string());
        writer.leaf("MSISDN", &location.msisdn);
        self.moment(writer, "", location.at);
        writer.close("EntryLocation");
    }

    fn task(&self, writer: &mut Writer, task: &Task) {
        writer.open("Task", &[]);
        writer.leaf("TaskNumber", &task.number.to_string());
        writer.leaf("Status", &task.status.to_string());
        if let Some(kind) = &task.task_type {
            writer.open("TaskType", &[]);
            writer.leaf("Code", &kind.code);
            writer.leaf("Name", &kind.name);
            writer.close("TaskType");
        }
        writer.leaf("Description", &task.description);
        writer.leaf("CustomerName", &task.customer_name);
        if let Some(customer) = &task.customer {
            writer.open("Customer", &[]);
            writer.leaf("CustomerNumber", &customer.number);
            writer.leaf("Name", &customer.name);
            writer.close("Customer");
        }
        for (number, text) in task.data.iter().filter(|(_, text)| !text.is_empty()) {
            writer.leaf(&format!("Data{number}"), text);
        }
        if let Some(start) = task.start {
            self.moment(writer, "Start", start);
        }
        if let Some(due) = task.due {
            writer.leaf("DueDate", &due.written(&self.zone));
        }
        if let Some(hours) = task.duration_hours {
            writer.leaf("Duration", &hours.to_string());
        }
        for (name, text) in [
            ("Notes", &task.notes),
            ("Categories", &task.categories),
            ("ContactName", &task.contact_name),
            ("Phone1", &task.phone1),
            ("Phone2", &task.phone2),
        ] {
            if !text.is_empty() {
                writer.leaf(name, text);
            }
        }
        if !task.address.is_empty() {
            writer.open("Location", &[]);
            writer.leaf("Address", &task.address);
            writer.close("Location");
        }
        if !task.external_creation_date.is_empty() {
            writer.leaf("ExternalCreationDate", &task.external_creation_date);
        }
        writer.close("Task");
    }
}

fn write_employee(writer: &mut Writer, employee: &Employee) {
    writer.open("Employee", &[]);
    writer.leaf("FirstName", &employee.first_name);
    writer.leaf("LastName", &employee.last_name);
    writer.leaf("Name", &employee.name);
    writer.leaf("EmployeeNumber", &employee.number);
    writer.leaf("BusyStatus", "0");
    writer.open("Group", &[]);
    writer.leaf("Name", &employee.group);
    writer.close("Group");
    writer.close("Employee");
}

fn write_form(writer: &mut Writer, form: &Form) {
    writer.open("Form", &[]);
    writer.leaf("Code", &form.code);
    writer.leaf("Name", &form.name);
    writer.leaf("Version", &form.version.to_string());
    writer.leaf("Category", &form.category);
    writer.open("Fields", &[]);
    for field in &form.fields {
        write_field(writer, field);
    }
    writer.close("Fields");
    writer.close("Form");
}

/// The first element of a field is `Id`, the second `Value` or `Rows`: receivers count on it.
fn write_field(writer: &mut Writer, field: &Field) {
    writer.open("Field", &[]);
    writer.leaf("Id", &field.id);
    match &field.content {
        FieldContent::Value(text) => writer.leaf("Value", text),
        FieldContent::Rows(rows) => {
            writer.open("Rows", &[]);
            for row in rows {
                writer.open("Row", &[]);
                for field in row {
                    write_field(writer, field);
                }
                writer.close("Row");
            }
            writer.close("Rows");
        }
    }
    writer.close("Field");
}

fn write_files(writer: &mut Writer, files: &[File]) {
    if files.is_empty() {
        return;
    }
    writer.open("Files", &[]);
    for file in files {
        writer.open("File", &[]);
        writer.leaf("Guid", &file.guid);
        writer.leaf("Filename", &file.filename);
        writer.leaf("Id", &file.field);
        match &file.content {
            FileContent::Bytes(bytes) => writer.leaf("Data", &STANDARD.encode(bytes)),
            FileContent::Link(address) => {
                writer.leaf("Data", "");
                writer.leaf("Url", address);
            }
            FileContent::Nothing => writer.leaf("Data", ""),
        }
        writer.close("File");
    }
    writer.close("Files");
}

#[cfg(test)]
mod tests {
    use campo_soap::xml::{Element, Strictness, read};
    use jiff::tz::TimeZone;

    use super::*;
    use crate::{Customer, PointOfInterest, TaskType};

    const EVENT: Moment = Moment { us: 1_894_732_038_000_000 };

    fn lima() -> TimeZone {
        TimeZone::fixed(jiff::tz::offset(-5))
    }

    fn entry() -> Entry {
        Entry {
            zone: lima(),
            event: EVENT,
            entry_type: 34,
            guid: "11111111-2222-3333-4444-555555555555".to_owned(),
            entry: Moment { us: EVENT.us - 3_000_000 },
            source: 4,
            data: String::new(),
            location: Some(EntryLocation {
                address: "Sampletown".to_owned(),
                longitude: -77.020_065_3,
                latitude: -11.995_909_6,
                msisdn: "+51100000000".to_owned(),
                at: Moment { us: EVENT.us - 18_000_000 },
            }),
            employee: Some(Employee {
                first_name: "Sample".to_owned(),
                last_name: "Worker".to_owned(),
                name: "Sample Worker".to_owned(),
                number: "ZZ1001".to_owned(),
                group: "Sample group".to_owned(),
            }),
            task: Some(Task {
                number: 700_123,
                status: 256,
                task_type: Some(TaskType { code: "SUP99".to_owned(), name: "Sample type".to_owned() }),
                description: "700123-55501".to_owned(),
                customer_name: "16:00 - 18:00 / EXAMPLE CUSTOMER".to_owned(),
                customer: Some(Customer { number: "C-0042".to_owned(), name: "Example customer".to_owned() }),
                data: vec![(1, String::new()), (2, "55501".to_owned())],
                start: Some(Moment { us: EVENT.us + 9_162_000_000 }),
                ..Task::default()
            }),
            form: None,
            files: Vec::new(),
            points_of_interest: Vec::new(),
        }
    }

    fn names(element: &Element) -> Vec<&str> {
        element.children.iter().map(|child| child.name.as_str()).collect()
    }

    /// The example of the interface, with what it says.
    #[test]
    fn an_entry_of_a_task_has_its_elements_in_order() {
        let root = read(&entry().document(), Strictness::Strict).unwrap();
        let expected = "EventType EventDate EventDateAge EventDateFromEpoch EntryType EntryGuid EntryDate EntryDateAge \
            EntryDateFromEpoch EntrySource Data EntryLocation Employee Task";
        assert_eq!(names(&root).join(" "), expected);
        for (name, text) in [
            ("EventDate", "15012030132718"),
            ("EventDateAge", "0"),
            ("EventDateFromEpoch", "1894732038000"),
            ("EntryDate", "15012030132715"),
            ("EntryDateAge", "3"),
            ("EntryDateFromEpoch", "1894732035000"),
        ] {
            assert_eq!(root.child_text(name), Some(text), "{name}");
        }
        let location = root.child("EntryLocation").unwrap();
        assert_eq!(names(location).join(" "), "Address X Y MSISDN Date DateAge DateFromEpoch");
        assert_eq!(
            (location.child_text("X"), location.child_text("Y")),
            (Some("-77.0200653"), Some("-11.9959096"))
        );
        assert_eq!(location.child_text("DateAge"), Some("18"));
        let employee = root.child("Employee").unwrap();
        assert_eq!(names(employee).join(" "), "FirstName LastName Name EmployeeNumber BusyStatus Group");
        let task = root.child("Task").unwrap();
        let expected = "TaskNumber Status TaskType Description CustomerName Customer Data2 StartDate StartDateAge \
            StartDateFromEpoch";
        assert_eq!(names(task).join(" "), expected);
        assert_eq!(task.child_text("StartDate"), Some("15012030160000"));
        assert_eq!(task.child_text("StartDateAge"), Some("-9162"));
    }

    #[test]
    fn forms_and_files_are_read_by_position() {
        let value =
            |id: &str, text: &str| Field { id: id.to_owned(), content: FieldContent::Value(text.to_owned()) };
        let rows = vec![vec![value("part", "cable"), value("count", "2")]];
        let form = Form {
            code: "VISIT".to_owned(),
            name: "Visit & <more>".to_owned(),
            version: 3,
            category: String::new(),
            fields: vec![
                value("note", ""),
                Field { id: "parts".to_owned(), content: FieldContent::Rows(rows) },
            ],
        };
        let file = |content| File {
            guid: "g".to_owned(),
            filename: "g_1.jpg".to_owned(),
            field: "photo".to_owned(),
            content,
        };
        let files = vec![
            file(FileContent::Bytes(b"jpeg".to_vec())),
            file(FileContent::Link("https://campo.example/x".to_owned())),
            file(FileContent::Nothing),
        ];
        let poi = PointOfInterest { number: "C-1".to_owned(), name: "n".to_owned() };
        let document = Entry { form: Some(form), files, points_of_interest: vec![poi], ..entry() }.document();
        let root = read(&document, Strictness::Strict).unwrap();
        let form = root.child("Form").unwrap();
        assert_eq!(names(form).join(" "), "Code Name Version Category Fields");
        let fields = &form.child("Fields").unwrap().children;
        assert_eq!((names(&fields[0]), names(&fields[1])), (vec!["Id", "Value"], vec!["Id", "Rows"]));
        let row = &fields[1].children[1].children[0];
        assert_eq!((row.name.as_str(), names(row)), ("Row", vec!["Field", "Field"]));
        assert_eq!(row.children[1].child_text("Value"), Some("2"));
        let files = &root.child("Files").unwrap().children;
        assert_eq!(names(&files[0]).join(" "), "Guid Filename Id Data");
        assert_eq!(files[0].child_text("Data"), Some("anBlZw=="));
        assert_eq!(files[1].child_text("Url"), Some("https://campo.example/x"));
        assert_eq!(names(&root).last(), Some(&"ReferencedPointsOfInterest"));
    }

    #[test]
    fn the_same_entry_is_the_same_bytes() {
        assert_eq!(entry().document(), entry().document());
    }
}
