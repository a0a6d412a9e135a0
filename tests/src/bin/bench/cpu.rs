//! The CPU seconds of this process or of a server's, and of PostgreSQL's, from Linux's `/proc`; nothing elsewhere.

use std::fs;

use anyhow::Result;
use sqlx::{Connection as _, PgConnection};

/// Clock ticks in a second, which the kernel shows to programs as 100 on every platform that Rust has a name for.
const TICKS_PER_S: f64 = 100.0;

/// The processes whose time counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meter {
    /// Of which process; this one without it
    process: Option<u32>,
    /// PostgreSQL's first process; the others are its children
    postmaster: Option<u32>,
}

impl Meter {
    /// This process alone.
    pub(crate) fn own() -> Self {
        Self::default()
    }

    /// This process and the server at `url`, if that is on this machine.
    pub(crate) async fn with_server(url: &str) -> Result<Self> {
        let mut connection = PgConnection::connect(url).await?;
        let backend: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut connection).await?;
        let postmaster = Times::of(&backend.to_string()).map(|times| times.parent);
        connection.close().await?;
        Ok(Self { process: None, postmaster })
    }

    /// The process with this id in place of this one.
    pub(crate) fn of_process(self, id: u32) -> Self {
        Self { process: Some(id), ..self }
    }

    /// The CPU seconds that they used so far.
    pub(crate) fn seconds(&self) -> Option<f64> {
        let own = match self.process {
            Some(id) => Times::of(&id.to_string())?,
            None => Times::of("self")?,
        };
        let mut ticks = own.own_ticks;
        if let Some(postmaster) = self.postmaster {
            let first = Times::of(&postmaster.to_string())?;
            // with the children that have ended
            ticks += first.own_ticks + first.children_ticks;
            ticks += processes().filter(|times| times.parent == postmaster).map(|t| t.own_ticks).sum::<u64>();
        }
        Some(ticks as f64 / TICKS_PER_S)
    }

    /// The CPU seconds that they used since they had used so many.
    pub(crate) fn since(&self, before_s: Option<f64>) -> Option<f64> {
        self.seconds().zip(before_s).map(|(after, before)| after - before)
    }
}

struct Times {
    parent: u32,
    own_ticks: u64,
    children_ticks: u64,
}

impl Times {
    fn of(process: &str) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The name before may hold anything; after its bracket the state is field 3 of proc(5).
        let fields: Vec<&str> = text.rsplit_once(") ")?.1.split(' ').collect();
        let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
        Some(Self {
            parent: u32::try_from(number(4)?).ok()?,
            own_ticks: number(14)? + number(15)?,
            children_ticks: number(16)? + number(17)?,
        })
    }
}

fn processes() -> impl Iterator<Item = Times> {
    let names = fs::read_dir("/proc").into_iter().flatten().flatten();
    names.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        name.bytes().all(|byte| byte.is_ascii_digit()).then(|| Times::of(&name))?
    })
}
