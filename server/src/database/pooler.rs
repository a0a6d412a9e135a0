//! How PostgreSQL is connected to: directly, or through a pooler that gives each transaction whichever connection is
//! free. PgBouncer refuses a connection that asks for settings at its start, and what a session sets would stay for
//! whoever gets its connection next.

use std::str::FromStr as _;

use sqlx::{Pool, Postgres, postgres::PgConnectOptions};

use super::Options;

/// A replica that hangs or lost its network within a transaction holds an account's lock until the server ends its
/// session: sooner than a lease is over, so that whoever takes its work up finds no lock of it.
const HANGING: (&str, &str) = ("idle_in_transaction_session_timeout", "20s");

/// What to connect with.
pub(super) fn connect_options(options: &Options) -> sqlx::Result<PgConnectOptions> {
    let connect = PgConnectOptions::from_str(&options.url)?.application_name("campo");
    if options.pooler {
        // Numbers are sent as they are in memory, so that the digits of their text do not matter
        return Ok(connect.extra_float_digits(None).statement_cache_capacity(0));
    }
    Ok(connect
        .options([("plan_cache_mode", "force_generic_plan"), ("jit", "off"), HANGING])
        .statement_cache_capacity(400))
}

/// How a transaction that writes begins: behind a pooler it brings the settings itself, for as long as it lasts.
pub(super) fn begin(pool: &Pool<Postgres>) -> &'static str {
    if pool.connect_options().get_options().is_some() {
        "begin"
    } else {
        "begin; set local idle_in_transaction_session_timeout = '20s'; set local jit = off"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Synchronous;

    #[test]
    fn behind_a_pooler_no_setting_is_asked_for_at_the_start() {
        for (pooler, expected) in [
            (true, None),
            (
                false,
                Some(
                    "-c plan_cache_mode=force_generic_plan -c jit=off -c idle_in_transaction_session_timeout=20s",
                ),
            ),
        ] {
            let url = "postgres://campo@localhost/campo".to_owned();
            let options = Options { url, connections: 2, pooler, synchronous: Synchronous::Full };
            assert_eq!(connect_options(&options).unwrap().get_options(), expected);
        }
    }
}
