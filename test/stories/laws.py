"""The law's clocks: whom an incident obliges the business to tell by when, what settles it, and another table of laws."""
import csv
import email
import email.policy
import io
import json
import os
import re
import time

from browser import DeskStory
from story import PASSPHRASE, SOURCE, tell

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
        for call in (["incident", "obligations", "1"], ["filing", "list", "1"]):                  # midnight is not "by November 30"
            self.assertIn("November 29, 2026, 23:59", self.run_handback(*call, env=NOW, status=None).out)
        self.assertEqual(owed["acquirer", "cards"]["force"], "MUST")
        self.assertNotIn(("US-TX", "people"), owed)
        said = self.run_handback("incident", "obligations", "1", env=NOW).out
        self.assertIn("30 days of the discovery, by December 27, 2026", said)
        self.assertIn("no lawyer's advice", said)
        self.assertIn("N.Y. Gen. Bus. Law 899-aa, checked through 20", said)
        self.assertIn("handback laws import FILE", said)
        self.assertEqual(said.count("Was the data encrypted"), 1)
        # the card's code was there, too
        self.run_handback("incident", "fact", "1", "--code-there", "yes", env=NOW)
        self.assertEqual(self.owed()["US-CA", "people"]["force"], "MUST")
        self.run_handback("incident", "fact", "1", "--encrypted", "yes", "--key-taken", "no", env=NOW)
        self.assertEqual(self.owed()["US-NY", "people"]["force"], "LOOK")
        self.run_handback("incident", "fact", "1", "--encrypted", "unknown", "--hold-since", "2026-11-28", "--hold-until", "unknown", "--hold-by", "Millbrook police, letter of 28 November", env=NOW)
        owed = self.owed()
        self.assertEqual((owed["US-NY", "people"]["stopped"], owed["US-NY", "people"]["by"], owed["EU", "regulator"]["stopped"]), (True, None, False))
        self.assertNotIn("by stopped", self.run_handback("filing", "list", "1", env=NOW, status=None).out + self.run_handback("incident", "obligations", "1", env=NOW).out)
        facts = self.json("incident", "fact", "1", env=NOW).row
        self.assertEqual((facts["code-there"], facts["key-taken"], facts["hold-by"]), ("yes", "no", "Millbrook police, letter of 28 November"))
        self.assertIn("yes, no or unknown", self.run_handback("incident", "fact", "1", "--paper", "perhaps", status=2, env=NOW).err)
        # a narrower window: fewer people, and their laws go
        self.run_handback("incident", "suspect", "1", "--holder", "reader:R-1", "--from", "2026-11-01", "--to", "2026-11-01", "--only", "passing", env=NOW)
        self.assertNotIn(("EU", "regulator"), self.owed())
        self.assertIn("incident.fact", self.run_handback("log").out)

    def test_nothing_goes_out_while_the_police_ask_to_wait(self):
        day = lambda days: time.strftime("%Y-%m-%d", time.gmtime(time.time() + days * 86400))
        self.run_handback("set", "region", "US-NY")
        self.run_handback("notice", "draft", "1", status=None)
        hold = ["--hold-since", day(-3), "--hold-until", day(9), "--hold-by", "Det. Lee, letter"]
        self.run_handback("incident", "fact", "1", *hold)
        for call in (["approve", "1.1"], ["send", "1.1"]):
            said = self.run_handback("notice", *call, status=3).err
            self.assertIn("The police asked you to wait" if call[0] == "approve" else "not approved", said)
        self.assertIn(f"until {day(9)} (Det. Lee, letter)", self.run_handback("notice", "approve", "1.1", status=3).err)
        self.desk()
        for page in ("/incident/1", "/incident/1/round/1"):
            self.assertIn("Det. Lee, letter", self.browser.go(page).text)
        # it is over; then they ask again, after the approval
        self.run_handback("incident", "fact", "1", "--hold-until", day(-1))
        self.run_handback("notice", "approve", "1.1", status=None)
        self.run_handback("incident", "fact", "1", "--hold-until", "unknown")
        self.assertIn("Nothing goes out while that lasts", self.run_handback("notice", "send", "1.1", status=3).err)
        self.assertFalse(os.path.exists(os.path.join(self.data, "outbox", "1.1")))
        self.run_handback("incident", "fact", "1", "--hold-anyway", "The law of California wants it; agreed with Det. Lee")
        self.assertNotIn("Det. Lee, letter", self.browser.go("/incident/1").text)
        self.run_handback("notice", "send", "1.1", status=None)
        self.assertTrue(os.listdir(os.path.join(self.data, "outbox", "1.1")))

    def test_the_page_says_it_and_asks(self):
        where = self.json("filing", "make", "1", "--to", "regulator", "--code", "US-NY", env=NOW).row["where"]
        for words in ("1-800-771-7755", "https://dos.ny.gov/", "Seen in 20"):
            self.assertIn(words, where)
        self.assertIn("Look: we do not know which address", self.json("filing", "make", "1", "--to", "regulator", "--code", "EU", env=NOW).row["where"])      # never silence
        self.assertIn("Call the office", self.json("filing", "make", "1", "--to", "regulator", "--code", "EU", env=NOW).row["where"])
        self.desk()
        self.assertIn("Look: we do not know which address", self.browser.go("/incident/1/filing/regulator/EU").text)
        self.assertIn('href="https://dos.ny.gov/data-security-breach-management"', self.browser.go("/incident/1/filing/regulator/US-NY").source)
        self.run_handback("incident", "fact", "1", "--hold-since", "2024-11-28", "--hold-until", "2024-12-10", "--hold-by", "Millbrook police", env=NOW)
        letter = self.json("filing", "make", "1", "--to", "regulator", "--code", "US-NY", env=NOW).row["text"]
        self.assertIn("asked us to wait: from November 28, 2024 to December 10, 2024, Millbrook police", letter)
        self.assertIn("To Attorney General, Department of State, Division of State Police (New York).", letter)
        self.run_handback("incident", "fact", "1", "--hold-since", "unknown", env=NOW)
        b = self.browser
        b.go("/incident/1")
        page = b.follow("Whom to tell, by when")
        for words in ("December 27, 2026", "The people in New York: 2 customers", "N.Y. Gen. Bus. Law 899-aa", "no lawyer's advice", "Was the data encrypted where it was taken?"):
            self.assertIn(words, page.text)
        page = b.send("/incident/1/facts", encrypted="yes", key_taken="no", determined_month="11", determined_day="28", determined_year="2024", hold_by="Millbrook police",
                      hold_since_month="11", hold_since_day="28", hold_since_year="2024")
        self.assertIn("this law then asks for nothing", page.text)
        facts = self.json("incident", "fact", "1").row
        self.assertEqual((facts["encrypted"], facts["determined"], facts["hold-by"]), ("yes", "2024-11-28T05:00:00Z", "Millbrook police"))
        page = b.send("/incident/1/facts", encrypted="unknown", determined_month="", determined_day="", determined_year="", hold_by="Millbrook police",
                      hold_since_month="", hold_since_day="", hold_since_year="")
        self.assertEqual({k for k in self.json("incident", "fact", "1").row if k != "incident"}, {"key-taken"})
        page = b.send("/incident/1/facts", hold_by="Millbrook police")                            # a hold without a beginning stops nothing, and says so
        self.assertIn("Say since when the police ask you to wait, too.", page.text)
        page = b.send("/incident/1/facts", hold_by="Millbrook police", hold_since_month="11", hold_since_day="28", hold_since_year="2024", hold_until_month="11", hold_until_day="27", hold_until_year="2024")
        self.assertIn("The hold would end before it begins.", page.text)
        page = b.send("/incident/1/facts", hold_since_month="13", hold_since_day="1", hold_since_year="2026")
        self.assertIn("hold-since", page.source)
        self.assertIn("There is no such day.", page.text)
        b.send("/language", language="es")
        page = b.go("/incident/1/obligations")
        self.assertIn("A quién avisar y hasta cuándo", page.text)
        for words in ("Su empresa de pagos (acquirer)", "Su aseguradora"):
            self.assertIn(words, page.text)
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
        self.assertEqual([(r["code"], r["what"], r["columns"]) for r in said.rows], [("US-NY", "changed", "individual_deadline: 30 -> 10"), ("US-TX", "gone", "")])
        self.assertEqual(self.owed()["US-NY", "people"]["by"], "2026-12-08T04:59:59Z")            # in the middle of an incident
        self.assertIn("10", self.run_handback("laws", "show", "US-NY").out)

        def wrong(rows):
            rows[3]["individual_clock"] = "full moon"
        said = self.run_handback("laws", "import", self.table(wrong), status=2)
        self.assertIn("Row 5 (US-AR): the value of individual_clock", said.err)
        for column, value, words in (("source", "", "lacks its source"), ("individual_deadline", "0", "the value of individual_deadline"), ("regulator_deadline", "0h", "the value of regulator_deadline")):
            said = self.run_handback("laws", "import", self.table(lambda rows: rows[3].update({column: value})), status=2)
            self.assertIn(words, said.err)
        path = self.table(lambda rows: rows[3].update(notes="another note, as a spreadsheet saves it"))
        with open(path, "rb+") as f:
            text = f.read()
            f.seek(0)
            f.write(b"\xef\xbb\xbf" + text)
        self.assertIn(("notes", "US-AR"), [(r["columns"], r["code"]) for r in self.json("laws", "import", path, "--dry-run").rows])
        self.assertEqual(self.owed()["US-NY", "people"]["by"], "2026-12-08T04:59:59Z")
        self.json("laws", "import", "--built-in")
        self.assertEqual(self.owed()["US-NY", "people"]["by"], "2026-12-28T04:59:59Z")
        self.assertGreater(len(self.json("laws", "list").rows), 60)
        self.assertIn("laws list", self.run_handback("laws", "show", "US-ZZ", status=3).err)
        self.assertIn("laws.imported", self.run_handback("log").out)

    def test_another_table_is_looked_at_on_a_page_before_it_counts(self):
        def sooner(rows):
            next(r for r in rows if r["code"] == "US-NY")["individual_deadline"] = "10"
            rows.remove(next(r for r in rows if r["code"] == "US-TX"))
        path = self.table(sooner)
        self.assertEqual([(r["code"], r["what"]) for r in self.json("laws", "import", path, "--dry-run").rows], [("US-NY", "changed"), ("US-TX", "gone")])
        self.desk()
        b = self.browser
        b.go("/incident/1/obligations")
        page = b.follow("When each was checked, and a newer table")
        for words in ("This table came with Handback", "no lawyer", "N.Y. Gen. Bus. Law 899-aa", "Checked through"):
            self.assertIn(words, page.text)
        self.assertIn("Choose a file first", b.send("/laws/look").text)
        for wrong, says in ((b"\xff\x00", "A table of breach laws is a CSV file"), (b"a,b\n", "The table lacks the column")):
            self.assertIn(says, b.send("/laws/look", files={"file": ("laws.csv", wrong)}).text)
        with open(path, "rb") as f:
            page = b.send("/laws/look", files={"file": ("laws.csv", f.read())})
        for words in ("What laws.csv would change", "New York: changed", "Texas: gone", "Nothing is changed yet"):
            self.assertIn(words, page.text)
        self.assertEqual(self.owed()["US-NY", "people"]["by"], "2026-12-28T04:59:59Z")
        page = b.send("/laws", key=re.search(r'name="key" value="([^"]+)"', page.source)[1])
        self.assertIn("in place of the one that came with Handback", page.text)
        self.assertEqual(self.owed()["US-NY", "people"]["by"], "2026-12-08T04:59:59Z")
        b.send("/laws")
        self.assertEqual(self.owed()["US-NY", "people"]["by"], "2026-12-28T04:59:59Z")

    def codes_of(self, folder):
        """The outbox's mails: the code that each has."""
        found = {}
        for name in sorted(os.listdir(folder)):
            if name.endswith(".eml"):
                with open(os.path.join(folder, name), "rb") as f:
                    text = email.message_from_binary_file(f, policy=email.policy.default).get_body(("plain",)).get_content()
                found[name[:-4]] = re.findall(r"(?m)^(?:EX|BY)-\w+$", text)
                self.assertEqual(bool(found[name[:-4]]), "Example Watch" in text, text)
        return found

    def test_who_is_owed_monitoring_has_a_code_of_their_own_in_the_notice(self):
        people = [("P", "CT"), ("Q", "CT"), ("R", "DE"), ("S", "NY")]
        self.run_handback("import", self.file("more.csv", "customer_ref,name,email,region,country\n" + "".join(f"{r},{r} Poe,{r.lower()}@example.com,{s},US\n" for r, s in people)),
                          self.file("more_touches.csv", "touched_at,customer_ref,reader,data_kinds\n" + "".join(f"2026-11-02T10:00:00-05:00,{r},paper:Forms,name|ssn\n" for r, _ in people)))
        number = self.json("incident", "open", "--title", "A binder was stolen", "--holder", "paper:Forms", "--from", "2026-11-01", "--to", "2026-11-20", "--discovered", "2026-11-27", env=NOW).row["incident"]
        owed = {(r["code"], r["to"]): r["monitoring_months"] for r in self.json("incident", "obligations", number, env=NOW).rows}
        self.assertEqual((owed["US-CT", "people"], owed["US-DE", "people"], owed["US-NY", "people"]), (24, 12, 0))
        self.assertEqual(self.json("notice", "draft", number, env=NOW, status=1).row["customers"], 4)
        round_ = f"{number}.1"
        # nothing is arranged: refused; words of the owner's own would do, too
        self.assertIn("owed free credit monitoring", self.run_handback("notice", "approve", round_, status=3, env=NOW).err)
        offer = ["--vendor", "Example Watch", "--site", "example.com/enrol", "--phone", "1-800-555-0142", "--until", "2027-03-31"]
        few = self.file("few.csv", "\ufeffActivation Code;Batch\r\nEX-0001;7\r\n\r\nEX-0002;7\r\nEX-0001;7\r\nnot one;7\r\n")
        look = self.json("enrolment", "load", number, few, "--dry-run", env=NOW, status=1).row
        self.assertEqual((look["codes"], look["twice"], look["refused"], look["left"]), (2, 1, 1, 0))
        self.assertEqual(self.json("enrolment", "list", number).rows, [])
        self.assertIn("how many months", self.run_handback("enrolment", "load", number, few, *offer, status=2, env=NOW).err)
        self.assertIn("past", self.run_handback("enrolment", "load", number, few, *offer[:-1], "2026-11-20", "--months", "24", status=2, env=NOW).err)
        kept = self.json("enrolment", "load", number, few, *offer, "--months", "12", env=NOW, status=1).row
        self.assertEqual((kept["new"], kept["left"]), (2, 2))
        self.assertIn("owed 24 months", self.run_handback("notice", "approve", round_, status=3, env=NOW).err)
        # what the letters say is true of every code: others come when those are gone, or when the terms were typed wrong
        said = self.run_handback("enrolment", "load", number, "--codes", "ZZ-1", *offer, "--months", "24", env=NOW, status=3).err
        self.assertIn("Codes on other terms wait: Example Watch, 12 months", said)
        again = self.json("enrolment", "load", number, few, *offer, "--months", "24", "--correct", env=NOW, status=1).row
        self.assertEqual((again["new"], again["known"], again["left"]), (0, 2, 2))
        self.assertIn("Codes for credit monitoring lack: 1 code for", self.run_handback("notice", "approve", round_, status=3, env=NOW).err)
        said = [r for r in self.json("notice", "check", round_, status=1, env=NOW).rows if r["what"] == "monitoring"]
        self.assertEqual([(r["customers"], r["months"], r["offered"], r["codes_lack"]) for r in said], [(3, 24, True, 1)])
        self.json("enrolment", "load", number, self.file("rest.csv", "code\nEX-0003\nEX-0004\n"), env=NOW)
        preview = self.run_handback("notice", "preview", round_, "--customer", "P", env=NOW).out
        self.assertIn("their own code stands here", preview)
        self.assertNotIn("EX-0", preview)
        self.assertNotIn("Example Watch", self.run_handback("notice", "preview", round_, "--customer", "S", env=NOW).out)
        self.run_handback("notice", "approve", round_)
        self.assertEqual([(r["left"], r["given"]) for r in self.json("enrolment", "list", number).rows], [(1, 3)])
        # a letter, too; and whom people call are told it by them
        self.run_handback("notice", "send", round_)
        first = self.codes_of(os.path.join(self.data, "outbox", round_))
        self.assertEqual(({len(first[r]) for r in "PQR"}, first["S"], len({first[r][0] for r in "PQR"})), ({1}, [], 3))
        # an update has the same one, also with words that have no place for it, after a new key, and out of a backup
        self.run_handback("vault", "rotate")
        said = self.run_handback("enrolment", "load", number, "--codes", "BY-1\nBY-2", "--vendor", "Beta Guard", env=NOW, status=3).err
        self.assertIn("Customers have codes on other terms: Example Watch, 24 months", said)
        self.assertEqual(self.json("enrolment", "list", number).row["vendor"], "Example Watch")
        self.json("enrolment", "load", number, "--codes", "BY-1\nBY-2", env=NOW)
        self.run_handback("notice", "posted", round_, "--mails")
        self.json("notice", "draft", number, "--for", "told", "--words", "# An update\n\nWe know nothing new yet.", env=NOW)
        self.run_handback("notice", "approve", f"{number}.2")
        backup = os.path.join(self.tmp, "b.handback")
        self.run_handback("backup", backup)
        home, self.data = self.data, os.path.join(self.tmp, "other")
        self.run_handback("restore", backup, "--yes")
        self.run_handback("notice", "approve", f"{number}.2", status=None)
        self.run_handback("notice", "send", f"{number}.2")
        self.assertEqual(self.codes_of(os.path.join(self.data, "outbox", f"{number}.2")), first)
        self.assertIn("every sealed contact opens", self.run_handback("check").out)
        self.data = home
        # nowhere but there: not in the log, a list, the database, an export
        with open(os.path.join(self.data, "handback.db"), "rb") as f:
            self.assertNotIn(b"EX-000", f.read())
        log = self.run_handback("log").out
        self.assertIn("enrolment.given", log)
        self.assertNotIn("EX-0", log + self.run_handback("enrolment", "list").out + json.dumps(self.json("notice", "check", f"{number}.2", status=None, env=NOW).rows))
        for n in ("1", str(number)):
            self.run_handback("incident", "close", n, status=None)
        self.run_handback("customer", "forget", "R", "--reason", "asked")
        self.run_handback("enrolment", "drop", number)
        self.assertEqual([(r["left"], r["given"]) for r in self.json("enrolment", "list", number).rows], [(0, 2)])

    def test_the_vendors_codes_on_the_page(self):
        self.run_handback("import", self.file("more.csv", "customer_ref,name,email,region,country\nP,Pia Poe,p@example.com,CT,US\n"),
                          self.file("more_touches.csv", "touched_at,customer_ref,reader,data_kinds\n2026-11-02T10:00:00-05:00,P,paper:Forms,name|ssn\n"))
        self.run_handback("incident", "open", "--title", "A binder was stolen", "--holder", "paper:Forms", "--from", "2026-11-01", "--to", "2026-11-20", "--discovered", "2026-11-27", env=NOW)
        self.desk()
        b = self.browser
        page = b.go("/incident/2/obligations")
        page = b.follow("The codes for it")
        self.assertIn("1 customer is owed it, for up to 24 months", page.text)
        self.assertIn("Choose a file first", b.send("/incident/2/monitoring/look").text)
        page = b.send("/incident/2/monitoring/look", files={"file": ("codes.csv", b"left,right\nEX-1,EX-2\n")})
        self.assertIn("Which column has the codes is not clear", page.text)
        page = b.send("/incident/2/monitoring/look", files={"file": ("codes.csv", b"left,right\nEX-1,EX-2\nEX-3,EX-2\n,x x\n")}, column="right")
        self.assertIn("What is in codes.csv", page.text)
        self.assertEqual(self.json("enrolment", "list").rows, [])
        self.assertNotIn("EX-", page.source)
        day = {"until_month": "3", "until_day": "31", "until_year": "2099"}
        page = b.send("/incident/2/monitoring", vendor="Example Watch", months="24", passphrase=PASSPHRASE, **day)
        self.assertIn("Say where a code is typed", page.text)
        page = b.send("/incident/2/monitoring", vendor="Example Watch", site="example.com/enrol", months="24", passphrase=PASSPHRASE, **day)
        for words in ("Example Watch", "March 31, 2099", "0 given, 1 left"):
            self.assertIn(words, page.text)
        self.assertNotIn("EX-", page.source)
        b.send("/language", language="es")
        self.assertIn("Vigilancia de crédito gratis", b.go("/incident/2/monitoring").text)
        page = b.send("/incident/2/monitoring/drop")
        self.assertIn("0 dados, quedan 0", page.text)


if __name__ == "__main__":
    tell()
