"""A real mail server (aiosmtpd) that records what it accepts and fails on request.

Run as its own process: `recorder.py PROFILES RECORD`. PROFILES is JSON, a profile by name; each gets
a port of its own, printed as JSON. RECORD is a file that gets one JSON line per accepted message.

An action is a reply code, `drop`, `hang` or `junk`. A profile's `faults` name one by stage (connect,
EHLO, STARTTLS, AUTH, QUIT). An address such as `rcpt-550@reader.example` asks for one at MAIL (as sender),
RCPT, DATA or DOT (as recipient); at DOT all but codes come *after* the message was recorded.
"""

# ruff: noqa: N802 - aiosmtpd finds its hooks by these names

import asyncio
import base64
import json
import re
import ssl
import sys
from itertools import count
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult

CONNECTIONS = count(1)
MESSAGES = count(1)


def wanted(stage, address):
    """The action that an address asks for at this stage."""
    found = re.search(rf"\b{stage}-(\w+)@", address or "", re.IGNORECASE)
    return found[1] if found else None


class Recorder(SMTP):
    def __init__(self, profile, record, context):
        users = profile.get("users")
        super().__init__(
            self,
            hostname="recorder.example",
            data_size_limit=profile.get("size", 33_554_432),
            enable_SMTPUTF8=profile.get("smtputf8", False),
            tls_context=context if profile.get("tls") == "starttls" else None,
            auth_require_tls=False,
            authenticator=(lambda *args: self.check(users, args[-1])) if users else None,
            auth_exclude_mechanism=() if users else ("PLAIN", "LOGIN"),
        )
        self.profile, self.record = profile, record
        self.number = next(CONNECTIONS)
        self.accepted = 0
        self.final = None
        self.greeted = False

    @staticmethod
    def check(users, login):
        name, password = login.login.decode(), login.password.decode()
        return AuthResult(success=users.get(name) == password, handled=False, auth_data=login)

    async def act(self, action):
        if action == "drop":
            self.transport.abort()
        elif action == "hang":
            await asyncio.sleep(3600)
        elif action == "junk":
            await super().push("I am no mail server")
        else:
            await super().push(f"{action} {action[0]}.3.0 as asked")
            if action == "421":
                self.transport.close()

    async def push(self, status):
        action = None
        if not self.greeted:
            self.greeted, action = True, self.profile.get("faults", {}).get("connect")
        elif self.final:
            action, self.final = self.final, None
        if action:
            await self.act(action)
        else:
            await super().push(status)

    async def stage(self, name, address, go_on):
        action = wanted(name, address) or self.profile.get("faults", {}).get(name)
        if name == "MAIL" and self.accepted >= self.profile.get("messages", 1_000_000):
            action = self.profile["then"]
        await (self.act(action) if action else go_on())

    async def smtp_EHLO(self, arg):
        await self.stage("EHLO", None, lambda: SMTP.smtp_EHLO(self, arg))

    async def smtp_STARTTLS(self, arg):
        await self.stage("STARTTLS", None, lambda: SMTP.smtp_STARTTLS(self, arg))

    async def smtp_AUTH(self, arg):
        await self.stage("AUTH", None, lambda: SMTP.smtp_AUTH(self, arg))

    async def smtp_MAIL(self, arg):
        await self.stage("MAIL", re.sub(">.*", "", arg), lambda: SMTP.smtp_MAIL(self, arg))

    async def smtp_RCPT(self, arg):
        await self.stage("RCPT", re.sub(">.*", "", arg), lambda: SMTP.smtp_RCPT(self, arg))

    async def smtp_DATA(self, arg):
        address = self.envelope.rcpt_tos[0] if self.envelope.rcpt_tos else None
        await self.stage("DATA", address, lambda: SMTP.smtp_DATA(self, arg))

    async def handle_DATA(self, server, session, envelope):
        action = wanted("DOT", envelope.rcpt_tos[0])
        if action and action.isdigit() and not action.startswith("2"):
            self.final = action
            return "250 never said"
        self.final = action
        self.accepted += 1
        self.write(
            sender=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            options=envelope.mail_options,
            encrypted=session.ssl is not None or self.transport.get_extra_info("sslcontext") is not None,
            login=bool(session.authenticated),
            data=base64.b64encode(envelope.original_content).decode(),
        )
        return f"250 2.0.0 Ok: queued as Q{next(MESSAGES):04}"

    async def smtp_QUIT(self, arg):
        self.write(quit=True)
        await self.stage("QUIT", None, lambda: SMTP.smtp_QUIT(self, arg))

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        more = ["250-PIPELINING"] if self.profile.get("pipelining") else []
        return [*responses[:-1], *more, responses[-1]]

    def write(self, **facts):
        with self.record.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"connection": self.number} | facts) + "\n")


def context_of(profile):
    if "certificate" not in profile:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(profile["certificate"], profile["key"])
    return context


async def main(profiles, record):
    ports, servers = {}, []
    for name, profile in profiles.items():
        context = context_of(profile)
        server = await asyncio.get_running_loop().create_server(
            lambda profile=profile, context=context: Recorder(profile, record, context),
            "127.0.0.1",
            0,
            ssl=context if profile.get("tls") == "tls" else None,
        )
        servers.append(server)
        ports[name] = server.sockets[0].getsockname()[1]
    print(json.dumps(ports), flush=True)  # noqa: T201
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1]), Path(sys.argv[2])))
