//! The WSDL of a service: one file, one schema inline, SOAP 1.1 and 1.2, as ASP.NET writes it.

use std::collections::BTreeSet;

use crate::{
    description::{Enumeration, Field, Kind, List, Method, Presence, Record, Service, Type},
    value::type_name,
    write::Writer,
};

const TRANSPORT: &str = "http://schemas.xmlsoap.org/soap/http";

/// The WSDL of the service at `address`.
pub fn write(service: &Service, address: &str) -> String {
    let mut writer = Writer::new();
    writer.open(
        "wsdl:definitions",
        &[
            ("xmlns:wsdl", "http://schemas.xmlsoap.org/wsdl/"),
            ("xmlns:soap", "http://schemas.xmlsoap.org/wsdl/soap/"),
            ("xmlns:soap12", "http://schemas.xmlsoap.org/wsdl/soap12/"),
            ("xmlns:s", "http://www.w3.org/2001/XMLSchema"),
            ("xmlns:tns", &service.namespace),
            ("targetNamespace", &service.namespace),
        ],
    );
    writer.leaf("wsdl:documentation", service.says.en);
    schema(&mut writer, service);
    for method in &service.methods {
        messages(&mut writer, method);
    }
    port_type(&mut writer, service);
    for (suffix, prefix) in [("Soap", "soap"), ("Soap12", "soap12")] {
        binding(&mut writer, service, suffix, prefix);
    }
    writer.open("wsdl:service", &[("name", service.name)]);
    for (suffix, prefix) in [("Soap", "soap"), ("Soap12", "soap12")] {
        let (name, address_name) = (format!("{}{suffix}", service.name), format!("{prefix}:address"));
        writer.open("wsdl:port", &[("name", &name), ("binding", &format!("tns:{name}"))]);
        writer.empty(&address_name, &[("location", address)]);
        writer.close("wsdl:port");
    }
    writer.close("wsdl:service");
    writer.close("wsdl:definitions");
    writer.finish()
}

fn schema(writer: &mut Writer, service: &Service) {
    writer.open("wsdl:types", &[]);
    writer.open("s:schema", &[("elementFormDefault", "qualified"), ("targetNamespace", &service.namespace)]);
    for method in &service.methods {
        wrapper(writer, method.name, &method.parameters);
        let result: Vec<Field> = method.result.iter().cloned().collect();
        wrapper(writer, &format!("{}Response", method.name), &result);
    }
    let reached = reached(service);
    for one in service.types.iter().filter(|one| reached.contains(one.name())) {
        match one {
            Type::Record(record) => complex(writer, record),
            Type::Enumeration(enumeration) => simple(writer, enumeration),
        }
    }
    for list in lists(service, &reached) {
        let item = Field { presence: Presence::Nillable, ..Field::new(list.item, (*list.of).clone()) };
        writer.open("s:complexType", &[("name", list.name)]);
        writer.open("s:sequence", &[]);
        element(writer, &item, "0", "unbounded");
        writer.close("s:sequence");
        writer.close("s:complexType");
    }
    writer.close("s:schema");
    writer.close("wsdl:types");
}

/// The types that methods name, and those that these name: others describe documents within text.
fn reached(service: &Service) -> BTreeSet<&'static str> {
    let mut reached = BTreeSet::new();
    let mut fields: Vec<&Field> = fields_of_methods(service).collect();
    while let Some(field) = fields.pop() {
        let of = match &field.kind {
            Kind::List(list) => &*list.of,
            kind => kind,
        };
        if let Kind::Of(name) = of
            && reached.insert(*name)
        {
            fields.extend(service.record(name).into_iter().flat_map(|record| &record.fields));
        }
    }
    reached
}

fn fields_of_methods(service: &Service) -> impl Iterator<Item = &Field> {
    service.methods.iter().flat_map(|method| method.parameters.iter().chain(&method.result))
}

/// Every type of lists that some field names, once.
fn lists<'a>(service: &'a Service, reached: &BTreeSet<&'static str>) -> Vec<&'a List> {
    let records =
        service.types.iter().filter(|one| reached.contains(one.name())).filter_map(|one| match one {
            Type::Record(record) => Some(&record.fields),
            Type::Enumeration(_) => None,
        });
    let mut found: Vec<&List> = Vec::new();
    for field in records.flatten().chain(fields_of_methods(service)) {
        if let Kind::List(list) = &field.kind
            && !found.iter().any(|other| other.name == list.name)
        {
            found.push(list);
        }
    }
    found
}

fn wrapper(writer: &mut Writer, name: &str, fields: &[Field]) {
    writer.open("s:element", &[("name", name)]);
    writer.open("s:complexType", &[]);
    sequence(writer, fields);
    writer.close("s:complexType");
    writer.close("s:element");
}

fn complex(writer: &mut Writer, record: &Record) {
    writer.open("s:complexType", &[("name", record.name)]);
    sequence(writer, &record.fields);
    writer.close("s:complexType");
}

