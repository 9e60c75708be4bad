"""desk_find: a folder is looked through from the pages, by a process that may read what the command line allowed and nothing else."""
import contextlib
import gzip
import json
import os
import signal
import socket
import sqlite3
import struct
import subprocess
import time
import urllib.parse

from browser import Browser, DeskStory
from desk_incident import CUSTOMERS
from story import HANDBACK, PASSPHRASE, children, tell

CARD = "4929 4212 3460 0821"                             # a generated one
OTHER = "5404 3601 2345 6781"


class DeskFind(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.run_handback("import", self.file("customers.csv", CUSTOMERS))
        self.folder = os.path.join(self.tmp, "Documents")
        self.secret = os.path.join(self.tmp, "secret")
        os.mkdir(self.folder)
        os.mkdir(self.secret)
        with open(f"{self.folder}/orders.csv", "w") as f:
            f.write(f"ref,email,card number,amount\nA,ann@example.com,{CARD},10.00\nB,bea@example.com,{OTHER},12.00\n")
        with open(f"{self.folder}/letter.txt", "w") as f:
            f.write("Nothing stands here.\n")
        with open(f"{self.secret}/orders.csv", "w") as f:
            f.write(f"email,card number\nann@example.com,{CARD}\n")
        os.symlink(self.secret, f"{self.folder}/way-out")

    def allow(self, *folders):
        self.run_handback("set", "find.folders", ":".join(folders or (self.folder,)), key=False)

    def api(self, words, fields, status=202):
        csrf = dict(self.browser.go("/").form("/sign-out")["fields"])["csrf"]
        said = self.browser.ask(f"/api/v1/{words}", json.dumps(fields).encode(), {"Content-Type": "application/json", "X-CSRF-Token": csrf})
        self.assertEqual(said.status, status, said.source)
        return json.loads(said.source)

    def job(self, n):
        for _ in range(200):
            row = json.loads(self.browser.go(f"/api/v1/job/show?job={n}").source)["rows"][0]
            if row["state"] != "running":
                return row
            time.sleep(0.05)
        self.fail(row)

    def refused(self, *paths):
        for path in paths:
            with self.subTest(path=path):
                row = self.job(self.api("find", {"path": [path]})["job"])
                self.assertEqual(row["state"], "failed")
                self.assertIn("handback set find.folders", row["say"])
                self.assertNotIn("rows", row)

    def test_a_folder_that_is_not_in_the_setting_is_refused(self):
        self.desk()
        self.refused(self.folder)
        # only the command line sets it: no browser, and not what is written into the database, which a desk can write
        csrf = dict(self.browser.go("/").form("/sign-out")["fields"])["csrf"]
        said = self.browser.ask("/api/v1/set", json.dumps({"key": "find.folders", "value": self.secret}).encode(), {"Content-Type": "application/json", "X-CSRF-Token": csrf})
        self.assertEqual((said.status, "file of this machine" in said.source), (403, True))
        with contextlib.closing(sqlite3.connect(f"{self.data}/handback.db")) as db, db:
            db.execute("INSERT INTO setting (business, name, value) VALUES (1, 'find.folders', ?)", (self.secret,))
        self.refused(self.secret)
        self.allow()
        self.refused(self.secret, f"{self.folder}/way-out", f"{self.folder}/../secret", f"{self.folder}s", self.data, "/etc", "/", "Documents", "")
        row = self.job(self.api("find", {"path": [self.folder]})["job"])
        self.assertEqual((row["state"], row["attention"]), ("done", True), row)
        rows = [json.loads(line) for line in row["rows"].splitlines()]
        self.assertEqual([(r["place"], r["masked"]) for r in rows[:-1]],
                         [(f"{self.folder}/orders.csv:2:19", "Visa ending 0821"), (f"{self.folder}/orders.csv:3:19", "Mastercard ending 6781")])
        summary = rows[-1]["summary"]
        self.assertEqual((summary["files"], summary["card_numbers"], summary["unread"]), (2, 2, 0))
        # the same as the command line says of it
        own = self.json("find", self.folder, key=False, status=1).rows
        self.assertEqual(own[:-1], rows[:-1])
        for key in ("seconds", "unchanged"):
            own[-1]["summary"].pop(key), summary.pop(key)
        self.assertEqual(own[-1]["summary"], summary)
        # taken away again: refused again
        self.run_handback("set", "find.folders", "", key=False)
        self.refused(self.folder)

    def test_the_setting_takes_folders_that_are_there(self):
        for value, words in ((f"{self.tmp}/nowhere", "not a folder that is there"), (f"{self.folder}/letter.txt", "not a folder"), (self.data, "own data"),
                             (f"{self.folder}:", "not a folder"), (":".join([self.folder] * 17), "At most 16")):
            said = self.run_handback("set", "find.folders", value, key=False, status=None)
            self.assertNotEqual(said.status, 0)
            self.assertIn(words, said.err)
        self.assertEqual(self.json("set", "find.folders", key=False).row["value"], "")
        self.allow(self.folder, f"{self.folder}/../secret")
        self.assertEqual(self.json("set", "find.folders", key=False).row["value"], f"{self.folder}:{self.secret}")
        self.assertEqual(os.stat(f"{self.data}/find.folders").st_mode & 0o777, 0o600)

    # ---- the pages ----

    def look(self, **more):
        page = self.browser.go("/find")
        page = self.browser.send("/find", **more)
        for _ in range(100):
            if "At work" not in page.heading:
                return page
            time.sleep(0.1)
            page = self.browser.go(page.url)
        self.fail(page.text)

    def test_from_the_first_look_to_clean_files(self):
        b = self.desk()
        page = b.go("/find")
        self.assertIn("No files were looked through yet.", page.text)
        self.assertIn("handback set find.folders /home/you/Documents", page.text)
        self.assertNotIn("/find", [f["action"] for f in page.forms])        # nothing to begin with yet
        self.allow()
        with open(f"{self.folder}/till.log", "w") as f:
            f.write(f"2019-03-02 10:11:12 payment {CARD} ok\n")
        os.utime(f"{self.folder}/till.log", (1551521472, 1551521472))
        with open(f"{self.folder}/locked.zip", "wb") as f:
            f.write(b"PK\x03\x04 nothing of a zip")
        page = self.look(passphrase="not the passphrase")
        self.assertIn("That is not the passphrase", page.text)
        page = self.look(inside="nowhere.csv")
        self.assertIn("That did not work", page.heading)
        page = self.look(inside="../secret")
        self.assertIn("not in a folder that may be looked through", page.text)
        # what, where, why, what to do, and which customers
        page = self.look(passphrase=PASSPHRASE)
        self.assertEqual(page.heading, "What was found", page.text)
        for words in ("3 card numbers in 2 files.", "The oldest was last changed in 2019.", "Open this one first", "1 could not be read", "Looked at 4 files",
                      "2 of your customers are named there.", "Cut the column to the last four", "locked.zip", "Visa ending 0821 and 1 more place"):
            self.assertIn(words, page.text)
        page = b.go("/find")
        for words in ("2 files with something in them", "2 numbers: e-mail address, card number", "2 customers", "nobody we know"):
            self.assertIn(words, page.text)
        page = b.follow("orders.csv")
        for words in ("Length, beginning and check digit are those of a card", "line 2", "Mastercard ending 6781", "What to do", "not known: the file proves no date"):
            self.assertIn(words, page.text)
        self.assertEqual(page.text.count("Length, beginning and check digit"), 1)        # the reason of both, once
        self.assertEqual([ref for ref in ("A", "B", "C") if f"/customer/{ref}" in page.source], ["A", "B"])
        self.assertIn("/incident/new?holder=computer%3A", page.link("Somebody else may have had it"))
        for page in [page] + [b.go(path) for path in ("/find", "/job/1", "/log")]:
            for card in (CARD, OTHER):
                for written in (card, card.replace(" ", ""), card.replace(" ", "-")):
                    self.assertNotIn(written, page.source)
        # a verdict hides it, is seen, and is taken back
        here = b.go(b.go("/find").link("orders.csv")).url
        place = f"{self.folder}/orders.csv:2:19"
        page = self.judge(here, place, "test-data")
        self.assertIn("Kept.", page.text)
        self.assertIn("Test data", page.text)
        self.assertEqual([r["last4"] for r in self.json("find", f"{self.folder}/orders.csv", key=False, status=1).rows[:-1]], ["6781"])
        page = self.judge(page.url, f"{self.folder}/nothing.csv:1:1", "test-data")
        self.assertIn("There is no file", page.text)
        page = b.send(here.replace(b.origin, "").split("?")[0] + "/look")
        self.assertIn("Take that back", page.text)
        page = self.judge(page.url, place, "none")
        self.assertEqual(len(self.json("find", f"{self.folder}/orders.csv", key=False, status=1).rows), 3)
        self.judge(page.url, f"{self.folder}/orders.csv", "not-a-card")
        self.assertEqual(len(self.json("find", f"{self.folder}/orders.csv", key=False).rows), 1)
        self.judge(page.url, f"{self.folder}/orders.csv", "none")
        # cleaned up: the next look shows it gone
        with open(f"{self.folder}/orders.csv", "w") as f:
            f.write("ref,amount\nA,10.00\n")
        page = self.look()
        self.assertIn("1 card number in 1 file.", page.text)
        self.assertIn("1 file that held something before holds it no more", page.text)
        self.assertIn("This is gone", b.go(here).text)
        self.assertNotIn("Documents/orders.csv", b.go("/find").text)
        self.assertEqual(b.go("/find/file/99").status, 404)
        self.assertEqual(b.go("/find/scan/99").status, 404)

    def judge(self, where, place, verdict):
        page = self.browser.go(where)
        csrf = dict(page.form("/sign-out")["fields"])["csrf"]
        return self.browser.ask(where.split("?")[0] + "/verdict", urllib.parse.urlencode({"csrf": csrf, "place": place, "verdict": verdict}).encode())

    def test_a_helper_sees_what_lies_where_and_no_more(self):
        self.allow()
        self.run_handback("find", self.folder, status=1)
        self.run_handback("person", "add", "--name", "Hal", "--role", "helper")
        self.run_handback("vault", "slot", "add", "Hal", "--new-passphrase-file", self.file("hal", "a passphrase of a helper\n"))
        hal = Browser(self.desk().base)
        hal.go("/sign-in")
        hal.send("/sign-in", name="Hal", passphrase="a passphrase of a helper")
        page = hal.go("/find")
        self.assertNotIn("Which folder?", page.text)
        page = hal.follow("orders.csv")
        self.assertIn("2 customers", page.text)
        for hidden in ("/customer/", "verdict", "line 2"):
            self.assertNotIn(hidden, page.source)

    def slow_files(self):
        slow = gzip.compress(b"order 20190302-7781 of 4929-17, 1184 4021 pieces\n" * (1 << 20), 1)
        for n in range(24):
            with open(f"{self.folder}/zz{n}.log.gz", "wb") as f:
                f.write(slow)

    def long_look(self):
        """Begins one; the number of its job."""
        self.browser.go("/find")
        page = self.browser.send("/find")
        self.assertEqual(page.heading, "At work", page.text)
        return page.url.rsplit("/", 1)[1]

    def scans(self):
        said = []
        for pid in children(self.running.pid):
            with open(f"/proc/{pid}/cmdline") as f:
                said += [pid] if "scan" in f.read().split("\0") else []
        return said

    def test_two_at_once_and_one_that_dies_is_told(self):
        self.allow()
        self.slow_files()
        b = self.desk()
        jobs = [self.long_look(), self.long_look()]
        b.go("/find")
        page = b.send("/find")
        self.assertEqual(page.heading, "That did not work")
        self.assertIn("Two looks through files are going on already", page.text)
        self.assertEqual(len(self.scans()), 2)
        for pid in self.scans():
            os.kill(pid, signal.SIGKILL)
        for job in jobs:
            row = self.job(job)
            self.assertEqual(row["state"], "failed", row)
            self.assertIn("ended before it was done", row["say"])
        self.assertEqual(self.scans(), [])
        # what it had met stands, and nothing is taken for gone
        self.assertTrue(all(r["gone"] is None for r in self.json("find", "list", key=False).rows))

    def test_a_long_look_is_stopped_and_tells_what_it_met(self):
        self.allow()
        self.slow_files()
        b = self.desk()
        b.go("/find")
        page = b.send("/find")
        self.assertEqual(page.heading, "At work", page.text)
        self.assertEqual(page.source.count('<noscript><meta http-equiv="refresh"'), 1)
        job = page.url.rsplit("/", 1)[1]
        self.assertIn(f'data-events="/api/v1/job/{job}/events"', page.source)
        b.send(f"/job/{job}/stop")
        for _ in range(200):
            page = b.go(f"/job/{job}")
            if page.heading != "At work":
                break
            time.sleep(0.1)
        self.assertIn("It was stopped before the end", page.text)
        self.assertIn("2 card numbers", page.text)
        self.assertEqual(self.scans(), [])

    # ---- the role alone: we play its parent, and a desk that was taken over ----

    def scan(self, folders, asked):
        """What it says to these bytes; its boxes are refused, so it opens no file's insides."""
        line, far = socket.socketpair()
        broker, far_broker = socket.socketpair()

        def become():
            os.dup2(far.fileno(), 103), os.dup2(far_broker.fileno(), 104)
            os.dup2(103, 3), os.dup2(104, 4)
        run = subprocess.Popen([HANDBACK, "--role", "scan"], pass_fds=(3, 4), preexec_fn=become, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        with line, broker:
            far.close(), far_broker.close()
            broker.close()
            told = struct.pack("<I", len(folders)) + folders + struct.pack("<I", len(self.data)) + self.data.encode()
            said = b""
            try:
                line.sendall(struct.pack("<I", len(told)) + told + asked)
                line.shutdown(socket.SHUT_WR)
                while piece := line.recv(65536):
                    said += piece
            except OSError:
                pass
        _, err = run.communicate(timeout=20)
        self.assertIn(run.returncode, (0, 2), err)
        return run.returncode, said

    def asked(self, *paths):
        b = struct.pack("<BBII", 0, 0, 1, len(paths)) + b"".join(struct.pack("<I", len(p)) + p.encode() for p in paths) + struct.pack("<BI", 0, 0)
        return struct.pack("<I", len(b)) + b

    def test_a_desk_that_was_taken_over_gets_no_more(self):
        for path in (self.secret, f"{self.secret}/orders.csv", f"{self.folder}/way-out/orders.csv", "/etc/passwd", f"{self.folder}/../data"):
            code, said = self.scan(self.folder.encode(), self.asked(self.folder, path))
            self.assertEqual(code, 0)
            self.assertIn(b"not in a folder that may be looked through", said)
            self.assertNotIn(b"ann@example", said)
        self.assertIn(b"No folder may be looked through", self.scan(b"", self.asked("/"))[1])
        # a second word of the desk's is not taken for the parent's
        folders = struct.pack("<I", 1) + b"/" + struct.pack("<I", 0)
        code, said = self.scan(self.folder.encode(), struct.pack("<I", len(folders)) + folders + self.asked("/etc"))
        self.assertEqual((code, said), (2, b""))
        for nonsense in (b"", b"\0" * 3, b"\xff" * 100, struct.pack("<I", 5) + b"\0" * 5, struct.pack("<I", 1 << 30), struct.pack("<IBBII", 10, 0, 0, 1, 1 << 31), self.asked(*["/x"] * 65)):
            self.assertEqual(self.scan(self.folder.encode(), nonsense)[0], 2, nonsense[:20])


if __name__ == "__main__":
    tell()
