//! What is noted of a request while it is worked on, for the log of calls: who calls, and by which name of its own.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::http::Extensions;

use crate::access::{Caller, Principal};

/// What is noted of one request. As an extension of the request it is shared by all that see it.
#[derive(Debug, Clone, Default)]
pub struct Noted(Arc<Mutex<Told>>);

/// What was told so far.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// Who calls: the account and the principal
    pub caller: Option<(i64, Principal)>,
    /// From which address
    pub address: Option<IpAddr>,
    /// The name of what is called, where it is not the path alone, such as a method of SOAP
    pub method: Option<String>,
    /// What became of it, where the status does not say so
    pub code: Option<String>,
}

impl Noted {
    /// Notes who calls a request, if it is noted at all.
    pub fn caller(extensions: &Extensions, caller: &Caller, address: Option<IpAddr>) {
        if let Some(noted) = extensions.get::<Self>() {
            let mut told = noted.lock();
            told.caller = Some((caller.account, caller.principal));
            told.address = address;
        }
    }

    /// Notes something else.
    pub fn tell(&self, tell: impl FnOnce(&mut Told)) {
        tell(&mut self.lock());
    }

    /// What was told so far.
    pub fn told(&self) -> Told {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Told> {
        // Nothing panics while the lock is held
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
