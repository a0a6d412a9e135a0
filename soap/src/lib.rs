//! SOAP services from ONE description of their methods, so that WSDL, the reading of requests, the answers and the
//! reference cannot disagree.
//!
//! Document/literal wrapped, SOAP 1.1 and 1.2, and the same methods by plain GET and POST. Input is taken as old
//! clients send it (disorder, blanks, missing and unknown elements, no SOAPAction), output is exactly the schema. XML
//! is hostile: [`xml`] has no document types, no entities beyond the five, and bounds on everything.

pub mod description;
pub mod envelope;
pub mod fault;
pub mod record;
pub mod security;
pub mod value;
pub mod write;
pub mod wsdl;
pub mod xml;
