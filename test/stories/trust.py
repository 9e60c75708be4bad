"""What a business may say about itself: only what is true today, gone by itself when it is not; the page, its versions, the card, and the desk's page."""
import os
import re
import sqlite3
import subprocess
import time
import unittest
from contextlib import closing

from browser import DeskStory
from story import scanned, tell

LATER = "2026-12-20T12:00:00Z"
NOW = "2026-11-27T12:00:00Z"


class Trust(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.at = NOW
        self.do("import", self.file("t.csv", "touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n"
                                    "2026-03-01T10:00:00Z,A-1,Van 2 reader,Square,,,card_number|name|phone,T-1\n"))
        self.do("import", self.file("c.csv", "customer_ref,name,email\nA-1,June Marsh,june@example.com\n"))

    def do(self, *args, status=0):
        return self.run_handback(*args, status=status, env={"HANDBACK_NOW": self.at})

    def sql(self, statement):
        with closing(sqlite3.connect(os.path.join(self.data, "handback.db"))) as db:
            db.execute(statement)
            db.commit()

    def claims(self):
        return {r["claim"]: r for r in self.json("trust", "claims", key=False, status=None, env={"HANDBACK_NOW": self.at}).rows}

    def page(self, language=""):
        self.do("trust", "page", os.path.join(self.tmp, "site"))
        with open(os.path.join(self.tmp, "site", "trust", f"index{language}.html"), encoding="utf-8") as f:
            return f.read()

    def test_only_what_is_true_is_said(self):
        self.assertEqual({r["state"] for r in self.claims().values() if r["kind"] == "fact"}, {"lapsed"})
        self.assertIn("nobody has looked", self.do("trust", "choose", "readers", status=3).err)
        self.do("trust", "choose", "nonsense", status=3)
        self.do("set", "business.phone", "(202) 555-0100")
        self.do("set", "mail.from", "care@fernwood.example.com")
        self.do("reader", "inspect", "Van 2 reader")
        self.do("service", "set", "Square")
        os.mkdir(os.path.join(self.tmp, "papers"))
        self.file("papers/a.txt", "nothing here\n")
        self.do("find", os.path.join(self.tmp, "papers"), "--holder", "computer:Office PC", status=None)
        for name in ("readers", "services", "searched", "tell"):
            self.assertEqual(self.claims()[name]["state"], "true", name)
            self.do("trust", "choose", name)
        page = self.page()
        # by whom: first names, where everybody who looked has one
        self.assertIn("since November 27, 2026. We", self.claims()["readers"]["say"])
        self.do("reader", "inspect", "Van 2 reader", "--by", "Ana Gomez")
        self.assertIn("since November 27, 2026, by Ana. We", self.claims()["readers"]["say"])
        self.assertIn("lectores de tarjetas, por Ana. Buscamos", self.page(".es"))
        # what does not rest here, by the map and the search together
        self.assertEqual(self.claims()["absent"]["say"], "We do not keep your card number, the security code of your card, your Social Security number or your bank account number. "
                         "We searched our computers for that on November 27, 2026 and know of none there.")
        self.do("trust", "choose", "absent")
        self.assertIn("su número de Seguro Social ni su número de cuenta bancaria. Lo buscamos en nuestras computadoras", self.page(".es"))
        self.do("holder", "add", "paper:Order forms", "--keeps", "bank_account=30d")
        self.assertNotIn("bank account", self.claims()["absent"]["say"])
        self.do("holder", "add", "computer:Office PC")
        self.do("flow", "add", "--from", "service:Square", "--to", "computer:Office PC", "--kinds", "card_number")
        self.assertNotIn("your card number", self.claims()["absent"]["say"])
        self.do("flow", "close", "2")
        page = self.page()
        for words in ("November 27, 2026", "every card reader", "our computers", "Square", "There is no open notice", "555\u20110100", "your name and your e-mail address"):
            self.assertIn(words, page)
        self.assertNotIn("health", page)
        self.assertIn("27 de noviembre de 2026", self.page(".es"))
        # small, by itself, and nothing in it that a browser runs or fetches elsewhere
        self.assertLess(len(page.encode()), 30000)
        self.assertEqual(re.findall(r'(?:src|href)="(?!tel:|mailto:)([^"]*)"', page), ["trust.css", "index.es.html"])
        self.assertEqual(re.findall(r"<script[^>]*>", page), ['<script type="application/ld+json">'])
        self.assertNotIn("style=", page)
        with open(os.path.join(self.tmp, "site", ".well-known", "security.txt")) as f:
            self.assertRegex(f.read(), r"Contact: mailto:care@fernwood.example.com\nContact: tel:\+12025550100\nExpires: 2027-02-25T00:00:00Z\n")

        # a card number that was found, an open incident, and time: each takes what it touches off the page
        self.file("papers/b.txt", "Visa 4539 6120 8374 5913 exp 12/27\n")
        self.do("find", os.path.join(self.tmp, "papers"), "--holder", "computer:Office PC", status=None)
        self.assertEqual(self.claims()["searched"]["state"], "lapsed")
        self.assertNotIn("your card number", self.claims()["absent"]["say"])
        self.assertNotIn("for card numbers", self.page())
        self.do("incident", "open", "--title", "A skimmer", "--holder", "reader:Van 2 reader", "--from", "2026-02-28", "--to", "2026-03-02", "--only", "passing")
        self.assertEqual(self.claims()["readers"]["state"], "held")
        page = self.page()
        self.assertNotIn("every card reader", page)
        self.assertIn("There is no open notice", page)                     # nobody was told yet: the page does not tell before
        self.do("incident", "close", "1", status=1)
        self.assertIn("every card reader", self.page())
        self.at = LATER
        self.assertEqual(self.claims()["readers"]["state"], "lapsed")
        self.assertNotIn("every card reader", self.page())

        # what was said when
        first = self.json("trust", "versions", "--at", "2026-11-27", key=False).row
        self.assertIn("every card reader", first["text"])
        self.assertRegex(first["rests_on"], r"readers: reader \d+ looked 2026-11-27T12:00:00Z")
        self.assertNotIn("every card reader", self.json("trust", "versions", "--at", "2026-12-20", key=False).row["text"])
        self.assertIn("Nothing was said", self.run_handback("trust", "versions", "--at", "2020-01-01", key=False, status=3).err)
        versions = len(self.json("trust", "versions", key=False).rows)
        self.page()
        self.assertEqual(len(self.json("trust", "versions", key=False).rows), versions)       # the same again is none
        self.assertIn(" trust.said person=1 version=1 text=", self.run_handback("log", key=False).out)

    def test_practice_retention_and_the_second_step(self):
        """Each rests on what was done, goes when that is too old or is no longer so, and comes back by itself."""
        for name in ("drill", "retention", "second"):
            self.assertEqual(self.claims()[name]["state"], "lapsed", name)
        self.do("holder", "add", "paper:Job sheets", "--keeps", "name=30d")
        self.assertEqual(self.claims()["retention"]["state"], "lapsed")    # told, and nothing was deleted
        self.do("holder", "emptied", "paper:Job sheets", "--at", "2026-11-20T12:00:00Z")
        self.do("access", "add", "Ana", "Square", "--second", "no")
        self.do("access", "look", "--all")
        self.assertEqual(self.claims()["second"]["state"], "lapsed")
        self.do("access", "add", "Ana", "Square", "--second", "yes")
        self.sql("INSERT INTO drill (business, id, story, holder, begins, ends, told, opened, seen, drafted, approved, customers, person) "
                 "VALUES (1, 1, 'skimmer', 'Van 2 reader', 1, 2, 1764000000, 1764000100, 1764000150, 1764000200, 1791043200, 3, 1)")
        for name, says in (("drill", "on October 3, 2026"), ("retention", "In our papers we keep your information no longer than 30 days. We last deleted what was there on November 20, 2026."),
                           ("second", "a second step. We last looked on November 27, 2026.")):
            self.assertEqual(self.claims()[name]["state"], "true", name)
            self.do("trust", "choose", name)
            self.assertIn(says, self.page())
        self.assertIn("3 de octubre de 2026", self.page(".es"))
        # a second sheaf of papers that nobody deletes: nothing is said of papers any more
        self.do("holder", "add", "paper:Old forms")
        self.assertEqual(self.claims()["retention"]["state"], "lapsed")
        self.do("holder", "close", "paper:Old forms")
        self.assertEqual(self.claims()["retention"]["state"], "true")
        # an open incident that touches what it speaks of
        self.do("incident", "open", "--title", "Square was broken into", "--holder", "service:Square", "--from", "2026-02-28", "--to", "2026-03-02")
        self.assertEqual(self.claims()["second"]["state"], "held")
        self.do("incident", "close", "1", status=None)
        # one who has none; and time
        self.do("access", "add", "Ana", "Square", "--second", "no")
        self.assertEqual(self.claims()["second"]["state"], "lapsed")
        self.at = "2026-12-20T12:00:00Z"                                   # thirty days after the deletion
        self.assertEqual(self.claims()["retention"]["state"], "lapsed")
        self.assertEqual(self.claims()["drill"]["state"], "true")
        self.at = "2027-10-04T12:00:00Z"
        self.assertEqual(self.claims()["drill"]["state"], "lapsed")
        self.assertNotIn("practised", self.page())

    def test_own_words_do_not_brag(self):
        fine = "Le devolvemos la tarjeta al momento."
        for text in ("Your data is 100% secure.", "We use bank-grade encryption.", "We are PCI certified.", "Nadie puede hackearnos."):
            self.do("trust", "say", text, "--spanish", fine, status=2)
        for text in ("Somos imposibles de hackear y nadie puede entrar.", "Cumplimos con PCI.", "Your data is 100% secure."):
            self.do("trust", "say", "We hand your card back at once.", "--spanish", text, status=2)
        self.do("trust", "say", "We hand your card back at once.", status=2)          # each sentence stands in both languages
        self.do("trust", "say", "x" * 301, "--spanish", fine, status=3)
        self.do("trust", "say", "We hand your card <b>back</b> at once.", "--spanish", "Le devolvemos la tarjeta al momento.")
        page = self.page()
        self.assertIn("We hand your card &lt;b&gt;back&lt;/b&gt; at once.", page)
        self.assertIn("Le devolvemos la tarjeta", self.page(".es"))
        self.do("trust", "drop", "own-1")
        self.assertNotIn("We hand your card", self.page())

    def test_the_card_and_the_public_files(self):
        self.do("set", "business.phone", "(202) 555-0100")
        card = os.path.join(self.tmp, "card.pdf")
        self.assertIn("public.url", self.do("trust", "card", card, status=3).err)
        self.do("set", "public.url", "https://notice.example.com")
        self.assertIn("Choose first", self.do("trust", "card", card, status=3).err)
        self.do("reader", "inspect", "Van 2 reader")
        for name in ("readers", "tell", "ask", "never_ask"):
            self.do("trust", "choose", name)
        self.do("trust", "card", card, "--language", "es")
        out = subprocess.run(["pdfinfo", card], capture_output=True, text=True).stdout
        self.assertRegex(out, r"Page size: +419\.\d+ x 595\.\d+")
        said = subprocess.run(["pdftotext", card, "-"], capture_output=True, text=True).stdout
        for words in ("Fernwood Plumbing", "notice.example.com/trust/", "lectores de tarjetas", "primero por nosotros", "pedir que lo borremos", "no pedimos números de tarjeta", "Impreso el 27 de noviembre de 2026"):
            self.assertIn(words, said.replace("\n", " "))
        self.assertEqual(scanned(card), "https://notice.example.com/trust/")
        self.assertEqual(said.count("555"), 3, said)                        # in two sentences, and large, as whom to call
        self.do("trust", "drop", "readers")
        os.remove(card)
        self.do("trust", "card", card)
        self.assertNotIn("card reader", subprocess.run(["pdftotext", card, "-"], capture_output=True, text=True).stdout)
        self.do("trust", "page")
        self.assertTrue(os.path.exists(os.path.join(self.data, "pages", "all", "trust", "index.html")))

    def test_on_the_desk(self):
        self.do("set", "business.phone", "(202) 555-0100")
        b = self.desk()
        self.assertIn("hear it from us first", b.go("/trust").text)
        self.assertIn("hear it from us first", b.send("/trust", claim="tell", do="choose").text)
        page = b.go("/trust/index.html")
        self.assertIn("hear it from us first", page.text)
        self.assertEqual(b.file("/trust/trust.css")[0], "text/css; charset=utf-8")
        b.go("/trust")
        self.assertIn("100% secure", b.send("/trust", do="say", text="You are 100% secure with us.", spanish="Le devolvemos la tarjeta.", claim=None).text)
        b.go("/trust")
        b.send("/trust", do="put")
        for _ in range(100):                                               # the courier writes it
            if "public files since" in b.go("/trust").text:
                break
            time.sleep(0.1)
        self.assertIn("public files since", b.page.text)
        self.assertTrue(os.path.exists(os.path.join(self.data, "pages", "all", "trust", "index.html")))
        self.assertIn("hear it from us first", b.go("/trust/versions").text)
        # the log's page: what to keep elsewhere, and comparing it
        b.go("/log")
        note = b.file("/log/checkpoint.txt")[1].decode()
        self.assertIn("are the same", b.send("/log", note=note).text)
        lines = note.split("\n")
        lines[1] = str(int(lines[1]) - 1)
        self.assertIn("was changed after it was signed", b.send("/log", note="\n".join(lines)).text)
        self.assertEqual(b.file("/log/checkpoint.pdf")[1][:4], b"%PDF")


if __name__ == "__main__":
    tell()
