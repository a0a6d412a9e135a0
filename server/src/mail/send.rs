//! The duty [`Duty::SendMail`](crate::access::Duty::SendMail): makes mails of notices and sends what is due, a bounded
//! part at a time. What became of each is written before the next is sent, so that a replica that dies repeats one at
//! most, under the same `Message-ID`.

use std::{collections::HashMap, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    HOUR_US, Purpose, Settings, links_to,
    message::{Draft, compose},
    notices,
    smtp::{self, Failure, Session},
};
use crate::{
    accounts::own::language_of,
    app::App,
    duties::Left,
    notices::rendered,
    notifications::retry,
    problem::{Problem, Result},
    secrets::Bearer,
    texts::{self, Language},
};

const DAY_US: i64 = 24 * HOUR_US;
/// Mails of one run.
const AT_ONCE: i64 = 50;
/// Failures of one mail after which it is given up, which takes about four hours; those of the whole server count for none.
const MOST_TRIES: i64 = 60;

/// Does a part of it.
pub async fn duty(app: &App) -> Result<Left> {
    let Some(settings) = app.mail.clone() else { return Ok(Left::Nothing) };
    let more_notices = notices::collect(app).await?;
    let due = due(app).await?;
    let more = due.len() as i64 == AT_ONCE;
    let reached = send_all(app, &settings, due).await?;
    Ok(if reached && (more || more_notices) { Left::More } else { Left::Nothing })
}

#[derive(FromRow)]
struct Due {
    account: i64,
    id: Uuid,
    account_user: Uuid,
    kind: String,
    subject: Uuid,
    tries: i64,
    /// How many were sent for the account within 24 hours
    sent: i64,
}

async fn due(app: &App) -> Result<Vec<Due>> {
    let now_us = app.environment.now_us();
    app.db
        .fetch_all(
            "select m.account, m.id, m.account_user, m.kind, m.subject, m.tries, (select count(*) from mail s \
             where s.account = m.account and s.sent_us > $2) as sent from mail m where m.due_us <= $1 \
             order by m.due_us, m.id limit $3",
            (now_us, now_us - DAY_US, AT_ONCE),
        )
        .await
}

/// What becomes of a mail.
#[derive(Clone, Copy)]
enum Outcome<'a> {
    Sent,
    /// It need not be sent, or cannot be
    Over(&'a str),
    /// It is tried again after so long
    Later {
        wait_us: i64,
        problem: &'a str,
        failed: bool,
    },
}

/// Sends one after the other over one connection. False where the server could not be worked with.
async fn send_all(app: &App, settings: &Arc<Settings>, due: Vec<Due>) -> Result<bool> {
    let mut session: Option<Session> = None;
    let mut sent: HashMap<i64, i64> = HashMap::new();
    for mail in due {
        let sent = sent.entry(mail.account).or_insert(mail.sent);
        if *sent >= settings.account_mails {
            tracing::warn!(account = mail.account, "no more mail today: smtp_account_mails is reached");
            note(app, &mail, Outcome::Later { wait_us: HOUR_US, problem: "too_many", failed: false }).await?;
            continue;
        }
        let Some(draft) = draft(app, settings, &mail).await? else {
            note(app, &mail, Outcome::Over("not_needed")).await?;
            continue;
        };
        let Ok(message) = compose(&draft) else {
            note(app, &mail, Outcome::Over("not_an_email")).await?;
            continue;
        };
        let result = async {
            let open = match session.take() {
                Some(open) => session.insert(open),
                None => session.insert(Session::open(settings).await?),
            };
            open.send(&message).await
        }
        .await;
        metrics::counter!("campo_mails_total", "outcome" => smtp::outcome_name(&result)).increment(1);
        match result {
            Ok(()) => {
                *sent += 1;
                note(app, &mail, Outcome::Sent).await?;
            }
            Err(failure) => {
                session = None;
                if !failed(app, &mail, failure).await? {
                    return Ok(false);
                }
            }
        }
    }
    if let Some(session) = session {
        session.close().await;
    }
    Ok(true)
}

/// What a failure means for the mail; false where it is the server's, and all wait.
async fn failed(app: &App, mail: &Due, failure: Failure) -> Result<bool> {
    let wait_us = wait_us(app, mail.tries + 1);
    match failure {
        // The words of a server name addresses, which are nothing for the log
        Failure::Refused(answer) => {
            tracing::warn!(account = mail.account, mail = %mail.id, status = answer.status, "a mail was refused");
            note(app, mail, Outcome::Over("refused")).await?;
            Ok(true)
        }
        Failure::NotNow(answer) => {
            tracing::info!(account = mail.account, mail = %mail.id, status = answer.status, "a mail is not taken yet");
            let outcome = if mail.tries >= MOST_TRIES {
                Outcome::Over("not_taken")
            } else {
                Outcome::Later { wait_us, problem: "not_taken", failed: true }
            };
            note(app, mail, outcome).await?;
            Ok(true)
        }
        Failure::Server(reason) => {
            tracing::warn!(reason, "the mail server cannot be worked with");
            all_wait(app, wait_us).await?;
            Ok(false)
        }
    }
}

fn wait_us(app: &App, failures: i64) -> i64 {
    retry::channel_wait_us(failures, u64::from_le_bytes(app.environment.random()))
}

