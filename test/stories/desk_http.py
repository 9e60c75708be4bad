"""The desk's door: who is answered, what is refused, and what every answer has in common."""
import http.client
import os
import re
import signal
import socket
import time

from desk import DeskStory, routes
from story import PASSPHRASE, tell

COMMON = {
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
}


class Door(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.desk()

    def request(self, *lines, body=b""):
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + body

    # ---- who is answered ----

    def test_only_its_own_name_is_answered(self):
        for host in ("evil.example", f"evil.example:{self.port}", "localhost", "localhost:1", f"127.0.0.1:{self.port}.evil.example", ""):
            with self.subTest(host):
                self.assertEqual(self.ask("GET", "/", headers={"Host": host}).status, 421)
        for number in ("127.0.0.1", "[::1]"):                  # by its number it says its name: passkeys need one
            said = self.ask("GET", "/incidents", headers={"Host": f"{number}:{self.port}"}, cookie=False)
            self.assertEqual((said.status, said.header("Location")), (308, f"http://localhost:{self.port}/"))
            self.assertEqual(self.ask("POST", "/", form={"a": "b"}, headers={"Host": f"{number}:{self.port}"}).status, 421)
            self.assertEqual(self.ask("GET", "/", headers={"Host": f"{number}:1"}).status, 421)
        for lines in (["GET / HTTP/1.1"], ["GET / HTTP/1.1", f"Host: {self.host}", f"Host: {self.host}"], ["GET / HTTP/1.1", f"Host: {self.host}", "Host: evil.example"]):
            self.assertRegex(self.raw(self.request(*lines)), rb"\AHTTP/1.1 400 ")

    def test_the_link_works_once(self):
        said = self.open()
        self.assertRegex(said.header("Set-Cookie"), r"\A[\w-]+=[\w-]{43,64}; Path=/; HttpOnly; SameSite=Lax\Z")
        self.assertEqual(self.ask("GET", "/").status, 200)
        again = self.ask("GET", self.link[len(self.base):], cookie=False)
        self.assertEqual(again.status, 403)
        self.assertIsNone(again.header("Set-Cookie"))
        self.assertEqual(self.ask("GET", "/open/" + "0" * 32, cookie=False).status, 403)

    def test_the_link_outlives_its_desk(self):
        old = [p for p in os.listdir("/proc") if p.isdigit() and self.is_desk(p)]
        os.kill(int(old[0]), signal.SIGKILL)
        for _ in range(100):
            new = [p for p in os.listdir("/proc") if p.isdigit() and self.is_desk(p)]
            if new and new != old:
                break
            time.sleep(0.1)
        for _ in range(100):
            try:
                said = self.ask("GET", self.link[len(self.base):])
                break
            except OSError:
                time.sleep(0.1)
        self.assertEqual(said.status, 303, said.body)

    def test_nothing_is_shown_to_who_is_not_signed_in(self):
        self.open()
        mine = self.cookie
        name = mine.split("=")[0]
        self.assertEqual(name, f"handback-{self.port}")    # a browser sends it to every port of this machine
        for cookie in (None, name + "=", name + "=" + "0" * 64, mine + "0", mine[:-1], mine.replace(name, "handback")):
            self.cookie = cookie
            for method, path, flags in routes():
                if "ROUTE_OPEN" in flags:
                    continue
                with self.subTest(f"{method} {path} {cookie}"):
                    said = self.ask(method, re.sub(r":\w+", "1", path), form={} if method == "POST" else None)
                    self.assertIn(said.status, (303, 401, 403))
                    self.assertNotIn("Fernwood", said.text)

    def test_signing_out_ends_the_session(self):
        self.open()
        out = self.ask("POST", "/sign-out", {"csrf": self.csrf()})
        self.assertEqual(out.status, 303)
        self.assertEqual(out.header("Clear-Site-Data"), '"cache", "storage"')
        self.assertNotIn("Fernwood", self.ask("GET", "/").text)

    def test_a_name_and_a_passphrase_sign_in(self):
        mine = {"Origin": self.base, "Sec-Fetch-Site": "same-origin"}
        self.assertEqual(self.ask("GET", "/").header("Location"), "/sign-in")
        for headers in ({}, {"Origin": "http://evil.example"}, {**mine, "Sec-Fetch-Site": "cross-site"}):
            self.assertEqual(self.ask("POST", "/sign-in", {"name": "owner", "passphrase": PASSPHRASE}, headers).status, 403)
        wrong = self.ask("POST", "/sign-in", {"name": "owner", "passphrase": "not this one at all"}, mine)
        self.assertEqual(wrong.status, 403)
        self.assertIn("The name or the passphrase is not right", wrong.text)
        self.assertNotIn("not this one", wrong.text)
        self.assertNotIn(f"handback-{self.port}=", wrong.header("Set-Cookie") or "")     # no session; the number for a passkey is none
        self.assertEqual(self.ask("POST", "/sign-in", {"name": "nobody", "passphrase": PASSPHRASE}, mine).status, 403)
        right = self.ask("POST", "/sign-in", {"name": "owner", "passphrase": PASSPHRASE}, mine)
        self.assertEqual((right.status, right.header("Location")), (303, "/"))
        self.cookie = right.header("Set-Cookie").split(";")[0]
        self.assertIn("Fernwood", self.ask("GET", "/").text)

    def test_who_guesses_has_to_wait(self):
        mine = {"Origin": self.base}
        statuses = [self.ask("POST", "/sign-in", {"name": f"nobody {i}", "passphrase": "not this one at all"}, mine).status for i in range(8)]
        self.assertIn(429, statuses)
        self.assertEqual(set(statuses), {403, 429})

    # ---- forged posts ----

    def test_a_post_that_another_site_caused_changes_nothing(self):
        self.open()
        token = self.csrf()
        bad = [({}, {}), ({"csrf": ""}, {}), ({"csrf": token[:-1]}, {}), ({"csrf": token + "0"}, {}), ({"csrf": token}, {"Origin": "http://evil.example"}), ({"csrf": token}, {"Origin": "null"}),
               ({"csrf": token}, {"Origin": f"https://{self.host}"}), ({"csrf": token}, {"Sec-Fetch-Site": "cross-site"}), ({"csrf": token}, {"Sec-Fetch-Site": "same-site"})]
        for method, path, flags in routes():
            if method != "POST" or "ROUTE_API" in flags or "ROUTE_OPEN" in flags:
                continue
            for form, headers in bad:
                with self.subTest(f"{path} {form} {headers}"):
                    self.assertEqual(self.ask("POST", re.sub(r":\w+", "1", path), form, headers).status, 403)
        self.assertEqual(self.ask("POST", f"/sign-out?csrf={token}", {}).status, 403)
        self.assertEqual(self.ask("GET", "/").status, 200)
        self.assertEqual(self.ask("POST", "/sign-out", {"csrf": token}, {"Origin": self.base, "Sec-Fetch-Site": "same-origin"}).status, 303)

    # ---- what answers have in common ----

    def test_every_answer_has_the_headers(self):
        self.assertGreater(len(routes()), 3)
        self.open()
        answers = [(f"{m} {p}", self.ask(m, re.sub(r":\w+", "1", p), form={} if m == "POST" else None)) for m, p, _ in routes()]
        css = re.search(r'href="(/look/[^"]+css)"', self.ask("GET", "/").text)[1]
        answers += [("404", self.ask("GET", "/nothing")), ("405", self.ask("PUT", "/")), ("421", self.ask("GET", "/", headers={"Host": "x"})),
                    ("413", self.ask("POST", "/sign-out", headers={"Content-Length": "9999999"})), ("css", self.ask("GET", css)), ("not signed in", self.ask("GET", "/", cookie=False))]
        for name, said in answers:
            with self.subTest(name):
                for header, value in COMMON.items():
                    self.assertEqual(said.header(header), value)
                csp = said.header("Content-Security-Policy")
                for part in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"):
                    self.assertIn(part, csp)
                self.assertNotIn("unsafe", csp)
                self.assertIn("camera=()", said.header("Permissions-Policy"))
                self.assertIsNone(said.header("Access-Control-Allow-Origin"))
                self.assertIsNone(said.header("Server"))
                self.assertEqual(said.header("Cache-Control"), "public, max-age=31536000, immutable" if name == "css" else "no-store")
                if said.body:
                    self.assertRegex(said.header("Content-Type"), r"charset=utf-8\Z|\Aimage/svg\+xml\Z|\Aapplication/(json|yaml|pdf)\Z")
        for name, status in (("404", 404), ("405", 405), ("421", 421), ("413", 413)):
            self.assertEqual(dict(answers)[name].status, status)
            self.assertIn("<h1", dict(answers)[name].text)

    def test_a_value_is_text_and_nothing_else(self):
        name = "<script>alert(1)</script>\"'&amp;<b"
        self.run_handback("set", "business.name", name)
        self.open()
        page = self.ask("GET", "/").text
        self.assertNotIn("<script>alert", page)
        self.assertNotIn("<b", page.replace("<body", "").replace("<button", ""))
        self.assertIn("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;amp;&lt;b", page)
        for path in ("/%3Cscript%3Ealert(1)%3C/script%3E", "/?x=%3Cscript%3E", "/open/%3Cscript%3E"):
            self.assertNotIn("<script>alert", self.ask("GET", path).text)

    def test_the_page_speaks_the_readers_language(self):
        self.open()
        self.assertIn('lang="en"', self.ask("GET", "/", headers={"Accept-Language": "en-US,es;q=0.5"}).text)
        page = self.ask("GET", "/", headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}).text
        self.assertIn('lang="es"', page)
        self.assertIn("Ir al contenido principal", page)
        self.assertIn("Inicio</a>", page)
        self.assertIn("No existe esa página", self.ask("GET", "/nowhere", headers={"Accept-Language": "es"}).text)

    # ---- built files ----

    def test_built_files_are_kept_by_browsers_and_hold_nothing_of_others(self):
        self.open()
        page = self.ask("GET", "/").text
        files = re.findall(r'(?:href|src)="(/look/[^"]+)"', page)
        self.assertEqual(len(files), 3)
        for path in files:
            plain, zipped = self.ask("GET", path), self.ask("GET", path, headers={"Accept-Encoding": "gzip"})
            self.assertEqual(plain.text, zipped.text)
            self.assertLess(len(zipped.body), len(plain.body) + 50)
            self.assertEqual(self.ask("GET", path.replace("-", "-0")).status, 404)
            for foreign in ("GDS Transport", "crest", "crown", "@font-face", "url(", "http://www.gov", "sourceMappingURL"):
                self.assertNotIn(foreign, plain.text)
            if path.endswith(".js"):
                self.assertLessEqual(len(plain.body), 8192)
        self.assertEqual(self.ask("GET", "/look/..%2f..%2fetc%2fpasswd").status, 404)

    # ---- requests that are not what they seem ----

    def test_no_request_hides_in_another(self):
        """Each is refused and the connection ends, so that what follows is nobody's request (RFC 9112 section 11.2)."""
        hidden = self.request("GET /nothing HTTP/1.1", f"Host: {self.host}")
        post = ["POST /sign-out HTTP/1.1", f"Host: {self.host}", "Content-Type: application/x-www-form-urlencoded"]
        chunk = b"0\r\n\r\n"
        pairs = {
            "both": ["Content-Length: 5", "Transfer-Encoding: chunked"], "both, the other way": ["Transfer-Encoding: chunked", "Content-Length: 5"],
            "chunked": ["Transfer-Encoding: chunked"], "chunked, disguised": ["Content-Length: 5", "Transfer-Encoding: xchunked"],
            "chunked twice": ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], "two lengths": ["Content-Length: 0", "Content-Length: 5"],
            "the same length twice": ["Content-Length: 5", "Content-Length: 5"], "a list": ["Content-Length: 5, 5"], "signed": ["Content-Length: +5"], "negative": ["Content-Length: -5"],
            "hexadecimal": ["Content-Length: 0x5"], "huge": ["Content-Length: 99999999999999999999"], "empty": ["Content-Length: "], "with a unit": ["Content-Length: 5 bytes"],
        }
        for name, lines in pairs.items():
            with self.subTest(name):
                said = self.raw(self.request(*post, *lines, body=chunk + hidden))
                statuses = re.findall(rb"HTTP/1.1 (\d+) ", said)      # what the library itself refuses it may say twice
                self.assertIn(len(statuses), (1, 2), said[:300])
                self.assertEqual(len(set(statuses)), 1, said)
                self.assertIn(statuses[0], (b"400", b"413", b"501"))
                self.assertNotIn(b"[still open]", said)
        for name, bad in {
            "blank before the colon": b"Content-Length : 5\r\n", "folded": b"X: a\r\n b\r\n", "no colon": b"nonsense\r\n", "a bare CR": b"X: a\rContent-Length: 5\r\n",
        }.items():
            with self.subTest(name):
                said = self.raw(b"GET /nothing HTTP/1.1\r\nHost: " + self.host.encode() + b"\r\n" + bad + b"Connection: close\r\n\r\n")
                self.assertLessEqual(said.count(b"HTTP/1.1 "), 1)
                self.assertNotIn(b"HTTP/1.1 200", said)
        self.assertEqual(self.ask("GET", "/nothing").status, 404)

    def test_nonsense_is_refused(self):
        for text in (b"\r\n\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", b"GET /%ff HTTP/1.1\r\nHost: " + self.host.encode() + b"\r\n\r\n",
                     b"GET /%00 HTTP/1.1\r\nHost: " + self.host.encode() + b"\r\n\r\n", b"GET http://evil.example/ HTTP/1.1\r\nHost: " + self.host.encode() + b"\r\n\r\n"):
            with self.subTest(repr(text)):
                said = self.raw(text, timeout=1)
                self.assertNotIn(b" 200 ", said[:20])
                self.assertNotIn(b"Fernwood", said)
        self.assertEqual(self.ask("GET", "/nothing").status, 404)
        self.assertIn(self.ask("TRACE", "/sign-in").status, (405, 501))

    # ---- too much ----

    def test_headers_have_a_greatest_size(self):
        start = b"GET / HTTP/1.1\r\nHost: " + self.host.encode() + b"\r\n"
        for flood in (b"X: " + b"a" * (1 << 20), b"".join(b"X%d: y\r\n" % i for i in range(20000)), b"Cookie: " + b"a=1;" * 40000):
            said = self.raw(start + flood + b"\r\n\r\n")
            self.assertNotIn(b" 200 ", said[:20])
        self.assertRegex(self.raw(b"GET /" + b"a" * (1 << 20) + b" HTTP/1.1\r\nHost: " + self.host.encode() + b"\r\n\r\n")[:20], rb"\A(HTTP/1.1 4\d\d |\Z)")
        self.assertEqual(self.ask("GET", "/nothing").status, 404)

    def test_bodies_have_a_greatest_size(self):
        self.open()
        token = self.csrf()
        for size in (1 << 30, (1 << 20) + 1):
            said = self.raw(self.request("POST /sign-out HTTP/1.1", f"Host: {self.host}", f"Cookie: {self.cookie}", "Content-Type: application/x-www-form-urlencoded", f"Content-Length: {size}"))
            self.assertRegex(said, rb"\AHTTP/1.1 413 ")
            self.assertNotIn(b"[still open]", said)
        self.assertEqual(self.ask("POST", "/sign-out", [("a", "1")] * 1001 + [("csrf", token)]).status, 400)
        self.assertEqual(self.ask("POST", "/sign-out", {"csrf": token, "a": "x" * 1000000}).status, 303)

    def test_slow_connections_hold_nobody_up(self):
        slow = []
        try:
            for i in range(40):
                s = socket.create_connection(("127.0.0.1", self.port), timeout=10)
                s.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n"[:1 + i % 20])
                slow.append(s)
            started = time.monotonic()
            for _ in range(20):
                self.assertEqual(self.ask("GET", "/nothing").status, 404)
            self.assertLess(time.monotonic() - started, 10)
        finally:
            for s in slow:
                s.close()

    def test_one_address_cannot_take_all_connections(self):
        held = []
        try:
            for _ in range(300):                         # more than there are for all
                s = socket.create_connection(("127.0.0.1", self.port), timeout=10)
                s.sendall(b"G")
                held.append(s)
            there = 0
            for s in held:
                s.settimeout(0.05)
                try:
                    there += s.recv(1) != b""
                except socket.timeout:
                    there += 1
                except ConnectionResetError:
                    pass
            self.assertLessEqual(there, 64)
            self.assertEqual(self.ask("GET", "/nothing", source="127.0.0.2").status, 404)
        finally:
            for s in held:
                s.close()
        for _ in range(100):                             # it is seen soon that they are gone
            try:
                self.assertEqual(self.ask("GET", "/nothing").status, 404)
                return
            except (ConnectionError, http.client.BadStatusLine):
                time.sleep(0.1)
        self.fail("nobody is let in any more")

    def test_the_desk_ends_with_its_parent(self):
        desk = [int(p) for p in os.listdir("/proc") if p.isdigit() and self.is_desk(p)]
        self.assertEqual(len(desk), 1)
        self.process.kill()
        self.process.wait()
        for _ in range(100):
            if not os.path.exists(f"/proc/{desk[0]}") or not self.is_desk(str(desk[0])):
                return
            time.sleep(0.1)
        self.fail("the desk goes on without its parent")

    def is_desk(self, pid):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                line = f.read().split(b"\0")
            with open(f"/proc/{pid}/stat", encoding="utf-8") as f:
                session = f.read().rsplit(")", 1)[1].split()[3]
            return b"--role" in line and b"desk" in line and int(session) == self.process.pid
        except OSError:
            return False


if __name__ == "__main__":
    tell()
