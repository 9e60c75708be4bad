"""counts: in a large ledger pages show how many are at risk as it was last counted, say so while that is not up to date, and never another number."""
import os
import re
import sqlite3
import subprocess
import time
from contextlib import closing

from browser import DeskStory
from story import tell

CUSTOMERS, TOUCHES, READERS = 65000, 120000, 20


class Counts(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.run_handback("sample", self.tmp, "--customers", CUSTOMERS, "--touches", TOUCHES, "--readers", READERS)
        self.run_handback("import", os.path.join(self.tmp, "touches.csv"))
        self.incident = self.json("incident", "open", "--title", "All readers", "--holder", "reader:*", "--from", "2025-01-01", "--to", "2026-12-31").row["incident"]

    def truth(self):
        return self.json("incident", "exposed", "1", "--count").row

    def shown(self, page):
        at_risk = re.search(r"([\d,]+) customers? at risk", page.text)
        return at_risk and int(at_risk[1].replace(",", ""))

    def until(self, path, good):
        """Looks again and again until the page is as it should become; each page on the way is seen by good."""
        for _ in range(600):
            page = self.browser.go(path)
            if good(page):
                return page
            time.sleep(0.1)
        self.fail(f"{path} did not become as it should: {page.text}")

    def end(self):
        self.running.terminate()
        self.running.wait()

    def sql(self, *statements):
        with closing(sqlite3.connect(os.path.join(self.data, "handback.db"))) as db:
            for s in statements:
                rows = db.execute(s).fetchall()
            db.commit()
        return rows

    def checked(self, what, status, *more):
        return {r["check"]: r for r in self.json("check", *more, status=status).rows}[what]

    def test_pages_show_what_was_counted_and_count_anew(self):
        before = self.truth()
        self.desk()

        def counted(page, right, others=()):
            n = self.shown(page)
            self.assertIn(n, (None, right) + others)
            self.assertTrue(n or "is being counted" in page.text, page.text)
            self.assertTrue(n != right or "Counted" not in page.text or others, page.text)
            return n == right and "has changed since then" not in page.text
        for path in "/incident/1", "/", "/incidents":
            self.until(path, lambda page: counted(page, before["customers"]))
        page = self.browser.go("/incident/1")
        self.assertIn(f"{before['unnamed_touches']:,} more payments", page.text)
        for kind, n in before["by_kind"].items():
            self.assertIn(f"{kind.replace('_', ' ') if kind != 'card_last4' else 'last four digits'}".split(" ")[0], page.text)
            self.assertIn(f"{n:,}", page.text)
        self.assertEqual(self.sql("SELECT count(*) FROM tally"), [(1,)])
        self.assertEqual(self.checked("counts", 0)["how"].split()[0], "1")
        # more is imported: the old number is shown with its time until the new one is there
        more = self.file("more.csv", "touched_at,customer_ref,reader,data_kinds\n" + "".join(f"2025-06-01T12:00:00Z,Z-{i},R-00003,card_number\n" for i in range(5)))
        self.run_handback("import", more)
        after = self.truth()
        self.assertEqual(after["customers"], before["customers"] + 5)
        for path in "/incident/1", "/":
            self.until(path, lambda page: counted(page, after["customers"], (before["customers"],)))
        # other windows, too
        self.run_handback("incident", "suspect", "1", "--holder", "R-00003", "--clear")
        less = self.truth()["customers"]
        self.until("/incident/1", lambda page: counted(page, less, (after["customers"],)))

    def test_a_wrong_count_is_found_and_made_anew(self):
        self.run_handback("service", "add", "Mailbox of forms", "--from", "reader:R-00003", "--kinds", "card_number")
        self.desk()
        self.until("/incident/1", self.shown)
        self.until("/services", lambda page: "being counted" not in page.text)
        right = self.truth()["customers"]
        self.end()
        for wrong in ("UPDATE tally SET customers = customers - 1", "UPDATE tally SET unnamed = 0", "UPDATE tally_part SET n = n + 1 WHERE kind = 4",
                      "DELETE FROM tally_part WHERE kind = -1", "UPDATE tally_home SET n = n + 1"):
            with self.subTest(wrong):
                self.sql(wrong)
                self.assertIn("incident 1", self.checked("counts", 1)["how"])
                self.assertTrue(self.checked("counts", 0, "--rebuild")["good"])
                self.assertTrue(self.checked("counts", 0)["good"])
        self.assertEqual(self.sql("SELECT customers FROM tally"), [(right,)])
        # the worklist takes the law's clocks from what was counted: it asks no large ledger at each look
        clocks = {r["task"]: (r["clock"], r["due"]) for r in self.json("incident", "tasks", "1", status=None).rows if r["clock"]}
        self.assertTrue(clocks)
        self.sql("DELETE FROM tally_home")
        self.assertFalse([r for r in self.json("incident", "tasks", "1", status=None).rows if r["clock"]])
        self.checked("counts", 0, "--rebuild")
        self.assertEqual(clocks, {r["task"]: (r["clock"], r["due"]) for r in self.json("incident", "tasks", "1", status=None).rows if r["clock"]})
        # what services hold, likewise
        held = {r["service"]: r["customers"] for r in self.json("service", "list").rows}
        name = max(held, key=held.get)
        self.assertGreater(held[name], CUSTOMERS // 2)
        self.assertIn((held[name],), self.sql("SELECT customers FROM holding"))
        self.sql(f"UPDATE holding SET customers = customers - 1 WHERE holder = (SELECT id FROM holder WHERE sort = 2 AND name = '{name}')")
        self.assertIn(name, self.checked("services", 1)["how"])
        self.assertTrue(self.checked("services", 0, "--rebuild")["good"])
        self.assertIn((held[name],), self.sql("SELECT customers FROM holding"))
        # what another program version counted counts as old
        self.sql("UPDATE tally SET customers = 7, program = '0'")
        self.assertTrue(self.checked("counts", 0)["good"])
        # what is handed to others never says an old number
        paper = os.path.join(self.tmp, "timeline.pdf")
        self.run_handback("incident", "timeline", "1", "--pdf", paper)
        self.assertIn(f"At risk as known now: {right} customers", " ".join(subprocess.run(["pdftotext", paper, "-"], capture_output=True, text=True, check=True).stdout.split()))
        self.assertIn(f"{right}", self.json("filing", "make", "1", "--to", "cards", "--code", "acquirer").row["text"])
        self.desk()
        self.until("/incident/1", lambda page: self.shown(page) == right)

    def test_notices_of_many_customers_are_counted_likewise(self):
        self.run_handback("notice", "draft", "1")
        drafted = self.sql("SELECT count(*) FROM notice")[0][0]
        self.assertGreater(drafted, 50000)               # as many as are not counted at each asking
        self.desk()
        words = f"A notice to {drafted:,} customers is drafted"
        page = self.until("/", lambda page: words in page.text and "Counted" not in page.text)
        self.assertEqual(self.sql("SELECT state, n FROM reach_part"), [(1, drafted)])
        # of whom the round is made is kept from its drafting on, so that its page looks through no notice for it; what is kept and wrong is found, and made anew
        kept = self.sql("SELECT region, kinds, n, open FROM round_place ORDER BY region, kinds")
        self.assertEqual((sum(row[2] for row in kept), sum(row[3] for row in kept), self.sql("SELECT affected FROM round_places")), (drafted, drafted, [(drafted,)]))
        self.until("/incident/1/round/1", lambda page: self.sql("SELECT count(*) FROM round_places p JOIN reach r ON r.moves = p.notices") == [(1,)])
        self.sql("UPDATE round_place SET kinds = kinds + 1, n = n - 1")
        self.assertIn("incident 1", self.checked("rounds", 1)["how"])
        self.checked("rounds", 0, "--rebuild")
        self.assertEqual(self.sql("SELECT region, kinds, n, open FROM round_place ORDER BY region, kinds"), kept)
        # what a person reports is in the next count
        self.run_handback("notice", "approve", "1.1")
        self.until("/", lambda page: f"{drafted:,} customers were not reached" in page.text and "Counted" not in page.text)      # nobody has an address
        self.run_handback("notice", "reached", "1.1", "--customer", self.sql("SELECT ref FROM customer LIMIT 1")[0][0], "--by", "phone")
        self.until("/incidents", lambda page: "1 told" in page.text and "Counted" not in page.text)
        self.end()
        self.sql("UPDATE reach_part SET n = n - 1 WHERE state = 13")
        self.assertIn("incident 1", self.checked("rounds", 1)["how"])
        self.checked("rounds", 0, "--rebuild")
        self.assertTrue(self.checked("rounds", 0)["good"])


if __name__ == "__main__":
    tell()
