"""Notices over SMTP, against a server that does everything servers do wrong: each customer has one known state, and what we know agrees
with what the server took."""
import concurrent.futures
import copy
import csv
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from story import SOURCE, Story, tell

# script: the state it must end in, after how many tries, and the code that is kept of the last one
SCRIPTS = {
    **dict.fromkeys(("ok", "slow", "multi", "long", "rcpt251", "barelf", "bare", "pieces"), ("sent", 1, "")),
    "grey": ("sent", 2, "450 4.2.0"), "greydata": ("sent", 2, "450 4.2.0"), "greydot": ("sent", 2, "450 4.2.0"), "once": ("sent", 2, ""),
    "rcpt450": ("queued", 4, "450 4.2.1"), "rcpt452": ("queued", 4, "452 4.5.3"), "rcpt4bare": ("queued", 4, "450"), "rcptmulti4": ("queued", 4, "450 4.2.1"),
    "data451": ("queued", 4, "451 4.3.0"), "dot452": ("queued", 4, "452 4.2.2"), "421": ("queued", 4, "421 4.3.2"), "data421": ("queued", 4, "421 4.3.2"),
    "dot421": ("queued", 4, "421 4.3.2"),
    **dict.fromkeys(("half", "garbage", "rcpt354", "rcptgone", "rcptcut", "rcpt999", "data250", "datahalf", "datagone", "rcptmixed", "flood", "early"),
                    ("queued", 4, "")),
    "rcpt550": ("unreachable", 1, "550 5.1.1"), "rcpt551": ("unreachable", 1, "551 5.1.6"), "rcpt5nocode": ("unreachable", 1, "553"),
    "rcptlong5": ("unreachable", 1, "550 5.1.1"), "rcptansi": ("unreachable", 1, "550 5.1.1"),
    "data554": ("unreachable", 1, "554 5.5.1"), "data503": ("unreachable", 1, "503 5.5.1"), "dot552": ("unreachable", 1, "552 5.2.2"),
    "dot554": ("unreachable", 1, "554 5.6.0"), "dot5bare": ("unreachable", 1, "554"), "multi5": ("unreachable", 1, "550 5.6.0"),
    **dict.fromkeys(("dropdot", "garbdot", "halfdot", "unheard", "dotcut", "dotcr", "dotnul", "dot354", "dot999", "dotmixed"), ("in_doubt", 1, "no answer")),
    "dropdata": None,                                       # all may have been handed over before the line was seen to be lost
}
TAKEN = [name for name, end in SCRIPTS.items() if end and end[0] == "sent"] + ["unheard"]
REFUSED = [name for name, end in SCRIPTS.items() if end and end[0] == "unreachable"]


