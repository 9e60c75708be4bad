"""services: what each holds, from the one formula; evidence that runs out; what is due; comparing, and leaving one."""
import os
import urllib.parse

from browser import DeskStory
from story import tell

NOW = {"HANDBACK_NOW": "2026-11-27T15:00:00Z"}
TOUCHES = """touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref
2026-03-01T10:00:00-05:00,C1,R-1,Square,Ana,,card_number|name|email,s1
2026-03-02T10:00:00-05:00,C2,R-1,Square,Ana,,card_number|name,s2
2026-03-02T11:00:00-05:00,,R-1,Square,Ana,,card_number,s3
"""


class Services(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.run_handback("import", self.file("touches.csv", TOUCHES), env=NOW)

    def services(self, *more, env=NOW):
        return {r["service"]: r for r in self.json("service", "list", *more, env=env).rows}

    def test_what_each_holds_follows_from_the_map(self):
        square = self.services()["Square"]
        self.assertEqual((square["known"], square["customers"], square["unnamed"], square["card"]), ("Square", 2, 1, True))
        self.assertEqual(square["by_kind"], {"name": 2, "card_number": 2, "email": 1})
        self.assertIn("Card numbers are there, or pass through it", square["because"])
        exposed = self.json("incident", "open", "--title", "t", "--holder", "service:Square", "--from", "2026-11-27", "--to", "2026-11-27", "--only", "kept", env=NOW)
        count = self.json("incident", "exposed", str(exposed.row["incident"]), "--count", env=NOW).row
        self.assertEqual((count["customers"], count["unnamed_touches"], count["by_kind"]), (square["customers"], square["unnamed"], square["by_kind"]))
        said = self.run_handback("service", "add", "Mailchimp", env=NOW).out
        self.assertIn("Nobody told what it gets yet", said)
        self.assertTrue(self.services()["Mailchimp"]["untold"])
        self.run_handback("service", "add", "Mailchimp", "--from", "service:Square", env=NOW)
        self.assertEqual((self.services()["Mailchimp"]["untold"], self.services()["Mailchimp"]["by_kind"]), (False, {"name": 2, "email": 1}))
        self.assertEqual(list(self.services()), ["Square", "Mailchimp"])          # most of our customers' data first
        self.assertIn("Say at least one", self.run_handback("service", "add", "Odd Service", "--from", "service:Square", status=2, env=NOW).err)
        self.assertNotIn("Odd Service", self.services())
        self.run_handback("holder", "add", "service:Square", "--keeps", "card_number=1d", env=NOW)
        self.assertRegex(self.run_handback("holder", "show", "service:Square", env=NOW).out, r"keeps card_number +1 day\n")
        self.assertIn("Nothing is due within 1 day.", self.run_handback("service", "renewals", "--days", "1", env=NOW).out)
        self.assertIn(", good for 1 day. ", self.run_handback("token", "add", "Owner", "--name", "x", "--days", "1", env=NOW).out)
        self.assertIn("3 touches on 2 days; ", self.run_handback("check", env=NOW).out)
        self.run_handback("holder", "add", "service:Square", "--keeps", "card_number=30d", env=NOW)
        self.assertEqual(self.services()["Square"]["by_kind"], {"name": 2, "email": 1})

    def test_evidence_runs_out_and_is_asked_for_again(self):
        self.assertEqual(self.services()["Square"]["missing"], ["card_audit", "agreement", "responsibility", "second", "contact", "promise"])
        self.run_handback("service", "evidence", "Square", "aoc", "--seen", "2026-01-10", "--link", "office drive", "--note", "for 4111 1111 1111 1111", env=NOW)
        self.run_handback("service", "evidence", "Square", "agreement", "--note", "terms, 14.2", env=NOW)
        self.run_handback("service", "set", "Square", "--contact", "555-0177", "--hours", "72", "--clause", "terms, 9", "--ends", "2026-12-20", env=NOW)
        self.run_handback("access", "add", "Ana", "Square", "--second", "yes", env=NOW)
        self.assertEqual(self.services()["Square"]["missing"], ["responsibility"])
        self.run_handback("access", "add", "Ben", "Square", "--second", "no", env=NOW)
        self.assertEqual(self.services()["Square"]["missing"], ["responsibility", "second"])
        shown = self.run_handback("service", "show", "Square", env=NOW).out
        for words in ("555-0177. It tells us within 72 hours (terms, 9)", "until January 9, 2027", "Ben can sign in, a password alone", "office drive", "[card ending 1111]"):
            self.assertIn(words, shown)
        self.assertNotIn("4111 1111", shown)
        due = self.json("service", "renewals", env=NOW).rows
        self.assertEqual([(r["what"], r["days"]) for r in due], [("contract", 23), ("aoc", 44)])
        late = {"HANDBACK_NOW": "2027-01-10T15:00:00Z"}
        self.assertEqual(self.services(env=late)["Square"]["missing"], ["card_audit", "responsibility", "second"])
        self.assertIn("ran out on January 9, 2027", self.run_handback("service", "show", "Square", env=late).out)
        self.assertIn("LATE", self.run_handback("service", "renewals", env=late, status=1).out)
        calendar = os.path.join(self.tmp, "due.ics")
        self.run_handback("service", "renewals", "--ics", calendar, env=NOW)
        with open(calendar, newline="") as f:
            text = f.read()
        self.assertIn("DTSTART;VALUE=DATE:20270109\r\n", text)
        self.assertTrue(all(len(line.encode()) <= 75 for line in text.split("\r\n")))
        self.run_handback("service", "renewals", "--ics", calendar, status=3, env=NOW)          # nothing is written over
        self.run_handback("service", "evidence", "drop", "1", env=NOW)
        self.assertIn("card_audit", self.services()["Square"]["missing"])
        self.run_handback("service", "evidence", "drop", "1", status=3, env=NOW)
        for bad in (["badge"], ["tls"], ["aoc", "--seen", "2027-01-01"], ["aoc", "--until", "2020-01-01"], ["aoc", "--seen", "yesterday"]):
            self.run_handback("service", "evidence", "Square", *bad, status=2, env=NOW)
        for bad in (["--hours", "-1"], ["--domain", "no domain"], ["--card", "perhaps"], ["--contact", "x" * 501]):
            self.run_handback("service", "set", "Square", *bad, status=2, env=NOW)

    def test_one_that_was_left_counts_until_it_confirms(self):
        self.run_handback("service", "add", "Mailchimp", "--from", "service:Square", "--account", "A-7", env=NOW)
        left = self.json("service", "leave", "Mailchimp", env=NOW).row
        self.assertIn("(our account: A-7)", left["letter"])
        self.assertIn("Borrar todo", self.json("service", "letter", "Mailchimp", "--language", "es", env=NOW).row["letter"])
        self.assertEqual(self.services()["Mailchimp"]["customers"], 2)
        self.run_handback("service", "leave", "Mailchimp", status=3, env=NOW)
        self.assertEqual(self.json("service", "renewals", env=NOW, status=1).row["what"], "deletion")
        self.assertIn("R38", self.run_handback("risk", "list", env=NOW, status=None).out)
        self.assertIn("its deletion was asked for on November 27, 2026", self.run_handback("service", "leave", "Mailchimp", "--asked", "2026-11-27", env=NOW).out)
        self.assertEqual(self.json("service", "renewals", env=NOW).row["days"], 30)
        later = {"HANDBACK_NOW": "2026-12-10T15:00:00Z"}
        self.assertEqual(self.services(env=later)["Mailchimp"]["customers"], 2)
        self.run_handback("service", "leave", "Mailchimp", "--confirmed", "2026-11-20", status=2, env=later)
        self.run_handback("service", "leave", "Mailchimp", "--confirmed", "2026-12-09", "--note", "mail of theirs", env=later)
        self.assertNotIn("Mailchimp", self.services(env=later))
        gone = self.services("--gone", env=later)["Mailchimp"]
        self.assertEqual((gone["customers"], gone["deleted"]), (0, "2026-12-09T05:00:00Z"))
        self.assertEqual(self.json("service", "renewals", env=later).rows, [])
        self.assertNotIn("R38", self.run_handback("risk", "list", env=later, status=None).out)
        self.run_handback("service", "leave", "Square", "--confirmed", "2026-12-09", status=3, env=later)
        log = self.run_handback("log").out
        for entry in ("service.left", "service.asked", "holder.emptied", "evidence.added"):
            self.assertIn(entry, log)

    def test_before_taking_one_on_it_stands_beside_ours(self):
        rows = self.json("service", "compare", "Stripe", env=NOW).rows
        self.assertEqual([(r["service"], r["ours"], r["customers"]) for r in rows], [("Stripe", False, 0), ("Square", True, 2)])
        self.assertIn("card_last4", rows[0]["usual"])
        self.assertEqual([r["service"] for r in self.json("service", "compare", "Jobber", env=NOW).rows], ["Jobber"])
        unknown = self.json("service", "compare", "Nobody Inc", env=NOW).rows
        self.assertEqual((unknown[0]["promise"], len(unknown)), ("Not known: ask it.", 2))
        self.assertGreater(len(self.json("service", "known", env=NOW).rows), 30)
        self.assertEqual(self.json("service", "known", "mailchimp.com", env=NOW).row["service"], "Mailchimp")
        self.run_handback("service", "known", "Nobody Inc", status=3, env=NOW)

    def test_the_pages_lead_from_the_list_to_leaving(self):
        self.desk()
        b = self.browser
        self.assertNotIn("A service:", b.go("/").text)
        page = b.go("/services")
        self.assertIn("2 customers: name 2, card number 2, e-mail address 1. 1 payment that names nobody", page.text)
        page = b.send("/services", known="Mailchimp", **{"from": "service:Square"}, kinds=["name", "email"])
        self.assertEqual(page.heading, "Mailchimp", page.text)
        there = urllib.parse.urlparse(page.url).path
        self.assertIn("2 customers: name 2, e-mail address 1", page.text)
        b.go("/services")
        page = b.send("/services", service="Q", **{"from": "service:Square"})
        self.assertIn("Which kinds of data get there?", page.text)
        self.assertEqual(page.status, 422)
        b.go("/services")
        page = b.follow("Square")
        square = urllib.parse.urlparse(page.url).path
        for words in ("It can change the page on which customers pay", "A written agreement", "PCI DSS 12.8.2", "Nobody is noted"):
            self.assertIn(words, page.text)
        page = b.send(square, contact="555-0177", hours="48", clause="terms, 9")
        self.assertIn("within 48 hours (terms, 9)", page.text)
        page = b.send(square, hours="soon")
        self.assertEqual(page.status, 422)
        page = b.send(square + "/evidence", sort="aoc", seen_month="1", seen_day="10", seen_year="2020", link="office drive")
        self.assertIn("Has run out", page.text)
        self.assertIn("Ran out on January 8, 2021", page.text)
        self.assertIn("A service: something is late", b.go("/").text)
        self.assertIn("To be asked for again: Attestation of compliance", b.go("/services").text)
        kind, calendar = b.file("/services/renewals.ics")
        self.assertTrue(kind.startswith("text/calendar") and calendar.startswith(b"BEGIN:VCALENDAR"), kind)
        b.go(square)
        page = b.send(square + "/evidence/1/drop")
        self.assertNotIn("Has run out", page.text)
        page = b.go("/services/compare?service=Stripe")
        for words in ("within how many hours does it tell us", "Within 48 hours. Call: 555-0177", "card's last four digits", "Not known: ask it."):
            self.assertIn(words, page.text)
        page = b.send("/services", why="asked for the AOC, cheaper")
        self.assertEqual(page.heading, "Stripe", page.text)
        self.assertIn("asked for the AOC, cheaper", page.text)
        b.go(there)
        page = b.send(there + "/leave", do="left", at_month="11", at_day="2", at_year="2026")
        self.assertIn("What it has still counts", page.text)
        page = b.follow("The letter that asks for deletion")
        self.assertIn("Delete everything that you hold", page.text)
        self.assertIn("Borrar todo", b.follow("In Spanish").text)
        page = b.send(there + "/leave", do="asked")
        self.assertIn("is not confirmed: it still counts", page.text)
        page = b.send(there + "/leave", do="confirmed")
        self.assertIn("It confirmed deletion for", page.text)
        self.assertIn("Nothing of our customers is there now", page.text)
        self.assertNotIn("Mailchimp (sends", b.go("/services?gone=yes").text)
        self.assertIn("There is no such service", b.go("/service/1").text)         # Handback itself
        b.go("/you")
        for sort, note in (("aoc", "TLSv1.3; certificate until 2027-01-05, 39 days left; 3 certificates in its chain"), ("agreement", "square.example did not answer in time")):
            self.run_handback("service", "evidence", "Square", sort, "--note", note)
        b.send("/language", language="es")
        page = b.go(square)                     # what was seen from outside is said in the reader's language
        for words in ("TLSv1.3; certificado hasta 2027-01-05, quedan 39 días; 3 certificados en su cadena", "square.example no respondió a tiempo"):
            self.assertIn(words, page.text)
        self.assertIn("Quién más tiene los datos", b.go("/services").text)
        self.assertIn("Puede cambiar la página donde pagan", b.go(square).text)


if __name__ == "__main__":
    tell()
