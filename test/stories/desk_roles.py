"""desk_roles: who may see and do what in the pages: every route, in each role, and nothing of another business in the same database."""
import contextlib
import os
import re
import sqlite3
import time

from browser import Browser, DeskStory
from desk_incident import CUSTOMERS, TOUCHES
from story import SOURCE, tell

STAFF = "a passphrase of the staff"
HELPER = "a passphrase of a helper"
# what each role may ask for; everything else of the table is refused
MAY = {
    "staff": {
        "GET /",
        "GET /incidents", "GET /incident/:n", "GET /incident/:n/round/:r", "GET /incident/:n/round/:r/state/:state", "POST /incident/:n/round/:r/do",
        "GET /incident/:n/work", "POST /incident/:n/work", "GET /incident/:n/work/:task", "POST /incident/:n/work/:task", "GET /incident/:n/phone",
        "GET /incident/:n/round/:r/calls", "GET /incident/:n/came", "POST /incident/:n/came", "GET /bounces", "GET /bounce/:n", "POST /bounce/:n", "GET /returned", "POST /returned",
        "GET /customers", "POST /customers", "GET /customer/:ref", "POST /customer/:ref", "POST /customer/:ref/wish",
        "GET /map", "GET /holder/:n",
        "GET /readers", "GET /reader/:n", "GET /reader/:n/look", "POST /reader/:n/look",
        "GET /practice", "GET /practice/:channel", "POST /practice/:channel",
        "GET /find", "GET /find/file/:n",
        "GET /payment", "GET /payment/saq", "GET /task/:n", "POST /task/:n/done",
    },
    "helper": {
        "GET /",
        "GET /payment", "GET /payment/saq",
        "GET /incidents", "GET /incident/:n", "GET /incident/:n/round/:r", "GET /incident/:n/obligations", "GET /incident/:n/monitoring", "GET /laws", "GET /incident/:n/filing/:to/:code", "GET /incident/:n/filing/:to/:code/letter.pdf", "GET /incident/:n/measures", "GET /drills",
        "GET /map", "GET /holder/:n", "GET /risks", "GET /risk/:n", "GET /access", "GET /services", "GET /watch", "GET /draft/:n", "GET /services/compare", "GET /service/:n",
        "GET /incident/:n/work", "GET /incident/:n/phone", "GET /incident/:n/cost", "GET /incident/:n/timeline", "GET /incident/:n/timeline.pdf",
        "GET /readers", "GET /reader/:n",
        "GET /practice", "GET /practice/:channel",
        "GET /find", "GET /find/file/:n",
    },
}
# what is an owner's alone
OWNERS = {f"{m} {path}" for m in ("GET", "POST") for path in ("/persons", "/persons/new", "/person/:n", "/person/:n/passphrase", "/person/:n/end", "/export", "/keys/recovery", "/keys/rotate", "/keys/rest",
                                                              "/keys/typed", "/restore", "/restore/look/:key", "/restore/put")} | {"GET /keys", "GET /keys/sheet"}
# one's own page is everybody's
OWN = {"GET /you", "GET /you/second", "POST /you", "GET /you/passphrase", "POST /you/passphrase", "GET /you/app", "POST /you/app", "POST /you/app/code", "GET /you/codes", "POST /you/codes",
       "GET /you/passkey", "POST /you/passkey", "POST /again", "POST /language", "GET /kept", "POST /kept"}
OPEN = {"GET /open/:key", "GET /sign-in", "POST /sign-in", "GET /sign-in/code", "POST /sign-in/code", "POST /sign-in/passkey", "POST /sign-in/code/passkey", "POST /sign-out", "GET /look/:name"}


def routes():
    with open(f"{SOURCE}/src/face/desk/routes.c", encoding="utf-8") as f:
        return [f"{m[1]} {m[2]}" for m in re.finditer(r'\{ "(GET|POST)", "([^"]+)"', f.read()) if not m[2].startswith("/api/")]    # those: desk_api


