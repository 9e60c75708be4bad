"""The main job on the sample business, compared with an answer computed here, from the CSV, in another language."""
import csv
import glob
import os
import re
import unittest
from datetime import datetime
from email import message_from_binary_file
from email.policy import default
from zoneinfo import ZoneInfo

from story import Story, tell

FROM, TO = "2025-11-27", "2025-12-15"


class MainJob(Story):
    def setUp(self):
        super().setUp()
        self.init()
        self.exports = os.path.join(self.tmp, "exports")
        self.run_handback("sample", self.exports, "--customers", "400", "--payments", "3000")
        self.customers = self.json("import", f"{self.exports}/square-customers.csv", status=None).row
        self.payments = self.json("import", f"{self.exports}/square-transactions.csv", status=None).row
        with open(f"{self.exports}/square-transactions.csv", newline="") as f:
            self.rows = list(csv.DictReader(f))

    def at_risk(self, reader="Van 2 reader"):
        """Card payments taken by that reader in the window: customers' Square ids, and how many name nobody."""
        hit = [r for r in self.rows if r["Device Name"] == reader and r["Event Type"] == "Payment" and r["Card Brand"] and FROM <= r["Date"] <= TO]
        return {r["Customer ID"] for r in hit if r["Customer ID"]}, sum(not r["Customer ID"] for r in hit), hit

    def open_incident(self):
        return self.json("incident", "open", "--title", "A card skimmer on one of our readers", "--holder", "reader:Van 2 reader", "--from", FROM,
                         "--to", TO, "--only", "passing").row["incident"]

    def test_imports_add_up(self):
        for row in (self.customers, self.payments):
            self.assertEqual(row["rows"], row["new"] + row["changed"] + row["known"] + row["folded"] + row["refused"])
        self.assertEqual(self.customers["format"], "square-customers")
        self.assertEqual(self.payments["format"], "square-transactions")
        self.assertEqual(self.payments["rows"], len(self.rows))
        self.assertEqual(self.payments["unnamed"], sum(not r["Customer ID"] for r in self.rows))
        self.assertEqual(self.payments["masked"], sum("4111" in r["Description"] for r in self.rows))

    def test_again_changes_nothing(self):
        for name in ("square-customers", "square-transactions"):
            row = self.json("import", f"{self.exports}/{name}.csv", status=None).row
            self.assertEqual((row["new"], row["changed"]), (0, 0), row)
            self.assertEqual(row["known"] + row["folded"], row["rows"])

    def test_exposure_is_exact(self):
        self.open_incident()
        customers, unnamed, hit = self.at_risk()
        count = self.json("incident", "exposed", "1", "--count").row
        self.assertEqual((count["customers"], count["unnamed_touches"]), (len(customers), unnamed))
        self.assertEqual(count["by_kind"]["card_number"], len(customers))
        rows = self.json("incident", "exposed", "1").rows
        self.assertEqual(len(rows), len(customers))
        self.assertEqual([r["customer_ref"] for r in rows], sorted(r["customer_ref"] for r in rows))
        self.assertEqual(sum(r["touches"] for r in rows), len(hit) - unnamed)
        zone = ZoneInfo("America/New_York")
        moments = {datetime.fromisoformat(f"{r['Date']}T{r['Time']}").replace(tzinfo=zone).timestamp() for r in hit}
        first = min(datetime.fromisoformat(r["first_touch"].replace("Z", "+00:00")).timestamp() for r in rows)
        self.assertIn(first, moments)
        self.assertIn("Verified", self.run_handback("incident", "exposed", "1", "--verify").err)
        refs = self.run_handback("incident", "exposed", "1", "--refs").out.split()
        self.assertEqual(refs, [r["customer_ref"] for r in rows])
        why = self.json("incident", "exposed", "1", "--why", refs[0]).rows
        self.assertEqual(len(why), rows[0]["touches"])
        self.assertIn("Van 2 reader", why[0]["way"])

    def test_everybody_is_told_once(self):
        self.open_incident()
        refs = set(self.run_handback("incident", "exposed", "1", "--refs").out.split())
        round_ = self.json("notice", "draft", "1").row
        self.assertEqual((round_["round"], round_["customers"]), ("1.1", len(refs)))
        self.run_handback("notice", "send", "1.1", status=3)          # not approved
        self.run_handback("notice", "approve", "1.1")
        self.run_handback("notice", "send", "1.1", status=None)
        rows = self.json("notice", "status", "1.1", status=None).rows
        self.assertEqual({r["customer_ref"] for r in rows}, refs)
        outbox = os.path.join(self.data, "outbox", "1.1")
        self.assertEqual(os.stat(outbox).st_mode & 0o777, 0o700)
        told = []
        for path in glob.glob(f"{outbox}/*.eml"):
            with open(path, "rb") as f:
                mail = message_from_binary_file(f, policy=default)
            told.append(mail["To"])
            text = mail.get_body(("plain",)).get_content()
            for heading in ("What Happened", "What Information Was Involved", "What We Are Doing", "What You Can Do", "For More Information"):
                self.assertIn(heading.lower(), text.lower())
            self.assertEqual(mail["Auto-Submitted"], "auto-generated")
        self.assertEqual(len(told), len(set(told)))
        letters = []
        for path in glob.glob(f"{outbox}/letters*.csv"):
            with open(path, newline="") as f:
                letters += [r["customer_ref"] for r in csv.DictReader(f)]
        by_state = {}
        for r in rows:
            by_state.setdefault(r["state"], set()).add(r["customer_ref"])
        self.assertEqual(set(letters), by_state.get("printed", set()))
        self.assertEqual(len(letters), len(set(letters)))
        self.assertEqual(len(told), len(by_state.get("sent", set())))
        self.assertEqual(len(told) + len(letters) + len(by_state.get("unreachable", set())), len(refs))
        again = self.run_handback("notice", "send", "1.1", status=None)
        self.assertEqual(len(glob.glob(f"{outbox}/*.eml")), len(told), again.out)
        self.assertEqual(self.json("notice", "draft", "1", status=None).out.count('"round"'), 0)      # nobody new

    def test_no_card_number_is_anywhere(self):
        self.open_incident()
        self.json("notice", "draft", "1")
        self.run_handback("notice", "approve", "1.1")
        self.run_handback("notice", "send", "1.1", status=None)
        seen = 0
        for folder, _, names in os.walk(self.data):
            for name in names:
                with open(os.path.join(folder, name), "rb") as f:
                    held = f.read()
                seen += 1
                self.assertIsNone(re.search(rb"4111[ -]?1111[ -]?1111[ -]?1111", held), name)
                self.assertNotIn("4111 1111".encode("utf-16-le"), held, name)
        self.assertGreater(seen, 10)
        self.assertEqual([n for n in os.listdir(self.exports) if "refused" in n], [])

    def test_contacts_are_sealed(self):
        for folder, _, names in os.walk(self.data):
            for name in names:
                with open(os.path.join(folder, name), "rb") as f:
                    held = f.read()
                self.assertNotIn(b"@example.com", held, name)
                self.assertNotIn(b"Larkspur Way", held, name)

    def test_check_is_sound_and_works_locked(self):
        self.assertIn("every sealed contact opens", self.run_handback("check").out)
        self.assertIn("not tried", self.run_handback("check", key=False).out)
        self.open_incident()
        self.assertTrue(self.run_handback("incident", "exposed", "1", "--refs", key=False).out)

    def test_a_wider_window_only_adds(self):
        self.open_incident()
        before = set(self.run_handback("incident", "exposed", "1", "--refs").out.split())
        said = self.json("incident", "suspect", "1", "--holder", "reader:Van 2 reader", "--from", "2025-11-01", "--to", "unknown", "--only", "passing").row
        after = set(self.run_handback("incident", "exposed", "1", "--refs").out.split())
        self.assertTrue(before < after)
        self.assertEqual((said["adds"], said["drops"], said["customers"]), (len(after - before), 0, len(after)))


if __name__ == "__main__":
    tell()
