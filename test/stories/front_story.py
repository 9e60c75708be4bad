"""front: what the public may ask. Files for everybody, and nothing else; who may listen where; what every answer says; how often one may ask."""
import email
import email.policy
import glob
import hashlib
import html
import http.client
import json
import os
import re
import shutil
import socket
import subprocess

from browser import Browser
from courier import Serving
from sink import Sink
from story import PASSPHRASE, SOURCE, scanned, tell


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Front(Serving):
    def public(self, *more, port=None):
        """`handback serve --public` on a free port, until it answers."""
        self.port = port or free_port()
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
        status, headers, body = self.ask("GET", "/favicon.ico")
        self.assertEqual((status, headers["Content-Type"], body[:4]), (200, "image/svg+xml", "<svg"))
        for path in ("/secret.db", "/trusty", "/../answers.key", "/%2e%2e/answers.key", "/for/", "/all/index.html", "/nothing.html", "/.hidden/x.html", "//etc/passwd.txt"):
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
        os.remove(f"{self.data}/pages/all/index.html")
        for typed in ("/trust", "/"):                                       # from paper
            status, headers, _ = self.ask("GET", typed)
            self.assertEqual((status, headers["Location"]), (303, "/trust/"))
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

    # ---- pages of one's own ----

    def business(self):
        self.init()
        self.run_handback("import", self.file("c.csv", "customer_ref,name,email,phone,address1,city,region,postal_code,country,language\n"
                                              "A-1,June Marsh,june@example.com,,1 Mill St,Millbrook,US-NY,12545,US,en\nA-2,Luis Vega,,,2 Mill St,Millbrook,US-NY,12545,US,es\n"
                                              "A-3,Ann Low,ann@example.com,,,,,,,en\n"))
        self.run_handback("import", self.file("t.csv", "touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n" + "".join(
            f"2026-03-01T1{n}:00:00Z,A-{n},Van 2 reader,Square,,,card_number|name,T-{n}\n" for n in (1, 2, 3))))
        self.run_handback("set", "business.phone", "(202) 555-0100")
        self.run_handback("incident", "open", "--title", "A skimmer was on a card reader", "--holder", "reader:Van 2 reader", "--from", "2026-02-28", "--to", "2026-03-02",
                          "--only", "passing")

    def send(self):
        """A round into the outbox; the links in its mails, by address."""
        round_ = self.json("notice", "draft", "1").row["round"]
        self.run_handback("notice", "approve", round_)
        self.run_handback("notice", "send", round_, status=None)
        links = {}
        for path in glob.glob(f"{self.data}/outbox/{round_}/*.eml"):
            with open(path, "rb") as f:
                mail = email.message_from_binary_file(f, policy=email.policy.default)
            text = mail.get_body(("plain",)).get_content()
            links[os.path.basename(path)[:-4]] = re.search(r"^(https?://\S+/p/\w{16}#[0-9A-Z-]{35})$", text, re.M)[1]
            self.assertIn(links[os.path.basename(path)[:-4]].replace("&", "&amp;"), mail.get_body(("html",)).get_content())
            self.assertIn(links[os.path.basename(path)[:-4]].split("#")[1], text.split("#", 1)[1][40:])                 # also to be typed
        return links

    def proof(self, code, which):
        """What the front gives as a file, or the page that says that it is not there yet."""
        status, headers, body = self.ask("POST", "/p/proof", body=f"code={code}&proof={which}")
        self.assertEqual((status, headers["Cache-Control"]), (200, "no-store"))
        return body if "attachment" in headers.get("Content-Disposition", "") else None

    def checked(self, proof, key):
        """What the second reader (test/tlog.mjs) reads in it."""
        done = subprocess.run([shutil.which("node") or "nodejs", os.path.join(SOURCE, "test/tlog.mjs"), "proof", key, self.file("one.tlog-proof", proof)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return dict(line.split(" ", 1) for line in done.stdout.splitlines()[2:])

    def all_proved(self, notices):
        """That many were sent or printed, and their pages' proofs reach to the last of it. Asked of the database: the front lets one ask thirty times a minute."""
        return self.sql("SELECT count(*) FROM notice WHERE state IN (4, 8, 9)")[0][0] == notices and not self.sql(
            "SELECT 1 FROM link l JOIN attempt a ON a.customer = l.customer WHERE a.entry > l.proved")

    def test_all_that_was_told_and_its_proof(self):
        self.business()
        port = free_port()
        self.run_handback("set", "public.url", f"http://localhost:{port}")
        sink = Sink()
        self.addCleanup(sink.close)
        self.run_handback("set", "mail.server", f"smtp://127.0.0.1:{sink.port}")
        self.run_handback("set", "mail.from", "office@fernwood.example.com")
        self.run_handback("notice", "draft", "1")
        self.run_handback("notice", "approve", "1.1")
        self.run_handback("notice", "send", "1.1", status=None)
        code = re.search(r"/p/\w{16}#([0-9A-Z-]{35})", sink.mails["june@example.com"].get_body(("plain",)).get_content())[1]
        letter = subprocess.run(["pdftotext", f"{self.data}/outbox/1.1/letters-001.pdf", "-"], capture_output=True, text=True, check=True).stdout
        letter_code = re.search(r"\b((?:[0-9A-Z]{5}-){5}[0-9A-Z]{5})\b", letter)[1]
        self.sql("UPDATE link SET proved = 1000000")                       # as if nothing had been signed yet
        run = self.public(port=port)
        page = self.ask("POST", "/p", body="code=" + code)[2]
        self.assertIn('<button class="second" name="proof" value="1.1">', page)
        self.assertIn("Guardar la prueba de este aviso", self.ask("POST", "/p", body="code=" + letter_code)[2])
        self.assertIn("come back tomorrow", self.ask("POST", "/p/proof", body=f"code={code}&proof=1.1")[2])
        self.assertIn("tomorrow", self.ask("POST", "/p/proof", body=f"code={code}&proof=../../answers")[2])
        self.assertEqual(self.ask("POST", "/p/proof", body="code=nonsense&proof=1.1")[0], 404)
        self.assertEqual(self.ask("POST", "/p", body="code=" + code)[0], 200)
        # the courier puts it there, locked as it is; killed on the way it does so once more
        self.sql("UPDATE link SET proved = -1")
        os.kill(self.children(run)["courier"], 9)
        self.until(lambda: self.all_proved(3))
        key = self.proof(code, "key").strip()
        self.assertEqual(key, self.json("log", "checkpoint", key=False).row["key"])
        said = self.checked(self.proof(code, "1.1"), key)
        self.assertEqual({k: said[k] for k in ("round", "customer", "by", "became")}, {"round": "1.1", "customer": "A-1", "by": "email, try 1", "became": "sent"})
        text = sink.mails["june@example.com"].get_body(("plain",)).get_content().replace("\r\n", "\n")
        self.assertEqual(said["text"], hashlib.sha256(text.encode()).hexdigest())
        self.assertEqual(self.checked(self.proof(letter_code, "1.1"), key)["became"], "printed")
        # what becomes of it later is proved, too, once it is signed
        self.run_handback("notice", "posted", "1.1")
        self.run_handback("customer", "show", "A-2")
        self.until(lambda: self.all_proved(3))
        self.assertEqual(self.checked(self.proof(letter_code, "1.1"), key)["became"], "posted")
        # the next word to the same people stands above the first one, each with its own proof
        first = html.unescape(page)
        self.run_handback("notice", "draft", "1", "--for", "told", "--words", "# What we found since\n\nWe now know more.\n")
        self.run_handback("notice", "approve", "1.2")
        self.until(lambda: self.all_proved(6))
        page = html.unescape(self.ask("POST", "/p", body="code=" + code)[2])
        told = lambda page: re.findall(r'name="proof" value="(1\.\d)"', page)
        self.assertEqual(told(page), ["1.2", "1.1"])
        before = page.split("What we wrote to you before")[1]
        self.assertIn(re.search('<div lang="en">(.*?)</div>', first, re.S)[1], before)       # in the words that went out
        self.assertEqual(page.count('value="read"'), 1)
        self.assertEqual(self.checked(self.proof(code, "1.2"), key)["round"], "1.2")
        self.assertEqual(self.checked(self.proof(code, "1.1"), key)["round"], "1.1")
        spanish = self.ask("POST", "/p", body="code=" + letter_code)[2]
        self.assertEqual((told(spanish), re.findall(r'<div lang="(..)">', spanish)), (["1.2", "1.1"], ["en", "es"]))      # each in the language in which it was written
        # who has told us is not asked again: at once, and from any machine once it is in the log
        reads = lambda **more: 'value="read"' in self.ask("POST", "/p", body=f"code={code}" + "".join(f"&{k}={v}" for k, v in more.items()))[2]
        answered = self.ask("POST", "/p/answer", body=f"code={code}&what=read")[2]
        self.assertIn('<input type="hidden" name="read" value="yes">', answered)
        self.assertEqual((reads(), reads(read="yes")), (True, False))
        self.until(lambda: self.sql("SELECT count(*) FROM reply")[0][0] == 1)
        self.run_handback("reply", "open")
        self.run_handback("customer", "show", "A-1")                         # the log is signed whenever the vault was opened
        self.until(lambda: not self.sql("SELECT 1 FROM link l JOIN attempt a ON a.customer = l.customer WHERE a.entry > l.proved"))
        self.assertFalse(reads())

    def test_from_an_approved_round_to_a_reply(self):
        self.business()
        port = free_port()
        self.run_handback("set", "public.url", f"http://localhost:{port}")
        links = self.send()
        self.assertEqual(sorted(links), ["A-1", "A-3"])
        letter = subprocess.run(["pdftotext", f"{self.data}/outbox/1.1/letters-001.pdf", "-"], capture_output=True, text=True, check=True).stdout
        letter_code = re.search(r"\b((?:[0-9A-Z]{5}-){5}[0-9A-Z]{5})\b", letter)[1]
        self.assertIn(f"localhost:{port}/p", letter)
        printed = scanned(f"{self.data}/outbox/1.1/letters-001.pdf")       # the whole address
        self.assertRegex(printed, rf"^http://localhost:{port}/p/[0-9a-z]{{16}}#{letter_code}$")
        run = self.public(port=port)
        # the address has the file's name alone; a browser keeps the rest, and sends it in a form
        self.assertEqual(self.ask("GET", printed.split(f":{port}")[1].split("#")[0])[0], 200)
        path, code = links["A-1"].split(f":{port}")[1].split("#")
        status, headers, body = self.ask("GET", path)
        self.assertEqual((status, headers["Cache-Control"]), (200, "no-store"))
        self.assertNotIn("June", body)
        status, headers, body = self.ask("POST", "/p", body="code=" + code)
        self.assertEqual((status, headers["Cache-Control"], headers["X-Robots-Tag"]), (200, "no-store", "noindex, nofollow"))
        for words in ("A skimmer was on a card reader", "your card number", "Dear June Marsh", "March 1, 2026", "(202) 555-0100", "Fernwood Plumbing"):
            self.assertIn(words, html.unescape(body).replace('\u2011', '-').replace('\xa0', ' '))
        self.assertIn("only Fernwood Plumbing can open it", body)                                     # as the parent told the front
        self.assertNotIn("http", re.sub(r"https?://localhost:\d+", "", body.replace("<!DOCTYPE html>", "")))            # nothing from elsewhere
        self.assertIn('href="tel:2025550100"', body)
        spanish = self.ask("POST", "/p", body="code=" + letter_code.lower().replace("-", "+"))[2]
        self.assertIn("Luis Vega", spanish)
        self.assertIn("Lo he leído", spanish)
        # nobody wrote the title in Spanish: no English in their letter or page, nor in what is read to them
        for told in (spanish, letter, self.run_handback("notice", "public", "1", "--what", "phone", "--language", "es").out):
            self.assertIn("Problema de seguridad con información de nuestros clientes. Fue del", html.unescape(told).replace("\n", " "))
            self.assertNotIn("skimmer", told)
        # what they send
        card = "4111 1111 1111 1111"
        self.assertEqual(self.ask("POST", "/p/answer", body=f"code={code}&what=nonsense")[0], 400)
        for wrong, says in (("what=call", "Type your telephone number"), ("what=call&when=noon", "Type your telephone number"), ("what=call&phone=tomorrow", "Type your telephone number"),
                            ("what=channel&by=sms", "Choose e-mail or letter"), ("what=address&email=june", "no e-mail address"), ("what=address&address=Elm", "the whole address"),
                            ("what=address", "go back"), ("what=address&phone=911911911911911911", "no telephone number")):
            status, _, body = self.ask("POST", "/p/answer", body=f"code={code}&{wrong}")
            self.assertEqual((status, says in body), (400, True), wrong)
        self.assertIn(f'name="code" value="{code}"', self.ask("POST", "/p/answer", body=f"code={code}&what=call")[2])       # and the way back to their page
        self.assertEqual(self.ask("POST", "/p/answer", body="code=00000-00000-00000-00000-00000-00000&what=read")[0], 400)
        said = self.ask("POST", "/p/answer", body=f"code={code}&what=call&phone=%28202%29+555-0199&when={card.replace(' ', '+')}")
        self.assertEqual(said[0], 200)
        self.assertIn("There was a card number", said[2])
        said = self.ask("POST", "/p/answer", body=f"code={letter_code}&what=read")
        self.assertEqual((said[0], "Gracias" in said[2]), (200, True))      # in the language in which they were written to, whatever the browser's
        self.until(lambda: self.sql("SELECT count(*) FROM reply")[0][0] == 2)
        # sealed until somebody opens them with the passphrase, with which whoever answered was reached
        self.assertEqual([r["what"] for r in self.json("reply", "list").rows], ["unopened", "unopened"])
        with open(f"{self.data}/handback.db", "rb") as f:
            self.assertNotIn(b"555-0199", f.read())
        states = {r["customer_ref"]: r["state"] for r in self.json("notice", "status", "1.1", status=None).rows}
        self.assertEqual(states, {"A-1": "sent", "A-2": "printed", "A-3": "sent"})
        self.assertEqual(self.json("reply", "open").row, {"opened": 2, "reached": 2})
        states = {r["customer_ref"]: r["state"] for r in self.json("notice", "status", "1.1", status=None).rows}
        self.assertEqual(states, {"A-1": "acknowledged", "A-2": "acknowledged", "A-3": "sent"})
        call = self.json("reply", "show", "1").row
        self.assertEqual((call["customer_ref"], call["what"], call["field_phone"], call["field_when"]), ("A-1", "call", "(202) 555-0199", "[card ending 1111]"))
        self.assertEqual([r["reply"] for r in self.json("reply", "list").rows], [1])                                    # who has read it needs nobody more
        self.run_handback("reply", "done", "1")
        self.assertEqual(self.json("reply", "list").rows, [])
        self.run_handback("reply", "done", "1", status=3)
        # how they choose to be written to counts, and waits for nobody where we know how
        self.assertEqual(self.ask("POST", "/p/answer", body=f"code={code}&what=channel&by=letter")[0], 200)
        self.until(lambda: self.sql("SELECT count(*) FROM reply")[0][0] == 3)
        self.run_handback("reply", "open")
        known = bool(self.sql("SELECT 1 FROM customer WHERE ref = 'A-1' AND ways & 4"))
        self.assertEqual(len(self.json("reply", "list").rows), 0 if known else 1)
        self.assertEqual(self.sql("SELECT w.channel, w.own FROM wish w JOIN customer c ON c.id = w.customer WHERE c.ref = 'A-1'"), [(2, 1)])
        # where somebody who leads is signed in with the key, what needs nobody takes effect by itself
        other = links["A-3"].split("#")[1]
        self.assertEqual(self.ask("POST", "/p/answer", body=f"code={other}&what=held")[0], 200)
        self.until(lambda: self.sql("SELECT count(*) FROM reply")[0][0] == 4)
        b = Browser(run.link)
        b.go(run.link)
        self.assertIn("1 new reply", b.go("/replies").text)                 # by the link alone nothing opens
        self.assertIn("Asks what we hold of them", b.send("/replies/open", passphrase=PASSPHRASE).text)
        self.assertEqual(self.ask("POST", "/p/answer", body=f"code={other}&what=channel&by=email")[0], 200)
        self.until(lambda: self.sql("SELECT count(*) FROM reply")[0][0] == 5)
        b.go("/")
        self.assertEqual(self.sql("SELECT what, done > 0 FROM reply WHERE id > 3 ORDER BY id"), [("held", 0), ("channel", 1)])
        self.assertEqual(self.sql("SELECT w.channel, w.own FROM wish w JOIN customer c ON c.id = w.customer WHERE c.ref = 'A-3'"), [(1, 1)])
        # a letter that was answered and comes back all the same changes nothing: they know
        for how in (("--code", letter_code), ("1.1", "--customer", "A-2")):
            self.assertEqual(self.json("notice", "returned", *how, key=False).row["state"], "acknowledged")
        self.assertIn("is known to have been reached", self.run_handback("notice", "returned", "--code", letter_code).out)
        # who is forgotten has no page any more, and what they sent is gone
        self.assertEqual(len(glob.glob(f"{self.data}/pages/for/*")), 3)
        self.run_handback("incident", "close", "1", status=None)
        self.run_handback("customer", "forget", "A-1", "--reason", "asked for it")
        self.until(lambda: len(glob.glob(f"{self.data}/pages/for/*")) == 2)
        self.assertEqual(self.ask("POST", "/p", body="code=" + code)[0], 404)
        self.assertIn("No customer here has this code", self.run_handback("notice", "returned", "--code", code, status=3).err)
        self.assertEqual([r["customer_ref"] for r in self.json("reply", "list", "--all").rows], ["A-2", "A-3", "A-3"])
        # a front that was taken over has what it reads: not one word of anybody
        pid = self.children(run)["front"]
        self.assertEqual(self.taken_over(pid, [b"June", b"Marsh", b"Luis", b"skimmer", b"example.com", b"Mill St"]), [])

    # ---- the page of an incident, and its look-up ----

    def test_the_page_of_an_incident(self):
        self.business()
        self.run_handback("import", self.file("card.csv", "touched_at,customer_ref,reader,service,place,data_kinds,last4,source_ref\n"
                                              "2026-02-28T15:00:00Z,,Van 2 reader,Square,Market stall,card_number,4242,P-1\n2026-02-28T16:00:00Z,,Till reader,Square,Market stall,card_number,1111,P-2\n"
                                              "2026-02-28T17:00:00Z,,Till reader,Square,Store,card_number,5000,P-3\n"))
        port = free_port()
        self.run_handback("set", "public.url", f"http://localhost:{port}")
        run = self.public(port=port)
        page = f"{self.data}/pages/all/status/1/index.html"
        self.assertEqual(self.ask("GET", "/status/1/")[0], 404)            # nothing is public by itself
        self.assertEqual(self.ask("POST", "/look", body="incident=1&day=2026-02-28&last4=4242")[0], 404)
        shown = self.json("page", "show", "1")
        self.assertEqual((shown.row["state"], shown.row["may_be_public"], shown.row["objections"], shown.row["places"]), ("none", True, [], 2))
        # words: what contradicts the exposure, and what brags, does not get out
        lie = self.json("page", "words", "1", "--text", "No card data was involved. You are 100% secure with us.", status=1)
        self.assertFalse(lie.row["may_be_public"])
        self.assertEqual(len(lie.row["objections"]), 2, lie.row)
        self.assertIn("card", self.run_handback("page", "publish", "1", status=2).err)
        # the title in Spanish, written later, is what drafts and words in Spanish say from then on
        self.run_handback("incident", "title", "1", status=2)
        self.run_handback("incident", "title", "1", "--title-es", "x" * 300, status=3)
        self.run_handback("incident", "title", "1", "--title-es", "Había un lector de bandas en una terminal")
        self.assertIn("lector de bandas", self.run_handback("notice", "public", "1", "--what", "website", "--language", "es").out)
        self.assertIn("lector de bandas", self.json("notice", "preview", self.json("notice", "draft", "1").row["round"], "--customer", "A-2").row["text"])
        self.assertFalse(os.path.exists(page))
        # back to ours
        self.run_handback("page", "words", "1", "--ours")
        shown = self.json("page", "show", "1").row
        self.assertTrue(shown["may_be_public"] and shown["words_wait"])
        self.assertIn("A skimmer was on a card reader", shown["text"])
        self.assertIn("lector de bandas", shown["spanish_text"])
        text = "Somebody put a skimmer on the reader of van 2.\nIf you paid us by card in that time, look through your statements."
        self.run_handback("page", "words", "1", "--title", "A card reader <of ours> was tampered with", "--text", text)
        self.assertFalse(os.path.exists(page))                             # words alone change nothing outside
        published = self.run_handback("page", "publish", "1")
        self.assertIn(f"localhost:{port}/status/1/", published.out)
        # what is for those without a name leads there
        for what in ("poster", "website", "receipt", "phone", "substitute"):
            self.assertIn(f"localhost:{port}/status/1/", self.run_handback("notice", "public", "1", "--what", what).out, what)
        self.assertIn("/status/1/index.es.html", self.run_handback("notice", "public", "1", "--what", "receipt", "--language", "es").out)
        self.assertNotIn("/status/", self.run_handback("notice", "public", "1", "--what", "processor").out)
        self.run_handback("notice", "public", "1", "--what", "poster", "--to", os.path.join(self.tmp, "poster.pdf"))
        self.assertIn("/status/1/", subprocess.run(["pdftotext", os.path.join(self.tmp, "poster.pdf"), "-"], capture_output=True, text=True).stdout)
        self.run_handback("page", "publish", "1", status=3)
        self.assertEqual([r["incident"] for r in self.json("page", "list").rows], [1])
        status, headers, body = self.ask("GET", "/status/1/")
        self.assertEqual((status, headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        for words in ("A card reader &lt;of ours&gt; was tampered with", "<p>Somebody put a skimmer on the reader of van 2.</p>", "Market stall", "Store", "tel:2025550100", 'lang="en"'):
            self.assertIn(words, body)
        self.assertIn("Aviso a los clientes", self.ask("GET", "/status/1/", headers=[("Accept-Language", "es")])[2])
        self.assertNotIn("June", body)
        facts = re.search(r'<script type="application/ld\+json">(.*?)</script>', body)[1]
        self.assertEqual(json.loads(facts)["name"], "A card reader <of ours> was tampered with")
        self.assertNotIn("<", facts)
        places = dict(re.findall(r'<option value="(\d+)">([^<]+)', body)[::-1])
        stall, store = (next(k for k, v in places.items() if v == name) for name in ("Market stall", "Store"))
        # what it answers, and that who asks on the phone hears the same
        before = self.swept(run)
        for place, day, last4, says in ((stall, "2026-02-28", "4242", "Yes"), (stall, "2026-02-28", "1111", "No"), (store, "2026-02-28", "5000", "No"), (store, "2026-02-28", "4242", "No"),
                                        (stall, "2026-02-28", "7931", "Perhaps"), (stall, "2026-02-27", "7931", "No"), ("0", "2026-02-28", "4242", "Yes"), ("0", "2026-02-28", "1111", "No"), ("0", "2026-02-28", "7931", "Perhaps"),
                                        ("0", "2026-03-01", "7931", "Yes"), (store, "2026-03-01", "7931", "Perhaps")):
            status, headers, body = self.ask("POST", "/look", body=f"incident=1&language=en&day={day}&place={place}&last4={last4}")
            self.assertEqual((status, headers["Cache-Control"], re.search("<h1>(.*?)</h1>", body)[1]), (200, "no-store", says), (place, day, last4))
            self.assertNotIn(last4, body)
            said = self.json("page", "ask", "1", "--day", day, "--last4", last4, *(["--place", places[place]] if place != "0" else []), key=False)
            self.assertEqual(said.row["answer"], says.lower())
        self.assertIn("<h1>Sí</h1>", self.ask("POST", "/look", body=f"incident=1&language=es&day=2026-02-28&place={stall}&last4=4242")[2])
        for wrong, says in (("day=&last4=4242", "the day on which you paid"), ("day=2026-02-31&last4=4242", "the day on which you paid"), ("day=2026-02-28&last4=424", "last four digits"),
                            ("day=2026-02-28&last4=4242&place=x", "one of the places"), ("day=2026-02-28&last4=4111111111111111", "last four digits")):
            status, _, body = self.ask("POST", "/look", body="incident=1&" + wrong)
            self.assertEqual(status, 400)
            self.assertIn(says, body)
            self.assertNotIn("4111", body)
        # what was asked is nowhere: no file changed, and the front holds none open to write
        self.assertEqual(self.swept(run), before)
        self.assertEqual([v for v in before.values() if b"7931" in v], [])
        # thirty a minute
        self.assertIn(429, [self.ask("POST", "/look", body="incident=1")[0] for _ in range(31)])
        # who has taken the front over has these answers and nothing else of the payments: a row of places, days and two sets
        with open(f"{self.data}/pages/look/1", "rb") as f:
            held = f.read()
        names = re.findall(rb"[ -~]{4,}", held[:60])
        self.assertEqual(names, [b"Market stall", b"Store"])
        n = int.from_bytes(held[-4 - 72 * 4:][:4], "little")
        self.assertEqual((n, len(held)), (4, 11 + 8 + 12 + 8 + 5 + 4 + 4 * 72))      # two places and `anywhere` on one day, `anywhere` on the next
        self.run_handback("trust", "page")
        self.assertIn(f'<a href="http://localhost:{port}/status/1/index.html">A card reader &lt;of ours&gt; was tampered with</a>', self.ask("GET", "/trust/")[2])
        self.assertIn("There is an open notice", self.ask("GET", "/trust/")[2])       # a page that everybody reads is one, though no round went out
        # another import: the courier follows
        self.run_handback("import", self.file("more.csv", "touched_at,customer_ref,reader,service,place,data_kinds,last4,source_ref\n2026-02-28T18:00:00Z,,Van 2 reader,Square,Store,card_number,7931,P-4\n"))
        self.until(lambda: self.json("page", "ask", "1", "--day", "2026-02-28", "--last4", "7931", "--place", "Store", key=False).row["answer"] == "yes")
        self.until(lambda: self.answers_with(f"{self.data}/pages/look/1", held))
        # for a web host without us: no form that nobody answers
        self.run_handback("set", "public.url", "")
        self.run_handback("page", "folder", "1", f"{self.tmp}/site")
        with open(f"{self.tmp}/site/status/1/index.html", encoding="utf-8") as f:
            site = f.read()
        self.assertNotIn("<form", site)
        self.assertIn("Tell us the day", site)
        self.assertTrue(os.path.exists(f"{self.tmp}/site/look/public.css"))
        self.run_handback("set", "public.url", f"http://localhost:{port}")      # that is for trying it here: no page elsewhere may lead to it
        self.run_handback("page", "folder", "1", f"{self.tmp}/site")
        for name in ("index.html", "index.es.html"):
            with open(f"{self.tmp}/site/status/1/{name}", encoding="utf-8") as f:
                self.assertNotIn("localhost", f.read())
        self.run_handback("set", "public.url", "https://notice.example.com")
        self.run_handback("page", "folder", "1", f"{self.tmp}/site")
        with open(f"{self.tmp}/site/status/1/index.html", encoding="utf-8") as f:
            self.assertIn('formaction="https://notice.example.com/look"', f.read())
        # at a port of its own; the one that https has by itself is said by no browser, so it goes
        for bad in (":", ":0", ":08443", ":65536", ":8443:1", ":8443/"):
            self.assertIn("public.url begins with https://", self.run_handback("set", "public.url", "https://shop.example.com" + bad, status=2).err)
        for port, kept in ((":8443", ":8443"), (":443", "")):
            self.run_handback("set", "public.url", "https://shop.example.com" + port)
            said = self.json("page", "folder", "1", f"{self.tmp}/site")
            self.assertTrue(said.row["look_up"])
            for name in ("index.html", "index.es.html"):
                with open(f"{self.tmp}/site/status/1/{name}", encoding="utf-8") as f:
                    site = f.read()
                self.assertIn(f'formaction="https://shop.example.com{kept}/look"', site)
                self.assertIn(f'"url":"https://shop.example.com{kept}/status/1/', site)
            self.run_handback("trust", "page", f"{self.tmp}/trust")
            with open(f"{self.tmp}/trust/.well-known/security.txt", encoding="utf-8") as f:
                self.assertIn(f"Canonical: https://shop.example.com{kept}/.well-known/security.txt\nPolicy: https://shop.example.com{kept}/trust/\n", f.read())
            poster = f"{self.tmp}/poster{port[1:]}.pdf"
            self.run_handback("notice", "public", "1", "--what", "poster", "--to", poster)
            self.assertEqual(scanned(poster), f"https://shop.example.com{kept}/status/1/")
        # the incident is closed and its page still up: the notice is open, on the page for customers and in what is kept of it
        self.run_handback("incident", "close", "1", status=None)
        self.run_handback("trust", "page", "--json")
        with open(f"{self.data}/pages/all/trust/index.html", encoding="utf-8") as f:
            self.assertIn("There is an open notice", f.read())
        self.assertIn("en: There is an open notice", self.json("trust", "versions").rows[0]["text"])
        # taken down: page and answers are gone
        self.run_handback("page", "down", "1")
        self.assertFalse(os.path.exists(page) or os.path.exists(f"{self.data}/pages/look/1"))
        self.run_handback("page", "down", "1", status=3)
        self.assertEqual(self.json("page", "list").rows, [])
        self.assertEqual(re.findall(r" (status\.\w+) ", self.run_handback("log", key=False).out), ["status.worded", "status.worded", "status.worded", "status.published", "status.taken_down"])

    def answers_with(self, path, other_than):
        with open(path, "rb") as f:
            return f.read() != other_than

    def swept(self, run):
        """Every file of the data folder that is not the courier's lock or its clock, with its bytes."""
        out = {}
        for folder, _, names in os.walk(self.data):
            for name in names:
                if not name.startswith(("handback.db-", "courier.")):
                    with open(os.path.join(folder, name), "rb") as f:
                        out[os.path.join(folder, name)] = f.read()
        for fd in os.listdir(f"/proc/{self.children(run)['front']}/fdinfo"):
            flags = re.search(r"flags:\s+(\d+)", self.of_process(self.children(run)["front"], f"fdinfo/{fd}"))
            where = os.readlink(f"/proc/{self.children(run)['front']}/fd/{fd}")
            self.assertFalse(where.startswith(self.data) and int(flags[1], 8) & 3, where)
        return out

    def taken_over(self, pid, words):
        """All that the front can read, by what the kernel lets it (pages/ alone) and what it holds open: which of these words stand there."""
        found = []
        for folder, _, names in os.walk(f"{self.data}/pages"):
            for name in names:
                with open(os.path.join(folder, name), "rb") as f:
                    content = f.read()
                found += [(name, w) for w in words if w in content]
        for fd in os.listdir(f"/proc/{pid}/fd"):
            where = os.readlink(f"/proc/{pid}/fd/{fd}")
            if where.startswith("/") and not where.startswith((f"{self.data}/pages", "/dev/", "/proc/", "/memfd")):
                found.append(where)
        return found


if __name__ == "__main__":
    tell()
