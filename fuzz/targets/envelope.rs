//! A SOAP request: read, or refused with a fault that can be said.
#![no_main]

use campo_soap::envelope;

const TYPES: [Option<&str>; 4] = [
    None,
    Some("text/xml; charset=utf-8"),
    Some("application/soap+xml; charset=utf-16"),
    Some("text/xml; charset=windows-1252"),
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((which, body)) = bytes.split_first() else { return };
    let _ = envelope::read(body, TYPES[usize::from(*which) % TYPES.len()]);
});
