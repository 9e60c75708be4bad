"""A drill: an invented incident on a copy of the business's data, through the pages; nothing is sent, the real data is as it was, and the times are kept."""
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import time

from browser import Browser, DeskStory
from desk_incident import CUSTOMERS, TOUCHES
from story import HANDBACK, PASSPHRASE, tell


class Drill(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.run_handback("set", "mail.server", "smtp://127.0.0.1:9", key=False)

    def fill(self):
        self.run_handback("import", self.file("customers.csv", CUSTOMERS), self.file("touches.csv", TOUCHES))

    def start(self):
        self.drill = subprocess.Popen([HANDBACK, "--data", self.data, "--json", "drill"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        self.addCleanup(self.drill.stderr.close)
        self.addCleanup(self.drill.stdout.close)
        self.addCleanup(self.drill.wait)
        self.addCleanup(self.drill.terminate)
        line = self.drill.stdout.readline()
        self.assertIn("link", line, line + self.drill.stderr.readline())
        link = json.loads(line)["link"]
        self.browser = Browser(link)
        return self.browser.go(link)

    def end(self, how=signal.SIGINT):
        self.drill.send_signal(how)
        self.drill.wait(30)
        return self.drill.stderr.read()

    def copy(self, *args, **kw):
        real, self.data = self.data, os.path.join(self.data, "drill")
        try:
            return self.json(*args, **kw)
        finally:
            self.data = real

    def practise(self, kept=0):
        """As an owner would, in the pages."""
        b = self.browser
        b.go("/incident/new")
        b.send("/incident/new", title="A skimmer on R-1")
        b.send("/incident/new", holder=["reader:R-1"])
        b.send("/incident/new", from_month="11", from_day="21", from_year="2025")
        b.send("/incident/new", to_month="12", to_day="4", to_year="2025")
        b.send("/incident/new", how="passing")
        b.send("/incident/new")
        with sqlite3.connect(f"file:{self.data}/drill/handback.db?mode=ro", uri=True) as db:         # its page said who is at risk
            self.assertEqual(db.execute("SELECT count(*) FROM setting WHERE name = 'drill.seen'").fetchall(), [(1,)])
        db.close()
        b.go("/incident/1/draft")
        b.send("/incident/1/draft", doing="We have taken the reader away.")
        self.assertEqual(len(self.json("drill", "list").rows), kept)      # a draft alone is not the end
        b.go("/incident/1/round/1")
        return b.send("/incident/1/round/1/approve", number="3", passphrase=PASSPHRASE)

    def test_it_is_practised_on_a_copy_and_kept(self):
        self.assertIn("Import what your payment service exports", self.run_handback("drill", status=3).err)
        self.fill()
        before = self.run_handback("log").out
        page = self.start()
        self.assertIn("Practice: a copy of your data", page.text)
        self.assertIn("skimmer was found on R-1", page.text)
        self.assertIn("from November 21, 2025 to December 4, 2025", page.text)
        self.assertEqual(os.stat(os.path.join(self.data, "drill")).st_mode & 0o777, 0o700)
        self.assertIn("open already", self.run_handback("drill", status=3).err)            # one at a time
        self.practise()
        row = json.loads(self.drill.stdout.readline())                                     # it is kept by itself
        self.assertEqual((row["drill"], row["case"], row["holder"], row["customers"], row["who"]), (1, "skimmer", "R-1", 3, "Owner"))
        self.assertEqual(row["seconds"], row["opened_seconds"] + row["seen_seconds"] + row["drafted_seconds"] + row["approved_seconds"])
        self.assertIn("The drill is over", self.browser.go("/").text)
        self.assertIn("is ever sent", self.copy("notice", "send", "1.1", status=3).err)
        self.copy("set", "mail.server", "smtp://127.0.0.1:9")                            # nor when somebody sets a server again
        self.assertIn("is ever sent", self.copy("notice", "send", "1.1", status=3).err)
        self.assertIn("kept already", self.run_handback("drill", "keep", status=3).err)
        self.end()
        # the copy is gone, and of the real data nothing has changed but the drill
        self.assertFalse(os.path.exists(os.path.join(self.data, "drill")))
        self.assertEqual(self.json("incident", "list").rows, [])
        after = self.run_handback("log").out
        self.assertTrue(after.startswith(before.rstrip("\n").rsplit("\n", 1)[0]) or before in after, after)
        self.assertIn("drill.kept", after)
        self.assertIn("skimmer", self.run_handback("drill", "show", "1").out)
        pdf = os.path.join(self.tmp, "drill.pdf")
        self.run_handback("drill", "certificate", "1", "--to", pdf)
        text = " ".join(subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout.split())
        self.assertIn("12.10.2", text)
        self.assertIn("Owner practised on", text)
        self.assertIn("To having seen who is at risk", text)
        self.assertNotIn("the time before", text)
        self.desk()
        page = self.browser.go("/drills")
        self.assertIn("skimmer was found on R-1", page.text)
        self.assertNotIn("The time before", page.text)
        kind, file = self.browser.file("/drill/1/certificate.pdf")
        self.assertEqual((kind, file[:5]), ("application/pdf", b"%PDF-"))
        self.assertNotIn("Practise an incident", self.browser.go("/").text)                # due in a year
        self.from_the_pages(pdf)

    def from_the_pages(self, pdf):
        """Begun, seen and ended in one's own pages; the last time stands beside."""
        with sqlite3.connect(os.path.join(self.data, "handback.db")) as db:                # a last time that is easily told apart
            db.execute("UPDATE drill SET told = told - 4000, opened = told - 4000 + 600, seen = told - 4000 + 660, drafted = told - 4000 + 1260, approved = told - 4000 + 1320")
        db.close()
        own = self.browser
        own.go("/drills")
        page = own.send("/drill")
        port, key = re.search(r'href="http://localhost:(\d+)/open/([\w-]+)"', page.source).groups()
        page = own.go("/drills")
        self.assertIn("Going on now", page.text)
        self.assertNotIn("/drill", [f["action"] for f in page.forms])                      # one at a time
        self.browser = Browser(f"http://localhost:{port}/open/{key}")
        page = self.browser.go(f"http://localhost:{port}/open/{key}")
        self.assertIn("Practice: a copy of your data", page.text)
        self.assertNotIn("Practice: a copy of your data", own.go("/").text)
        self.assertEqual([f["action"] for f in self.browser.go("/drills").forms if "drill" in f["action"]], [])                    # on the copy there is nothing to end
        self.practise(kept=1)
        for _ in range(100):
            if len(self.json("drill", "list").rows) == 2:
                break
            time.sleep(0.1)
        row = self.json("drill", "show", "2").rows[0]
        self.assertEqual([row["last_" + n] for n in ("opened_seconds", "seen_seconds", "drafted_seconds", "approved_seconds", "seconds")], [600, 60, 600, 60, 1320])
        page = self.browser.go("/")
        self.assertIn("The drill is over", page.text)
        self.assertIn("22 minutes", page.text)
        said = own.go("/drills").text
        for words in ("From then until it was seen who is at risk", "The time before", "22 minutes", "less"):
            self.assertIn(words, said)
        self.assertIn(" less", self.run_handback("drill", "show", "2").out)
        os.unlink(pdf)
        self.run_handback("drill", "certificate", "2", "--to", pdf)
        text = " ".join(subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout.split())
        self.assertRegex(text, r"All together: [^(]*\(the time before: 22 minutes; [^)]* less\)")
        page = own.send("/drill/end")
        self.assertIn("Start the drill", page.text)
        self.assertIn('href="/drill/2/certificate.pdf"', page.source)
        self.assertFalse(os.path.exists(os.path.join(self.data, "drill")))
        with self.assertRaises(OSError):
            socket.create_connection(("127.0.0.1", int(port)), timeout=5).close()
        # ended before it is over: nothing is kept; and it ends with the desk
        own.send("/drill")
        self.assertTrue(os.path.exists(os.path.join(self.data, "drill")))
        own.send("/drill/end")
        self.assertFalse(os.path.exists(os.path.join(self.data, "drill")))
        self.assertEqual(len(self.json("drill", "list").rows), 2)

    def test_one_that_is_killed_leaves_nothing_behind(self):
        self.fill()
        self.start()
        self.end(signal.SIGKILL)
        self.assertTrue(os.path.exists(os.path.join(self.data, "drill")))
        self.desk()
        self.assertFalse(os.path.exists(os.path.join(self.data, "drill")))
        self.assertIn("Practise an incident", self.browser.go("/").text)
        self.assertEqual(self.json("drill", "list").rows, [])
        self.start()
        self.assertIn("nothing is kept", self.end())
        self.assertFalse(os.path.exists(os.path.join(self.data, "drill")))
        self.assertIn("No drill is going on", self.run_handback("drill", "keep", status=3).err)


if __name__ == "__main__":
    tell()
