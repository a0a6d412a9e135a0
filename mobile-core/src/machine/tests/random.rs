//! Whatever happens in whatever order, in the end the server has everything once and the phone holds what it holds.

use campo_protocol::scope::Scope;
use proptest::{collection::vec, prelude::*};
use uuid::Uuid;

use super::{rig::Phone, server::Server};
use crate::machine::event::{CommitFailure, Event, Failure};

#[derive(Debug, Clone, Copy)]
enum Happening {
    Capture,
    CaptureWithFile(u8),
    Deliver,
    Lose(u8),
    LoseAnswer,
    Fire,
    Restart,
    NetworkChanged,
    Put { scope: u8, id: u8, body: Option<u8> },
    DropScope(u8),
    DiskFull(bool),
    RestoreServer,
    Revoke(bool),
    Shrink(u8),
    Pause(bool),
    Slow(bool),
    Write,
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        4 => Just(Happening::Capture),
        1 => any::<u8>().prop_map(Happening::CaptureWithFile),
        6 => Just(Happening::Deliver),
        2 => any::<u8>().prop_map(Happening::Lose),
        2 => Just(Happening::LoseAnswer),
        3 => Just(Happening::Fire),
        1 => Just(Happening::Restart),
        1 => Just(Happening::NetworkChanged),
        4 => (0..3_u8, 0..12_u8, proptest::option::of(0..4_u8))
            .prop_map(|(scope, id, body)| Happening::Put { scope, id, body }),
        1 => (0..3_u8).prop_map(Happening::DropScope),
        1 => any::<bool>().prop_map(Happening::DiskFull),
        1 => Just(Happening::RestoreServer),
        1 => any::<bool>().prop_map(Happening::Revoke),
        1 => (1..5_u8).prop_map(Happening::Shrink),
        1 => any::<bool>().prop_map(Happening::Pause),
        1 => any::<bool>().prop_map(Happening::Slow),
        3 => Just(Happening::Write),
    ]
}

fn scope(number: u8) -> Scope {
    Scope::Employee(Uuid::from_u128(u128::from(number)))
}

fn happens(phone: &mut Phone, server: &mut Server, backup: &mut Server, happening: Happening) {
    match happening {
        Happening::Capture => {
            phone.capture();
        }
        Happening::CaptureWithFile(number) => {
            phone.capture_line(None, Some((&format!("{number:02x}"), i64::from(number) * 5000)));
        }
        Happening::Deliver if phone.sent.is_some() => phone.deliver(server),
        Happening::Lose(kind) if phone.sent.is_some() => phone.lose(match kind % 5 {
            0 => Failure::Offline,
            1 => Failure::Broken,
            2 => Failure::TooLarge,
            3 => Failure::TicketLost,
            _ => Failure::Later { retry_after_s: Some(1) },
        }),
        Happening::LoseAnswer => {
            if let Some(super::rig::Sent::Exchange { bytes, .. }) = phone.sent.clone() {
                server.answer(&bytes);
                phone.lose(Failure::Broken);
            }
        }
        Happening::Fire if phone.armed.is_some() => phone.fire(),
        Happening::Restart => phone.restart(),
        Happening::NetworkChanged => phone.step(Event::NetworkChanged),
        Happening::Put { scope: number, id, body } => {
            let body = body.map(|body| body.to_string());
            server.put(scope(number), u128::from(id), body.as_deref());
        }
        Happening::DropScope(number) => {
            server.scopes.remove(&scope(number));
        }
        Happening::DiskFull(full) => phone.failing = full.then_some(CommitFailure::DiskFull),
        Happening::RestoreServer => {
            let epoch = Uuid::from_u128(server.epoch.as_u128() + 1);
            std::mem::swap(server, backup);
            server.epoch = epoch;
            *backup = server.clone();
        }
        Happening::Revoke(revoked) => server.revoked = revoked,
        Happening::Shrink(most) => server.most_lines = usize::from(most),
        Happening::Pause(paused) => phone.step(if paused { Event::Paused } else { Event::Resumed }),
        Happening::Slow(slow) => phone.slow = slow,
        Happening::Write if phone.writing.is_some() => phone.write(),
        Happening::Deliver | Happening::Lose(_) | Happening::Fire | Happening::Write => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_the_end_everything_agrees(happenings in vec(happening(), 1..120)) {
        let (mut phone, mut server) = (Phone::new(), Server::new());
        let mut backup = server.clone();
        for happening in happenings {
            happens(&mut phone, &mut server, &mut backup, happening);
        }
        phone.failing = None;
        server.revoked = false;
        phone.step(Event::Resumed);
        phone.restart();
        phone.settle(&mut server);
        // Once more: what the server took in the last exchange is in its view now
        phone.settle(&mut server);
        phone.assert_agrees(&server);
    }
}
