"""desk_backup: a backup is made in the pages and by night, is whole, is taken away as a file; old ones are thinned out."""
import http.client
import os
import re
import signal
import sqlite3
import threading
import time

from browser import DeskStory
from story import PASSPHRASE, tell

CUSTOMERS = "customer_ref,name,email\nA,Ann Ames,ann@example.com\nB,Bea Boyd,bea@example.com\n"


class Backup(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.run_handback("import", self.file("customers.csv", CUSTOMERS))
        self.folder = os.path.join(self.data, "backups")

    def files(self):
        return sorted(n for n in os.listdir(self.folder) if n.endswith(".backup"))

    def wait_for(self, what, seconds=20):
        until = time.time() + seconds
        while time.time() < until and not what():
            time.sleep(0.1)
        self.assertTrue(what())

    def test_one_is_made_now_and_taken_away(self):
        self.desk()
        b = self.browser
        page = b.go("/")
        self.assertIn("There is no backup yet", page.text)
        page = b.follow("Make a backup")
        self.assertEqual(page.heading, "Backups")
        page = b.send("/backup")
        self.wait_for(lambda: self.files())
        self.wait_for(lambda: "Done" in b.go(page.url).text)
        page = b.go("/backup")
        self.assertIn("opened again to see that it is whole", page.text)
        self.assertEqual(os.stat(self.folder).st_mode & 0o777, 0o700)
        self.assertEqual(set(os.listdir(self.folder)) - {"lock"}, set(self.files()))
        path = page.link("Download")
        with b._open.open(b.origin + path) as answer:
            self.assertIn("attachment", answer.headers["Content-Disposition"])
            whole = answer.read()
        with open(os.path.join(self.folder, self.files()[0]), "rb") as f:
            self.assertEqual(whole, f.read())
        self.assertNotIn("There is no backup yet", b.go("/").text)
        for none in ("lock", "handback-2026-01-01-0000.backup", "..%2fhandback.db", "handback-2026-01-01-0000.backup%00"):
            self.assertIn(b.go(f"/backup/{none}").status, (400, 404))
        # it opens elsewhere
        data, self.data = self.data, os.path.join(self.tmp, "there")
        row = self.json("restore", self.file("taken.backup", whole), "--yes").row
        self.assertEqual((row["customers"], row["restored"]), (2, True))
        self.data = data

    def test_the_night_brings_one_and_old_ones_go(self):
        os.makedirs(self.folder, 0o700)
        mine = [f"handback-2026-{m:02}-{d:02}-0300.backup" for m in (8, 9, 10) for d in range(1, 31)] + ["handback-2026-10-30-0900.backup"]
        for name in mine + ["notes.txt", "handback-2026-13-01-0300.backup", "my-handback.backup"]:
            with open(os.path.join(self.folder, name), "w") as f:
                f.write("x")
        with sqlite3.connect(os.path.join(self.data, "handback.db")) as db:
            db.execute("UPDATE person SET since = since - 3 * 86400")
        self.desk()
        self.wait_for(lambda: any(re.match(r"handback-202[6-9]-1[12]|handback-2027", n) for n in self.files()))
        self.wait_for(lambda: len(self.files()) < 30)
        left = [n for n in self.files() if n in mine]
        # six days beside today's, and one of each of eight weeks with this one
        self.assertEqual(left[-6:], ["handback-2026-10-25-0300.backup", "handback-2026-10-26-0300.backup", "handback-2026-10-27-0300.backup", "handback-2026-10-28-0300.backup",
                                     "handback-2026-10-29-0300.backup", "handback-2026-10-30-0900.backup"])
        self.assertEqual(left[:-6], ["handback-2026-09-20-0300.backup", "handback-2026-09-27-0300.backup", "handback-2026-10-04-0300.backup",
                                     "handback-2026-10-11-0300.backup", "handback-2026-10-18-0300.backup"])
        for kept in ("notes.txt", "handback-2026-13-01-0300.backup", "my-handback.backup"):
            self.assertIn(kept, os.listdir(self.folder))
        self.assertEqual([r["what"] for r in self.json("job", "list", key=False).rows], ["backup"])

    # ---- brought back ----

    def backup(self):
        path = os.path.join(self.tmp, "one.backup")
        self.run_handback("backup", path)
        with open(path, "rb") as f:
            return f.read()

    def opened(self, content, passphrase=PASSPHRASE, at="/restore"):
        """The page that follows when such a file was given, with a passphrase for it."""
        b = self.browser
        b.go(at)
        b.send(at, files={"file": ("my.backup", content)})
        if b.page.heading != "Open the backup":
            return b.page
        page = b.send(b.page.forms[-2]["action"], passphrase=passphrase)
        while page.heading == "Looking at the backup":
            page = b.follow("Look again")
        return page

    def refused_are(self, whole, at):
        """What can't be brought back, and why, in words; nothing of it is left beside the folder."""
        damaged = whole[:len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) + whole[len(whole) // 2 + 1:]
        for content, passphrase, why in ((b"", PASSPHRASE, "Choose a backup first"), (b"customer_ref,name\nA,Ann\n", PASSPHRASE, "This file is no backup of Handback's"),
                                         (damaged, PASSPHRASE, "This backup is damaged or was cut off"), (whole[:-100], PASSPHRASE, "This backup is damaged or was cut off"),
                                         (whole, "", "Type the passphrase, or the code"), (whole, "four other words here", "That is not the passphrase")):
            page = self.opened(content, passphrase, at)
            self.assertEqual((page.status, why in page.text), (422, True), (why, page.text))
            self.assertIn("There is a problem", page.text)
            self.assertFalse(passphrase and passphrase in page.source)
            self.wait_for(lambda: not self.beside("restoring"))

    def beside(self, what):
        home, name = os.path.split(self.data)
        return [n for n in os.listdir(home) if n.startswith(f"{name}.{what}")]

    def sound(self, customers):
        rows = self.json("check").rows
        self.assertTrue(all(r["good"] for r in rows), rows)
        self.assertEqual(len(self.refs()), customers)

    def refs(self):
        with sqlite3.connect(f"file:{self.data}/handback.db?mode=ro", uri=True) as db:
            return [r for r, in db.execute("SELECT ref FROM customer")]

    def signs_in(self):
        b = self.browser
        self.assertEqual((b.page.heading, "The backup is in its place" in b.page.text), ("Sign in", True), b.page.text)
        return b.send("/sign-in", name="owner", passphrase=PASSPHRASE)

    def test_brought_back_before_there_is_a_business(self):
        whole = self.backup()
        self.data = os.path.join(self.tmp, "fresh")
        self.desk()
        b = self.browser
        self.assertEqual(b.follow("I have a backup").heading, "Bring back a backup")
        self.refused_are(whole, "/first/restore")
        time.sleep(2)                                    # a try that failed has to be waited for
        page = b.send(b.page.forms[-2]["action"], passphrase=PASSPHRASE)         # the same file once more, with the right one
        self.assertEqual(page.heading, "What the backup holds")
        self.assertIn("Customers 2 0", page.text)
        self.assertEqual(os.listdir(self.data), ["serve.lock"])
        page = b.send("/first/restore/put", number="3")
        self.assertEqual((page.status, "Type how many customers" in page.text), (422, True))
        b.send("/first/restore/put", number="2")
        self.assertIn("Fernwood Plumbing", self.signs_in().text)
        self.assertEqual((self.beside("restoring"), self.beside("before"), os.stat(self.data).st_mode & 0o777), ([], [], 0o700))
        self.assertIn("Ann Ames", b.go("/customer/A").text)              # the vault is open
        self.sound(2)

    def test_brought_back_instead_of_what_is_here(self):
        self.run_handback("set", "find.folders", self.tmp)
        self.desk()
        b = self.browser
        b.go("/backup")
        b.send("/backup")
        self.wait_for(lambda: "Bring back" in b.go("/backup").text)
        self.run_handback("import", self.file("later.csv", "customer_ref,name,email\nC,Cy Cole,cy@example.com\n"))
        with open(os.path.join(self.folder, self.files()[0]), "rb") as f:
            self.refused_are(f.read(), "/restore")
        b.go("/backup")
        b.follow("Bring back")
        page = b.send(b.page.forms[-2]["action"], passphrase=PASSPHRASE)
        self.assertIn("Customers 2 3", page.text)
        self.assertIn(f"{self.data}.before-", page.text)
        b.send("/restore/put", number="2")
        page = self.signs_in()
        self.assertEqual(len(self.beside("before")), 1)
        self.assertEqual(sorted(self.refs()), ["A", "B"])
        self.assertIn("log.epoch", self.run_handback("log").out)
        self.assertIn("Bring back", b.go("/backup").text)                # those of before are at hand
        self.assertIn(self.tmp, self.run_handback("get", "find.folders", status=None).out + b.go("/find").text)
        # once: each is a new record of the keeper's
        self.assertIn("was brought back already", b.go("/restore").text)
        b.go("/backup")
        self.assertIn("was brought back already", b.follow("Bring back").text)
        self.sound(2)
        self.assertIn(f"brought back lies in {os.path.realpath(self.data)}.before-", self.run_handback("doctor", status=None).out)
        # what was here is whole, and stays
        new, self.data = self.data, os.path.join(os.path.dirname(self.data), self.beside("before")[0])
        self.sound(3)
        self.data = new

    def decides(self):
        try:
            self.browser.send("/restore/put", number="2")
        except (OSError, http.client.HTTPException):
            pass                                             # killed before it could answer

    def test_killed_at_the_exchange_it_carries_on_with_one_or_the_other(self):
        whole = self.backup()
        self.run_handback("import", self.file("later.csv", "customer_ref,name,email\nC,Cy Cole,cy@example.com\n"))
        ends = set()
        for wait in (0, 0.03, 0.06, 0.1, 0.2, 0.5):
            self.desk()
            self.opened(whole)
            sent = threading.Thread(target=self.decides)
            sent.start()
            time.sleep(wait)
            os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait()
            sent.join()
            with self.subTest(wait):
                there = self.refs()
                ends.add(len(there))
                self.assertIn(sorted(there), (["A", "B"], ["A", "B", "C"]))
                self.sound(len(there))
                if len(there) == 2:                      # the later one is beside, whole; from here on it is the one
                    old = os.path.join(os.path.dirname(self.data), self.beside("before")[0])
                    os.rename(self.data, f"{self.data}-{wait}")
                    os.rename(old, self.data)
                    self.sound(3)
        self.assertEqual(ends, {2, 3})


if __name__ == "__main__":
    tell()
