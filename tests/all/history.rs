//! Histories of a company as chance makes them: phones that are late, repeat themselves, or send what nobody knows,
//! and an office that decides meanwhile.

use std::fmt::Write as _;

use campo_protocol::entry::Kind;
use campo_server::{
    access::permissions::ManageTasks,
    log::{groups::Submitted, write::About},
    scheduler::Class,
};
use campo_tests::{
    random::Random,
    world::{Account, Phone},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// Kinds that phones send, each as often as it stands here.
const KINDS: &[&str] = &[
    "shift.start",
    "shift.end",
    "break.start",
    "task.acknowledge",
    "task.start",
    "task.start",
    "task.end",
    "task.suspend",
    "task.close",
    "task.not_done",
    "task.decline",
    "task.blocked",
    "form",
    "message",
    "message.read",
    "session.open",
    "session.close",
    "session.close",
    "nobody.knows",
    "task.created",
];

/// A company whose history is being made.
pub(crate) struct History {
    pub(crate) account: Account,
    pub(crate) employees: Vec<Uuid>,
    pub(crate) phones: Vec<Phone>,
    pub(crate) tasks: Vec<Uuid>,
    /// What the server answered, as somebody could have kept it: one JSON document a line
    pub(crate) kept: String,
    sessions: Vec<Uuid>,
    sent: Vec<(usize, Vec<u8>)>,
    random: Random,
}

impl History {
    /// A company with three employees, a phone for each, and one task.
    pub(crate) async fn new(account: Account, seed: u64) -> Self {
        let mut employees = Vec::new();
        let mut phones = Vec::new();
        for number in ["ZZ1", "ZZ2", "ZZ3"] {
            let employee = account.employee(number).await.unwrap();
            employees.push(employee);
            phones.push(account.phone(employee).await.unwrap());
        }
        let sessions = (0..4).map(|_| account.app.environment.uuid()).collect();
        let mut history = Self {
            account,
            employees,
            phones,
            tasks: Vec::new(),
            kept: String::new(),
            sessions,
            sent: Vec::new(),
            random: Random::new(seed),
        };
        history.create_task().await;
        history
    }

    /// Lets happen what chance wants, `steps` times.
    pub(crate) async fn go_on(&mut self, steps: usize) {
        for _ in 0..steps {
            match self.random.number() % 10 {
                0 => self.create_task().await,
                1 | 2 => self.decide().await,
                3 => self.repeat().await,
                _ => self.exchange().await,
            }
        }
    }

    fn pick<T: Copy>(random: &mut Random, items: &[T]) -> T {
        items[random.number() as usize % items.len()]
    }

    /// A task that is assigned to somebody, or nobody.
    pub(crate) async fn create_task(&mut self) {
        let allowed = self.account.operator().allow::<ManageTasks>().unwrap();
        let mut write = self.account.app.log.begin(&allowed, Class::Office).await.unwrap();
        let id = write.new_id();
        let number = write.next_task_number();
        write
            .tx()
            .execute(
                "insert into task (account, id, task_number, state, version, fields, sort_key, created_us, updated_us) \
                 values ($1, $2, $3, 'enabled', 1, '{}', '', 1, 1)",
                (self.account.id, id, number),
            )
            .await
            .unwrap();
        let body = json!({ "status": "new", "assignments": self.assignments() });
        write.entry(Kind::TaskCreated, About { task: Some(id), ..About::default() }, &body).unwrap();
        write.commit().await.unwrap();
        self.tasks.push(id);
    }

    fn assignments(&mut self) -> Vec<Value> {
        let count = self.random.number() as usize % 3;
        let roles = ["lead", "helper"];
        let mut list: Vec<Value> = Vec::new();
        for role in &roles[..count] {
            list.push(json!({ "employee": Self::pick(&mut self.random, &self.employees), "role": role }));
        }
        list
    }

    /// One or two decisions of the office in one transaction.
    async fn decide(&mut self) {
        let allowed = self.account.operator().allow::<ManageTasks>().unwrap();
        let mut write = self.account.app.log.begin(&allowed, Class::Office).await.unwrap();
        for _ in 0..=self.random.number() % 2 {
            let about = About {
                task: Some(Self::pick(&mut self.random, &self.tasks)),
                employee: Some(Self::pick(&mut self.random, &self.employees)),
                ..About::default()
            };
            let status = Self::pick(&mut self.random, &["new", "closed", "canceled", "draft", "nothing"]);
            let entry = self.sent.last().map(|(_, line)| id_of(line));
            let (kind, body) = match self.random.number() % 5 {
                0 | 1 => (Kind::TaskStatusSet, json!({ "status": status })),
                2 => (Kind::TaskAssigned, json!({ "assignments": self.assignments() })),
                3 => (Kind::TaskNoted, json!({ "dismiss": entry })),
                _ => (Kind::MessageSent, json!({ "text": "Vuelve a la base" })),
            };
            write.entry(kind, about, &body).unwrap();
        }
        write.commit().await.unwrap();
    }

    /// What every phone has to send, all at once, so that chance makes the groups too.
    async fn exchange(&mut self) {
        let mut batches: Vec<(usize, Vec<Vec<u8>>)> = Vec::new();
        for phone in 0..self.phones.len() {
            let count = self.random.within(&(0..=4));
            let lines: Vec<Vec<u8>> = (0..count).map(|_| self.line(phone)).collect();
            self.sent.extend(lines.iter().map(|line| (phone, line.clone())));
            if !lines.is_empty() {
                batches.push((phone, lines));
            }
        }
        if self.random.chance(30) {
            for (_, lines) in &mut batches {
                lines.reverse();
            }
        }
        let sends = batches.iter().map(|(phone, lines)| self.phones[*phone].send(lines));
        for submitted in futures_util::future::join_all(sends).await {
            self.keep(&submitted.unwrap());
        }
    }

    /// An entry that was sent before, the same or with other content.
    async fn repeat(&mut self) {
        if self.sent.is_empty() {
            return;
        }
        let index = self.random.number() as usize % self.sent.len();
        let (phone, mut line) = self.sent[index].clone();
        if self.random.chance(30) {
            let end = line.len() - 1;
            line.splice(end..end, br#","more":1"#.iter().copied());
        }
        let submitted = self.phones[phone].send(&[line.clone(), line]).await.unwrap();
        self.keep(&submitted);
    }

    /// Keeps an answer.
    pub(crate) fn keep(&mut self, submitted: &Submitted) {
        let answer = json!({ "receipts": submitted.receipts, "heads": submitted.heads });
        self.kept.push_str(&answer.to_string());
        self.kept.push('\n');
    }

    fn line(&mut self, phone: usize) -> Vec<u8> {
        let kind = Self::pick(&mut self.random, KINDS);
        let session = Self::pick(&mut self.random, &self.sessions);
        let task = match self.random.number() % 10 {
            0 => self.account.app.environment.uuid(),
            _ => Self::pick(&mut self.random, &self.tasks),
        };
        let mut more = format!(r#","session":"{session}""#);
        if kind.starts_with("task") || self.random.chance(50) {
            write!(more, r#","task":"{task}""#).unwrap();
        }
        if kind == "message" {
            more.push_str(Self::pick(
                &mut self.random,
                &[r#","body":{"text":"Hola\u0000"}"#, r#","body":7"#, ""],
            ));
        }
        if kind == "message.read" {
            let body = format!(r#","body":{{"messages":["{session}"]}}"#);
            more.push_str(Self::pick(&mut self.random, &[&body, r#","body":{"messages":[7]}"#]));
        }
        if kind == "form" {
            write!(more, r#","body":{{"form":"{session}"}}"#).unwrap();
        }
        if self.random.chance(5) {
            more.push_str(r#","place":{"latitude":"north"}"#);
        }
        let phone = &mut self.phones[phone];
        let mut line = String::from_utf8(phone.line(kind, &more)).unwrap();
        if self.random.chance(60) {
            // captured up to a minute ago, and sent only now
            let ago_us = self.random.number() as i64 % 60_000_000;
            let wall_us = self.account.app.environment.now_us() - ago_us;
            let start = line.find(r#""wall_us":"#).unwrap() + 10;
            let end = start + line[start..].find('}').unwrap();
            line.replace_range(start..end, &wall_us.to_string());
        }
        let someone = match self.random.number() % 12 {
            0 => Self::pick(&mut self.random, &[Uuid::from_u128(7), Uuid::from_u128(8)]),
            1 => Self::pick(&mut self.random, &self.employees),
            _ => phone.employee,
        };
        let line = line.replace(&phone.employee.to_string(), &someone.to_string());
        line.into_bytes()
    }
}

fn id_of(line: &[u8]) -> Vec<Value> {
    let line: Value = serde_json::from_slice(line).unwrap();
    vec![line["id"].clone()]
}
