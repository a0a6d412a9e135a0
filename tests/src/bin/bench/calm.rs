//! A calm account beside a noisy one.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use campo_server::{app::App, problem::Code};
use tokio::task::JoinSet;

use crate::{
    cast::{self, Company, Mix},
    load,
};

/// How many submissions the calm phone makes, so that four are above the 99th percentile.
pub(crate) const SUBMISSIONS: usize = 400;
const PAUSE: Duration = Duration::from_millis(20);
/// The phones of the noisy account.
pub(crate) const NOISY_PHONES: usize = 12;
/// How many submissions each of them has under way, so that together they find the queue full.
pub(crate) const AT_ONCE: usize = 100;
pub(crate) const NOISY_ENTRIES: usize = 10;

/// How long all but one in a hundred submissions of a phone take that hands in one entry every 20 ms.
pub(crate) async fn p99_ms(app: &App, company: &Company) -> Result<f64> {
    let (_, person) = cast::whose(std::slice::from_ref(company), 1, 0);
    let allowed = load::allowed(company.account, person.installation)?;
    paced_p99_ms(cast::captured(company, person, Mix::Plain, SUBMISSIONS), async |line| {
        let entries = load::incoming(app, person.installation, vec![line])?;
        Ok(app.log.submit(&allowed, entries).await.map(drop)?)
    })
    .await
}

/// How long all but one in a hundred of the calls of `take` need, one every 20 ms.
pub(crate) async fn paced_p99_ms<T>(
    items: Vec<T>,
    mut take: impl AsyncFnMut(T) -> Result<()>,
) -> Result<f64> {
    let mut waits_ms = Vec::with_capacity(items.len());
    for item in items {
        let started = Instant::now();
        take(item).await?;
        waits_ms.push(started.elapsed().as_secs_f64() * 1000.0);
        tokio::time::sleep(PAUSE.saturating_sub(started.elapsed())).await;
    }
    waits_ms.sort_by(f64::total_cmp);
    Ok(waits_ms[waits_ms.len() * 99 / 100 - 1])
}

/// An account that hands in as much as is taken from it.
#[derive(Debug)]
pub(crate) struct Noise {
    over: Arc<AtomicBool>,
    phones: JoinSet<Result<usize>>,
}

impl Noise {
    /// Starts it.
    pub(crate) fn start(app: &App, company: &Company) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let mut phones = JoinSet::new();
        for sender in 0..NOISY_PHONES * AT_ONCE {
            let (app, company, over) = (app.clone(), company.clone(), Arc::clone(&over));
            phones.spawn(async move { send(&app, &company, sender, &over).await });
        }
        Self { over, phones }
    }

    /// Ends it. An error if it was never told that it was at its limits.
    pub(crate) async fn end(mut self) -> Result<()> {
        self.over.store(true, Ordering::Relaxed);
        let mut refused = 0;
        while let Some(phone) = self.phones.join_next().await {
            refused += phone??;
        }
        ensure!(refused > 0, "it was never refused");
        Ok(())
    }
}

/// Hands in until it is over; returns how often it was refused.
async fn send(app: &App, company: &Company, sender: usize, over: &AtomicBool) -> Result<usize> {
    let (_, person) = cast::whose(std::slice::from_ref(company), 1, sender % NOISY_PHONES);
    let allowed = load::allowed(company.account, person.installation)?;
    let mut refused = 0;
    while !over.load(Ordering::Relaxed) {
        // as the exchange with phones does, before it reads a body
        let mut result = app.log.ensure_room(&allowed);
        if result.is_ok() {
            let lines = cast::captured(company, person, Mix::Plain, NOISY_ENTRIES);
            result =
                app.log.submit(&allowed, load::incoming(app, person.installation, lines)?).await.map(drop);
        }
        match result {
            Ok(()) => {}
            Err(problem) if problem.code() == Code::QueueFull => {
                refused += 1;
                // the Retry-After that it was told, and the jitter of a phone
                tokio::time::sleep(Duration::from_millis(1000 + sender as u64 % 1000)).await;
            }
            Err(problem) => return Err(problem.into()),
        }
    }
    Ok(refused)
}
