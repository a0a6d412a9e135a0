//! Servers as customers have them, on loopback: OpenSSH's and vsftpd, from Debian's packages.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

/// A server, which ends with it.
pub(crate) struct Peer {
    child: Child,
    /// Where its files are
    pub(crate) folder: PathBuf,
    pub(crate) port: u16,
    config: PathBuf,
    kept: TempDir,
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Peer {
    /// OpenSSH's server; whoever runs the tests logs in with the key in [`Self::private_key`].
    pub(crate) async fn sshd() -> Self {
        let kept = tempfile::tempdir().unwrap();
        let port = free_port();
        for name in ["host", "client"] {
            keygen(&kept.path().join(name));
        }
        let at = |name: &str| kept.path().join(name).display().to_string();
        fs::create_dir_all("/run/sshd").unwrap();
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\n\
             StrictModes no\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication no\n\
             Subsystem sftp internal-sftp\n",
            at("host"),
            at("client.pub"),
        );
        Self::start(kept, port, &config).await
    }

    /// vsftpd with its default of demanding that data connections go on with the TLS session, or without TLS.
    pub(crate) async fn vsftpd(tls: bool) -> Self {
        let kept = tempfile::tempdir().unwrap();
        let port = free_port();
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let (certificate, key) = (kept.path().join("cert.pem"), kept.path().join("key.pem"));
        fs::write(&certificate, made.cert.pem()).unwrap();
        fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        let yes = |is: bool| if is { "YES" } else { "NO" };
        let config = format!(
            "listen=YES\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\n\
             run_as_launching_user=YES\nanonymous_enable=YES\nlocal_enable=NO\nwrite_enable=YES\n\
             anon_upload_enable=YES\nanon_mkdir_write_enable=YES\nanon_other_write_enable=YES\n\
             anon_world_readable_only=NO\nanon_umask=022\nanon_root={}\nseccomp_sandbox=NO\nuse_localtime=NO\n\
             connect_from_port_20=NO\npasv_min_port=33000\npasv_max_port=60000\nxferlog_enable=NO\n\
             ssl_enable={tls}\nallow_anon_ssl={tls}\nforce_anon_logins_ssl={tls}\nforce_anon_data_ssl={tls}\n\
             rsa_cert_file={}\nrsa_private_key_file={}\nssl_ciphers=HIGH\n",
            kept.path().join("files").display(),
            certificate.display(),
            key.display(),
            tls = yes(tls),
        );
        Self::start(kept, port, &config).await
    }

    async fn start(kept: TempDir, port: u16, config: &str) -> Self {
        fs::set_permissions(kept.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let (folder, path) = (kept.path().join("files"), kept.path().join("config"));
        fs::create_dir(&folder).unwrap();
        fs::write(&path, config).unwrap();
        let child = spawn(&path);
        let peer = Self { child, folder, port, config: path, kept };
        peer.answers().await;
        peer
    }

    pub(crate) fn stop(&mut self) {
        // It may have ended by itself
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The same at the same port, with another key.
    pub(crate) async fn with_another_key(&mut self) {
        self.stop();
        let host = self.kept.path().join("host");
        let _ = fs::remove_file(&host);
        keygen(&host);
        self.start_again().await;
    }

    pub(crate) async fn start_again(&mut self) {
        self.child = spawn(&self.config);
        self.answers().await;
    }

    /// Waits until somebody answers there.
    async fn answers(&self) {
        for _ in 0..500 {
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let said = fs::read_to_string(self.config.with_extension("log")).unwrap_or_default();
        panic!("nobody answers at {}: {said}", self.port);
    }

    pub(crate) fn private_key(&self) -> String {
        fs::read_to_string(self.kept.path().join("client")).unwrap()
    }

    pub(crate) fn put(&self, path: &str, bytes: &[u8]) {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// The names in a folder, in order.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let Ok(found) = fs::read_dir(self.folder.join(folder)) else { return Vec::new() };
        let names = found.map(|one| one.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }
}

fn spawn(config: &Path) -> Child {
    let is_sshd = fs::read_to_string(config).unwrap().contains("HostKey");
    let log = fs::File::create(config.with_extension("log")).unwrap();
    let mut command = if is_sshd {
        let mut command = Command::new("/usr/sbin/sshd");
        command.args(["-D", "-e", "-f"]);
        command
    } else {
        Command::new("/usr/sbin/vsftpd")
    };
    command.arg(config).stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
    command.spawn().unwrap_or_else(|error| panic!("tests/clients.sh install: {error}"))
}

fn keygen(path: &Path) {
    let made = Command::new("ssh-keygen").args(["-q", "-N", "", "-t", "ed25519", "-f"]).arg(path).status();
    assert!(made.unwrap().success());
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Who runs the tests.
pub(crate) fn user() -> String {
    let output = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
