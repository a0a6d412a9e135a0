//! The OpenAPI operations of a kind, made from its type as the routes are.

use axum::routing::MethodRouter;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        AllOfBuilder, ArrayBuilder, Content, KnownFormat, ObjectBuilder, Ref, RefOr, Required,
        ResponseBuilder, SchemaFormat,
        path::{HttpMethod, Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, Paths},
        request_body::RequestBodyBuilder,
        schema::{AdditionalProperties, Schema, SchemaType, Type},
        security::SecurityRequirement,
    },
};
use utoipa_axum::router::UtoipaMethodRouter;

use super::{
    Kept,
    read::Author,
    routes::{Batch, BatchAnswer, ListQuery, MAX_ITEMS},
};
use crate::{
    access::{Permission, PermissionName},
    api::{page::PageQuery, time::Instant},
    app::App,
};

const JSON: &str = "application/json";

/// The list and what creates.
pub(super) fn collection<K: Kept>(handlers: MethodRouter<App>) -> UtoipaMethodRouter<App> {
    let list = operation::<K>(&format!("list_{}", plural::<K>()), K::View::NAME)
        .summary(Some("A page of the list, sorted by name"))
        .parameters(Some(ListQuery::into_params(|| Some(ParameterIn::Query))))
        .response("200", answer("The page", page_of(&name::<K>(), "")));
    let create = operation::<K>(&format!("create_{}", K::KIND.name()), K::Manage::NAME)
        .summary(Some("Create one"))
        .parameter(header(
            "Idempotency-Key",
            "The same key with the same body has one effect",
            Required::False,
        ))
        .request_body(Some(body(JSON, schema_ref(&name::<K>()))))
        .response("201", answer("It was created; `Location` is its address", schema_ref(&kept::<K>())));
    path::<K>("", vec![(HttpMethod::Get, list), (HttpMethod::Post, create)], handlers)
}

/// What saves many.
pub(super) fn batch<K: Kept>(handlers: MethodRouter<App>) -> UtoipaMethodRouter<App> {
    let save = operation::<K>(&format!("save_{}", plural::<K>()), K::Manage::NAME)
        .summary(Some("Create or change up to 500 by their codes, each with an outcome"))
        .description(Some(
            "One that exists is changed as by a merge patch; `state` `deleted` removes it. Items may name each other \
             by code in any order. A refused item leaves the others.",
        ))
        .parameter(header("Idempotency-Key", "The same key with the same body has one effect", Required::False))
        .request_body(Some(body(JSON, schema_ref(&batch_name::<K>()))))
        .response("200", answer("What became of each", schema_ref(&BatchAnswer::name())));
    path::<K>("/batch", vec![(HttpMethod::Post, save)], handlers)
}

/// One object.
pub(super) fn one<K: Kept>(handlers: MethodRouter<App>) -> UtoipaMethodRouter<App> {
    let kind = K::KIND.name();
    let shown = || answer("The object; `ETag` is its version", schema_ref(&kept::<K>()));
    let edit = |name: &str, summary: &str| {
        operation::<K>(&format!("{name}_{kind}"), K::Manage::NAME)
            .summary(Some(summary))
            .parameter(reference())
            .parameter(header("If-Match", "The `ETag` of the version that is changed", Required::True))
    };
    let get = operation::<K>(&format!("get_{kind}"), K::View::NAME)
        .summary(Some("Read one"))
        .parameter(reference())
        .response("200", shown());
    let replace = edit("replace", "Replace one")
        .request_body(Some(body(JSON, schema_ref(&name::<K>()))))
        .response("200", shown());
    let merge = edit("change", "Change some members of one")
        .request_body(Some(body("application/merge-patch+json", schema_ref(&name::<K>()))))
        .response("200", shown());
    let remove = edit("delete", "Take one out of use")
        .description(Some("It stays readable by id, since history names it; its code is free again."))
        .response("204", ResponseBuilder::new().description("It is out of use").build());
    let operations = vec![
        (HttpMethod::Get, get),
        (HttpMethod::Put, replace),
        (HttpMethod::Patch, merge),
        (HttpMethod::Delete, remove),
    ];
    path::<K>("/{reference}", operations, handlers)
}

/// What one was before.
pub(super) fn versions<K: Kept>(handlers: MethodRouter<App>) -> UtoipaMethodRouter<App> {
    let versions = operation::<K>(&format!("list_{}_versions", K::KIND.name()), K::View::NAME)
        .summary(Some("The version that stands and what one was before each edit, the latest first"))
        .parameter(reference())
        .parameters(Some(PageQuery::into_params(|| Some(ParameterIn::Query))))
        .response("200", answer("The page", page_of(&name::<K>(), "Version")));
    path::<K>("/{reference}/versions", vec![(HttpMethod::Get, versions)], handlers)
}

fn path<K: Kept>(
    rest: &str,
    operations: Vec<(HttpMethod, OperationBuilder)>,
    handlers: MethodRouter<App>,
) -> UtoipaMethodRouter<App> {
    let mut paths = Paths::new();
    for (method, operation) in operations {
        let operation: Operation = operation.build();
        paths.add_path_operation(format!("/v1/{}{rest}", K::PATH), vec![method], operation);
    }
    (schemas::<K>(), paths, handlers)
}

