//! What every operation of the document has in common, said once: ids, permissions, problems, headers, bodies of bytes,
//! patches, examples.
//!
//! It works on the document as JSON: the crate that makes it from the handlers describes each by itself.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::{PartialSchema as _, ToSchema as _, openapi::OpenApi};

use super::examples;
use crate::problem::ProblemShown;

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];
const MERGE_PATCH: &str = "application/merge-patch+json";
const TOO_MANY: &str = "Too much at once: the limit is named, and when there is some again";
const SCHEMAS: &str = "#/components/schemas/";

/// The whole document.
pub(super) fn complete(mut document: OpenApi) -> Value {
    let mut schemas = Vec::new();
    ProblemShown::schemas(&mut schemas);
    schemas.push((ProblemShown::name().into_owned(), ProblemShown::schema()));
    document.components.get_or_insert_default().schemas.extend(schemas);
    // Names and numbers always serialize.
    let mut document = serde_json::to_value(document).unwrap_or_default();
    document["servers"] = json!([{ "url": "/", "description": "This server" }]);
    rename(&mut document);
    each(&mut document, &mut optional_parts);
    let mut schemas = take(&mut document["components"], "schemas");
    let mut paths = take(&mut document, "paths");
    let examples = examples::examples();
    for (path, item) in &mut paths {
        let edited = METHODS.iter().any(|method| named(&item[*method]["parameters"], "If-Match"));
        for method in METHODS {
            if item[method].is_object() {
                let operation = &mut item[method];
                operation["operationId"] = operation_id(method, path).into();
                state_permissions(operation);
                parameters(operation);
                body(operation, method, path, &mut schemas);
                responses(operation, method, edited);
                if let Some(example) = examples.get(&format!("{} {path}", method.to_uppercase())) {
                    show(operation, example);
                }
            }
        }
    }
    document["paths"] = paths.into();
    document["components"]["schemas"] = schemas.into();
    document["components"]["responses"]["TooManyRequests"] = limited();
    plain_texts(&mut document);
    document
}

fn take(value: &mut Value, member: &str) -> Map<String, Value> {
    match value[member].take() {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// One spelling: `TaskPage` as `EmployeePage`, and a map of text by what it is for.
fn rename(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    let new = |name: &str| match name.strip_prefix("Page_") {
        Some(item) => format!("{item}Page"),
        None if name == "BTreeMap" => "Texts".to_owned(),
        None => name.to_owned(),
    };
    let renamed: BTreeMap<String, String> = schemas.keys().map(|name| (name.clone(), new(name))).collect();
    *schemas = std::mem::take(schemas).into_iter().map(|(name, schema)| (new(&name), schema)).collect();
    each(document, &mut |members| {
        let target = members.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix(SCHEMAS));
        if let Some(target) = target.and_then(|name| renamed.get(name)) {
            members.insert("$ref".to_owned(), format!("{SCHEMAS}{target}").into());
        }
    });
}

/// Hands every object in `value` to `change`.
fn each(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            change(members);
            members.values_mut().for_each(|member| each(member, change));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, change)),
        _ => {}
    }
}

/// A part of an object whose members may all be missing, as `Option` in the place of its fields is: the object is no null
/// then, but one without them.
fn optional_parts(members: &mut Map<String, Value>) {
    for part in members.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(choices) = part.get("oneOf").and_then(Value::as_array) else { continue };
        let is_null = |choice: &&Value| choice["type"] == "null";
        if choices.iter().any(|choice| is_null(&choice)) {
            let mut any: Vec<Value> = choices.iter().filter(|choice| !is_null(choice)).cloned().collect();
            any.push(json!({ "type": "object" }));
            *part = json!({ "anyOf": any });
        }
    }
}

fn named(parameters: &Value, name: &str) -> bool {
    parameters.as_array().is_some_and(|all| all.iter().any(|parameter| parameter["name"] == name))
}

/// `get_tasks_by_reference` for `GET /v1/tasks/{reference}`: unique, since method and path are.
fn operation_id(method: &str, path: &str) -> String {
    let path = path.trim_start_matches("/v1");
    let words = path.split('/').filter(|part| !part.is_empty()).map(|part| match part.strip_prefix('{') {
        Some(name) => format!("by_{}", name.trim_end_matches('}')),
        None => part.replace(['-', '.'], "_"),
    });
    [method.to_owned()].into_iter().chain(words).collect::<Vec<_>>().join("_")
}

/// The permission in words, since pages show scopes of `OAuth` only.
fn state_permissions(operation: &mut Value) {
    let stated = operation["security"].as_array().into_iter().flatten();
    let stated: Vec<&str> = stated.filter_map(|one| one["bearer"][0].as_str()).collect();
    if stated.is_empty() {
        return;
    }
    let permission = format!("Permission: `{}`", stated.join("` or `"));
    let text = match operation["description"].as_str().filter(|text| !text.is_empty()) {
        Some(text) => format!("{text}\n\n{permission}"),
        None => permission,
    };
    operation["description"] = text.into();
}

