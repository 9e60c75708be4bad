"""desk_import: a file is looked at before it is kept, then imported by a job that goes on without the page."""
import os
import time

from browser import Browser, DeskStory
from desk_incident import CUSTOMERS, TOUCHES
from story import PASSPHRASE, tell


class Import(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.desk()

    def done(self, page):
        for _ in range(100):
            if "At work" not in page.heading:
                return page
            self.assertEqual(page.source.count('http-equiv="refresh"'), 1)
            time.sleep(0.1)
            page = self.browser.go(page.url)
        self.fail(page.text)

    def test_look_then_keep_then_take_back(self):
        b = self.browser
        page = b.go("/")
        self.assertIn("Bring in what your payment service exports", page.text)
        b.go("/import")
        self.assertIn("Choose a file first", b.send("/import", files={}).text)
        for workbook in (b"PK\x03\x04" + bytes(40) + b"xl/workbook.xml", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + bytes(504)):
            page = b.send("/import", files={"file": ("customers.xlsx", workbook)})
            self.assertIn("customers.xlsx is a workbook of Excel or the like", page.text)
            self.assertIn("Save as", page.text)
            b.go("/import")
        page = b.send("/import", files={"file": ("my <customers>.csv", CUSTOMERS.encode() + b"E,4111 1111 1111 1111,e@example.com,,,,,,\n")})
        self.assertEqual(page.status, 200, page.text)
        for words in ("my <customers>.csv", "Our own list of customers", "Rows 4 rows", "Understood 4 rows", "Refused 0 rows", "A card number in 1 cell", "Row 5, column name",
                      "name A… A…", "e-mail address a…@e…", "phone number …01", "address M…, NY", "postal_code postal code"):
            self.assertIn(words, page.text)
        for whole in ("4111 ", "Ann", "ann@", "555-01", "Mill St"):
            self.assertNotIn(whole, page.source)
        self.assertEqual(self.json("import", "list", key=False).rows, [])
        page = b.send("/import/keep", passphrase="not the passphrase")
        self.assertIn("That is not the passphrase", page.text)
        self.assertIn("name A… A…", page.text)
        page = self.done(b.send("/import/keep", passphrase=PASSPHRASE))
        self.assertEqual(page.heading, "Done", page.text)
        rows = self.json("import", "list", key=False).rows
        self.assertEqual([(r["file"], r["new"], r["masked"], r["complete"]) for r in rows], [("my <customers>.csv", 4, 1, True)])
        b.go("/import")
        page = b.send("/import", files={"file": ("touches.csv", TOUCHES.encode() + b"tomorrow,A,R-1,card_number\n")})
        for words in ("Our own list of payments", "Rows 6 rows", "Understood 5 rows 4 payments name their customer 1 payment names nobody", "Refused 1 row",
                      "December 1, 2025 to December 3, 2025", "Row 7: the date can't be read", "When it was December 1, 2025, 08:00", "what took the payment R-1", "Whose it is The row does not say",
                      "What came in name, card number", "data_kinds what information came in"):
            self.assertIn(words, page.text)
        b.go("/import")
        b.send("/import", files={"file": ("touches.csv", TOUCHES.encode())})
        page = b.page
        self.done(b.send("/import/keep", passphrase=PASSPHRASE))
        page = b.go("/import")
        self.assertIn("touches.csv", page.text)
        page = b.go("/import/undo/2")
        self.assertIn("No open incident looks at what it brought", page.text)
        page = self.done(b.send("/import/undo/2", passphrase=PASSPHRASE))
        self.assertIn("No open incident looks at what import 2 brought", page.text)
        self.assertIn("Taken back", b.go("/import").text)

    def test_refused_rows_are_fetched_masked(self):
        b = self.browser
        b.go("/import")
        rows = CUSTOMERS.encode() + b",4929 4212 3460 0821,nobody@example.com,,,,,,\nE,=1+1,e@example.com,,,,,,\n"
        b.send("/import", files={"file": ("customers.csv", rows)})
        page = self.done(b.send("/import/keep", passphrase=PASSPHRASE))
        self.assertIn("Some rows were refused", page.text)
        where = page.link("The refused rows")
        said = b.ask(where)
        self.assertEqual(said.status, 200)
        self.assertEqual(said.headers["Content-Type"], "text/csv; charset=utf-8")
        self.assertIn("attachment", said.headers["Content-Disposition"])
        self.assertIn("row,reason,cells", said.source)
        self.assertIn("nobody@example.com", said.source)
        self.assertNotIn("4929", said.source)
        self.assertEqual(said.source.count("\n"), 2)
        self.assertEqual(b.ask("/import/refused/99").status, 404)
        # the command line's file is the same
        self.json("import", self.file("again.csv", rows), "--refused", os.path.join(self.tmp, "why.csv"), status=1)
        with open(os.path.join(self.tmp, "why.csv")) as f:
            self.assertEqual(f.read(), said.source)
        # another person has nothing to fetch
        self.run_handback("person", "add", "--name", "Mia", "--role", "manager")
        self.run_handback("vault", "slot", "add", "Mia", "--new-passphrase-file", self.file("mia", "a passphrase of the manager\n"))
        mia = Browser(b.base)
        mia.go("/sign-in")
        self.assertEqual(mia.send("/sign-in", name="Mia", passphrase="a passphrase of the manager").status, 200)
        self.assertEqual(mia.ask(where).status, 404)

    def test_what_is_no_export_is_said_so_and_a_key_is_good_for_nobody_else(self):
        b = self.browser
        b.go("/import")
        page = b.send("/import", files={"file": ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(200))})
        self.assertEqual(page.status, 422)
        self.assertIn("There is a problem", page.text)
        for content, why in ((b"", "This file is empty: nothing stands in it. Export it once more"), (None, "Choose a file first.")):
            b.go("/import")
            page = b.send("/import", files={"file": ("empty.csv" if content is not None else "", content or b"")})
            self.assertEqual((page.status, why in page.text), (422, True), page.text)
        page = b.send("/import", files={"file": ("touches.csv", TOUCHES.encode())})
        csrf = dict(page.forms[-1]["fields"])["csrf"]
        page = b.ask("/import/keep", f"csrf={csrf}&key={'0' * 32}&passphrase={PASSPHRASE}".replace(" ", "+").encode())
        self.assertIn("no longer in memory", page.text)
        self.assertEqual(self.json("import", "list", key=False).rows, [])


if __name__ == "__main__":
    tell()
