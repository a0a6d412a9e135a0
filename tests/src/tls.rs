//! The kit's clients speak plain HTTP; the library that they are made with wants to know whose cryptography it would use.

use std::sync::Once;

/// Says so, once a process. To be called before a client is made.
pub fn choose() {
    static CHOSEN: Once = Once::new();
    CHOSEN.call_once(|| {
        // It fails where something else has chosen already.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
