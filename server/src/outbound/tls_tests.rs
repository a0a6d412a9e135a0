//! What is said of receivers whose TLS is not as it should be.

use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Barrier,
};
use tokio_rustls::TlsAcceptor;

use super::*;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Answers each connection over TLS with a certificate for `name`; returns its port and the certificate, PEM.
async fn receiver(name: &str, is_over: bool) -> (u16, String) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut made = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
    if is_over {
        made.not_after = rcgen::date_time_ymd(2001, 1, 1);
        made.not_before = rcgen::date_time_ymd(2000, 1, 1);
    }
    let certificate = made.self_signed(&key).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    answer(&mut stream).await;
                }
            });
        }
    });
    (port, certificate.pem())
}

async fn answer(stream: &mut (impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin)) {
    let mut heard = [0; 4096];
    if stream.read(&mut heard).await.is_ok() {
        let _ = stream.write_all(ANSWER).await;
        let _ = stream.shutdown().await;
    }
}

fn inside() -> Outbound {
    let networks = vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
    Outbound::new(Rules { networks, plain_http: PlainHttp::Everybody })
}

async fn asked(outbound: &Outbound, url: String, authority: Option<&str>) -> Result<u16, SendError> {
    let post = Post {
        url: url.parse().unwrap(),
        headers: HeaderMap::new(),
        body: b"{}".to_vec(),
        within: Duration::from_secs(20),
        authority: authority.map(str::to_owned),
    };
    outbound.post(post).await.map(|reply| reply.status)
}

#[tokio::test]
async fn each_fault_of_a_certificate_has_a_name_of_its_own() {
    let outbound = inside();
    let (port, pem) = receiver("localhost", false).await;
    let url = format!("https://localhost:{port}/");
    assert_eq!(asked(&outbound, url.clone(), None).await, Err(SendError::CertificateIssuer));
    assert_eq!(asked(&outbound, url.clone(), Some(&pem)).await, Ok(200), "an authority of one's own");
    assert_eq!(asked(&outbound, url, None).await, Err(SendError::CertificateIssuer), "for nobody else");
    let (port, pem) = receiver("erp.example.com", false).await;
    let url = format!("https://localhost:{port}/");
    assert_eq!(asked(&outbound, url, Some(&pem)).await, Err(SendError::CertificateName));
    let (port, pem) = receiver("localhost", true).await;
    let url = format!("https://localhost:{port}/");
    assert_eq!(asked(&outbound, url, Some(&pem)).await, Err(SendError::CertificateExpired));
}

#[tokio::test]
async fn who_speaks_no_tls_is_told_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move { answer(&mut stream).await });
        }
    });
    let url = format!("https://localhost:{port}/");
    assert_eq!(asked(&inside(), url, None).await, Err(SendError::NoTls));
}

/// Takes one request on each connection, and closes those after the first without an answer where `closes` says so.
async fn closing(listener: TcpListener, closes: usize) {
    let mut count = 0;
    while let Ok((mut stream, _)) = listener.accept().await {
        count += 1;
        if count <= closes {
            read_some(&mut stream).await;
        } else {
            answer(&mut stream).await;
        }
    }
}

async fn read_some(stream: &mut TcpStream) {
    let mut heard = [0; 4096];
    let _ = stream.read(&mut heard).await;
}

#[tokio::test]
async fn a_connection_that_breaks_off_is_followed_by_one_other_and_no_more() {
    for (closes, expected) in [(0, Ok(200)), (1, Ok(200)), (2, Err(SendError::BrokenOff))] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(closing(listener, closes));
        let url = format!("http://127.0.0.1:{port}/");
        assert_eq!(asked(&inside(), url, None).await, expected, "{closes}");
    }
}

/// Answers the first request of each connection, once `together` are there, and closes at the second without an answer.
async fn answering_once(listener: TcpListener, together: Arc<Barrier>, count: usize) {
    let mut number = 0;
    while let Ok((mut stream, _)) = listener.accept().await {
        number += 1;
        let (waits, together) = (number <= count, Arc::clone(&together));
        tokio::spawn(async move {
            read_some(&mut stream).await;
            if waits {
                together.wait().await;
            }
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
            read_some(&mut stream).await;
        });
    }
}

#[tokio::test]
async fn kept_connections_that_were_all_closed_are_followed_by_a_fresh_one() {
    const KEPT: usize = 3;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://127.0.0.1:{}/", listener.local_addr().unwrap().port());
    tokio::spawn(answering_once(listener, Arc::new(Barrier::new(KEPT)), KEPT));
    let outbound = inside();
    let first = (0..KEPT).map(|_| asked(&outbound, url.clone(), None));
    assert_eq!(futures_util::future::join_all(first).await, [Ok(200); KEPT]);
    assert_eq!(asked(&outbound, url, None).await, Ok(200));
}

#[test]
fn an_authority_is_certificates() {
    let made = rcgen::generate_simple_self_signed(vec!["campo".to_owned()]).unwrap();
    assert!(names_authority(&made.cert.pem()));
    for text in ["", "x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        assert!(!names_authority(text), "{text}");
    }
}
