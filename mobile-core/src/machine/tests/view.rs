//! The view: pages, sweeps and digests.

use campo_protocol::scope::Scope;
use uuid::Uuid;

use super::{rig::Phone, server::Server};
use crate::machine::event::Failure;

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
            let super::rig::Sent::Exchange { number, bytes, .. } = sent else { panic!() };
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
