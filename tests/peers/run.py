"""Tries every peer and writes docs/peers.md: run.py URL BEARER TOOLS FOLDER [ONLY]."""

import pathlib
import sys
import traceback

import files
import servers
import soap
from campo import Campo

url, bearer, tools, folder, only = sys.argv[1:6]
campo = Campo(url, bearer)
tools, folder = pathlib.Path(tools), pathlib.Path(folder)

HEADING = """# Peers

Programs that we did not write, as `make peers` last tried them against a real server. Those of every test run (OpenSSH,
vsftpd, lftp, curl, zeep, PHP's SoapClient, Chromium) are not listed again.

| peer | version | what it does | result |
|---|---|---|---|
"""
NOT_TRIED = """
Not tried, and why: WinSCP and `ftp.exe` (Windows alone; what `ftp.exe` says is said by tnftp without passive mode, and by
the tests of old clients).
"""

rows, failed = [], 0
for module in (files, servers, soap):
    peers = [one for one in module.PEERS if only in one.name]
    if not peers:
        continue
    context = module.prepare(campo, tools, folder)
    for peer in peers:
        version = ""
        try:
            version = peer.version(context)
            peer.run(context)
            result = "works"
        except Exception as error:  # noqa: BLE001 - every peer is tried, whatever becomes of the one before
            failed += 1
            result = "FAILS: " + " ".join(str(error).split())[:200].replace("|", "/")
            traceback.print_exc()
        print(f"{peer.name} {version}: {result}", flush=True)
        rows.append(f"| {peer.name} | {version} | {peer.what} | {result} |")
    module.end(context)
if not only:
    pathlib.Path("docs/peers.md").write_text(HEADING + "\n".join(rows) + "\n" + NOT_TRIED)
sys.exit(1 if failed else 0)
