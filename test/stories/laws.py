"""The law's clocks: whom an incident obliges the business to tell by when, what settles it, and another table of laws."""
import csv
import io

from browser import DeskStory
from story import SOURCE, tell

CUSTOMERS = """customer_ref,name,email,region,country
A,Ann Ames,ann@example.com,NY,US
B,Bea Boyd,bea@example.com,CA,US
C,Cal Cole,cal@example.com,,DE
D,Dee Dunn,dee@example.com,,
"""
TOUCHES = "touched_at,customer_ref,reader,data_kinds\n" + "".join(f"2026-11-0{i + 1}T10:00:00-05:00,{who},R-1,card_number|name\n" for i, who in enumerate("ABCD"))
NOW = {"HANDBACK_NOW": "2026-11-28T12:00:00Z"}


class Laws(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.run_handback("import", self.file("customers.csv", CUSTOMERS), self.file("touches.csv", TOUCHES))
        self.run_handback("incident", "open", "--title", "A skimmer", "--holder", "reader:R-1", "--from", "2026-11-01", "--to", "2026-11-30", "--discovered", "2026-11-27", "--only", "passing", env=NOW)

    def test_a_state_that_there_is_not_counts_as_not_told(self):
        self.run_handback("import", self.file("more.csv", "customer_ref,name,email,region,country\nE,Eve Eads,eve@example.com,QQ,US\n"),
                          self.file("more_touches.csv", "touched_at,customer_ref,reader,data_kinds\n2026-11-02T10:00:00-05:00,E,R-1,card_number|name\n"))
        self.assertEqual(self.json("customer", "show", "E").row["region"], "")
        self.assertEqual(self.owed()["US-NY", "people"]["should"], 2)
        self.assertNotIn(("US-QQ", "people"), self.owed())

    def owed(self):
        return {(r["code"], r["to"]): r for r in self.json("incident", "obligations", "1", env=NOW).rows}

    def test_obligations_follow_the_exposure_and_what_is_known(self):
        owed = self.owed()
        self.assertEqual((owed["US-NY", "people"]["force"], owed["US-NY", "people"]["must"], owed["US-NY", "people"]["should"]), ("MUST", 1, 1))       # who lives nobody knows where: at home
        self.assertEqual(owed["US-NY", "people"]["by"], "2026-12-28T04:59:59Z")
        self.assertEqual(owed["US-CA", "people"]["force"], "SHOULD")
        self.assertEqual(owed["EU", "regulator"]["by"], "2026-11-30T05:00:00Z")                   # 72 hours
        self.assertEqual(owed["acquirer", "cards"]["force"], "MUST")
        self.assertNotIn(("US-TX", "people"), owed)
        said = self.run_handback("incident", "obligations", "1", env=NOW).out
        self.assertIn("30 days of the discovery, by December 27, 2026", said)
        self.assertIn("no lawyer's advice", said)
        self.assertEqual(said.count("Was the data encrypted"), 1)
        # the card's code was there, too
        self.run_handback("incident", "fact", "1", "--code-there", "yes", env=NOW)
        self.assertEqual(self.owed()["US-CA", "people"]["force"], "MUST")
        self.run_handback("incident", "fact", "1", "--encrypted", "yes", "--key-taken", "no", env=NOW)
        self.assertEqual(self.owed()["US-NY", "people"]["force"], "LOOK")
        self.run_handback("incident", "fact", "1", "--encrypted", "unknown", "--hold-since", "2026-11-28", "--hold-until", "unknown", "--hold-by", "Millbrook police, letter of 28 November", env=NOW)
        owed = self.owed()
        self.assertEqual((owed["US-NY", "people"]["stopped"], owed["US-NY", "people"]["by"], owed["EU", "regulator"]["stopped"]), (True, None, False))
        facts = self.json("incident", "fact", "1", env=NOW).row
        self.assertEqual((facts["code-there"], facts["key-taken"], facts["hold-by"]), ("yes", "no", "Millbrook police, letter of 28 November"))
        self.assertIn("yes, no or unknown", self.run_handback("incident", "fact", "1", "--paper", "perhaps", status=2, env=NOW).err)
        # a narrower window: fewer people, and their laws go
        self.run_handback("incident", "suspect", "1", "--holder", "reader:R-1", "--from", "2026-11-01", "--to", "2026-11-01", "--only", "passing", env=NOW)
        self.assertNotIn(("EU", "regulator"), self.owed())
        self.assertIn("incident.fact", self.run_handback("log").out)

    def test_the_page_says_it_and_asks(self):
        self.desk()
        b = self.browser
        b.go("/incident/1")
        page = b.follow("Whom to tell, by when")
        for words in ("December 27, 2026", "The people in New York: 2 customers", "N.Y. Gen. Bus. Law 899-aa", "no lawyer's advice", "Was the data encrypted where it was taken?"):
            self.assertIn(words, page.text)
        page = b.send("/incident/1/facts", encrypted="yes", key_taken="no", determined_month="11", determined_day="28", determined_year="2026", hold_by="Millbrook police")
        self.assertIn("this law then asks for nothing", page.text)
        facts = self.json("incident", "fact", "1").row
        self.assertEqual((facts["encrypted"], facts["determined"], facts["hold-by"]), ("yes", "2026-11-28T05:00:00Z", "Millbrook police"))
        page = b.send("/incident/1/facts", encrypted="unknown", determined_month="", determined_day="", determined_year="", hold_by="")
        self.assertEqual({k for k in self.json("incident", "fact", "1").row if k != "incident"}, {"key-taken"})
        page = b.send("/incident/1/facts", hold_since_month="13", hold_since_day="1", hold_since_year="2026")
        self.assertIn("hold-since", page.source)
        self.assertIn("is a day like", page.text)
        b.send("/language", language="es")
        page = b.go("/incident/1/obligations")
        self.assertIn("A quién avisar y hasta cuándo", page.text)
        self.assertIn("nadie sabe dónde viven; se cuentan aquí", page.text)

    def table(self, change):
        with open(f"{SOURCE}/data/breach-laws.csv", encoding="utf-8", newline="") as f:
            rows = list(csv.DictReader(f))
        change(rows)
        out = io.StringIO()
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
        return self.file("laws.csv", out.getvalue())

    def test_another_table_is_checked_taken_and_told(self):
        def sooner(rows):
            next(r for r in rows if r["code"] == "US-NY")["individual_deadline"] = "10"
            rows.remove(next(r for r in rows if r["code"] == "US-TX"))
        said = self.json("laws", "import", self.table(sooner))
        self.assertEqual([(r["code"], r["what"]) for r in said.rows], [("US-NY", "changed"), ("US-TX", "gone")])
        self.assertEqual(self.owed()["US-NY", "people"]["by"], "2026-12-08T04:59:59Z")            # in the middle of an incident
        self.assertIn("10", self.run_handback("laws", "show", "US-NY").out)

        def wrong(rows):
            rows[3]["individual_clock"] = "full moon"
        said = self.run_handback("laws", "import", self.table(wrong), status=2)
        self.assertIn("Row 5 (US-AR): the value of individual_clock", said.err)
        self.assertEqual(self.owed()["US-NY", "people"]["by"], "2026-12-08T04:59:59Z")
        self.json("laws", "import", "--built-in")
        self.assertEqual(self.owed()["US-NY", "people"]["by"], "2026-12-28T04:59:59Z")
        self.assertGreater(len(self.json("laws", "list").rows), 60)
        self.assertIn("laws list", self.run_handback("laws", "show", "US-ZZ", status=3).err)
        self.assertIn("laws.imported", self.run_handback("log").out)


if __name__ == "__main__":
    tell()
