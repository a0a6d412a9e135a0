//! The table that people read and the file that programs read.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::Result;
use serde::Serialize;

use crate::stage::Kind;

/// What was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Figure {
    /// What it says
    pub(crate) name: String,
    /// On which database
    pub(crate) database: Kind,
    /// Of the values
    pub(crate) unit: &'static str,
    /// What stands beside it
    pub(crate) beside: &'static str,
    /// For the median ratio
    #[serde(skip)]
    pub(crate) goal: Option<Goal>,
    /// The pairs
    pub(crate) rounds: Vec<Round>,
}

/// What the median of the ratios should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Goal {
    /// This or more
    AtLeast(f64),
    /// This or less
    AtMost(f64),
}

/// One pair.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Round {
    /// What is asked
    pub(crate) measured: Side,
    /// With what it is compared
    pub(crate) beside: Side,
    /// Mean entries in a group, where both sides have the same
    pub(crate) group: Option<f64>,
}

/// One half of a pair.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Side {
    /// In the figure's unit
    pub(crate) value: f64,
    /// CPU seconds of this process and of the database's
    pub(crate) cpu_s: Option<f64>,
}

impl Figure {
    /// Measured over beside, sorted.
    fn ratios(&self) -> Vec<f64> {
        let mut ratios: Vec<f64> =
            self.rounds.iter().map(|round| round.measured.value / round.beside.value).collect();
        ratios.sort_by(f64::total_cmp);
        ratios
    }

    /// False when there is a goal and the median misses it.
    pub(crate) fn is_met(&self) -> bool {
        let ratio = median(self.ratios());
        match self.goal {
            Some(Goal::AtLeast(goal)) => ratio >= goal,
            Some(Goal::AtMost(goal)) => ratio <= goal,
            None => true,
        }
    }

    fn verdict(&self) -> String {
        match self.goal {
            None => "-".to_owned(),
            Some(Goal::AtLeast(goal)) if self.is_met() => format!(">= {goal:.2} ok"),
            Some(Goal::AtLeast(goal)) => format!(">= {goal:.2} BELOW ITS GOAL"),
            Some(Goal::AtMost(goal)) if self.is_met() => format!("<= {goal:.2} ok"),
            Some(Goal::AtMost(goal)) => format!("<= {goal:.2} OVER ITS GOAL"),
        }
    }

    /// One line of the table.
    pub(crate) fn line(&self) -> String {
        let side = |side: fn(&Round) -> Side| {
            let value = median(self.rounds.iter().map(|round| side(round).value).collect());
            let decimals = if self.unit == "ms" { 2 } else { 0 };
            let cpu = self.rounds.iter().filter_map(|round| side(round).cpu_s).collect::<Vec<_>>();
            let cpu = if cpu.is_empty() { "-".to_owned() } else { format!("{:.2}", median(cpu)) };
            (format!("{value:.decimals$}"), cpu)
        };
        let (measured, measured_cpu) = side(|round| round.measured);
        let (beside, beside_cpu) = side(|round| round.beside);
        let ratios = self.ratios();
        let group = self.rounds.iter().filter_map(|round| round.group).collect::<Vec<_>>();
        let group = if group.is_empty() { "-".to_owned() } else { format!("{:.0}", median(group)) };
        let (least, most) = (ratios.first().unwrap_or(&0.0), ratios.last().unwrap_or(&0.0));
        format!(
            "{:<46} {:<10} {measured:>9} {:<9} {beside:>9} {:<11} {:.2} ({least:.2}-{most:.2})  {measured_cpu:>5} {beside_cpu:>6} {group:>5}  {}",
            self.name,
            self.database.name(),
            self.unit,
            self.beside,
            median(ratios.clone()),
            self.verdict(),
        )
    }
}

/// The heading of the table.
pub(crate) fn heading() -> String {
    format!(
        "{:<46} {:<10} {:>9} {:<9} {:>9} {:<11} {:<17} {:>5} {:>6} {:>5}  {}",
        "figure",
        "database",
        "measured",
        "unit",
        "beside",
        "which is",
        "ratio (min-max)",
        "CPU s",
        "beside",
        "group",
        "goal"
    )
}

/// Writes all of it for programs.
pub(crate) fn write(figures: &[Figure], file: &Path) -> Result<()> {
    #[derive(Serialize)]
    struct Whole<'a> {
        ratio: f64,
        goal: String,
        is_met: bool,
        #[serde(flatten)]
        figure: &'a Figure,
    }
    let whole: Vec<Whole<'_>> = figures
        .iter()
        .map(|figure| Whole {
            ratio: median(figure.ratios()),
            goal: figure.verdict(),
            is_met: figure.is_met(),
            figure,
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&whole)?;
    writeln!(text)?;
    fs::write(file, text)?;
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
