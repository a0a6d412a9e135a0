//! A technician at work: what is done with the phone, step by step, and what goes wrong meanwhile.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use campo_protocol::{
    entry::{Kind, Place},
    model::answers::{FieldAnswer, FilledForm},
};
use uuid::Uuid;

use super::{
    company::{Company, LUNCH, Technician},
    handset::Handset,
    office,
    orders::{Deed, Order, Shown, TaskShown},
    screen::{Tone, Who},
    stage::Stage,
    table::short,
    texts::{Texts, count, fill},
};

/// How many tasks a shift has.
const TASKS: usize = 2;
/// How long a step takes: seconds.
const STEP_S: f64 = 6.0;
/// How long nothing is done after a shift: seconds; each time that much longer, up to [`LONGEST_REST_S`], so that what
/// the server holds grows ever more slowly.
const REST_S: f64 = 15.0;
const LONGEST_REST_S: f64 = 180.0;
/// How often a phone that has just come back syncs until nothing is left to send.
const SYNCS: usize = 10;

/// What happens to a technician with a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Twist {
    /// Nothing remarkable
    None,
    /// There is no network
    Offline,
    /// There is no network, and the app dies in the midst of a tap
    Killed,
    /// It can't be done
    NotDone,
}

/// A technician.
#[derive(Debug)]
pub(super) struct Worker<'a> {
    stage: &'a Stage,
    company: &'a Company,
    technician: &'a Technician,
    handset: &'a mut Handset,
    index: usize,
    /// How often the phone was tapped
    taps: u64,
    /// Where the technician is
    place: Option<Place>,
    known: BTreeSet<Uuid>,
}

impl<'a> Worker<'a> {
    /// The technician of that index, whose phone is enrolled and in session.
    pub(super) fn new(
        stage: &'a Stage,
        company: &'a Company,
        index: usize,
        handset: &'a mut Handset,
    ) -> Self {
        let technician = &company.technicians[index];
        Self { stage, company, technician, handset, index, taps: 0, place: None, known: BTreeSet::new() }
    }

    /// Works for ever.
    pub(super) async fn work(mut self) -> Result<()> {
        let worked = self.shifts().await;
        worked.with_context(|| self.technician.name.clone())
    }

    async fn shifts(&mut self) -> Result<()> {
        // They do not all move at once
        self.stage.pause(STEP_S / 4.0 * self.index as f64).await;
        self.learn().await?;
        for shift in 0.. {
            self.shift(shift).await?;
            self.stage.pause((REST_S * (shift + 1) as f64).min(LONGEST_REST_S)).await;
        }
        Ok(())
    }

    async fn shift(&mut self, shift: usize) -> Result<()> {
        let texts = self.stage.texts;
        self.tap(Deed::ShiftStart, &texts.clocks_in).await?;
        for round in 0..TASKS {
            let task = self.next_task().await?;
            self.task(&task, twist(self.index, shift, round)).await?;
            if round == 0 {
                self.tap(Deed::BreakStart { kind: LUNCH.to_owned() }, &texts.takes_break).await?;
                self.stage.pause(STEP_S).await;
                self.tap(Deed::BreakEnd, &texts.ends_break).await?;
            }
        }
        let tasks = count(&texts.counts.tasks, TASKS);
        self.tap(Deed::ShiftEnd, &fill(&texts.clocks_out, &[("tasks", &tasks)])).await?;
        self.handset.ask(&Order::Sync).await?;
        Ok(())
    }

    /// The next task; what has no planned start is urgent. Where there is none, the office sends some.
    async fn next_task(&mut self) -> Result<TaskShown> {
        loop {
            let tasks = self.learn().await?.tasks;
            let urgent = tasks.iter().find(|task| !task.planned);
            if let Some(task) = urgent.or(tasks.first()) {
                return Ok(task.clone());
            }
            self.say(Tone::Plain, &self.stage.texts.waits);
            office::send_tasks(self.stage, self.company, self.technician).await?;
        }
    }

    /// Syncs, and says what is new.
    async fn learn(&mut self) -> Result<Shown> {
        let texts = self.stage.texts;
        let shown = self.handset.ask(&Order::Sync).await?;
        let new: Vec<&TaskShown> = shown.tasks.iter().filter(|task| !self.known.contains(&task.id)).collect();
        match new[..] {
            [] => {}
            [task] => self.say(Tone::Plain, &fill(&texts.learns_one, &[("task", &described(task))])),
            _ => {
                let tasks = count(&texts.counts.tasks, new.len());
                self.say(Tone::Plain, &fill(&texts.learns_many, &[("tasks", &tasks)]));
            }
        }
        self.known = shown.tasks.iter().map(|task| task.id).collect();
        Ok(shown)
    }

    async fn task(&mut self, task: &TaskShown, twist: Twist) -> Result<()> {
        let texts = self.stage.texts;
        let offline = matches!(twist, Twist::Offline | Twist::Killed);
        if offline {
            self.handset.ask(&Order::Network { online: false }).await?;
            self.say(Tone::Trouble, &texts.goes_offline);
        }
        self.place = task.point.map(|(latitude, longitude)| Place {
            latitude,
            longitude,
            accuracy_m: Some(8.0),
            provider: Some("gps".to_owned()),
            mock: None,
        });
        let what = fill(&texts.acknowledges, &[("task", &described(task))]);
        self.tap(step(task, Kind::TaskAcknowledge, None), &what).await?;
        match twist {
            Twist::NotDone => self.cannot(task).await?,
            Twist::Killed => self.killed(task).await?,
            Twist::None | Twist::Offline => {
                let what = fill(&texts.starts, &[("number", &task.number)]);
                self.tap(step(task, Kind::TaskStart, None), &what).await?;
            }
        }
        if twist != Twist::NotDone {
            self.fill(task).await?;
            let what = fill(&texts.closes, &[("number", &task.number)]);
            self.tap(step(task, Kind::TaskClose, None), &what).await?;
        }
        if offline { self.come_online().await } else { Ok(()) }
    }

