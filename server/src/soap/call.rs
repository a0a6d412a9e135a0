//! One call: who calls, of which account, and what of the request was left alone.

use std::net::IpAddr;

use campo_soap::{
    description::{Kind, Method, Service},
    record::Record,
    security::Security,
    value::Value,
    xml::{self, Element, Strictness},
};

use super::{
    answer::{self, Done, Refused},
    credentials::{self, Given},
    describe::ResultCode,
    employees, imports, pois, tasks, work_orders,
};
use crate::{
    access::{Allowed, Caller, Permission, permissions::UseWebServices},
    accounts::settings::{self, Settings},
    api::noted::Noted,
    app::App,
    problem::{Code, Result},
    texts::Language,
};

/// The record of the documents of the first generation.
const DOCUMENT: &str = "CreateOrUpdateTaskRequest";

/// A request whose method is known.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) service: &'static Service,
    pub(super) method: &'static Method,
    /// The element that holds the parameters
    pub(super) operation: Element,
    pub(super) security: Option<Security>,
    /// From where it comes
    pub(super) address: Option<IpAddr>,
    /// What is noted of it for the log of calls
    pub(super) noted: Option<Noted>,
    /// In which language to answer whoever is not known
    pub(super) language: Language,
}

/// A call of somebody who may.
pub(super) struct Call<'a> {
    pub(super) app: &'a App,
    pub(super) caller: Caller,
    /// What was sent
    pub(super) parameters: Record<'a>,
    /// The zone in which times without one are meant
    pub(super) zone: String,
    pub(super) settings: Settings,
    language: Language,
    remarks: Vec<String>,
}

impl Call<'_> {
    /// The proof that the caller may.
    pub(super) fn allow<P: Permission>(&self) -> Result<Allowed<P>> {
        self.caller.allow()
    }

    /// The language of the account.
    pub(super) const fn language(&self) -> Language {
        self.language
    }

    /// Says something about a call that goes well.
    pub(super) fn remark(&mut self, name: &'static str, found: &str) {
        if self.remarks.len() < 20 {
            self.remarks.push(answer::remark(self.language, name, found));
        }
    }
}

/// Answers a request, whatever becomes of it.
pub(super) async fn answer(app: &App, asked: &Asked) -> Value {
    let (outcome, remarks, language) = attempt(app, asked).await;
    let result = answer::shaped(asked.service, asked.method, outcome, remarks, language);
    if let Some(noted) = &asked.noted {
        let code = answer::code_of(&result);
        noted.tell(|told| {
            told.method = Some(asked.method.name.to_owned());
            told.code = code;
        });
    }
    result
}

async fn attempt(app: &App, asked: &Asked) -> (Result<Done, Refused>, Vec<String>, Language) {
    let document = match document(asked) {
        Ok(document) => document,
        Err(refused) => return (Err(refused), Vec::new(), asked.language),
    };
    let (parameters, given) = parameters(asked, document.as_ref());
    let caller = credentials::caller(app, asked.address, given, asked.security.as_ref()).await;
    let call = match caller {
        Ok(caller) => {
            if let Some(noted) = &asked.noted {
                noted.tell(|told| {
                    told.caller = Some((caller.account, caller.principal));
                    told.address = asked.address;
                });
            }
            open(app, caller, parameters).await
        }
        Err(refused) => Err(refused),
    };
    match call {
        Err(refused) => (Err(refused), Vec::new(), asked.language),
        Ok(mut call) => (work(&mut call, asked.method).await, call.remarks, call.language),
    }
}

/// The document within the text of a method of the first generation.
fn document(asked: &Asked) -> Result<Option<Element>, Refused> {
    if asked.method.parameters.len() != 1 || asked.method.parameters[0].kind != Kind::Text {
        return Ok(None);
    }
    let text = asked.operation.child_text("Request").unwrap_or_default();
    let read = xml::read(text, Strictness::BareAmpersands);
    read.map(Some).map_err(|why| Refused::because(ResultCode::ValidationError, "document", why.to_string()))
}

/// The parameters of a method, and what they say of who calls.
fn parameters<'a>(asked: &'a Asked, document: Option<&'a Element>) -> (Record<'a>, Given<'a>) {
    let (service, method) = (asked.service, asked.method);
    if let Some(document) = document {
        let fields = service.record(DOCUMENT).map_or(&[][..], |record| &record.fields);
        let record = Record::new(service, fields, document);
        return (record, Given::of(document, "UserName", "Password"));
    }
    let record = Record::new(service, &method.parameters, &asked.operation);
    let request = method.parameters.first().filter(|field| matches!(field.kind, Kind::Of(_)));
    match request.and_then(|field| Some((record.record(&field.name)?, asked.operation.child(&field.name)?))) {
        Some((request, element)) => (request, Given::of(element, "UserName", "Password")),
        None => (record, Given::of(&asked.operation, "userName", "password")),
    }
}

async fn open<'a>(app: &'a App, caller: Caller, parameters: Record<'a>) -> Result<Call<'a>, Refused> {
    caller.allow::<UseWebServices>()?;
    let row: Option<(String, String)> =
        app.db.fetch_optional("select zone, language from account where id = $1", (caller.account,)).await?;
    let (zone, language) = row.ok_or(Code::NotFound)?;
    let language = if language == Language::Spanish.tag() { Language::Spanish } else { Language::English };
    let settings = settings::read(&app.db, caller.account).await?;
    Ok(Call { app, caller, parameters, zone, settings, language, remarks: Vec::new() })
}

/// Does what is asked. Each method of the description stands here; a test walks them.
async fn work(call: &mut Call<'_>, method: &Method) -> Result<Done, Refused> {
    match method.name {
        "CreateOrUpdateTask" => tasks::save(call).await,
        "GetTaskDetails" => tasks::details(call).await,
        "UpdateTaskServiceTime" => tasks::service_time(call).await,
        "AddTaskAuditNote" => tasks::note(call).await,
        "GetTaskTypeList" => tasks::types(call).await,
        "GetTaskType" => tasks::one_type(call).await,
        "InsertOrUpdatePointOfInterest" => pois::save(call).await,
        "DeletePointOfInterest" => pois::remove(call).await,
        "InsertPointOfInterestForEmployee" => pois::link(call).await,
        "DeletePointOfInterestForEmployee" => pois::unlink(call).await,
        "GetPointOfInterestList" => pois::list(call).await,
        "GetPointOfInterestListIncludePoint" => pois::around(call).await,
        "ImportPointsOfInterest" => imports::pois(call).await,
        "DeletePointsOfInterest" => imports::delete_pois(call).await,
        "ImportGroups" => imports::groups(call).await,
        "ImportNonWorkingDays" => imports::non_working_days(call).await,
        "ImportFormDataTable" => imports::form_data_table(call).await,
        "AsyncImportResult" => imports::status(call).await,
        "AbortAsyncImport" => imports::abort(call).await,
        "GetEmployeeList" => employees::list(call).await,
        "GetMobileDeviceCurrentLocation" => employees::location(call).await,
        "CreateOrUpdateWorkOrder" => work_orders::save_flat(call).await,
        "CreateOrUpdateDynamicWorkOrder" => work_orders::save_dynamic(call).await,
        "CreateOrUpdateWorkOrderAndTasks" | "CreateOrUpdateWorkOrderWithTasks" => {
            work_orders::save_with_tasks(call).await
        }
        "Geocode" => Ok(Done::nothing()),
        _ => Err(Refused::because(ResultCode::ModuleNotSet, "module", method.name)),
    }
}
