//! A phone that is enrolled again: what was captured before goes to whom it was captured for.

use campo_protocol::{entry::hash, text::hex};
use uuid::Uuid;

use super::{
    device,
    servers::{Instead, Phone},
};
use crate::{core::enrolment::Enrolment, machine::book::Access, store::Store};

const BEFORE: &str = "https://before.example";
const NOW: &str = "https://now.example";

/// A phone that could not hand in what it captured for one company, and was enrolled for another one then. The photo is
/// the same for both.
async fn enrolled_again() -> Phone {
    let phone = Phone::new();
    phone.servers.say_instead(BEFORE, Some(Instead::IsNotReached));
    for (server, code) in [(BEFORE, "1"), (NOW, "2")] {
        phone.enrol(server, code).await;
        phone.photo(code, "a picture");
    }
    phone
}

/// The hash of the photo that is taken for both companies.
fn picture() -> String {
    hex(&hash(b"a picture"))
}

#[tokio::test]
async fn what_was_captured_for_one_company_is_never_handed_in_to_another() {
    let phone = enrolled_again().await;
    phone.comes_to_hold(1).await;
    assert!(phone.servers.has_uploaded(NOW, &picture()) && !phone.servers.has_uploaded(BEFORE, &picture()));

    let phone = phone.restart();
    phone.servers.say_instead(BEFORE, None);
    phone.core.network_changed();
    phone.comes_to_hold(0).await;
    assert!(phone.servers.has_uploaded(BEFORE, &picture()));
    for asked in phone.servers.asked.lock().unwrap().iter() {
        let (installation, reads) = if asked.server == NOW { (2, true) } else { (1, false) };
        let installation = Uuid::from_u128(installation);
        assert_eq!(
            (&asked.bearer, asked.reads),
            (&format!("Bearer secret of {installation}"), reads),
            "{asked:?}"
        );
        assert!(asked.installations.iter().all(|of_entry| *of_entry == installation), "{asked:?}");
    }
    // It says to the office of before that nothing is left, and is forgotten then
    phone.comes_to("the end of it", |_| !phone.knows_secret_of(1)).await;
    assert_eq!(phone.store().earlier_enrolments().unwrap(), []);
    assert!(phone.knows_secret_of(2));
}

#[tokio::test]
async fn what_the_server_of_before_says_of_the_phone_concerns_what_is_of_before_alone() {
    for (code, access) in
        [("stolen", None), ("revoked", Some(Access::Refused)), ("unauthenticated", Some(Access::NeedsLogin))]
    {
        let phone = enrolled_again().await;
        phone.comes_to_hold(1).await;
        phone.servers.say_instead(BEFORE, Some(Instead::Refuses(code)));
        let heard = |store: &Store| {
            let earlier = store.earlier_enrolments().unwrap();
            let access_of = |one: &Enrolment| store.book_of_earlier(one.installation).unwrap().access;
            earlier.first().map(access_of) == access
        };
        phone.comes_to(code, heard).await;
        let phone = phone.restart();
        phone.comes_to(code, heard).await;
        let left = usize::from(access.is_some());
        phone.comes_to_hold(left as i64).await;
        assert_eq!(phone.store().all_entries().unwrap().len(), 1 + left, "{code}");
        assert_eq!((phone.knows_secret_of(2), phone.knows_secret_of(1)), (true, left > 0), "{code}");
        let files = phone.folder.path().join("files");
        assert!(files.join(picture()).exists(), "the other company needs it too");
    }
}

#[tokio::test]
async fn a_code_that_is_brought_again_makes_no_other_enrolment() {
    let phone = enrolled_again().await;
    phone.comes_to_hold(1).await;
    phone.core.enrol(NOW, "2", device()).await.unwrap();
    phone.comes_to_hold(1).await;
    assert_eq!(phone.store().earlier_enrolments().unwrap().len(), 1);
    assert!(phone.knows_secret_of(1) && phone.knows_secret_of(2));
    // Back to the first company: what waits is its own again
    phone.servers.say_instead(BEFORE, None);
    phone.core.enrol(BEFORE, "1", device()).await.unwrap();
    phone.comes_to_hold(0).await;
    assert_eq!(phone.store().earlier_enrolments().unwrap(), []);
    assert!(phone.servers.has_uploaded(BEFORE, &picture()));
    assert!(phone.knows_secret_of(1) && !phone.knows_secret_of(2), "nothing of that one is left");
}