class Mailing(Story):
    """A business with customers whose addresses are scripts for test/stories/smtpd.py. Tests with the same customers have copies of one."""
    founded, kept = {}, tempfile.TemporaryDirectory(prefix="handback-story-")

    def setUp(self):
        super().setUp()
        self.accepted_file, self.tries_file = os.path.join(self.tmp, "accepted"), os.path.join(self.tmp, "tries")
        self.servers = []
        self.addCleanup(lambda: [self.stop(s) for s in list(self.servers)])

    def serve(self, *more, port=0):
        run = subprocess.Popen([sys.executable, os.path.join(SOURCE, "test/stories/smtpd.py"), "--accepted", self.accepted_file, "--tries", self.tries_file,
                                "--port", str(port), *map(str, more)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        run.port = int(run.stdout.readline())
        self.servers.append(run)
        return run

    def stop(self, run):
        self.servers.remove(run)
        run.stdin.close()
        run.wait()
        run.stdout.close()

    def settle(self, port, scheme="smtp", user="", host="127.0.0.1", **more):
        self.run_handback("set", "mail.server", f"{scheme}://{user}{host}:{port}")
        for key, value in more.items():
            self.run_handback("set", "mail." + key.replace("_", "-"), value)

    def customers(self, emails, postal=()):
        """`emails` by ref; an approved round 1.1 for all of them."""
        same = json.dumps([emails, sorted(postal)])
        if same not in self.founded:
            self.found(emails, postal)
            self.founded[same] = shutil.copytree(self.data, os.path.join(self.kept.name, str(len(self.founded))))
        else:
            shutil.copytree(self.founded[same], self.data)

    def found(self, emails, postal):
        self.init()
        self.run_handback("set", "mail.from", "care@fernwood.example.com")
        self.run_handback("set", "mail.retry", "0,0,1")
        out, touches = io.StringIO(), io.StringIO()
        rows, moved = csv.writer(out), csv.writer(touches)
        rows.writerow("customer_ref,name,email,phone,address1,city,region,postal_code,country,language".split(","))
        moved.writerow("touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref".split(","))
        for i, (ref, email) in enumerate(emails.items()):
            post = ["12 Larkspur Way", "Albany", "NY", "12207", "US"] if ref in postal else ["", "", "", "", ""]
            rows.writerow([ref, f"Ana {ref}", email, "", *post, "en"])
            moved.writerow(["2026-01-05T10:00:00Z", ref, "R1", "", "", "", "card_number", f"t{i}"])
        self.run_handback("import", self.file("customers.csv", out.getvalue()))
        self.run_handback("import", self.file("touches.csv", touches.getvalue()))
        self.run_handback("incident", "open", "--title", "A skimmer", "--holder", "reader:R1", "--from", "2026-01-01", "--to", "2026-01-31")
        self.assertEqual(self.json("notice", "draft", "1").row["customers"], len(emails))
        self.run_handback("notice", "approve", "1.1")

    def scripts(self, names, postal=False):
        """Each script once: the customer's ref is the script's name."""
        emails = {name: f"{name}.1@example.com" for name in names}
        self.customers(emails, emails if postal else ())

    def send(self, status=0):
        return self.run_handback("notice", "send", "1.1", status=status)

    def status(self):
        rows = self.json("notice", "status", "1.1", status=None).rows
        by = {r["customer_ref"]: r for r in rows}
        self.assertEqual(len(by), len(rows))
        return by

    def lines(self, path):
        if not os.path.exists(path):
            return []
        with open(path) as f:
            return [json.loads(line) for line in f]

    @property
    def accepted(self):
        return self.lines(self.accepted_file)

    def tries(self, script):
        return sum(row["to"].startswith(script + ".") for row in self.lines(self.tries_file))

    def held(self, word):
        """The files of the data folder that hold these bytes."""
        found = []
        for folder, _, names in os.walk(self.data):
            for name in names:
                with open(os.path.join(folder, name), "rb") as f:
                    if word in f.read():
                        found.append(name)
        return found


class Scripts(Mailing):
    def test_every_script_ends_in_one_known_state(self):
        self.every_script()

    def test_every_script_with_commands_in_groups(self):
        """RFC 2920: MAIL, RCPT and DATA in one piece, behind the mail before."""
        self.every_script("--pipelining")

    def every_script(self, *how):
        self.scripts(SCRIPTS)
        self.settle(self.serve(*how).port, connections="4" if how else "10")
        said = self.send(status=1)
        by = self.status()
        self.assertEqual(set(by), set(SCRIPTS))
        self.assertEqual(sorted(row["to"].split(".")[0] for row in self.accepted), sorted(TAKEN))
        for ref, row in by.items():
            with self.subTest(script=ref):
                self.assertEqual(set(row), {"customer_ref", "round", "state", "channel", "attempts", "last_error", "at", "told", "known", "next"})
                self.assertEqual(row["round"], "1.1")
                self.assertIn(row["channel"], ("email", "none"))             # none: it was refused, and there is no other way
                if SCRIPTS[ref]:
                    self.assertEqual((row["state"], row["attempts"], row["last_error"]), SCRIPTS[ref])
                else:
                    self.assertIn(row["state"], ("in_doubt", "queued"))
        self.assertEqual(self.held(b"zebrafish"), [])
        waiting = sum(r["state"] == "queued" for r in by.values())
        self.assertRegex(said.out + said.err, rf"{waiting} e-mails wait\. After .*\d:\d\d run again: handback notice send 1\.1")
        # nothing is due: a second run says the same and sends nothing, least of all what is in doubt
        before = len(self.lines(self.tries_file))
        self.assertEqual(self.status(), by)
        self.send(status=1)
        self.assertEqual(len(self.lines(self.tries_file)), before)
        self.assertEqual({k: r["state"] for k, r in self.status().items()}, {k: r["state"] for k, r in by.items()})
        # by a person's decision it is sent again, under the same Message-ID
        self.run_handback("notice", "retry", "1.1", "--customer", "unheard")
        self.send(status=1)
        ids = [row["id"] for row in self.accepted if row["to"].startswith("unheard.")]
        self.assertEqual(len(ids), 2)
        self.assertEqual(len(set(ids)), 1)
        self.assertEqual(self.tries("dropdot"), 1)
        self.run_handback("log", "verify")
        self.run_handback("check")

    def test_refused_for_good_becomes_a_letter(self):
        self.scripts(["ok", *REFUSED], postal=True)
        self.settle(self.serve().port)
        said = self.send()
        by = self.status()
        self.assertEqual({r for r, row in by.items() if row["state"] == "printed"}, set(REFUSED))
        self.assertEqual({row["channel"] for r, row in by.items() if r != "ok"}, {"letter"})
        self.assertIn(f"{len(REFUSED)} e-mail addresses did not work; those customers get a letter", said.out)
        with open(os.path.join(self.data, "outbox", "1.1", "letters.csv"), newline="") as f:
            self.assertEqual({r["customer_ref"] for r in csv.DictReader(f)}, set(REFUSED))
        self.run_handback("notice", "posted", "1.1")
        self.assertEqual({row["state"] for r, row in self.status().items() if r != "ok"}, {"posted"})

    def test_message_id_stays_when_tried_again(self):
        self.scripts(["grey", "ok"])
        self.settle(self.serve().port)
        self.send()
        ids = [row["id"] for row in self.accepted]
        self.assertEqual(len(set(ids)), 2)
        for i in ids:
            self.assertRegex(i, r"^<1-1-[12]-[a-z2-7]{16}@fernwood\.example\.com>$")


class Fault:
    """What concerns no customer: how the server is started, how it is named, what is said, and after how many tries with which code all still wait; with
    none at all they wait as if nobody had tried."""
    def __init__(self, *serve, said="could not be used", tries=0, code="", **settle):
        self.serve, self.said, self.tries, self.code, self.settle = serve, said, tries, code, settle


FAULTS = {
    "no such name": Fault(said="could not be used: .*resolve", host="mail.invalid"),
    "greets with a refusal": Fault("--greet", "554 5.3.2 No service: zebrafish", said="could not be used: 554"),
    "greets with 421": Fault("--greet", "421 4.3.2 Busy: zebrafish", said="e-mails wait", tries=4, code="421 4.3.2"),
    "is none": Fault("--greet", "SSH-2.0-zebrafish", said="not a mail server's"),
    "greets with half a line": Fault("--greet-half", "22"),
    "ends at EHLO": Fault("--gone", "EHLO"),
    "421 at EHLO": Fault("--at", "EHLO=421 4.3.2 Busy: zebrafish", said="e-mails wait", tries=4, code="421 4.3.2"),
    "refuses EHLO and HELO": Fault("--at", "EHLO=502 What?", "--at", "HELO=550 5.7.0 Not you: zebrafish", said="could not be used: 550"),
    "EHLO without an end": Fault("--at", "EHLO=" + "250-zebrafish|" * 6000 + "250 end"),
    "refuses the sender": Fault("--refuse-sender", "553 5.7.1 Not your address: zebrafish", said="could not be used: 553 5.7.1 Not your address"),
    "puts the sender off": Fault("--refuse-sender", "451 4.7.1 Too many: zebrafish", said="e-mails wait", tries=4, code="451 4.7.1"),
    "421 at MAIL": Fault("--at", "MAIL=421 4.7.0 Slow down: zebrafish", "--pipelining", said="e-mails wait", tries=4, code="421 4.7.0"),
    "ends at MAIL": Fault("--gone", "MAIL", said="e-mails wait", tries=4),
    "wants a sign-in": Fault("--user", "anna", "--password", "right horse", said="could not be used: 530 5.7.0 Authentication required"),
    "offers no sign-in": Fault(user="anna@", password_file="password", said="no way to sign in"),
    "refuses the sign-in": Fault("--user", "anna", "--password", "right horse", user="anna@", password_file="password", said="(?i)could not be used: 535 5.7.8 wrong name"),
    "puts the sign-in off": Fault("--user", "anna", "--at", "AUTH=454 4.7.0 Later: zebrafish", user="anna@", password_file="password", said="e-mails wait", tries=4, code="454 4.7.0"),
    "ends at the sign-in": Fault("--user", "anna", "--gone", "AUTH", user="anna@", password_file="password"),
    "a certificate of nobody": Fault("--tls", "tls", "--cert", "good", scheme="smtps", said="could not be used: .*certificate is not believed"),
    "a certificate of others": Fault("--tls", "tls", "--cert", "good", scheme="smtps", ca_file="other.pem", said="could not be used: .*certificate is not believed"),
    "a certificate for another name": Fault("--tls", "tls", "--cert", "elsewhere", scheme="smtps", ca_file="elsewhere.pem", said="does not match"),
    "a certificate that has ended": Fault("--tls", "tls", "--cert", "ended", scheme="smtps", ca_file="ended.pem", said="expired"),
    "no such file of certificates": Fault("--tls", "tls", "--cert", "good", scheme="smtps", ca_file="none.pem", said="could not be used: No certificate can be read"),
    "no TLS where it begins with it": Fault(scheme="smtps", said="could not be used: .*TLS"),
    "no STARTTLS": Fault(host="named", said="does not offer TLS"),
    "refuses STARTTLS": Fault("--tls", "starttls", "--cert", "named", "--at", "STARTTLS=501 5.5.4 No: zebrafish", host="named", ca_file="named.pem", said="could not be used: 501"),
    "puts STARTTLS off": Fault("--tls", "starttls", "--cert", "named", "--at", "STARTTLS=454 4.7.0 No: zebrafish", host="named", ca_file="named.pem", said="e-mails wait", tries=4,
                               code="454 4.7.0"),
    "goes on in clear behind STARTTLS": Fault("--tls", "starttls", "--cert", "named", "--at", "STARTTLS=220 Go on|250 zebrafish", host="named", ca_file="named.pem",
                                              said="went on in clear"),
    "ends at STARTTLS": Fault("--tls", "starttls", "--cert", "named", "--gone", "STARTTLS", host="named", ca_file="named.pem"),
    "no TLS behind STARTTLS": Fault("--tls", "starttls", "--cert", "named", "--at", "STARTTLS=220 Go on", host="named", ca_file="named.pem", said="could not be used: .*TLS"),
}


class Servers(Mailing):
    def many(self, n=12):
        self.customers({f"C{i}": f"ok.{i}@example.com" for i in range(n)}, postal=[f"C{i}" for i in range(n)])

    def all_wait(self, said, words, code=None):
        """Nothing was taken from anybody: all are queued as if not tried, and the reason is said."""
        self.assertRegex(said.out + said.err, words)
        self.assertNotIn("not begun", said.out + said.err)
        by = self.status()
        self.assertEqual({(r["state"], r["channel"], r["attempts"]) for r in by.values()}, {("queued", "email", 0)})
        self.assertEqual(self.accepted, [])

    def all_sent(self, n=12):
        self.assertEqual({r["state"] for r in self.status().values()}, {"sent"})
        self.assertEqual(len({row["to"] for row in self.accepted}), n)
        self.assertEqual(len(self.accepted), n)

    def test_what_concerns_no_customer(self):
        self.many(2)
        name, here = named()
        certificates = {"good": ("IP:127.0.0.1", "2"), "other": ("IP:127.0.0.1", "2"), "elsewhere": ("DNS:mail.example.net", "2"), "ended": ("IP:127.0.0.1", "-1"),
                        "named": ("DNS:" + (name or "none.example"), "2")}
        for key, (subject, days) in certificates.items():
            certificate(self.tmp, key, subject, days)
        os.chmod(self.file("password", "wrong\n"), 0o600)
        founded = self.data

        def one(what, fault):
            its = copy.copy(self)
            its.tmp = os.path.join(self.tmp, what)
            its.data, its.accepted_file, its.tries_file = (os.path.join(its.tmp, k) for k in ("data", "accepted", "tries"))
            shutil.copytree(founded, its.data)
            serve, settle = list(fault.serve), dict(fault.settle)
            if "--cert" in serve:
                at = serve.index("--cert") + 1
                serve[at:at + 1] = [f"{self.tmp}/{serve[at]}.pem", "--key", f"{self.tmp}/{serve[at]}.key"]
            if settle.get("host") == "named":
                settle["host"] = name
                serve += ["--listen", here]
            for key in ("ca_file", "password_file"):
                if key in settle:
                    settle[key] = os.path.join(self.tmp, settle[key])
            its.settle(its.serve(*serve).port, **settle)
            said = its.send(status=1)
            return said.out + said.err, its.status(), its.accepted, its.held(b"zebrafish")

        faults = {what: fault for what, fault in FAULTS.items() if name or fault.settle.get("host") != "named"}
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            ran = {what: pool.submit(one, what, fault) for what, fault in faults.items()}
        for what, fault in faults.items():
            with self.subTest(what=what):
                said, by, accepted, held = ran[what].result()
                self.assertRegex(said, fault.said)
                self.assertNotIn("not begun", said)
                self.assertEqual({(r["state"], r["channel"], r["attempts"]) for r in by.values()}, {("queued", "email", fault.tries)})
                for code in {r["last_error"] for r in by.values()}:          # whom it told first, or all who tried it again
                    self.assertTrue(code == fault.code if fault.tries else code in said, code)
                self.assertEqual((accepted, held), ([], []))

    def test_server_down_and_up_again(self):
        self.many()
        server = self.serve()
        self.settle(server.port)
        self.stop(server)
        said = self.send(status=1)
        self.all_wait(said, "(?i)mail server could not be used: .*connect")
        self.serve(port=server.port)
        self.send()
        self.all_sent()

    def test_sign_in(self):
        self.many()
        server = self.serve("--user", "anna", "--password", "right horse")
        self.settle(server.port)
        self.all_wait(self.send(status=1), "could not be used: 530 5.7.0 Authentication required")
        password = self.file("password", "wrong\n")
        os.chmod(password, 0o600)
        self.settle(server.port, user="anna@", password_file=password)
        self.all_wait(self.send(status=1), "(?i)could not be used: 535 5.7.8 wrong name or password")
        with open(password, "w") as f:
            f.write("right horse\n")
        self.send()
        self.all_sent()
        self.assertEqual(self.held(b"right horse"), [])

    def test_password_file_of_others(self):
        self.many(2)
        password = self.file("password", "right horse\n")
        os.chmod(password, 0o600)
        self.settle(self.serve("--user", "anna", "--password", "right horse").port, user="anna@", password_file=password)
        os.chmod(password, 0o644)
        self.assertIn("chmod 600", self.run_handback("set", "mail.password-file", password, status=3).err)
        self.assertIn("chmod 600", self.send(status=3).err)

    def test_a_server_that_never_answers_gets_one_batch(self):
        """It takes everything and ends the line after the final dot: never more than one batch comes into doubt in a run."""
        self.customers({f"C{i}": f"dropdot.{i}@example.com" for i in range(70)})
        self.settle(self.serve().port, batch="30")
        said = self.send(status=1)
        self.assertIn("took 30 mails and never answered", said.err)
        by = self.status()
        self.assertEqual(sum(r["state"] == "in_doubt" for r in by.values()), 30)
        self.assertEqual({r["attempts"] for r in by.values() if r["state"] == "queued"}, {0})

    def test_what_is_no_answer_is_not_waited_for_and_put_off_is_told(self):
        self.customers({f"C{i}": f"garbage.{i}@example.com" for i in range(4)})
        self.settle(self.serve().port)
        begun = time.monotonic()
        self.send(status=1)
        self.assertLess(time.monotonic() - begun, 40)        # it was five minutes
        self.assertEqual({(r["state"], r["attempts"]) for r in self.status().values()}, {("queued", 4)})
        said = self.run_handback("notice", "status", "1.1", status=1).out
        self.assertRegex(said, r"Next, after 20\d\d-.*: handback notice send 1\.1 .*--now")
        tried = len(self.lines(self.tries_file))
        self.send(status=1)
        self.assertEqual(len(self.lines(self.tries_file)), tried)
        self.run_handback("notice", "send", "1.1", "--now", status=1)
        self.assertGreater(len(self.lines(self.tries_file)), tried)

    def test_why_the_server_could_not_be_used_is_told(self):
        self.many(2)
        server = self.serve("--user", "anna", "--password", "right horse")
        self.settle(server.port)
        self.assertIn("mail.password-file", self.send(status=1).err)
        self.settle(self.serve("--refuse-sender", "553 5.7.1 Not your address").port)
        said = self.send(status=1).err
        self.assertIn("mail.from", said)
        self.assertIn("When that is mended, run again", said)

    def test_without_ehlo(self):
        self.many()
        self.settle(self.serve("--helo-only").port)
        self.send()
        self.all_sent()

    def test_lines_lost_at_mail(self):
        self.many()
        self.settle(self.serve("--drop-mail", 5).port)
        self.send()
        self.all_sent()

    def test_connections_that_end_after_one_mail(self):
        self.many()
        self.settle(self.serve("--drop-reused").port, batch="3", connections="1")
        self.send(status=None)
        by = self.status()
        sent = [r for r in by.values() if r["state"] == "sent"]
        self.assertEqual(len(sent), len(self.accepted))
        self.assertEqual({r["state"] for r in by.values()}, {"sent"})
        self.all_sent()


def certificate(folder, name, subject, days="2"):
    key, cert = os.path.join(folder, name + ".key"), os.path.join(folder, name + ".pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cert,
                    "-subj", "/CN=test", "-addext", "subjectAltName=" + subject], check=True, capture_output=True)
    subprocess.run(["openssl", "x509", "-in", cert, "-signkey", key, "-days", days, "-out", cert], check=True, capture_output=True)      # also one that is over
    return cert, key


def named():
    """This machine by a name that does not say so, and its address; "", "": there is none. Such a name wants STARTTLS."""
    name = socket.gethostname()
    try:
        here = socket.gethostbyname(name)
    except OSError:
        return "", ""
    return ("", "") if name == "localhost" or name.startswith("127.") else (name, here)


class Tls(Mailing):
    def round(self):
        self.customers({f"C{i}": f"ok.{i}@example.com" for i in range(5)})

    def test_tls_at_once(self):
        self.round()
        cert, key = certificate(self.tmp, "good", "IP:127.0.0.1,DNS:localhost")
        server = self.serve("--tls", "tls", "--cert", cert, "--key", key)
        self.settle(server.port, scheme="smtps", ca_file=cert)
        self.send()
        self.assertEqual(len(self.accepted), 5)

    def test_starttls(self):
        """A name that is not this machine's by its spelling wants STARTTLS; the system's resolver says where it is."""
        self.round()
        name, here = named()
        if not name:
            self.skipTest("this machine has no name but localhost")
        cert, key = certificate(self.tmp, "good", "DNS:" + name)
        server = self.serve("--listen", here, "--tls", "starttls", "--cert", cert, "--key", key)
        self.settle(server.port, host=name, ca_file=cert)
        self.send()
        self.assertEqual(len(self.accepted), 5)


if __name__ == "__main__":
    tell()
