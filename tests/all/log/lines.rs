//! What phones may send: every line has an outcome, is kept byte for byte where it is kept, and hurts no other.

use axum::http::Request;
use campo_protocol::{
    entry::{self, Kind, MAX_ENTRY_BYTES},
    sync::Answer,
    text::hex,
};
use campo_server::log::entry::marks;
use campo_tests::{
    api::Client,
    check,
    http_phone::exchange,
    office, on_both,
    world::{Phone, World},
};
use uuid::Uuid;

on_both! {
    every_line_has_its_outcome_and_hurts_no_other,
    every_kind_of_entry_has_an_outcome_whatever_its_body,
    an_exchange_is_read_as_lines_whatever_ends_them,
    what_is_no_exchange_is_refused_as_a_whole,
}

/// What becomes of a line.
#[derive(Debug, Clone, Copy)]
enum Expected {
    /// No frame can be read; the fault's code
    Unreadable(&'static str),
    /// Appended with this outcome, reason and marks
    Kept(&'static str, Option<&'static str>, i64),
}
use Expected::{Kept, Unreadable};

const APPLIED: Expected = Kept("applied", None, 0);
const FRAME: Expected = Unreadable("frame_unreadable");

const fn set_aside(reason: &'static str) -> Expected {
    Kept("set_aside", Some(reason), 0)
}

/// A line with one change made to its JSON.
fn with(mut line: Vec<u8>, from: &str, to: &[u8]) -> Vec<u8> {
    let at = line.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
    line.splice(at..at + from.len(), to.iter().copied());
    line
}

fn table(phone: &mut Phone) -> Vec<(&'static str, Vec<u8>, Expected)> {
    let mut table = texts(phone);
    table.extend(numbers_and_nesting(phone));
    table.extend(frames(phone));
    table.extend(contents(phone));
    table.extend(readings(phone));
    table
}

/// Texts that some reader or database does not take.
fn texts(phone: &mut Phone) -> Vec<(&'static str, Vec<u8>, Expected)> {
    let content_unreadable = set_aside("content_unreadable");
    let replaced = Kept("applied", None, marks::TEXT_REPLACED);
    vec![
        ("U+0000 in a note", phone.line("shift.start", r#","note":"a\u0000b""#), replaced),
        ("U+0000 in a new member", phone.line("shift.start", r#","new":"\u0000""#), replaced),
        ("U+0000 in a name", phone.line("shift.start", r#","\u0000":1"#), replaced),
        ("U+0000 in a message", phone.line("message", r#","body":{"text":"\u0000"}"#), replaced),
        (
            "U+0000 in a file",
            phone.line(
                "photo",
                r#","files":[{"hash":"00","size_bytes":1,"field":"\u0000","media_type":"\u0000"}]"#,
            ),
            replaced,
        ),
        (
            "U+0000 in the kind",
            phone.line("\\u0000", ""),
            Kept("set_aside", Some("kind_unknown"), marks::TEXT_REPLACED),
        ),
        ("U+0000 as itself", with(phone.line("shift.start", r#","note":"x""#), "\"x\"", b"\"\0\""), FRAME),
        (
            "an unpaired surrogate in a note",
            phone.line("shift.start", r#","note":"\ud800""#),
            content_unreadable,
        ),
        ("an unpaired surrogate in a new member", phone.line("shift.start", r#","new":"\udc00""#), APPLIED),
        (
            "an unpaired surrogate in a message",
            phone.line("message", r#","body":{"text":"\ud800x"}"#),
            set_aside("body_unreadable"),
        ),
        (
            "no UTF-8 in a note",
            with(phone.line("shift.start", r#","note":"x""#), "\"x\"", b"\"\xff\xfe\""),
            Kept("set_aside", Some("content_unreadable"), marks::TEXT_REPLACED),
        ),
        (
            "no UTF-8 in a new member",
            with(phone.line("shift.start", r#","new":"x""#), "\"x\"", b"\"\xc3\""),
            Kept("set_aside", Some("content_unreadable"), marks::TEXT_REPLACED),
        ),
        (
            "a surrogate as UTF-8",
            with(phone.line("shift.start", r#","new":"x""#), "\"x\"", b"\"\xed\xa0\x80\""),
            Kept("set_aside", Some("content_unreadable"), marks::TEXT_REPLACED),
        ),
        ("no UTF-8 outside text", with(phone.line("shift.start", r#","new":1"#), ":1}", b":\xff}"), FRAME),
    ]
}

/// Numbers and nesting that some reader does not take.
fn numbers_and_nesting(phone: &mut Phone) -> Vec<(&'static str, Vec<u8>, Expected)> {
    let nested =
        |open: &str, close: &str| format!(r#","new":{}1{}"#, open.repeat(10_000), close.repeat(10_000));
    let content_unreadable = set_aside("content_unreadable");
    vec![
        ("NaN", phone.line("shift.start", r#","new":NaN"#), FRAME),
        ("Infinity", phone.line("shift.start", r#","new":-Infinity"#), FRAME),
        ("a huge number", phone.line("shift.start", r#","new":1e400"#), APPLIED),
        (
            "a number of 10,000 digits",
            phone.line("shift.start", &format!(r#","new":{}"#, "9".repeat(10_000))),
            APPLIED,
        ),
        (
            "a huge latitude",
            phone.line("shift.start", r#","place":{"latitude":1e400,"longitude":0}"#),
            content_unreadable,
        ),
        (
            "a latitude off the earth",
            phone.line("shift.start", r#","place":{"latitude":90.1,"longitude":0}"#),
            Kept("applied", None, marks::PLACE_UNUSABLE),
        ),
        ("lists nested deeply", phone.line("shift.start", &nested("[", "]")), APPLIED),
        ("objects nested deeply", phone.line("shift.start", &nested(r#"{"a":"#, "}")), APPLIED),
        (
            "a body nested deeply",
            phone.line("form", &format!(r#","body":{}{}"#, "[".repeat(10_000), "]".repeat(10_000))),
            APPLIED,
        ),
        (
            "nesting that does not end",
            phone.line("shift.start", &format!(r#","new":{}"#, "[".repeat(10_000))),
            FRAME,
        ),
        ("a byte order mark", [b"\xef\xbb\xbf".to_vec(), phone.line("shift.start", "")].concat(), FRAME),
    ]
}

/// What is wrong with the frame, or almost.
fn frames(phone: &mut Phone) -> Vec<(&'static str, Vec<u8>, Expected)> {
    let installation = phone.installation.to_string();
    let largest = phone.line("shift.start", r#","note":"""#);
    let fill = |line: Vec<u8>, bytes: usize| {
        let note = format!(r#""note":"{}""#, "x".repeat(bytes - line.len()));
        with(line, r#""note":"""#, note.as_bytes())
    };
    let too_large = phone.line("shift.start", r#","note":"""#);
    let sequence = |phone: &mut Phone, to: &str| {
        let line = phone.line("shift.start", "");
        with(line, &format!(r#""sequence":{}"#, phone.sequence), format!(r#""sequence":{to}"#).as_bytes())
    };
    let gap = Kept("applied", None, marks::SEQUENCE_GAP);
    vec![
        ("the largest", fill(largest, MAX_ENTRY_BYTES), APPLIED),
        ("one byte larger", fill(too_large, MAX_ENTRY_BYTES + 1), Unreadable("entry_too_large")),
        ("no object", b"[1]".to_vec(), FRAME),
        ("a list of the three", format!(r#"["{}","{installation}",3]"#, Uuid::nil()).into_bytes(), FRAME),
        ("nothing in it", b"{}".to_vec(), FRAME),
        ("two values", [phone.line("shift.start", ""), b"{}".to_vec()].concat(), FRAME),
        ("half a line", phone.line("shift.start", "")[..60].to_vec(), FRAME),
        ("two ids", phone.line("shift.start", &format!(r#","id":"{}""#, Uuid::nil())), FRAME),
        ("an id that is none", with(phone.line("shift.start", ""), r#""id":""#, br#""id":"x"#), FRAME),
        ("a sequence as text", sequence(phone, r#""1""#), FRAME),
        ("a sequence with a fraction", sequence(phone, "1.0"), FRAME),
        ("a sequence beyond 64 bits", sequence(phone, "9223372036854775808"), FRAME),
        ("no sequence", sequence(phone, "null"), FRAME),
        ("a sequence below zero", sequence(phone, "-9223372036854775808"), APPLIED),
        ("the greatest sequence", sequence(phone, "9223372036854775807"), gap),
        (
            "another installation's",
            with(phone.line("shift.start", ""), &installation, Uuid::nil().to_string().as_bytes()),
            set_aside("other_installation"),
        ),
        (
            "blanks around it",
            [b" \t".to_vec(), phone.line("shift.start", ""), b"  ".to_vec()].concat(),
            APPLIED,
        ),
    ]
}

/// What says that messages were read.
fn readings(phone: &mut Phone) -> Vec<(&'static str, Vec<u8>, Expected)> {
    vec![
        ("reading without messages", phone.line("message.read", ""), set_aside("body_unreadable")),
        (
            "reading what is no message's id",
            phone.line("message.read", r#","body":{"messages":["a"]}"#),
            set_aside("body_unreadable"),
        ),
        (
            "messages that were read",
            phone.line("message.read", &format!(r#","body":{{"messages":["{}"]}}"#, phone.employee)),
            APPLIED,
        ),
    ]
}

/// What is wrong with the rest.
fn contents(phone: &mut Phone) -> Vec<(&'static str, Vec<u8>, Expected)> {
    let employee = format!(r#""employee":"{}""#, phone.employee);
    let content_unreadable = set_aside("content_unreadable");
    let mut table = vec![
        ("an unknown kind", phone.line("shift.dance", ""), set_aside("kind_unknown")),
        ("a new member", phone.line("shift.start", r#","new":{"a":[1,null]}"#), APPLIED),
        ("two notes", phone.line("shift.start", r#","note":"a","note":"b""#), content_unreadable),
        (
            "two texts",
            phone.line("message", r#","body":{"text":"a","text":"b"}"#),
            set_aside("body_unreadable"),
        ),
        ("a message without text", phone.line("message", ""), set_aside("body_unreadable")),
        (
            "no employee",
            with(phone.line("shift.start", ""), &employee, br#""e":1"#),
            set_aside("employee_missing"),
        ),
        (
            "an employee whom nobody knows",
            with(
                phone.line("shift.start", ""),
                &employee,
                br#""employee":"00000000-0000-0000-0000-000000000007""#,
            ),
            Kept("set_aside", Some("unknown_employee"), marks::UNKNOWN_EMPLOYEE),
        ),
        ("no task", phone.line("task.start", ""), set_aside("task_missing")),
        (
            "a task that nobody knows",
            phone.line("task.start", r#","task":"00000000-0000-0000-0000-000000000007""#),
            set_aside("unknown_task"),
        ),
        ("a session without its id", phone.line("session.open", ""), set_aside("session_missing")),
        ("an author of the office", phone.line("shift.start", r#","duty":"operator""#), APPLIED),
        (
            "a file's size as text",
            phone.line("photo", r#","files":[{"hash":"","size_bytes":"1"}]"#),
            content_unreadable,
        ),
        (
            "a file with a hash that no index takes",
            phone.line("photo", &format!(r#","files":[{{"hash":"{}","size_bytes":1}}]"#, noise(6000))),
            APPLIED,
        ),
        ("a file without a hash", phone.line("photo", r#","files":[{"hash":"é","size_bytes":-1}]"#), APPLIED),
    ];
    let wrong =
        [r#""clock":{"wall_us":"x"}"#, r#""clock":{"wall_us":1.5}"#, r#""clock":[]"#, r#""clock":{}"#];
    for clock in wrong {
        let line = phone.line("shift.start", "");
        let text = String::from_utf8(line).unwrap();
        let at = text.find(r#""clock":"#).unwrap();
        let end = at + text[at..].find('}').unwrap() + 1;
        table.push(("a clock", [&text[..at], clock, &text[end..]].concat().into_bytes(), content_unreadable));
    }
    for member in [
        r#""task":7"#,
        r#""task":"x""#,
        r#""session":{}"#,
        r#""user":1"#,
        r#""corrects":[]"#,
        r#""reason":1"#,
        r#""note":{}"#,
        r#""place":"x""#,
        r#""place":{}"#,
        r#""files":{}"#,
        r#""files":null"#,
        r#""files":[1]"#,
    ] {
        table.push(("a wrong type", phone.line("shift.start", &format!(",{member}")), content_unreadable));
    }
    for kind in Kind::ALL.iter().filter(|kind| kind.is_office()) {
        let task = format!(r#","task":"{}""#, Uuid::nil());
        table.push(("an office's kind", phone.line(kind.name(), &task), set_aside("kind_of_office")));
    }
    table
}

async fn send(world: &World, phone: &Phone, body: Vec<u8>) -> campo_tests::api::Answer {
    let request = Request::post("/v1/sync").body(body.into()).unwrap();
    Client::new(&world.app, Some(&phone.bearer)).send(request).await.unwrap()
}

async fn every_line_has_its_outcome_and_hurts_no_other(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut good = account.phone(ana).await.unwrap();
    // A sequence of any kind may stand in the table, so that each line has a phone of its own
    let kinds = table(&mut account.phone(ana).await.unwrap()).len();
    for number in 0..kinds {
        let mut phone = account.phone(ana).await.unwrap();
        let (what, bad, expected) = table(&mut phone).swap_remove(number);
        phone.sequence = 0;
        let lines: [Vec<u8>; 3] = [phone.line("shift.start", ""), bad, phone.line("shift.end", "")];
        let answer = send(&world, &phone, exchange(&lines)).await;
        assert_eq!(answer.status, 200, "{what}: {}", answer.json());
        let answer: Answer = serde_json::from_slice(&answer.body).unwrap();
        let logs = check::log_is_whole(&world.app, account.id).await.unwrap();
        let kept: Vec<_> = answer.receipts.iter().map(|receipt| logs.at(receipt.position).unwrap()).collect();
        assert_eq!(kept[0].bytes, lines[0], "{what}");
        assert_eq!(kept[kept.len() - 1].bytes, lines[2], "{what}");
        match expected {
            Unreadable(code) => {
                assert_eq!(kept.len(), 2, "{what}");
                assert_eq!(
                    (answer.unreadable[0].line, answer.unreadable[0].fault.code.as_str()),
                    (2, code),
                    "{what}"
                );
            }
            Kept(outcome, reason, marks) => {
                assert_eq!(kept.len(), 3, "{what}: {:?}", answer.unreadable);
                assert_eq!(
                    (kept[1].outcome.as_str(), kept[1].reason.as_deref()),
                    (outcome, reason),
                    "{what}"
                );
                // The table numbers its own lines, so that gaps and repeats are as they happen to be
                let others = !(marks::SEQUENCE_GAP | marks::CLONE);
                assert_eq!(kept[1].marks & others, marks & others, "{what}");
                assert_eq!(kept[1].bytes, lines[1], "{what}");
                let again = send(&world, &phone, exchange(&lines)).await;
                let again: Answer = serde_json::from_slice(&again.body).unwrap();
                assert_eq!(again.receipts, answer.receipts, "{what}");
            }
        }
    }
    let line = good.line("shift.start", "");
    good.send(&[line]).await.unwrap();
}

async fn every_kind_of_entry_has_an_outcome_whatever_its_body(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let task = office::create_task(&world.app, account.id, &[ana]).await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let bodies = [
        "",
        "null",
        "1",
        r#""x""#,
        "[]",
        "{}",
        r#"{"text":1}"#,
        r#"{"text":"x","form":"x"}"#,
        r#"{"form":{}}"#,
    ];
    let mut lines = Vec::new();
    for kind in Kind::ALL {
        for body in bodies {
            for task in [String::new(), format!(r#","task":"{task}""#)] {
                let body = if body.is_empty() { String::new() } else { format!(r#","body":{body}"#) };
                let session = format!(r#","session":"{}""#, world.app.environment.uuid());
                lines.push(phone.line(kind.name(), &[task, body, session].concat()));
            }
        }
    }
    for lines in lines.chunks(200) {
        let receipts = phone.send(lines).await.unwrap().receipts;
        assert_eq!(receipts.len(), lines.len());
    }
    check::log_is_whole(&world.app, account.id).await.unwrap();
}

async fn an_exchange_is_read_as_lines_whatever_ends_them(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    for (end, blank) in [("\n", ""), ("\r\n", ""), ("\n", "\n"), ("\r\n", " \t\r\n"), ("\n\n", "")] {
        let mut phone = account.phone(ana).await.unwrap();
        let lines = [phone.line("shift.start", ""), b"nonsense".to_vec(), phone.line("shift.end", "")];
        let mut body = br#"{"format":1,"clock":{"wall_us":1}}"#.to_vec();
        let mut numbers = 0;
        for line in &lines {
            body.extend([end.as_bytes(), blank.as_bytes(), line].concat());
        }
        numbers += (end.matches('\n').count() + blank.matches('\n').count()) as i64 * 2;
        body.extend(end.as_bytes());
        let answer = send(&world, &phone, body).await;
        let answer: Answer = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(answer.unreadable[0].line, numbers, "{end:?} {blank:?}");
        let logs = check::log_is_whole(&world.app, account.id).await.unwrap();
        let kept: Vec<_> =
            answer.receipts.iter().map(|receipt| &logs.at(receipt.position).unwrap().bytes).collect();
        assert_eq!(kept, [&lines[0], &lines[2]], "{end:?} {blank:?}");
    }
}

async fn what_is_no_exchange_is_refused_as_a_whole(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let line = phone.line("shift.start", "");
    let request = exchange(&[]);
    let too_many = [&request[..], &b"\n{}".repeat(1001)].concat();
    for (what, body, status, code) in [
        ("nothing", Vec::new(), 400, "malformed_json"),
        ("an entry alone", line.clone(), 422, "validation_failed"),
        (
            "a byte order mark",
            [b"\xef\xbb\xbf", &exchange(std::slice::from_ref(&line))[..]].concat(),
            400,
            "malformed_json",
        ),
        ("a request of tomorrow", br#"{"format":2,"clock":{"wall_us":1}}"#.to_vec(), 400, "format_unknown"),
        ("too many lines", too_many, 413, "too_many_entries"),
    ] {
        let answer = send(&world, &phone, body).await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (status, Some(code)), "{what}");
    }
    assert!(check::log_is_whole(&world.app, account.id).await.unwrap().entries.is_empty());
    assert_eq!(send(&world, &phone, exchange(&[line])).await.status, 200);
}

/// Hexadecimal digits that no compression makes shorter.
fn noise(digits: usize) -> String {
    let blocks = (0..digits.div_ceil(64)).map(|block| hex(&entry::hash(&block.to_le_bytes())));
    let text: String = blocks.collect();
    text[..digits].to_owned()
}