fn plural<K: Kept>() -> String {
    K::PATH.replace('-', "_")
}

fn operation<K: Kept>(id: &str, permission: PermissionName) -> OperationBuilder {
    OperationBuilder::new()
        .tag(K::PATH)
        .operation_id(Some(id))
        .security(SecurityRequirement::new("bearer", [permission.name()]))
}

fn reference() -> Parameter {
    ParameterBuilder::new()
        .name("reference")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The id, or `code:` or `number:` and the customer's own code"))
        .schema(Some(text()))
        .example(Some("code:ZZ1001".into()))
        .build()
}

fn header(name: &str, description: &str, required: Required) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some(description))
        .schema(Some(text()))
        .build()
}

fn text() -> Schema {
    Schema::Object(ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).build())
}

fn id() -> Schema {
    let format = SchemaFormat::KnownFormat(KnownFormat::Uuid);
    let id = ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).format(Some(format));
    Schema::Object(id.build())
}

fn integer(description: &str) -> Schema {
    let integer = ObjectBuilder::new().schema_type(SchemaType::new(Type::Integer));
    Schema::Object(integer.description(Some(description)).build())
}

fn body(content_type: &str, schema: RefOr<Schema>) -> utoipa::openapi::request_body::RequestBody {
    RequestBodyBuilder::new()
        .content(content_type, Content::new(Some(schema)))
        .required(Some(Required::True))
        .build()
}

fn answer(description: &str, schema: RefOr<Schema>) -> utoipa::openapi::Response {
    ResponseBuilder::new().description(description).content(JSON, Content::new(Some(schema))).build()
}

fn schema_ref(name: &str) -> RefOr<Schema> {
    RefOr::Ref(Ref::from_schema_name(name))
}

/// The name of the schema of what the office says of an object.
fn name<K: ToSchema>() -> String {
    K::name().into_owned()
}

/// The name of the schema of an object as it is answered.
fn kept<K: Kept>() -> String {
    format!("Kept{}", name::<K>())
}

fn page_of(name: &str, what: &str) -> RefOr<Schema> {
    schema_ref(&format!("{name}{what}Page"))
}

/// Everything that the operations of a kind refer to.
fn schemas<K: Kept>() -> Vec<(String, RefOr<Schema>)> {
    let name = name::<K>();
    let mut schemas = vec![
        (name.clone(), K::schema()),
        (kept::<K>(), kept_schema::<K>()),
        (format!("{name}Page"), page_schema(schema_ref(&kept::<K>()))),
        (format!("{name}VersionPage"), page_schema(version_schema(&name))),
        (batch_name::<K>(), batch_schema(&name)),
        (BatchAnswer::name().into_owned(), BatchAnswer::schema()),
        (Author::name().into_owned(), Author::schema()),
    ];
    K::schemas(&mut schemas);
    Batch::schemas(&mut schemas);
    BatchAnswer::schemas(&mut schemas);
    schemas
}

fn batch_name<K: Kept>() -> String {
    format!("{}Batch", name::<K>())
}

/// Many of a kind.
fn batch_schema(name: &str) -> RefOr<Schema> {
    let items = ArrayBuilder::new()
        .items(schema_ref(name))
        .description(Some(
            "At most 500, each with its code or number. One that exists is changed as by a merge patch",
        ))
        .max_items(Some(MAX_ITEMS));
    let batch = ObjectBuilder::new()
        .property("operation", schema_ref(&<super::Operation as ToSchema>::name()))
        .property("items", Schema::Array(items.build()))
        .required("items")
        .additional_properties(Some(AdditionalProperties::FreeForm(false)));
    Schema::Object(batch.build()).into()
}

/// The object with what the server adds.
fn kept_schema<K: Kept>() -> RefOr<Schema> {
    let added = ObjectBuilder::new()
        .property("id", id())
        .required("id")
        .property(K::VERSION, integer("Rises with each change, from 1; the same as `ETag`"))
        .required(K::VERSION)
        .property("created_at", Instant::schema())
        .required("created_at")
        .property("updated_at", Instant::schema())
        .required("updated_at")
        .build();
    let both = AllOfBuilder::new().item(Schema::Object(added)).item(schema_ref(&name::<K>()));
    Schema::AllOf(both.build()).into()
}

fn version_schema(name: &str) -> RefOr<Schema> {
    let version = ObjectBuilder::new()
        .property("version", integer("The version"))
        .required("version")
        .property("written_at", Instant::schema())
        .required("written_at")
        .property("written_by", schema_ref(&Author::name()))
        .required("written_by")
        // both are absent for the version that stands
        .property("replaced_at", Instant::schema())
        .property("replaced_by", schema_ref(&Author::name()))
        .property("object", schema_ref(name))
        .required("object");
    Schema::Object(version.build()).into()
}

fn page_schema(item: RefOr<Schema>) -> RefOr<Schema> {
    let next = ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::String))
        .description(Some("What to ask for as `after`; absent on the last page"));
    let page = ObjectBuilder::new()
        .property("items", Schema::Array(ArrayBuilder::new().items(item).build()))
        .required("items")
        .property("next", Schema::Object(next.build()));
    Schema::Object(page.build()).into()
}