/// A parameter that is not given is absent, never null; and the headers of edits are the same everywhere.
fn parameters(operation: &mut Value) {
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(schema) = parameter.get_mut("schema") {
            not_null(schema);
        }
        match parameter["name"].as_str() {
            Some("If-Match") => {
                parameter["description"] = "The `ETag` of the version on which the edit is based".into();
                parameter["schema"] = json!({ "type": "string" });
                parameter["example"] = "\"3\"".into();
                parameter["required"] = true.into();
            }
            Some("Idempotency-Key") => {
                parameter["description"] =
                    "The same key with the same request has one effect and one answer, for 24 hours".into();
                parameter["schema"] = json!({ "type": "string", "minLength": 1, "maxLength": 200 });
                parameter["example"] = "0d2f6c9e-order-700123".into();
                parameter["required"] = false.into();
            }
            _ => {}
        }
    }
}

fn not_null(schema: &mut Value) {
    if let Some(types) = schema.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|one| one != "null");
        let only = types.first().filter(|_| types.len() == 1).cloned();
        if let Some(only) = only {
            schema["type"] = only;
        }
    }
    if let Some(choices) = schema.get_mut("oneOf").and_then(Value::as_array_mut) {
        choices.retain(|one| one["type"] != "null");
        let only = choices.first().filter(|_| choices.len() == 1).cloned();
        if let Some(only) = only {
            *schema = only;
        }
    }
}

/// The bodies that an operation takes, by their types.
fn contents(operation: &mut Value) -> Option<&mut Map<String, Value>> {
    operation.pointer_mut("/requestBody/content").and_then(Value::as_object_mut)
}

/// Bytes are bytes; what is laid over something that is there names only what changes.
fn body(operation: &mut Value, method: &str, path: &str, schemas: &mut Map<String, Value>) {
    let Some(contents) = contents(operation) else { return };
    contents.values_mut().for_each(bytes);
    if method == "patch" {
        let content = contents.values().next().cloned().unwrap_or_default();
        if let Some(name) = reference(&content["schema"]) {
            let patch = patch(&name, schemas);
            contents.clear();
            contents.insert(MERGE_PATCH.to_owned(), json!({ "schema": patch }));
            contents.insert("application/json".to_owned(), json!({ "schema": patch }));
        }
    }
    if method == "post" && path.ends_with("/batch") {
        let batch = contents.get("application/json").and_then(|content| reference(&content["schema"]));
        let Some(batch) = batch.and_then(|name| schemas.get(&name).cloned().map(|schema| (name, schema)))
        else {
            return;
        };
        let (name, mut schema) = batch;
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for property in properties.into_iter().flat_map(Map::values_mut) {
            if let Some(item) = reference(&property["items"]) {
                property["items"] = patch(&item, schemas);
            }
        }
        schemas.insert(name, schema);
    }
    operation["requestBody"]["required"] = true.into();
}

/// The name of the schema that another refers to.
fn reference(schema: &Value) -> Option<String> {
    schema["$ref"].as_str()?.strip_prefix(SCHEMAS).map(str::to_owned)
}

