//! What can hold personal data: the one registry, which a test compares with the marks in the migrations.
//!
//! Ids of people are not listed: they stand in many tables, and say nothing once what they name is erased.

/// How long personal data stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retention {
    /// As long as the account keeps the class of the entry's kind; erasing leaves the leaf in the chain, and an entry that
    /// says so. What the office decided of a task: as long as the task
    Entry,
    /// As long as the entry from which it was made
    MadeFromEntry,
    /// As long as the account keeps what events told, that of an entry as long as the entry at most
    Event,
    /// Until the object was deleted for as long as the account keeps what is deleted, with all its versions. A person goes
    /// at once when somebody asks for it
    Object,
    /// Until the task was deleted for so long, with all its versions
    Task,
    /// As long as the object that phones see in it
    Feed,
    /// Until the user is removed
    User,
    /// Until the installation is removed
    Installation,
    /// Until the work is done, and 90 days more; what is not started goes after 7 days
    Job,
    /// As long as the file is there: who put it there takes it away
    Hosted,
    /// Until it is done, and 90 days more
    Notice,
    /// As long as the act can be taken back
    Act,
    /// 24 hours
    Request,
    /// 30 days
    Call,
}

/// A column that can hold personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonalColumn {
    /// Its table
    pub table: &'static str,
    /// Its name
    pub column: &'static str,
    /// What can be in it
    pub what: &'static str,
    /// How long it stays
    pub retention: Retention,
}

const fn column(
    table: &'static str,
    column: &'static str,
    what: &'static str,
    retention: Retention,
) -> PersonalColumn {
    PersonalColumn { table, column, what, retention }
}

/// Every column that can hold personal data, in the order of the migrations.
pub const PERSONAL: &[PersonalColumn] = &[
    column(
        "entry_body",
        "bytes",
        "what an employee captured: places, times, notes, answers",
        Retention::Entry,
    ),
    column(
        "event_snapshot",
        "body",
        "an entry with its employee, task and place, as they were",
        Retention::Event,
    ),
    column("change_body", "body", "an object as phones see it", Retention::Feed),
    column("object", "code", "an employee's number", Retention::Object),
    column("object", "name", "a name of a person or of a customer", Retention::Object),
    column("object", "sort_key", "the name, for sorting", Retention::Object),
    column("object", "body", "all that the office keeps of a person or a customer", Retention::Object),
    column("object_version", "body", "what the office kept before", Retention::Object),
    column("task", "fields", "contacts, addresses and notes of a task", Retention::Task),
    column("task", "sort_key", "the customer's name, for sorting", Retention::Task),
    column("task_version", "fields", "contacts, addresses and notes as they were before", Retention::Task),
    column("message", "text", "what an employee or the office wrote", Retention::MadeFromEntry),
    column("file_reference", "name", "the name that a person gave a file", Retention::Object),
    column("login", "name", "the name by which a person logs in", Retention::User),
    column("account_user", "code", "the name by which a person logs in", Retention::User),
    column("account_user", "name", "a person's name", Retention::User),
    column("account_user", "custom", "what the company keeps of a person", Retention::User),
    column(
        "enrolment",
        "name",
        "often the name of the person whose phone it will be",
        Retention::Installation,
    ),
    column("installation", "name", "often the name of the person whose phone it is", Retention::Installation),
    column("installation", "device", "what identifies a person's phone", Retention::Installation),
    column("push_token", "sealed", "what a push service knows a person's phone by", Retention::Installation),
    column("idempotency", "response", "an answer that was given", Retention::Request),
    column("job", "body", "rows of a file that is being imported, addresses", Retention::Job),
    column("import_run", "file_name", "the name that a person gave a file", Retention::Job),
    column("import_row", "cells", "a row of a customer's file: names, addresses, telephones", Retention::Job),
    column("import_row", "faults", "what was found in the cells of a row", Retention::Job),
    column("delivery", "answer", "what a customer's receiver said of an event", Retention::Job),
    column("account_user", "email", "a person's address", Retention::User),
    column("user_session", "address", "from where a person logged in", Retention::User),
    column("user_session", "agent_text", "the browser with which a person logged in", Retention::User),
    column("notice", "detail", "what happened, to whom", Retention::Notice),
    column("act", "detail", "what a person did", Retention::Job),
    column("act_effect", "before", "what something was before an act", Retention::Act),
    column("call", "path", "what a customer's system asked for", Retention::Call),
    column("call", "address", "from where a customer's system called", Retention::Call),
    column("call", "request", "what a customer's system sent", Retention::Call),
    column("call", "answer", "what a customer's system was answered", Retention::Call),
    column("call", "words", "what a call is searched by", Retention::Call),
    column("import_row", "changes", "what a row of a customer's file changed", Retention::Job),
    column("import_draft", "file_name", "the name that a person gave a file", Retention::Job),
    column("import_draft", "analysis", "values of a customer's file: names, addresses", Retention::Job),
    column("key_login", "used_from", "the address from which a system logged in", Retention::User),
    column("key_ssh_key", "comment", "often the name of whoever made a key", Retention::User),
    column("received_file", "folder", "the name that a person gave a folder", Retention::Job),
    column("received_file", "name", "the name that a person gave a file", Retention::Job),
    column("hosted_file", "folder", "the name that a person gave a folder", Retention::Hosted),
    column("hosted_file", "name", "the name that a person gave a file", Retention::Hosted),
    column("hosted_part", "folder", "the name that a person gave a folder", Retention::Hosted),
    column("hosted_part", "name", "the name that a person gave a file", Retention::Hosted),
    column("remote_seen", "folder", "the name that a person gave a folder", Retention::Hosted),
    column("remote_seen", "name", "the name that a person gave a file", Retention::Hosted),
    column("agent", "report", "names of files and folders at a customer's machine", Retention::Installation),
    column("mail_link", "email", "the address of a person that a link was sent to", Retention::Request),
    column(
        "channel_recipient",
        "email",
        "the address of a person who gets mail of a channel",
        Retention::User,
    ),
    column("access_key", "used_from", "the address from which a system called", Retention::User),
];
