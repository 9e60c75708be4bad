"""desk_import: a file is looked at before it is kept, then imported by a job that goes on without the page."""
import time

from browser import DeskStory
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
        page = b.send("/import", files={"file": ("my <customers>.csv", CUSTOMERS.encode() + b"E,4111 1111 1111 1111,e@example.com,,,,,,\n")})
        self.assertEqual(page.status, 200, page.text)
        for words in ("my <customers>.csv", "taken as customers", "4 rows", "A card number was found in 1 cell"):
            self.assertIn(words, page.text)
        self.assertNotIn("4111", page.source)
        self.assertEqual(self.json("import", "list", key=False).rows, [])
        page = b.send("/import/keep", passphrase="not the passphrase")
        self.assertIn("That is not the passphrase", page.text)
        page = self.done(b.send("/import/keep", passphrase=PASSPHRASE))
        self.assertEqual(page.heading, "Done", page.text)
        rows = self.json("import", "list", key=False).rows
        self.assertEqual([(r["file"], r["new"], r["masked"], r["complete"]) for r in rows], [("my <customers>.csv", 4, 1, True)])
        b.go("/import")
        b.send("/import", files={"file": ("touches.csv", TOUCHES.encode())})
        self.done(b.send("/import/keep", passphrase=PASSPHRASE))
        page = b.go("/import")
        self.assertIn("touches.csv", page.text)
        csrf = dict(page.forms[-1]["fields"])["csrf"]
        page = b.ask("/import/undo", f"csrf={csrf}&import=2&passphrase={PASSPHRASE}".replace(" ", "+").encode())
        self.assertIn("Taken back", page.text)

    def test_what_is_no_export_is_said_so_and_a_key_is_good_for_nobody_else(self):
        b = self.browser
        b.go("/import")
        page = b.send("/import", files={"file": ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(200))})
        self.assertEqual(page.status, 422)
        self.assertIn("There is a problem", page.text)
        page = b.send("/import", files={"file": ("touches.csv", TOUCHES.encode())})
        csrf = dict(page.forms[-1]["fields"])["csrf"]
        page = b.ask("/import/keep", f"csrf={csrf}&key={'0' * 32}&passphrase={PASSPHRASE}".replace(" ", "+").encode())
        self.assertIn("no longer in memory", page.text)
        self.assertEqual(self.json("import", "list", key=False).rows, [])


if __name__ == "__main__":
    tell()
