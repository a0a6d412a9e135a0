//! What compression makes of the bodies of the exchange, and what it costs: one small table.

use std::{collections::BTreeMap, fmt::Write as _, hint::black_box, io::Read as _, time::Instant};

use anyhow::{Result, ensure};
use campo_protocol::{
    scope::Scope,
    sync::{Answer, Change, Held, ScopePage, ViewPage},
};
use campo_server::environment::Environment;
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde_json::{json, value::RawValue};
use uuid::Uuid;

use crate::{
    cast::{self, Mix},
    sync,
};

/// How often each is done for the mean.
const TIMES: u32 = 20;
const PAGE_OBJECTS: usize = 500;

/// A way to compress.
#[derive(Debug, Clone, Copy)]
enum Method {
    Zstd(i32),
    Gzip(u32),
}

const METHODS: [Method; 8] = [
    Method::Zstd(-3),
    Method::Zstd(1),
    Method::Zstd(3),
    Method::Zstd(6),
    Method::Zstd(9),
    Method::Gzip(1),
    Method::Gzip(6),
    Method::Gzip(9),
];

/// The table: bytes, then microseconds to compress and to decompress.
pub(crate) fn table() -> Result<String> {
    let bodies = bodies()?;
    let mut table = format!("{:<16}", "compression");
    for (name, _) in &bodies {
        write!(table, " {name:>28}")?;
    }
    write!(table, "\n{:<16}", "none")?;
    for (_, body) in &bodies {
        write!(table, " {:>11} bytes           ", body.len())?;
    }
    for method in METHODS {
        let name = match method {
            Method::Zstd(level) => format!("zstd {level}"),
            Method::Gzip(level) => format!("gzip {level}"),
        };
        write!(table, "\n{name:<16}")?;
        for (_, body) in &bodies {
            let packed = method.compress(body)?;
            ensure!(method.decompress(&packed)? == *body, "{name} does not give back what it took");
            let compress_us = mean_us(|| method.compress(body))?;
            let decompress_us = mean_us(|| method.decompress(&packed))?;
            write!(table, " {:>7} {compress_us:>7.0} us {decompress_us:>7.0} us", packed.len())?;
        }
    }
    Ok(table)
}

fn mean_us(mut work: impl FnMut() -> Result<Vec<u8>>) -> Result<f64> {
    let started = Instant::now();
    for _ in 0..TIMES {
        black_box(work()?);
    }
    Ok(started.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES))
}

impl Method {
    fn compress(self, plain: &[u8]) -> Result<Vec<u8>> {
        match self {
            Self::Zstd(level) => Ok(zstd::bulk::compress(plain, level)?),
            Self::Gzip(level) => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
                std::io::Write::write_all(&mut encoder, plain)?;
                Ok(encoder.finish()?)
            }
        }
    }

    fn decompress(self, packed: &[u8]) -> Result<Vec<u8>> {
        let mut plain = Vec::new();
        match self {
            Self::Zstd(_) => zstd::stream::read::Decoder::with_buffer(packed)?.read_to_end(&mut plain)?,
            Self::Gzip(_) => GzDecoder::new(packed).read_to_end(&mut plain)?,
        };
        Ok(plain)
    }
}

/// Exchanges of a phone with so many entries, and a page of its view.
fn bodies() -> Result<Vec<(String, Vec<u8>)>> {
    let companies = cast::companies();
    let mut bodies = Vec::new();
    for count in [1, 10, 200] {
        let (_, lines) = cast::phone(&companies[0], 0, Mix::Tasks, count);
        bodies.push((format!("{count} entries"), sync::plain(&held(), &lines)?));
    }
    bodies.push((format!("page of {PAGE_OBJECTS} objects"), page()?));
    Ok(bodies)
}

/// What a worker's phone holds of its view.
fn held() -> Held {
    let chance = Environment::seeded(9, 0);
    let scopes = [
        Scope::Installation(chance.uuid()),
        Scope::Account,
        Scope::Employee(chance.uuid()),
        Scope::Group(chance.uuid()),
        Scope::Tree(chance.uuid()),
        Scope::Catalogue,
    ];
    let positions = scopes.into_iter().enumerate().map(|(at, scope)| (scope, 4711 * (at as i64 + 1)));
    Held { epoch: Some(chance.uuid()), scopes: positions.collect(), received: BTreeMap::new() }
}

/// An answer with places, as a phone that begins gets it.
fn page() -> Result<Vec<u8>> {
    let chance = Environment::seeded(8, 0);
    let change = |number: usize| {
        let id = chance.uuid();
        let body = json!({
            "id": id, "version": 1, "number": format!("P-{number:05}"), "name": format!("Cliente {number:05}"),
            "place": {
                "address": format!("Av. Arequipa {}, Miraflores, Lima", number * 7),
                "latitude": -12.0 - number as f64 * 0.000_731, "longitude": -77.0 - number as f64 * 0.000_417,
            },
            "contact_name": "Rosa Flores", "phone1": format!("+51 1 555 {number:04}"), "state": "enabled",
        });
        Ok(Change { kind: "poi".to_owned(), id, body: Some(RawValue::from_string(body.to_string())?) })
    };
    let page = ScopePage {
        scope: Scope::Group(Uuid::from_u128(1)),
        after: 0,
        position: PAGE_OBJECTS as i64,
        objects: PAGE_OBJECTS as i64,
        digest: 1,
        complete: true,
        changes: (0..PAGE_OBJECTS).map(change).collect::<Result<_>>()?,
    };
    let view = ViewPage { dropped: Vec::new(), scopes: vec![page], more: false, digest: Some(1) };
    let answer = Answer {
        epoch: chance.uuid(),
        received_at_us: 1_790_000_000_000_000,
        receipts: Vec::new(),
        unreadable: Vec::new(),
        heads: Vec::new(),
        view: Some(view),
        files: Vec::new(),
    };
    Ok(serde_json::to_vec(&answer)?)
}
