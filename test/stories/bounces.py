"""Mails that come back: whose they are by our mark, by the address, or not at all; what moves a customer on, and what is forged and moves nobody."""
import mailbox
import os
import re
import sqlite3
import subprocess
import unittest
from contextlib import closing

from imapd import Imapd
from sink import Sink
from story import Story, tell

REPORT = """From: MAILER-DAEMON@mx.example.net
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary=b1

--b1
Content-Type: text/plain

{text}
--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {text}
--b1
Content-Type: text/rfc822-headers

From: office@fernwood.example.com
{headers}
--b1--
"""


def report(to="office@fernwood.example.com", address="x@example.com", action="failed", status="5.1.1", text="550 5.1.1 user unknown", headers="Subject: Notice"):
    return REPORT.format(to=to, address=address, action=action, status=status, text=text, headers=headers)


class Bounces(Story):
    def setUp(self):
        super().setUp()
        self.init()
        lines = ["customer_ref,name,email,phone,address1,city,region,postal_code,country,language"]
        touches = ["touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref"]
        for n in range(1, 15):
            address = "12 Mill St,Millbrook,US-NY,12545,US," if n % 2 else ",,,,,"
            phone = f"202 555 01{n:02d}" if n in (2, 4) else ""
            lines.append(f"A-{n},Guest Number{n},guest{n}@example.com,{phone},{address}en")
            touches.append(f"2026-03-01T10:{n:02d}:00Z,A-{n},Van 2 reader,Square,,,card_number|name,T-{n}")
        self.run_handback("import", self.file("c.csv", "\n".join(lines) + "\n"))
        self.run_handback("import", self.file("t.csv", "\n".join(touches) + "\n"))
        self.sink = Sink()
        self.addCleanup(self.sink.close)
        for key, value in (("mail.server", f"smtp://127.0.0.1:{self.sink.port}"), ("mail.from", "office@fernwood.example.com"),
                           ("bounces.address", "office+*@fernwood.example.com")):
            self.run_handback("set", key, value)
        self.run_handback("incident", "open", "--title", "A skimmer was on a card reader", "--holder", "reader:Van 2 reader", "--from", "2026-02-28", "--to", "2026-03-02",
                          "--only", "passing")
        for word in (["draft", "1"], ["approve", "1.1"], ["send", "1.1"]):
            self.run_handback("notice", *word, status=None)
        self.maildir = mailbox.Maildir(os.path.join(self.tmp, "back"))

    def states(self):
        return {r["customer_ref"]: (r["state"], r["channel"]) for r in self.json("notice", "status", "1.1", status=None).rows}

    def back(self, n):
        return self.sink.senders[f"guest{n}@example.com"]

    def id_of(self, n):
        return self.sink.mails[f"guest{n}@example.com"]["Message-ID"]

    def read(self, *mails, where=None):
        for mail in mails:
            self.maildir.add(mail.encode() if isinstance(mail, str) else mail)
        said = self.json("notice", "bounces", where or os.path.join(self.tmp, "back"), status=None)
        self.assertIn(said.status, (0, 1), said.err + said.out)
        return {r["customer_ref"]: r for r in said.rows}

    def test_a_mailbox_elsewhere_is_only_looked_at(self):
        imap = Imapd(self.tmp, 'a "secret\\')
        imap.password = 'a \\"secret\\\\'
        self.addCleanup(imap.close)
        url = f"imaps://office%40example.com@localhost:{imap.port}/INBOX"
        crlf = lambda mail: mail.replace("\n", "\r\n").encode()
        imap.mails = {3: crlf(report(to=self.back(1))), 5: b"From: somebody@example.com\r\nSubject: Lunch?\r\n\r\nAt one?\r\n", 9: crlf(report(to=self.back(3))) + b"x" * 3_000_000}
        for bad in ("imap://me@localhost/INBOX", "imaps://localhost/INBOX", "imaps://me:secret@localhost/INBOX", "imaps:///INBOX"):
            self.run_handback("set", "bounces.imap", bad, status=2)
        self.run_handback("set", "bounces.imap", url)
        self.run_handback("set", "mail.ca-file", imap.cert)
        self.assertIn("bounces.password-file", self.run_handback("notice", "bounces", status=2).err)
        secret = self.file("imap-password", "wrong\n")
        os.chmod(secret, 0o644)
        refused = self.run_handback("set", "bounces.password-file", secret, status=3).err
        self.assertTrue("The password file" in refused and "mail" not in refused.replace("imap", ""), refused)       # it is not the file of the mail server
        os.chmod(secret, 0o600)
        self.run_handback("set", "bounces.password-file", secret)
        self.assertIn("said no", self.run_handback("notice", "bounces", status=3).err)
        self.file("imap-password", 'a "secret\\\n')
        moved = lambda **kw: sorted(r["customer_ref"] for r in self.json("notice", "bounces", **kw).rows)
        self.assertEqual(moved(), ["A-1", "A-3"])
        self.assertEqual((self.states()["A-1"], self.states()["A-3"]), (("queued", "letter"), ("queued", "letter")))
        self.assertTrue(any(w == 'EXAMINE "INBOX"' for w in imap.asked))
        self.assertEqual({w.split()[0] for w in imap.asked}, {"LOGIN", "EXAMINE", "UID", "LOGOUT"})           # nothing is stored, moved, marked or deleted
        self.assertFalse([w for w in imap.asked if w.startswith("UID") and not w.startswith(("UID SEARCH", "UID FETCH"))])
        # only what came since is asked for; a mailbox that is numbered anew is read from its beginning, and each mail counts once
        del imap.asked[:]
        self.assertEqual(moved(), [])
        self.assertEqual([w for w in imap.asked if "FETCH" in w], [])
        imap.mails[12] = crlf(report(to=self.back(5)))
        self.assertEqual(moved(), ["A-5"])
        self.assertEqual(len([w for w in imap.asked if "FETCH" in w]), 1)
        imap.validity = 8
        self.assertEqual(moved(), [])
        self.assertEqual(len([w for w in imap.asked if "FETCH" in w]), 5)
        # a server that misbehaves is told of, and nothing of it is taken
        imap.mails[20] = crlf(report(to=self.back(7)))
        for how, words in (("no greeting", "does not greet"), ("endless", "has no end"), ("drop", "could not be read"), ("too much", "more than it was asked for")):
            imap.how = how
            said = self.run_handback("notice", "bounces", status=3)
            self.assertIn(words, said.err)
            self.assertNotIn("secret", said.err)
        imap.how = ""
        self.run_handback("set", "mail.ca-file", "")
        self.assertIn("certificate", self.run_handback("notice", "bounces", status=3).err)
        self.run_handback("set", "mail.ca-file", imap.cert)
        self.assertEqual(self.states()["A-7"], ("sent", "email"))
        self.assertEqual(moved(), ["A-7"])
        self.assertNotIn("secret", self.run_handback("log").out)

    def test_what_comes_back_moves_its_customer_and_nobody_else(self):
        self.assertEqual(len(set(self.sink.senders.values())), 14)
        self.assertTrue(all(re.fullmatch(r"office\+1-1-\d+-[a-z2-7]{16}@fernwood\.example\.com", s) for s in self.sink.senders.values()), self.sink.senders)
        self.assertEqual(self.sink.mails["guest1@example.com"]["From"], 'Fernwood Plumbing <office@fernwood.example.com>')
        other = self.back(9).replace("1-1-9-", "1-1-10-")                      # somebody who has seen one mark makes another
        another_round = self.back(9).replace("1-1-", "1-2-")
        said = self.read(
            report(to=self.back(1)),                                          # by its mark alone
            report(headers=f"Message-ID: {self.id_of(3)}"),                    # by the Message-ID of what came back alone
            report(address="guest5@example.com"),                             # by RFC 3464's address alone
            report(to=self.back(2), address="guest2@example.com"),            # no postal address: to be called
            report(to=self.back(6)),                                          # neither
            report(to=self.back(7), action="delayed", status="4.4.1", text="connection timed out"),
            report(to=self.back(8), status="4.2.2", text="452 4.2.2 mailbox full"),
            f"From: <fbl@example.org>\nTo: {self.back(11)}\nContent-Type: multipart/report; report-type=feedback-report; boundary=f\n\n--f\n"
            "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\n--f--\n",
            f"From: guest12@example.com\nTo: {self.back(12)}\nSubject: Automatic reply: Notice\nAuto-Submitted: auto-replied\n\nI am away. Card 4111 1111 1111 1111\n",
            f"From: guest13@example.com\nTo: {self.back(13)}\nSubject: Re: Notice\n\nWhat does this mean?\n",
            report(to=other, address="nobody@example.com"), report(to=another_round, address="nobody2@example.com"),
            "From: june@example.org\nTo: office@fernwood.example.com\nSubject: Two cakes\n\nFor Friday, please.\n")
        self.assertEqual({ref: (r["class"], r["reason"], r["moved"], r.get("next"), r["waits"]) for ref, r in said.items() if ref}, {
            "A-1": ("hard", "no_mailbox", True, "letter", False), "A-3": ("hard", "no_mailbox", True, "letter", False),
            "A-5": ("hard", "no_mailbox", True, "letter", False), "A-2": ("hard", "no_mailbox", True, "phone", False),
            "A-6": ("hard", "no_mailbox", True, "none", False), "A-7": ("soft", "delayed", False, None, False),
            "A-8": ("soft", "full", True, "none", False), "A-11": ("complaint", "spam", True, "letter", False),
            "A-12": ("auto-reply", "away", False, None, False), "A-13": ("unknown", "answer", False, None, True)})
        states = self.states()
        self.assertEqual({r: s for r, s in states.items() if s != ("sent", "email")}, {
            "A-1": ("queued", "letter"), "A-3": ("queued", "letter"), "A-5": ("queued", "letter"), "A-11": ("queued", "letter"), "A-2": ("queued", "phone"),
            "A-6": ("bounced", "email"), "A-8": ("bounced", "email")})
        status = self.run_handback("notice", "status", "1.1", status=1).out
        for words in ("bounced, and no other way is known", "After a call or a visit: handback notice reached 1.1", "Told as the law asks"):
            self.assertIn(words, status)
        waiting = self.json("notice", "bounce", "list", "--waiting").rows
        self.assertEqual(sorted(r["customer_ref"] for r in waiting), ["", "", "A-13"])          # the two forged ones concern nobody known
        self.assertTrue(all(r["why"] for r in waiting))
        # once, however often it is read; and from a mailbox file, too
        self.assertEqual(self.read(), {})
        box = "".join(f"From MAILER-DAEMON Mon Nov  2 10:00:00 2026\n{m}\n" for m in (report(to=self.back(9)), report(to=self.back(1))))
        self.assertEqual({ref: r["next"] for ref, r in self.read(where=self.file("mbox", box)).items()}, {"A-9": "letter"})

        # what is kept is sealed, and holds no card number
        with closing(sqlite3.connect(os.path.join(self.data, "handback.db"))) as db:
            kept = b"".join(row[0] for row in db.execute("SELECT mail FROM bounce"))
        self.assertNotIn(b"example", kept)
        away = next(r["bounce"] for r in self.json("notice", "bounce", "list").rows if r["customer_ref"] == "A-12")
        shown = self.json("notice", "bounce", "show", str(away)).row
        self.assertIn("[card ending 1111]", shown["mail"])
        self.assertNotIn("4111", shown["mail"])
        self.assertIn("arrived", shown["why"])

        # a person decides the rest
        mine, forged = (next(r["bounce"] for r in waiting if r["customer_ref"] == ref) for ref in ("A-13", ""))
        self.run_handback("notice", "bounce", "settle", mine)
        self.assertIn("Whose mail", self.run_handback("notice", "bounce", "settle", forged, "--failed", status=2).err)
        self.assertEqual(self.json("notice", "bounce", "settle", forged, "--failed", "--customer", "A-14", "--round", "1.1").row["moved"], True)
        self.assertEqual(self.states()["A-14"], ("bounced", "email"))
        self.assertEqual(self.states()["A-13"], ("sent", "email"))
        self.assertIn("settled already", self.run_handback("notice", "bounce", "settle", mine, status=3).err)
        self.assertEqual(len(self.json("notice", "bounce", "list", "--waiting").rows), 1)
        self.assertEqual(len(self.json("notice", "bounce", "list", "--round", "1.1").rows), 12)
        self.run_handback("check")
        self.run_handback("log", "verify")

        # who is to be called: with what to say; three calls in vain, then in person
        self.assertEqual(self.json("notice", "calls", "1.1").rows, [{"customer_ref": "A-2", "name": "Guest Number2", "phone": "202 555 0102", "channel": "phone", "tries": 0}])
        said = self.run_handback("notice", "calls", "1.1")
        for words in ("Fernwood Plumbing", "A skimmer was on a card reader", "We ask you for nothing"):
            self.assertIn(words, said.out)
        pdf = os.path.join(self.tmp, "calls.pdf")
        self.run_handback("notice", "calls", "1.1", "--to", pdf)
        text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True).stdout
        self.assertIn("A-2", text)
        self.assertIn("202 555 0102", text)
        self.assertIn("is not to be called now: this notice is sent", self.run_handback("notice", "called", "1.1", "--customer", "A-4", "--how", "no-answer", status=3).err)
        for tries, channel in ((1, "phone"), (2, "phone"), (3, "in-person")):
            row = self.json("notice", "called", "1.1", "--customer", "A-2", "--how", "no-answer").row
            self.assertEqual((row["tries"], row["channel"]), (tries, channel))
        self.assertEqual(self.states()["A-2"], ("queued", "in-person"))
        self.assertIn("1 in person", self.run_handback("notice", "status", "1.1", status=1).out)
        self.run_handback("notice", "reached", "1.1", "--customer", "A-2", "--by", "in-person")
        self.assertEqual(self.states()["A-2"], ("acknowledged", "in-person"))

        # forgetting takes the kept mail, too; a new key seals it anew
        self.run_handback("vault", "rotate")
        self.assertIn("arrived", self.json("notice", "bounce", "show", str(away)).row["why"])
        self.run_handback("incident", "close", "1", status=None)
        self.run_handback("customer", "forget", "A-12", "--reason", "their wish")
        self.assertEqual(self.json("notice", "bounce", "show", str(away)).row["mail"], "")

    def test_what_is_no_mailbox_is_said_so(self):
        self.assertIn("can't be read", self.run_handback("notice", "bounces", os.path.join(self.tmp, "nowhere"), status=2).err)
        self.assertIn("no Maildir", self.run_handback("notice", "bounces", self.tmp, status=2).err)
        self.assertIn("Name a Maildir", self.run_handback("notice", "bounces", status=2).err)
        self.run_handback("set", "bounces.box", os.path.join(self.tmp, "back"))
        self.assertIn("0 mails were looked at", self.run_handback("notice", "bounces").out)
        self.assertIn("no mail that came back", self.run_handback("notice", "bounce", "list").out.lower().replace("no mail has come back", "no mail that came back"))
        for bad in ("office+*", "*@*.example", "a-very-long-name-for-a-mailbox-of-ours+*@example.com"):
            self.assertIn("bounces.address is", self.run_handback("set", "bounces.address", bad, status=2).err)
        # a huge one is refused, an empty one is fine
        with open(os.path.join(self.tmp, "huge"), "wb") as f:
            f.truncate(65 << 20)
        self.assertIn("larger than", self.run_handback("notice", "bounces", os.path.join(self.tmp, "huge"), status=None).err)
        self.run_handback("notice", "bounces", self.file("empty", ""))


if __name__ == "__main__":
    tell()
