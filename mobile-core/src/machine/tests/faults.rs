//! One fault at a time.

use campo_protocol::sync::Outcome;
use uuid::Uuid;

use super::{
    rig::{INSTALLATION, Phone, Sent},
    server::Server,
};
use crate::{
    core::enrolment::Enrolment,
    machine::{
        MAX_BATCH_ENTRIES,
        book::{Access, Pending},
        commit::Commit,
        event::{CommitFailure, Event, Failure, Trouble},
    },
    store::repair::TrayReason,
};

#[test]
fn a_day_of_200_entries_is_one_round_trip() {
    let mut server = Server::new();
    let mut phone = Phone::connected(&mut server);
    phone.settle(&mut server);
    phone.lose_first_and_capture(200);
    phone.exchanges = 0;
    phone.fire();
    phone.deliver(&mut server);
    assert_eq!((phone.exchanges, server.entries.len()), (1, 200));
    assert!(phone.sent.is_none() && phone.armed.is_none());
    phone.assert_agrees(&server);
}

impl Phone {
    /// Captures while nothing is reached.
    fn lose_first_and_capture(&mut self, count: usize) {
        for _ in 0..count {
            self.capture();
            if self.sent.is_some() {
                self.lose(Failure::Offline);
            }
        }
    }
}

#[test]
fn what_something_in_between_finds_too_large_is_halved_until_it_passes() {
    let mut server = Server::new();
    let mut phone = Phone::connected(&mut server);
    server.most_lines = 7;
    phone.lose_first_and_capture(50);
    phone.settle(&mut server);
    assert_eq!(server.entries.len(), 50);
    phone.assert_agrees(&server);
}

#[test]
fn an_entry_that_never_passes_does_not_hold_back_those_behind_it() {
    let mut server = Server::new();
    let mut phone = Phone::connected(&mut server);
    let stuck = phone.capture();
    phone.lose(Failure::Broken);
    phone.lose_first_and_capture(3);
    for _ in 0..50 {
        match phone.sent.take() {
            Some(Sent::Exchange { number, exchange, bytes }) if exchange.entries.contains(&1) => {
                phone.sent = Some(Sent::Exchange { number, bytes, exchange });
                phone.lose(Failure::Broken);
            }
            Some(sent) => {
                phone.sent = Some(sent);
                phone.deliver(&mut server);
            }
            None => phone.fire(),
        }
    }
    assert_eq!(server.entries.len(), 3);
    assert!(!server.entries.contains_key(&stuck));
    let left: Vec<_> = phone.machine.book().outbox.keys().copied().collect();
    assert_eq!(left, [1]);
}

#[test]
fn waits_grow_and_end_at_once_when_there_is_a_reason() {
    let mut phone = Phone::new();
    let mut longest = Vec::new();
    for _ in 0..12 {
        phone.lose(Failure::Offline);
        longest.push(phone.armed.unwrap().1 / 1_000_000);
        phone.capture();
    }
    assert_eq!(longest[..5], [2, 4, 8, 16, 32]);
    assert_eq!(longest[11], 300);
    assert_eq!(phone.machine.trouble(), Some(&Trouble::Offline));
    for event in [Event::NetworkChanged, Event::Foreground(true), Event::Woken, Event::SyncRequested] {
        phone.lose(Failure::Offline);
        assert!(phone.sent.is_none());
        phone.step(event);
        assert!(phone.sent.is_some() && phone.armed.is_none());
    }
}

#[test]
fn nothing_goes_before_the_time_that_the_server_named() {
    let mut phone = Phone::new();
    phone.lose(Failure::Later { retry_after_s: Some(60) });
    assert_eq!(phone.armed, Some((60_000_000, 62_000_000)));
    phone.capture();
    phone.step(Event::NetworkChanged);
    assert!(phone.sent.is_none());
    phone.fire();
    assert!(phone.sent.is_some());
}

