//! The web services of OfficeTrack's customers: as their programs call them, and as strangers attack them.

mod clients;
mod employees;
mod hostile;
mod imports;
mod pois;
mod replay;
mod samples;
mod tasks;
mod tokens;

use std::net::SocketAddr;

use axum::{
    extract::ConnectInfo,
    http::{Method, Request, StatusCode, header},
};
use campo_server::{
    access::{PermissionName, permissions::ManageKeys},
    api::edit::Once,
    keys::{
        key,
        password::{self, KeyLogin},
    },
    secrets::Secret,
};
use campo_tests::{
    api::{Answer, Client},
    world::{Account, World},
};
use serde_json::json;

use crate::tasks::Office;

pub(crate) const PASSWORD: &str = "a secret & a half";

/// A customer whose program calls the services.
pub(crate) struct Customer {
    pub(crate) office: Office,
    pub(crate) login: String,
    client: Client,
}

impl Customer {
    /// A customer with an employee `ZZ1001`, a type of task `SUP99` and a key that may everything.
    pub(crate) async fn of(world: &World, code: &str) -> Self {
        let account = world.account(code).await.unwrap();
        account.employee("ZZ1001").await.unwrap();
        account.task_type("SUP99").await.unwrap();
        let all: Vec<_> = PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect();
        Self::with(&account, code, &all, &[]).await
    }

    /// A key of this account with a name and a password to log in with, which is `login` for both.
    pub(crate) async fn with(
        account: &Account,
        login: &str,
        permissions: &[PermissionName],
        networks: &[&str],
    ) -> Self {
        let login = format!("{login}-api");
        key_with_login(account, &login, permissions, networks).await;
        let office = Office::of(account).await;
        Self { office, login, client: Client::new(&account.app, None) }
    }

    /// Sends bytes to a service as they are.
    pub(crate) async fn send(&self, file: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        let request = Request::post(format!("/services/{file}")).header(header::CONTENT_TYPE, content_type);
        self.client.send(request.body(body.into().into()).unwrap()).await.unwrap()
    }

    /// Asks from an address for the types of task; the code of the answer.
    pub(crate) async fn ask_from(&self, address: [u8; 4], password: &str) -> String {
        let (login, password) = (&self.login, password.replace('&', "&amp;"));
        let body = envelope(&format!(
            "<GetTaskTypeList xmlns=\"Trackem.Web.Services\"><userName>{login}</userName>\
             <password>{password}</password></GetTaskTypeList>"
        ));
        let request = Request::post("/services/webservices.asmx").header(header::CONTENT_TYPE, "text/xml");
        let mut request = request.body(body.into()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((address, 4000))));
        let answer = self.client.send(request).await.unwrap();
        code(&String::from_utf8(answer.body).unwrap())
    }

    /// Calls a method of the second generation: these elements behind name and password. The answer's result.
    pub(crate) async fn call(&self, method: &str, inner: &str) -> String {
        let login = &self.login;
        let body = envelope(&format!(
            "<{method} xmlns=\"Trackem.Web.Services\"><userName>{login}</userName>\
             <password>a secret &amp; a half</password>{inner}</{method}>"
        ));
        let answer = self.send("webservices.asmx", "text/xml; charset=utf-8", body).await;
        let text = String::from_utf8(answer.body).unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{text}");
        within(&text, &format!("{method}Result"))
    }

    /// Calls the method of the first generation with a document; its answer is text.
    pub(crate) async fn document(&self, document: &str) -> String {
        let escaped = document.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let body = envelope(&format!(
            "<CreateOrUpdateTask xmlns=\"Trackem.Web.Services\"><Request>{escaped}</Request></CreateOrUpdateTask>"
        ));
        let answer = self.send("TaskManagement.asmx", "text/xml", body).await;
        let text = String::from_utf8(answer.body).unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{text}");
        within(&text, "CreateOrUpdateTaskResult")
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.client.call(Method::GET, path, &[], None).await.unwrap()
    }
}

pub(crate) async fn key_with_login(
    account: &Account,
    login: &str,
    permissions: &[PermissionName],
    networks: &[&str],
) {
    let allowed = account.operator().allow::<ManageKeys>().unwrap();
    let draft =
        json!({ "code": login, "name": "A system", "permissions": permissions, "networks": networks });
    key::create(&account.app, &allowed, &Once::default(), &draft).await.unwrap();
    let given = KeyLogin { login: login.to_owned(), password: Some(Secret::new(PASSWORD.to_owned())) };
    password::set(&account.app, &allowed, &format!("code:{login}").parse().unwrap(), &given).await.unwrap();
}

pub(crate) fn envelope(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope \
         xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>{body}</soap:Body></soap:Envelope>"
    )
}

/// What stands in the first element of this name.
pub(crate) fn within(text: &str, name: &str) -> String {
    let (_, rest) = text.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name} in {text}"));
    rest.split_once(&format!("</{name}>")).unwrap().0.to_owned()
}

pub(crate) fn assert_ok(result: &str) {
    assert!(
        result.starts_with("<ResultCode>OK</ResultCode><ResultCodeAsInt>0</ResultCodeAsInt>"),
        "{result}"
    );
}

pub(crate) fn code(result: &str) -> String {
    within(result, "ResultCode")
}
