//! Drafts as they are kept.

use campo_protocol::model::Ref;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use super::analysis::Analysis;
use crate::{
    database::{Db, Tx},
    imports::{draft::TemplateDraft, makes::Makes},
    problem::{Code, Problem, Result},
};

/// How long a draft is kept: 7 days.
pub(super) const KEPT_US: i64 = 7 * 24 * 3600 * 1_000_000;

/// A row of `import_draft`.
#[derive(Debug, Clone, FromRow)]
pub(super) struct DraftRow {
    pub(super) id: Uuid,
    pub(super) version: i64,
    pub(super) state: String,
    pub(super) file_name: String,
    pub(super) size_bytes: i64,
    pub(super) received_bytes: i64,
    pub(super) hash: Option<Vec<u8>>,
    pub(super) mapping: String,
    pub(super) template: Option<Uuid>,
    pub(super) template_version: Option<i64>,
    pub(super) analysis: Option<String>,
    pub(super) problem: Option<String>,
    pub(super) run: Option<Uuid>,
    pub(super) trial: Option<Uuid>,
    pub(super) trial_version: Option<i64>,
    pub(super) author: String,
    pub(super) author_id: Option<Uuid>,
    pub(super) created_us: i64,
    pub(super) updated_us: i64,
    pub(super) expires_us: i64,
    /// True when whoever uploads the file said what its rows become
    pub(super) makes_given: bool,
}

const ONE: &str = "select id, version, state, file_name, size_bytes, received_bytes, hash, mapping, template, \
                   template_version, analysis, problem, run, trial, trial_version, author, author_id, created_us, \
                   updated_us, expires_us, makes_given from import_draft where account = $1 and id = $2 and expires_us > $3";

impl DraftRow {
    pub(super) async fn load(db: &Db, account: i64, id: Uuid, now_us: i64) -> Result<Self> {
        let row: Option<Self> = db.fetch_optional(ONE, (account, id, now_us)).await?;
        row.ok_or_else(|| Code::NotFound.into())
    }

    pub(super) async fn locked(tx: &mut Tx, account: i64, id: Uuid, now_us: i64) -> Result<Self> {
        let row: Option<Self> = tx.fetch_optional(ONE, (account, id, now_us)).await?;
        row.ok_or_else(|| Code::NotFound.into())
    }

    /// The mapping as an import runs by it: below the heading row that was found, where none was chosen.
    pub(super) fn settled(&self) -> Result<TemplateDraft> {
        let mut mapping = self.mapping()?;
        if self.template.is_none() && mapping.heading_row.is_none() {
            mapping.heading_row = self.analysis()?.map(|analysis| analysis.heading_row);
        }
        Ok(mapping)
    }

    pub(super) fn mapping(&self) -> Result<TemplateDraft> {
        serde_json::from_str(&self.mapping).map_err(Problem::internal)
    }

    pub(super) fn analysis(&self) -> Result<Option<Analysis>> {
        self.analysis.as_deref().map(serde_json::from_str).transpose().map_err(Problem::internal)
    }

    /// Refuses what was started, or is not there whole.
    pub(super) fn must_be_ready(&self) -> Result<()> {
        if self.state == "ready" { Ok(()) } else { Err(Problem::new(Code::Conflict).with("with", "state")) }
    }
}

/// What is said of a file that is to be uploaded.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) file_name: String,
    pub(super) makes: Option<Makes>,
    pub(super) template: Option<Ref>,
}
