"""Clients of FTP and SFTP: each puts a spreadsheet under `in/tareas`, which becomes tasks, and takes it from `done`."""

import dataclasses
import ftplib
import re
import socket
import ssl
import subprocess

import campo
from campo import Peer, until

ROWS = 3


@dataclasses.dataclass
class Context(campo.Context):
    doors: dict
    logins: dict
    files: int = 0

    def port(self, door):
        return self.doors[door]["port"]


def there_and_back(round_of, is_plain=False):
    """One file there and back. `round_of` is given the local file, its name, and a function that waits until it was
    imported; it returns the path of what it brought back."""
    def run(context):
        context.files += 1
        number = context.files * 1000
        name = f"tareas{number}.csv" if is_plain else f"tareas {number} ñ.csv"
        path = context.folder / name
        lines = "".join(f"{row};Trabajo {row}\n" for row in range(number, number + ROWS))
        path.write_text("Número;Trabajo\n" + lines, encoding="utf-8")
        imported = lambda: until(f"the import of {name}", lambda: state(context, name))  # noqa: E731
        back = round_of(context, path, name, imported)
        assert back.read_bytes() == path.read_bytes(), "what came back is not what was sent"
        found = context.campo.get(f"/v1/tasks/external:{number + ROWS - 1}")
        assert found["description"] == f"Trabajo {number + ROWS - 1}", found
    return run


def state(context, name):
    for file in context.campo.get("/v1/received-files?limit=500")["items"]:
        if file["name"] == name:
            assert file["state"] not in ("failed", "parked", "refused"), file
            return file["state"] == "done"
    return False


def prepare(server, tools, folder):
    server.post("/v1/import-templates", {
        "code": "peers", "name": "Peers", "makes": "tasks", "key": "external_number",
        "columns": [{"heading": "Número", "field": "external_number"}, {"heading": "Trabajo", "field": "description"}]})
    server.post("/v1/intakes", {
        "code": "peers", "name": "Peers", "folder": "tareas", "pattern": "*.csv", "template": "code:peers"})
    key = server.post("/v1/keys", {"code": "erp", "name": "ERP", "permissions": ["use_file_exchange"]})["id"]
    made = {}
    for login, more in (("erp-tls", {}), ("erp-old", {
            "plain_ftp": True, "purposes": ["ftp"], "networks": ["127.0.0.0/8"]})):
        made[login] = server.post(f"/v1/keys/{key}/logins", {"login": login, **more})["password"]
    doors = server.get("/v1/file-exchange")
    return Context(server, tools, folder, doors, made)


def end(_):
    pass


def first_line(*command):
    def version(context):
        done = subprocess.run(command, capture_output=True, text=True, env=context.environment())
        found = re.search(r"\d+\.\d+[\w.]*", done.stdout + done.stderr)
        return found[0] if found else ""
    return version


def of_package(name):
    def version(_):
        return subprocess.run(
            ["dpkg-query", "-W", "-f", "${Version}", name], capture_output=True, text=True, check=True).stdout
    return version


def of_python(name):
    def version(_):
        from importlib.metadata import version as installed
        return installed(name)
    return version


def of_node(name):
    def version(context):
        import json
        return json.loads((context.tools / f"node/node_modules/{name}/package.json").read_text())["version"]
    return version


def curl(scheme, door, *options):
    def round_of(context, path, name, imported):
        from urllib.parse import quote
        base = f"{scheme}://127.0.0.1:{context.port(door)}"
        who = "erp-tls" if door != "plain" else "erp-old"
        user = f"{who}:{context.logins[who]}"
        context.run("curl", "-sS", "-k", *options, "-u", user, "-T", path, f"{base}/in/tareas/{quote(name)}")
        imported()
        back = context.folder / "back"
        context.run("curl", "-sS", "-k", *options, "-u", user, f"{base}/done/tareas/{quote(name)}", "-o", back)
        return back
    return round_of


def ftplib_round(tls, active):
    def round_of(context, path, name, imported):
        login = "erp-tls" if tls else "erp-old"
        if tls:
            trusting = ssl.create_default_context()
            trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
            ftp = ftplib.FTP_TLS(context=trusting, encoding="utf-8")
        else:
            ftp = ftplib.FTP(encoding="utf-8")
        ftp.connect("127.0.0.1", context.port("ftp"), timeout=30)
        ftp.login(login, context.logins[login])
        if tls:
            ftp.prot_p()
        ftp.set_pasv(not active)
        ftp.cwd("in/tareas")
        with path.open("rb") as file:
            ftp.storbinary(f"STOR {name}", file)
        imported()
        ftp.cwd("/done/tareas")
        assert name in ftp.nlst(), ftp.nlst()
        lines = []
        ftp.retrlines("LIST", lines.append)
        assert any(name in line for line in lines), lines
        back = context.folder / "back"
        with back.open("wb") as file:
            ftp.retrbinary(f"RETR {name}", file.write)
        ftp.quit()
        return back
    return round_of


