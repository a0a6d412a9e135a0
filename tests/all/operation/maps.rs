//! The operator's street map, handed out part by part.

use std::{fs, sync::Arc};

use axum::http::Method;
use campo_server::{
    app::Limits,
    maps::{MapSource, archive},
};
use campo_tests::{api::Client, on_both, world::World};

on_both! {
    a_map_is_read_in_parts_by_whoever_is_signed_in_and_by_nobody_else,
}

async fn a_map_is_read_in_parts_by_whoever_is_signed_in_and_by_nobody_else(world: World) {
    let path = world.folder.path().join("streets.pmtiles");
    let mut bytes = b"PMTiles\x03".to_vec();
    bytes.extend((0..500_000_u32).map(|n| n as u8));
    fs::write(&path, &bytes).unwrap();
    let mut account = world.account("acme").await.unwrap();
    let key = account.key(&[]).await.unwrap();
    let none = Client::new(&account.app, Some(&key)).get("/v1/map").await.unwrap();
    assert_eq!(none.status, 404, "the operator named none");
    let map_source = Some(MapSource::Archive(path.clone()));
    account.app.limits = Arc::new(Limits { map_source, ..(*account.app.limits).clone() });
    assert_eq!(Client::new(&account.app, None).get("/v1/map").await.unwrap().status, 401);
    let client = Client::new(&account.app, Some(&key));
    let whole = client.get("/v1/map").await.unwrap();
    assert_eq!((whole.status.as_u16(), whole.header("accept-ranges")), (200, "bytes"));
    assert!(whole.body == bytes);
    let etag = whole.header("etag").to_owned();
    let ask =
        async |headers: &[(&str, &str)]| client.call(Method::GET, "/v1/map", headers, None).await.unwrap();
    for (headers, status, range, body) in [
        (&[("range", "bytes=0-126")][..], 206, "bytes 0-126/500008", &bytes[..127]),
        (&[("range", "bytes=400000-499999")], 206, "bytes 400000-499999/500008", &bytes[400_000..500_000]),
        (&[("range", "bytes=0-9"), ("if-range", "\"other\"")], 200, "", &bytes[..]),
        (&[("if-none-match", &etag)], 304, "", &[]),
    ] {
        let answer = ask(headers).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-range")), (status, range), "{headers:?}");
        assert!(answer.body == body, "{headers:?}");
    }
    assert_eq!(ask(&[("range", "bytes=500008-")]).await.status, 416);
    fs::write(&path, [&bytes[..], b"more"].concat()).unwrap();
    assert_ne!(client.get("/v1/map").await.unwrap().header("etag"), etag, "another file is another map");
    fs::write(&path, b"<html>").unwrap();
    assert!(archive::open(&path).await.is_err(), "what is no map is refused at the start");
}