def may_post(name, action):
    """As the routes' table says it: the first whose words fit."""
    role = {"Ana": ("ROLES_WORK", "ROLE_STAFF"), "Hal": ()}[name]
    with open(f"{SOURCE}/src/face/desk/routes.c", encoding="utf-8") as f:
        for path, roles in re.findall(r'\{ "POST", "([^"]+)", (\w+),', f.read()):
            if re.fullmatch(re.sub(r":\w+", "[^/]+", path), action):
                return roles in ("0", "ROLES_ALL") + role
    return False


class Roles(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.run_handback("import", self.file("customers.csv", CUSTOMERS), self.file("touches.csv", TOUCHES))
        self.run_handback("incident", "open", "--title", "A skimmer", "--holder", "reader:*", "--from", "2025-12-01", "--to", "2025-12-04", "--only", "passing")
        self.run_handback("notice", "draft", "1")

    def person(self, name, role, passphrase):
        self.run_handback("person", "add", "--name", name, "--role", role)
        said = self.file(f"{name}.new", passphrase + "\n")
        self.run_handback("vault", "slot", "add", name, "--new-passphrase-file", said)

    def test_every_route_as_staff_and_helper(self):
        self.person("Ana", "staff", STAFF)
        self.person("Hal", "helper", HELPER)
        self.desk()
        for name, role, passphrase in (("Ana", "staff", STAFF), ("Hal", "helper", HELPER)):
            b = Browser(self.browser.base)
            b.go("/sign-in")
            page = b.send("/sign-in", name=name, passphrase=passphrase)
            self.assertEqual(page.status, 200, page.text)
            csrf = dict(page.form("/sign-out")["fields"])["csrf"]
            asked = 0
            for route in routes():
                if route in OPEN:
                    continue
                method, path = route.split(" ")
                for place, value in ((":state", "drafted"), (":ref", "A"), (":n", "1"), (":r", "1")):
                    path = path.replace(place, value)
                page = b.ask(path, None if method == "GET" else f"csrf={csrf}&do=reached".encode())
                with self.subTest(role=role, route=route):
                    self.assertEqual(page.status == 403, route not in MAY[role] | OWN, page.text)
                    self.assertNotIn("Ann Ames", page.source)
                    self.assertNotIn("ann@example.com", page.source)
                    if path == "/customer/A" and role == "staff":      # field by field: shortened, and nothing to change them with
                        for veiled in ("A… A…", "a…@e…", "…01", "M… NY"):
                            self.assertIn(veiled, page.text)
                        for whole in ("Ames", "555-01", "Mill St", "Millbrook", "12545"):
                            self.assertNotIn(whole, page.source)
                        self.assertEqual([f["action"] for f in page.forms if "/customer" in f["action"]], ["/customer/A/wish"])        # how they ask to be told is noted at the counter
                asked += 1
            self.assertGreater(asked, 30)
        refused = [row["entry"] for row in self.json("log", key=False).rows if " role.refused " in row["entry"]]
        self.assertTrue(2 <= len(refused) < 12 and any("person=2" in e for e in refused) and any("person=3" in e for e in refused), refused)      # kept, and not once for each try


    def test_a_manager_leads_and_does_not_own(self):
        self.person("Mo", "manager", STAFF)
        self.desk()
        b = Browser(self.browser.base)
        b.go("/sign-in")
        csrf = dict(b.send("/sign-in", name="Mo", passphrase=STAFF).form("/sign-out")["fields"])["csrf"]
        known = set(routes())
        self.assertLessEqual(OWNERS, known)
        for route in sorted(known - OPEN):
            method, path = route.split(" ")
            if method == "POST" and route not in OWNERS:     # each of these changes something
                continue
            for place, value in ((":state", "drafted"), (":ref", "A"), (":n", "1"), (":r", "1")):
                path = path.replace(place, value)
            page = b.ask(path, None if method == "GET" else f"csrf={csrf}".encode())
            with self.subTest(route=route):
                self.assertEqual(page.status == 403, route in OWNERS, page.text)

    def beside(self):
        """Another business's rows in the same database, under its own number, with more of everything, and words that are nobody else's."""
        mine, self.data = self.data, os.path.join(self.tmp, "other")
        self.run_handback("init", "--name", "Zenith Roofing", "--kdf-memory", "46", "--kdf-passes", "1")
        self.run_handback("import", self.file("z.csv", "customer_ref,name,email\nZENITH-1,Zora Zeal,zora@zenith.example\n"),
                          self.file("zt.csv", TOUCHES.replace("R-1", "Zenith reader").replace("A,", "ZENITH-1,")))
        for n in range(9):
            self.run_handback("incident", "open", "--title", f"Zenith leak {n}", "--holder", "reader:*", "--from", "2025-12-01", "--to", "2025-12-04", "--only", "passing")
            self.run_handback("notice", "draft", n + 1)
            self.run_handback("person", "add", "--name", f"Zenith person {n}", "--role", "staff", key=False)
            self.run_handback("holder", "add", f"service:Zenith service {n}", key=False)
            self.run_handback("access", "add", f"Zed{n}", f"Zenith service {n}", "--account", "own", key=False, status=None)
        other, self.data = self.data, mine
        with contextlib.closing(sqlite3.connect(f"{mine}/handback.db")) as db:
            db.execute("ATTACH ? AS o", (f"{other}/handback.db",))
            moved = 0
            for table, in db.execute("SELECT name FROM o.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'").fetchall():
                columns = [c[1] for c in db.execute(f"PRAGMA o.table_info({table})")]
                if "business" in columns or table == "business":
                    whose = "id" if table == "business" and "business" not in columns else "business"
                    moved += db.execute(f"INSERT INTO {table} ({','.join(columns)}) SELECT {','.join('2' if c == whose else c for c in columns)} FROM o.{table}").rowcount
            db.commit()
        self.assertGreater(moved, 100)

    def test_nothing_of_another_business_is_on_any_page(self):
        self.person("Ana", "staff", STAFF)
        self.person("Hal", "helper", HELPER)
        self.beside()
        self.desk()
        browsers = [self.browser]
        for name, passphrase in (("Ana", STAFF), ("Hal", HELPER)):
            b = Browser(self.browser.base)
            b.go("/sign-in")
            b.send("/sign-in", name=name, passphrase=passphrase)
            browsers.append(b)
        asked = 0
        for b in browsers:
            for route in routes():
                method, path = route.split(" ")
                if method != "GET" or route in OPEN:
                    continue
                theirs = path.startswith(("/incident/:n", "/person/:n")) or ":ref" in path
                for place, value in ((":state", "drafted"), (":ref", "ZENITH-1"), (":n", "7"), (":r", "1")):
                    path = path.replace(place, value)
                page = b.go(path)
                with self.subTest(route=route, at=path):
                    self.assertFalse(re.search("zenith|zora", page.source.replace("ZENITH-1", ""), re.I), page.text)
                    if theirs:
                        self.assertIn(page.status, (403, 404), page.text)
                asked += 1
        self.assertGreater(asked, 300)
        # and it goes on by itself, with what it has
        self.assertEqual(len(self.json("incident", "list").rows), 1)
        self.run_handback("customer", "show", "ZENITH-1", status=3)

    def test_the_staff_do_what_is_to_be_done_and_leave_nothing_away(self):
        self.person("Ana", "staff", STAFF)
        self.desk()
        b = Browser(self.browser.base)
        b.go("/sign-in")
        b.send("/sign-in", name="Ana", passphrase=STAFF)
        path = "/incident/1/work/call_payment"
        page = b.go(path)
        self.assertIn("It is done", page.text)
        self.assertNotIn("Leave it away", page.text)
        page = b.send(path, do="skip", reason="no time")
        self.assertIn("Only an owner or a manager", page.text)
        self.assertIn("It is done", b.go(path).text)         # still to be done
        b.send(path, do="done", reason="called")
        self.assertIn("Done", b.go(path).text)
        # of what is to be found out they take off what is their own
        answers = "channels = cash\ntakers = Ana\nlist = Cardbox\nwritten = ? ANA " + time.strftime("%Y-%m-%d", time.localtime(time.time() + 86400)) + "\ncards_kept = no\nothers = -\nold = ? Ben\nexport = few\nencrypted = yes\n"
        self.run_handback("payment", "walk", "--answers", self.file("answers", answers), key=False)
        page = b.go("/payment")
        self.assertEqual(page.text.count("Say what you found out"), 1)
        b.go("/")
        page = b.follow("Say what you found out")
        self.assertEqual((page.heading, page.form("/task/1/done")["action"]), ("Where else are things about customers written down?", "/task/1/done"))
        self.assertNotIn("I don't know", page.text)
        csrf = dict(page.form("/task/1/done")["fields"])["csrf"]
        self.assertIn("This is Ben's", b.ask("/task/2/done", f"csrf={csrf}&answer=year1".encode()).text)
        self.assertIn("This is Ben's", b.go("/task/2").text)
        b.go("/task/1")
        page = b.send("/task/1/done")                        # without an answer it stays
        self.assertEqual((page.status, page.heading), (422, "Where else are things about customers written down?"))
        self.assertIn("Choose an answer.", page.text)
        page = b.send("/task/1/done", answer="nowhere")
        self.assertEqual(page.heading, "How we are paid")
        self.assertNotIn("Where else", page.text)
        # and is for those who lead to put on the map
        self.assertNotIn("Check your answers", b.go("/").text)
        self.assertIn({"question": "written", "answer": ["nowhere"]}, [{k: r[k] for k in ("question", "answer")} for r in self.json("payment", "show", "--draft", key=False).rows])

    def test_what_is_next_is_theirs_to_do(self):
        self.person("Ana", "staff", STAFF)
        self.person("Hal", "helper", HELPER)
        self.desk()
        people = {"Owner": self.browser}
        for name, passphrase in (("Ana", STAFF), ("Hal", HELPER)):
            b = people[name] = Browser(self.browser.base)
            b.go("/sign-in")
            b.send("/sign-in", name=name, passphrase=passphrase)
        said = lambda words: {name for name, b in people.items() if words in b.go("/").text}
        self.assertEqual(said("Read it, then approve it"), {"Owner"})
        self.assertEqual(said("Nothing is waiting for you"), {"Hal"})
        page = people["Ana"].go("/")                         # what is due is what is next for whoever has nothing else, and stands there once
        self.assertIn("Do this next Card readers: half a minute to look at each that is due", page.text)
        self.assertEqual(page.text.count("Card readers: half a minute"), 1)
        self.run_handback("notice", "undo", "1.1", "--draft")
        self.assertEqual(said("then draft a notice"), {"Owner"})
        self.run_handback("notice", "draft", "1")
        self.run_handback("notice", "approve", "1.2")
        self.run_handback("notice", "send", "1.2", status=None)
        self.assertEqual(said("Take them to the post"), {"Owner", "Ana"})

    def test_nobody_is_led_to_what_they_may_not_do(self):
        """Every link and form that the staff or a helper see leads somewhere."""
        self.person("Ana", "staff", STAFF)
        self.person("Hal", "helper", HELPER)
        self.run_handback("notice", "approve", "1.1")
        self.run_handback("notice", "send", "1.1", status=None)
        self.desk()
        for name, passphrase in (("Ana", STAFF), ("Hal", HELPER)):
            b = Browser(self.browser.base)
            b.go("/sign-in")
            b.send("/sign-in", name=name, passphrase=passphrase)
            found, dead = ["/"], []
            for path in found:
                page = b.go(path)
                if page.status != 200:
                    dead.append((path, page.status))
                found += [href for href, _ in page.links if href.startswith("/") and href not in found and not href.startswith("/look/")]
                for form in page.forms:
                    action = form["action"].split("?")[0]
                    if form["method"] == "get":
                        if action not in found:
                            found.append(action)
                    elif not may_post(name, action):
                        dead.append((path, "POST " + action))
            with self.subTest(name):
                self.assertEqual(sorted(set(dead)), [])
                self.assertGreater(len(found), 5)


if __name__ == "__main__":
    tell()
