//! A service that only notes whom it was asked to wake, for tests and demonstrations.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use futures_util::future::BoxFuture;

use super::{Push, Pushed, Service, Target};

/// What was asked for, by token.
#[derive(Debug)]
pub struct Recording {
    served: &'static [Service],
    /// Written by [`Push::wake`] alone
    woken: Mutex<Vec<String>>,
    /// What it answers for a token; `Taken` where nothing is said
    answers: Mutex<HashMap<String, Pushed>>,
}

impl Default for Recording {
    /// Of every service.
    fn default() -> Self {
        Self::serving(&[Service::Fcm, Service::Apns])
    }
}

impl Recording {
    /// Stands for these services alone.
    pub fn serving(served: &'static [Service]) -> Self {
        Self { served, woken: Mutex::default(), answers: Mutex::default() }
    }

    /// The tokens of all pushes since the last call, in order.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.woken.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What it answers for a token from now on.
    pub fn answer(&self, token: &str, pushed: Pushed) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(token.to_owned(), pushed);
    }
}

impl Push for Recording {
    fn served(&self) -> &[Service] {
        self.served
    }

    fn wake<'a>(&'a self, target: &'a Target) -> BoxFuture<'a, Pushed> {
        let token = target.token.reveal();
        self.woken.lock().unwrap_or_else(PoisonError::into_inner).push(token.to_owned());
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = answers.get(token).cloned().unwrap_or(Pushed::Taken);
        Box::pin(std::future::ready(answer))
    }
}
