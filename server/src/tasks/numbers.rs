//! The account's counter for task numbers.

use std::collections::HashSet;

use crate::{
    log::write::Write,
    problem::{Code, Problem, Result},
};

/// The next `count` numbers of the counter that no task has, nor `claimed` says will have. Two statements at most,
/// however many numbers customers have used: the counter goes through the gaps between them.
pub(super) async fn take(write: &mut Write, count: usize, claimed: &HashSet<i64>) -> Result<Vec<i64>> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let account = write.account();
    let last = *write.task_number_counter();
    let window = last.saturating_add(count as i64);
    let used: Vec<(i64,)> = write
        .tx()
        .fetch_all(
            "select task_number from task where account = $1 and state <> 'deleted' and task_number > $2 \
             and task_number <= $3 order by task_number",
            (account, last, window),
        )
        .await?;
    let gaps: Vec<(i64, Option<i64>)> = match used.first() {
        None => vec![(last, None)],
        Some((first,)) => {
            // Each gap has one number at least, so that many are enough whatever is claimed
            let enough = (count + claimed.len()) as i64;
            let behind: Vec<(i64, Option<i64>)> = write
                .tx()
                .fetch_all(
                    "select number, following from (select task_number as number, \
                     lead(task_number) over (order by task_number) as following from task \
                     where account = $1 and state <> 'deleted' and task_number > $2) used \
                     where following is null or following - number > 1 order by number limit $3",
                    (account, last, enough),
                )
                .await?;
            std::iter::once((last, Some(*first))).chain(behind).collect()
        }
    };
    let free: Vec<i64> = gaps
        .into_iter()
        .flat_map(|(before, behind)| before.saturating_add(1)..behind.unwrap_or(i64::MAX))
        .filter(|number| !claimed.contains(number))
        .take(count)
        .collect();
    match free.last() {
        Some(number) if free.len() == count => {
            *write.task_number_counter() = *number;
            Ok(free)
        }
        // The account has used the last number there is
        _ => Err(Problem::new(Code::Conflict).with("with", "/task_number")),
    }
}
