//! Tasks: the office part, and the state folded from entries.
//!
//! A task's state is a pure function of its entries in the order of their positions, see [`fold::fold`]. The office
//! decides with entries of its own ([`body`]), workers report, and what comes out is a [`state::TaskState`].
//!
//! # The rules
//!
//! **Who decides.** Office entries act at once, in the order of their positions. Among the workers' entries since the
//! last office decision the one with the greatest key (terminal status?, instant, entry id) gives the status, so it is
//! the same for every order of arrival. What was captured before the last office decision no longer counts.
//!
//! | entry | effect |
//! |---|---|
//! | `task.acknowledge`, `en_route`, `arrive`, `load`, `unload`, `start`, `suspend`, `close`, `not_done`, `decline`, `review`, `approval`, `custom1` … `custom4` | reports the status of [`status::Status::of_entry`]; any of them may come first |
//! | `task.end` | ends the work on site ([`state::TaskState::ended_at_us`]), leaves the status |
//! | `form`, `photo` | leave the status |
//! | `task.blocked` | leaves the status, attention `blocked_outside_radius` |
//! | `task.created` | makes the task; a second time it is noted `already_created` |
//! | `task.status_set` | sets the status whatever it was; to the status that stands it is noted `already_so` and decides nothing |
//! | `task.assigned` | replaces the whole list; a declined task with another list becomes new, which is an office decision; the same list is noted `already_so` |
//! | `task.noted` | dismisses attention for the entries it names |
//! | any other kind that names the task | belongs to another fold: applied here without effect, known task or not |
//!
//! **What an entry meets**, in the order in which it is asked:
//!
//! | situation | outcome | reason | attention |
//! |---|---|---|---|
//! | a worker's kind by the office, an office's kind by a worker | set aside | `wrong_author` | |
//! | there is no such task | set aside | `unknown_task` | |
//! | an office body that cannot be read | set aside | `body_unreadable` | |
//! | the worker never had the task | noted | `not_assigned` | yes |
//! | had it, lost it, captured it before losing it | noted | `before_reassignment` | yes |
//! | had it, lost it, captured it after losing it | noted | `former_employee` | yes |
//! | the task is a draft or canceled, captured before that | noted | `before_withdrawal` | yes |
//! | the task is a draft or canceled, captured after that | noted | `after_withdrawal` | yes |
//! | the office ended it (closed, not done, declined), captured after that | noted | `after_office_close` | yes |
//! | reports a status, captured before the last office decision | noted | `captured_before_office_decision` | yes |
//! | would be one of the last two, but reports the very status that the office chose | noted | `already_so`, or `late` when workers went on since | |
//! | the status that stands | noted | `already_so` | |
//! | not terminal, captured after a terminal one | noted | `after_end` | yes |
//! | any other status that does not have the greatest key | noted | `late` | |
//! | terminal, captured after another terminal status | as its key says | | `contradicting_end` |
//!
//! Forms, photos, ends of work and blocked attempts meet the rows up to `after_office_close`, and are applied
//! otherwise. Captured while the employee had the task means: at or after the instant of the assignment and before the
//! instant at which it ended. What was captured before any assignment of a former employee began counts as captured
//! before losing it. `transitions.md` beside this file shows the whole table.
//!
//! **What may depend on the order of arrival.** Between two office entries the whole state, attention included, is the
//! same for every order in which workers' entries arrive. Only the outcome in each entry's receipt may differ:
//! *start, suspend* are both applied when they arrive so, and the start is noted `late` when it arrives behind.
//!
//! **How many.** Since the last office decision the [`fold::MAX_REPORTS`] reports with the greatest keys count, and the
//! first of each terminal status; one that came to more than those is noted `late`. The last [`state::MAX_ATTENTION`]
//! entries are shown to the dispatcher. Within these bounds the order of arrival changes nothing; beyond them the status
//! still is that of the greatest key, and what is not shown stands in the history.
//!
//! Nothing a worker did is lost: each worker's entry on a known task is counted, and none is refused.

pub mod body;
pub mod fields;
pub mod fold;
pub mod reason;
pub mod received;
pub mod state;
pub mod status;

#[cfg(test)]
mod tests;
