//! The view: pages, sweeps and digests.

use campo_protocol::scope::Scope;
use uuid::Uuid;

use super::{
    rig::{Phone, Sent},
    server::Server,
};
use crate::machine::event::{CommitFailure, Failure};

const SCOPE: Scope = Scope::Account;
const OTHER: Scope = Scope::Catalogue;

#[test]
fn pages_follow_each_other_until_the_phone_holds_everything() {
    let (mut phone, mut server) = (Phone::new(), Server::new());
    for id in 0..10 {
        server.put(SCOPE, id, Some("a"));
        server.put(OTHER, id, Some("b"));
    }
    phone.settle(&mut server);
    phone.assert_agrees(&server);
    server.put(SCOPE, 3, None);
    server.put(SCOPE, 4, Some("changed"));
    server.scopes.remove(&OTHER);
    phone.settle(&mut server);
    phone.assert_agrees(&server);
}

/// A phone whose disk takes its time, with the first page received and being written.
fn writing_the_first_page(server: &mut Server) -> Phone {
    for id in 0..20 {
        server.put(SCOPE, id, Some("a"));
    }
    let mut phone = Phone::new();
    phone.slow = true;
    phone.deliver(server);
    phone
}

/// What was sent goes on from what was received, and says that the phone holds what it holds.
fn asked_ahead(phone: &Phone) -> bool {
    let Some(Sent::Exchange { exchange, .. }) = &phone.sent else { panic!("nothing was sent") };
    let held = phone.store.book().unwrap().scopes;
    let view = exchange.view.as_ref().unwrap();
    assert!(view.scopes.iter().all(|(scope, position)| held[scope].position == *position));
    !view.received.is_empty()
}

#[test]
fn the_next_page_is_asked_for_while_one_is_being_written() {
    let mut server = Server::new();
    let mut phone = writing_the_first_page(&mut server);
    let mut ahead = 0;
    while phone.writing.is_some() {
        let held = phone.store.objects(&SCOPE, "thing").unwrap();
        if phone.sent.is_some() {
            assert!(asked_ahead(&phone));
            ahead += 1;
            // The answer may come before the page is written, and waits for it
            if ahead % 2 == 0 {
                phone.deliver(&mut server);
                assert_eq!(phone.store.objects(&SCOPE, "thing").unwrap().len(), held.len());
            }
        }
        phone.write();
        if phone.writing.is_none() && phone.sent.is_some() {
            phone.deliver(&mut server);
        }
    }
    assert!(ahead > 3, "{ahead}");
    assert_eq!(phone.exchanges, ahead + 1);
    phone.assert_agrees(&server);
}

#[test]
fn what_was_asked_ahead_of_a_page_that_could_not_be_written_is_not_taken_in() {
    for is_early in [true, false] {
        let mut server = Server::new();
        let mut phone = writing_the_first_page(&mut server);
        assert!(asked_ahead(&phone));
        if is_early {
            phone.deliver(&mut server);
        }
        phone.failing = Some(CommitFailure::DiskFull);
        phone.write();
        if !is_early {
            phone.deliver(&mut server);
        }
        assert_eq!((phone.writing.is_none(), phone.store.all_objects().unwrap().len()), (true, 0));
        phone.failing = None;
        phone.fire();
        phone.settle(&mut server);
        phone.assert_agrees(&server);
    }
}

#[test]
fn what_was_asked_ahead_and_failed_is_asked_for_again_once_the_page_is_written() {
    let mut server = Server::new();
    let mut phone = writing_the_first_page(&mut server);
    phone.lose(Failure::Offline);
    phone.write();
    assert!(phone.armed.is_some() && phone.machine.trouble().is_some());
    phone.fire();
    assert!(!asked_ahead(&phone));
    phone.settle(&mut server);
    phone.assert_agrees(&server);
}

#[test]
fn nothing_is_asked_ahead_while_something_waits_to_be_handed_in() {
    let mut server = Server::new();
    for id in 0..20 {
        server.put(SCOPE, id, Some("a"));
    }
    let mut phone = Phone::new();
    phone.slow = true;
    phone.capture();
    phone.deliver(&mut server);
    assert!(phone.sent.is_none());
    phone.write();
    let Some(Sent::Exchange { exchange, .. }) = &phone.sent else { panic!("nothing was sent") };
    assert_eq!((exchange.entries.len(), exchange.view.as_ref().unwrap().received.len()), (1, 0));
    phone.settle(&mut server);
    phone.assert_agrees(&server);
}

#[test]
fn a_scope_that_is_read_anew_never_flickers() {
    let (mut phone, mut server) = (Phone::new(), Server::new());
    for id in 0..9 {
        server.put(SCOPE, id, Some("a"));
    }
    phone.settle(&mut server);
    // The server forgot that it ever had the first: no tombstone will name it
    server.scopes.get_mut(&SCOPE).unwrap().remove(&Uuid::from_u128(0));
    server.put(SCOPE, 1, Some("b"));
    phone.step(crate::machine::event::Event::SyncRequested);
    let mut pages = 0;
    while phone.sent.is_some() {
        phone.deliver(&mut server);
        pages += 1;
        let held = phone.store.objects(&SCOPE, "thing").unwrap().len();
        assert!((8..=9).contains(&held), "{held}");
    }
    assert!(pages > 3);
    phone.assert_agrees(&server);
}

#[test]
fn a_reading_from_the_start_goes_on_after_a_restart() {
    let (mut phone, mut server) = (Phone::new(), Server::new());
    for id in 0..9 {
        server.put(SCOPE, id, Some("a"));
    }
    phone.settle(&mut server);
    server.epoch = Uuid::from_u128(2);
    server.scopes.get_mut(&SCOPE).unwrap().remove(&Uuid::from_u128(8));
    phone.step(crate::machine::event::Event::SyncRequested);
    phone.deliver(&mut server);
    phone.lose(Failure::Offline);
    phone.restart();
    phone.settle(&mut server);
    phone.assert_agrees(&server);
}

#[test]
fn a_phone_whose_disk_lied_heals_itself() {
    let (mut phone, mut server) = (Phone::new(), Server::new());
    for id in 0..5 {
        server.put(SCOPE, id, Some("a"));
        server.put(OTHER, id, Some("a"));
    }
    phone.settle(&mut server);
    // Gone without a trace in one scope; the digest that the phone keeps still says otherwise
    phone
        .store
        .read()
        .execute("delete from object where scope = 'account' and id = zeroblob(16)", ())
        .unwrap();
    server.put(SCOPE, 0, Some("b"));
    phone.settle(&mut server);
    phone.assert_agrees(&server);
}

#[test]
fn a_server_that_never_agrees_is_asked_less_and_less() {
    let (mut phone, mut server) = (Phone::new(), Server::new());
    server.put(SCOPE, 1, Some("a"));
    for _ in 0..6 {
        while let Some(sent) = phone.sent.take() {
            let Sent::Exchange { number, bytes, .. } = sent else { panic!() };
            let mut answer = server.answer(&bytes);
            for page in &mut answer.view.as_mut().unwrap().scopes {
                page.digest += 1;
            }
            let sent = crate::environment::PlatformClock::read(&*crate::testing::TurnedClock::at(1));
            phone.step(crate::machine::event::Event::Answered { number, sent, answer: Box::new(answer) });
        }
        phone.fire();
    }
    assert!(phone.exchanges <= 9, "{}", phone.exchanges);
}
