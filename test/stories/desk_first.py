"""The first pages: from a folder that is not there to a business whose owner is signed in."""
import http.client
import json
import os
import re
import signal
import socket
import stat
import subprocess
import time

from desk import DeskStory
from story import PASSPHRASE, tell

CODE = re.compile(r'<li class="desk-code">([0-9A-Z]{5})</li>')


class First(DeskStory):
    def post(self, path, **form):
        page = self.ask("GET", path)
        self.assertEqual(page.status, 200, path)
        token = re.search(r'name="csrf" value="([^"]+)"', page.text)[1]
        return self.ask("POST", path, {"csrf": token, **form})

    def leads(self, said, to):
        self.assertEqual((said.status, said.header("Location")), (303, to), said.text[:2000])

    def wrong(self, said, words):
        self.assertEqual(said.status, 400)
        self.assertIn("There is a problem", said.text)
        self.assertIn("<title>Error: ", said.text)
        self.assertIn(words, said.text)

    def answer(self, name="Fern\u202ewood Plumbing"):          # what turns the direction of a text is left out
        self.leads(self.post("/first/name", name=name), "/first/place")
        self.leads(self.post("/first/place", region="US-NY"), "/first/zone")
        self.leads(self.post("/first/zone", zone="America/New_York"), "/first/passphrase")
        self.leads(self.post("/first/passphrase", passphrase=PASSPHRASE, again=PASSPHRASE), "/first/check")

    def sheet(self):
        groups = CODE.findall(self.ask("GET", "/first/sheet").text)
        self.assertEqual(len(groups), 8)
        return groups

    def typed_back(self, groups):
        asked = [int(n) for n in re.findall(r"Group (\d)", self.ask("GET", "/first/typed").text)]
        self.assertEqual(len(set(asked)), 2)
        return {"one": groups[asked[0] - 1].lower(), "two": f" {groups[asked[1] - 1]} "}

    def in_folder(self, word):
        held = [os.path.join(folder, f) for folder, _, files in os.walk(self.data) for f in files]
        for path in held:
            with open(path, "rb") as f:
                self.assertNotIn(word.encode(), f.read(), path)
        return held

    # ---- the whole way ----

    def test_from_no_folder_to_a_business(self):
        self.assertFalse(os.path.exists(self.data))
        self.desk()
        self.assertEqual(stat.S_IMODE(os.stat(self.data).st_mode), 0o700)
        self.open()
        start = self.ask("GET", "/")
        self.assertIn("Welcome", start.text)
        self.assertIn(self.data, start.text)
        self.answer()
        check = self.ask("GET", "/first/check").text
        for word in ("Fernwood Plumbing", "New York", "Eastern time"):
            self.assertIn(word, check)
        self.leads(self.post("/first/zone", zone=""), "/first/check")
        self.assertRegex(self.ask("GET", "/first/check").text, r"clock has it: (UTC|[A-Z]\w+/\w+)")      # which one that is
        self.leads(self.post("/first/zone", zone="America/New_York"), "/first/check")
        self.assertNotIn(PASSPHRASE, check)
        self.assertEqual(os.listdir(self.data), ["serve.lock"])
        self.leads(self.post("/first/check"), "/first/sheet")
        groups = self.sheet()
        for path in ("/", "/first/name", "/first/check"):                # no way back to the questions
            self.leads(self.ask("GET", path), "/first/sheet")
        said = self.post("/first/typed", one="AAAAA", two="")
        self.wrong(said, "not what stands on the sheet")
        summary = said.text[said.text.index("govuk-error-summary"):said.text.index("</ul>")]
        self.assertEqual(len(set(re.findall(r"Group \d: This is not", summary))), 2, summary)         # each says which
        self.assertEqual(self.sheet(), groups)
        on = re.search(r'href="(/open/[0-9a-f]{32}\?first=yes)"', self.post("/first/typed", **self.typed_back(groups)).text)[1]
        opened = self.ask("GET", on, cookie=False)       # at once: the next desk, on the same address, answers
        self.leads(opened, "/choices")
        self.cookie = opened.header("Set-Cookie").split(";")[0]
        choices = self.ask("GET", "/choices").text
        self.assertIn("Fernwood Plumbing is set up", choices)
        for href in ('href="/payment"', 'href="/import"', 'href="/incident/new"', 'href="/demo"'):
            self.assertIn(href, choices)
        self.assertIn('href="/choices"', self.ask("GET", "/").text)      # they stay at hand
        self.the_demo()
        self.assertIn("Fernwood Plumbing", self.ask("GET", "/").text)
        self.assertEqual(self.ask("GET", on, cookie=False).status, 403)
        for path in ("/first/sheet", "/first/typed", "/first/name"):     # nothing of it is left
            self.assertEqual(self.ask("GET", path).status, 404)
        signed = self.ask("POST", "/sign-in", {"name": "owner", "passphrase": PASSPHRASE}, {"Origin": self.base}, cookie=False)
        self.leads(signed, "/")
        self.desk_end()
        with self.assertRaises(OSError):
            socket.create_connection(("127.0.0.1", self.demo), timeout=5).close()
        for word in ("-".join(groups), "".join(groups), PASSPHRASE):
            self.assertGreater(len(self.in_folder(word)), 2)
        # the code opens the vault
        code = self.file("code", "-".join(groups) + "\n")
        sealed = [r for r in self.run_handback("--passphrase-file", code, "check", key=False, json_rows=True).rows if r["check"] == "sealed"]
        self.assertIn("every sealed contact opens", sealed[0]["how"])

    def the_demo(self):
        """Opened from the page: in a folder of its own, marked, signed in beside one's own business; anew each time; it ends with its parent."""
        word = {"csrf": self.csrf()}
        for once in range(2):
            page = self.ask("POST", "/demo", word, {"Origin": self.base})
            self.assertEqual(page.status, 200, page.text)
            port, key = re.search(r'href="http://localhost:(\d+)/open/([\w-]+)"', page.text).groups()
            self.assertNotEqual(int(port), self.port)
            c = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
            host = {"Host": f"localhost:{port}", "Cookie": self.cookie}
            c.request("GET", f"/open/{key}", headers=host)
            said = c.getresponse()
            said.read()
            self.assertEqual(said.status, 303)
            mine = said.getheader("Set-Cookie").split(";")[0]
            self.assertNotEqual(mine.split("=")[0], self.cookie.split("=")[0])
            c.request("GET", "/", headers=host | {"Cookie": f"{self.cookie}; {mine}"})
            home = c.getresponse().read().decode()
            self.assertIn("This is the demo", home)
            self.assertNotIn('href="/choices"', home)
            c.close()
        self.assertEqual(os.listdir(os.path.join(self.tmp, "home")), ["handback-demo"])
        self.assertIn("Fernwood Plumbing", self.ask("GET", "/").text)
        self.assertNotIn("This is the demo", self.ask("GET", "/").text)
        self.demo = int(port)

    # ---- wrong answers ----

    def test_wrong_answers_are_told(self):
        self.desk()
        self.open()
        self.leads(self.ask("GET", "/first/check"), "/first/name")
        self.wrong(self.post("/first/name", name="  "), "Type your business")
        self.wrong(self.post("/first/name", name="x" * 201), "longer than a name")
        card = self.post("/first/name", name="Visa 4111 1111 1111 1111")
        self.wrong(card, "card number")
        self.assertNotIn("4111 1111", card.text)
        self.wrong(self.post("/first/place", region="US-XX"), "Choose a state")
        self.wrong(self.post("/first/zone", zone="../etc"), "Choose a time zone")
        self.wrong(self.post("/first/passphrase", passphrase="short", again="short"), "at least 12 characters")
        self.wrong(self.post("/first/passphrase", passphrase="passwordpassword", again="passwordpassword"), "Many people use")
        two = self.post("/first/passphrase", passphrase=PASSPHRASE, again=PASSPHRASE + "x")
        self.wrong(two, "not the same")
        self.assertNotIn(PASSPHRASE, two.text)
        self.leads(self.ask("GET", "/first/check"), "/first/name")
        self.leads(self.post("/first/name", name="<b>& Sons"), "/first/place")
        self.leads(self.post("/first/place", region=""), "/first/zone")              # nobody has to know
        self.leads(self.post("/first/zone", zone=""), "/first/passphrase")
        self.leads(self.post("/first/passphrase", passphrase=PASSPHRASE, again=PASSPHRASE), "/first/check")
        self.leads(self.post("/first/name", name="<i>& Sons"), "/first/check")       # changed, and back
        self.assertIn("&lt;i&gt;&amp; Sons", self.ask("GET", "/first/check").text)
        self.leads(self.post("/first/check"), "/first/sheet")

    # ---- who may ----

    def test_only_who_has_the_link_may_found(self):
        self.desk()
        for path in ("/", "/first/name", "/first/check", "/first/sheet", "/first/typed", "/first/restore", "/first/restore/look/" + "0" * 32, "/first/restore/put"):
            self.leads(self.ask("GET", path), "/sign-in")
        self.assertIn("Open the link", self.ask("GET", "/sign-in").text)
        self.assertEqual(self.ask("POST", "/first/name", {"name": "x"}, {"Origin": self.base}).status, 303)
        self.assertEqual(self.ask("GET", "/", headers={"Host": "evil.example"}).status, 421)
        self.assertEqual(self.ask("GET", "/open/" + "0" * 32).status, 403)
        self.open()
        mine = self.cookie
        self.assertEqual(self.ask("GET", self.link[len(self.base):], cookie=False).status, 403)      # once
        for cookie in (mine.split("=")[0] + "=" + "0" * 64, mine[:-1], mine + "0"):
            self.cookie = cookie
            self.leads(self.ask("GET", "/first/name"), "/sign-in")
        self.cookie = mine
        token = re.search(r'name="csrf" value="([^"]+)"', self.ask("GET", "/first/name").text)[1]
        for form, headers in (({}, {}), ({"csrf": token[:-1]}, {}), ({"csrf": token}, {"Origin": "http://evil.example"}), ({"csrf": token}, {"Sec-Fetch-Site": "cross-site"})):
            for path in ("/first/name", "/first/place", "/first/zone", "/first/passphrase", "/first/check", "/first/typed", "/first/restore", "/first/restore/look/" + "0" * 32, "/first/restore/put"):
                self.assertEqual(self.ask("POST", path, {"name": "x", **form}, headers).status, 403)
        for path in ("/", "/first/name", "/customers"):
            said = self.ask("GET", path)
            self.assertIn("default-src 'none'", said.header("Content-Security-Policy"))
            self.assertEqual(said.header("Cache-Control"), "no-store")
        self.assertEqual(self.ask("GET", "/customers").status, 404)
        self.assertEqual(os.listdir(self.data), ["serve.lock"])

    def test_a_second_founding_is_refused(self):
        self.desk()
        self.open()
        self.answer("Second")
        self.init()                              # meanwhile, on the command line
        said = self.post("/first/check")
        self.wrong(said, "There is a business at")
        self.desk_end()
        self.desk()
        self.open()
        page = self.ask("GET", "/").text
        self.assertIn("Fernwood", page)
        self.assertNotIn("Second", page)

    # ---- killed ----

    def test_a_desk_that_is_killed_after_the_founding_leaves_a_whole_business(self):
        self.desk()
        self.open()
        self.answer()
        self.leads(self.post("/first/check"), "/first/sheet")
        desk = subprocess.run(["pgrep", "-P", str(self.process.pid), "-f", "role desk"], capture_output=True, text=True, check=True).stdout.split()
        os.kill(int(desk[0]), signal.SIGKILL)
        self.link = json.loads(self.process.stdout.readline())["link"]     # its own link: nobody is led on
        self.open()
        self.assertIn("Fernwood Plumbing", self.ask("GET", "/").text)
        self.desk_end()
        self.assertEqual({r["good"] for r in self.run_handback("check", json_rows=True).rows}, {True})

    def test_a_founding_that_is_killed_leaves_nothing_half_made(self):
        for wait in (0.02, 0.2, 0.4):
            self.desk()
            self.open()
            self.answer()
            token = re.search(r'name="csrf" value="([^"]+)"', self.ask("GET", "/first/check").text)[1]
            body = f"csrf={token}"
            asking = subprocess.Popen(["python3", "-c", f"""
import http.client
c = http.client.HTTPConnection("127.0.0.1", {self.port}, timeout=20)
try:
    c.request("POST", "/first/check", body={body!r}, headers={{"Host": {self.host!r}, "Cookie": {self.cookie!r}, "Content-Type": "application/x-www-form-urlencoded"}})
    c.getresponse()
except OSError:
    pass
"""], stderr=subprocess.DEVNULL)
            until = time.monotonic() + 10
            while "handback.db" not in os.listdir(self.data) and time.monotonic() < until:
                time.sleep(0.002)
            time.sleep(wait)
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.desk_end()
            asking.wait()
            with self.subTest(wait):
                self.desk()
                self.open()
                page = self.ask("GET", "/").text
                if "Fernwood Plumbing" in page:          # it was done already
                    self.desk_end()
                    self.assertEqual({r["good"] for r in self.run_handback("check", json_rows=True).rows}, {True})
                    return
                self.assertIn("Welcome", page)
                self.desk_end()
        self.desk()
        self.open()
        self.answer()
        self.leads(self.post("/first/check"), "/first/sheet")


if __name__ == "__main__":
    tell()
