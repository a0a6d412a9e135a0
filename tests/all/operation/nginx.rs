//! Debian's nginx in front of a real server, as `docs/operations.md` configures it: its own lines are read from there.

use std::{fs, path::Path, process::Stdio, time::Duration};

use campo_server::access::PermissionName;
use campo_tests::{
    process::Server,
    wait,
    world::{PASSWORD, World},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
};

const OPERATIONS: &str = include_str!("../../../docs/operations.md");
/// From where the browser comes: another address than the proxy's, which alone is believed.
const BROWSER: &str = "127.0.0.2";
const UPLOAD_BYTES: usize = 100 * 1024 * 1024;

/// nginx, which ends with it.
struct Proxy {
    _child: Child,
    url: String,
}

impl Proxy {
    /// The block of the page, with the port, the certificate and the server of this test.
    async fn start(folder: &Path, server: &Server) -> Self {
        let block = OPERATIONS.split_once("**nginx**:").expect("the page has it").1;
        let lines = block.lines().skip_while(|line| line.is_empty());
        let block: Vec<&str> = lines.take_while(|line| line.starts_with("    ")).collect();
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
        fs::write(&certificate, made.cert.pem()).unwrap();
        fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        let mut block = block.join("\n");
        for (found, instead) in [
            ("listen 443 ssl", format!("listen 127.0.0.1:{port} ssl")),
            ("campo.example.com;", "localhost;".to_owned()),
            ("/etc/letsencrypt/live/campo.example.com/fullchain.pem", certificate.display().to_string()),
            ("/etc/letsencrypt/live/campo.example.com/privkey.pem", key.display().to_string()),
            ("http://127.0.0.1:8080", server.url().to_owned()),
        ] {
            assert!(block.contains(found), "the page's nginx no longer says {found}");
            block = block.replacen(found, &instead, 1);
        }
        let at = folder.display();
        let config = format!(
            "daemon off;\nmaster_process off;\npid {at}/nginx.pid;\nerror_log {at}/nginx.log;\nevents {{}}\nhttp {{\naccess_log off;\n\
             client_body_temp_path {at}/body;\nproxy_temp_path {at}/proxy;\nfastcgi_temp_path {at}/fastcgi;\n\
             uwsgi_temp_path {at}/uwsgi;\nscgi_temp_path {at}/scgi;\n{block}\n}}\n"
        );
        let path = folder.join("nginx.conf");
        fs::write(&path, config).unwrap();
        // One process, which ends with this test whatever becomes of it
        let child = Command::new("nginx").arg("-c").arg(&path).kill_on_drop(true).spawn();
        let child = child.unwrap_or_else(|error| panic!("tests/clients.sh install: {error}"));
        wait::until("nginx", Duration::from_secs(20), async || {
            Ok(TcpStream::connect(("127.0.0.1", port)).await.ok().map(|_| ()))
        })
        .await
        .unwrap();
        Self { _child: child, url: format!("https://localhost:{port}") }
    }
}

/// curl as a browser of ours asks: headers and body.
async fn ask(proxy: &Proxy, path: &str, more: &[&str]) -> (String, String) {
    let output = curl(proxy, path, more).stdin(Stdio::null()).output().await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{path}: {text} {}", String::from_utf8_lossy(&output.stderr));
    let (head, body) = text.split_once("\r\n\r\n").expect("headers");
    (head.to_lowercase(), body.to_owned())
}

fn curl(proxy: &Proxy, path: &str, more: &[&str]) -> Command {
    let mut command = Command::new("curl");
    command.args(["-sS", "-k", "-i", "-N", "--interface", BROWSER, "--max-time", "120"]);
    command.args([
        "-H",
        "sec-fetch-site: same-origin",
        "-H",
        "x-forwarded-for: 203.0.113.9",
        "-H",
        "expect:",
    ]);
    command.args(more).arg(format!("{}{path}", proxy.url)).kill_on_drop(true);
    command
}

#[tokio::test]
async fn a_browser_a_stream_and_an_upload_pass_nginx_as_the_page_configures_it() {
    let world = World::sqlite().await.unwrap();
    let account = world.account("acme").await.unwrap();
    account.user("ana@acme", &[PermissionName::ViewTasks, PermissionName::ManageTasks]).await.unwrap();
    let server = world
        .process(&[("CAMPO_TRUSTED_PROXIES", "127.0.0.1/32"), ("CAMPO_FILE_BYTES", "209715200")])
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let proxy = Proxy::start(folder.path(), &server).await;

    let (head, page) = ask(&proxy, "/", &[]).await;
    assert!(head.contains(" 200") && head.contains("text/html") && page.contains("<html"), "{head}");

    // The cookie of TLS, though the server itself was asked without it
    let jar = folder.path().join("jar");
    let jar = jar.display().to_string();
    let json = ["-c", &jar, "-b", &jar, "-H", "content-type: application/json"];
    let log_in =
        |password: &str| json!({ "login": "ana@acme", "password": password, "cookie": true }).to_string();
    let new = "otra clave de pruebas";
    let change = json!({ "current": PASSWORD, "password": new }).to_string();
    let (head, _) = ask(&proxy, "/v1/session", &[&json[..], &["--data", &log_in(PASSWORD)]].concat()).await;
    assert!(head.contains("set-cookie: __host-campo="), "{head}");
    // The first password is changed, which ends what was opened with it
    ask(&proxy, "/v1/session/password", &[&json[..], &["-X", "PUT", "--data", &change]].concat()).await;
    ask(&proxy, "/v1/session", &[&json[..], &["--data", &log_in(new)]].concat()).await;

    // Where the session was opened: what the browser itself claims does not count
    let (_, sessions) = ask(&proxy, "/v1/session/all", &["-b", &jar]).await;
    let sessions: Value = serde_json::from_str(&sessions).unwrap();
    assert_eq!(sessions[0]["address"], BROWSER, "{sessions}");

    // A stream says what changed while it goes on
    let mut stream = curl(&proxy, "/v1/live", &["-b", &jar]);
    let mut child = stream.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut data = async || {
        let reading = async {
            loop {
                let line = lines.next_line().await.unwrap().expect("the stream goes on");
                if line.starts_with("data:") {
                    break line;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), reading).await.expect("it comes at once")
    };
    data().await;
    let task = json!({ "description": "Cambiar medidor" }).to_string();
    let (head, body) = ask(&proxy, "/v1/tasks", &[&json[..], &["--data", &task]].concat()).await;
    assert!(head.contains(" 201"), "{head} {body}");
    while !data().await.contains("changes") {}

    let upload = folder.path().join("upload");
    fs::write(&upload, vec![b'x'; UPLOAD_BYTES]).unwrap();
    let bytes = format!("@{}", upload.display());
    let options = ["-b", &jar, "-H", "content-type: application/octet-stream", "--data-binary", &bytes];
    let (head, stored) = ask(&proxy, "/v1/files", &options).await;
    assert!(head.contains(" 200"), "{head} {stored}");
    assert_eq!(serde_json::from_str::<Value>(&stored).unwrap()["size_bytes"], UPLOAD_BYTES);
}
