"""desk_backup: a backup is made in the pages and by night, is whole, is taken away as a file; old ones are thinned out."""
import os
import re
import sqlite3
import time

from browser import DeskStory
from story import tell

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

    def test_a_restore_after_the_first_page(self):
        self.run_handback("backup", os.path.join(self.tmp, "one.backup"))
        self.data = os.path.join(self.tmp, "fresh")
        self.desk()
        self.assertIn("handback restore FILE", self.browser.page.text)
        self.assertIn("There is something at", self.run_handback("restore", os.path.join(self.tmp, "one.backup"), "--yes", status=3).err)
        self.running.terminate()
        self.running.wait()
        self.assertTrue(self.json("restore", os.path.join(self.tmp, "one.backup"), "--yes").row["restored"])


if __name__ == "__main__":
    tell()
