//! Bad days of the hosted folders: whoever guesses passwords by thousands, and a disk that is full.

use std::net::{IpAddr, Ipv4Addr};

use campo_file_names::VirtualPath;
use campo_server::{
    capabilities,
    exchange::{
        hosted::{Beginning, Door, ItemKind, by_password},
        take,
    },
    files::{room::Shares, store::Store},
    jobs,
    problem::Code,
};
use campo_tests::{on_both, world::World};
use serde_json::json;

use super::{Site, tasks};

on_both! {
    passwords_that_are_guessed_by_thousands_keep_no_system_out,
    a_full_disk_is_told_to_the_client_keeps_the_part_and_imports_nothing_half,
}

/// In networks for documents (RFC 5737).
fn address(network: u8, host: u8) -> IpAddr {
    Ipv4Addr::new(203, 0, network, host).into()
}

async fn passwords_that_are_guessed_by_thousands_keep_no_system_out(world: World) {
    let (acme, other) = (world.account("acme").await.unwrap(), world.account("other").await.unwrap());
    let (site, calm) = (Site::of(&acme, "acme-erp").await, Site::of(&other, "other-erp").await);
    // Of a company whose system has the same name
    let third = world.account("third").await.unwrap();
    let namesake = Site::of(&third, "acme-erp").await;
    // Clocks that stand still: no try comes back meanwhile
    let (app, replica) = (&world.virtual_replica(1).await.unwrap(), world.virtual_replica(2).await.unwrap());
    let (at_home, calm_home) = (Some(address(1, 1)), Some(address(1, 2)));
    let namesake_home = Some(address(1, 3));
    let enter = async |site: &Site, from: Option<IpAddr>| {
        let entered = by_password(app, Door::Sftp, from, &site.login, &site.password).await;
        entered.map(|hosted| hosted.account).map_err(|problem| problem.code())
    };
    assert_eq!(enter(&site, at_home).await, Ok(acme.id));
    assert_eq!(enter(&namesake, namesake_home).await, Ok(third.id));

    // One name from 200 addresses
    let mut judged = 0;
    for number in 0..2000_u32 {
        let from = Some(address(2, (number % 200) as u8));
        match by_password(app, Door::FtpTls, from, "acme-erp", "wrong")
            .await
            .map_err(|problem| problem.code())
        {
            Err(Code::CredentialsWrong) => judged += 1,
            Err(Code::TooManyRequests) => {}
            other => panic!("{other:?}"),
        }
    }
    assert!((60..90).contains(&judged), "{judged} passwords were tried");
    assert_eq!(enter(&site, at_home).await, Ok(acme.id), "the system itself goes on");
    assert_eq!(enter(&namesake, namesake_home).await, Ok(third.id), "and so does its namesake");
    assert_eq!(enter(&site, Some(address(3, 1))).await, Err(Code::TooManyRequests), "a stranger does not");
    assert_eq!(enter(&calm, calm_home).await, Ok(other.id));

    // Many names from one address, which is one network of a customer's or an office's
    let mut judged = 0;
    for number in 0..1000 {
        let name = format!("name-{number}");
        let tried = by_password(app, Door::Sftp, Some(address(4, 1)), &name, "wrong").await;
        judged += usize::from(tried.unwrap_err().code() == Code::CredentialsWrong);
    }
    assert!((60..90).contains(&judged), "{judged} names were tried");
    assert_eq!(enter(&calm, Some(address(4, 1))).await, Err(Code::TooManyRequests));
    assert_eq!(enter(&calm, calm_home).await, Ok(other.id));

    // The other replicas know of it, and those that start anew
    let tried = by_password(&replica, Door::Sftp, Some(address(3, 2)), &site.login, &site.password).await;
    assert_eq!(tried.unwrap_err().code(), Code::TooManyRequests);
    let entered = by_password(&replica, Door::Sftp, at_home, &site.login, &site.password).await;
    assert_eq!(entered.unwrap().account, acme.id);
}

/// The disk counts as full at one of two replicas, however much of it is free.
async fn a_full_disk_is_told_to_the_client_keeps_the_part_and_imports_nothing_half(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.intake("tareas", "", "*.csv", json!({})).await;
    let mut full = account.clone();
    full.app.store = Store::with_shares(&world.folder.path().join("files"), Shares::FULL).unwrap();
    let full_site = Site::of(&full, "acme-lleno").await;

    let mut text = tasks(1, 30);
    text.extend(b"\n".iter().cycle().take(5 * 1024 * 1024));
    site.file("t.csv", &text);
    let path = VirtualPath::parse("/in/t.csv").unwrap();
    let hosted = site.hosted().await;
    let mut upload = hosted.create(&path, Beginning::Start).await.unwrap();
    upload.write(&text[..3_500_000]).await.unwrap();
    upload.suspend().await.unwrap();
    for command in ["put t.csv in/other.csv\n", "reput t.csv in/t.csv\n"] {
        let (went_well, output) = site.sftp_at(full_site.address, command).await;
        assert!(!went_well && output.contains("ailure"), "{command}: {output}");
    }
    let mut elsewhere = hosted.clone();
    elsewhere.app = full.app.clone();
    let mut upload = elsewhere.create(&path, Beginning::End).await.unwrap();
    assert_eq!(upload.write(&text[3_500_000..]).await.unwrap_err().code(), Code::StorageFull);
    upload.suspend().await.unwrap_err();
    let part = hosted.stat(&path).await.unwrap();
    assert_eq!((part.kind, part.size_bytes), (ItemKind::Part, 3_500_000));
    site.work_off().await;
    assert!(site.received().await.is_empty());
    let (went_well, output) = site.sftp("reput t.csv in/t.csv\n").await;
    assert!(went_well, "{output}");

    // It is full when the file is taken: that waits, and goes on when there is room
    take::run(&full.app).await.unwrap();
    let _ = jobs::work_off(&full.app, capabilities::JOBS).await;
    let _ = take::run(&full.app).await;
    site.work_off().await;
    let received = site.received().await;
    assert_eq!((received.len(), &received[0]["state"]), (1, &json!("done")), "{received:?}");
    assert_eq!(site.tasks().await, 30);
    let (went_well, output) =
        site.sftp("get done/t.csv back.csv\nget done/t.csv.resultado.txt r.txt\n").await;
    assert!(went_well, "{output}");
    assert_eq!(std::fs::read(site.folder.path().join("back.csv")).unwrap(), text);
}
