//! A try to log in: counted in this process before any work is done, and in the database once it was wrong, so that
//! whoever guesses finds every replica warned, also after a restart.

use std::net::IpAddr;

use uuid::Uuid;

use super::{guard::address_key, throttle::Throttle};
use crate::{
    app::App,
    problem::{Code, Result},
};

/// For how long an address is known from which somebody logged in, and a browser: 90 days.
pub(super) const KNOWN_US: i64 = 90 * 24 * 3600 * 1_000_000;

/// A try under way.
#[derive(Debug)]
pub struct Try<'a> {
    app: &'a App,
    taken: Vec<(&'a Throttle, String)>,
}

impl<'a> Try<'a> {
    /// A try that is counted nowhere yet.
    pub const fn begin(app: &'a App) -> Self {
        Self { app, taken: Vec::new() }
    }

    /// Counts it under a key, before it is known whether it is right. [`Code::TooManyRequests`] where too many were wrong,
    /// here or at another replica.
    pub async fn count(&mut self, throttle: &'a Throttle, key: &str) -> Result<()> {
        let environment = &self.app.environment;
        throttle.take(key, environment.monotonic_us())?;
        self.taken.push((throttle, key.to_owned()));
        let hash = self.hash(throttle, key);
        let row: Option<(i64,)> = self
            .app
            .db
            .fetch_optional(
                "select full_at_us from login_try where throttle = $1 and key_hash = $2",
                (throttle.name(), hash),
            )
            .await?;
        // A clock of another replica that is ahead bans for no longer than all tries together
        let now_us = environment.now_us();
        row.map_or(Ok(()), |(full_at_us,)| {
            throttle.allow(full_at_us.min(now_us + throttle.longest_us()), now_us)
        })
    }

    /// Counts a log-in under a name: by the address, by both, and by the name alone where it does not turn out that whoever
    /// has it logged in from there before. So nobody who guesses elsewhere keeps the others out.
    ///
    /// `used` finds the id of somebody of that name ($1) who was there ($2) not long ago (since $3).
    pub async fn count_log_in(
        &mut self,
        name: &str,
        address: Option<IpAddr>,
        used: &'static str,
    ) -> Result<()> {
        let (guards, from) = (&self.app.guards, address_key(address));
        self.count(&guards.login_addresses, &from).await?;
        self.count(&guards.login_names, &format!("{name}\0{from}")).await?;
        if !self.has_been_there(name, address, used).await? {
            self.count(&guards.login_strangers, name).await?;
        }
        Ok(())
    }

    /// Counts a log-in under a name with a browser in which somebody of that name logged in before ([`super::device`]): by
    /// both, and by nothing that others can use up.
    pub async fn count_log_in_with(&mut self, device: Uuid, name: &str) -> Result<()> {
        self.count(&self.app.guards.login_names, &format!("{name}\0{}", device.simple())).await
    }

    async fn has_been_there(&self, name: &str, address: Option<IpAddr>, used: &'static str) -> Result<bool> {
        let Some(address) = address else { return Ok(false) };
        let since_us = self.app.environment.now_us().saturating_sub(KNOWN_US);
        let found: Option<(Uuid,)> =
            self.app.db.fetch_optional(used, (name, address.to_string(), since_us)).await?;
        Ok(found.is_some())
    }

    /// Ends it: what was right costs nothing, what was wrong is known to all replicas.
    pub async fn end<T>(self, outcome: Result<T>) -> Result<T> {
        match &outcome {
            Ok(_) => self.right(),
            Err(problem)
                if matches!(
                    problem.code(),
                    Code::CredentialsWrong | Code::EnrolmentCodeInvalid | Code::LinkInvalid
                ) =>
            {
                self.wrong().await;
            }
            Err(_) => {}
        }
        outcome
    }

    /// It was right.
    pub fn right(self) {
        for (throttle, key) in self.taken {
            throttle.give_back(&key);
        }
    }

    /// It was wrong. Where that cannot be written, it stands in the memory of this process alone.
    pub async fn wrong(self) {
        if let Err(problem) = self.write().await {
            tracing::warn!(%problem, "a wrong log-in could not be noted for the other replicas");
        }
    }

    async fn write(&self) -> Result<()> {
        let now_us = self.app.environment.now_us();
        let mut transaction = self.app.log.begin_housekeeping().await?;
        for (throttle, key) in &self.taken {
            transaction
                .tx()
                .execute(
                    "insert into login_try (throttle, key_hash, full_at_us) values ($1, $2, $3) \
                     on conflict (throttle, key_hash) do update set full_at_us = \
                     case when login_try.full_at_us > $4 then login_try.full_at_us else $4 end + $5",
                    (
                        throttle.name(),
                        self.hash(throttle, key),
                        now_us + throttle.interval_us(),
                        now_us,
                        throttle.interval_us(),
                    ),
                )
                .await?;
        }
        transaction.commit().await
    }

    /// What is remembered of a key: names and addresses cannot be read from it.
    fn hash(&self, throttle: &Throttle, key: &str) -> Vec<u8> {
        self.app.secrets.token_hash(&format!("{}\0{key}", throttle.name())).to_vec()
    }
}
