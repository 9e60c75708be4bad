"""front: what the public may ask. Files for everybody, and nothing else; who may listen where; what every answer says; how often one may ask."""
import http.client
import os
import socket
import time

from courier import Serving
from story import tell


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Front(Serving):
    def public(self, *more):
        """`handback serve --public` on a free port, until it answers."""
        self.port = free_port()
        run = self.start("serve", "--listen", f"127.0.0.1:{free_port()}", "--public", f"127.0.0.1:{self.port}", *more)
        self.host = f"localhost:{self.port}"
        self.until(lambda: "front" in self.children(run) and self.answers())
        return run

    def answers(self):
        try:
            return self.ask("GET", "/p")[0]
        except (OSError, http.client.HTTPException):
            return None

    def ask(self, method, path, body=None, headers=()):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        sent = {"Host": self.host, **({"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}), **dict(headers)}
        c.request(method, path, body=body, headers=sent)
        r = c.getresponse()
        said = r.status, dict(r.getheaders()), r.read().decode("utf-8", "replace")
        c.close()
        return said

    def put(self, name, text):
        path = os.path.join(self.data, "pages/all", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)

    def test_files_for_everybody_and_nothing_else(self):
        self.init()
        run = self.public()
        self.put("index.html", "<p>Fernwood</p>")
        self.put("trust/index.html", "<p>English</p>")
        self.put("trust/index.es.html", "<p>Español</p>")
        self.put("secret.db", "not served")
        self.assertEqual(self.ask("GET", "/")[2], "<p>Fernwood</p>")
        status, headers, body = self.ask("GET", "/trust/")
        self.assertEqual((status, body, headers["Content-Type"]), (200, "<p>English</p>", "text/html; charset=utf-8"))
        self.assertEqual(self.ask("GET", "/trust/", headers=[("Accept-Language", "es-MX,es;q=0.9,en;q=0.8")])[2], "<p>Español</p>")
        self.assertEqual(self.ask("GET", "/", headers=[("Accept-Language", "es")])[2], "<p>Fernwood</p>")
        for path in ("/secret.db", "/trust", "/../answers.key", "/%2e%2e/answers.key", "/for/", "/all/index.html", "/nothing.html", "/.hidden/x.html", "//etc/passwd.txt"):
            self.assertEqual(self.ask("GET", path)[0], 404, path)
        self.assertEqual(self.ask("POST", "/trust/", body="x=1")[0], 405)
        self.assertEqual(self.ask("GET", "/", headers=[("Host", "elsewhere.example.com")])[0], 421)
        # what each answer says to the browser
        for path in ("/", "/p", "/p/abcdefghjkmnpqrs", "/nothing"):
            status, headers, body = self.ask("GET", path)
            self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
            self.assertEqual((headers["Referrer-Policy"], headers["X-Content-Type-Options"]), ("no-referrer", "nosniff"))
            self.assertNotIn("Set-Cookie", headers)
            self.assertEqual(headers["Cache-Control"], "public, max-age=60" if path == "/" else "no-store")
        # a code that is none, mistyped, or of nobody
        for code, status, says in (("", 400, "typing mistake"), ("A" * 2000, 400, "typing mistake"), ("ABCDE-FGHJK-MNPQR-STVWX-YZ012-34567", 400, "typing mistake"),
                                   ("00000-00000-00000-00000-00000-0" + "0000", 400, "typing mistake")):
            said = self.ask("POST", "/p", body="code=" + code)
            self.assertEqual(said[0], status)
            self.assertIn(says, said[2])
        # thirty a minute, then a pause; files for everybody are not counted
        statuses = [self.ask("POST", "/p", body="code=x")[0] for _ in range(30)]
        self.assertEqual(statuses[-1], 429)
        self.assertLessEqual(statuses.count(400), 26)
        self.assertEqual(self.ask("GET", "/")[0], 200)
        # it has what it needs and nothing more
        pid = self.children(run)["front"]
        held = [os.readlink(f"/proc/{pid}/fd/{n}") for n in os.listdir(f"/proc/{pid}/fd")]
        self.assertFalse([h for h in held if "handback.db" in h or "keeper" in h], held)
        self.assertTrue([h for h in held if h.endswith("/pages")], held)
        status = self.of_process(pid, "status")
        self.assertIn("Seccomp:\t2", status)
        self.assertIn("NoNewPrivs:\t1", status)
        # killed, it comes back; the pages of the business go on meanwhile
        os.kill(pid, 9)
        self.until(lambda: self.children(run).get("front", pid) != pid and self.answers())

    def test_who_may_listen_where(self):
        self.init()
        serve = ("serve", "--listen", f"127.0.0.1:{free_port()}")
        for more, says in ((("--public", "0.0.0.0:8090"), "--public-cert F --public-key F"), (("--public", "[::]:8090"), "--public-cert F --public-key F"),
                           (("--public", "0.0.0.0:8090", "--proxy", "--url", "https://handback.example.com"), "--public-cert F --public-key F"), (("--public", "nonsense"), "--public takes an address and a port"),
                           (("--public", "127.0.0.1:8090", "--proxy", "--url", "https://handback.example.com"), "set public.url"),
                           (("--public", "127.0.0.1:8090", "--public-cert", "a.pem"), "go together"), (("--public-cert", "a.pem"), "belongs to --public")):
            said = self.run_handback(*serve, *more, status=None)
            self.assertNotEqual(said.status, 0)
            self.assertIn(says, said.err)
        for url in ("http://notice.example.com", "https://", "https://notice.example.com/", "https://x.example.com/a", "ftp://x"):
            self.run_handback("set", "public.url", url, status=2)
        self.run_handback("set", "public.url", "https://notice.example.com")


if __name__ == "__main__":
    tell()