    async fn fill(&mut self, task: &TaskShown) -> Result<()> {
        let texts = self.stage.texts;
        let filled = filled(self.company.form, texts, self.taps as usize);
        let rows = filled.answers.iter().filter_map(|answer| answer.rows.as_ref()).map(Vec::len).sum();
        let rows = count(&texts.counts.rows, rows);
        let values: [(&str, &dyn std::fmt::Display); 3] =
            [("form", &texts.company.form), ("number", &task.number), ("rows", &rows)];
        let deed = Deed::Form { task: task.id, filled, photo: "photo".to_owned() };
        self.tap(deed, &fill(&texts.fills, &values)).await
    }

    async fn cannot(&mut self, task: &TaskShown) -> Result<()> {
        let (texts, words) = (self.stage.texts, &self.stage.texts.company);
        let text = words.message.clone();
        let message = self.order(Deed::Message { task: task.id, text });
        self.handset.ask(&message).await?;
        let what = fill(&texts.cannot, &[("number", &task.number), ("reason", &words.reason)]);
        self.tap(step(task, Kind::TaskNotDone, Some(words.reason.clone())), &what).await
    }

    /// The app dies while a tap is being written. Tapping again, with the same intent, leaves one entry.
    async fn killed(&mut self, task: &TaskShown) -> Result<()> {
        let texts = self.stage.texts;
        let order = self.order(step(task, Kind::TaskStart, None));
        self.handset.killed_while(&order).await?;
        self.say(Tone::Trouble, &fill(&texts.killed, &[("number", &task.number)]));
        self.stage.pause(STEP_S / 2.0).await;
        let before = self.handset.ask(&Order::Look).await?;
        anyhow::ensure!(before.in_session, "the session was lost with the app");
        let once = self.handset.ask(&order).await?;
        let again = self.handset.ask(&order).await?;
        anyhow::ensure!(once.unsent_entries == again.unsent_entries, "one tap made two entries");
        let entries = count(&texts.counts.entries, again.unsent_entries);
        self.say(Tone::Good, &fill(&texts.restarted, &[("entries", &entries)]));
        self.stage.pause(STEP_S).await;
        Ok(())
    }

    async fn come_online(&mut self) -> Result<()> {
        let texts = self.stage.texts;
        let held = self.handset.ask(&Order::Look).await?;
        let mut shown = self.handset.ask(&Order::Network { online: true }).await?;
        for _ in 0..SYNCS {
            shown = self.handset.ask(&Order::Sync).await?;
            if shown.unsent_entries + shown.unsent_files == 0 {
                break;
            }
        }
        let done = shown.unsent_entries + shown.unsent_files == 0;
        let (text, tone, number) = if done {
            (&texts.comes_online, Tone::Good, &held)
        } else {
            (&texts.comes_online_busy, Tone::Plain, &shown)
        };
        let entries = count(&texts.counts.entries, number.unsent_entries);
        let photos = count(&texts.counts.photos, number.unsent_files);
        self.say(tone, &fill(text, &[("entries", &entries), ("photos", &photos)]));
        Ok(())
    }

    /// Taps, says so, and takes the time that it takes.
    async fn tap(&mut self, deed: Deed, what: &str) -> Result<()> {
        let order = self.order(deed);
        self.handset.ask(&order).await?;
        self.say(Tone::Plain, what);
        self.stage.pause(STEP_S).await;
        Ok(())
    }

    fn order(&mut self, deed: Deed) -> Order {
        self.taps += 1;
        let intent = format!("{}-{}", self.technician.number, self.taps);
        Order::Capture { intent, deed, place: self.place.clone() }
    }

    fn say(&self, tone: Tone, what: &str) {
        self.stage.screen.say(Who::Worker(&self.technician.name), tone, what);
    }
}

/// The first tasks show everything, one thing each; later ones come as by chance, and are the same in every run.
fn twist(technician: usize, shift: usize, round: usize) -> Twist {
    match (technician, shift, round) {
        (0, 0, 0) => Twist::Offline,
        (1, 0, 0) => Twist::Killed,
        (3, 0, 0) => Twist::NotDone,
        _ => match (technician * 3 + shift * 5 + round * 7) % 13 {
            1 | 4 | 11 => Twist::Offline,
            9 => Twist::Killed,
            12 => Twist::NotDone,
            _ => Twist::None,
        },
    }
}

fn step(task: &TaskShown, kind: Kind, reason: Option<String>) -> Deed {
    Deed::Step { task: task.id, step: kind.name().to_owned(), reason }
}

fn described(task: &TaskShown) -> String {
    let words = [&task.description, &task.customer];
    let words: Vec<_> = words.into_iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    if words.is_empty() {
        return task.number.clone();
    }
    short(&format!("{} · {}", task.number, words.join(" · ")), 60)
}

/// A form with a table, a photo and an empty value.
fn filled(form: Uuid, texts: &Texts, seed: usize) -> FilledForm {
    let answer = FieldAnswer::new;
    let parts = &texts.company.parts;
    let row = |index: usize| {
        let part = parts.get((seed + index) % parts.len().max(1)).map(String::as_str);
        vec![answer("part", part), answer("count", Some(&(index + 1).to_string()))]
    };
    let rows = (0..=seed % 3).map(row).collect();
    let table = FieldAnswer { rows: Some(rows), ..answer("parts", None) };
    FilledForm { form, version: 1, answers: vec![answer("comment", Some("")), answer("photo", None), table] }
}
