//! What the office lets a worker capture: the kinds of entry of their profile, the statuses of the task's type, and what
//! must be there before a step. The same rules make what screens offer and what a capture refuses.

use campo_protocol::{
    entry::Kind,
    model::{Ref, State, form::FormDefinition, profile::EmployeeProfile},
    task::status::Status,
};
use uuid::Uuid;

use super::{
    documents::{TaskDocument, TypeDocument},
    task::{find, type_of},
    texts::{self, Language},
};
use crate::{
    capture::{Action, TaskStep},
    store::{Store, failure::Result},
};

/// What must be there before a step is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// A form must be filled
    Form {
        /// The form
        form: Uuid,
        /// Its name
        name: String,
    },
    /// A photo of the task must be taken
    Photo,
}

/// Why something is not captured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prohibition {
    /// Stable, in snake_case: `kind_not_allowed`, `status_not_allowed`, `form_required`, `photo_required`
    pub code: &'static str,
    /// What the worker reads
    pub text: String,
}

impl Obstacle {
    /// What the worker reads: `Terminar pide una foto.`
    pub(crate) fn text(&self, language: Language, step: &str) -> String {
        match self {
            Self::Form { name, .. } => texts::close_needs(language, step, name),
            Self::Photo => texts::needs_photo(language, step),
        }
    }
}

impl Store {
    /// Why whoever works with the phone may not capture this; none when nothing stands against it, or nobody works.
    pub(crate) fn prohibition(&self, action: &Action) -> Result<Option<Prohibition>> {
        let Some(session) = self.session()? else { return Ok(None) };
        let profile = self.profile_of(session.employee)?;
        let kind = action.kind();
        if profile.as_ref().is_some_and(|profile| !profile.allows(kind)) {
            let language = self.language()?;
            let what = match action {
                Action::Task { step, .. } => texts::step(language, *step).to_owned(),
                _ => texts::entry(language, kind.name()),
            };
            let text = texts::kind_not_allowed(language, &what);
            return Ok(Some(Prohibition { code: "kind_not_allowed", text }));
        }
        let Action::Task { task, step, .. } = action else { return Ok(None) };
        let Some(document) = find::<TaskDocument>(self.read(), "task", Some(*task))? else { return Ok(None) };
        let task_type = type_of(self.read(), &document)?;
        if !is_allowed(&task_type, *step) {
            let language = self.language()?;
            let text = texts::status_not_allowed(language, texts::step(language, *step));
            return Ok(Some(Prohibition { code: "status_not_allowed", text }));
        }
        let Some(obstacle) = self.obstacle(profile.as_ref(), *task, &task_type, *step)? else {
            return Ok(None);
        };
        let code = match obstacle {
            Obstacle::Form { .. } => "form_required",
            Obstacle::Photo => "photo_required",
        };
        let language = self.language()?;
        Ok(Some(Prohibition { code, text: obstacle.text(language, texts::step(language, *step)) }))
    }

    /// What stands in the way of a step with a task.
    pub(crate) fn obstacle(
        &self,
        profile: Option<&EmployeeProfile>,
        task: Uuid,
        task_type: &TypeDocument,
        step: TaskStep,
    ) -> Result<Option<Obstacle>> {
        if step == TaskStep::Close
            && let Some((form, name)) = self.forms_missing(profile, task, task_type)?.into_iter().next()
        {
            return Ok(Some(Obstacle::Form { form, name }));
        }
        let Some(profile) = profile.filter(|profile| profile.needs_photo(step.kind())) else {
            return Ok(None);
        };
        // What nobody may take is not asked for
        let missing = profile.allows(Kind::Photo) && !self.has_photo(task)?;
        Ok(missing.then_some(Obstacle::Photo))
    }

    /// The required forms of a task that nobody filled here, by id and name. What cannot be filled here is not asked for: a
    /// form that the phone does not hold or that is out of use, or any where the profile allows none.
    pub(crate) fn forms_missing(
        &self,
        profile: Option<&EmployeeProfile>,
        task: Uuid,
        task_type: &TypeDocument,
    ) -> Result<Vec<(Uuid, String)>> {
        let mut missing = Vec::new();
        if task_type.required_forms.is_empty() || profile.is_some_and(|profile| !profile.allows(Kind::Form)) {
            return Ok(missing);
        }
        let filled = self.filled_forms(task)?;
        for id in task_type.required_forms.iter().filter_map(Ref::id).filter(|id| !filled.contains(id)) {
            let form: Option<FormDefinition> = find(self.read(), "form", Some(id))?;
            missing.extend(form.filter(|form| form.state == State::Enabled).map(|form| (id, form.name)));
        }
        Ok(missing)
    }

    /// True when a photo was taken here for a task. Those of its forms answer the forms.
    fn has_photo(&self, task: Uuid) -> Result<bool> {
        let sql = "select exists (select 1 from entry where task = ?1 and kind = 'photo' \
                   and state in ('waiting', 'settled'))";
        Ok(self.read().prepare_cached(sql)?.query_row((task.as_bytes(),), |row| row.get(0))?)
    }
}

/// True when tasks of the type may stand where the step leads.
fn is_allowed(task_type: &TypeDocument, step: TaskStep) -> bool {
    let Some(status) = Status::of_entry(step.kind()) else { return true };
    task_type.allowed_states.is_empty() || task_type.allowed_states.iter().any(|name| name == status.name())
}
