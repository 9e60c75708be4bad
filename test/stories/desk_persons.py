"""desk_persons: persons, one's own page, proving again who it is, the keys and the language, in the pages and without scripts."""
import base64
import hmac
import http.client
import json
import os
import re
import sqlite3
import struct
import time
import urllib.error
import urllib.parse
import urllib.request

from browser import Browser, DeskStory
from story import PASSPHRASE, SOURCE, tell

ANAS = "a passphrase of Ana's own"
OTHER = "quite another passphrase"
CUSTOMERS = "customer_ref,name,email\nA,Ann Ames,ann@example.com\nB,Bea Boyd,bea@example.com\n"


def code_of(key, at):
    """RFC 6238: six figures for a key and a time."""
    digest = hmac.digest(base64.b32decode(key), struct.pack(">Q", int(at) // 30), "sha1")
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7FFFFFFF) % 1000000:06}"


def again_routes():
    with open(f"{SOURCE}/src/face/desk/routes.c", encoding="utf-8") as f:
        return [m[1].split('", "') for m in re.finditer(r'\{ "((?:GET|POST)", "[^"]+)", [A-Z_0|]+, [^,}]*ROUTE_AGAIN', f.read())]


class Persons(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.run_handback("import", self.file("customers.csv", CUSTOMERS))
        self.desk()

    def sign_in(self, name, passphrase):
        b = Browser(self.browser.base)
        b.go("/sign-in")
        b.send("/sign-in", name=name, passphrase=passphrase)
        return b

    def sql(self, statement):
        with sqlite3.connect(os.path.join(self.data, "handback.db"), timeout=30) as db:
            return db.execute(statement).fetchall()

    def add_ana(self, role="staff"):
        self.browser.go("/persons/new")
        return self.browser.send("/persons/new", name="Ana", role=role, new=ANAS, new_again=ANAS, passphrase=PASSPHRASE)

    def test_somebody_is_added_changed_and_taken_out(self):
        b = self.browser
        b.go("/persons/new")
        for wrong, words in (({"new": "short", "new_again": "short"}, "at least 12 characters"), ({"new": ANAS, "new_again": OTHER}, "not the same"),
                             ({"new": ANAS, "new_again": ANAS, "passphrase": "not my own passphrase"}, "not the passphrase"), ({"new": ANAS, "new_again": ANAS, "name": ""}, "This can't be left empty")):
            page = b.send("/persons/new", **({"name": "Ana", "role": "staff", "passphrase": PASSPHRASE} | wrong))
            self.assertEqual(page.status, 422, page.text)
            self.assertIn(words, page.text)
        self.assertEqual(len(self.json("person", "list").rows), 1)
        page = self.add_ana()
        self.assertEqual(page.heading, "Ana", page.text)
        ana = self.sign_in("Ana", ANAS)
        self.assertEqual(ana.page.title, "Home - Handback")
        page = ana.go("/customer/A")
        self.assertIn("A… A…", page.text)                  # the staff tell two customers apart, and can write to neither
        for whole in ("Ann", "Ames", "example.com", "555-01", "Mill St"):
            self.assertNotIn(whole, page.source)
        # where she is signed in; the role changes at once
        page = b.go("/person/2")
        self.assertIn("Sign out", page.text)
        b.send("/person/2", do="role", role="manager")
        self.assertEqual(ana.go("/customer/A").heading, "Sign in")
        ana = self.sign_in("Ana", ANAS)
        self.assertIn("Ann Ames", ana.go("/customer/A").text)
        # a token, shown once
        b.go("/person/2")
        form = next(f for f in b.page.forms if ["do", "token"] in f["fields"])
        page = b.ask("/person/2", urllib.parse.urlencode([tuple(p) for p in form["fields"] if p[0] != "name"] + [("name", "the till")]).encode())
        token = re.search(r'class="desk-code">([\w-]{43})<', page.source)[1]
        self.assertNotIn(token, b.go("/person/2").source)
        asked = urllib.request.Request(b.base.split("/open")[0] + "/api/v1/incident/list", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(asked) as answer:
            self.assertEqual(json.load(answer)["rows"], [])
        # signed out by the owner, then given another passphrase, then taken out
        b.ask("/person/2", f"csrf={dict(form['fields'])['csrf']}&do=sessions".encode())
        self.assertEqual(ana.go("/").heading, "Sign in")
        b.go("/person/2/passphrase")
        b.send("/person/2/passphrase", new=OTHER, new_again=OTHER, passphrase=PASSPHRASE)
        self.assertIn("not right", self.sign_in("Ana", ANAS).page.text)
        self.assertEqual(self.sign_in("Ana", OTHER).page.title, "Home - Handback")
        b.go("/person/2/end")
        self.assertIn("What they copied before, they have", b.page.text)
        page = b.send("/person/2/end")
        self.assertIn("Here no more since", page.text)
        self.assertIn("not right", self.sign_in("Ana", OTHER).page.text)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(asked)
        refused.exception.close()
        self.assertEqual(refused.exception.code, 401)
        self.assertEqual(len(self.json("vault", "slot", "list").rows), 2)

    def test_ones_own_passphrase_and_second_factor(self):
        self.add_ana()
        ana, elsewhere = self.sign_in("Ana", ANAS), self.sign_in("Ana", ANAS)
        ana.go("/you/passphrase")
        page = ana.send("/you/passphrase", passphrase=OTHER, new=OTHER, new_again=OTHER)
        self.assertIn("not the passphrase", page.text)
        page = ana.send("/you/passphrase", passphrase=ANAS, new=OTHER, new_again=OTHER)
        self.assertIn("Elsewhere you are signed out", page.text)
        self.assertEqual(elsewhere.go("/").heading, "Sign in")
        # an app: what it is to be given, and nothing counts before a code was right
        ana.go("/you/app")
        page = ana.send("/you/app")
        self.assertIn("<svg", page.source)
        key = re.search(r'class="desk-code">([A-Z2-7 ]+)<', page.source)[1].replace(" ", "")
        page = ana.send("/you/app/code", code="000000")
        self.assertIn("not right", page.text)
        self.assertIn(key[:4], page.text)
        self.assertEqual(self.sign_in("Ana", OTHER).page.title, "Home - Handback")
        now = time.time()
        page = ana.send("/you/app/code", code=code_of(key, now))
        self.assertEqual(page.heading, "Codes for paper", page.text)
        codes = re.findall(r'class="desk-code">([0-9A-Z-]{29})<', page.source)
        self.assertEqual(len(codes), 10)
        b = self.sign_in("Ana", OTHER)
        self.assertEqual(b.page.heading.strip(), "What is your code?")
        self.assertIn("not right", b.send("/sign-in/code", code=code_of(key, now)).text)       # used
        self.assertEqual(b.send("/sign-in/code", code=code_of(key, now + 30)).title, "Home - Handback")
        b = self.sign_in("Ana", OTHER)
        self.assertEqual(b.send("/sign-in/code", code=codes[3].lower()).title, "Home - Handback")
        self.assertIn("9 codes are left", b.go("/you").text)
        b = self.sign_in("Ana", OTHER)
        self.assertIn("none of your codes", b.send("/sign-in/code", code=codes[3]).text)
        # where she is signed in: one is ended, then all others; and the app is taken away by herself
        here = self.sign_in("Ana", OTHER)
        here.send("/sign-in/code", code=codes[4])
        page = here.go("/you")
        mark = next(v for f in page.forms for n, v in f["fields"] if n == "session")
        csrf = dict(page.form("/sign-out")["fields"])["csrf"]
        many = page.source.count('name="session"')
        self.assertEqual(here.ask("/you", f"csrf={csrf}&do=session&session={mark}".encode()).source.count('name="session"'), many - 1)
        self.assertNotIn('name="session"', here.ask("/you", f"csrf={csrf}&do=sessions".encode()).source)
        self.assertEqual(ana.go("/").heading, "Sign in")
        self.assertEqual(self.json("session", "list", "Ana", key=False).row["person"], 2)
        self.assertIn("Set up an app", here.ask("/you", f"csrf={csrf}&do=app-end".encode()).text)
        self.assertEqual(self.sign_in("Ana", OTHER).page.title, "Home - Handback")
        here.go("/you/app")
        page = here.send("/you/app")
        key = re.search(r'class="desk-code">([A-Z2-7 ]+)<', page.source)[1].replace(" ", "")
        self.assertEqual(here.send("/you/app/code", code=code_of(key, time.time())).heading, "Ana")        # the codes on paper are there
        # lost: an owner takes it away
        form = next(f for f in self.browser.go("/person/2").forms if f["action"] == "/person/2")
        self.browser.ask("/person/2", f"csrf={dict(form['fields'])['csrf']}&do=factors".encode())
        self.assertEqual(self.sign_in("Ana", OTHER).page.title, "Home - Handback")

    def test_a_role_that_needs_a_second_factor_sets_it_up_at_sign_in(self):
        """OWASP ASVS 5.0, 6.3.3: an owner decides of which roles it is asked; until it is there nothing else opens."""
        b = self.browser
        self.add_ana("manager")
        before = self.sign_in("Ana", ANAS)
        b.go("/persons")
        page = b.send("/persons", needs=["manager", "staff"])
        self.assertIn("Kept.", page.text)
        self.assertEqual([v for n, v in b.page.form("/persons")["fields"] if n == "needs"], ["manager", "staff"])
        self.assertIn("Which roles need a second factor was decided", b.go("/log").text)
        ana = self.sign_in("Ana", ANAS)
        for browser in (before, ana):                      # also where she was signed in already
            for path in ("/", "/customers", "/customer/A", "/you", "/settings"):
                self.assertEqual(browser.go(path).heading, "One more step", path)
        self.assertEqual(ana.ask("/api/v1/incident/list").status, 403)
        self.assertEqual(b.go("/customers").heading, "Customers")             # of owners it is not asked
        ana.go("/")
        ana.follow("Set up an app")
        page = ana.send("/you/app")
        key = re.search(r'class="desk-code">([A-Z2-7 ]+)<', page.source)[1].replace(" ", "")
        self.assertEqual(ana.send("/you/app/code", code=code_of(key, time.time())).heading, "Codes for paper")
        self.assertEqual(ana.go("/customers").heading, "Customers")
        self.assertEqual(self.sign_in("Ana", ANAS).page.heading.strip(), "What is your code?")
        b.go("/persons")
        b.send("/persons", needs=None)
        self.assertEqual(self.json("person", "factor", "require", "none").row["roles"], [])
        self.run_handback("person", "factor", "require", "cook", status=2)

    def test_what_changes_persons_and_keys_or_hands_out_asks_who_it_is_again(self):
        b = self.browser
        self.run_handback("incident", "open", "--title", "A skimmer", "--holder", "service:Till", "--from", "unknown", "--to", "unknown", status=None)
        self.add_ana()
        csrf = dict(b.go("/").form("/sign-out")["fields"])["csrf"]
        self.sql("UPDATE session SET again = 0")
        asked = 0
        before = self.json("log").rows
        for method, path in again_routes():
            for place, value in ((":ref", "A"), (":n", "2" if path.startswith("/person") else "1"), (":r", "1")):
                path = path.replace(place, value)
            for sent in ("", "&passphrase=not+my+own+passphrase") if path == "/keys/rotate" and method == "POST" else ("",):
                page = b.ask(path, None if method == "GET" else f"csrf={csrf}&do=role&role=owner&typed=kept{sent}".encode())
                with self.subTest(route=path):
                    self.assertEqual(page.heading, "Is it still you?", page.text)
                    self.assertEqual(page.status, 422 if sent else 200)
                    self.assertNotIn("passphrase", [n for n, v in page.forms[-2]["fields"] if v])
                    if method == "POST":
                        self.assertIn(["typed", "kept"], page.form(path)["fields"])
                asked += 1
        self.assertGreater(asked, 25)
        told = self.json("log").rows[len(before):]         # that somebody tried, and nothing else
        self.assertEqual([row["entry"].split(" ")[1] for row in told], ["session.refused"])
        # the right one: what was sent is done, once, and for a quarter of an hour nothing is asked
        b.ask("/customer/A/forget", f"csrf={csrf}&reason=asked+by+phone".encode())
        page = b.send("/customer/A/forget", passphrase=PASSPHRASE)
        self.assertIn("forgotten", page.text)
        self.assertEqual(b.go("/keys/rotate").heading, "A new key")
        # an address is asked for like a form, and leads on to itself and nowhere else
        self.sql("UPDATE session SET again = 0")
        b.go("/persons/new")
        self.assertEqual(b.send("/again", passphrase=PASSPHRASE).heading, "Add somebody")
        csrf = dict(b.go("/").form("/sign-out")["fields"])["csrf"]
        for to in ("//example.com/", "https://example.com/", "/%0d%0aX: y", "/\\example.com", ""):
            self.assertEqual(b.ask("/again", urllib.parse.urlencode({"csrf": csrf, "to": urllib.parse.unquote(to)}).encode()).url, b.origin + "/")

    def test_a_new_sheet_is_typed_back_and_a_new_key_seals_anew(self):
        b = self.browser
        self.add_ana()
        b.go("/keys")
        self.assertIn("Ana", b.page.text)
        b.follow("Make a new sheet")
        page = b.send("/keys/recovery", passphrase=PASSPHRASE)
        self.assertEqual(page.heading, "Recovery sheet", page.text)
        code = re.findall(r'<li class="desk-code">(\w{5})<', page.source)
        self.assertEqual(len(code), 8)
        page = b.follow("I have it on paper")
        self.assertIn("not what stands on the sheet", b.send("/keys/typed", one="AAAAA", two="BBBBB").text)
        groups = [int(n) for n in re.findall(r"Group (\d)", b.page.text)][:2]
        self.assertEqual(b.send("/keys/typed", one=code[groups[0] - 1], two=code[groups[1] - 1].lower()).heading, "Keys")
        self.assertEqual(b.go("/keys/sheet").heading, "Keys")
        self.passphrase_file = self.file("code", "-".join(code))
        os.chmod(self.passphrase_file, 0o600)
        self.assertTrue(self.json("check").rows)
        # a new key
        b.go("/keys/rotate")
        self.assertIn("not the passphrase", b.send("/keys/rotate", passphrase=ANAS).text)
        page = b.send("/keys/rotate", passphrase=PASSPHRASE)
        self.assertEqual(page.heading, "Recovery sheet", page.text)
        fresh = "-".join(re.findall(r'<li class="desk-code">(\w{5})<', page.source))
        self.assertNotEqual(fresh, "-".join(code))
        for _ in range(100):
            if "vault.resealed" in self.run_handback("log", key=False).out:
                break
            time.sleep(0.1)
        self.assertEqual({row[0][1] for row in self.sql("SELECT sealed FROM customer WHERE length(sealed) > 0")}, {2})
        self.assertIn("not right", self.sign_in("Ana", ANAS).page.text)
        b.go("/customers")
        self.assertIn("Ann Ames", b.go("/customer/A").text)
        b.go("/person/2/passphrase")
        b.send("/person/2/passphrase", new=OTHER, new_again=OTHER, passphrase=PASSPHRASE)
        self.assertEqual(self.sign_in("Ana", OTHER).page.title, "Home - Handback")
        self.run_handback("check", status=3)               # the sheet of before
        self.passphrase_file = self.file("fresh", fresh)
        os.chmod(self.passphrase_file, 0o600)
        self.assertIn("sealed", self.run_handback("check").out)
        # nothing that opens is kept where it does not belong
        jobs = json.dumps(self.json("job", "list").rows) + self.run_handback("job", "show", "1", status=None).out
        for secret in (fresh, PASSPHRASE):
            self.assertNotIn(secret, jobs)
            for root, _, names in os.walk(self.data):
                for name in names:
                    with open(os.path.join(root, name), "rb") as f:
                        self.assertNotIn(secret.encode(), f.read(), name)

    def test_what_was_typed_before_a_session_ran_out_comes_back(self):
        """To its person alone, without what proves and without card numbers; nothing is done until it is sent; nothing of it is in the folder."""
        self.add_ana("manager")
        b = self.browser
        page = b.go("/incident/new?title=Kept&other-sort=computer&other-name=Laptop&from=2025-12-01&to=unknown&how=kept&step=6")
        fields = dict(page.form("/incident/new")["fields"]) | {"title": "A laptop <was> taken, 4111 1111 1111 1111 on it", "passphrase": "my very own secret words"}

        def idle():
            self.sql("UPDATE session SET seen = seen - 1900")

        def back(name, passphrase):
            one = Browser(b.base)
            one.go("/sign-in")
            return one, one.send("/sign-in", name=name, passphrase=passphrase)

        def sent(**more):
            return b.ask("/incident/new", urllib.parse.urlencode(fields | more).encode())

        idle()
        self.assertTrue(sent(csrf="0" * 64).url.split("?")[0].endswith("/sign-in"))
        self.assertEqual(back("Owner", PASSPHRASE)[1].heading, "Fernwood Plumbing")      # another site's is not kept
        idle()
        self.assertTrue(sent().url.split("?")[0].endswith("/sign-in"))
        ana, page = back("Ana", ANAS)
        self.assertEqual((page.heading, ana.go("/kept").heading), ("Fernwood Plumbing",) * 2)
        one, page = back("Owner", PASSPHRASE)
        self.assertEqual(page.heading, "What you had typed is still here")
        self.assertIn("A laptop <was> taken", page.text)
        for gone in ("4111 1111", "secret words"):
            self.assertNotIn(gone, page.source)
        self.assertEqual(self.json("incident", "list").rows, [])
        for name in (n for n in os.listdir(self.data) if os.path.isfile(os.path.join(self.data, n))):
            with open(os.path.join(self.data, name), "rb") as f:
                self.assertNotIn(b"A laptop <was>", f.read(), name)
        page = one.send("/incident/new")
        self.assertIn("A laptop <was> taken", page.heading)
        self.assertEqual(one.go("/kept").heading, "Fernwood Plumbing")                     # sent: kept no more
        idle()
        one.ask("/incident/new", urllib.parse.urlencode(fields | {"csrf": dict(page.form("/sign-out")["fields"])["csrf"]}).encode())
        one, page = back("Owner", PASSPHRASE)
        one.send("/kept")
        self.assertEqual(one.go("/kept").heading, "Fernwood Plumbing")                     # thrown away
        self.assertEqual(len(self.json("incident", "list").rows), 1)

    def test_whoever_signs_in_is_led_to_the_page_that_was_asked_for(self):
        base = self.browser.base
        for asked, there in (("/customers?after=A", "/customers?after=A"), ("/persons", "/persons"), ("/", "/"), ("//example.com/x", "/"), ("/api/v1/incident/list", "/"), ("/no/such/page", "/")):
            b = Browser(base)
            b.go(base.split("/open")[0].rstrip("/") + asked if asked.startswith("//") else asked)
            b.go("/sign-in")
            page = b.send("/sign-in", name="Owner", passphrase=PASSPHRASE)
            self.assertEqual(page.url, b.origin + there, asked)
            self.assertEqual(b.go("/sign-in").url, b.origin + "/")                         # once
        # the cookie says where, and never elsewhere
        port = b.origin.rsplit(":", 1)[1]
        for evil in ("//example.com", "https://example.com/", "/\\example.com", "/a b"):
            c = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
            c.request("POST", "/sign-in", urllib.parse.urlencode({"name": "Owner", "passphrase": PASSPHRASE}),
                      {"Host": f"localhost:{port}", "Origin": b.origin, "Content-Type": "application/x-www-form-urlencoded", "Cookie": f"handback-{port}-wanted={evil}"})
            said = c.getresponse()
            self.assertEqual((said.status, said.getheader("Location")), (303, "/"), evil)
            c.close()

    def test_a_number_that_is_none_has_no_page(self):
        b = self.browser
        for path in ("/incident/99999999999999999999", "/incident/0", "/incident/x", "/incident/1/round/99999999999999999999", "/person/-1", "/job/1e3"):
            page = b.go(path)
            self.assertEqual((page.status, page.heading), (404, "There is no such page"), path)
        self.assertIn("There is no incident 99999999999999.", b.go("/incident/99999999999999").text)

    def test_the_language_is_chosen_on_every_page(self):
        b = self.browser
        b.go("/you")
        page = b.send("/language", language="es", to="/you")
        self.assertIn('lang="es"', page.source)
        self.assertIn("Segundo factor", page.text)
        self.assertTrue(page.url.endswith("/you"))
        # what was wrong is told in it, too: by the form of a sentence, and what stands in it
        b.go("/persons/new")
        page = b.send("/persons/new", name="Owner", role="staff", new=ANAS, new_again=ANAS, passphrase=PASSPHRASE)
        self.assertIn("Ya hay una persona con este nombre.", page.text)
        self.assertIn("Una frase de contraseña tiene al menos 12 caracteres.", b.send("/persons/new", name="Eve", new="short", new_again="short").text)
        self.assertIn("No hay ningún incidente 77.", b.go("/incident/77").text)
        # kept with the person: another browser has it from the first page on
        self.add_ana()
        ana = self.sign_in("Ana", ANAS)
        self.assertIn('lang="en"', ana.page.source)
        ana.send("/language", language="es")
        self.assertIn('lang="es"', self.sign_in("Ana", ANAS).page.source)
        other = Browser(b.base)
        other.go("/sign-in")
        self.assertIn("Su nombre", other.send("/language", language="es").text)
        self.assertEqual(other.page.url, b.origin + "/sign-in")


if __name__ == "__main__":
    tell()
