//! A mail of a channel: one event, its document attached. Each try has the same bytes.

use std::time::{Duration, UNIX_EPOCH};

use lettre::{
    Address, Message,
    message::{
        Attachment, Body, Mailbox, MultiPart, SinglePart, header::ContentTransferEncoding,
        header::ContentType,
    },
};
use uuid::Uuid;

use super::{
    EVENT, HOUR_US, Settings,
    message::{AutoSubmitted, one_line, text},
    smtp::{Failure, Session},
};
use crate::{
    app::App,
    problem::{Problem, Result},
    scheduler::Class,
};

const DAY_US: i64 = 24 * HOUR_US;

/// What is sent.
#[derive(Debug)]
pub(crate) struct Letter {
    /// The event
    pub(crate) event: Uuid,
    /// The channel: with the event the `Message-ID`, by which a repeated try is known
    pub(crate) channel: Uuid,
    /// The addresses
    pub(crate) to: Vec<String>,
    /// What it is about
    pub(crate) subject: String,
    /// What it says
    pub(crate) paragraphs: Vec<String>,
    /// The name of the attached file
    pub(crate) file_name: String,
    /// What kind of file it is
    pub(crate) media_type: &'static str,
    /// The file
    pub(crate) file: Vec<u8>,
    /// When the event was made, which is the date of the mail
    pub(crate) created_us: i64,
}

/// How many mails were sent for an account within 24 hours.
pub(crate) async fn sent_today(app: &App, account: i64) -> Result<i64> {
    let since_us = app.environment.now_us() - DAY_US;
    let sent: (i64,) = app
        .db
        .fetch_one("select count(*) from mail where account = $1 and sent_us > $2", (account, since_us))
        .await?;
    Ok(sent.0)
}

/// Sends a mail over a connection of its own, a few of all accounts at a time.
pub(crate) async fn send(settings: &Settings, message: &Message) -> std::result::Result<(), Failure> {
    let mut session = Session::open(settings).await?;
    session.send(message).await?;
    session.close().await;
    Ok(())
}

/// Counts a mail that was sent, once for each recipient, against the bound of the account.
pub(crate) async fn count(app: &App, account: i64, letter: &Letter) -> Result<()> {
    let (now_us, number) = (app.environment.now_us(), letter.to.len());
    let mut transaction = app.log.begin_beside(account, Class::Housekeeping).await?;
    transaction
        .tx()
        .insert_many(
            "insert into mail (account, id, account_user, kind, subject, created_us, sent_us)",
            (
                vec![account; number],
                letter.to.iter().map(|_| app.environment.uuid()).collect::<Vec<_>>(),
                vec![letter.channel; number],
                vec![EVENT; number],
                vec![letter.event; number],
                vec![now_us; number],
                vec![now_us; number],
            ),
            "",
        )
        .await?;
    transaction.commit().await
}

/// The mail.
pub(crate) fn compose(from: &Mailbox, letter: &Letter) -> Result<Message> {
    let made = UNIX_EPOCH + Duration::from_micros(u64::try_from(letter.created_us).unwrap_or(0));
    let mut message = Message::builder()
        .from(from.clone())
        .subject(one_line(&letter.subject))
        .date(made)
        .message_id(Some(format!("<{}.{}@{}>", letter.event, letter.channel, from.email.domain())))
        .header(AutoSubmitted);
    for address in &letter.to {
        let to: Address = address.parse().map_err(Problem::internal)?;
        message = message.to(Mailbox::new(None, to));
    }
    // Base64 whatever it holds: a document comes out byte for byte, whose line ends a server would change
    let file = Body::new_with_encoding(letter.file.clone(), ContentTransferEncoding::Base64)
        .map_err(|_| Problem::internal(anyhow::anyhow!("a document cannot be attached")))?;
    let kind = ContentType::parse(letter.media_type).map_err(Problem::internal)?;
    let parts = MultiPart::mixed()
        .boundary(letter.event.simple().to_string())
        .singlepart(SinglePart::plain(text(&letter.paragraphs)))
        .singlepart(Attachment::new(letter.file_name.clone()).body(file, kind));
    message.multipart(parts).map_err(Problem::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_try_has_the_same_bytes_and_no_text_begins_a_header() {
        let letter = Letter {
            event: Uuid::from_u128(7),
            channel: Uuid::from_u128(8),
            to: vec!["ana@example.com".to_owned(), "eva@example.com".to_owned()],
            subject: "Acme\r\nBcc: eva@example.com".to_owned(),
            paragraphs: vec!["Días\r\nCc: eva@example.com".to_owned()],
            file_name: "añ\u{e9}\".xml".to_owned(),
            media_type: "application/xml; charset=utf-8",
            file: b"<a>\r\n.\r\n\xF1</a>\n".to_vec(),
            created_us: 1_767_625_200_000_000,
        };
        let from: Mailbox = "Campo <campo@example.com>".parse().unwrap();
        let composed = || compose(&from, &letter).unwrap().formatted();
        assert_eq!(composed(), composed());
        let mail = String::from_utf8(composed()).unwrap();
        assert!(mail.is_ascii(), "{mail}");
        let (head, _) = mail.split_once("\r\n\r\n").unwrap();
        assert!(!head.lines().any(|line| line.starts_with("Bcc") || line.starts_with("Cc")), "{head}");
        let id = format!("Message-ID: <{}.{}@example.com>", letter.event, letter.channel);
        assert!(head.contains(&id), "{head}");
        assert_eq!(compose(&from, &letter).unwrap().envelope().to().len(), 2);
    }
}
