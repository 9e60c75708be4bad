"""smtpd - a mail server that behaves as told. The script of a mail is its recipient's local part up to the first dot (see `ANSWERS` and
`Talk`); what concerns no recipient is an option. Prints its port; ends when its standard input closes.

A mail that it takes is a JSON line in --accepted, on the disk before 250 is answered; every RCPT is a line in --tries."""
import argparse
import asyncio
import base64
import json
import logging
import os
import ssl
import sys

ANSWERS = {                                     # script: (the word at which it answers so, the answer)
    "rcpt450": ("RCPT", "450 4.2.1 Mailbox busy: zebrafish"), "rcpt550": ("RCPT", "550 5.1.1 No such user: zebrafish"),
    "rcpt530": ("RCPT", "530 5.7.0 Authentication required"),
    "rcpt5nocode": ("RCPT", "553 zebrafish"), "data451": ("DATA", "451 4.3.0 Not now: zebrafish"), "data554": ("DATA", "554 5.5.1 No: zebrafish"),
    "dot452": (".", "452 4.2.2 Full: zebrafish"), "dot552": (".", "552 5.2.2 Too big: zebrafish"), "dot554": (".", "554 5.6.0 Spam: zebrafish"),
    "garbage": ("RCPT", "zebrafish zebrafish"), "multi5": (".", "550-5.6.0 zebrafish\r\n550-5.6.0 zebrafish\r\n550 5.6.0 zebrafish"),
}


class Gone(Exception):
    pass


