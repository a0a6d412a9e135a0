"""A mail server on loopback that writes every mail it takes into a folder.

    python server.py FOLDER PORT [--certificate FILE --key FILE (--start-tls | --tls)] [--user NAME --password TEXT]

It prints `listening PORT`. Each mail is a file `N.json` with `from`, `to` and `mail`. Whoever has `refused` or `later` in
the address is refused for good, or for now.
"""

import argparse
import asyncio
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Folder:
    def __init__(self, path, is_tls):
        self.path = path
        self.is_tls = is_tls

    async def handle_RCPT(self, server, session, envelope, address, options):
        if "refused" in address:
            return f"550 5.1.1 {address} does not live here"
        if "later" in address:
            return "451 4.7.1 come again"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "mail": envelope.content.decode("ascii"),
            "tls": self.is_tls or session.ssl is not None,
            "login": bool(session.authenticated),
        }
        number = len(os.listdir(self.path))
        hidden = os.path.join(self.path, f".{number}")
        with open(hidden, "w") as file:
            json.dump(mail, file)
        os.rename(hidden, os.path.join(self.path, f"{number}.json"))
        return "250 2.0.0 taken"


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("port", type=int)
    for name in ["--certificate", "--key", "--user", "--password"]:
        parser.add_argument(name)
    parser.add_argument("--start-tls", action="store_true")
    parser.add_argument("--tls", action="store_true")
    given = parser.parse_args()
    context = None
    if given.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(given.certificate, given.key)

    def authenticate(server, session, envelope, mechanism, data):
        right = data.login.decode() == given.user and data.password.decode() == given.password
        return AuthResult(success=right, handled=False)

    def protocol():
        return SMTP(
            Folder(given.folder, given.tls),
            hostname="mail.test",
            require_starttls=given.start_tls,
            tls_context=context if given.start_tls else None,
            authenticator=authenticate if given.user else None,
            auth_required=bool(given.user),
            auth_require_tls=given.start_tls,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", given.port, ssl=context if given.tls else None)
    print("listening", server.sockets[0].getsockname()[1], flush=True)
    # It ends when whoever started it is gone
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
