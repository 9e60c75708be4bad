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

FISH = "zebrafish"
ANSWERS = {                                     # script: (the word at which it answers so, the answer)
    "rcpt450": ("RCPT", "450 4.2.1 Mailbox busy: zebrafish"), "rcpt550": ("RCPT", "550 5.1.1 No such user: zebrafish"),
    "rcpt530": ("RCPT", "530 5.7.0 Authentication required"), "rcpt452": ("RCPT", "452 4.5.3 Too many: zebrafish"), "rcpt4bare": ("RCPT", "450"),
    "rcptmulti4": ("RCPT", "450-4.2.1 zebrafish\r\n450-4.2.1 zebrafish\r\n450 4.2.1 zebrafish"), "rcpt354": ("RCPT", "354 zebrafish"),
    "rcpt251": ("RCPT", "251 2.1.5 Will forward: zebrafish"), "rcpt551": ("RCPT", "551 5.1.6 Has moved: zebrafish"),
    "rcpt5nocode": ("RCPT", "553 zebrafish"), "rcptlong5": ("RCPT", "550 5.1.1 " + FISH * 450), "rcptansi": ("RCPT", "550 5.1.1 \x1b[31m\x07\0zebrafish\xff"),
    "rcpt999": ("RCPT", "999 zebrafish"), "rcptmixed": ("RCPT", "250-zebrafish\r\n550 5.1.1 zebrafish"), "garbage": ("RCPT", "zebrafish zebrafish"),
    "data451": ("DATA", "451 4.3.0 Not now: zebrafish"), "data554": ("DATA", "554 5.5.1 No: zebrafish"), "data250": ("DATA", "250 2.0.0 zebrafish"),
    "data503": ("DATA", "503 5.5.1 What?"),
    "dot452": (".", "452 4.2.2 Full: zebrafish"), "dot552": (".", "552 5.2.2 Too big: zebrafish"), "dot554": (".", "554 5.6.0 Spam: zebrafish"),
    "multi5": (".", "550-5.6.0 zebrafish\r\n550-5.6.0 zebrafish\r\n550 5.6.0 zebrafish"), "dot5bare": (".", "554"),
    "dot354": (".", "354 zebrafish"), "dot999": (".", "999 zebrafish"), "dotmixed": (".", "250-2.0.0 zebrafish\r\n554 5.6.0 zebrafish"),
}
THEN_GONE = {                                   # the same, with its last line as it goes out; nothing comes behind it
    "421": ("RCPT", "421 4.3.2 Closing: zebrafish\r\n"), "half": ("RCPT", "45"), "rcptgone": ("RCPT", ""), "rcptcut": ("RCPT", "250-zebrafish\r\n"),
    "data421": ("DATA", "421 4.3.2 Closing: zebrafish\r\n"), "datahalf": ("DATA", "35"), "datagone": ("DATA", ""),
    "dropdot": (".", ""), "garbdot": (".", "zebrafish\r\n"), "halfdot": (".", "25"), "dot421": (".", "421 4.3.2 Closing: zebrafish\r\n"),
    "dotcut": (".", "250-2.0.0 zebrafish\r\n"), "dotcr": (".", "250 2.0.0 zebrafish\r"), "dotnul": (".", "\0\0\0\0\r\n"),
}
GREY = {"grey": "RCPT", "greydata": "DATA", "greydot": "."}       # the first time 450 there


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
        self.writer.write((text + end).encode("latin-1"))
        await self.writer.drain()

    async def run(self):
        g = self.given
        if g.greet or g.greet_half:
            return await self.say(g.greet or g.greet_half, end="" if g.greet_half else "\r\n")
        await self.say("220 mail.example.com ESMTP")
        while True:
            line = (await self.reader.readline()).decode("latin-1")
            if not line.endswith("\n"):
                return
            word, _, rest = line.strip().partition(" ")
            word = word.upper()
            if word in self.given.at:
                await self.say(self.given.at[word].replace("|", "\r\n"))
            elif word == g.gone:
                return
            elif word == "EHLO" and not g.helo_only:
                more = ["SIZE 10000000", "ENHANCEDSTATUSCODES"] + ["PIPELINING"] * g.pipelining
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
        if self.script == "once" and self.to not in self.server.grey:
            self.server.grey.add(self.to)
            raise Gone
        if self.script == "multi":
            await self.say("250-2.1.5 one\r\n250-2.1.5 two")
        if self.script == "flood":
            while True:
                await self.say("250-2.1.5 " + FISH * 10)
        said = await self.scripted("RCPT")
        self.taken = said[:2] in ("", "25")
        if not said:
            await self.say("250 2.1.5 Ok", end="\n" if self.script == "barelf" else "\r\n")

    async def scripted(self, word):
        """What the script answers to this word; empty: nothing of its own."""
        if GREY.get(self.script) == word and self.to not in self.server.grey:
            self.server.grey.add(self.to)
            await self.say("450 4.2.0 Greylisted: zebrafish")
            return "450"
        for table in ANSWERS, THEN_GONE:
            at, text = table.get(self.script, ("", ""))
            if at != word:
                continue
            await self.say(text, end="\r\n" if table is ANSWERS else "")
            if table is THEN_GONE or self.script == "garbage":
                raise Gone
            return text
        return ""

    async def data(self):
        if not self.taken:
            return await self.say("554 5.5.1 No valid recipients")
        if await self.scripted("DATA"):
            return
        await self.say("354 Go on" + ("\r\n250 2.0.0 zebrafish" if self.script == "early" else ""))
        if self.script == "dropdata":
            raise Gone
        body = b""
        while not body.endswith(b"\r\n.\r\n"):
            line = await self.reader.readline()
            if not line:
                raise Gone
            body += line
        if self.script == "early":
            raise Gone
        if max(body) > 0x7F or max(map(len, body.split(b"\r\n"))) > 998:
            return await self.say("554 5.6.1 Neither 8BITMIME nor long lines were offered")
        if self.script == "unheard":
            self.take(body)
            raise Gone
        if self.script == "slow":
            await asyncio.sleep(2)
        if await self.scripted("."):
            return
        await asyncio.sleep(self.given.delay)
        self.take(body)
        if self.script == "multi":
            await self.say("250-2.0.0 zebrafish\r\n250-2.0.0 zebrafish")
        if self.script == "pieces":
            for c in "250 2.0.0 ":
                await self.say(c, end="")
                await asyncio.sleep(0.02)
        await self.say({"long": "250 2.0.0 " + FISH * 500, "bare": "250", "barelf": "250 2.0.0 zebrafish\n", "pieces": "Ok"}.get(self.script, "250 2.0.0 Ok: zebrafish"),
                       end="" if self.script == "barelf" else "\r\n")

    def take(self, body):
        header = body.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        (message_id,) = [h[12:] for h in header if h.startswith("Message-ID: ")]
        self.server.note(self.given.accepted, to=self.to, id=message_id, size=len(body))


async def main():
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    p = argparse.ArgumentParser()
    for name in ("accepted", "tries", "cert", "key", "user", "password", "greet", "greet-half", "refuse-sender"):
        p.add_argument("--" + name, default="")
    p.add_argument("--listen", default="127.0.0.1")
    p.add_argument("--tls", default="none", choices=["none", "starttls", "tls"])
    p.add_argument("--delay", type=float, default=0)
    p.add_argument("--port", type=int, default=0)
    p.add_argument("--drop-mail", type=int, default=0)
    p.add_argument("--drop-reused", action="store_true")
    p.add_argument("--helo-only", action="store_true")
    p.add_argument("--pipelining", action="store_true")
    p.add_argument("--at", action="append", default=[], help="WORD=ANSWER: answered whenever that command comes; | is a line's end")
    p.add_argument("--gone", default="", help="the command at which it ends the line")
    given = p.parse_args()
    given.at = dict(pair.split("=", 1) for pair in given.at)
    server = Server(given)
    listening = await asyncio.start_server(server.talk, given.listen, given.port, ssl=server.tls if given.tls == "tls" else None, limit=1 << 20)
    print(listening.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())
