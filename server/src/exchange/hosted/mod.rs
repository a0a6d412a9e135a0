//! The folders of a key, as its log-ins see them: `in` for what it brings, `out` for what it takes, `done` and `errors`
//! for what became of what it brought. FTP and SFTP are two doors to the same functions; nothing here knows a protocol.

mod change;
mod download;
mod enter;
mod https;
mod kept;
mod list;
mod place;
mod upload;

use uuid::Uuid;

pub use self::{
    download::Download,
    enter::{by_password, by_ssh_key, with_ssh_key},
    https::{Arrival, ArrivalPlace, ArrivalState, WaitingFile, WaitingFiles},
    list::{Item, ItemKind},
    upload::{Beginning, Upload},
};
pub(super) use self::{
    kept::{Kept, put, remove_by_id},
    place::Area,
};
use crate::{
    access::{
        Allowed, Caller, Principal, authenticate::permissions, permissions::UseFileExchange, recheck::recheck,
    },
    app::App,
    problem::{Code, Result},
    texts::Language,
};

/// By which door somebody comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// SFTP
    Sftp,
    /// FTP over TLS
    FtpTls,
    /// FTP without TLS
    FtpPlain,
    /// HTTPS, for agents and programs
    Https,
}

impl Door {
    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sftp => "sftp",
            Self::FtpTls | Self::FtpPlain => "ftp",
            Self::Https => "agent",
        }
    }
}

/// Somebody who logged in, with the folders of their key. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Hosted {
    /// The server
    pub app: App,
    /// The account
    pub account: i64,
    /// The key, whose folders they are
    pub key: Uuid,
    /// The log-in
    pub login: Uuid,
    /// By which door
    pub door: Door,
    /// In which language the company is spoken to
    pub language: Language,
    /// Who was known by a bearer secret instead of a log-in
    pub caller: Option<Principal>,
}

impl Hosted {
    /// The proof for one request: everything is asked anew, so that a revocation holds from the next request on.
    pub(super) async fn allowed(&self) -> Result<Allowed<UseFileExchange>> {
        if let Some(caller) = self.caller {
            return recheck(&self.app, self.account, caller.kind(), caller.id()).await?.allow();
        }
        let row: Option<(String,)> = self
            .app
            .db
            .fetch_optional(
                "select k.permissions from key_login l join account a on a.id = l.account \
                 join access_key k on k.account = l.account and k.id = l.key \
                 where l.account = $1 and l.id = $2 and l.state = 'enabled' and k.state = 'enabled' \
                 and a.state = 'enabled' and (k.expires_us > $3 or k.expires_us is null) \
                 and (l.expires_us > $3 or l.expires_us is null)",
                (self.account, self.login, self.app.environment.now_us()),
            )
            .await?;
        let (stored,) = row.ok_or(Code::Revoked)?;
        let caller = Caller {
            account: self.account,
            principal: Principal::Key(self.key),
            permissions: permissions(&stored)?,
        };
        caller.allow()
    }
}
