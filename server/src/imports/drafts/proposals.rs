//! What a column may fill: why, and how sure that is.

use std::collections::BTreeSet;

use campo_protocol::model::MAX_CODE;
use serde::Serialize;
use utoipa::ToSchema;

use super::analysis::{Analysis, Facts};
use crate::{
    imports::{
        columns::{self, folded},
        draft::Column,
        field_list, fields,
        makes::Makes,
        suggest,
    },
    texts::Language,
};

/// A proposal for a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ImportProposal)]
pub(super) struct Proposal {
    /// The field
    pub field: String,
    /// Why
    pub why: ProposalWhy,
    /// The same for people
    pub message: String,
    /// `sure` or `likely`
    pub how_sure: String,
}

/// Why a column may fill a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportProposalWhy)]
pub(super) enum ProposalWhy {
    /// An import template of the account maps this heading so
    MappedBefore,
    /// The heading is the name of the field
    Name,
    /// Headings like this one usually mean the field
    Synonym,
    /// The heading is written nearly like one that usually means the field
    Similar,
    /// The values look like it
    Looks,
    /// It is another column of a look-up table, kept under its heading
    OwnColumn,
}

impl ProposalWhy {
    const fn is_sure(self) -> bool {
        matches!(self, Self::MappedBefore | Self::Name | Self::Synonym | Self::OwnColumn)
    }

    const fn message(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::MappedBefore, Language::Spanish) => "Una planilla de esta empresa lo lee así.",
            (Self::MappedBefore, Language::English) => "A template of this company reads it so.",
            (Self::Name, Language::Spanish) => "El encabezado es el nombre del campo.",
            (Self::Name, Language::English) => "The heading is the name of the field.",
            (Self::Synonym, Language::Spanish) => "Un encabezado así suele ser este campo.",
            (Self::Synonym, Language::English) => "Such a heading usually means this field.",
            (Self::Similar, Language::Spanish) => "El encabezado se parece a los de este campo.",
            (Self::Similar, Language::English) => "The heading looks like those of this field.",
            (Self::Looks, Language::Spanish) => "Los valores parecen de este campo.",
            (Self::Looks, Language::English) => "The values look like those of this field.",
            (Self::OwnColumn, Language::Spanish) => "La tabla la guarda con su encabezado.",
            (Self::OwnColumn, Language::English) => "The table keeps it under its heading.",
        }
    }
}

/// What each column of the file may fill; each field is proposed once.
pub(super) fn all(makes: Makes, analysis: &Analysis, language: Language) -> Vec<Option<Proposal>> {
    let proposal = |found: Option<(String, ProposalWhy)>| {
        let (field, why) = found?;
        let how_sure = if why.is_sure() { "sure" } else { "likely" };
        let message = why.message(language).to_owned();
        Some(Proposal { field, why, message, how_sure: how_sure.to_owned() })
    };
    found(makes, analysis).into_iter().map(proposal).collect()
}

/// The mapping of a file that nobody has mapped, of what is sure; by letters, since headings can repeat.
pub(super) fn mapping(makes: Makes, analysis: &Analysis) -> Vec<Column> {
    let column = |(index, found): (usize, Option<(String, ProposalWhy)>)| {
        let (field, _) = found.filter(|(_, why)| why.is_sure())?;
        Some(Column { letter: Some(columns::letter(index)), field, ..Column::default() })
    };
    found(makes, analysis).into_iter().enumerate().filter_map(column).collect()
}

