"""Servers of FTP as customers have them: a file is fetched from each and becomes tasks, and a trial writes, renames and
removes one there."""

import dataclasses
import os
import pathlib
import pwd
import shutil
import socket
import subprocess

import campo
from campo import Peer, until
from files import state


@dataclasses.dataclass
class Context(campo.Context):
    running: list
    files: int = 0


def prepare(server, tools, folder):
    templates = [one["code"] for one in server.get("/v1/import-templates")["items"]]
    if "servers" not in templates:
        server.post("/v1/import-templates", {
            "code": "servers", "name": "Servers", "makes": "tasks", "key": "external_number",
            "columns": [{"heading": "Número", "field": "external_number"}]})
        server.post("/v1/intakes", {
            "code": "servers", "name": "Servers", "folder": "servidor", "pattern": "*.csv", "template": "code:servers"})
    certificate = folder / "peer.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", folder / "peer.key", "-out", folder / "peer.crt"],
        check=True, capture_output=True)
    certificate.write_text((folder / "peer.key").read_text() + (folder / "peer.crt").read_text())
    certificate.chmod(0o600)
    return Context(server, tools, folder, [])


def end(context):
    for process in context.running:
        process.terminate()
        process.wait()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def home(context, name):
    """A folder of whoever logs in, which nobody else than root owns otherwise."""
    place = context.folder / name
    place.mkdir()
    place.chmod(0o777)
    context.folder.chmod(0o755)
    return place


def start(context, port, *command):
    log = (context.folder / f"{pathlib.Path(command[0]).name}.log").open("w")
    context.running.append(subprocess.Popen([str(one) for one in command], stdout=log, stderr=log))

    def answers():
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False
    until(f"{command[0]}", answers)


def proftpd(context):
    place, port = home(context, "proftpd"), free_port()
    nobody = pwd.getpwnam("nobody")
    passwords = context.folder / "proftpd.passwd"
    subprocess.run(
        ["ftpasswd", "--passwd", "--name", "campo", "--uid", str(nobody.pw_uid), "--gid", str(nobody.pw_gid), "--home",
         place, "--shell", "/bin/false", "--file", passwords, "--stdin"],
        input="mar en calma\n", text=True, check=True, capture_output=True)
    passwords.chmod(0o600)
    config = context.folder / "proftpd.conf"
    config.write_text(f"""
ServerName "A customer"
ServerType standalone
DefaultAddress 127.0.0.1
Port {port}
UseIPv6 off
User nobody
Group nogroup
PidFile {context.folder}/proftpd.pid
ScoreboardFile {context.folder}/proftpd.score
DelayEngine off
WtmpLog off
ModulePath {context.tools}/servers/usr/lib/proftpd
LoadModule mod_tls.c
AuthUserFile {passwords}
AuthOrder mod_auth_file.c
RequireValidShell off
DefaultRoot ~
AllowOverwrite on
TLSEngine on
TLSRequired on
TLSRSACertificateFile {context.folder}/peer.crt
TLSRSACertificateKeyFile {context.folder}/peer.key
""")
    start(context, port, "proftpd", "-n", "-c", config)
    return "ftps", port, place


def pure_ftpd(tls):
    def begin(context):
        place, port = home(context, f"pure-ftpd-{tls}"), free_port()
        users = context.folder / f"pure-{tls}"
        subprocess.run(
            ["pure-pw", "useradd", "campo", "-u", "nobody", "-g", "nogroup", "-d", place, "-f", f"{users}.passwd"],
            input="mar en calma\nmar en calma\n", text=True, check=True, capture_output=True)
        subprocess.run(["pure-pw", "mkdb", f"{users}.pdb", "-f", f"{users}.passwd"], check=True, capture_output=True)
        secure = ["-Y", "2", "-2", context.folder / "peer.pem"] if tls else ["-Y", "0"]
        start(context, port, "pure-ftpd", "-S", f"127.0.0.1,{port}", "-l", f"puredb:{users}.pdb", *secure, "-H",
              "-u", "100", "-A")
        return ("ftps" if tls else "ftp"), port, place
    return begin


def version_of(package):
    def version(context):
        file = next(context.tools.glob(f"{package}_*.deb"))
        return file.name.split("_")[1].replace("%3a", ":")
    return version


def fetched_from(package, begin):
    """A file is fetched from the server that `begin` starts: its protocol, port and folder."""
    def run(context):
        assert os.getuid() == 0 and shutil.which(package.removesuffix("-core")), f"{package} is missing"
        server = context.campo
        protocol, port, place = begin(context)
        (place / "salida").mkdir()
        (place / "salida").chmod(0o777)
        context.files += 1
        name = f"pedidos {context.files}.csv"
        number = 900_000 + context.files
        (place / "salida" / name).write_text(f"Número\n{number}\n")
        shutil.chown(place / "salida" / name, "nobody")
        code = f"peer-{context.files}"
        server.post("/v1/remotes", {
            "code": code, "name": package, "protocol": protocol, "host": "127.0.0.1", "port": port, "user": "campo",
            "password": "mar en calma", "fetches": [
                {"folder": "salida", "into": "servidor", "pattern": "*.csv", "then": "delete"}]})
        tried = server.post(f"/v1/remotes/code:{code}/test", {"write": True})
        if not tried["went_well"] and tried.get("fingerprint"):
            server.post(f"/v1/remotes/code:{code}/accept", {"fingerprint": tried["fingerprint"]})
            tried = server.post(f"/v1/remotes/code:{code}/test", {"write": True})
        assert tried["went_well"], tried
        assert [one["step"] for one in tried["steps"]] == ["log_in", "list", "write", "rename", "remove"], tried
        server.post(f"/v1/remotes/code:{code}/look", None)
        until(f"the import of {name}", lambda: state(context, name))
        server.get(f"/v1/tasks/external:{number}")
        until("the removal there", lambda: not (place / "salida" / name).exists())
    return run


PEERS = [
    Peer("ProFTPD", "its files are fetched; written, renamed, removed; TLS and its session are demanded", version_of("proftpd-core"), fetched_from("proftpd-core", proftpd)),
    Peer("pure-ftpd, TLS", "the same, TLS for control and data", version_of("pure-ftpd"), fetched_from("pure-ftpd", pure_ftpd(True))),
    Peer("pure-ftpd", "the same without TLS", version_of("pure-ftpd"), fetched_from("pure-ftpd", pure_ftpd(False))),
]
