"""What stands in a notice before it goes out: numbers on how it reads, and sentences that the exposure contradicts, which keep it from being approved."""
from browser import DeskStory
from desk_incident import CUSTOMERS, TOUCHES
from story import PASSPHRASE, tell

OWN = """# Notice of Data Breach

{{ date }}

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

{{ business }}
"""

PLACES = """customer_ref,name,email,region,country,language
N,Ann Ames,ann@example.com,US-NY,US,en
C,Bea Boyd,bea@example.com,US-CA,US,en
M,Cal Cole,cal@example.com,US-MA,US,es
R,Dee Dunn,dee@example.com,US-RI,US,en
"""
PAID = "touched_at,customer_ref,reader,data_kinds\n" + "".join(f"2025-12-0{i + 1}T10:00:00-05:00,{who},R-9,card_number|name\n" for i, who in enumerate("NCMR")) + "2025-12-05T10:00:00-05:00,,R-9,card_number\n"


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

    def test_letters_have_what_the_law_of_each_place_wants(self):
        self.run_handback("import", self.file("places.csv", PLACES), self.file("paid.csv", PAID))
        self.run_handback("incident", "open", "--title", "A skimmer sat on R-9", "--holder", "reader:R-9", "--from", "2025-12-01", "--to", "2025-12-05", "--only", "passing")
        self.run_handback("notice", "draft", "2")
        law = lambda **kw: {(r["code"], r["rule"]): r for r in self.json("notice", "check", "2.1", **kw).rows if r["what"] == "law"}
        # an e-mail counts in some places only from who agreed to it: that is said until the owner says whether they did
        self.assertEqual({k[0] for k in law(status=0) if k[1] == "email_consent"}, {"US-NY", "US-CA", "US-MA", "US-RI"})
        said = [line for line in self.run_handback("notice", "check", "2.1").out.splitlines() if "There an e-mail counts" in line]           # said once a language, the first citations alone
        self.assertEqual(len(said), 2)
        self.assertTrue(any("3 customers" in line and line.endswith("; +1)") for line in said), said)
        self.run_handback("set", "notice.email-consent", "maybe", status=2)
        self.run_handback("set", "notice.email-consent", "yes")
        self.assertEqual(set(law(status=0)), {("US-MA", "parent_company_name"), ("US-MA", "mitigation_services"), ("US-RI", "remediation_services"),
                                               ("US-NY", "office_with")})     # ours has it all; a program can't tell who owns the business
        preview = lambda who: self.json("notice", "preview", "2.1", "--customer", who).row["text"]
        self.assertIn("A skimmer sat on R-9.", preview("N"))
        self.assertNotIn("R-9", preview("M"))
        self.assertIn("informe policial", preview("M"))
        self.assertIn("The Attorney General of Rhode Island", preview("R"))
        self.assertIn("People affected: 4.", preview("R"))
        # an own text lacks what only some of them are owed, and may not tell Massachusetts how it happened
        own = OWN.replace("{{ bureaus }}\n\n", "").replace("{{ date }}\n\n", "")
        said = self.run_handback("notice", "text", "2.1", "--text", self.file("own.txt", own % "Somebody put a skimmer on our reader."), status=1)
        self.assertIn("California (1 customer, in English)", said.err)
        lack = law(status=1)
        self.assertEqual({k for k in lack if k[0] == "US-CA"}, {("US-CA", "notice_date"), ("US-CA", "law_enforcement_delay")})
        self.assertEqual({k for k in lack if k[0] == "US-MA"}, {("US-MA", "parent_company_name"), ("US-MA", "mitigation_services")})    # they read ours
        self.assertIn(("US-RI", "freeze_info"), lack)
        for r in lack.values():
            self.assertTrue(r["instead"] and r["citation"], r)
        said = self.run_handback("notice", "approve", "2.1", status=3)
        self.assertIn("can't go out so", said.err)
        self.assertNotIn("skimmer", preview("M"))
        self.assertIn("Somebody put a skimmer", preview("N"))
        # a text of their own for them is looked at as well
        mine = "%% en\n" + OWN % "Somebody put a skimmer on our reader." + "\n%% en.US-MA\n" + OWN % "Somebody put a skimmer on our reader."
        self.run_handback("notice", "text", "2.1", "--text", self.file("own.txt", mine), status=1)
        self.assertEqual(law(status=1)["US-MA", "must_not_state_nature_of_breach"]["sentence"], "Somebody put a skimmer on our reader.")
        self.desk()
        page = self.browser.go("/incident/2/round/1")
        self.assertIn("may not say how it happened", page.text)
        self.assertIn("It can't be approved so", page.text)
        mine = mine.rsplit("Somebody put a skimmer on our reader.", 1)
        self.run_handback("notice", "text", "2.1", "--text", self.file("own.txt", "We are sorry.".join(mine)))
        self.run_handback("notice", "approve", "2.1")
        # Vermont wants a number, too: the letter has it, and only the name lacks
        self.run_handback("import", self.file("vt.csv", PLACES.splitlines()[0] + "\nV,Vic Vale,vic@example.com,US-VT,US,en\n"), self.file("vtpaid.csv", "touched_at,customer_ref,reader,data_kinds\n2025-12-01T10:00:00-05:00,V,R-7,card_number|name\n"))
        self.run_handback("incident", "open", "--title", "A skimmer sat on R-7", "--holder", "reader:R-7", "--from", "2025-12-01", "--to", "2025-12-05", "--only", "passing")
        self.run_handback("set", "mail.from", "shop@example.com")
        self.run_handback("notice", "draft", "3")
        lacks = lambda text: {r["rule"]: r["instead"] for r in self.json("notice", "text", "3.1", "--text", self.file("vt.txt", text), status=None) and self.json("notice", "check", "3.1", status=None).rows if r["what"] == "law"}
        self.assertTrue(lacks(OWN.replace("{{ business }}", "Us") % "x").get("contact", "").startswith("Say who you are"))
        self.assertTrue(lacks(OWN.replace("{{ call }}", "Call us.") % "x").get("contact", "").startswith("Vermont wants a telephone number to call: {{ call }}"))
        # whom the law asks nothing for needs nothing: a pure list of e-mail addresses
        self.assertEqual(law(), {k: r for k, r in law().items() if not r["stops"]})

    def test_offices_and_partners_are_told_and_the_obligation_is_met(self):
        now = {"HANDBACK_NOW": "2025-12-08T12:00:00Z"}
        self.run_handback("import", self.file("places.csv", PLACES), self.file("paid.csv", PAID))
        self.run_handback("incident", "open", "--title", "A skimmer sat on R-9", "--holder", "reader:R-9", "--from", "2025-12-01", "--to", "2025-12-05", "--discovered", "2025-12-07", "--only", "passing", env=now)
        self.run_handback("notice", "draft", "2", env=now)
        there = {(r["to"], r["code"]): r for r in self.json("filing", "list", "2", env=now).rows}
        self.assertEqual((there["cards", "acquirer"]["late"], there["regulator", "US-MA"]["late"], there["regulator", "US-MA"]["sent"]), (True, False, None))
        self.assertNotIn(("people", "US-NY"), there)
        row = self.json("filing", "make", "2", "--to", "regulator", "--code", "US-MA", env=now).row
        for words in ("Mass. Gen. Laws ch. 93H", "A skimmer sat on R-9", "People affected in Massachusetts: 1", "Learned of it: December 7, 2025", "[TO FILL IN: name, position", "right to get a police report"):
            self.assertIn(words, row["text"])
        self.assertIn("Written information security program", row["to_fill_in"])
        self.assertNotIn("Cal Cole", row["text"])
        # the copy is what is sent: the skimmer kept nothing, a payment passed
        copy = self.json("filing", "make", "2", "--to", "regulator", "--code", "US-NY", env=now).row["text"]
        self.assertIn("Your information came there on December", copy)
        self.assertNotIn("kept there", copy)
        self.assertNotIn("Written information security program", self.json("filing", "make", "2", "--to", "regulator", "--code", "US-NY", env=now).row["to_fill_in"])
        self.run_handback("set", "notice.doing", "We took the reader away")
        self.run_handback("incident", "fact", "2", "--encrypted", "no", "--determined", "2025-12-08", env=now)
        pdf = f"{self.tmp}/acquirer.pdf"
        row = self.json("filing", "make", "2", "--to", "cards", "--code", "acquirer", "--language", "es", "--pdf", pdf, env=now).row
        self.assertIn("Qué hacemos: We took the reader away", row["text"])
        self.assertIn("(y además pagos que no nombran a nadie: 1)", row["text"])
        self.assertIn("People affected in all: 4 (and besides, payments that name nobody: 1)", self.json("filing", "make", "2", "--to", "regulator", "--code", "US-NY", env=now).row["text"])
        with open(pdf, "rb") as f:
            self.assertEqual(f.read(5), b"%PDF-")
        self.assertIn("obliges to nothing of that name", self.run_handback("filing", "make", "2", "--to", "regulator", "--code", "US-TX", status=3).err)
        self.assertIn("has not come yet", self.run_handback("filing", "sent", "2", "--to", "regulator", "--code", "US-NY", "--on", "2025-12-09", env=now, status=2).err)
        self.run_handback("filing", "sent", "2", "--to", "regulator", "--code", "US-NY", "--on", "2025-12-08", "--how", "web form", "--reference", "26-0417", env=now)
        # pages
        self.desk()
        b = self.browser
        page = b.go("/incident/2/obligations")
        self.assertIn("Sent December 8, 2025, web form", page.text)
        page = b.go("/incident/2/filing/cards/acquirer")
        for words in ("Your payment company (acquirer)", "Now", "To fill in Merchant number", "Handback sends nothing of this by itself"):
            self.assertIn(words, page.text)
        page = b.send("/incident/2/filing/cards/acquirer", how="by phone")
        self.assertIn("Sent on", page.text)
        kind, letter = b.file("/incident/2/filing/cards/acquirer/letter.pdf")
        self.assertEqual((kind, letter[:5]), ("application/pdf", b"%PDF-"))
        there = {(r["to"], r["code"]): r for r in self.json("filing", "list", "2").rows}
        self.assertEqual((there["cards", "acquirer"]["how"], there["regulator", "US-NY"]["reference"]), ("by phone", "26-0417"))
        page = b.send("/incident/2/filing/cards/acquirer")
        self.assertIn("When it is sent", page.text)
        self.assertEqual(b.go("/incident/2/filing/regulator/US-TX").status, 404)
        self.assertIn("An office or partner was told", b.go("/log").text)

    def test_what_happened_and_what_is_done_are_looked_at_too(self):
        self.run_handback("set", "notice.doing", "We have no evidence that anybody used it")
        said = self.run_handback("notice", "draft", "1", status=1)
        self.assertIn("no evidence", said.err)
        self.run_handback("notice", "approve", "1.1", status=3)


tell()
