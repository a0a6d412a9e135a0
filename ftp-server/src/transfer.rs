//! Listings, downloads and uploads over data connections.

use std::{io, time::Duration};

use campo_file_names::Pattern;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::timeout,
};

use crate::{
    command::Command,
    control::Heard,
    data::{Data, Wanted},
    folders::{Backend, Beginning, Download as _, Fault, FaultKind, Folders as _, Item, Upload as _},
    listing::{facts, line},
    session::{Next, Session},
};

/// How long data may stand still.
const STALL_TIME: Duration = Duration::from_mins(2);
/// For how long after the data of an upload without TLS the control connection must live: a client that is killed
/// closes both, one after the other.
const LIFE: Duration = Duration::from_millis(30);
/// How long what is on its way is waited for once a client is gone.
const DRAIN_TIME: Duration = Duration::from_millis(200);
/// How much is read or written at a time.
const BLOCK: usize = 64 * 1024;

/// How the data of an upload ended.
enum End {
    /// In order
    Whole,
    /// The client said `ABOR`
    Aborted,
    /// Somehow else
    Broken,
    /// The client is gone
    Gone,
}

impl<B: Backend> Session<B> {
    /// The data connection that the client asked for; the reply that it is not there where it cannot be had.
    async fn connect(&mut self) -> io::Result<Option<Data>> {
        let wanted = std::mem::take(&mut self.wanted);
        if matches!(wanted, Wanted::Nothing) {
            self.control.reply(425, "PASV or PORT first").await?;
            return Ok(None);
        }
        if self.control.is_tls() && !self.protected {
            self.control.reply(522, "Data must be encrypted: PROT P").await?;
            return Ok(None);
        }
        self.control.reply(150, "Here it comes").await?;
        match Data::connect(&self.shared, wanted, self.peer, self.protected).await {
            Ok(data) => Ok(Some(data)),
            Err(error) => {
                tracing::debug!(%error, "no data connection");
                self.control.reply(425, "No data connection could be made").await?;
                Ok(None)
            }
        }
    }

    pub(crate) async fn list(&mut self, verb: &str, argument: &str) -> io::Result<Next> {
        let items = match self.listed(argument).await {
            Ok(items) => items,
            Err(fault) => {
                self.wanted = Wanted::Nothing;
                return self.fault(&fault).await;
            }
        };
        let (style, now_us) = (self.style, self.backend.now_us());
        let lines = items.iter().map(|item| match verb {
            "NLST" => item.name.clone(),
            "MLSD" => facts(item),
            _ => line(item, style, now_us),
        });
        let text: String = lines.map(|line| line + "\r\n").collect();
        let Some(mut data) = self.connect().await? else { return Ok(Next::Command) };
        let sent = timeout(STALL_TIME, async {
            let stream = data.stream();
            stream.write_all(text.as_bytes()).await?;
            stream.shutdown().await
        });
        match sent.await {
            Ok(Ok(())) => self.ok(226, "Done").await,
            _ => self.ok(426, "The data connection broke off").await,
        }
    }

    /// What is listed: options such as `-la` are passed over, `*` in the last name chooses.
    async fn listed(&self, argument: &str) -> Result<Vec<Item>, Fault> {
        let words: Vec<&str> = argument.split(' ').skip_while(|word| word.starts_with('-')).collect();
        let wanted = words.join(" ");
        let (folder, pattern) = match wanted.rsplit_once('/') {
            Some((folder, name)) if name.contains('*') => (format!("{folder}/"), Pattern::parse(name).ok()),
            None if wanted.contains('*') => (String::new(), Pattern::parse(&wanted).ok()),
            _ => (wanted, None),
        };
        let items = self.folders()?.list(&self.path(&folder)?).await?;
        Ok(match pattern {
            None => items,
            Some(pattern) => items.into_iter().filter(|item| pattern.fits(&item.name)).collect(),
        })
    }

    pub(crate) async fn retrieve(&mut self, argument: &str) -> io::Result<Next> {
        let mut offset = std::mem::take(&mut self.offset);
        let opened = async {
            let download = self.folders()?.open(&self.path(argument)?).await?;
            if offset > download.size_bytes() {
                return Err(Fault { kind: FaultKind::Offset, text: "The file is not so long".to_owned() });
            }
            Ok(download)
        };
        let mut download = match opened.await {
            Ok(download) => download,
            Err(fault) => {
                self.wanted = Wanted::Nothing;
                return self.fault(&fault).await;
            }
        };
        let Some(mut data) = self.connect().await? else { return Ok(Next::Command) };
        loop {
            let block = match download.read(offset, BLOCK).await {
                Ok(block) => block,
                Err(fault) => return self.fault(&fault).await,
            };
            if block.is_empty() {
                break;
            }
            offset += block.len() as u64;
            match timeout(STALL_TIME, data.stream().write_all(&block)).await {
                Ok(Ok(())) => {}
                _ => return self.ok(426, "The data connection broke off").await,
            }
        }
        if !matches!(timeout(STALL_TIME, data.stream().shutdown()).await, Ok(Ok(()))) {
            return self.ok(426, "The data connection broke off").await;
        }
        drop(data);
        match download.close().await {
            Ok(()) => self.ok(226, "Done").await,
            Err(fault) => self.fault(&fault).await,
        }
    }

