//! The same routes for every kind.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use campo_protocol::{
    faults::Faults,
    model::{
        Ref, catalogue::CatalogueItem, employee::Employee, form::FormDefinition, group::Group,
        non_working_days::NonWorkingDays, poi::Poi, profile::EmployeeProfile, task_type::TaskType,
        work_order::WorkOrder, working_time_rules::WorkingTimeRules,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;

use super::{
    Filter, Kept, Object, Operation, Outcome, States, What, describe, edit,
    object::code_of,
    read::{self, Version},
};
use crate::{
    access::Auth,
    api::{
        edit::{Created, IfMatch, Made, Once, Versioned},
        layers,
        page::{Page, PageQuery},
        time::Instant,
    },
    app::{App, Limits},
    extract::{Json, Path, Query},
    log::write::Write,
    problem::{ProblemShown, Result},
    scheduler::Class,
    texts::Language,
};

/// The most items of a batch.
pub(super) const MAX_ITEMS: usize = 500;

/// The routes of every kind.
pub fn routes(limits: &Limits) -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(of_kind::<CatalogueItem>(limits))
        .merge(of_kind::<Employee>(limits))
        .merge(of_kind::<EmployeeProfile>(limits))
        .merge(of_kind::<FormDefinition>(limits))
        .merge(of_kind::<Group>(limits))
        .merge(of_kind::<NonWorkingDays>(limits))
        .merge(of_kind::<Poi>(limits))
        .merge(of_kind::<TaskType>(limits))
        .merge(of_kind::<WorkOrder>(limits))
        .merge(of_kind::<WorkingTimeRules>(limits))
}

fn of_kind<K: Kept>(limits: &Limits) -> OpenApiRouter<App> {
    let batch = layers::limit_methods(post(save_many::<K>), limits.batch_bytes);
    let one = get(one::<K>).put(replace::<K>).patch(merge::<K>).delete(remove::<K>);
    OpenApiRouter::new()
        .routes(describe::collection::<K>(get(list::<K>).post(create::<K>)))
        .routes(describe::batch::<K>(batch))
        .routes(describe::one::<K>(one))
        .routes(describe::versions::<K>(get(versions::<K>)))
}

/// What a list shows and which page of it.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// `next` of the page before
    after: Option<String>,
    /// How many items at most, 1 to 500; 100 when absent
    limit: Option<i64>,
    /// `enabled` when absent
    #[param(inline)]
    state: Option<StateFilter>,
    /// What stands directly below this one; of employees, the members of this group
    #[param(value_type = Option<String>, example = "code:NORTH")]
    parent: Option<Ref>,
    /// What stands below this one at any depth; of employees, the members of this group and of all groups below it
    #[param(value_type = Option<String>, example = "code:NORTH")]
    within: Option<Ref>,
    /// Of items of the catalogue, those of this table: `catalogue`, or the code of a table of the customer's
    table: Option<String>,
    /// The one with this code or number
    code: Option<String>,
    /// What changed behind this instant. Whoever reads regularly names the instant at which the time before began, less
    /// a minute, since clocks of servers differ
    #[param(inline)]
    changed_after: Option<Instant>,
    /// Text in name, code or number, without regard to case and accents
    q: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum StateFilter {
    /// What is in use
    Enabled,
    /// What is no longer in use
    Deleted,
    /// Both
    All,
}

impl From<StateFilter> for States {
    fn from(filter: StateFilter) -> Self {
        match filter {
            StateFilter::Enabled => Self::Enabled,
            StateFilter::Deleted => Self::Deleted,
            StateFilter::All => Self::All,
        }
    }
}

