"""desk_notices: from a drafted notice to everybody reached, and the customers, holders, settings and log beside it; without scripts."""
import glob
import json
import os
import re
import signal
import subprocess
import time

from browser import DeskStory
from desk_incident import CUSTOMERS, TOUCHES
from sink import Sink
from story import PASSPHRASE, SOURCE, tell


class Notices(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.run_handback("import", self.file("customers.csv", CUSTOMERS), self.file("touches.csv", TOUCHES))
        self.run_handback("incident", "open", "--title", "A skimmer on R-1", "--holder", "reader:*", "--from", "2025-12-01", "--to", "2025-12-04", "--only", "passing")
        self.desk()

    def status(self):
        return {r["customer_ref"]: r["state"] for r in self.json("notice", "status", "1.1", key=False, status=None).rows}

    def test_from_draft_to_approved_and_taken_back(self):
        b = self.browser
        b.go("/incident/1")
        b.follow("Draft a notice to them")
        page = b.send("/incident/1/draft", doing="We have taken the reader away.")
        for words in ("4 customers", "2 by e-mail", "1 by letter", "1 has no known address", "Nothing has gone out"):
            self.assertIn(words, page.text)
        self.assertNotIn("Ann Ames", page.source)
        page = b.send("/incident/1/round/1/preview", look_passphrase="not the passphrase")
        self.assertIn("That is not the passphrase", page.text)
        page = b.send("/incident/1/round/1/preview", look_passphrase=PASSPHRASE)
        self.assertEqual(page.text.count("We have taken the reader away."), 3, page.text)
        self.assertEqual(page.text.count("What Happened"), 3)
        page = b.send("/incident/1/round/1/approve", number="3", passphrase=PASSPHRASE)
        self.assertEqual(page.status, 422)
        self.assertIn("Type how many customers", page.text)
        page = b.send("/incident/1/round/1/approve", number="4", passphrase="")
        self.assertIn("sending needs it each time", page.text)
        page = b.send("/incident/1/round/1/approve", number="4", passphrase="not the passphrase")
        self.assertIn("That is not the passphrase", page.text)
        self.assertEqual(set(self.status().values()), {"drafted"})
        page = b.send("/incident/1/round/1/approve", number="4", passphrase=PASSPHRASE)
        self.assertIn("Nothing goes out before", page.text)
        self.assertEqual(sorted(self.status().values()), ["queued", "queued", "queued", "unreachable"])
        b.send("/incident/1/round/1/do")                   # the first such form: take back
        self.assertIn("This round was taken back", b.page.text)
        self.assertIn("undone", self.status().values())

    def test_a_draft_that_was_approved_meanwhile_is_not_thrown_away(self):
        b = self.browser
        self.run_handback("notice", "draft", "1", key=False)
        self.assertIn("Throw this draft away", b.go("/incident/1/round/1").text)
        self.run_handback("notice", "approve", "1.1")
        page = b.send("/incident/1/round/1/do")            # the form that was open meanwhile
        self.assertIn("This round was approved meanwhile: nothing was taken back.", page.text)
        self.assertIn("Take back what has not gone out", page.text)
        self.assertNotIn("This round was taken back", page.text)

    def test_what_the_courier_waits_for_is_said_where_one_looks(self):
        b = self.browser
        self.run_handback("notice", "draft", "1", key=False)
        self.run_handback("notice", "approve", "1.1")
        end = time.monotonic() + 30
        while "Locked: sign in to go on." not in b.go("/incident/1/round/1").text and time.monotonic() < end:
            time.sleep(0.2)
        self.assertIn("Locked: sign in to go on.", b.page.text)
        self.assertIn("3 wait to go out.", b.page.text)
        self.assertNotIn("sending goes on", b.page.text)
        self.assertIn("3 notices wait to go out", b.go("/").text)
        self.assertIn("Locked: sign in to go on.", b.page.text)
        # what the mail provider takes in a day has gone out: when the next one may, and what people do meanwhile
        sink = Sink()
        self.addCleanup(sink.close)
        for key, value in (("mail.server", f"smtp://127.0.0.1:{sink.port}"), ("mail.from", "office@fernwood.example.com"), ("mail.day-limit", "1")):
            self.run_handback("set", key, value)
        self.run_handback("notice", "send", "1.1", status=None)
        page = b.go("/incident/1/round/1")
        self.assertRegex(page.text, r"the limits in Settings let the next one out at .*\d")
        self.assertIn("Somebody called, or something came back", page.text)
        self.assertEqual(len(sink.taken), 1)

    def test_that_nothing_is_sending_is_said_too(self):
        b = self.browser
        self.run_handback("notice", "draft", "1", key=False)
        self.run_handback("notice", "approve", "1.1")
        end = time.monotonic() + 30
        while "the part of Handback that sends is not running" not in b.go("/incident/1/round/1").text and time.monotonic() < end:
            for pid in subprocess.run(["pgrep", "-P", str(self.running.pid), "-f", "role courier"], capture_output=True, text=True).stdout.split():
                os.kill(int(pid), signal.SIGKILL)
        self.assertIn("the part of Handback that sends is not running", b.page.text)
        self.assertIn("3 wait to go out.", b.page.text)
        self.assertNotIn("sending goes on", b.page.text)
        while "Locked: sign in to go on." not in b.go("/incident/1/round/1").text and time.monotonic() < end + 30:      # it is started again by itself
            time.sleep(0.2)
        self.assertIn("Locked: sign in to go on.", b.page.text)

    def test_who_is_not_reached_and_what_to_try(self):
        b = self.browser
        self.run_handback("notice", "draft", "1", key=False)
        self.run_handback("notice", "approve", "1.1")
        self.run_handback("notice", "send", "1.1", status=None)
        page = b.go("/")
        self.assertIn("letter", page.text)
        page = b.follow("The letters")
        self.assertIn("1 letter is ready to print", page.text)
        self.assertIn("No address left", page.text)
        b.follow("No address left")
        self.assertIn("Call or visit them", b.page.text)
        b.send("/incident/1/round/1/do", do="reached")
        self.assertEqual(self.status()["D"], "acknowledged")
        self.assertIn("0 customers", b.page.text)
        b.go("/incident/1/round/1")
        csrf = dict(b.page.form("/incident/1/round/1/do")["fields"])["csrf"]
        b.ask("/incident/1/round/1/do", f"csrf={csrf}&do=posted".encode())
        b.ask("/incident/1/round/1/do", f"csrf={csrf}&do=mails".encode())
        self.assertIn("All done", b.page.text)
        self.assertEqual(sorted(self.status().values()), ["acknowledged", "posted", "sent", "sent"])
        self.assertIn("4 told", b.go("/incidents").text)

    def test_in_the_owners_own_words(self):
        b = self.browser
        b.go("/incident/1/draft")
        page = b.send("/incident/1/draft", **{"for": "told", "words": ""})
        self.assertIn("an update is in your own words", page.text)
        b.send("/incident/1/draft", **{"for": "new"})
        self.assertIn("It is in our words", b.page.text)
        page = b.follow("Change the words")
        ours = dict(page.form("/incident/1/round/1/text")["fields"])
        self.assertIn("Something happened to information of yours that was in our care. We are sorry.", ours["en"])
        self.assertIn("(What Happened)", ours["es"])
        page = b.send("/incident/1/round/1/text", en="# No headings\n\nHello.", es="")
        self.assertEqual(page.status, 422)
        self.assertIn("A first notice needs these headings", page.text)
        page = b.send("/incident/1/round/1/text", en=ours["en"] + "\n4111 1111 1111 1111", es="")
        self.assertIn("there is a card number", page.text)
        page = b.send("/incident/1/round/1/text", en=ours["en"].replace("We are sorry.", "We are truly sorry, says Ed."), es=ours["es"])
        self.assertIn("It is in your own words", page.text)
        page = b.send("/incident/1/round/1/preview", look_passphrase=PASSPHRASE)
        self.assertEqual(page.text.count("We are truly sorry, says Ed."), 3)
        b.send("/incident/1/round/1/approve", number="4", passphrase=PASSPHRASE)
        self.assertIn("its words stay", b.ask("/incident/1/round/1/text", self.fields(do="ours")).text)
        self.assertIn("was put into other words", b.go("/log").text)
        # an update to who was told: plain sentences become a whole text
        self.run_handback("notice", "send", "1.1", "--now", status=None)
        b.go("/incident/1/draft")
        page = b.send("/incident/1/draft", **{"for": "told", "words": "The police have arrested somebody."})
        page = b.send("/incident/1/round/2/preview", look_passphrase=PASSPHRASE)
        for words in ("An update about your information", "Dear Ann Ames,", "The police have arrested somebody."):
            self.assertIn(words, page.text)

    def fields(self, **given):
        csrf = dict(self.browser.page.forms[0]["fields"])["csrf"]
        return "&".join(f"{k}={v}" for k, v in (given | {"csrf": csrf}).items()).encode()

    def test_letters_are_taken_from_the_page_and_all_can_be_taken_back(self):
        b = self.browser
        self.run_handback("notice", "draft", "1", key=False)
        self.assertIn("The letters cost about $1.50, at $1.50 each", b.go("/incident/1/round/1").text)        # as the incident's page reckons, too
        self.run_handback("set", "letter.cost", "200", key=False)
        self.assertIn("at $2.00 each", b.go("/incident/1/round/1").text)
        self.run_handback("notice", "approve", "1.1")
        self.run_handback("notice", "send", "1.1", status=None)
        page = b.go("/incident/1/round/1")
        self.assertIn("The letters cost about $2.00", page.text)
        self.assertIn("count as not gone out", page.text)
        pdf = page.link("letters-001.pdf")
        self.assertIn(b"customer_ref", b.file(page.link("letters.csv"))[1])
        kind, content = b.file(pdf)
        self.assertEqual((kind, content[:5]), ("application/pdf", b"%PDF-"))
        for wrong in ("letters-1x.pdf", "..%2Fhandback.db", "A.eml", "letters-002.pdf"):
            self.assertEqual(b.go(f"/incident/1/round/1/letters/{wrong}").status, 404, wrong)
        b.go("/incident/1/round/1")
        page = b.send("/incident/1/round/1/do")            # the first such form: take back
        self.assertIn("This round was taken back", page.text)
        self.assertEqual(b.ask(pdf).status, 404)

    def test_who_is_not_reached_is_shown_by_name_to_those_who_may(self):
        b = self.browser
        self.run_handback("notice", "draft", "1", key=False)
        self.run_handback("notice", "approve", "1.1")
        page = b.go("/incident/1/round/1/state/queued")
        self.assertNotIn("Cal Cole", page.source)
        page = b.send("/incident/1/round/1/state/queued", passphrase="not the passphrase")
        self.assertIn("That is not the passphrase", page.text)
        page = b.send("/incident/1/round/1/state/queued", passphrase=PASSPHRASE)
        self.assertIn("Cal Cole", page.text)
        self.assertIn("tel:2025550101", page.link("(202) 555-0101"))
        self.assertIn("Contacts were looked at", b.go("/log").text)
        page = b.go("/incident/1/round/1/state/unreachable?names=yes")
        b.send("/incident/1/round/1/do", do="visited")
        self.assertIn("Nobody is here any more", b.page.text)
        self.assertEqual([r["channel"] for r in self.json("notice", "status", "1.1", key=False, status=None).rows if r["customer_ref"] == "D"], ["in-person"])

    def test_a_customer_is_masked_until_the_passphrase_then_corrected_handed_out_and_forgotten(self):
        b = self.browser
        b.go("/customers")
        page = b.send("/customers", who="A")
        page = b.follow("A")
        self.assertIn("are sealed", page.text)
        self.assertNotIn("Ann Ames", page.source)
        self.assertIn("Card reader: R-1", b.follow("Whose hands").text)
        b.go("/customer/A")
        page = b.send("/customer/A", passphrase=PASSPHRASE)
        self.assertIn("Ann Ames", page.text)
        self.assertIn("1 Mill St", page.text)
        page = b.send("/customer/A/correct", email="annabel@example.com", passphrase=PASSPHRASE)
        b.go("/customers")
        fields = {"who": "annabel@example.com", "passphrase": PASSPHRASE}
        page = b.send("/customers", **fields)
        self.assertEqual(b.page.link("A"), "/customer/A")
        b.go("/customers")
        self.assertIn("Nobody is found", b.send("/customers", who="nobody@example.com", passphrase=PASSPHRASE).text)
        b.go("/customer/A")
        csrf = dict(b.page.forms[-1]["fields"])["csrf"]
        page = b.ask("/customer/A/export", f"csrf={csrf}&passphrase={PASSPHRASE}".replace(" ", "+").encode())
        self.assertEqual(json.loads(page.source)["customer_ref"], "A")
        page = b.ask("/customer/A/forget", f"csrf={csrf}&reason=asked&passphrase={PASSPHRASE}".replace(" ", "+").encode())
        self.assertIn("Not yet", page.text)
        self.run_handback("incident", "close", "1", key=False, status=None)
        page = b.ask("/customer/A/forget", f"csrf={csrf}&reason=asked&passphrase={PASSPHRASE}".replace(" ", "+").encode())
        self.assertIn("was forgotten", page.text)
        self.assertNotIn("was forgotten", b.send("/customer/A/forget").text)      # a new wish

    def test_holders_settings_and_log(self):
        b = self.browser
        page = b.go("/map")
        self.assertIn("R-1", page.text)
        b.send("/map/holder", sort="service", name="Mailer", holder_keeps="90d")
        self.assertIn("90 days", b.page.text)
        page = b.send("/map/flow", **{"from": "reader:R-1", "to": "service:Mailer", "kinds": "name,email", "manner": "copies", "keeps": "1y"})
        self.assertIn("365 days", page.text)
        self.assertIn("There is a problem", b.send("/map/flow", **{"from": "reader:R-1", "to": "service:Mailer", "kinds": "shoes", "manner": "copies", "keeps": ""}).text)
        b.go("/settings")
        page = b.send("/settings", **{"letter-cost": "150", "business-phone": "(202) 555-0100"})
        self.assertIn("Kept.", page.text)
        self.assertEqual([r["value"] for r in self.json("set", "letter.cost", key=False).rows], ["150"])
        page = b.send("/settings", **{"letter-cost": "0"})
        self.assertIn("This number is too small or too large", page.text)
        self.assertTrue(page.title.startswith("Error: "))
        source = b.go("/settings").source
        self.assertRegex(source, r'<option value="US-NY" selected[^>]*>New York')
        self.assertRegex(source, r'<option value="America/New_York" selected[^>]*>Eastern time')
        self.run_handback("set", "timezone", "Europe/Berlin", key=False)                    # what is set elsewhere stands there, and stays
        b.go("/settings")
        b.send("/settings", **{"letter-cost": "150"})
        self.assertEqual([r["value"] for r in self.json("set", "timezone", key=False).rows], ["Europe/Berlin"])
        self.run_handback("set", "timezone", "America/New_York", key=False)
        b.go("/settings")
        # all or nothing: each wrong one is told, and the right one beside them is not kept
        page = b.send("/settings", **{"letter-cost": "160", "region": "US-XX", "timezone": "x"})
        self.assertIn('no region "US-XX"', page.text)
        self.assertIn("no time zone", page.text)
        self.assertEqual([r["value"] for r in self.json("set", "letter.cost", key=False).rows], ["150"])
        page = b.go("/log")
        self.assertIn("A setting was changed", page.text)
        self.assertIn("An incident was opened", page.text)
        self.assertIn("which what one letter costs you in cents", page.text)      # words, no numbers that only the log understands
        self.assertRegex(page.text, r"A holder was added \S* ?sort Card reader, holder R-1|A holder was added .* holder R-1")
        self.assertNotRegex(page.text, r"\bkinds \d|\bslots? \d|[a-z] -?\d{9,}")
        self.assertIn("Owner", page.text)
        with open(f"{SOURCE}/src/face/desk/logbook.c", encoding="utf-8") as f:
            words = set(re.findall(r'\{ "([a-z_.]+)", say', f.read()))
        with open(f"{SOURCE}/src/face/desk/logbook.c", encoding="utf-8") as f:
            facts = set(re.findall(r'\{ (?:NULL|"[a-z]+\."), "([a-z_]+)", [A-Z]+', f.read())) | {"who"}
        for path in glob.glob(f"{SOURCE}/src/**/*.c", recursive=True):
            with open(path, encoding="utf-8") as f:
                text = f.read()
            said = set(re.findall(r'log_add\([^;"]*"([a-z]+\.[a-z_.]+)"', text))
            told = {name for call in re.findall(r'log_add\([^;]*ABOUT\(([^;]*);', text) for name in re.findall(r'\{ "([a-z_]+)",', call)}
            self.assertLessEqual(told if not path.endswith("_test.c") else set(), facts, path)
            self.assertLessEqual(said if not path.endswith("_test.c") else set(), words, path)
        self.assertNotIn("Ann", page.source)
        self.assertEqual(os.listdir(os.path.join(self.data, "outbox")), [])


if __name__ == "__main__":
    tell()