#[test]
fn a_failed_commit_changes_nothing_and_is_made_again() {
    for failure in [CommitFailure::DiskFull, CommitFailure::Busy, CommitFailure::Other] {
        let mut server = Server::new();
        let mut phone = Phone::connected(&mut server);
        phone.capture();
        phone.failing = Some(failure);
        phone.deliver(&mut server);
        assert_eq!(phone.machine.book().outbox.len(), 1);
        assert!(phone.armed.is_some() && phone.machine.trouble().is_some());
        phone.failing = None;
        phone.settle(&mut server);
        assert_eq!(phone.machine.trouble(), None);
        phone.assert_agrees(&server);
    }
}

#[test]
fn a_paused_phone_takes_nothing_in_and_goes_on_when_it_is_resumed() {
    let mut server = Server::new();
    let mut phone = Phone::connected(&mut server);
    phone.capture();
    phone.step(Event::Paused);
    phone.failing = Some(CommitFailure::Paused);
    phone.deliver(&mut server);
    assert!(phone.sent.is_none() && phone.armed.is_none());
    phone.failing = None;
    phone.step(Event::Resumed);
    phone.settle(&mut server);
    phone.assert_agrees(&server);
}

#[test]
fn answers_that_arrive_twice_or_late_are_not_taken_in_again() {
    let mut server = Server::new();
    let mut phone = Phone::connected(&mut server);
    phone.capture();
    let Some(Sent::Exchange { number, bytes, .. }) = phone.sent.clone() else { panic!() };
    phone.deliver(&mut server);
    let answer = Box::new(server.answer(&bytes));
    let sent = crate::environment::PlatformClock::read(&*crate::testing::TurnedClock::at(1));
    phone.step(Event::Answered { number, sent, answer });
    phone.step(Event::Failed { number, failure: Failure::Broken });
    phone.settle(&mut server);
    phone.assert_agrees(&server);
}

#[test]
fn a_receipt_for_other_bytes_settles_nothing() {
    let mut server = Server::new();
    let mut phone = Phone::connected(&mut server);
    phone.capture();
    let Some(Sent::Exchange { number, bytes, .. }) = phone.sent.take() else { panic!() };
    let mut answer = server.answer(&bytes);
    answer.receipts[0].hash = "00".repeat(32);
    let sent = crate::environment::PlatformClock::read(&*crate::testing::TurnedClock::at(1));
    phone.step(Event::Answered { number, sent, answer: Box::new(answer) });
    assert_eq!(phone.machine.book().outbox.len(), 1);
    assert!(phone.armed.is_some());
}

