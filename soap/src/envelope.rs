//! Requests in envelopes of either version, and the envelopes of answers.

use crate::{
    description::{Method, Service},
    fault::{Fault, FaultCode},
    security::{self, Security},
    value::{self, Value},
    write::Writer,
    xml::{self, Element, Strictness},
};

/// The version of SOAP that a request speaks, and that its answer speaks too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// SOAP 1.1
    Soap11,
    /// SOAP 1.2
    Soap12,
}

impl Version {
    /// The namespace of its envelope.
    pub const fn namespace(self) -> &'static str {
        match self {
            Self::Soap11 => "http://schemas.xmlsoap.org/soap/envelope/",
            Self::Soap12 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }

    /// The content type of its answers.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Soap11 => "text/xml; charset=utf-8",
            Self::Soap12 => "application/soap+xml; charset=utf-8",
        }
    }

    /// The version that a content type speaks of, for answers to what could not be read.
    pub fn of_content_type(content_type: Option<&str>) -> Self {
        let is_12 =
            content_type.is_some_and(|text| text.to_ascii_lowercase().contains("application/soap+xml"));
        if is_12 { Self::Soap12 } else { Self::Soap11 }
    }
}

/// A request that could be read.
#[derive(Debug, Clone)]
pub struct Request {
    /// What it speaks
    pub version: Version,
    /// What it says of who sends it
    pub security: Option<Security>,
    /// The element named like the method
    pub operation: Element,
}

/// Reads an envelope.
pub fn read(bytes: &[u8], content_type: Option<&str>) -> Result<Request, Fault> {
    let charset = content_type.and_then(charset);
    let text = xml::decode(bytes, charset.as_deref()).map_err(|error| Fault::sender(error.to_string()))?;
    let mut envelope =
        xml::read(&text, Strictness::Strict).map_err(|error| Fault::sender(error.to_string()))?;
    let version = match (envelope.name.as_str(), envelope.namespace.as_str()) {
        ("Envelope", namespace) if namespace == Version::Soap11.namespace() => Version::Soap11,
        ("Envelope", namespace) if namespace == Version::Soap12.namespace() => Version::Soap12,
        ("Envelope", other) => {
            let reason = format!("the envelope is of `{other}`, expected SOAP 1.1 or 1.2");
            return Err(Fault { code: FaultCode::VersionMismatch, reason });
        }
        (other, _) => return Err(Fault::sender(format!("found `{other}`, expected a SOAP envelope"))),
    };
    let security = headers(&envelope, version)?;
    let body = envelope.children.iter_mut().find(|child| child.name == "Body");
    let body = body.ok_or_else(|| Fault::sender("the envelope has no body"))?;
    if body.children.is_empty() {
        return Err(Fault::sender("the body is empty, expected an element named like a method"));
    }
    let operation = body.children.swap_remove(0);
    Ok(Request { version, security, operation })
}

/// What the headers say. One that must be understood and is not ends the call.
fn headers(envelope: &Element, version: Version) -> Result<Option<Security>, Fault> {
    let mut security = None;
    for header in
        envelope.children.iter().filter(|child| child.name == "Header").flat_map(|one| &one.children)
    {
        if header.name == "Security" && header.namespace == security::NAMESPACE {
            security = Some(Security::read(header)?);
            continue;
        }
        let must = header.attribute(version.namespace(), "mustUnderstand");
        if must.is_some_and(|must| matches!(must.trim(), "1" | "true")) {
            let reason = format!("the header `{}` of `{}` is not understood", header.name, header.namespace);
            return Err(Fault { code: FaultCode::MustUnderstand, reason });
        }
    }
    Ok(security)
}

/// The charset of a content type.
pub fn charset(content_type: &str) -> Option<String> {
    let lower = content_type.to_ascii_lowercase();
    let value = lower.split(';').find_map(|part| part.trim().strip_prefix("charset="))?;
    Some(value.trim_matches(['"', '\'', ' ']).to_owned())
}

