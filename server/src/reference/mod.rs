//! The reference of everything that a customer's systems exchange with Campo, in Spanish and English, readable without
//! log-in and printable: made from the descriptions of SOAP, the OpenAPI document, the catalogue of problems, the fields of
//! imports and the columns of exports, around texts of its own.

mod files;
mod labels;
mod page;
mod routes;
mod soap;

pub use routes::routes;