async fn list<K: Kept>(
    State(app): State<App>,
    allowed: Auth<K::View>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<Object<K>>>> {
    let ListQuery { after, limit, state, parent, within, table, code, changed_after, q } = query;
    let states = state.map(States::from).unwrap_or_default();
    let changed_after_us = changed_after.map(|instant| instant.0);
    let filter = Filter { states, parent, within, table, code, changed_after_us, search: q };
    read::list(&app.db, &allowed, &filter, &PageQuery { after, limit }).await.map(Json)
}

async fn create<K: Kept>(
    State(app): State<App>,
    allowed: Auth<K::Manage>,
    once: Once,
    Json(document): Json<Value>,
) -> Result<Created> {
    let request = (K::PATH, &document);
    let make = async |write: &mut Write| {
        let object = edit::create::<K>(write, &allowed, &document).await?;
        Ok(Made { location: object.location(), version: object.version, value: object })
    };
    once.make(&app, &allowed, &request, make).await
}

async fn one<K: Kept>(
    State(app): State<App>,
    allowed: Auth<K::View>,
    Path(reference): Path<Ref>,
) -> Result<Versioned<Object<K>>> {
    let object = read::get::<K>(&app.db, &allowed, &reference).await?;
    Ok(Versioned(object.version, object))
}

async fn replace<K: Kept>(
    State(app): State<App>,
    allowed: Auth<K::Manage>,
    Path(reference): Path<Ref>,
    expected: IfMatch,
    Json(document): Json<Value>,
) -> Result<Versioned<Object<K>>> {
    let mut write = app.log.begin(&allowed, Class::Office).await?;
    let object = edit::replace::<K>(&mut write, &allowed, &reference, &expected, &document).await?;
    write.commit().await?;
    Ok(Versioned(object.version, object))
}

async fn merge<K: Kept>(
    State(app): State<App>,
    allowed: Auth<K::Manage>,
    Path(reference): Path<Ref>,
    expected: IfMatch,
    Json(patch): Json<Value>,
) -> Result<Versioned<Object<K>>> {
    let mut write = app.log.begin(&allowed, Class::Office).await?;
    let object = edit::merge::<K>(&mut write, &allowed, &reference, &expected, &patch).await?;
    write.commit().await?;
    Ok(Versioned(object.version, object))
}

async fn remove<K: Kept>(
    State(app): State<App>,
    allowed: Auth<K::Manage>,
    Path(reference): Path<Ref>,
    expected: IfMatch,
) -> Result<StatusCode> {
    let mut write = app.log.begin(&allowed, Class::Office).await?;
    edit::remove::<K>(&mut write, &allowed, &reference, &expected).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn versions<K: Kept>(
    State(app): State<App>,
    allowed: Auth<K::View>,
    Path(reference): Path<Ref>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Version>>> {
    read::versions::<K>(&app.db, &allowed, &reference, &page).await.map(Json)
}

/// Many objects at once.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Batch {
    /// What to do with the items, `auto_select` when absent
    #[serde(default)]
    operation: Operation,
    /// The objects, at most 500, each with its code or number. One that exists is changed as by a merge patch
    #[schema(value_type = Vec<Object>)]
    items: Vec<Value>,
}

/// What became of the items, in their order.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BatchAnswer {
    /// One for each item
    items: Vec<ItemShown>,
}

/// What became of an item.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = BatchItem)]
pub(super) struct ItemShown {
    /// Its code or number, if it named one
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// What became of it; absent when it was refused
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<What>,
    /// The object's id
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    /// The object's version
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    /// Why it was refused; fields are those of the item
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemShown>,
}

async fn save_many<K: Kept>(
    State(app): State<App>,
    allowed: Auth<K::Manage>,
    once: Once,
    headers: HeaderMap,
    Json(batch): Json<Batch>,
) -> Result<Response> {
    check_count(&batch)?;
    let request = (K::PATH, &batch);
    let language = Language::of(&headers);
    let save = async |write: &mut Write| {
        let outcomes = edit::save_many::<K>(write, &allowed, batch.operation, &batch.items).await?;
        Ok(Made::answer(shown(&batch, outcomes, language)))
    };
    Ok(Json(once.make(&app, &allowed, &request, save).await?.body).into_response())
}

fn check_count(batch: &Batch) -> Result<()> {
    let mut faults = Faults::default();
    faults.check_count("/items", batch.items.len(), MAX_ITEMS);
    Ok(faults.into_result()?)
}

fn shown<K: Kept>(batch: &Batch, outcomes: Vec<Outcome<K>>, language: Language) -> BatchAnswer {
    let item = |(item, outcome): (&Value, Outcome<K>)| {
        let code = code_of::<K>(item);
        match outcome {
            Ok(saved) => ItemShown {
                code,
                outcome: Some(saved.what),
                id: Some(saved.object.id),
                version: Some(saved.object.version),
                problem: None,
            },
            Err(problem) => {
                ItemShown { code, problem: Some(problem.shown(language, None)), ..ItemShown::default() }
            }
        }
    };
    BatchAnswer { items: batch.items.iter().zip(outcomes).map(item).collect() }
}
