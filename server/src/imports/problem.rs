//! What keeps a whole file from being imported, as it is stored and shown.

use std::collections::BTreeMap;

use campo_spreadsheets::Unreadable;
use serde::{Deserialize, Serialize};

use crate::{
    problem::{Code, Problem, ProblemShown, Result},
    texts::Language,
};

/// The parameters that such problems have.
const PARAMETERS: [&str; 19] = [
    "file",
    "found",
    "what",
    "limit",
    "sheet",
    "headings",
    "permission",
    "row",
    "save_as",
    "rows",
    "columns",
    "cells",
    "characters",
    "megabytes",
    "memory",
    "seconds",
    "parts",
    "count",
    "managed",
];

#[derive(Serialize, Deserialize)]
struct Stored {
    code: String,
    parameters: BTreeMap<String, String>,
}

/// The problem of a file that cannot be read.
pub(super) fn unreadable(unreadable: Unreadable, file: &str) -> Problem {
    let problem = match unreadable {
        Unreadable::Empty => Problem::new(Code::FileEmpty),
        Unreadable::NotASpreadsheet(found) => {
            let problem = Problem::new(Code::NotASpreadsheet);
            match &*found {
                "binary" => problem,
                "XLSB" | "MHTML" => problem.with("found", &found).with("save_as", "xlsx"),
                found => problem.with("found", found),
            }
        }
        Unreadable::PasswordProtected => Problem::new(Code::FilePasswordProtected),
        Unreadable::Damaged(reason) => {
            // The words of a library, for whoever runs the server
            tracing::info!(reason, "a damaged file was handed in");
            Problem::new(Code::FileDamaged)
        }
        Unreadable::TooLarge { what, limit } => {
            // In words people know: of each kind of bound its own sentence
            let (name, limit) = match &*what {
                "rows" => ("rows", limit),
                "columns" => ("columns", limit),
                "cells" => ("cells", limit),
                "characters_of_one_cell" => ("characters", limit),
                "bytes_of_text" | "unpacked_bytes" => ("megabytes", limit / (1024 * 1024)),
                _ => ("parts", limit),
            };
            Problem::new(Code::SpreadsheetTooLarge).with("what", what).with(name, limit)
        }
        Unreadable::NoSuchSheet(sheet) => Problem::new(Code::SheetMissing).with("sheet", sheet),
        Unreadable::NoSheet => Problem::new(Code::SheetMissing),
    };
    of_file(problem, file)
}

/// Names the file.
pub(super) fn of_file(problem: Problem, file: &str) -> Problem {
    if file.is_empty() { problem } else { problem.with("file", file) }
}

/// As a run keeps it.
pub(super) fn to_stored(problem: &Problem) -> Result<String> {
    let parameters = PARAMETERS
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), problem.parameter(name)?.to_owned())))
        .collect();
    let stored = Stored { code: problem.code().name().to_owned(), parameters };
    serde_json::to_string(&stored).map_err(Problem::internal)
}

/// As it was before a run kept it. A code of a newer release is a fault of ours.
pub(super) fn from_stored(stored: &str) -> Result<Problem> {
    let stored: Stored = serde_json::from_str(stored).map_err(Problem::internal)?;
    let code = Code::ALL.iter().copied().find(|code| code.name() == stored.code).unwrap_or(Code::Internal);
    let known = PARAMETERS.iter().filter_map(|name| Some((*name, stored.parameters.get(*name)?)));
    Ok(known.fold(Problem::new(code), |problem, (name, value)| problem.with(name, value)))
}

/// As people read it.
pub(super) fn shown(stored: &str, language: Language) -> Result<ProblemShown> {
    Ok(from_stored(stored)?.shown(language, None))
}

/// True where a person can answer what keeps the file from being imported, by mapping it anew.
pub(super) const fn is_open_question(code: Code) -> bool {
    matches!(code, Code::HeadingsMissing | Code::HeadingsAmbiguous | Code::SheetMissing)
}
