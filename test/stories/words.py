"""What stands in a notice before it goes out: numbers on how it reads, and sentences that the exposure contradicts, which keep it from being approved."""
from browser import DeskStory
from desk_incident import CUSTOMERS, TOUCHES
from story import PASSPHRASE, tell

OWN = """# Notice of Data Breach

{{ greeting }}

%s

## What Happened
{{ window }} {{ yours }}

## What Information Was Involved
{{ kinds }}

## What We Are Doing
We took the reader away.

## What You Can Do
{{ advice }}

## For More Information
{{ call }}

{{ bureaus }}
"""


class Words(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.run_handback("import", self.file("customers.csv", CUSTOMERS), self.file("touches.csv", TOUCHES))
        self.run_handback("set", "business.phone", "(202) 555-0100")
        self.run_handback("incident", "open", "--title", "A skimmer on R-1", "--holder", "reader:*", "--from", "2025-12-01", "--to", "2025-12-04", "--only", "passing")

    def untrue(self, **kw):
        return {r["sentence"]: r for r in self.json("notice", "check", "1.1", **kw).rows if r["what"] == "untrue"}

    def test_what_the_exposure_contradicts_is_not_approved(self):
        self.assertIn("sentences", self.run_handback("notice", "draft", "1").out)
        self.assertEqual(self.untrue(status=0), {})                         # ours is true, and reads well
        numbers = [r for r in self.json("notice", "check", "1.1", key=False).rows if r["what"] == "numbers"]
        self.assertEqual([r["language"] for r in numbers], ["en", "es"])
        for r in numbers:
            self.assertLess(r["average"], 15)
            self.assertEqual((r["long"], r["hedging"], r["jargon"]), (0, 0, 0), r)
        # the owner's own words
        own = self.file("own.txt", OWN % "No card data was taken. Your information may have been accessed. We take your security seriously.")
        said = self.run_handback("notice", "text", "1.1", "--text", own, status=1)
        self.assertIn('Untrue: "No card data was taken."', said.err)
        self.assertIn("1 hedge", said.out)
        row = self.untrue(status=1)["No card data was taken."]
        self.assertEqual((row["rule"], row["words"]), ("card", "No card data"))
        self.assertTrue(row["why"] and row["instead"])
        self.assertEqual([r["rule"] for r in self.json("notice", "check", "1.1", status=1).rows if r["what"] == "brags"], ["take_seriously"])
        said = self.run_handback("notice", "approve", "1.1", status=3)
        self.assertIn('"No card data was taken." can\'t go out', said.err)
        self.assertEqual({r["state"] for r in self.json("notice", "status", "1.1", key=False, status=None).rows}, {"drafted"})
        # the page says so, and offers no approval
        self.desk()
        b = self.browser
        page = b.go("/incident/1/round/1")
        for words in ("Not true: No card data was taken.", "It can't be approved so", "may have been accessed", "This boasts:"):
            self.assertIn(words, page.text)
        self.assertFalse([f for f in page.forms if f["action"].endswith("/approve")])
        csrf = dict(page.forms[0]["fields"])["csrf"]
        page = b.ask("/incident/1/round/1/approve", f"csrf={csrf}&number=4&passphrase={PASSPHRASE}".replace(" ", "+").encode())
        self.assertEqual(page.status, 422)
        self.assertIn("can't go out", page.text)
        # told rightly, it goes
        b.follow("Change the words")
        page = b.send("/incident/1/round/1/text", en=OWN % "Your card number was at risk.", es="")
        self.assertNotIn("Not true", page.text)
        page = b.send("/incident/1/round/1/approve", number="4", passphrase=PASSPHRASE)
        self.assertIn("Nothing goes out before", page.text)

    def test_what_happened_and_what_is_done_are_looked_at_too(self):
        self.run_handback("set", "notice.doing", "We have no evidence that anybody used it")
        said = self.run_handback("notice", "draft", "1", status=1)
        self.assertIn("no evidence", said.err)
        self.run_handback("notice", "approve", "1.1", status=3)


tell()
