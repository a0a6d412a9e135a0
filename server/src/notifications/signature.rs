//! Signatures of notifications by Standard Webhooks (standardwebhooks.com): HMAC-SHA256 over
//! `id.timestamp.body`, in base64 behind `v1,`, one for each valid secret, with spaces between them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The header `webhook-signature` of a notification.
pub fn signatures<K: AsRef<[u8]>>(keys: &[K], id: &str, timestamp_s: i64, body: &[u8]) -> String {
    keys.iter().map(|key| signature(key.as_ref(), id, timestamp_s, body)).collect::<Vec<_>>().join(" ")
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn signature(key: &[u8], id: &str, timestamp_s: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(format!("{id}.{timestamp_s}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_has_its_signature() {
        // From the reference libraries of Standard Webhooks
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed =
            signatures(&[key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn each_valid_secret_signs() {
        let keys = [vec![1; 32], vec![2; 32]];
        let both = signatures(&keys, "a", 1, b"x");
        let each: Vec<String> = keys.iter().map(|key| signatures(&[key], "a", 1, b"x")).collect();
        assert_eq!(both, each.join(" "));
        assert_ne!(each[0], each[1]);
    }
}
