"""desk_readers: on the phone: what readers there are, the half-minute look with its photo, and what follows when something is odd; the page for staff."""
import urllib.parse

from browser import Browser, DeskStory
from desk_incident import TOUCHES
from payment import ANSWERS
from story import PASSPHRASE, tell

JPEG = b"\xff\xd8\xff\xe0" + b"a photo of the back side" * 30000
LOOK = {"HANDBACK_NOW": "2025-12-02T18:00:00Z"}


class Readers(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.run_handback("import", self.file("touches.csv", TOUCHES))

    def test_a_look_with_a_photo(self):
        self.desk()
        b = self.browser
        page = b.go("/readers")
        self.assertIn("Nobody has looked at it yet", page.text)
        for none in ("/reader/1", "/reader/999", "/reader/x"):                    # Handback itself, nothing, no number
            self.assertIn("There is no such", b.go(none).text)
            self.assertEqual(b.page.status, 404)
        b.go("/readers")
        page = b.follow("R-1")
        self.assertIn("everybody who ever paid with it is in question: 3 customers and 1 payment that names nobody", page.text)
        here = page.url
        page = b.send(urllib.parse.urlparse(here).path, make="SumUp", model="Solo", serial="200101554", at="Van 2", **{"with": "Ana"}, every="3")
        for words in ("SumUp Solo", "200101554", "Van 2", "Ana", "every 3 days"):
            self.assertIn(words, page.text)
        page = b.follow("Look at it now")
        self.assertIn("200101554", page.text)
        self.assertIn("Nothing is in or over the card slot", page.text)
        look = urllib.parse.urlparse(page.url).path
        page = b.send(look, files={})
        self.assertIn("Say whether all was right", page.text)
        page = b.send(look, files={"photo": ("a.jpg", JPEG)}, all="yes", note="new sticker", passphrase="not the passphrase")
        self.assertIn("That is not the passphrase", page.text)
        self.assertEqual(self.json("reader", "show", "R-1", key=False).rows, [])
        page = b.send(look, files={"photo": ("a.jpg", JPEG)}, all="yes", note="new sticker", passphrase=PASSPHRASE)
        self.assertEqual(page.heading, "Card readers", page.text)
        self.assertIn("Fine", page.text)
        page = b.follow("R-1")
        self.assertIn("new sticker", page.text)
        photo = next(p for p in page.forms if "/photo/" in p["action"])
        self.assertEqual(b.file_by(photo), ("image/jpeg", JPEG))
        self.assertNotIn("entered later", page.text)
        self.run_handback("reader", "inspect", "R-1", "--by", "Ben", env=LOOK)
        self.run_handback("reader", "inspect", "R-1", "--by", "Ben", "--at", "2025-12-03")
        self.assertRegex(b.go(urllib.parse.urlparse(here).path).text, r"Ben\s+entered later, .*, by Owner")
        # a serial number that looks like a card's is not kept, and said so beside the field
        page = b.send(urllib.parse.urlparse(here).path, make="SumUp", model="Solo", serial="4111111111111111", at="Van 2", **{"with": "Ana"}, every="3")
        self.assertEqual(page.status, 422)
        self.assertIn("enter only its last 6 characters", page.text)
        self.assertEqual([r["serial"] for r in self.json("reader", "list", key=False).rows if r["reader"] == "R-1"], ["200101554"])
        # a new one by its name
        b.go("/readers")
        self.assertIn("There is a reader R-1 already", b.send("/readers", reader="r-1").text)
        self.assertEqual(b.send("/readers", reader="Counter").heading, "Counter")

    def test_something_odd_leads_to_an_incident_from_the_last_clean_look_on(self):
        self.run_handback("reader", "inspect", "R-1", "--by", "Ana", env=LOOK)
        self.desk()
        b = self.browser
        b.go("/readers")
        b.follow("R-1")
        page = b.follow("Look at it now")
        look = urllib.parse.urlparse(page.url).path
        self.assertIn("Tick what was not right", b.send(look, files={}, all="no").text)
        self.assertIn("Which is it?", b.send(look, files={}, all="yes", odd="slot").text)
        page = b.send(look, files={}, all="no", odd="slot")
        self.assertIn("Use this reader no more", page.text)
        self.assertIn("Not so: Nothing is in or over the card slot", page.text)
        page = b.follow("Open an incident")
        self.assertIn("When did it end?", page.text)
        b.send("/incident/new", to_unknown="yes")
        b.send("/incident/new", how="passing")
        page = b.send("/incident/new")
        self.assertIn("1 customer", page.text)               # B, the day after the look
        self.assertEqual(self.json("incident", "show", "1").row["from"], "2025-12-02T18:00:00Z")
        b.go("/readers")
        page = b.follow("R-1")
        page = b.send(urllib.parse.urlparse(page.url).path + "/settle", why="a torn sticker")
        self.assertNotIn("Use this reader no more", page.text)
        self.assertIn("Looked into: a torn sticker", page.text)
        # from the front door likewise: the day of the look is offered
        b.go("/incident/new")
        b.send("/incident/new", title="A skimmer on R-1")
        page = b.send("/incident/new", holder=["reader:R-1"])
        self.assertIn("The last look that found nothing was on December 2, 2025", page.text)
        self.assertEqual([dict(page.form("/incident/new")["fields"])[f"from-{part}"] for part in ("month", "day", "year")], ["12", "02", "2025"])

    def test_staff_who_find_something_odd_are_told_whom_to_tell_and_the_owner_sees_it_first(self):
        self.run_handback("person", "add", "--name", "Ana", "--role", "staff")
        self.run_handback("vault", "slot", "add", "Ana", "--new-passphrase-file", self.file("ana", "a passphrase of the staff\n"))
        self.run_handback("set", "business.phone", "(202) 555-0100")
        self.desk()
        ana = Browser(self.browser.base)
        ana.go("/sign-in")
        ana.send("/sign-in", name="Ana", passphrase="a passphrase of the staff")
        ana.go("/readers")
        ana.follow("R-1")
        page = ana.follow("Look at it now")
        page = ana.send(urllib.parse.urlparse(page.url).path, files={}, all="no", odd="slot")
        self.assertIn("Tell now: Owner, (202) 555-0100", " ".join(page.text.split()))
        self.assertNotIn("Open an incident", page.text)
        page = self.browser.go("/")
        self.assertIn("Something was odd about R-1.", page.text)
        self.assertIn("Open an incident", self.browser.follow("See what to do now").text)

    def test_the_page_for_staff_is_read_and_signed(self):
        self.run_handback("payment", "walk", "--answers", self.file("answers.txt", ANSWERS))
        self.run_handback("person", "add", "--name", "Ana", "--role", "staff")
        self.run_handback("vault", "slot", "add", "Ana", "--new-passphrase-file", self.file("ana", "a passphrase of the staff\n"))
        self.desk()
        ana = Browser(self.browser.base)
        ana.go("/sign-in")
        ana.send("/sign-in", name="Ana", passphrase="a passphrase of the staff")
        page = ana.go("/practice")
        self.assertIn("Please read and sign", page.text)
        page = ana.follow("Paying with the card reader")
        self.assertIn("hand the card back at once", page.text)
        page = ana.send("/practice/phone_reader")
        self.assertIn("You have signed this", page.text)
        self.assertEqual(self.json("practice", "list").row["signed"], ["Ana"])
        # the owner: for somebody who signed on paper; and in print
        b = self.browser
        b.go("/practice/phone_reader")
        self.assertIn("Who has signed", b.page.text)
        page = b.ask("/practice/phone_reader", f"csrf={dict(b.page.form('/practice/phone_reader')['fields'])['csrf']}&name=Ben".encode())
        self.assertEqual(self.json("practice", "list").row["due"], [])
        b.go("/practice/phone_reader")
        kind, pdf = b.file_by(b.page.form("/practice/phone_reader/print"), size="pocket", language="es")
        self.assertEqual((kind, pdf[:5]), ("application/pdf", b"%PDF-"))
        # another number to call: Ana is told what she signed, and the owner who signed which version
        self.run_handback("set", "business.phone", "(202) 555-0144")
        page = ana.go("/practice/phone_reader")
        self.assertIn("You signed version 1. Since then", page.text)
        self.assertRegex(page.text, r"Ben\s+.*, version 1, before it was changed")
        page = ana.send("/practice/phone_reader")
        self.assertRegex(page.text, r"Ana\s+[A-Z][a-z]+ \d+, \d+, version 2\s")
        self.assertNotIn("You signed version", page.text)

    def test_answers_that_another_tab_changed_are_not_put_on_the_map_unseen(self):
        self.run_handback("payment", "walk", "--answers", self.file("answers.txt", ANSWERS))
        self.run_handback("payment", "answer", "phone_reader.typed", "app")
        for reader in [r["reader"] for r in self.json("payment", "show", "--draft").rows if r["question"] == "left"]:
            self.run_handback("payment", "left", reader, "spare")
        self.desk()
        b = self.browser
        b.go("/payment/check")
        self.run_handback("payment", "answer", "phone_reader.night", "van")
        page = b.send("/payment/check")
        self.assertIn("The answers were changed meanwhile", page.text)
        self.assertNotIn("typed_app", [r["duty"] for r in self.json("practice", "show", "phone_reader").rows])
        page = b.send("/payment/check")
        self.assertEqual(page.heading, "How we are paid", page.text)
        self.assertIn("typed_app", [r["duty"] for r in self.json("practice", "show", "phone_reader").rows])


if __name__ == "__main__":
    tell()
