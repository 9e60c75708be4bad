"""desk_incident: an owner learns of a breach and works through it in the pages, without scripts."""
import concurrent.futures
import urllib.parse

from browser import Browser, DeskStory
from story import tell

CUSTOMERS = """customer_ref,name,email,phone,address1,city,region,postal_code,country
A,Ann Ames,ann@example.com,(202) 555-0101,1 Mill St,Millbrook,NY,12545,US
B,Bea Boyd,bea@example.com,(202) 555-0102,2 Mill St,Kent,CT,06757,US
C,Cal Cole,,,3 Mill St,Millbrook,NY,12545,US
"""
TOUCHES = """touched_at,customer_ref,reader,data_kinds
2025-12-01T08:00:00-05:00,A,R-1,card_number|name
2025-12-03T20:00:00-05:00,B,R-1,card_number
2025-12-03T12:00:00-05:00,C,R-2,card_number
2025-12-01T09:00:00-05:00,D,R-1,card_number
2025-12-01T09:30:00-05:00,,R-1,card_number
"""


class Incident(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.run_handback("import", self.file("customers.csv", CUSTOMERS), self.file("touches.csv", TOUCHES))
        self.desk()

    def open_incident(self, title="A skimmer on R-1"):
        b = self.browser
        b.go("/incident/new")
        b.send("/incident/new", title=title)
        b.send("/incident/new", holder=["reader:R-1"])
        b.send("/incident/new", from_month="12", from_day="1", from_year="2025")
        b.send("/incident/new", to_month="12", to_day="2", to_year="2025")
        b.send("/incident/new", how="passing")
        self.assertEqual(b.page.heading, "Check your answers")
        self.assertIn("December 1, 2025", b.page.text)
        return b.send("/incident/new")

    def test_why_somebody_is_at_risk_is_said_in_spanish_too(self):
        b = self.browser
        self.run_handback("incident", "open", "--title", "A skimmer on R-1", "--holder", "reader:R-1", "--from", "2025-12-01", "--to", "2025-12-04", "--only", "passing")
        self.assertIn("It passed through R-1 in the time in question.", b.go("/incident/1/why?customer=A").text)
        b.send("/language", language="es")
        self.assertIn("Eso pasó por R-1 en el tiempo en cuestión.", b.go("/incident/1/why?customer=A").text)

    def test_a_look_at_the_public_page_asks_nobody_and_says_so(self):
        b = self.browser
        self.run_handback("incident", "open", "--title", "A skimmer on R-1", "--holder", "reader:R-1", "--from", "2025-12-01", "--to", "2025-12-04")
        for path, words in (("index.html", "nothing is looked up here"), ("index.es.html", "no se consulta nada")):
            page = b.go(f"/incident/1/page/see/{path}")
            self.assertEqual(page.status, 200)
            self.assertIn(words, page.text)
            self.assertIn("<fieldset disabled>", page.source)                               # what is in it can be neither filled in nor sent
            for href, _ in page.links:
                if href.startswith("/") or href.startswith("."):
                    self.assertEqual(b.ask(urllib.parse.urljoin(page.url, href)).status, 200, href)

    def test_home_says_what_is_next(self):
        page = self.browser.go("/")
        self.assertIn("Do this next", page.text)
        self.assertIn("There is no backup yet", page.text)
        for language, says in (("en", "There is no incident 99."), ("es", "No hay ningún incidente 99.")):        # in the words of a page, not of the command line
            page = self.browser.ask("/incident/99", headers={"Accept-Language": language})
            self.assertEqual((page.status, says in page.text, "incident list" in page.text), (404, True, False), page.text)
        self.open_incident()
        page = self.browser.go("/")
        self.assertIn("2 customers are at risk by \"A skimmer on R-1\"", page.text)
        self.assertIn("Not told yet", page.text)

    def test_a_form_that_comes_twice_counts_once(self):
        """A double tap, at once or one after the other; a reload; the way back. What failed may be sent again, and so may what was changed since."""
        b = self.browser
        b.go("/incident/new")
        b.send("/incident/new", title="Twice")
        b.send("/incident/new", holder=["reader:R-1"])
        b.send("/incident/new", from_month="12", from_day="1", from_year="2025")
        b.send("/incident/new", to_month="12", to_day="2", to_year="2025")
        check = b.send("/incident/new", how="passing")
        last = urllib.parse.urlencode([tuple(field) for field in check.form("/incident/new")["fields"]]).encode()
        taps = [Browser(b.base) for _ in range(4)]
        for tap in taps:
            tap.jar, tap._open = b.jar, b._open
            tap.page = check
        with concurrent.futures.ThreadPoolExecutor(4) as many:
            seen = list(many.map(lambda tap: tap.ask("/incident/new", last).url, taps))
        self.assertEqual({urllib.parse.urlparse(u).path for u in seen}, {"/incident/1"})
        self.assertTrue(b.ask("/incident/new", last).url.endswith("/incident/1"))
        b.go(check.url)                                    # the browser's way back loads the page anew, as its answers stand in the address
        self.assertTrue(b.send("/incident/new").url.endswith("/incident/1"))
        self.assertEqual(len(self.json("incident", "list").rows), 1)
        b.go("/incident/new")                              # another time, with the same answers: another incident
        self.open_incident("Twice")
        self.assertEqual(len(self.json("incident", "list").rows), 2)
        page = b.go("/settings")                           # A, then B, then A again out of the same old page
        form = {k: v for k, v in page.form("/settings")["fields"]}
        for name in ("Mill Street Plumbing", "Hill Street Plumbing", "Mill Street Plumbing"):
            b.ask("/settings", urllib.parse.urlencode(form | {"business-name": name}).encode())
            self.assertIn(name, b.go("/").text)

    def test_a_day_and_i_do_not_know_are_two_answers(self):
        """Both given: asked which of the two, in each question for a day; and a day to come is none."""
        b = self.browser
        which = "There is a day, and \"I don't know\" is ticked. Which of the two is it?"
        both = {"from_month": "12", "from_day": "1", "from_year": "2025"}, {"to_month": "12", "to_day": "2", "to_year": "2025"}
        b.go("/incident/new")
        b.send("/incident/new", title="Twice")
        b.send("/incident/new", holder=["reader:R-1"])
        page = b.send("/incident/new", **both[0], from_unknown="yes")
        self.assertIn(which, page.text)
        self.assertEqual(page.heading, "When may it have begun?")
        self.assertIn(["from-year", "2025"], page.form("/incident/new")["fields"])
        b.send("/incident/new", from_month="", from_day="", from_year="", from_unknown="yes")
        self.assertIn(which, b.send("/incident/new", **both[1], to_unknown="yes").text)
        page = b.send("/incident/new", to_month="12", to_day="2", to_year="2099", to_unknown=None)
        self.assertIn("That day has not come yet", page.text)
        page = b.send("/incident/new", **both[1], to_unknown=None)
        self.assertEqual(page.heading, "How may it have got out?")
        b.send("/incident/new", how="passing")
        b.send("/incident/new")
        b.follow("Change")
        page = b.send("/incident/1/change", **both[0], from_unknown="yes")
        self.assertIn(which, page.text)
        page = b.send("/incident/1/change", **both[0], from_unknown=None)
        self.assertEqual(page.heading, "What this changes")

    def test_where_a_list_goes_on_is_a_place_in_it(self):
        for path in ("/customers?after=zzz", "/customers?after=%3Cb%3E", "/import?below=x", "/log?below=-1", "/bounces?below=1e9", "/replies?after=", "/find?from=x"):
            page = self.browser.go(path)
            self.assertEqual((page.status, "leads nowhere in the list" in page.text), (400, True), path)
        self.assertEqual(self.browser.go("/customers?after=A").status, 200)

    def test_a_number_to_call_is_called_by_a_tap(self):
        b = self.browser
        self.run_handback("service", "add", "Square", "--from", "reader:R-1", "--contact", "Fraud desk: +1 (855) 555-0100, day and night; since 2026-11-27, contract 12")
        b.go("/services")
        page = b.follow("Square")
        self.assertEqual([l for l in page.links if l[0].startswith("tel:")], [("tel:+18555550100", "+1 (855) 555-0100")])
        self.assertIn("since 2026-11-27, contract 12", page.text)

    def test_five_questions_and_what_they_put_at_risk(self):
        page = self.open_incident()
        self.assertTrue(page.url.endswith("/incident/1"), page.url)
        for words in ("2 customers", "1 more payment is at risk that names nobody", "card number", "Card reader: R-1", "December 1, 2025, 00:00"):
            self.assertIn(words, page.text)
        self.assertIn("<svg", page.source)
        rows = self.json("incident", "show", "1").rows
        self.assertEqual([(r["holder"], r["manner"]) for r in rows], [("reader:R-1", "passing")])
        self.browser.follow("Who they are")
        page = self.browser.follow("A")
        self.assertIn("card number", page.text)
        self.assertIn("December 1, 2025, 08:00", page.text)

    def test_what_happened_is_said_anew_and_its_spanish_taken_away(self):
        self.open_incident()
        b = self.browser
        b.send("/incident/1/title", title="A reader was swapped", title_es="Cambiaron una terminal")
        said = self.json("incident", "list").rows[0]
        self.assertEqual((said["title"], said["title_es"]), ("A reader was swapped", "Cambiaron una terminal"))
        b.send("/incident/1/title", title_es="")
        said = self.json("incident", "list").rows[0]
        self.assertEqual((said["title"], said["title_es"]), ("A reader was swapped", ""))
        page = b.send("/incident/1/title", title="")
        self.assertIn("There is a problem", page.text)
        self.assertEqual(self.json("incident", "list").rows[0]["title"], "A reader was swapped")

    def test_a_question_without_an_answer_is_asked_again(self):
        b = self.browser
        b.go("/incident/new")
        self.assertIn("Say in a few words", b.send("/incident/new", title="").text)
        self.assertTrue(b.page.title.startswith("Error: "), b.page.title)
        b.send("/incident/new", title="<b>&amp;\"It'")
        self.assertIn("Tick at least one", b.send("/incident/new").text)
        b.send("/incident/new", holder=["reader:R-1", "reader:R-2"])
        self.assertIn("That is no day", b.send("/incident/new", from_month="13", from_day="1", from_year="2025").text)
        b.send("/incident/new", from_month="12", from_day="2", from_year="2025")
        self.assertIn("before it began", b.send("/incident/new", to_month="12", to_day="1", to_year="2025").text)
        b.send("/incident/new", to_month=None, to_day=None, to_year=None, to_unknown=["yes"])
        b.send("/incident/new", how="unknown")
        self.assertEqual(b.page.heading, "Check your answers")
        self.assertNotIn("<b>", b.page.source)
        b.follow("Change when it began")                   # back in the middle, and nothing is lost
        self.assertIn(["from-day", "02"], b.page.form("/incident/new")["fields"])
        b.send("/incident/new", from_month="", from_day="", from_year="", from_unknown=["yes"])
        page = b.go("/incident/new?" + b.page.url.split("?")[1].replace("step=4", "step=6"))
        self.assertIn("not known", page.text)
        b.send("/incident/new")
        rows = self.json("incident", "show", "1").rows
        self.assertEqual({(r["holder"], r["from"], r["to"], r["manner"]) for r in rows}, {("reader:R-1", None, None, "both"), ("reader:R-2", None, None, "both")})

    def test_the_first_night_what_is_not_on_the_map_yet_is_named_in_the_questions(self):
        b = self.browser
        b.go("/incident/new")
        b.send("/incident/new", title="A laptop was stolen")
        offered = [v for v in ("reader:R-1", "computer:Handback") if v in b.page.source]
        self.assertEqual(sorted(offered, key=b.page.source.index), ["reader:R-1", "computer:Handback"])      # its own at the end
        self.assertIn("Tick at least one, or type", b.send("/incident/new", other_name="").text)
        self.assertIn("Choose what it is", b.ask("/incident/new?step=3&title=x&other-name=Old+laptop&other-sort=shoe").text)
        b.go("/incident/new?step=2&title=A+laptop+was+stolen")
        b.send("/incident/new", other_name="Old laptop", other_sort="computer")
        self.assertIn("has not come yet", b.send("/incident/new", from_month="1", from_day="1", from_year="2199").text)
        b.send("/incident/new", from_month="", from_day="", from_year="", from_unknown=["yes"])
        b.send("/incident/new", to_unknown=["yes"])
        page = b.send("/incident/new", how="kept")
        self.assertIn("Old laptop, new on the map", page.text)
        self.assertNotIn("Old laptop", self.run_handback("holder", "list", key=False).out)                   # nothing is made before it is confirmed
        b.send("/incident/new")
        self.assertEqual(b.page.heading, "A laptop was stolen")
        self.assertEqual([r["holder"] for r in self.json("incident", "show", "1").rows], ["computer:Old laptop"])

    def test_a_changed_window_is_shown_before_it_is_saved(self):
        self.open_incident()
        b = self.browser
        b.follow("Change R-1")
        page = b.send("/incident/1/change", to_month="12", to_day="4", to_year="2025")
        self.assertIn("Added 1 customer: B", page.text)
        self.assertEqual(len(self.run_handback("incident", "exposed", "1", "--refs").out.split()), 2)
        b.send("/incident/1/change")
        self.assertEqual(self.run_handback("incident", "exposed", "1", "--refs").out.split(), ["A", "B", "D"])
        b.go("/incident/1/change?holder=reader:R-2")
        b.send("/incident/1/change", from_month="", from_day="", from_year="", from_unknown=["yes"], to_month="", to_day="", to_year="", to_unknown=["yes"])
        self.assertIn("Added 1 customer: C", b.page.text)
        b.send("/incident/1/change")
        b.go("/incident/1/change?holder=reader:R-1&look=yes&clear=yes")
        self.assertIn("No longer at risk 3 customers: A, B, D", b.page.text)

    def test_closing_needs_the_forms_word_and_no_address_changes_anything(self):
        self.open_incident()
        b = self.browser
        page = b.ask("/incident/1/close", b"csrf=made-up")
        self.assertEqual(page.status, 403)
        self.assertEqual(b.go("/incident/99").status, 404)
        self.assertEqual(b.go("/incident/99/close").status, 404)
        # the button leads to a question that says who was not told; asking alone closes nothing
        page = b.go(b.go("/incident/1").link("Close this incident"))
        self.assertIn("2 customers are at risk and were in no notice", page.text)
        self.assertNotIn("Not everybody was told", b.go("/incident/1").text)
        b.go("/incident/1/close")
        page = b.send("/incident/1/close")
        self.assertIn("closed", page.text)
        self.assertIn("who was at risk is not counted anew", page.text)
        self.assertIn("This incident is closed.", self.run_handback("notice", "draft", "1", status=None).err)
        self.assertIn("2 customers are at risk and were in no notice", page.text)
        self.assertNotIn("Draft a notice", page.text)
        self.assertNotIn("Close this incident", b.go("/incident/1/close").text)


if __name__ == "__main__":
    tell()