PHP = """<?php
[$_, $port, $login, $password, $path, $name, $back, $step, $tls] = $argv;
$ftp = $tls ? ftp_ssl_connect('127.0.0.1', (int) $port, 30) : ftp_connect('127.0.0.1', (int) $port, 30);
$is = function ($done, $what) { if (!$done) { fwrite(STDERR, "$what failed\\n"); exit(1); } };
$is(ftp_login($ftp, $login, $password), 'login');
ftp_pasv($ftp, true);
if ($step === 'put') { $is(ftp_put($ftp, "in/tareas/$name", $path, FTP_BINARY), 'put'); }
else {
    $is(in_array("done/tareas/$name", ftp_nlist($ftp, 'done/tareas')) || in_array($name, ftp_nlist($ftp, 'done/tareas')), 'list');
    $is(ftp_get($ftp, $back, "done/tareas/$name", FTP_BINARY), 'get');
}
ftp_close($ftp);
"""


def php(tls):
    def round_of(context, path, name, imported):
        script = context.folder / "ftp.php"
        script.write_text(PHP)
        login, back = ("erp-tls" if tls else "erp-old"), context.folder / "back"
        for step in ("put", "get"):
            context.run("php", script, context.port("ftp"), login, context.logins[login], path, name, back, step,
                        "1" if tls else "")
            if step == "put":
                imported()
        return back
    return round_of


def ncftp(context, path, name, imported):
    user = ["-u", "erp-old", "-p", context.logins["erp-old"], "-P", str(context.port("ftp"))]
    context.run("ncftpput", *user, "127.0.0.1", "in/tareas", path)
    imported()
    back = context.folder / "of-ncftp"
    back.mkdir(exist_ok=True)
    context.run("ncftpget", *user, "127.0.0.1", back, f"done/tareas/{name}")
    return back / name


def typed_ftp(program, *options):
    """A client of which the lines are typed, as those of `ftp.exe` are."""
    def round_of(context, path, name, imported):
        def talk(*lines):
            start = ["user erp-old " + context.logins["erp-old"], "binary"]
            text = "\n".join([f"open 127.0.0.1 {context.port('ftp')}", *start, *lines, "bye", ""])
            said = context.run(program, "-n", "-v", *options, text=text)
            assert "226" in said, said
            return said
        talk("cd in/tareas", f'put "{path.name}" "{name}"')
        imported()
        back = context.folder / "back"
        back.unlink(missing_ok=True)
        said = talk("cd done/tareas", "dir", f'get "{name}" back')
        assert name in said, said
        return back
    return round_of


def psftp(context, path, name, imported):
    def talk(*lines):
        fingerprint = context.doors["sftp"]["host_key_fingerprints"][0]
        known = ["-hostkey", fingerprint]
        script = context.folder / "psftp.txt"
        script.write_text("\n".join([*lines, "quit", ""]), encoding="utf-8")
        return context.run("psftp", "-batch", *known, "-P", context.port("sftp"), "-pw", context.logins["erp-tls"],
                           "-b", script, "erp-tls@127.0.0.1")
    talk("cd in/tareas", f'put "{path.name}" "{name}"')
    imported()
    talk("cd done/tareas", "ls", f'get "{name}" back')
    return context.folder / "back"


def paramiko(context, path, name, imported):
    import paramiko as library
    client = library.SSHClient()
    client.set_missing_host_key_policy(library.AutoAddPolicy())
    client.connect("127.0.0.1", context.port("sftp"), "erp-tls", context.logins["erp-tls"], allow_agent=False,
                   look_for_keys=False)
    sftp = client.open_sftp()
    # `put` asks for the size afterwards and compares
    sftp.put(str(path), f"in/tareas/{name}.part")
    sftp.posix_rename(f"in/tareas/{name}.part", f"in/tareas/{name}")
    imported()
    assert name in sftp.listdir("done/tareas"), sftp.listdir("done/tareas")
    back = context.folder / "back"
    sftp.get(f"done/tareas/{name}", str(back))
    client.close()
    return back


BASIC_FTP = """
const { Client } = require('basic-ftp');
const [port, password, path, name, back, step] = process.argv.slice(2);
(async () => {
  const client = new Client(30000);
  await client.access({ host: '127.0.0.1', port: +port, user: 'erp-tls', password, secure: true,
    secureOptions: { rejectUnauthorized: false } });
  if (step === 'put') { await client.uploadFrom(path, `in/tareas/${name}`); }
  else {
    const list = await client.list('done/tareas');
    if (!list.some((one) => one.name === name)) throw new Error(`not listed: ${list.map((one) => one.name)}`);
    await client.downloadTo(back, `done/tareas/${name}`);
  }
  client.close();
})().catch((error) => { console.error(error); process.exit(1); });
"""
SFTP_CLIENT = """
const Client = require('ssh2-sftp-client');
const [port, password, path, name, back, step] = process.argv.slice(2);
(async () => {
  const client = new Client();
  await client.connect({ host: '127.0.0.1', port: +port, username: 'erp-tls', password });
  if (step === 'put') { await client.fastPut(path, `in/tareas/${name}`); }
  else {
    const list = await client.list('done/tareas');
    if (!list.some((one) => one.name === name)) throw new Error(`not listed: ${list.map((one) => one.name)}`);
    await client.fastGet(`done/tareas/${name}`, back);
  }
  await client.end();
})().catch((error) => { console.error(error); process.exit(1); });
"""


