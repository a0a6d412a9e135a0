//! Imports: a customer's spreadsheet becomes tasks, points of interest or other objects, by a saved template.
//!
//! The road of a file: [`upload`] stores it with a run and a job; the job first stages every row, and only
//! when the whole file could be read does it apply them, some hundreds in a transaction, each with its outcome.
//! Killed anywhere, it goes on at the next row that has none. `plan` makes a document of a row and is pure.

mod acted;
mod apply;
mod catalogue;
mod columns;
mod dates;
mod days;
mod draft;
mod drafts;
mod field_list;
mod fields;
mod makes;
mod outcome_file;
mod plan;
mod polygon;
mod preview;
mod problem;
mod reading;
mod revive;
mod routes;
mod rows;
mod run;
mod sample;
mod sift;
mod stage;
pub mod start;
mod suggest;
mod template;
mod template_routes;
mod template_version;
mod unattended;
mod upload;
mod value;
mod withdraw;
mod work;

pub use draft::TemplateDraft;
pub use drafts::sweep;
pub(crate) use drafts::{Arrived, DraftShown, open as open_draft};
pub(crate) use field_list::all as fields_shown;
pub(crate) use makes::Makes;
pub use plan::fault::RowFault;
pub use reading::{Broken, Reader, Readers, whole as whole_table};
pub use routes::routes;
pub use rows::{ImportRow, RowFaultShown, RowOutcome, list as rows};
pub use run::{ImportRun, RunState, UsedTemplate, get, list, stop};
pub use start::needs;
pub use template::{Template, create as create_template, ensure as ensure_template, used as used_template};
pub use unattended::{
    Start, open_question, prepare, problem_to_stored, refused_rows, start_stored, stored_problem,
    stored_problem_shown,
};
pub use upload::{Upload, Uploaded, upload};
pub use withdraw::state::{WithdrawalState, Withdrawals};
pub use work::JOB;
