//! What sequences tell: gaps and clones are marked, on the entries that show them and on no others.

use campo_server::log::entry::marks::{CLONE, SEQUENCE_GAP};
use campo_tests::{
    check, on_both,
    world::{Phone, World},
};

on_both! {
    gaps_and_clones_are_marked_on_the_entries_that_show_them,
    what_names_another_installation_says_nothing_of_its_sequence,
}

fn line(phone: &mut Phone, sequence: i64) -> Vec<u8> {
    phone.sequence = 0;
    let line = String::from_utf8(phone.line("shift.start", "")).unwrap();
    line.replace(r#""sequence":1,"#, &format!(r#""sequence":{sequence},"#)).into_bytes()
}

async fn gaps_and_clones_are_marked_on_the_entries_that_show_them(world: World) {
    const GAP: i64 = SEQUENCE_GAP;
    const BOTH: i64 = SEQUENCE_GAP | CLONE;
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    for (what, exchanges, expected) in [
        ("in order", &[&[1, 2, 3][..], &[4]][..], &[0, 0, 0, 0][..]),
        ("the first is missing", &[&[2, 3]], &[GAP, 0]),
        ("one is missing", &[&[1, 3, 4]], &[0, GAP, 0]),
        ("one is missing between exchanges", &[&[1], &[3], &[4]], &[0, GAP, 0]),
        ("the missing one comes late", &[&[1, 3], &[2], &[4]], &[0, GAP, 0, 0]),
        ("two gaps", &[&[1, 3, 5]], &[0, GAP, GAP]),
        ("backwards", &[&[3, 2, 1]], &[GAP, 0, 0]),
        ("a clone in one exchange", &[&[1, 2, 2]], &[0, 0, CLONE]),
        ("a clone in another", &[&[1, 2], &[2, 3]], &[0, 0, CLONE, 0]),
        ("a clone of what came late", &[&[1, 3], &[2], &[2]], &[0, GAP, 0, CLONE]),
        ("three of one", &[&[1, 1], &[1]], &[0, CLONE, CLONE]),
        ("a clone is no gap", &[&[1, 4], &[4]], &[0, GAP, CLONE]),
        ("two phones of one backup", &[&[1, 2], &[1, 2, 3], &[3]], &[0, 0, CLONE, CLONE, 0, CLONE]),
        ("zero and below", &[&[0, -1, 1], &[-1]], &[0, 0, 0, CLONE]),
        ("the greatest", &[&[i64::MAX], &[i64::MAX], &[1]], &[GAP, CLONE, 0]),
        ("the least", &[&[i64::MIN, i64::MIN], &[i64::MIN, 1]], &[0, CLONE, CLONE, 0]),
    ] {
        let mut phone = account.spare_phone(ana);
        let mut found = Vec::new();
        for exchange in exchanges {
            let lines: Vec<Vec<u8>> = exchange.iter().map(|sequence| line(&mut phone, *sequence)).collect();
            let receipts = phone.send(&lines).await.unwrap().receipts;
            // Sent again they are repeats, which are no clones
            assert_eq!(phone.send(&lines).await.unwrap().receipts, receipts, "{what}");
            found.extend(receipts.into_iter().map(|receipt| receipt.position));
        }
        let logs = check::log_is_whole(&world.app, account.id).await.unwrap();
        let found: Vec<i64> =
            found.into_iter().map(|position| logs.at(position).unwrap().marks & BOTH).collect();
        assert_eq!(found, expected, "{what}");
    }
}

async fn what_names_another_installation_says_nothing_of_its_sequence(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let (mut own, mut other) = (account.spare_phone(ana), account.spare_phone(ana));
    let forged = {
        let installation = std::mem::replace(&mut other.installation, own.installation);
        let lines = [line(&mut other, 2), line(&mut other, 1_000_000)];
        other.installation = installation;
        lines
    };
    for receipt in other.send(&forged).await.unwrap().receipts {
        assert_eq!(receipt.reason.as_deref(), Some("other_installation"));
    }
    let mut marks = Vec::new();
    for sequence in [1, 2, 4] {
        let line = line(&mut own, sequence);
        let position = own.send(&[line]).await.unwrap().receipts[0].position;
        marks.push(check::log_is_whole(&world.app, account.id).await.unwrap().at(position).unwrap().marks);
    }
    assert_eq!(marks, [0, 0, SEQUENCE_GAP]);
}
