//! The way by mail: one mail for each event, to the recipients who confirmed that they want it, the document attached.

use tokio::time::timeout;

use super::{Failure, Parcel, file_name, shown};
use crate::{
    accounts::own::language_of,
    app::App,
    channels::{mail_target::MailTarget, recipients, target::Receiver},
    mail::{
        Settings,
        letter::{self, Letter},
        smtp,
    },
    problem::Problem,
    texts::{self, Language},
};

const HOUR_US: i64 = 3600 * 1_000_000;

/// Sends one mail to all recipients, or to none: who is refused holds back the others too, so that nobody gets it twice.
pub(super) async fn deliver(
    target: &MailTarget,
    app: &App,
    receiver: &Receiver,
    parcel: Parcel,
) -> Result<(), Failure> {
    let Some(settings) = &app.mail else { return Err(waits("mail_not_set")) };
    // A server that hangs must not outlast the lease
    let sent = timeout(parcel.within, send(target, app, settings, receiver, parcel)).await;
    sent.unwrap_or_else(|_| Err(waits("timed_out")))
}

async fn send(
    target: &MailTarget,
    app: &App,
    settings: &Settings,
    receiver: &Receiver,
    parcel: Parcel,
) -> Result<(), Failure> {
    // The semaphore is never closed
    let _turn = settings.turns.acquire().await;
    let account = receiver.account;
    let letter = letter(target, app, receiver, parcel).await.map_err(|problem| unavailable(&problem))?;
    if letter.to.is_empty() {
        return Err(waits("no_recipient"));
    }
    let sent = letter::sent_today(app, account).await.map_err(|problem| unavailable(&problem))?;
    if sent + letter.to.len() as i64 > settings.account_mails {
        tracing::warn!(account, "no more mail today: smtp_account_mails is reached");
        return Err(Failure { asked_us: Some(HOUR_US), ..waits("too_many_mails") });
    }
    let message = letter::compose(&settings.sender, &letter).map_err(|problem| unavailable(&problem))?;
    let result = letter::send(settings, &message).await;
    metrics::counter!("campo_mails_total", "outcome" => smtp::outcome_name(&result)).increment(1);
    result.map_err(|failure| refused(failure, receiver))?;
    if let Err(problem) = letter::count(app, account, &letter).await {
        // It was taken: to send it again would be worse than not to count it
        tracing::warn!(%problem, account, "a mail that was sent is not counted");
    }
    Ok(())
}

async fn letter(
    target: &MailTarget,
    app: &App,
    receiver: &Receiver,
    parcel: Parcel,
) -> crate::problem::Result<Letter> {
    let Parcel { about, media_type, document, .. } = parcel;
    let readers = recipients::readers(app, receiver.account, receiver.channel).await?;
    let file_name = file_name(app, receiver, about, &target.file_name).await?;
    let language = Language::from(language_of(&readers.language));
    let (subject, paragraphs) = texts::mail(language, "event", |name| match name {
        "account" => Some(&readers.account_name),
        "channel" => Some(&readers.channel_name),
        "file" => Some(&file_name),
        _ => None,
    });
    Ok(Letter {
        event: about.id,
        channel: receiver.channel,
        to: readers.emails,
        subject,
        paragraphs,
        file_name,
        media_type,
        file: document,
        created_us: about.created_us,
    })
}

/// Nobody judged the event: everything waits.
fn waits(problem: &str) -> Failure {
    Failure { problem: problem.to_owned(), is_down: true, is_general: true, ..Failure::default() }
}

fn unavailable(problem: &Problem) -> Failure {
    tracing::warn!(%problem, "an event was not mailed");
    waits("unavailable")
}

fn refused(failure: smtp::Failure, receiver: &Receiver) -> Failure {
    let (answer, is_busy) = match failure {
        smtp::Failure::Server(reason) => {
            tracing::warn!(account = receiver.account, reason, "the mail server cannot be worked with");
            return waits("mail_server");
        }
        smtp::Failure::NotNow(answer) => (answer, true),
        smtp::Failure::Refused(answer) => (answer, false),
    };
    let words = shown(answer.words.as_bytes(), &receiver.secrets);
    Failure {
        problem: format!("status_{}", answer.status),
        status: Some(i64::from(answer.status)),
        answer: Some(words).filter(|words| !words.is_empty()),
        is_down: is_busy,
        is_general: is_busy || answer.is_of_recipient,
        ..Failure::default()
    }
}