/// A reference to the members of `name` as a merge patch names them: none is needed, and `null` removes one.
fn patch(name: &str, schemas: &mut Map<String, Value>) -> Value {
    let stem = ["Draft", "Edit"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    let patch = format!("{stem}Patch");
    if !schemas.contains_key(&patch) {
        let mut properties = Map::new();
        collect(&json!({ "$ref": format!("{SCHEMAS}{name}") }), schemas, &mut properties);
        let schema = json!({
            "type": "object",
            "description": "The members that change: one that is not named stays, `null` removes it (RFC 7396)",
            "properties": properties,
            "additionalProperties": false,
        });
        schemas.insert(patch.clone(), schema);
    }
    json!({ "$ref": format!("{SCHEMAS}{patch}") })
}

fn collect(schema: &Value, schemas: &Map<String, Value>, properties: &mut Map<String, Value>) {
    if let Some(target) = reference(schema).and_then(|name| schemas.get(&name)) {
        collect(target, schemas, properties);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        collect(part, schemas, properties);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        properties.insert(name.clone(), nullable(property.clone()));
    }
}

fn nullable(mut property: Value) -> Value {
    if let Some(members) = property.as_object_mut() {
        members.remove("default");
    }
    let has_null =
        |choices: &Value| choices.as_array().is_some_and(|all| all.iter().any(|one| one["type"] == "null"));
    if has_null(&property["oneOf"]) || property["type"].as_array().is_some() {
        return property;
    }
    let kind = property["type"].as_str().filter(|_| property["enum"].is_null()).map(str::to_owned);
    if let Some(kind) = kind {
        property["type"] = json!([kind, "null"]);
        return property;
    }
    json!({ "oneOf": [property, { "type": "null" }] })
}

/// The crate takes bytes for a list of numbers.
fn bytes(content: &mut Value) {
    if content["schema"]["type"] == "array" && content["schema"]["items"]["format"] == "int32" {
        content["schema"] = json!({ "type": "string", "format": "binary" });
    }
}

fn responses(operation: &mut Value, method: &str, edited: bool) {
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    let problem = json!({ "$ref": format!("{SCHEMAS}{}", ProblemShown::name()) });
    responses.entry("default").or_insert_with(|| {
        json!({
            "description": "What went wrong",
            "content": { "application/problem+json": { "schema": problem } },
        })
    });
    for (status, response) in responses {
        if response["description"].as_str().is_none_or(str::is_empty) {
            response["description"] = said(status, method).into();
        }
        let contents = response.get_mut("content").and_then(Value::as_object_mut);
        contents.into_iter().flat_map(Map::values_mut).for_each(bytes);
        let text = json!({ "type": "string" });
        if status == "201" || (status == "200" && edited && method != "delete") {
            response["headers"]["ETag"] =
                json!({ "description": "Its version, for `If-Match`", "schema": text });
        }
        if matches!(status.as_str(), "201" | "202") {
            response["headers"]["Location"] = json!({ "description": "Its address", "schema": text });
        }
    }
    let limited = json!({ "$ref": "#/components/responses/TooManyRequests", "description": TOO_MANY });
    operation["responses"].as_object_mut().map(|responses| responses.entry("429").or_insert(limited));
}

/// Whoever asks too much is told of the limit.
fn limited() -> Value {
    let text = json!({ "type": "string" });
    let field = |description: &str| json!({ "description": description, "schema": text });
    json!({
        "description": TOO_MANY,
        "content": { "application/problem+json": {
            "schema": { "$ref": format!("{SCHEMAS}{}", ProblemShown::name()) }
        } },
        "headers": {
            "Retry-After": { "description": "After how many seconds to ask again", "schema": { "type": "integer" } },
            "RateLimit-Policy": field("The limit: its name, `q` how many, `w` within how many seconds"),
            "RateLimit": field("The limit's name, `r` how many are left, `t` after how many seconds there are more"),
        },
    })
}

/// What an answer is that nobody described.
fn said(status: &str, method: &str) -> &'static str {
    match (status, method) {
        ("200", "get") => "What was asked for",
        ("200", _) => "What became of it",
        ("201", _) => "It was created; `Location` is its address",
        ("202", _) => "It was taken and is worked on; `Location` is where to follow it",
        ("204", _) => "It is done",
        ("206", _) => "The part that was asked for",
        _ => "As its status says",
    }
}

/// Shows an example of the body.
fn show(operation: &mut Value, example: &Value) {
    for content in contents(operation).into_iter().flat_map(Map::values_mut) {
        if content["example"].is_null() {
            content["example"] = example.clone();
        }
    }
}

/// Takes links between sources out of the texts.
fn plain_texts(document: &mut Value) {
    each(document, &mut |members| {
        for name in ["description", "summary"] {
            if let Some(Value::String(text)) = members.get_mut(name) {
                *text = without_links(text);
            }
        }
    });
}

/// "[`Save::read`](super::save) reads it" becomes "`Save::read` reads it"; links that begin with `/` stay.
fn without_links(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, link)) = rest.split_once("[`") {
        let Some((name, after)) = link.split_once("`]") else { break };
        plain.push_str(before);
        plain.push('`');
        plain.push_str(name.rsplit("::").next().unwrap_or(name));
        plain.push('`');
        let target = after.strip_prefix('(').and_then(|target| target.split_once(')'));
        rest = target.map_or(after, |(_, after)| after);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_between_sources_are_no_text_for_readers() {
        for (text, expected) in [
            ("See [`A::b`](super::a) and [`C`].", "See `b` and `C`."),
            ("[/problems](/problems) [`open", "[/problems](/problems) [`open"),
            ("", ""),
        ] {
            assert_eq!(without_links(text), expected);
        }
    }

    #[test]
    fn a_part_that_may_be_missing_is_no_null() {
        let part = json!({ "oneOf": [{ "$ref": "#/x" }, { "type": "null" }] });
        let mut document = json!({ "a": { "allOf": [part, { "properties": { "b": part } }] } });
        each(&mut document, &mut optional_parts);
        assert_eq!(document["a"]["allOf"][0], json!({ "anyOf": [{ "$ref": "#/x" }, { "type": "object" }] }));
        assert_eq!(document["a"]["allOf"][1]["properties"]["b"], part, "a member may be null");
    }

    #[test]
    fn a_patch_needs_no_member_and_may_remove_any() {
        let schema = json!({
            "allOf": [
                { "$ref": "#/components/schemas/Base" },
                { "properties": { "b": { "oneOf": [{ "$ref": "#/x" }, { "type": "null" }] } } },
            ],
        });
        let base = json!({ "required": ["a"], "properties": { "a": { "type": "string", "default": "" } } });
        let mut schemas = Map::from_iter([("WholeDraft".to_owned(), schema), ("Base".to_owned(), base)]);
        assert_eq!(patch("WholeDraft", &mut schemas), json!({ "$ref": "#/components/schemas/WholePatch" }));
        let patch = &schemas["WholePatch"];
        assert_eq!(patch["required"], Value::Null);
        assert_eq!(patch["properties"]["a"], json!({ "type": ["string", "null"] }));
        assert_eq!(patch["properties"]["b"]["oneOf"][1], json!({ "type": "null" }));
    }
}
