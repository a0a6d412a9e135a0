//! A server inside the test that listens on a port, for programs that are not ours.

use std::time::Duration;

use anyhow::Result;
use campo_server::{
    api::{listen, router::router},
    app::App,
};
use tokio::{net::TcpListener, task::JoinHandle};

/// A server that answers on loopback until it is dropped.
#[derive(Debug)]
pub struct Served {
    /// Where it answers, such as `http://127.0.0.1:40123`, without a slash at the end
    pub url: String,
    task: JoinHandle<()>,
}

impl Served {
    /// Answers for `app` on a port that the system chooses.
    pub async fn start(app: &App) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let app = app.clone();
        let task = tokio::spawn(async move {
            let (router, environment) = (router(app.clone()), app.environment.clone());
            let never = std::future::pending();
            listen::serve(listen::Door::plain(listener), router, 64, &environment, never, Duration::ZERO)
                .await;
        });
        Ok(Self { url, task })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}
