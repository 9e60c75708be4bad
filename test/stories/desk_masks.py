"""desk_masks: a card number that somebody types into a field of the desk, or that stands in its address, is on no page and in no link."""
import re
import urllib.parse

from browser import DeskStory
from desk_incident import CUSTOMERS, TOUCHES
from story import PASSPHRASE, tell

CARD = "4111 1111 1111 1111"
SAID = "There was a card number in what you sent"
# what proves who it is is never shown again; the rest are the desk's own words
WHOLE = {"passphrase", "look-passphrase", "new", "new-again", "again", "csrf", "page", "credential", "client", "data", "signature", "made"}


def digits(text):
    return re.sub(r"[\s+.-]", "", urllib.parse.unquote(text))


class Masks(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.run_handback("import", self.file("customers.csv", CUSTOMERS), self.file("touches.csv", TOUCHES))
        self.run_handback("incident", "open", "--title", "A skimmer", "--holder", "reader:*", "--from", "2025-12-01", "--to", "2025-12-04", "--only", "passing")
        self.run_handback("notice", "draft", "1")
        self.desk()

    def clean(self, page):
        for text in (page.source, page.url):             # the url: where the last Location led
            self.assertNotIn("4111111111111111", digits(text))

    def crawl(self):
        """Each form that the owner is led to, once: {(action, names): (page, form)}. What the public side will show is only looked at here:
        its form asks there."""
        found, forms = ["/", "/customer/A", "/payment/question", "/persons/new", "/keys"], {}
        for path in found:
            page = self.browser.go(path)
            for form in page.forms:
                if form["action"] not in ("/sign-out", "/language"):
                    same = re.sub(r"\d+", "1", form["action"]), tuple(dict.fromkeys(n for n, _ in form["fields"]))
                    forms.setdefault(same, (path, form))
            for href, _ in page.links:
                if re.match(r"/(?!look/|incident/1/page/see/|payment/saq\.|backup/|keys/sheet|.*\.(csv|pdf))", href) and href not in found:
                    found.append(href)
        return forms

    def test_every_field_of_every_form(self):
        b = self.browser
        forms, asked, pages = self.crawl(), 0, set()
        self.assertGreater(len(forms), 30)
        for path, form in forms.values():
            pages.add(path)
            for name in dict.fromkeys(n for n, _ in form["fields"]):
                if name in WHOLE:
                    continue
                sent = urllib.parse.urlencode([(n, f"Ann {CARD}" if n == name else v) for n, v in form["fields"]])
                page = b.ask(f"{form['action']}?{sent}") if form["method"] == "get" else b.ask(form["action"], sent.encode())
                with self.subTest(f"{path}: {form['action']} {name}"):
                    self.clean(page)
                    self.assertIn(SAID, page.text)
                asked += 1
        self.assertGreater(asked, 60)
        for path in sorted(pages):                       # what was kept, too
            with self.subTest(path):
                self.clean(b.go(path))

    def test_a_form_that_comes_back_shows_the_rest(self):
        page = self.browser.go("/customers") and self.browser.send("/customers", who=f"Ann {CARD}")
        self.assertIn('value="Ann [card ending 1111]"', page.source)

    def test_the_name_of_a_file_is_shown_masked(self):
        b = self.browser
        for name in (f"{CARD}.csv", "of_4111111111111111.csv"):
            b.go("/import")
            page = b.send("/import", files={"file": (name, CUSTOMERS.encode())})
            with self.subTest(name):
                self.clean(page)
                self.assertIn("[card ending 1111].csv", page.source)
                self.assertIn(SAID, page.text)

    def test_an_address_is_left_for_one_without_it(self):
        b = self.browser
        for path in (f"/incident/new?step=2&title=Card+{CARD.replace(' ', '+')}+stolen", f"/customer/{CARD.replace(' ', '%20')}", "/customer/4111-1111-1111-1111?from=2",
                     "/incident/1/why?customer=4111111111111111"):
            page = b.go(path)
            with self.subTest(path):
                self.clean(page)
                self.assertIn(SAID, page.text)
                self.assertTrue(page.url.endswith("masked=yes"), page.url)
        for path in ("/4111111111111111", f"//{CARD.replace(' ', '')}/", "/?4111111111111111=1"):
            page = b.go(b.origin + path)
            with self.subTest(path):
                self.assertNotIn("4111111111111111", digits(page.source))

    def test_the_questions_of_an_incident_carry_it_no_further(self):
        b = self.browser
        b.go("/incident/new")
        page = b.send("/incident/new", title=f"Somebody read {CARD} aloud")
        self.clean(page)
        self.assertIn(SAID, page.text)
        self.assertIn("Question 2 of 5", page.text)
        self.assertIn(["title", "Somebody read [card ending 1111] aloud"], page.form("/incident/new")["fields"])
        self.assertNotIn(SAID, b.send("/incident/new", holder=["reader:R-1"]).text)

    def test_what_was_kept_masked_is_said_once(self):
        b = self.browser
        b.go("/settings")
        page = b.send("/settings", notice_doing=f"We rang {CARD}.", passphrase=PASSPHRASE)
        self.assertIn("Kept.", page.text)
        self.assertIn(SAID, page.text)
        page = b.go("/settings")
        self.assertNotIn(SAID, page.text)
        self.assertIn("We rang [card ending 1111].", page.source)


if __name__ == "__main__":
    tell()