/// Has everything wait that is due, so that a server that is down is asked once.
async fn all_wait(app: &App, wait_us: i64) -> Result<()> {
    let now_us = app.environment.now_us();
    let mut transaction = app.log.begin_housekeeping().await?;
    transaction
        .tx()
        .execute(
            "update mail set due_us = $2, tries = tries + 1, problem = 'server' where due_us <= $1",
            (now_us, now_us + wait_us),
        )
        .await?;
    transaction.commit().await
}

async fn note(app: &App, mail: &Due, outcome: Outcome<'_>) -> Result<()> {
    let now_us = app.environment.now_us();
    let (due_us, sent_us, problem, failed) = match outcome {
        Outcome::Sent => (None, Some(now_us), None, false),
        Outcome::Over(problem) => (None, None, Some(problem), false),
        Outcome::Later { wait_us, problem, failed } => (Some(now_us + wait_us), None, Some(problem), failed),
    };
    let mut transaction = app.log.begin_beside(mail.account, crate::scheduler::Class::Housekeeping).await?;
    transaction
        .tx()
        .execute(
            "update mail set due_us = $3, sent_us = $4, problem = $5, tries = tries + $6 \
             where account = $1 and id = $2",
            (mail.account, mail.id, due_us, sent_us, problem, i64::from(failed)),
        )
        .await?;
    transaction.commit().await
}

#[derive(FromRow)]
struct Recipient {
    name: String,
    email: String,
    confirmed_us: Option<i64>,
    language: String,
    account_name: String,
    zone: String,
    /// Of a recipient of a channel
    channel_name: String,
}

/// What is sent, as it is now; nothing where it need not be sent any more.
async fn draft(app: &App, settings: &Settings, mail: &Due) -> Result<Option<Draft>> {
    let Some(to) = recipient(app, mail).await? else { return Ok(None) };
    let language = Language::from(language_of(&to.language));
    let said = match Purpose::from_name(&mail.kind) {
        Some(purpose) => link_text(app, mail, &to, purpose, language).await?,
        None => notice_text(app, mail, &to, language).await?,
    };
    Ok(said.map(|(subject, paragraphs)| Draft {
        id: mail.id,
        from: settings.sender.clone(),
        name: to.name,
        address: to.email,
        subject,
        paragraphs,
        now_us: app.environment.now_us(),
    }))
}

/// Whom a mail is for; nobody where they are not there any more.
async fn recipient(app: &App, mail: &Due) -> Result<Option<Recipient>> {
    let holder = (mail.account, mail.account_user);
    if Purpose::from_name(&mail.kind) == Some(Purpose::ConfirmRecipient) {
        let of_channel = "select '' as name, r.email, r.confirmed_us, a.language, a.name as account_name, a.zone, \
             c.name as channel_name from channel_recipient r \
             join account a on a.id = r.account and a.state = 'enabled' \
             join channel c on c.account = r.account and c.id = r.channel where r.account = $1 and r.recipient = $2";
        return app.db.fetch_optional(of_channel, holder).await;
    }
    app.db
        .fetch_optional(
            "select u.name, u.email, u.email_confirmed_us as confirmed_us, u.language, a.name as account_name, \
             a.zone, '' as channel_name from account_user u \
             join account a on a.id = u.account and a.state = 'enabled' \
             where u.account = $1 and u.id = $2 and u.state = 'enabled' and u.email is not null",
            holder,
        )
        .await
}

type Said = Option<(String, Vec<String>)>;

async fn link_text(
    app: &App,
    mail: &Due,
    to: &Recipient,
    purpose: Purpose,
    language: Language,
) -> Result<Said> {
    let usable: Option<(i64,)> = app
        .db
        .fetch_optional(
            "select created_us from mail_link where account = $1 and id = $2 and email = $3 and used_us is null \
             and expires_us > $4",
            (mail.account, mail.subject, to.email.as_str(), app.environment.now_us()),
        )
        .await?;
    let (Some(_), Some(address)) = (usable, links_to(app)) else { return Ok(None) };
    let bearer = Bearer::of_link(mail.account, mail.subject, &app.secrets);
    let link = format!("{address}{}#{}", purpose.page(), bearer.format());
    Ok(Some(texts::mail(language, purpose.name(), |name| match name {
        "name" => Some(&to.name),
        "account" => Some(&to.account_name),
        "channel" => Some(&to.channel_name),
        "link" => Some(&link),
        _ => None,
    })))
}

async fn notice_text(app: &App, mail: &Due, to: &Recipient, language: Language) -> Result<Said> {
    if mail.kind != super::NOTICE || to.confirmed_us.is_none() {
        return Ok(None);
    }
    let Some(notice) = rendered(app, (mail.account, mail.subject), language).await? else { return Ok(None) };
    let times = (notice.times > 1).then(|| notice.times.to_string());
    let zone = TimeZone::get(&to.zone).unwrap_or(TimeZone::UTC);
    let last = zone.to_datetime(Timestamp::from_microsecond(notice.last_at.0).map_err(Problem::internal)?);
    let last = last.strftime("%Y-%m-%d %H:%M").to_string();
    let link = links_to(app).map(|address| format!("{address}/bandeja"));
    Ok(Some(texts::mail(language, super::NOTICE, |name| match name {
        "account" => Some(&to.account_name),
        "title" => Some(&notice.title),
        "text" => Some(&notice.text),
        "times" => times.as_deref(),
        "last" => Some(&last),
        "link" => link.as_deref(),
        _ => None,
    })))
}
