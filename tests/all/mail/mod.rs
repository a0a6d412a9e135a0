//! Mail, by a real mail server that we did not write: addresses are confirmed, passwords set anew, notices told.

mod addresses;
mod channels;
mod notices;
mod resets;
mod server;

use std::sync::Arc;

use campo_server::{
    app::{App, Limits},
    mail::{self, Security, Settings},
    secrets::Bearer,
};
use campo_tests::{
    api::{Answer, Client},
    world::{Account, PASSWORD, World},
};
use serde_json::{Value, json};
use uuid::Uuid;

use self::server::{Mail, MailServer};
use crate::identity::{all_mighty, done, put};

/// The address under which the server of these tests is reached.
const PUBLIC: &str = "https://campo.example.com";
const SECOND_US: i64 = 1_000_000;
const HOUR_US: i64 = 3600 * SECOND_US;

/// From whom mail of tests comes.
fn sender() -> campo_server::mail::Mailbox {
    "Campo <campo@example.com>".parse().unwrap()
}

/// A mail server at which nobody listens.
pub(crate) fn nowhere() -> Arc<Settings> {
    Arc::new(Settings::new("127.0.0.1", 9, Security::None, sender()))
}

/// The link that was made last for a user with an address, which is confirmed unless the link does that.
pub(crate) async fn link(account: &Account, login: &str, confirms: bool) -> String {
    account.user(login, &[]).await.unwrap();
    let session = Client::new(&account.app, Some(&account.session(login).await.unwrap()));
    done(&put(&session, "/v1/session/email", &change("ana@example.com")).await, 200);
    if !confirms {
        confirm_all(account).await;
        let nobody = Client::new(&account.app, None);
        done(&nobody.post("/v1/password-reset", &json!({ "login": login })).await.unwrap(), 202);
    }
    let purpose = if confirms { "confirm_email" } else { "reset_password" };
    let made =
        "select id from mail_link where account = $1 and purpose = $2 order by created_us desc limit 1";
    let row: (Uuid,) = account.app.db.fetch_one(made, (account.id, purpose)).await.unwrap();
    Bearer::of_link(account.id, row.0, &account.app.secrets).format()
}

/// A channel by mail to `avisos@example.com`, who has not confirmed.
pub(crate) async fn channel(account: &Account) -> String {
    let office = all_mighty(account).await;
    let draft = json!({
        "code": "correo", "name": "Correo", "kind": "mail",
        "mail": { "recipients": ["avisos@example.com"], "file_name": "{n}.json" },
    });
    let made = done(&office.post("/v1/channels", &draft).await.unwrap(), 201);
    made["id"].as_str().unwrap().to_owned()
}

/// The link that its recipient was sent.
pub(crate) async fn recipient_link(account: &Account) -> String {
    channel(account).await;
    let made = "select id from mail_link where account = $1 and purpose = 'confirm_recipient'";
    let row: (Uuid,) = account.app.db.fetch_one(made, (account.id,)).await.unwrap();
    Bearer::of_link(account.id, row.0, &account.app.secrets).format()
}

/// Confirms every address of a company, as if their owners had followed the links.
async fn confirm_all(account: &Account) {
    let mut tx = account.app.db.begin().await.unwrap();
    tx.execute("update account_user set email_confirmed_us = 1 where account = $1", (account.id,))
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

fn change(email: &str) -> Value {
    json!({ "email": email, "current": PASSWORD })
}

/// A company at a server that sends mail, with a clock of its own.
struct Stage {
    /// Kept until the test ends
    _world: World,
    server: MailServer,
    account: Account,
}

impl Stage {
    async fn new(world: World) -> Self {
        let server = MailServer::start(&[]).await;
        let mut account = world.account("acme").await.unwrap();
        let mut app = world.virtual_replica(7).await.unwrap();
        set(&mut app, Settings::new("127.0.0.1", server.port(), Security::None, sender()));
        account.app = app;
        Self { _world: world, server, account }
    }

    fn app(&self) -> &App {
        &self.account.app
    }

    fn nobody(&self) -> Client {
        Client::new(self.app(), None)
    }

    /// Somebody logged in.
    async fn session(&self, login: &str) -> Client {
        Client::new(self.app(), Some(&self.account.session(login).await.unwrap()))
    }

    /// Does the duty once.
    async fn send(&self) {
        mail::send::duty(self.app()).await.unwrap();
    }

    /// The mails that came so far; each stands once in the result of all calls together.
    async fn arrived(&mut self) -> Vec<Mail> {
        self.send().await;
        self.server.take()
    }

    async fn password_reset(&self, login: &str) -> Answer {
        self.nobody().post("/v1/password-reset", &json!({ "login": login })).await.unwrap()
    }

    async fn set_password(&self, token: &str, password: &str) -> Answer {
        put(&self.nobody(), "/v1/password-reset", &json!({ "token": token, "password": password })).await
    }

    /// A user whose address is confirmed by the link that was sent there.
    async fn confirmed(&mut self, login: &str, permissions: &[campo_server::access::PermissionName]) -> Uuid {
        let user = self.account.user(login, permissions).await.unwrap();
        let session = self.session(login).await;
        let email = format!("{login}@example.com");
        done(&put(&session, "/v1/session/email", &change(&email)).await, 200);
        let mails = self.arrived().await;
        let token = mails.iter().find(|mail| mail.to == email).unwrap().token("correo");
        let confirmed = put(&self.nobody(), "/v1/email-confirmation", &json!({ "token": token })).await;
        assert_eq!(confirmed.status, 204, "{}", confirmed.json());
        user
    }
}

/// Has an app send by these settings.
fn set(app: &mut App, settings: Settings) {
    app.mail = Some(Arc::new(settings));
    app.limits = Arc::new(Limits { public_url: Some(PUBLIC.to_owned()), ..(*app.limits).clone() });
}