fn found(makes: Makes, analysis: &Analysis) -> Vec<Option<(String, ProposalWhy)>> {
    let headings: Vec<String> = analysis.headings.iter().map(|heading| folded(heading)).collect();
    let named = names(makes);
    let before = |index: usize| {
        let heading = headings.get(index).filter(|heading| !heading.is_empty())?;
        let known = analysis.before.iter().find(|known| known.makes == makes && known.heading == *heading);
        known.map(|known| known.field.clone())
    };
    let name = |index: usize| {
        let heading = headings.get(index).filter(|heading| !heading.is_empty())?;
        named.iter().find(|(name, _)| name == heading).map(|(_, field)| field.clone())
    };
    let mut proposed = vec![None; analysis.columns.len()];
    let mut taken = BTreeSet::new();
    let mut propose = |why: ProposalWhy, field_of: &dyn Fn(usize, &BTreeSet<String>) -> Option<String>| {
        for (index, place) in proposed.iter_mut().enumerate() {
            if place.is_none()
                && let Some(field) = field_of(index, &taken)
                && taken.insert(field.clone())
            {
                *place = Some((field, why));
            }
        }
    };
    propose(ProposalWhy::MappedBefore, &|index, _| before(index));
    propose(ProposalWhy::Synonym, &|index, taken| suggest::usual(makes, headings.get(index)?, taken));
    propose(ProposalWhy::Name, &|index, _| name(index));
    propose(ProposalWhy::Similar, &|index, taken| suggest::similar(makes, headings.get(index)?, taken));
    propose(ProposalWhy::Looks, &|index, _| looks(makes, &analysis.columns[index]));
    propose(ProposalWhy::OwnColumn, &|index, _| own_column(makes, analysis, index));
    proposed
}

/// The names of fields as headings: in templates, and for people.
fn names(makes: Makes) -> Vec<(String, String)> {
    let own = fields::list(makes).into_iter().map(|name| (folded(&name.replace('_', " ")), name));
    let shown = Language::ALL.into_iter().flat_map(|language| field_list::all(makes, language).items);
    own.chain(shown.map(|field| (folded(&field.label), field.field))).collect()
}

/// What the values of a column look like, whatever it is called.
fn looks(makes: Makes, facts: &Facts) -> Option<String> {
    let is_mail = |text: &String| {
        text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
    };
    let field = match facts.looks() {
        "text" if !facts.samples.is_empty() && facts.samples.iter().all(is_mail) => "email",
        "date" if makes == Makes::Tasks => "start_date",
        "date" if makes == Makes::NonWorkingDays => "from_date",
        "time" if makes == Makes::Tasks => "start_time",
        "moment" if makes == Makes::Tasks => "start",
        _ => return None,
    };
    fields::field(makes, field).map(|_| field.to_owned())
}

/// A column of a look-up table that is none of its fields.
fn own_column(makes: Makes, analysis: &Analysis, index: usize) -> Option<String> {
    let heading = analysis.headings.get(index)?.trim();
    let is_name = !heading.is_empty() && heading.chars().count() <= MAX_CODE;
    let is_own = makes == Makes::CatalogueItems && is_name && analysis.columns[index].filled > 0;
    is_own.then(|| format!("custom.{heading}"))
}

#[cfg(test)]
mod tests {
    use super::{super::analysis::Before, *};

    #[test]
    fn each_proposal_says_why() {
        let facts = |samples: &[&str], dates: i64| Facts {
            samples: samples.iter().map(|sample| (*sample).to_owned()).collect(),
            filled: 3,
            dates,
            ..Facts::default()
        };
        let headings = ["OT", "Color", "Descripción:", "external number", "Telefno", "X1", "Cuándo", "Nada"];
        let mut analysis = Analysis {
            headings: headings.map(str::to_owned).to_vec(),
            columns: vec![facts(&["a"], 0); 8],
            before: vec![Before {
                makes: Makes::Tasks,
                heading: "color".to_owned(),
                field: "custom.COLOR".to_owned(),
            }],
            ..Analysis::default()
        };
        analysis.columns[5] = facts(&["ana@example.com", "b@example.pe"], 0);
        analysis.columns[6] = facts(&[], 3);
        let found: Vec<_> = all(Makes::Tasks, &analysis, Language::Spanish)
            .into_iter()
            .map(|proposal| proposal.map(|one| (one.field, one.why)))
            .collect();
        let expected = [
            Some(("external_number", ProposalWhy::Synonym)),
            Some(("custom.COLOR", ProposalWhy::MappedBefore)),
            Some(("description", ProposalWhy::Synonym)),
            // Another column is that already
            None,
            Some(("phone1", ProposalWhy::Similar)),
            Some(("email", ProposalWhy::Looks)),
            Some(("start_date", ProposalWhy::Looks)),
            None,
        ];
        assert_eq!(found, expected.map(|one| one.map(|(field, why)| (field.to_owned(), why))));
        let mapped: Vec<_> =
            mapping(Makes::Tasks, &analysis).into_iter().map(|column| column.letter.unwrap()).collect();
        assert_eq!(mapped, ["A", "B", "C"], "only what is sure");
    }
}
