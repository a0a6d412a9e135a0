//! What is answered where a request could not be read.

use crate::{envelope::Version, write::Writer};

/// Whose fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultCode {
    /// The sender's
    Sender,
    /// Ours
    Receiver,
    /// A header must be understood and is not
    MustUnderstand,
    /// The envelope is of no version that there is
    VersionMismatch,
}

/// A fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Whose
    pub code: FaultCode,
    /// What went wrong, in English
    pub reason: String,
}

impl Fault {
    /// A fault of the sender.
    pub fn sender(reason: impl Into<String>) -> Self {
        Self { code: FaultCode::Sender, reason: reason.into() }
    }

    /// The envelope that says so.
    pub fn write(&self, version: Version) -> String {
        let mut writer = Writer::new();
        writer.open("soap:Envelope", &[("xmlns:soap", version.namespace())]);
        writer.open("soap:Body", &[]);
        writer.open("soap:Fault", &[]);
        match version {
            Version::Soap11 => {
                let code = match self.code {
                    FaultCode::Sender => "soap:Client",
                    FaultCode::Receiver => "soap:Server",
                    FaultCode::MustUnderstand => "soap:MustUnderstand",
                    FaultCode::VersionMismatch => "soap:VersionMismatch",
                };
                writer.leaf("faultcode", code);
                writer.leaf("faultstring", &self.reason);
            }
            Version::Soap12 => {
                let code = match self.code {
                    FaultCode::Sender => "soap:Sender",
                    FaultCode::Receiver => "soap:Receiver",
                    FaultCode::MustUnderstand => "soap:MustUnderstand",
                    FaultCode::VersionMismatch => "soap:VersionMismatch",
                };
                writer.open("soap:Code", &[]);
                writer.leaf("soap:Value", code);
                writer.close("soap:Code");
                writer.open("soap:Reason", &[]);
                writer.open("soap:Text", &[("xml:lang", "en")]);
                writer.text(&self.reason);
                writer.close("soap:Text");
                writer.close("soap:Reason");
            }
        }
        writer.close("soap:Fault");
        writer.close("soap:Body");
        writer.close("soap:Envelope");
        writer.finish()
    }
}
