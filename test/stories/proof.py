"""What the log proves of a notice: a file that holds by itself and that another program checks (test/tlog.mjs), and of which nothing can be changed."""
import base64
import hashlib
import io
import os
import shutil
import subprocess
import unittest
import zipfile

from browser import DeskStory
from sink import Sink
from story import SOURCE, tell

LETTER = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/"


class Proof(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        people = [("A-1", "June Marsh", "june@example.com", ""), ("A-2", "Kofi Mensah", "", "2 Mill St"), ("A-3", "Hana Ito", "hana@example.com", ""), ("A-4", "Max Roe", "", "")]
        self.run_handback("import", self.file("c.csv", "customer_ref,name,email,phone,address1,city,region,postal_code,country,language\n" + "".join(
            f"{ref},{name},{mail},,{street},{'Millbrook,US-NY,12545,US' if street else ',,,'},en\n" for ref, name, mail, street in people)))
        self.run_handback("import", self.file("t.csv", "touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n" + "".join(
            f"2026-03-01T10:0{i}:00Z,{p[0]},Van 2 reader,Square,,,card_number|name,T-{i}\n" for i, p in enumerate(people))))
        self.run_handback("set", "business.phone", "(202) 555-0100")
        self.run_handback("incident", "open", "--title", "A skimmer was on a card reader", "--holder", "reader:Van 2 reader", "--from", "2026-02-28", "--to", "2026-03-02", "--only", "passing")
        self.key = self.json("log", "checkpoint", key=False).row["key"]

    def outside(self, *files, key=None, what="proof"):
        done = subprocess.run([shutil.which("node") or "nodejs", os.path.join(SOURCE, "test", "tlog.mjs"), what, key or self.key, *files], capture_output=True, text=True)
        return done.returncode, done.stdout or done.stderr

    def proof(self, who, status=0):
        said = self.run_handback("log", "proof", "1.1", "--customer", who, key=False, status=status)
        return self.file(who + ".tlog-proof", said.out) if not status else said.err

    def says(self, path):
        status, out = self.outside(path)
        self.assertEqual(status, 0, out)
        self.assertIn(out.split("\n")[0], self.run_handback("log", "check", path).out)
        return dict(line.split(" ", 1) for line in out.splitlines()[2:])

    def test_every_way_of_telling(self):
        sink = Sink()
        self.addCleanup(sink.close)
        self.run_handback("notice", "draft", "1")
        self.assertIn("Nothing has gone", self.proof("A-1", status=3))
        self.run_handback("notice", "approve", "1.1")
        self.run_handback("notice", "send", "1.1", status=None)                # no mail server: into the outbox
        self.assertIn("outbox", self.proof("A-1", status=3))
        self.run_handback("notice", "posted", "1.1", "--mails", "--customer", "A-3")
        self.assertIn("waits for its signature", self.proof("A-3", status=3))
        self.run_handback("customer", "show", "A-3")                           # somebody opened the vault
        self.assertEqual(self.says(self.proof("A-3"))["became"], "sent by hand")
        self.run_handback("set", "mail.server", f"smtp://127.0.0.1:{sink.port}")
        self.run_handback("set", "mail.from", "office@fernwood.example.com")
        self.run_handback("notice", "retry", "1.1", "--state", "outbox")
        self.run_handback("notice", "send", "1.1", status=None)
        said = self.says(self.proof("A-1"))
        self.assertEqual({k: said[k] for k in ("round", "customer", "by", "became")}, {"round": "1.1", "customer": "A-1", "by": "email, try 2", "became": "sent"})
        # the text is the one that came
        text = sink.mails["june@example.com"].get_body(("plain",)).get_content().replace("\r\n", "\n")
        self.assertEqual(said["text"], hashlib.sha256(text.encode()).hexdigest())
        said = self.says(self.proof("A-2"))
        self.assertEqual((said["by"], said["became"], len(said["text"])), ("letter, try 1", "printed", 64))
        self.run_handback("notice", "posted", "1.1", "--customer", "A-2")
        self.run_handback("customer", "show", "A-2")
        self.assertEqual(self.says(self.proof("A-2"))["became"], "posted")
        letter = self.says(self.proof("A-2"))["text"]
        self.run_handback("notice", "reached", "1.1", "--customer", "A-2", "--by", "phone", key=False)
        self.run_handback("customer", "show", "A-2")
        said = self.says(self.proof("A-2"))                                  # a call afterwards does not hide what was written
        self.assertEqual((said["by"], said["text"]), ("letter, try 1", letter))
        self.run_handback("notice", "reached", "1.1", "--customer", "A-4", "--by", "phone", key=False)
        self.run_handback("customer", "show", "A-1")
        said = self.says(self.proof("A-4"))
        self.assertEqual((said["by"], said["became"], said["text"]), ("phone, try 1", "acknowledged", "-"))

        # what goes along to an office: one of each, and the key that checks them
        pack = os.path.join(self.tmp, "pack")
        self.assertEqual(self.json("filing", "proofs", "1", pack, key=False).row, {"incident": 1, "proofs": 4, "without": 0, "key": self.key})
        self.assertEqual(len([r for r in self.json("filing", "proofs", "1", key=False).rows if "proof" in r]), 4)
        with open(os.path.join(pack, "key.txt"), encoding="utf-8") as f:
            key = f.read().strip()
        became = {}
        for name in sorted(os.listdir(pack)):
            if name.endswith(".tlog-proof"):
                status, out = self.outside(os.path.join(pack, name), key=key)
                self.assertEqual(status, 0, out)
                says = dict(line.split(" ", 1) for line in out.splitlines()[2:])
                became[says["customer"]] = says["became"]
        self.assertEqual(became, {"A-1": "sent", "A-2": "posted", "A-3": "sent by hand", "A-4": "acknowledged"})

        # the same from the page, as one file
        b = self.desk()
        self.assertIn("The proofs of what customers were told", b.go("/incident/1/filing/regulator/US-NY").text)
        kind, content = b.file("/incident/1/proofs.zip")
        self.assertEqual(kind, "application/zip")
        with zipfile.ZipFile(io.BytesIO(content)) as z:
            self.assertIsNone(z.testzip())
            self.assertEqual(sorted(z.namelist()), sorted(os.listdir(pack)))
            for name in z.namelist():
                if name.endswith(".tlog-proof"):
                    path = os.path.join(self.tmp, "zipped.tlog-proof")
                    with open(path, "wb") as f:
                        f.write(z.read(name))
                    self.assertEqual(self.outside(path, key=z.read("key.txt").decode().strip())[0], 0)
        self.assertEqual(b.go("/incident/9/proofs.zip").status, 404)
        self.running.terminate()
        self.running.wait()

        # in the log there is nothing of whom
        log = self.run_handback("log", key=False).out
        for personal in ("A-1", "June", said["salt"]):
            self.assertNotIn(personal, log)
        self.assertNotEqual(said["salt"], self.says(self.proof("A-2"))["salt"])

        self.nothing_of_it_can_be_changed(self.proof("A-1"), self.proof("A-2"))

        # an older one holds on, for who was given it; of who is forgotten none is made any more
        old = self.proof("A-2")
        self.run_handback("incident", "close", "1")
        self.run_handback("customer", "forget", "A-2", "--reason", "asked by phone")
        self.says(old)
        self.proof("A-2", status=3)

    def nothing_of_it_can_be_changed(self, path, other):
        text = open(path).read()
        lines, bad_ones = text.split("\n"), []
        name = lines[lines.index("") + 1]
        for i, line in enumerate(lines):
            for at in {len(line) // 2, len(line) - 4} if line else ():
                if i == 1 or len(line) > 40:                               # base64: a letter in the middle stands for six bits
                    new = LETTER[(LETTER.index(line[at]) + 1) % 64] if line[at] in LETTER else "A"
                else:
                    new = "7" if line[at] != "7" else "8"
                bad_ones.append("\n".join(lines[:i] + [line[:at] + new + line[at + 1:]] + lines[i + 1:]))
        a, b = text.split("\n\n", 1), open(other).read().split("\n\n", 1)
        extra = base64.b64decode(lines[1][6:]).decode()
        said = lambda s: text.replace(lines[1], "extra " + base64.b64encode(s.encode()).decode())
        bad_ones += (text.replace(lines[1], b[0].split("\n")[1]), text.replace(lines[2], "index 0"), "\n".join(a[0].split("\n")[:-1]) + "\n\n" + a[1], a[0] + "\n\n" + b[1].replace("\u2014", "-"),
                    said(extra.replace("A-1", "A-3")), said(extra.replace("became sent", "became posted")), said(extra.replace("1.1", "1.2")), said(extra + "more\n"), said("x\n"), a[0], "", "x" * 70000,
                    said("x" * 9000), text.replace(name, "handback/ffffffffffffffff/1"))
        self.assertGreater(len(bad_ones), 30)
        files = [self.file(f"bad{i}", bad) for i, bad in enumerate(bad_ones)]
        self.assertEqual(self.outside(*files, what="none"), (0, ""))
        self.assertEqual(self.outside(files[0], path, what="none")[0], 1)
        for file, bad in zip(files, bad_ones):
            self.run_handback("log", "check", file, status=3 if len(bad) > 65536 else 2)
        # with another's key it is nothing, and without a business the key is asked for
        mine, self.data = self.data, os.path.join(self.tmp, "other")
        self.assertIn("key", self.run_handback("log", "check", path, status=2, key=False).err)
        self.run_handback("log", "check", path, "--key", self.key, key=False)
        self.run_handback("log", "check", path, "--key", self.key.replace("+", "+0", 1), status=2, key=False)
        self.init()
        key = self.json("log", "checkpoint", key=False).row["key"]
        self.assertEqual(self.outside(path, key=key)[0], 1)
        self.run_handback("log", "check", path, "--key", key, status=2)
        self.run_handback("log", "check", path, status=2)
        self.data = mine


if __name__ == "__main__":
    tell()
