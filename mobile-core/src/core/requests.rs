//! What the road sends: requests made of what the machine asks for, under the enrolment that it is of.

use std::{io, sync::Arc};

use uuid::Uuid;

use super::{
    bearers,
    enrolment::{self, Device, Enrolment},
    failure::{CoreFailure, Result},
    lane::Under,
    platform::SecureStore,
    transport::{HttpRequest, Transport},
    wipe,
};
use crate::{
    environment::Environment,
    machine::event::{Event, Exchange, Failure, Upload},
    store::{Store, failure::StoreFailure, space::FileSpace, writer::Writer},
    wire,
};

/// What requests are made of.
pub(super) struct Requests {
    pub(super) writer: Arc<Writer>,
    pub(super) environment: Environment,
    pub(super) space: Arc<dyn FileSpace>,
    pub(super) secrets: Arc<dyn SecureStore>,
    pub(super) transport: Arc<dyn Transport>,
}

impl Requests {
    /// Begins an exchange of the current enrolment, or of an earlier one.
    pub(super) fn exchange(
        &self,
        earlier: Option<Uuid>,
        number: u64,
        exchange: &Exchange,
    ) -> Result<Under<Event>, Failure> {
        self.try_exchange(earlier, number, exchange).map_err(|failure| not_begun(&failure))
    }

    fn try_exchange(&self, earlier: Option<Uuid>, number: u64, exchange: &Exchange) -> Result<Under<Event>> {
        let (enrolment, bearer) = self.identity(earlier)?;
        let moment = self.environment.moment();
        let numbers = exchange.entries.clone();
        // A disk that is full keeps nothing from being sent
        let clock = match self.writer.write({
            let moment = moment.clone();
            move |store| store.clock(&moment)
        }) {
            Err(StoreFailure::DiskFull) => moment.clock,
            clock => clock?,
        };
        let lines = self.writer.read(|store| store.lines(&numbers))?;
        let lines =
            wire::request_lines(exchange, &clock, &lines).map_err(|error| CoreFailure::internal(&error))?;
        let body = wire::compress(lines);
        let mut headers =
            vec![("authorization", bearer), ("content-type", "application/x-ndjson".to_owned())];
        headers.extend(body.encoding.map(|encoding| ("content-encoding", encoding.to_owned())));
        let url = format!("{}/v1/sync", enrolment.server);
        let request = HttpRequest { method: "POST", url, headers, body: body.bytes };
        let transport = self.transport.clone();
        Ok(Box::pin(async move {
            let answer = transport.send(request).await.and_then(|answer| wire::read_exchange(&answer));
            match answer {
                Ok(answer) => Event::Answered { number, sent: clock, answer: Box::new(answer) },
                Err(failure) => Event::Failed { number, failure },
            }
        }))
    }

    /// Begins to send a part of a file for the current enrolment, or for an earlier one.
    pub(super) fn upload(
        &self,
        earlier: Option<Uuid>,
        number: u64,
        upload: &Upload,
    ) -> Result<Under<Event>, Failure> {
        let (enrolment, bearer) = self.identity(earlier).map_err(|failure| not_begun(&failure))?;
        let body = self.part(upload)?;
        // No type of the content: the entry says it
        let mut headers = vec![("authorization", bearer)];
        if upload.size_bytes > 0 {
            let last = upload.from_bytes + upload.length_bytes - 1;
            let range = format!("bytes {}-{last}/{}", upload.from_bytes, upload.size_bytes);
            headers.push(("content-range", range));
        }
        let url = format!("{}/v1/uploads/{}", enrolment.server, upload.ticket);
        let request = HttpRequest { method: "PUT", url, headers, body };
        let transport = self.transport.clone();
        Ok(Box::pin(async move {
            let answer = transport.send(request).await.and_then(|answer| wire::read_upload(&answer));
            match answer {
                Ok(received_bytes) => Event::Uploaded { number, received_bytes },
                Err(failure) => Event::Failed { number, failure },
            }
        }))
    }

    fn part(&self, upload: &Upload) -> Result<Vec<u8>, Failure> {
        let body = self.space.read(&upload.hash, upload.from_bytes, upload.length_bytes);
        let body = body.and_then(|body| {
            let whole = body.len() as i64 == upload.length_bytes;
            if whole { Ok(body) } else { Err(io::Error::from(io::ErrorKind::UnexpectedEof)) }
        });
        body.map_err(|error| {
            tracing::warn!(%error, hash = upload.hash, "a file could not be read");
            Failure::FileUnreadable
        })
    }

    fn identity(&self, earlier: Option<Uuid>) -> Result<(Enrolment, String)> {
        let enrolment = self.writer.read(|store| match earlier {
            None => store.enrolment(),
            Some(installation) => Ok(store
                .earlier_enrolments()?
                .into_iter()
                .find(|enrolment| enrolment.installation == installation)),
        })?;
        let enrolment = enrolment.ok_or(CoreFailure::NeedsLogin)?;
        let bearer = bearers::of(&*self.secrets, enrolment.installation)
            .map_err(|failure| CoreFailure::internal(&failure))?;
        let bearer = bearer.ok_or(CoreFailure::NeedsLogin)?;
        Ok((enrolment, format!("Bearer {bearer}")))
    }

    /// Redeems a one-time code, and keeps what came of it.
    pub(super) async fn enrol(&self, server: &str, code: &str, device: &Device) -> Result<Enrolment> {
        // The next start would wipe the new enrolment with the rest
        if wipe::is_begun(self.writer.path()) {
            return Err(CoreFailure::refused("stolen"));
        }
        let server = server.trim().trim_end_matches('/').to_owned();
        let key = self.environment.moment().ids[0].to_string();
        let asked = code.to_owned();
        let key = self.writer.write(move |store| store.begin_enrolment(&asked, &key))?;
        let request = enrolment::redemption(&server, code, device, &key)?;
        let answer = self.transport.send(request).await?;
        let (enrolment, bearer) = enrolment::read(server, &answer)?;
        // The secret first: an enrolment without it would be of no use, and the code gives the same answer again
        bearers::keep(&*self.secrets, enrolment.installation, &bearer)
            .map_err(|failure| CoreFailure::internal(&failure))?;
        let kept = enrolment.clone();
        self.writer.write(move |store| store.enrol(&kept))?;
        self.forget_needless_bearers();
        Ok(enrolment)
    }

    /// Forgets the secrets of the enrolments of which nothing is left. One that stays for now goes the next time.
    pub(super) fn forget_needless_bearers(&self) {
        let forgotten =
            self.writer.read(Store::known_enrolments).map_err(CoreFailure::from).and_then(|known| {
                let known: Vec<Uuid> = known.iter().map(|enrolment| enrolment.installation).collect();
                bearers::retain(&*self.secrets, &known).map_err(|failure| CoreFailure::internal(&failure))
            });
        if let Err(failure) = forgotten {
            tracing::warn!(%failure, "the secrets of earlier enrolments could not be forgotten");
        }
    }
}

/// Why nothing was sent, in the machine's words.
fn not_begun(failure: &CoreFailure) -> Failure {
    match failure {
        CoreFailure::NeedsLogin => Failure::NeedsLogin,
        other => {
            tracing::warn!(failure = %other, "nothing could be sent");
            Failure::Later { retry_after_s: None }
        }
    }
}