fn sequence(writer: &mut Writer, fields: &[Field]) {
    if fields.is_empty() {
        return writer.empty("s:sequence", &[]);
    }
    writer.open("s:sequence", &[]);
    for field in fields {
        element(writer, field, if field.presence == Presence::Optional { "0" } else { "1" }, "1");
    }
    writer.close("s:sequence");
}

fn element(writer: &mut Writer, field: &Field, least: &str, most: &str) {
    let prefix = if matches!(field.kind, Kind::Of(_) | Kind::List(_)) { "tns" } else { "s" };
    let name_of_type = format!("{prefix}:{}", type_name(&field.kind));
    let mut attributes = vec![("minOccurs", least), ("maxOccurs", most), ("name", field.name.as_str())];
    if field.presence == Presence::Nillable {
        attributes.push(("nillable", "true"));
    }
    attributes.push(("type", &name_of_type));
    writer.empty("s:element", &attributes);
}

fn simple(writer: &mut Writer, enumeration: &Enumeration) {
    writer.open("s:simpleType", &[("name", enumeration.name)]);
    if enumeration.several {
        writer.open("s:list", &[]);
        writer.open("s:simpleType", &[]);
    }
    writer.open("s:restriction", &[("base", "s:string")]);
    for (name, _) in &enumeration.values {
        writer.empty("s:enumeration", &[("value", name)]);
    }
    writer.close("s:restriction");
    if enumeration.several {
        writer.close("s:simpleType");
        writer.close("s:list");
    }
    writer.close("s:simpleType");
}

fn messages(writer: &mut Writer, method: &Method) {
    for (suffix, element) in
        [("SoapIn", method.name.to_owned()), ("SoapOut", format!("{}Response", method.name))]
    {
        writer.open("wsdl:message", &[("name", &format!("{}{suffix}", method.name))]);
        writer.empty("wsdl:part", &[("name", "parameters"), ("element", &format!("tns:{element}"))]);
        writer.close("wsdl:message");
    }
}

fn port_type(writer: &mut Writer, service: &Service) {
    writer.open("wsdl:portType", &[("name", &format!("{}Soap", service.name))]);
    for method in &service.methods {
        writer.open("wsdl:operation", &[("name", method.name)]);
        writer.leaf("wsdl:documentation", method.says.en);
        writer.empty("wsdl:input", &[("message", &format!("tns:{}SoapIn", method.name))]);
        writer.empty("wsdl:output", &[("message", &format!("tns:{}SoapOut", method.name))]);
        writer.close("wsdl:operation");
    }
    writer.close("wsdl:portType");
}

fn binding(writer: &mut Writer, service: &Service, suffix: &str, prefix: &str) {
    let [binding, operation, body] = ["binding", "operation", "body"].map(|name| format!("{prefix}:{name}"));
    let (name, port) = (format!("{}{suffix}", service.name), format!("tns:{}Soap", service.name));
    writer.open("wsdl:binding", &[("name", &name), ("type", &port)]);
    writer.empty(&binding, &[("transport", TRANSPORT)]);
    for method in &service.methods {
        writer.open("wsdl:operation", &[("name", method.name)]);
        writer.empty(&operation, &[("soapAction", &service.action(method)), ("style", "document")]);
        for direction in ["wsdl:input", "wsdl:output"] {
            writer.open(direction, &[]);
            writer.empty(&body, &[("use", "literal")]);
            writer.close(direction);
        }
        writer.close("wsdl:operation");
    }
    writer.close("wsdl:binding");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        description::testing::service,
        xml::{Strictness, read},
    };

    #[test]
    fn everything_that_is_described_stands_in_the_wsdl() {
        let text = write(&service(), "https://campo.example/services/things.asmx?a=1&b");
        let root = read(&text, Strictness::Strict).unwrap();
        let names: Vec<_> = root.children.iter().map(|child| child.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "documentation",
                "types",
                "message",
                "message",
                "message",
                "message",
                "portType",
                "binding",
                "binding",
                "service"
            ]
        );
        for expected in [
            "<s:element minOccurs=\"1\" maxOccurs=\"1\" name=\"Weight\" nillable=\"true\" type=\"s:double\"/>",
            "<s:element minOccurs=\"0\" maxOccurs=\"1\" name=\"thing\" type=\"tns:Thing\"/>",
            "<s:complexType name=\"ArrayOfString\"><s:sequence><s:element minOccurs=\"0\" maxOccurs=\"unbounded\" \
             name=\"string\" nillable=\"true\" type=\"s:string\"/>",
            "<s:simpleType name=\"Options\"><s:list><s:simpleType><s:restriction base=\"s:string\">\
             <s:enumeration value=\"None\"/>",
            "soapAction=\"urn:things/SaveThing\"",
            "location=\"https://campo.example/services/things.asmx?a=1&amp;b\"",
        ] {
            assert!(text.contains(expected), "{expected}\n{text}");
        }
        assert_eq!(text.matches("complexType name=\"ArrayOfString\"").count(), 1);
    }
}
