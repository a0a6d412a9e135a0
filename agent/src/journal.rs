//! What the agent must still know after it was killed: its secret, what it is bringing, what it is putting where.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::durable;

/// A file that is being brought, or was. Its identity is path, length and time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Brought {
    pub(crate) path: PathBuf,
    pub(crate) size_bytes: u64,
    pub(crate) modified_ns: u128,
    /// By which the server knows it
    pub(crate) arrival: Uuid,
    pub(crate) hash: String,
    /// True once it is Campo's
    pub(crate) arrived: bool,
}

/// A file that is all here and is renamed next, or was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Placed {
    pub(crate) part: PathBuf,
    pub(crate) target: PathBuf,
}

/// The folder of what is kept.
#[derive(Debug, Clone)]
pub(crate) struct Journal(PathBuf);

impl Journal {
    pub(crate) fn open(state: &Path) -> Result<Self> {
        for folder in ["brought", "placed"] {
            let path = state.join(folder);
            fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
        }
        Ok(Self(state.to_owned()))
    }

    /// The agent's own secret, made at its first start.
    pub(crate) fn secret(&self) -> Result<String> {
        let path = self.0.join("secret");
        if let Ok(secret) = fs::read_to_string(&path) {
            return Ok(secret);
        }
        let secret = URL_SAFE_NO_PAD.encode(random::<32>()?);
        durable::write(&path, secret.as_bytes())
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(secret)
    }

    /// A new id.
    #[expect(clippy::unused_self, reason = "ids are made for what is kept here")]
    pub(crate) fn new_id(&self) -> Result<Uuid> {
        Ok(uuid::Builder::from_random_bytes(random()?).into_uuid())
    }

    /// Forgets the secret, so that another code finds another one.
    pub(crate) fn forget_secret(&self) {
        // Where it is not there, it is forgotten
        let _ = fs::remove_file(self.0.join("secret"));
        let _ = fs::remove_file(self.0.join("token"));
    }

    /// The bearer secret with which it enrolled, and the code that it was for.
    pub(crate) fn token(&self) -> Option<(String, String)> {
        let text = fs::read_to_string(self.0.join("token")).ok()?;
        text.split_once('\n').map(|(code, token)| (code.to_owned(), token.trim().to_owned()))
    }

    pub(crate) fn keep_token(&self, code: &str, token: &str) -> Result<()> {
        Ok(durable::write(&self.0.join("token"), format!("{code}\n{token}").as_bytes())?)
    }

    pub(crate) fn all_brought(&self) -> Result<Vec<Brought>> {
        self.all("brought")
    }

    pub(crate) fn keep_brought(&self, brought: &Brought) -> Result<()> {
        self.keep("brought", brought.arrival, brought)
    }

    pub(crate) fn forget_brought(&self, arrival: Uuid) -> Result<()> {
        self.forget("brought", arrival)
    }

    pub(crate) fn placed(&self, id: Uuid) -> Result<Option<Placed>> {
        read(&self.0.join("placed").join(format!("{id}.json")))
    }

    pub(crate) fn keep_placed(&self, id: Uuid, placed: &Placed) -> Result<()> {
        self.keep("placed", id, placed)
    }

    pub(crate) fn forget_placed(&self, id: Uuid) -> Result<()> {
        self.forget("placed", id)
    }

    /// Forgets what was placed, but for these.
    pub(crate) fn forget_placed_but(&self, kept: &HashSet<Uuid>) -> Result<()> {
        for one in fs::read_dir(self.0.join("placed"))? {
            let path = one?.path();
            let id = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
            if id.is_some_and(|id| !kept.contains(&id)) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    fn keep(&self, folder: &str, id: Uuid, what: &impl Serialize) -> Result<()> {
        let path = self.0.join(folder).join(format!("{id}.json"));
        durable::write(&path, &serde_json::to_vec(what)?)
            .with_context(|| format!("cannot write {}", path.display()))
    }

    fn forget(&self, folder: &str, id: Uuid) -> Result<()> {
        let path = self.0.join(folder).join(format!("{id}.json"));
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn all<T: DeserializeOwned>(&self, folder: &str) -> Result<Vec<T>> {
        let mut found = Vec::new();
        for one in fs::read_dir(self.0.join(folder))? {
            let path = one?.path();
            if path.extension().is_some_and(|end| end == "json") {
                found.extend(read(&path)?);
            }
        }
        Ok(found)
    }
}

/// Chance, taken here and nowhere else.
#[expect(clippy::disallowed_methods, reason = "the one place that asks for it")]
fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no chance: {error}"))?;
    Ok(bytes)
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    match fs::read(path) {
        Ok(bytes) => {
            Ok(Some(serde_json::from_slice(&bytes).with_context(|| format!("{} is broken", path.display()))?))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}