/// The answer of a method in an envelope. `namespace` is that in which the request named the method.
pub fn write(
    service: &Service,
    method: &Method,
    result: &Value,
    version: Version,
    namespace: &str,
) -> String {
    let mut writer = Writer::new();
    writer.open(
        "soap:Envelope",
        &[
            ("xmlns:soap", version.namespace()),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            ("xmlns:xsd", "http://www.w3.org/2001/XMLSchema"),
        ],
    );
    writer.open("soap:Body", &[]);
    let name = format!("{}Response", method.name);
    let namespace = if namespace.is_empty() { &service.namespace } else { namespace };
    writer.open(&name, &[("xmlns", namespace)]);
    if let Some(field) = &method.result {
        value::write(&mut writer, service, field, Some(result));
    }
    writer.close(&name);
    writer.close("soap:Body");
    writer.close("soap:Envelope");
    writer.finish()
}

/// The answer of a method that was called by plain GET or POST: the bare result.
pub fn write_bare(service: &Service, method: &Method, result: &Value) -> String {
    let mut writer = Writer::new();
    if let Some(field) = &method.result {
        value::write_root(&mut writer, service, field, result);
    }
    writer.finish()
}

/// The request of a method that was called by plain GET or POST: its parameters as text.
pub fn of_pairs(method: &Method, pairs: impl IntoIterator<Item = (String, String)>) -> Element {
    let children = pairs.into_iter().map(|(name, text)| Element::of_text(&name, &text)).collect();
    Element { name: method.name.to_owned(), children, ..Element::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOAP11: &str = "http://schemas.xmlsoap.org/soap/envelope/";

    #[test]
    fn envelopes_of_both_versions_are_read() {
        for version in [Version::Soap11, Version::Soap12] {
            let text = format!(
                "<s:Envelope xmlns:s=\"{}\"><s:Header><x:Trace xmlns:x='urn:x'/></s:Header>\
                 <s:Body><Do xmlns='urn:t'><a>1</a></Do></s:Body></s:Envelope>",
                version.namespace()
            );
            let request = read(text.as_bytes(), Some("text/xml; charset=\"utf-8\"")).unwrap();
            assert_eq!(request.version, version);
            assert_eq!(
                (request.operation.name.as_str(), request.operation.namespace.as_str()),
                ("Do", "urn:t")
            );
            assert_eq!(request.operation.child_text("a"), Some("1"));
        }
    }

    #[test]
    fn what_cannot_be_read_is_a_fault_that_says_why() {
        for (body, code, reason) in [
            (
                format!("<e:Envelope xmlns:e='{SOAP11}'><e:Body/></e:Envelope>"),
                FaultCode::Sender,
                "body is empty",
            ),
            (format!("<e:Envelope xmlns:e='{SOAP11}'/>"), FaultCode::Sender, "no body"),
            ("<Envelope xmlns='urn:x'/>".to_owned(), FaultCode::VersionMismatch, "urn:x"),
            ("<html/>".to_owned(), FaultCode::Sender, "found `html`"),
            ("{}".to_owned(), FaultCode::Sender, "outside"),
            (
                format!(
                    "<e:Envelope xmlns:e='{SOAP11}'><e:Header><T xmlns='urn:x' e:mustUnderstand='1'/></e:Header>\
                     <e:Body><a/></e:Body></e:Envelope>"
                ),
                FaultCode::MustUnderstand,
                "`T` of `urn:x`",
            ),
        ] {
            let fault = read(body.as_bytes(), None).unwrap_err();
            assert_eq!(fault.code, code, "{body}");
            assert!(fault.reason.contains(reason), "{fault:?}");
        }
    }

    #[test]
    fn faults_speak_the_version_of_the_request() {
        let fault = Fault::sender("1 < 2");
        let old = fault.write(Version::Soap11);
        assert!(
            old.contains("<faultcode>soap:Client</faultcode><faultstring>1 &lt; 2</faultstring>"),
            "{old}"
        );
        let new = fault.write(Version::Soap12);
        assert!(
            new.contains("<soap:Value>soap:Sender</soap:Value>") && new.contains("xml:lang=\"en\""),
            "{new}"
        );
        assert_eq!(Version::of_content_type(Some("Application/SOAP+xml;action=x")), Version::Soap12);
        assert_eq!(Version::of_content_type(None), Version::Soap11);
    }
}
