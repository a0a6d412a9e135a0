//! What planted faults do in the server, where a condition does not say it: see [`campo_protocol::planted`].

use std::{cell::RefCell, collections::HashMap, time::Duration};

use campo_protocol::planted::{Planted, is};

use crate::{database::Tx, environment::Environment, log::head::Head};

/// Commits a moment later, by the server's clock, while the receipts are on their way.
pub(crate) fn acknowledged_before_commit(tx: Tx, environment: &Environment) -> Option<Tx> {
    if !is(Planted::AcknowledgedBeforeCommit) {
        return Some(tx);
    }
    let environment = environment.clone();
    tokio::spawn(async move {
        environment.sleep(Duration::from_micros(1)).await;
        drop(tx.commit().await);
    });
    None
}

thread_local! {
    static NUMBERS: RefCell<HashMap<i64, i64>> = RefCell::default();
}

/// Goes on from where this process was the last time, whoever wrote meanwhile.
pub(crate) fn numbered_outside_lock(
    mut heads: Vec<Head>,
    submissions: impl Iterator<Item = (i64, usize)>,
) -> Vec<Head> {
    NUMBERS.with_borrow_mut(|numbers| {
        if !is(Planted::NumberedOutsideLock) {
            return numbers.clear();
        }
        let submissions: Vec<(i64, usize)> = submissions.collect();
        for head in &mut heads {
            let own = submissions.iter().filter(|(account, _)| *account == head.account);
            head.entry = numbers.get(&head.account).copied().unwrap_or(head.entry);
            let added: usize = own.map(|(_, entries)| entries).sum();
            numbers.insert(head.account, head.entry + added as i64);
        }
    });
    heads
}
