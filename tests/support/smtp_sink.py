"""A real SMTP server (aiosmtpd) that keeps what it takes, and does as the file `rules` says, which is read for each command.

Each mail lies in a file of its own, `mail.<n>`: a line of JSON with sender, recipients and parameters, then the mail.
Arguments: port, directory.
"""

import asyncio
import json
import os
import ssl
import sys

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP, AuthResult

PORT, PLACE = int(sys.argv[1]), sys.argv[2]
NEEDS_AUTH = os.path.exists(os.path.join(PLACE, "auth"))
# "starttls" or "tls", where it has a certificate.
SECURITY = os.path.join(PLACE, "security")
SECURITY = open(SECURITY).read() if os.path.exists(SECURITY) else None
count = 0


def rules():
    with open(os.path.join(PLACE, "rules")) as file:
        return json.load(file)


class Sink:
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        hidden = rules().get("hidden", [])
        if rules().get("reports"):
            responses.insert(1, "250-DSN")
        holds = rules().get("holds")
        if holds and (not NEEDS_AUTH or session.authenticated):
            # RFC 4865: seconds, and a moment; where people sign in, they alone are told.
            responses.insert(1, f"250-FUTURERELEASE {holds}")
        if not NEEDS_AUTH:
            hidden.append("AUTH")
        responses = [r for r in responses if not any(word in r for word in hidden)]
        size = rules().get("size")
        if size:
            responses = [r for r in responses if "SIZE" not in r]
            responses.insert(1, f"250-SIZE {size}")
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        refused = rules().get("sender")
        if not refused and any(p.startswith("HOLD") for p in getattr(server, "asked", [])):
            refused = rules().get("held")
        if refused:
            return refused
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        refused = rules().get("refuse", {}).get(address)
        if refused:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        global count
        now = rules()
        refused = now.get("data")
        if refused:
            return refused
        count += 1
        about = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "options": envelope.mail_options,
            "asked": getattr(server, "asked", []),
            "hello": session.host_name,
            "is_protected": session.ssl is not None or SECURITY == "tls",
            "user": session.auth_data.decode() if session.auth_data else None,
        }
        path = os.path.join(PLACE, f"mail.{count}")
        with open(path + ".new", "wb") as file:
            file.write(json.dumps(about).encode() + b"\n" + envelope.original_content)
        os.rename(path + ".new", path)
        await asyncio.sleep(now.get("late", 0))
        if now.get("cut"):
            server.transport.abort()
        return "250 taken"


def reads_parameters(read):
    """aiosmtpd refuses what it does not know of: what is asked of reports (RFC 3461), and until when a message is to be held
    (RFC 4865) where that is announced, is only noted."""

    def reading(server, params):
        known = ["RET", "NOTIFY"] + (["HOLDUNTIL"] if rules().get("holds") else [])
        asked = [p for p in params if p.split("=")[0].upper() in known]
        server.asked = getattr(server, "asked", []) + asked
        return read(server, [p for p in params if p not in asked])

    return reading


SMTP._getparams = reads_parameters(SMTP._getparams)


def authenticate(server, session, envelope, mechanism, data):
    with open(os.path.join(PLACE, "signed.in"), "a") as file:
        file.write("1")
    wanted = rules().get("password")
    good = wanted is None or data.password.decode() == wanted
    return AuthResult(success=good, handled=False, auth_data=data.login)


def protection():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(PLACE, "server.pem"), os.path.join(PLACE, "server.key"))
    name = "tls_context" if SECURITY == "starttls" else "ssl_context"
    return {name: context, "require_starttls": SECURITY == "starttls"}


def main():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    controller = UnthreadedController(
        Sink(),
        hostname="127.0.0.1",
        port=PORT,
        loop=loop,
        server_hostname="sink.example",
        enable_SMTPUTF8=True,
        data_size_limit=200_000_000,
        authenticator=authenticate if NEEDS_AUTH else None,
        auth_require_tls=False,
        auth_required=NEEDS_AUTH,
        **(protection() if SECURITY else {}),
    )
    controller.begin()
    loop.run_forever()


main()
