"""SMS through a gateway: Twilio's request, what each of its answers comes to, nothing but a way to the notice in the text, and then a call."""
import http.server
import os
import re
import ssl
import subprocess
import threading
import unittest
import urllib.parse

from story import Story, tell


class Gateway(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self.server.asked.append((self.path, self.headers["Authorization"], form))
        status = self.server.answers.get(form.get("To"), 201)
        if status == "silent":
            self.close_connection = True
            return
        said = b'{"status": "queued"}'
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *words):
        pass


class Sms(Story):
    def setUp(self):
        super().setUp()
        self.init()
        lines = ["customer_ref,name,email,phone,address1,city,region,postal_code,country,language"]
        touches = ["touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref"]
        for n in range(1, 6):
            lines.append(f"A-{n},Guest Number{n},,(202) 555-010{n},,,,,,{'es' if n == 2 else 'en'}")
            touches.append(f"2026-03-01T10:{n:02d}:00Z,A-{n},Van 2 reader,Square,,,card_number|name,T-{n}")
        self.run_handback("import", self.file("c.csv", "\n".join(lines) + "\n"), self.file("t.csv", "\n".join(touches) + "\n"))
        cert, key = os.path.join(self.tmp, "cert.pem"), os.path.join(self.tmp, "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
                        "-subj", "/CN=api.twilio.com", "-addext", "subjectAltName=DNS:api.twilio.com"], check=True, capture_output=True)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
        self.server.asked, self.server.answers = [], {}
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(cert, key)
        self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        token = self.file("token", "secret-token\n")
        os.chmod(token, 0o600)
        for key_, value in (("sms.gateway", "twilio:AC123"), ("sms.from", "+12025550199"), ("sms.password-file", token), ("business.phone", "202 555 0100"),
                            ("outward.to", f"127.0.0.1:{self.server.server_port}"), ("outward.ca-file", cert), ("mail.retry", "0")):
            self.run_handback("set", key_, value)
        self.run_handback("incident", "open", "--title", "A skimmer", "--holder", "reader:*", "--from", "2026-02-28", "--to", "2026-03-02", "--only", "passing")
        self.assertEqual(self.json("notice", "draft", "1").row["sms"], 5)
        self.run_handback("notice", "approve", "1.1")

    def states(self):
        return {r["customer_ref"]: (r["state"], r["channel"], r["told"], r["known"]) for r in self.json("notice", "status", "1.1", status=None).rows}

    def test_what_the_gateway_says_is_what_became_of_it(self):
        self.server.answers = {"+12025550103": 400, "+12025550104": 503}
        self.run_handback("notice", "send", "1.1", status=1)
        self.assertEqual(self.states(), {"A-1": ("sent", "sms", True, False), "A-2": ("sent", "sms", True, False), "A-3": ("queued", "phone", False, False),
                                         "A-4": ("queued", "sms", False, False), "A-5": ("sent", "sms", True, False)})
        path, who, form = self.server.asked[0]
        self.assertEqual(path, "/2010-04-01/Accounts/AC123/Messages.json")
        self.assertEqual(who, "Basic QUMxMjM6c2VjcmV0LXRva2Vu")                   # AC123:secret-token
        self.assertEqual((form["To"], form["From"]), ("+12025550101", "+12025550199"))
        texts = {f["To"]: f["Body"] for _, _, f in self.server.asked}
        self.assertIn("Fernwood Plumbing: we have an important notice", texts["+12025550101"])
        self.assertIn("Nunca pedimos", texts["+12025550102"])
        for text in texts.values():
            self.assertLess(len(text), 300)
            self.assertNotIn("Guest", text)
            self.assertNotIn("skimmer", text)
        self.assertEqual([f["To"] for _, _, f in self.server.asked].count("+12025550101"), 1)
        self.run_handback("log", "verify")

    def test_without_an_answer_it_is_in_doubt_and_no_more_go_out(self):
        self.server.answers = {"+12025550102": "silent"}
        self.run_handback("notice", "send", "1.1", status=1)
        states = [s for s, *_ in self.states().values()]
        self.assertEqual(states, ["sent", "in_doubt", "queued", "queued", "queued"])
        self.server.answers = {f"+1202555010{n}": 401 for n in range(1, 6)}
        asked = len(self.server.asked)
        said = self.run_handback("notice", "send", "1.1", status=1)
        self.assertIn("does not take our account", said.err)
        self.assertEqual(len(self.server.asked), asked + 1)
        self.assertEqual([s for s, *_ in self.states().values()], ["sent", "in_doubt", "queued", "queued", "queued"])

    def test_with_public_pages_it_has_the_customers_own_link(self):
        self.run_handback("set", "public.url", "https://notice.example.com")
        self.assertIn("0 e-mails put into the outbox, 0 letters printed.\n5 text messages sent.\n", self.run_handback("notice", "send", "1.1").out)
        texts = [f["Body"] for _, _, f in self.server.asked]
        links = [re.search(r"https://notice\.example\.com/p/(\w{16})#((?:[0-9A-Z]{5}-){5}[0-9A-Z]{5}) ", text) for text in texts]
        self.assertEqual(len({link[2] for link in links}), 5)
        self.assertLess(max(map(len, texts)), 300)
        # no link leads nowhere: each page lies there, sealed
        self.assertEqual(sorted(link[1] for link in links), sorted(os.listdir(f"{self.data}/pages/for")))
        self.run_handback("log", "verify")

    def test_where_codes_are_offered_and_no_page_shows_one_a_letter_goes(self):
        self.run_handback("customer", "correct", "A-1", "--address1", "12 Mill St", "--city", "Millbrook", "--region", "NY", "--postal-code", "12545", "--country", "US")
        for n in ("A-1", "A-2"):
            self.run_handback("customer", "wish", n, "--by", "sms")
        self.run_handback("incident", "open", "--title", "Once more", "--holder", "reader:*", "--from", "2026-02-28", "--to", "2026-03-02", "--only", "passing")
        def split():
            self.json("notice", "draft", "2")
            return {way: sum(r["channel"] == way for r in self.json("notice", "status", "2", status=None).rows) for way in ("sms", "letter", "phone")}
        before = split()
        self.assertEqual(before["sms"], 4)
        self.run_handback("enrolment", "load", "2", "--codes", "EX-1\nEX-2", "--vendor", "Example Watch", "--site", "example.com/enrol", "--until", "2099-01-31", "--months", "24")
        self.run_handback("notice", "undo", "2.1")
        self.assertEqual(split(), {"sms": 0, "letter": 1, "phone": 4})
        self.run_handback("set", "public.url", "https://notice.example.com")                     # the link leads to a page that shows it
        self.run_handback("notice", "undo", "2.2")
        self.assertEqual(split(), before)

    def test_what_is_no_gateway_is_said_so(self):
        self.run_handback("set", "sms.gateway", "carrier-pigeon")
        self.assertIn("There is no gateway", self.run_handback("notice", "send", "1.1", status=2).err)


if __name__ == "__main__":
    tell()
