//! What a file leaves open: the order of day and month, and the sign before fractions, where the column does not say.

use serde::Serialize;
use utoipa::ToSchema;

use super::analysis::{Analysis, Facts};
use crate::{
    imports::{
        columns,
        draft::{Column, DateOrder, TemplateDraft},
        fields::{self, Kind},
    },
    texts::Language,
};

/// A question that must be answered before a draft can be started.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ImportQuestion)]
pub(super) struct Question {
    /// By this name `answers` answers it
    pub id: String,
    /// What is asked
    pub kind: QuestionKind,
    /// The letter of the column
    pub column: String,
    /// Its heading
    pub heading: String,
    /// The question in words
    pub message: String,
    /// What can be answered
    pub choices: Vec<Choice>,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportQuestionKind)]
pub(super) enum QuestionKind {
    /// Whether day or month stand first
    DateOrder,
    /// Whether comma or point stand before fractions
    DecimalSign,
}

/// An answer that can be given.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ImportChoice)]
pub(super) struct Choice {
    /// The answer
    pub value: &'static str,
    /// What a value of the file is by it
    pub label: String,
    /// The cells that speak for it
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<String>,
    /// The cells that speak against it
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub against: Vec<String>,
}

const fn is_day(kind: Kind) -> bool {
    matches!(kind, Kind::Date | Kind::Moment)
}

const fn is_number(kind: Kind) -> bool {
    matches!(kind, Kind::Number | Kind::Minutes | Kind::Hours | Kind::Kilometres)
}

/// Decides what the column says by itself; what it leaves open is asked.
pub(super) fn decide(template: &mut TemplateDraft, analysis: &Analysis) {
    let makes = template.makes;
    for column in &mut template.columns {
        let Some((facts, kind)) = about(makes, column, analysis) else { continue };
        if is_day(kind) && column.date_order.is_none() {
            column.date_order = match (facts.day_first, facts.month_first) {
                (Some(_), None) => Some(DateOrder::DayMonthYear),
                (None, Some(_)) => Some(DateOrder::MonthDayYear),
                _ => None,
            };
        }
        if is_number(kind) && column.decimal_comma.is_none() {
            column.decimal_comma = match (facts.comma, facts.point) {
                (Some(_), None) => Some(true),
                (None, Some(_)) => Some(false),
                _ => None,
            };
        }
    }
}

fn about<'a>(
    makes: crate::imports::makes::Makes,
    column: &Column,
    analysis: &'a Analysis,
) -> Option<(&'a Facts, Kind)> {
    let index = column.letter.as_deref().and_then(columns::index)?;
    Some((analysis.columns.get(index)?, fields::field(makes, &column.field)?.kind))
}

/// The questions that nobody answered.
pub(super) fn open(template: &TemplateDraft, analysis: &Analysis, language: Language) -> Vec<Question> {
    let ask = |column: &Column| {
        let (facts, kind) = about(template.makes, column, analysis)?;
        let letter = column.letter.clone()?;
        let index = columns::index(&letter)?;
        let heading = analysis.headings.get(index).cloned().unwrap_or_default();
        let cell = |row: Option<i64>| row.map(|row| format!("{letter}{row}")).into_iter().collect::<Vec<_>>();
        let doubtful =
            facts.either_order.is_some() || (facts.day_first.is_some() && facts.month_first.is_some());
        if is_day(kind) && column.date_order.is_none() && doubtful {
            let example = facts.either_order.as_ref().map(|(_, text)| text.as_str()).unwrap_or_default();
            let [day_first, month_first] = days_of(example, language);
            let (first, second) = (cell(facts.day_first), cell(facts.month_first));
            return Some(Question {
                id: format!("{letter}.date_order"),
                kind: QuestionKind::DateOrder,
                message: date_message(language, &heading, example),
                choices: vec![
                    Choice {
                        value: "day_month_year",
                        label: day_first,
                        cells: first.clone(),
                        against: second.clone(),
                    },
                    Choice { value: "month_day_year", label: month_first, cells: second, against: first },
                ],
                column: letter,
                heading,
            });
        }
        let doubtful = facts.either_sign.is_some() || (facts.comma.is_some() && facts.point.is_some());
        if is_number(kind) && column.decimal_comma.is_none() && doubtful {
            let example = facts.either_sign.as_ref().map(|(_, text)| text.as_str()).unwrap_or_default();
            let (comma, point) = (cell(facts.comma), cell(facts.point));
            let by = |group: char, mark: char| example.replace(group, "").replace(mark, ".");
            return Some(Question {
                id: format!("{letter}.decimal_sign"),
                kind: QuestionKind::DecimalSign,
                message: sign_message(language, &heading, example),
                choices: vec![
                    Choice {
                        value: "comma",
                        label: by('.', ','),
                        cells: comma.clone(),
                        against: point.clone(),
                    },
                    Choice { value: "point", label: by(',', '.'), cells: point, against: comma },
                ],
                column: letter,
                heading,
            });
        }
        None
    };
    template.columns.iter().filter_map(ask).collect()
}

fn date_message(language: Language, heading: &str, example: &str) -> String {
    match language {
        Language::Spanish => format!("En «{heading}», ¿qué día es «{example}»?"),
        Language::English => format!("In “{heading}”, which day is “{example}”?"),
    }
}

fn sign_message(language: Language, heading: &str, example: &str) -> String {
    match language {
        Language::Spanish => format!("En «{heading}», ¿qué número es «{example}»?"),
        Language::English => format!("In “{heading}”, which number is “{example}”?"),
    }
}

/// A day in words, the day first and the month first.
fn days_of(example: &str, language: Language) -> [String; 2] {
    const SPANISH: [&str; 12] = [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ];
    const ENGLISH: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let day = example.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['/', '-', '.']).collect();
    let words = |day: &str, month: &str| {
        let index = month.parse::<usize>().ok()?.checked_sub(1)?;
        let (day, year) = (day.trim_start_matches('0'), *parts.get(2)?);
        Some(match language {
            Language::Spanish => format!("{day} de {} de {year}", SPANISH.get(index)?),
            Language::English => format!("{day} {} {year}", ENGLISH.get(index)?),
        })
    };
    let one = parts.first().copied().unwrap_or_default();
    let two = parts.get(1).copied().unwrap_or_default();
    let (day_first, month_first) = match language {
        Language::Spanish => ("primero el día", "primero el mes"),
        Language::English => ("the day first", "the month first"),
    };
    [
        words(one, two).unwrap_or_else(|| day_first.to_owned()),
        words(two, one).unwrap_or_else(|| month_first.to_owned()),
    ]
}
