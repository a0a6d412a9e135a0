//! The least rate of a request's body, so that whoever sends a byte now and then holds no connection for minutes.

use std::{
    fmt, io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::Bytes;
use futures_util::future::BoxFuture;
use http_body::{Body, Frame, SizeHint};

use crate::environment::Environment;

/// How many bytes a second a client must send on the average while it is waited for: a tenth of what GPRS gives.
const LEAST_RATE: u64 = 256;
/// How long a client is waited for before the rate counts: longer than a phone needs to change its network.
const GRACE_US: u64 = 60 * 1_000_000;

/// A body that ends with an error where its client has been waited for longer than its bytes are worth. The time in
/// which nobody asks for the body is not the client's.
pub(super) struct Paced<B> {
    body: B,
    environment: Environment,
    bytes: u64,
    waited_us: u64,
    /// Since when the client is waited for, and what ends that
    waiting: Option<(i64, BoxFuture<'static, ()>)>,
}

impl<B> Paced<B> {
    /// The body of a request that begins now.
    pub(super) fn new(body: B, environment: Environment) -> Self {
        Self { body, environment, bytes: 0, waited_us: 0, waiting: None }
    }

    /// How much longer the client may let wait.
    fn left(&self) -> Duration {
        let worth_us = GRACE_US.saturating_add(self.bytes.saturating_mul(1_000_000) / LEAST_RATE);
        Duration::from_micros(worth_us.saturating_sub(self.waited_us))
    }
}

impl<B: fmt::Debug> fmt::Debug for Paced<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Paced").field("body", &self.body).field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Paced<B>
where
    B::Error: Into<axum::BoxError>,
{
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            if let Some((since_us, _)) = this.waiting.take() {
                let waited_us = this.environment.monotonic_us().saturating_sub(since_us);
                this.waited_us = this.waited_us.saturating_add(u64::try_from(waited_us).unwrap_or(0));
            }
            let frame = frame.map(|frame| frame.map_err(Into::into));
            if let Some(Ok(Some(data))) = frame.as_ref().map(|frame| frame.as_ref().map(Frame::data_ref)) {
                this.bytes = this.bytes.saturating_add(data.len() as u64);
            }
            return Poll::Ready(frame);
        }
        let left = this.left();
        let environment = &this.environment;
        let (_, end) = this.waiting.get_or_insert_with(|| {
            let clock = environment.clone();
            (environment.monotonic_us(), Box::pin(async move { clock.sleep(left).await }))
        });
        ready!(end.as_mut().poll(context));
        let error = io::Error::new(io::ErrorKind::TimedOut, "the body comes too slowly");
        Poll::Ready(Some(Err(error.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use tokio::sync::mpsc;

    use super::*;

    /// Sends `bytes` every `pause`, `times` times; true when the whole body arrived.
    async fn arrives(bytes: usize, pause: Duration, times: usize) -> bool {
        let environment = Environment::seeded(1, 0);
        let (sender, receiver) = mpsc::unbounded_channel();
        let stream =
            futures_util::stream::unfold(receiver, |mut receiver: mpsc::UnboundedReceiver<Bytes>| async {
                receiver.recv().await.map(|bytes| (Ok::<_, io::Error>(bytes), receiver))
            });
        let body = Body::new(Paced::new(Body::from_stream(stream), environment.clone()));
        let reading = tokio::spawn(async move { axum::body::to_bytes(body, usize::MAX).await.is_ok() });
        for _ in 0..times {
            tokio::task::yield_now().await;
            environment.advance(i64::try_from(pause.as_micros()).unwrap());
            tokio::task::yield_now().await;
            if sender.send(Bytes::from(vec![b'x'; bytes])).is_err() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(sender);
        reading.await.unwrap()
    }

    #[tokio::test]
    async fn a_slow_body_arrives_and_one_that_only_holds_its_connection_does_not() {
        assert!(arrives(20_000, Duration::from_secs(20), 20).await);
        assert!(arrives(1, Duration::from_secs(20), 2).await);
        assert!(!arrives(1, Duration::from_secs(20), 20).await);
    }
}
