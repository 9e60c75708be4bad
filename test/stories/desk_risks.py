"""desk_risks: the map's page, risky spots fixed by one click or accepted, who can sign in where, the look each quarter, and who leaves, in the pages."""
import re
import time
import urllib.parse

from browser import DeskStory
from story import tell


class Risks(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        for call in (("holder", "add", "reader:Van 1 reader"), ("holder", "add", "service:Square"), ("holder", "add", "paper:Order forms", "--keeps", "card_number=1y"),
                     ("access", "add", "Ana", "Square", "--account", "shared", "--second", "no"), ("access", "add", "Ben", "Square")):
            self.run_handback(*call)
        self.desk()

    def spots(self):
        return {r["spot"]: r["state"] for r in self.json("risk", "list", status=None, key=False).rows}

    def test_the_map_has_two_pictures_and_a_table_that_says_the_same(self):
        page = self.browser.go("/map")
        self.assertEqual(page.source.count('class="map-picture"'), 2)
        for words in ("aria-labelledby=\"map-wide-title map-wide-desc\"", "map-spot--stop", "map-spot--soon", "href=\"/holder/"):
            self.assertIn(words, page.source)
        self.assertNotIn("style=", page.source)
        self.assertIn("Customers Van 1 reader what the card holds", " ".join(page.text.split()))
        self.assertIn("5 risky spots", page.text)
        holder = self.browser.follow("Square")
        self.assertEqual(holder.heading, "Square")
        self.assertIn("Several people share one sign-in", holder.text)
        self.browser.send("/holder/%s/close" % holder.url.rsplit("/", 1)[1], **{"closed-month": "1", "closed-day": "31", "closed-year": "2025"})
        self.assertIn("R38", self.spots())
        page = self.browser.go(holder.url)
        self.assertIn("In use until", page.text)

    def test_one_click_fixes_and_accepting_asks_why_and_until_when(self):
        page = self.browser.go("/risks")
        self.assertIn("Do these now", page.text)
        self.assertEqual(page.text.count("Do this:"), 3)
        page = self.browser.send("/risk/13", do="fixed")
        self.assertEqual(page.heading, "Risky spots")
        self.assertNotIn("R13", self.spots())
        # what was said stands there, with who said it, and can be taken back
        self.assertRegex(page.text, r"Said to be fixed.*Several people share one sign-in.*Square \(Ana\).*, Owner\. Nothing shows it any more\.")
        place = next(r["place"] for r in self.json("risk", "said", key=False).rows)
        self.browser.send("/risk/13", do="undo", place=str(place))
        self.assertIn("R13", self.spots())
        self.browser.go("/risks")
        page = self.browser.send("/risk/13", do="fixed")
        # what a register says is put right there: no word will do
        page = self.browser.go("/risk/9")
        self.assertNotIn("This is fixed", page.text)
        self.assertEqual(self.browser.follow("Put it right").heading, "Van 1 reader")
        page = self.browser.go("/risk/5")
        self.assertIn("Order forms", page.text)
        self.assertIn("Don't overdo it", page.text)
        page = self.browser.send("/risk/5", do="accept", reason="", **{"until-month": "3", "until-day": "1", "until-year": "2020"})
        self.assertEqual(page.status, 422)
        self.assertTrue(page.title.startswith("Error: "), page.title)
        year = str(time.localtime(time.time() + 60 * 86400).tm_year)
        page = self.browser.go("/risk/5")
        page = self.browser.send("/risk/5", do="accept", reason="the shredder comes", **{"until-month": str(time.localtime(time.time() + 60 * 86400).tm_mon), "until-day": "2", "until-year": year})
        self.assertIn("Accepted for now", page.text)
        self.assertIn("the shredder comes", page.text)
        self.assertEqual(self.spots()["R05"], "accepted")
        # from the list itself by one press: a reason and a day stand in the form of its own card
        form = next(f for f in page.forms if ["do", "accept"] in f["fields"])
        spot = f"R{int(form['action'].rsplit('/', 1)[1]):02}"
        given = dict(form["fields"])
        self.assertTrue(given["reason"] and given["until"], given)
        self.assertIn("Accept it until", page.text)
        page = self.browser.ask(form["action"], urllib.parse.urlencode([*map(tuple, form["fields"])]).encode())
        self.assertEqual((page.heading, self.spots()[spot]), ("Risky spots", "accepted"))
        self.assertIn("it is planned, and done by then", page.text)
        self.assertEqual(self.browser.go("/risk/4").status, 404)

    def test_the_menu_shows_whose_part_a_page_is(self):
        for path, part in {"/": "/", "/payment": "/payment", "/risks": "/payment", "/access": "/payment", "/practice": "/payment", "/persons": "/settings", "/drills": "/incidents",
                           "/watch": "/services", "/holder/1": "/map", "/readers": "/readers"}.items():
            marked = re.findall(r'desk-menu__link" href="([^"]*)" aria-current="(page|true)"', self.browser.go(path).source)
            self.assertEqual(marked, [(part, "page" if part == path else "true")], path)

    def test_no_more_than_three_are_to_be_stopped_today(self):
        for call in (("holder", "add", "paper:Pad", "--keeps", "card_code=1y"), ("holder", "add", "computer:Office", "--keeps", "card_number=1y"), ("holder", "add", "mailbox:Box", "--keeps", "card_number=1y")):
            self.run_handback(*call, key=False)
        rows = [r for r in self.json("risk", "list", status=None, key=False).rows if r["state"] == "open"]
        self.assertGreater(sum(r["severity"] == "stop today" for r in rows), 3)
        self.assertEqual([r["now"] for r in rows[:4]], [True, True, True, False])
        self.assertEqual({r["severity"] for r in rows[:3]}, {"stop today"})
        page = self.browser.go("/risks")
        self.assertEqual(page.text.count("Stop today"), 3)
        self.assertLess(page.text.rindex("Stop today"), page.text.index("Later"))
        self.assertIn("When one of the three above is done, the next moves up.", page.text)
        self.assertIn("3 to stop today", self.browser.go("/map").text)
        fourth = int(rows[3]["spot"][1:])
        self.assertRegex(self.browser.go(f"/risk/{fourth}").text, r"Next\s")
        self.assertEqual(self.run_handback("risk", "list", status=None, key=False).out.count("stop today"), 3)

    def test_sign_ins_the_look_and_who_leaves(self):
        page = self.browser.go("/access")
        self.assertIn("no, a password alone", page.text)
        page = self.browser.send("/access", who="Carla", holder="service:Square", account="own", second="yes")
        self.assertIn("Carla", page.text)
        rows = {r["who"]: r for r in self.json("access", "list", key=False).rows}
        self.assertEqual((rows["Carla"]["account"], rows["Carla"]["second_step"]), ("own", "yes"))
        page = self.browser.send("/access", who="", holder="service:Square")
        self.assertEqual(page.status, 422)
        self.browser.go("/access")
        self.browser.send("/access", who="Carla Ruiz", holder="service:Square")
        page = self.browser.send("/access", who="Ben Wu", holder="service:Square")
        self.assertIn("Are Carla and Carla Ruiz the same person?", page.text)
        for one, other, do in (("Carla", "Carla Ruiz", "one"), ("Ben", "Ben Wu", "two")):
            form = next(f for f in page.forms if f["action"] == "/access/same" and ["one", one] in f["fields"])
            page = self.browser.ask("/access/same", urllib.parse.urlencode([*map(tuple, form["fields"]), ("do", do)]).encode())
        self.assertNotIn("the same person?", page.text)
        self.assertNotIn("Carla", {r["who"] for r in self.json("access", "list", key=False).rows})
        self.assertLessEqual({"Carla Ruiz", "Ben", "Ben Wu"}, {r["who"] for r in self.json("access", "list", key=False).rows})
        self.run_handback("access", "end", str(next(r["sign_in"] for r in self.json("access", "list", key=False).rows if r["who"] == "Ben Wu")))
        self.browser.go("/access/look")
        page = self.browser.send("/access/look", **{f"s-{rows['Ben']['sign_in']}": "wrong", f"s-{rows['Ana']['sign_in']}": "right"})
        self.assertIn("Should not be", page.text)
        self.assertIn("R15", self.spots())
        self.assertIn("something to stop today", self.browser.go("/").text)
        self.browser.go("/access")
        page = self.browser.send("/access/leave", leaver="Ben", **{"last-month": "11", "last-day": "20", "last-year": "2026"})
        self.assertIn("Remove the sign-in at Square", page.text)
        self.assertIn("not all is closed", self.browser.go("/").text)
        here = next(f["action"] for f in self.browser.go("/access").forms if "/access/leaving/" in f["action"])
        page = self.browser.send(here, item=str(rows["Ben"]["sign_in"]))
        self.assertIn("Done", page.text)
        self.assertNotIn("R15", self.spots())
        self.assertNotIn("Ben", {r["who"] for r in self.json("access", "list", key=False).rows})


if __name__ == "__main__":
    tell()