class Server:
    def __init__(self, given):
        self.given, self.grey, self.mails_dropped = given, set(), 0
        self.tls = None
        if given.cert:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(given.cert, given.key)

    def note(self, path, **row):
        if path:
            with open(path, "a") as f:
                f.write(json.dumps(row) + "\n")
                f.flush()
                os.fsync(f.fileno())

    async def talk(self, reader, writer):
        try:
            await Talk(self, reader, writer).run()
        except (Gone, ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()


class Talk:
    def __init__(self, server, reader, writer):
        self.server, self.given, self.reader, self.writer = server, server.given, reader, writer
        self.mails, self.signed_in, self.secure = 0, not server.given.user, server.given.tls == "tls"

    async def say(self, text, end="\r\n"):
        self.writer.write((text + end).encode())
        await self.writer.drain()

    async def run(self):
        g = self.given
        if g.greet:
            return await self.say(g.greet)
        await self.say("220 mail.example.com ESMTP")
        while True:
            line = (await self.reader.readline()).decode("latin-1")
            if not line.endswith("\n"):
                return
            word, _, rest = line.strip().partition(" ")
            word = word.upper()
            if word == "EHLO" and not g.helo_only:
                more = ["SIZE 10000000", "ENHANCEDSTATUSCODES"]
                if g.tls == "starttls" and not self.secure:
                    more.append("STARTTLS")
                if g.user:
                    more.append("AUTH PLAIN LOGIN")
                lines = ["mail.example.com"] + more
                for i, text in enumerate(lines):
                    await self.say(f"250{' ' if i + 1 == len(lines) else '-'}{text}")
            elif word == "EHLO":
                await self.say("502 5.5.2 What?")
            elif word == "HELO":
                await self.say("250 mail.example.com")
            elif word == "STARTTLS" and g.tls == "starttls":
                await self.say("220 Go on")
                await self.writer.start_tls(self.server.tls)
                self.secure = True
            elif word == "AUTH":
                await self.auth(rest)
            elif word == "MAIL":
                await self.mail()
            elif word == "RCPT":
                await self.rcpt(rest)
            elif word == "DATA":
                await self.data()
            elif word in ("RSET", "NOOP"):
                await self.say("250 2.0.0 Ok")
            elif word == "QUIT":
                await self.say("221 2.0.0 Bye")
                return
            else:
                await self.say("500 5.5.2 What?")

    async def auth(self, rest):
        how, _, first = rest.partition(" ")
        if how.upper() == "PLAIN":
            if not first:
                await self.say("334 ")
                first = (await self.reader.readline()).decode().strip()
            _, user, password = base64.b64decode(first).decode().split("\0")
        else:
            user = password = ""
        self.signed_in = (user, password) == (self.given.user, self.given.password)
        await self.say("235 2.7.0 In" if self.signed_in else "535 5.7.8 Wrong name or password: zebrafish")

    async def mail(self):
        g = self.given
        self.mails += 1
        if self.mails > 1 and g.drop_reused:
            raise Gone
        if self.server.mails_dropped < g.drop_mail:
            self.server.mails_dropped += 1
            raise Gone
        if not self.signed_in:
            return await self.say("530 5.7.0 Authentication required")
        await self.say(g.refuse_sender or "250 2.1.0 Ok")

    async def rcpt(self, rest):
        self.to = rest[rest.index("<") + 1:rest.index(">")]
        self.script = self.to.split("@")[0].split(".")[0]
        self.server.note(self.given.tries, to=self.to)
        if self.script == "grey" and self.to not in self.server.grey:
            self.server.grey.add(self.to)
            return await self.say("450 4.2.0 Greylisted: zebrafish")
        if self.script == "421":
            await self.say("421 4.3.2 Closing: zebrafish")
            raise Gone
        if self.script == "half":
            await self.say("45", end="")
            raise Gone
        if self.script == "multi":
            await self.say("250-2.1.5 one\r\n250-2.1.5 two")
        await self.answer("RCPT", "250 2.1.5 Ok")

    async def answer(self, word, good):
        at, text = ANSWERS.get(self.script, ("", ""))
        await self.say(text if at == word else good)
        if self.script == "garbage":
            raise Gone

    async def data(self):
        if ANSWERS.get(self.script, ("",))[0] == "DATA":
            return await self.answer("DATA", "")
        await self.say("354 Go on")
        if self.script == "dropdata":
            raise Gone
        body = b""
        while not body.endswith(b"\r\n.\r\n"):
            line = await self.reader.readline()
            if not line:
                raise Gone
            body += line
        if self.script in ("dropdot", "unheard"):
            if self.script == "unheard":
                self.take(body)
            raise Gone
        if self.script == "garbdot":
            await self.say("zebrafish")
            raise Gone
        if self.script == "halfdot":
            await self.say("25", end="")
            raise Gone
        if self.script == "slow":
            await asyncio.sleep(2)
        if ANSWERS.get(self.script, ("",))[0] == ".":
            return await self.answer(".", "")
        await asyncio.sleep(self.given.delay)
        self.take(body)
        if self.script == "multi":
            await self.say("250-2.0.0 zebrafish\r\n250-2.0.0 zebrafish")
        await self.say("250 2.0.0 " + ("zebrafish" * 500 if self.script == "long" else "Ok: zebrafish"))

    def take(self, body):
        header = body.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        (message_id,) = [h[12:] for h in header if h.startswith("Message-ID: ")]
        self.server.note(self.given.accepted, to=self.to, id=message_id, size=len(body))


async def main():
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    p = argparse.ArgumentParser()
    for name in ("accepted", "tries", "cert", "key", "user", "password", "greet", "refuse-sender"):
        p.add_argument("--" + name, default="")
    p.add_argument("--listen", default="127.0.0.1")
    p.add_argument("--tls", default="none", choices=["none", "starttls", "tls"])
    p.add_argument("--delay", type=float, default=0)
    p.add_argument("--port", type=int, default=0)
    p.add_argument("--drop-mail", type=int, default=0)
    p.add_argument("--drop-reused", action="store_true")
    p.add_argument("--helo-only", action="store_true")
    given = p.parse_args()
    server = Server(given)
    listening = await asyncio.start_server(server.talk, given.listen, given.port, ssl=server.tls if given.tls == "tls" else None)
    print(listening.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())
