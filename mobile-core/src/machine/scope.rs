//! How pages of a scope are taken in: marks and sweep, so that a scope that is read anew never flickers.

use campo_protocol::sync::ScopePage;

/// What the phone holds of one scope.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScopeHeld {
    /// Up to which position it was read; 0 asks for all of it again
    pub position: i64,
    /// How many objects of it the phone holds
    pub objects: i64,
    /// The wrapping sum of their digests
    pub digest: i64,
    /// The mark of the objects that pages named last. It rises with each reading from 0
    pub mark: i64,
    /// True from a page that begins at 0 to the complete one: what has an older mark by then is no longer in the scope
    pub marking: bool,
}

impl ScopeHeld {
    /// Begins to take a page in. False when the page does not begin where the phone stands: then nothing of it may be
    /// used, and the scope is read anew.
    pub const fn begin(&mut self, page: &ScopePage) -> bool {
        if page.after == 0 {
            self.mark += 1;
            self.marking = true;
        } else if page.after != self.position {
            self.position = 0;
            return false;
        }
        true
    }

    /// True while the scope is read from 0 for the first time.
    pub const fn is_first_reading(&self) -> bool {
        self.marking && self.mark == 1
    }

    /// An object of this digest came or went.
    pub const fn add(&mut self, digest: i64) {
        self.objects += 1;
        self.digest = self.digest.wrapping_add(digest);
    }

    /// Objects of this sum of digests went.
    pub const fn remove(&mut self, objects: i64, digest: i64) {
        self.objects -= objects;
        self.digest = self.digest.wrapping_sub(digest);
    }

    /// Ends the page, of which everything was taken in and, at the complete one, swept. False when the phone does not
    /// hold what the server holds: the scope is read anew.
    pub const fn end(&mut self, page: &ScopePage) -> bool {
        self.position = page.position;
        if !page.complete {
            return true;
        }
        self.marking = false;
        let agrees = self.digest == page.digest && self.objects == page.objects;
        if !agrees {
            self.position = 0;
        }
        agrees
    }
}
