//! The story: a spreadsheet becomes work on phones, and the work becomes notifications and timesheets.

use std::{net::SocketAddr, path::Path, time::Duration};

use anyhow::{Context as _, Result, bail};
use futures_util::future::try_join_all;

use super::{
    api::Api,
    child::Child,
    company::{self, CHANNEL, Company},
    exchange::{self, Doors},
    handset::Handset,
    info,
    listener::{self, Listener},
    office,
    orders::Order,
    screen::{Tone, Who},
    server,
    stage::Stage,
    texts::fill,
    worker::Worker,
};

/// How long a part may take to end in order.
const ENDING: Duration = Duration::from_secs(10);
/// How long after a failure the end of the server counts as its reason.
const ENDED: Duration = Duration::from_secs(1);

/// The processes of the demo.
#[derive(Debug, Default)]
pub(super) struct Cast {
    server: Option<Child>,
    listener: Option<Listener>,
    handsets: Vec<Handset>,
}

impl Cast {
    /// Lets everybody end in order: first those that call others.
    pub(super) async fn end(&mut self) {
        for handset in &mut self.handsets {
            handset.process.close();
        }
        for handset in &mut self.handsets {
            handset.process.end(ENDING).await;
        }
        if let Some(server) = &mut self.server {
            server.end(ENDING).await;
        }
        if let Some(listener) = &mut self.listener {
            listener.process.end(ENDING).await;
        }
    }

    /// Kills everybody.
    pub(super) async fn kill(&mut self) {
        let handsets = self.handsets.iter_mut().map(|handset| &mut handset.process);
        let listener = self.listener.iter_mut().map(|listener| &mut listener.process);
        for process in handsets.chain(listener).chain(&mut self.server) {
            process.end(Duration::ZERO).await;
        }
    }
}

/// Plays until a part fails.
pub(super) async fn play(stage: &Stage, folder: &Path, listen: SocketAddr, cast: &mut Cast) -> Result<()> {
    let (texts, language) = (stage.texts, stage.language);
    let words = &texts.company;
    let password =
        server::create_account(folder, &words.name, language.tag(), company::ADMINISTRATOR).await?;
    let doors = Doors::find()?;
    let (server, url) = server::serve(folder, listen, doors).await?;
    let server = cast.server.insert(server);
    stage.server(Tone::Plain, &fill(&texts.server_listens, &[("url", &url)]));
    let api = Api::new(&url, language.tag())?;
    let company = company::found(&api, &password, words, language).await?;
    stage.office(Tone::Plain, &fill(&texts.company_made, &[("company", &words.name)]));
    info::console(stage, &company, &url);
    let listener = cast.listener.insert(Listener::start(folder).await?);
    let receiver_url = listener.url();
    stage.receiver(Tone::Plain, &fill(&texts.receiver_listens, &[("url", &receiver_url)]));
    let secret = company::open_channel(&company, &receiver_url).await?;
    listener.trust(&secret).await?;
    stage.office(Tone::Plain, &fill(&texts.channel_made, &[("channel", &CHANNEL)]));
    enrol(stage, folder, &url, &company, &mut cast.handsets).await?;
    info::show(stage, &company, &url);
    office::import(stage, &company).await?;
    exchange::open(stage, &company, doors).await?;
    let workers = cast.handsets.iter_mut().enumerate();
    let workers = workers.map(|(index, handset)| Worker::new(stage, &company, index, handset).work());
    let watch = async {
        server.ended().await?;
        bail!("campo serve")
    };
    let played = tokio::try_join!(
        try_join_all(workers),
        listener::follow(stage, &company, listener, &secret),
        office::look_now_and_then(stage, &company),
        watch,
    );
    // Without a server everybody fails; who said so first is chance
    if let Ok(status) = tokio::time::timeout(ENDED, server.ended()).await {
        let words = server::last_words(&folder.join(server::LOG));
        bail!("{}: {}\n{words}", fill(&texts.failed, &[("part", &texts.server)]), status?);
    }
    played.map(|_: (Vec<()>, (), (), ())| ())
}

/// Starts the phones; each technician types a code and a PIN.
async fn enrol(
    stage: &Stage,
    folder: &Path,
    url: &str,
    company: &Company,
    handsets: &mut Vec<Handset>,
) -> Result<()> {
    for technician in &company.technicians {
        handsets.push(Handset::start(folder, technician.number)?);
    }
    let enrolled = handsets.iter_mut().zip(&company.technicians).map(async |(handset, technician)| {
        let (server, code) = (url.to_owned(), technician.code.clone());
        handset.ask(&Order::Enrol { server, code }).await?;
        let (intent, pin) = ("session-1".to_owned(), technician.pin.clone());
        handset.ask(&Order::OpenSession { intent, pin }).await?;
        stage.screen.say(Who::Worker(&technician.name), Tone::Plain, &stage.texts.phone_enrolled);
        anyhow::Ok(())
    });
    try_join_all(enrolled).await.context("enrolling the phones")?;
    Ok(())
}
