//! The table that people read and the file that programs read.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::Result;
use serde::Serialize;

use crate::stage::Kind;

/// What was measured.
#[derive(Debug, Clone, Serialize)]
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
    /// This or less is hoped for: to miss it is said, and fails nothing
    Hoped(f64),
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
    /// CPU seconds of the program that is measured and of the database's
    pub(crate) cpu_s: Option<f64>,
    /// CPU seconds of what makes the load, where that is a process of its own
    pub(crate) load_cpu_s: Option<f64>,
}

impl Side {
    /// A value whose CPU seconds say nothing.
    pub(crate) const fn of(value: f64) -> Self {
        Self { value, cpu_s: None, load_cpu_s: None }
    }
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
        matches!(self.goal, Some(Goal::Hoped(_))) || self.is_reached()
    }

    fn is_reached(&self) -> bool {
        let ratio = median(self.ratios());
        match self.goal {
            Some(Goal::AtLeast(goal)) => ratio >= goal,
            Some(Goal::AtMost(goal) | Goal::Hoped(goal)) => ratio <= goal,
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
            Some(Goal::Hoped(goal)) if self.is_reached() => format!("<= {goal:.2} ok"),
            Some(Goal::Hoped(goal)) => format!("<= {goal:.2} hoped for"),
        }
    }

    /// One line of the table.
    pub(crate) fn line(&self) -> String {
        let side = |side: fn(&Round) -> Side| {
            let value = median(self.rounds.iter().map(|round| side(round).value).collect());
            let decimals = match self.unit {
                "ms" => 2,
                "s" => 3,
                _ => 0,
            };
            let seconds = |of: fn(Side) -> Option<f64>| {
                let all: Vec<f64> = self.rounds.iter().filter_map(|round| of(side(round))).collect();
                (!all.is_empty()).then(|| format!("{:.2}", median(all)))
            };
            let cpu = match (seconds(|side| side.cpu_s), seconds(|side| side.load_cpu_s)) {
                (None, _) => "-".to_owned(),
                (Some(cpu), None) => cpu,
                (Some(cpu), Some(load)) => format!("{cpu}+{load}"),
            };
            (format!("{value:.decimals$}"), cpu)
        };
        let (measured, measured_cpu) = side(|round| round.measured);
        let (beside, beside_cpu) = side(|round| round.beside);
        let ratios = self.ratios();
        let group = self.rounds.iter().filter_map(|round| round.group).collect::<Vec<_>>();
        let group = if group.is_empty() { "-".to_owned() } else { format!("{:.0}", median(group)) };
        let (least, most) = (ratios.first().unwrap_or(&0.0), ratios.last().unwrap_or(&0.0));
        format!(
            "{:<46} {:<10} {measured:>9} {:<9} {beside:>9} {:<11} {:.2} ({least:.2}-{most:.2})  {measured_cpu:>9} {beside_cpu:>6} {group:>5}  {}",
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
        "{:<46} {:<10} {:>9} {:<9} {:>9} {:<11} {:<17} {:>9} {:>6} {:>5}  {}",
        "figure",
        "database",
        "measured",
        "unit",
        "beside",
        "which is",
        "ratio (min-max)",
        "CPU+load s",
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