    pub(crate) async fn store(&mut self, argument: &str, beginning: Beginning) -> io::Result<Next> {
        self.offset = 0;
        let announced = self.announced.take();
        let begun = async {
            let upload = self.folders()?.create(&self.path(argument)?, beginning).await?;
            if let Some(size_bytes) = announced {
                upload.announce(size_bytes)?;
            }
            Ok(upload)
        };
        let mut upload = match begun.await {
            Ok(upload) => upload,
            Err(fault) => {
                self.wanted = Wanted::Nothing;
                return self.fault(&fault).await;
            }
        };
        let Some(mut data) = self.connect().await? else { return Ok(Next::Command) };
        let end = match self.take(&mut data, &mut upload).await {
            Ok(end) => end,
            Err(fault) => {
                drop(data);
                self.keep(upload).await;
                return self.fault(&fault).await;
            }
        };
        if matches!(end, End::Whole) {
            // `close_notify` back (RFC 5246, section 7.2.1): Python's ftplib waits for it. Whoever does not may be gone
            let _ = timeout(DRAIN_TIME, data.stream().shutdown()).await;
        }
        drop(data);
        let fits = announced.is_none_or(|size_bytes| size_bytes == upload.size_bytes());
        match end {
            End::Whole if !fits => {
                self.keep(upload).await;
                self.ok(426, "It is not of the length that ALLO told: it is no file yet, go on with REST")
                    .await
            }
            End::Whole => match upload.finish().await {
                Ok(()) => self.ok(226, "Done").await,
                Err(fault) => self.fault(&fault).await,
            },
            End::Aborted => {
                self.keep(upload).await;
                self.control.reply(426, "Aborted").await?;
                self.ok(226, "Aborted").await
            }
            End::Broken => {
                self.keep(upload).await;
                self.ok(426, "The data connection broke off: it is no file yet, go on with REST").await
            }
            End::Gone => {
                self.keep(upload).await;
                Ok(Next::End)
            }
        }
    }

    async fn keep<U: crate::folders::Upload>(&self, upload: U) {
        if let Err(fault) = upload.suspend().await {
            tracing::warn!(%fault, "a part of a broken upload was not kept");
        }
    }

    /// Takes data until it ends, and watches the control connection meanwhile.
    async fn take<U: crate::folders::Upload>(
        &mut self,
        data: &mut Data,
        upload: &mut U,
    ) -> Result<End, Fault> {
        let mut block = vec![0; BLOCK];
        let encrypted = matches!(data, Data::Tls(_));
        loop {
            let read = timeout(STALL_TIME, data.stream().read(&mut block));
            let read = tokio::select! {
                read = read => read,
                heard = self.control.next() => match heard {
                    Heard::Gone => {
                        drain(data, upload).await?;
                        return Ok(End::Gone);
                    }
                    Heard::Command(Command { verb, .. }) if verb == "ABOR" => return Ok(End::Aborted),
                    // Whoever asks for something else meanwhile has to ask again
                    Heard::Command(_) => continue,
                },
            };
            match read {
                Ok(Ok(0)) => break,
                Ok(Ok(count)) => upload.write(&block[..count]).await?,
                // Without `close_notify` somebody may have cut it
                Ok(Err(_)) | Err(_) => return Ok(End::Broken),
            }
        }
        let life = if encrypted { Duration::ZERO } else { LIFE };
        Ok(if self.control.lives_for(life).await { End::Whole } else { End::Gone })
    }
}

/// Takes what arrived before a client went, so that it need not be sent again.
async fn drain<U: crate::folders::Upload>(data: &mut Data, upload: &mut U) -> Result<(), Fault> {
    let mut block = vec![0; BLOCK];
    while let Ok(Ok(count)) = timeout(DRAIN_TIME, data.stream().read(&mut block)).await {
        if count == 0 {
            break;
        }
        upload.write(&block[..count]).await?;
    }
    Ok(())
}
