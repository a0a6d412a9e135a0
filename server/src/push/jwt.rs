//! JSON Web Tokens in their compact form (RFC 7515, section 7.1), signed as push services want it: ES256 and RS256 of RFC
//! 7518. With ring, which TLS brings already.

use anyhow::{Context as _, Result, anyhow};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use rustls::pki_types::{PrivatePkcs8KeyDer, pem::PemObject as _};
use serde::Serialize;
use serde_json::json;

/// A key that signs tokens.
#[derive(Debug)]
pub(super) enum SigningKey {
    /// ECDSA with P-256 and SHA-256
    Es256(EcdsaKeyPair),
    /// RSASSA-PKCS1-v1_5 with SHA-256
    Rs256(RsaKeyPair),
}

impl SigningKey {
    /// A P-256 key: PEM of PKCS #8, as Apple gives it out.
    pub(super) fn es256(pem: &str) -> Result<Self> {
        let pair = EcdsaKeyPair::from_pkcs8(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            pkcs8(pem)?.secret_pkcs8_der(),
            &SystemRandom::new(),
        );
        Ok(Self::Es256(pair.map_err(|why| anyhow!("this is no P-256 key: {why}"))?))
    }

    /// An RSA key of 2,048 bits or more: PEM of PKCS #8, as Google gives it out.
    pub(super) fn rs256(pem: &str) -> Result<Self> {
        let pair = RsaKeyPair::from_pkcs8(pkcs8(pem)?.secret_pkcs8_der());
        Ok(Self::Rs256(pair.map_err(|why| anyhow!("this is no RSA key: {why}"))?))
    }

    /// A signed token with these claims; `key_id` is the `kid` of its header.
    pub(super) fn token(&self, key_id: Option<&str>, claims: &impl Serialize) -> Result<String> {
        let algorithm = match self {
            Self::Es256(_) => "ES256",
            Self::Rs256(_) => "RS256",
        };
        let mut header = json!({ "typ": "JWT", "alg": algorithm });
        if let Some(key_id) = key_id {
            header["kid"] = key_id.into();
        }
        let parts = [serde_json::to_vec(&header)?, serde_json::to_vec(claims)?];
        let signed = parts.map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        let signature = self.sign(signed.as_bytes()).map_err(|_| anyhow!("the key does not sign"))?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ring::error::Unspecified> {
        let random = SystemRandom::new();
        match self {
            Self::Es256(pair) => Ok(pair.sign(&random, message)?.as_ref().to_vec()),
            Self::Rs256(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)?;
                Ok(signature)
            }
        }
    }
}

fn pkcs8(pem: &str) -> Result<PrivatePkcs8KeyDer<'static>> {
    PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes())
        .context("this is no private key: expected PEM that begins with BEGIN PRIVATE KEY")
}
