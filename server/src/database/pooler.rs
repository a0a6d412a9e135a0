//! How PostgreSQL is connected to: directly, or through a pooler that gives each transaction whichever connection is
//! free. PgBouncer refuses a connection that asks for settings at its start, and what a session sets would stay for
//! whoever gets its connection next.

use std::{str::FromStr as _, sync::Arc};

use sqlx::postgres::PgConnectOptions;

use super::Options;

/// What to connect with.
pub(super) fn connect_options(options: &Options) -> sqlx::Result<PgConnectOptions> {
    let connect = PgConnectOptions::from_str(&options.url)?.application_name("campo");
    if options.pooler {
        // Numbers are sent as they are in memory, so that the digits of their text do not matter
        return Ok(connect.extra_float_digits(None).statement_cache_capacity(0));
    }
    Ok(connect
        .options([("plan_cache_mode", "force_generic_plan"), ("jit", "off")])
        .options(options.bounds.settings())
        .statement_cache_capacity(400))
}

/// The same for a session of its own whose statements take as long as they take. Behind a pooler none is bounded by its
/// session.
pub(super) fn unbounded(connect: &PgConnectOptions) -> PgConnectOptions {
    let connect = connect.clone();
    if connect.get_options().is_none() { connect } else { connect.options([("statement_timeout", "0")]) }
}

/// How a transaction that writes begins: behind a pooler it brings the settings itself, for as long as it lasts.
pub(super) fn begin(options: &Options) -> Arc<str> {
    if !options.pooler {
        return "begin".into();
    }
    let bounds = options.bounds.settings().into_iter();
    let settings = bounds.map(|(name, milliseconds)| format!("set local {name} = {milliseconds}"));
    let statements: Vec<String> =
        ["begin".to_owned(), "set local jit = off".to_owned()].into_iter().chain(settings).collect();
    statements.join("; ").into()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::database::{Bounds, Synchronous};

    #[test]
    fn behind_a_pooler_no_setting_is_asked_for_at_the_start() {
        for (pooler, at_the_start, begin_with) in [
            (
                true,
                None,
                "begin; set local jit = off; set local idle_in_transaction_session_timeout = 20000; \
                 set local statement_timeout = 25000",
            ),
            (
                false,
                Some(
                    "-c plan_cache_mode=force_generic_plan -c jit=off -c idle_in_transaction_session_timeout=20000 \
                     -c statement_timeout=25000",
                ),
                "begin",
            ),
        ] {
            let url = "postgres://campo@localhost/campo".to_owned();
            let bounds = Bounds::of_server(Duration::from_secs(30));
            let options = Options { url, connections: 2, pooler, synchronous: Synchronous::Full, bounds };
            assert_eq!(connect_options(&options).unwrap().get_options(), at_the_start);
            assert_eq!(&*begin(&options), begin_with);
            let alone = unbounded(&connect_options(&options).unwrap());
            assert_eq!(
                alone.get_options().map(|settings| settings.ends_with("-c statement_timeout=0")),
                at_the_start.map(|_| true)
            );
        }
    }
}