def node(text, door):
    def round_of(context, path, name, imported):
        script = context.folder / "peer.cjs"
        script.write_text(text)
        back = context.folder / "back"
        for step in ("put", "get"):
            context.run("node", script, context.port(door), context.logins["erp-tls"], path, name, back, step)
            if step == "put":
                imported()
        return back
    return round_of


def rclone(kind):
    def round_of(context, path, name, imported):
        hidden = context.run("rclone", "obscure", context.logins["erp-tls"]).strip()
        port = context.port("sftp" if kind == "sftp" else "ftp")
        remote = f":{kind},host=127.0.0.1,port={port},user=erp-tls,pass='{hidden}'"
        if kind == "ftp":
            remote += ",explicit_tls=true,no_check_certificate=true"
        context.run("rclone", "copyto", "--no-check-dest", path, f"{remote}:in/tareas/{name}")
        imported()
        back = context.folder / "back"
        back.unlink(missing_ok=True)
        context.run("rclone", "copyto", f"{remote}:done/tareas/{name}", back)
        return back
    return round_of


def old_script(context, path, name, imported):
    """What `ftp.exe -s:script` says: no UTF-8, no passive mode, a port of its own, names in the code page of Windows."""
    def talk(data=None, receive=False, command=""):
        control = socket.create_connection(("127.0.0.1", context.port("ftp")), 30)
        lines = control.makefile("rb")

        def say(line, code):
            if line:
                control.sendall(line.encode("cp1252") + b"\r\n")
            while True:
                heard = lines.readline()
                assert heard, f"the connection ended after {line}"
                if heard[:3].isdigit() and heard[3:4] == b" ":
                    assert heard.startswith(code), f"{line}: {heard}"
                    return
        say("", b"220")
        say("USER erp-old", b"331")
        say("PASS " + context.logins["erp-old"], b"230")
        say("TYPE I", b"200")
        own = socket.create_server(("127.0.0.1", 0))
        own.settimeout(30)
        port = own.getsockname()[1]
        say(f"PORT 127,0,0,1,{port // 256},{port % 256}", b"200")
        say(command, b"1")
        stream, _ = own.accept()
        got = b""
        if data is not None:
            stream.sendall(data)
        else:
            while part := stream.recv(65536):
                got += part
        stream.close()
        say("", b"226")
        say("QUIT", b"221")
        return got
    talk(data=path.read_bytes(), command=f"STOR in/tareas/{name}")
    imported()
    back = context.folder / "back"
    back.write_bytes(talk(command=f"RETR done/tareas/{name}"))
    return back


PEERS = [
    Peer("curl, FTP with TLS", "upload, download", first_line("curl", "--version"), there_and_back(curl("ftp", "ftp", "--ssl-reqd"))),
    Peer("curl, FTPS", "upload, download, TLS from the first byte", first_line("curl", "--version"), there_and_back(curl("ftps", "ftps"))),
    Peer("ftplib, TLS", "upload, list, download", first_line("python3", "--version"), there_and_back(ftplib_round(True, False))),
    Peer("ftplib", "the same without TLS", first_line("python3", "--version"), there_and_back(ftplib_round(False, False))),
    Peer("ftplib, active", "the same, the server connects", first_line("python3", "--version"), there_and_back(ftplib_round(False, True))),
    Peer("PHP's ftp functions, TLS", "upload, list, download", first_line("php", "--version"), there_and_back(php(True))),
    Peer("PHP's ftp functions", "the same without TLS", first_line("php", "--version"), there_and_back(php(False))),
    Peer("ncftp", "upload, download, plain name", of_package("ncftp"), there_and_back(ncftp, is_plain=True)),
    Peer("tnftp", "typed lines, passive", of_package("tnftp"), there_and_back(typed_ftp("tnftp", "-p"))),
    Peer("tnftp, active", "typed lines, the server connects", of_package("tnftp"), there_and_back(typed_ftp("tnftp", "-A"))),
    Peer("inetutils ftp", "typed lines", of_package("inetutils-ftp"), there_and_back(typed_ftp("inetutils-ftp"))),
    Peer("a script of ftp.exe", "its lines, said by our own program; plain name", lambda _: "Windows", there_and_back(old_script, is_plain=True)),
    Peer("basic-ftp", "upload, list, download with TLS", of_node("basic-ftp"), there_and_back(node(BASIC_FTP, "ftp"))),
    Peer("rclone, FTP", "copy there and back, TLS", of_package("rclone"), there_and_back(rclone("ftp"))),
    Peer("rclone, SFTP", "copy there and back", of_package("rclone"), there_and_back(rclone("sftp"))),
    Peer("psftp", "upload, list, download", of_package("putty-tools"), there_and_back(psftp)),
    Peer("paramiko", "upload with a part, rename, list, download", of_python("paramiko"), there_and_back(paramiko)),
    Peer("ssh2-sftp-client", "upload in pieces at once, list, download", of_node("ssh2-sftp-client"), there_and_back(node(SFTP_CLIENT, "sftp"))),
]
