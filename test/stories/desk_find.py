"""desk_find: a folder is looked through from the pages, by a process that may read what the command line allowed and nothing else."""
import contextlib
import json
import os
import socket
import sqlite3
import struct
import subprocess
import time

from browser import DeskStory
from desk_incident import CUSTOMERS
from story import HANDBACK, PASSPHRASE, tell

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
            f.write(f"ref,email,card number,amount\nA,ann@example.com,{CARD},10.00\nB,bob@example.com,{OTHER},12.00\n")
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
        for nonsense in (b"", b"\0" * 3, b"\xff" * 100, struct.pack("<I", 5) + b"\0" * 5, struct.pack("<IBBII", 10, 0, 0, 1, 1 << 31), self.asked(*["/x"] * 65)):
            self.assertEqual(self.scan(self.folder.encode(), nonsense)[0], 2, nonsense[:20])


if __name__ == "__main__":
    tell()