#[test]
fn what_the_server_does_not_take_goes_to_the_tray_with_its_reason_and_the_rest_flows() {
    let mut server = Server::new();
    let mut phone = Phone::connected(&mut server);
    let line = |id: u128, sequence: i64, more: &str| {
        let id = Uuid::from_u128(id);
        format!(r#"{{"id":"{id}","installation":"{INSTALLATION}","sequence":{sequence}{more}}}"#).into_bytes()
    };
    server.entries.insert(Uuid::from_u128(5), line(5, 9, r#","other":1"#));
    server.outcomes.insert(Uuid::from_u128(6), Outcome::SetAside);
    phone.capture_line(Some(line(5, 1, "")), None);
    phone.lose(Failure::Offline);
    phone.capture_line(Some(line(6, 2, "")), None);
    phone.lose(Failure::Offline);
    phone.capture_line(Some(b"{}".to_vec()), None);
    phone.lose(Failure::Offline);
    let good = phone.capture();
    phone.settle(&mut server);
    assert!(server.entries.contains_key(&good));
    let tray: Vec<_> =
        phone.store.all_trays().unwrap().into_iter().map(|item| (item.number, item.reason)).collect();
    let expected = [
        (3, TrayReason::Unreadable("frame_unreadable".to_owned())),
        (2, TrayReason::SetAside("because".to_owned())),
        (1, TrayReason::Conflict),
    ];
    assert_eq!(tray, expected);
    let states: Vec<_> = phone.store.all_entries().unwrap().into_iter().map(|entry| entry.state).collect();
    assert_eq!(states, ["conflict", "settled", "unreadable", "settled"], "all of them stay on the phone");
}

#[test]
fn access_follows_what_the_server_says() {
    for (failure, access) in [
        (Failure::NeedsLogin, Access::NeedsLogin),
        (Failure::Revoked, Access::Refused),
        (Failure::Stolen, Access::Stolen),
    ] {
        let mut phone = Phone::connected(&mut Server::new());
        phone.capture();
        phone.lose(failure);
        assert_eq!(phone.machine.book().access, access);
        let left = usize::from(access != Access::Stolen);
        assert_eq!(phone.store.all_entries().unwrap().len(), left);
        assert!(phone.sent.is_none() && phone.armed.is_none());
        phone.restart();
        assert_eq!(phone.sent.is_some(), access != Access::Stolen, "a person may ask again");
    }
}

#[test]
fn a_stolen_phone_on_which_nothing_can_be_written_is_wiped_all_the_same() {
    for failure in [CommitFailure::DiskFull, CommitFailure::Busy, CommitFailure::Paused] {
        let mut phone = Phone::connected(&mut Server::new());
        phone.capture();
        phone.failing = Some(failure);
        if failure == CommitFailure::Paused {
            phone.step(Event::Paused);
        }
        phone.wipes_that_fail = 2;
        phone.lose(Failure::Stolen);
        phone.step(Event::NetworkChanged);
        assert_eq!((phone.wipes_that_fail, phone.store.all_entries().unwrap().len()), (0, 1));
        phone.fire();
        assert!(phone.store.all_entries().unwrap().is_empty());
        assert!(phone.armed.is_none() && phone.sent.is_none());
        phone.restart();
        assert_eq!(phone.machine.book().access, Access::Stolen);
    }
}

#[test]
fn a_new_login_sends_what_waited() {
    let mut server = Server::new();
    let mut phone = Phone::connected(&mut server);
    phone.capture();
    phone.lose(Failure::NeedsLogin);
    phone.store.commit(&Commit { access: Some(Access::Active), ..Commit::default() }, 0).unwrap();
    let book = Box::new(phone.store.book().unwrap());
    phone.step(Event::LoggedIn(book));
    phone.settle(&mut server);
    phone.assert_agrees(&server);
}

#[test]
fn a_login_begins_anew_with_what_the_store_holds_and_waits_for_nothing_of_before() {
    for failure in [Failure::Stolen, Failure::Revoked, Failure::NeedsLogin] {
        let mut server = Server::new();
        server.put(campo_protocol::scope::Scope::Account, 1, Some("a"));
        let mut phone = Phone::connected(&mut server);
        phone.capture();
        let Some(Sent::Exchange { number, bytes, .. }) = phone.sent.clone() else { panic!() };
        let enrolment =
            Enrolment { server: String::new(), installation: Uuid::from_u128(78), company: String::new() };
        phone.store.enrol(&enrolment).unwrap();
        let book = Box::new(phone.store.book().unwrap());
        assert_eq!((book.outbox.len(), book.scopes.len(), book.epoch), (0, 0, None));
        phone.step(Event::LoggedIn(book));
        phone.step(Event::Failed { number, failure });
        let sent = crate::environment::PlatformClock::read(&*crate::testing::TurnedClock::at(1));
        phone.step(Event::Answered { number, sent, answer: Box::new(server.answer(&bytes)) });
        assert_eq!(phone.machine.book().access, Access::Active);
        let Some(Sent::Exchange { exchange, .. }) = &phone.sent else { panic!("nothing was sent") };
        assert!(exchange.entries.is_empty());
        phone.deliver(&mut server);
        assert_eq!(phone.store.objects(&campo_protocol::scope::Scope::Account, "thing").unwrap().len(), 1);
    }
}

#[test]
fn an_entry_of_an_earlier_enrolment_does_not_enter_the_outbox_of_this_one() {
    let mut phone = Phone::connected(&mut Server::new());
    let entry = Pending { id: Uuid::from_u128(5), hash: [0; 32], size_bytes: 1, captured_us: 1 };
    phone.step(Event::Captured { installation: Uuid::from_u128(76), number: 9, entry, files: Vec::new() });
    assert!(phone.machine.book().outbox.is_empty());
}

#[test]
fn what_is_announced_again_is_what_was_captured_under_that_enrolment() {
    let mut server = Server::new();
    let mut phone = Phone::connected(&mut server);
    phone.capture_line(None, Some(("aa", 10)));
    phone.settle(&mut server);
    let unsent = phone.capture();
    let enrolment =
        Enrolment { server: String::new(), installation: Uuid::from_u128(78), company: String::new() };
    phone.store.enrol(&enrolment).unwrap();
    let again = Commit { epoch: Some(Uuid::from_u128(9)), again: true, ..Commit::default() };
    phone.store.commit(&again, 0).unwrap();
    let earlier = |phone: &Phone| phone.store.book_of_earlier(INSTALLATION).unwrap();
    let waiting: Vec<_> = earlier(&phone).outbox.values().map(|entry| entry.id).collect();
    assert_eq!((waiting, earlier(&phone).files.len()), (vec![unsent], 0));
    phone.store.commit_of_earlier(INSTALLATION, &again, 0).unwrap();
    assert_eq!((earlier(&phone).outbox.len(), earlier(&phone).files.len()), (2, 1));
    assert_eq!(earlier(&phone).epoch, Some(Uuid::from_u128(9)));
    assert!(!phone.store.end_earlier(INSTALLATION).unwrap(), "something is left");
}

#[test]
fn a_revoked_phone_hands_in_and_reads_nothing() {
    let mut server = Server::new();
    let mut phone = Phone::connected(&mut server);
    phone.settle(&mut server);
    server.revoked = true;
    server.put(campo_protocol::scope::Scope::Account, 1, Some("new"));
    phone.capture();
    phone.settle(&mut server);
    assert_eq!(phone.machine.book().access, Access::HandInOnly);
    assert_eq!(server.entries.len(), 1);
    assert!(phone.store.all_objects().unwrap().is_empty());
    server.revoked = false;
    phone.settle(&mut server);
    assert_eq!(phone.machine.book().access, Access::Active);
    phone.assert_agrees(&server);
}

#[test]
fn a_restored_server_gets_everything_that_is_kept_again() {
    let mut server = Server::new();
    let mut phone = Phone::connected(&mut server);
    phone.capture();
    phone.capture_line(None, Some(("aa", 10)));
    phone.settle(&mut server);
    server.entries.clear();
    server.files.clear();
    server.epoch = Uuid::from_u128(2);
    phone.capture();
    phone.settle(&mut server);
    assert_eq!(server.entries.len(), 3);
    assert_eq!(server.files["aa"], (10, 10));
    phone.assert_agrees(&server);
}

#[test]
fn what_is_old_is_forgotten_and_what_is_unsent_never() {
    const DAY_US: i64 = 24 * 3600 * 1_000_000;
    let mut server = Server::new();
    let mut phone = Phone::connected(&mut server);
    phone.capture_line(None, Some(("aa", 10)));
    phone.settle(&mut server);
    phone.lose_first_and_capture(2);
    assert_eq!(phone.store.forget_old(6 * DAY_US).unwrap(), Vec::<String>::new());
    assert_eq!(phone.store.forget_old(8 * DAY_US).unwrap(), ["aa"]);
    assert_eq!(phone.store.all_entries().unwrap().len(), 3);
    phone.store.forget_old(31 * DAY_US).unwrap();
    let states: Vec<_> = phone.store.all_entries().unwrap().into_iter().map(|entry| entry.state).collect();
    assert_eq!(states, ["waiting", "waiting"]);
}

#[test]
fn files_follow_their_entry_in_parts_and_go_on_where_they_were_cut_off() {
    let mut server = Server::new();
    let mut phone = Phone::connected(&mut server);
    let size_bytes = 600 * 1024;
    phone.settle(&mut server);
    phone.capture_line(None, Some(("aa", size_bytes)));
    phone.deliver(&mut server);
    let Some(Sent::Upload { upload, .. }) = &phone.sent else { panic!() };
    assert_eq!((upload.from_bytes, upload.length_bytes), (0, 256 * 1024));
    phone.deliver(&mut server);
    phone.lose(Failure::Broken);
    phone.restart();
    phone.deliver(&mut server);
    let Some(Sent::Upload { upload, .. }) = &phone.sent else { panic!("{:?}", phone.sent) };
    assert_eq!(upload.from_bytes, 256 * 1024);
    phone.lose(Failure::TicketLost);
    phone.settle(&mut server);
    assert_eq!(server.files["aa"], (size_bytes, size_bytes));
}

#[test]
fn nonsense_about_what_the_server_has_of_a_file_does_no_harm() {
    for (received_bytes, from_bytes, length_bytes) in [(i64::MIN, 0, 10), (i64::MAX, i64::MAX, 0)] {
        let mut server = Server::new();
        let mut phone = Phone::connected(&mut server);
        server.files.insert("aa".to_owned(), (received_bytes, 10));
        phone.capture_line(None, Some(("aa", 10)));
        phone.deliver(&mut server);
        let Some(Sent::Upload { upload, .. }) = &phone.sent else { panic!("{:?}", phone.sent) };
        assert_eq!((upload.from_bytes, upload.length_bytes), (from_bytes, length_bytes));
    }
}

#[test]
fn the_office_hears_that_nothing_is_left() {
    let mut server = Server::new();
    let mut phone = Phone::connected(&mut server);
    phone.capture_line(None, Some(("aa", 10)));
    let mut said = Vec::new();
    while let Some(sent) = &phone.sent {
        if let Sent::Exchange { exchange, .. } = sent {
            said.push((exchange.unsent.entries, exchange.unsent.files));
        }
        phone.deliver(&mut server);
    }
    assert_eq!(said, [(0, 1), (0, 0)]);
}

#[test]
fn a_file_that_cannot_be_sent_does_not_hold_back_those_behind_it_and_is_tried_again() {
    let refused = || Failure::Refused("other_content".to_owned());
    let failures =
        [Failure::FileUnreadable, Failure::TooLarge, Failure::TicketLost, Failure::Broken, refused()];
    for failure in failures {
        let mut server = Server::new();
        let mut phone = Phone::connected(&mut server);
        for hash in ["aa", "bb", "cc"] {
            phone.capture_line(None, Some((hash, 10)));
            phone.lose(Failure::Offline);
        }
        let mut longest_s = Vec::new();
        for _ in 0..80 {
            match &phone.sent {
                Some(Sent::Upload { upload, .. }) if upload.hash == "aa" => phone.lose(failure.clone()),
                Some(_) => phone.deliver(&mut server),
                None => {
                    longest_s.extend(phone.armed.map(|armed| armed.1 / 1_000_000));
                    phone.fire();
                }
            }
        }
        let left: Vec<_> = phone.machine.book().files.keys().map(String::as_str).collect();
        assert_eq!(left, ["aa"], "{failure:?}");
        assert!(longest_s[1..].is_sorted(), "the waits grow: {longest_s:?}");
        assert!(longest_s.last() > Some(&60), "{longest_s:?}");
        // A photo of today does not wait for it
        phone.capture_line(None, Some(("dd", 10)));
        while phone.sent.is_some() {
            phone.deliver(&mut server);
        }
        assert_eq!(server.files["dd"], (10, 10));
        phone.settle(&mut server);
        assert_eq!(server.files["aa"], (10, 10), "{failure:?}");
    }
}

#[test]
fn more_entries_than_a_batch_go_in_batches() {
    let mut server = Server::new();
    let mut phone = Phone::connected(&mut server);
    phone.lose_first_and_capture(MAX_BATCH_ENTRIES + 1);
    phone.exchanges = 0;
    phone.settle(&mut server);
    assert_eq!(phone.exchanges, 2);
    phone.assert_agrees(&server);
}
