//! A lane of the road: the machine of one enrolment, and what is under way for it.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::task::{JoinError, JoinSet};
use uuid::Uuid;

use crate::{
    machine::{Machine, book::Book, event::Event},
    store::{Store, failure::Result},
};

/// What goes on by itself until it has a result.
pub(super) type Under<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// One enrolment. They do not wait for each other.
pub(super) struct Lane {
    /// The installation of an earlier enrolment, none for the current one
    pub(super) earlier: Option<Uuid>,
    pub(super) machine: Machine,
    /// The exchange or upload under way: a task of its own, which goes on while the store writes
    pub(super) sent: JoinSet<Event>,
    pub(super) timer: Option<Under<()>>,
}

impl Lane {
    /// The lane of the current enrolment.
    pub(super) fn current(book: Book) -> Self {
        Self { earlier: None, machine: Machine::new(book), sent: JoinSet::new(), timer: None }
    }

    /// The lanes of the earlier enrolments of which something is left.
    pub(super) fn of_earlier(store: &Store) -> Result<Vec<Self>> {
        let lane = |installation| {
            let book = store.book_of_earlier(installation)?;
            Ok(Self { earlier: Some(installation), ..Self::current(book) })
        };
        store.earlier_enrolments()?.into_iter().map(|enrolment| lane(enrolment.installation)).collect()
    }

    /// True when this is an earlier enrolment and nothing of it is left to hand in.
    pub(super) fn is_over(&self) -> bool {
        let book = self.machine.book();
        self.earlier.is_some() && !self.machine.is_busy() && book.outbox.is_empty() && book.files.is_empty()
    }

    /// Lets what was begun go on by itself, in place of what went on before.
    pub(super) fn begin(&mut self, under: Under<Event>) {
        self.sent.abort_all();
        self.sent.spawn(under);
    }

    /// Gives up what is under way, and the timer.
    pub(super) fn give_up(&mut self) {
        self.sent.abort_all();
        self.timer = None;
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Event> {
        while let Poll::Ready(Some(come)) = self.sent.poll_join_next(context) {
            if let Some(event) = event_of(come) {
                return Poll::Ready(event);
            }
        }
        if let Some(timer) = &mut self.timer
            && timer.as_mut().poll(context).is_ready()
        {
            self.timer = None;
            return Poll::Ready(Event::TimerFired);
        }
        Poll::Pending
    }
}

/// What happens next in one of the lanes, and in which; waits for ever while nothing is under way. Dropping it loses
/// nothing.
pub(super) async fn next(lanes: &mut [Lane]) -> (usize, Event) {
    poll_fn(|context| {
        for (index, lane) in lanes.iter_mut().enumerate() {
            if let Poll::Ready(event) = lane.poll(context) {
                return Poll::Ready((index, event));
            }
        }
        Poll::Pending
    })
    .await
}

/// What came of an exchange or an upload; nothing of one that was given up.
fn event_of(come: Result<Event, JoinError>) -> Option<Event> {
    match come {
        Ok(event) => Some(event),
        Err(error) if error.is_cancelled() => None,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
