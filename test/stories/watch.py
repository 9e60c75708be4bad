"""Looking at services from outside, a catalogue of breaches, a provider's letter: what is seen is kept with its day, a match is a draft, and nobody is told."""
import json
import os
import time

from browser import DeskStory
from courier import Serving
from desk_incident import CUSTOMERS, TOUCHES
from outside import Names, Site, certificate
from story import tell

GOOD, WEAK, UNKNOWN = "good", "weak", "unknown"
SECURITY = "Contact: mailto:security@square.example\nExpires: 2099-01-01T00:00:00Z\n"


def entry(name, **more):
    return {"Name": name, "Title": name, "Domain": "mailshop.example", "BreachDate": "2026-03-10", "AddedDate": "2026-08-01T00:00:00Z", "ModifiedDate": "2026-08-01T00:00:00Z", "PwnCount": 9,
            "Description": "In March, <a href=\"https://x.example\">Mailshop</a> lost <em>addresses</em> &amp; more. <script>alert(1)</script>", "DataClasses": ["Email addresses", "Names", "Favourite colours"],
            "IsVerified": True, "IsFabricated": False, "IsSensitive": False, "IsRetired": False, "IsSpamList": False, "IsMalware": False, **more}


class Watch(DeskStory, Serving):
    def setUp(self):
        super().setUp()
        self.init()
        self.run_handback("import", self.file("customers.csv", CUSTOMERS), self.file("touches.csv", TOUCHES))
        for name, domain in (("Mailshop", "mailshop.example"), ("Tillworks", "tillworks.example")):
            self.run_handback("service", "add", name, "--domain", domain)
        self.run_handback("flow", "add", "--from", "reader:R-1", "--to", "service:Mailshop", "--kinds", "name,email,card_number", "--since", "2025-01-01")
        self.pages, self.records = {}, {}
        cert, key = certificate(self.tmp, ["mailshop.example", "haveibeenpwned.com"])
        self.site, self.names = Site(cert, key, self.pages), Names(self.records)
        self.addCleanup(self.site.close)
        self.addCleanup(self.names.close)
        for setting, value in (("outward.ca-file", cert), ("outward.to", self.site.to), ("outward.resolver", self.names.at)):
            self.run_handback("set", setting, value)

    def catalogue(self, *entries):
        return self.file("breaches.json", json.dumps(list(entries)))

    def seen(self, *args, **kw):
        return {row["check"]: row["result"] for row in self.json("service", "check", *args, **kw).rows}

    def test_a_front_is_looked_at_once_it_is_switched_on(self):
        self.assertIn("switched off", self.run_handback("service", "check", "Mailshop", status=3).err)
        self.run_handback("set", "watch.checks", "on")
        self.assertEqual(self.site.knocks, 0)
        self.pages.update({
            ("mailshop.example", "/"): (301, {"Location": "https://www.mailshop.example/", "Strict-Transport-Security": "max-age=31536000"}, ""),
            ("http://mailshop.example", "/"): (301, {"Location": "https://mailshop.example/"}, ""),
            ("mailshop.example", "/.well-known/security.txt"): (200, {"Content-Type": "text/plain; charset=utf-8"}, SECURITY),
        })
        self.records.update({("mailshop.example", "TXT"): ["v=spf1 include:_spf.mailshop.example -all"], ("_dmarc.mailshop.example", "TXT"): ["v=DMARC1; p=reject"],
                             ("mailshop.example", "CAA"): ["issue letsencrypt.org"]})
        self.assertEqual(self.seen("Mailshop"), {c: GOOD for c in ("tls", "hsts", "redirect", "security_txt", "spf", "dmarc", "caa")})
        self.assertTrue(all("Handback/" in h["user-agent"] for _, _, _, h, _ in self.site.asked))
        self.assertEqual({host for host, *_ in self.site.asked}, {"mailshop.example"})              # a redirect of the site itself is not followed
        self.assertIn("within the last hour", self.run_handback("service", "check", "Mailshop").out)
        # what is wrong is said, and a name server that fails is not "bad"
        later = {"HANDBACK_NOW": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 80 * 86400))}
        self.pages.update({("mailshop.example", "/"): (200, {}, "<html>"), ("http://mailshop.example", "/"): (200, {}, "<html>"),
                           ("mailshop.example", "/.well-known/security.txt"): (200, {"Content-Type": "text/html"}, SECURITY)})
        self.records.update({("mailshop.example", "TXT"): ["v=spf1 +all"], ("_dmarc.mailshop.example", "TXT"): ["v=DMARC1; p=none"], ("mailshop.example", "CAA"): "SERVFAIL"})
        self.assertEqual(self.seen("Mailshop", env=later), {"tls": WEAK, "hsts": WEAK, "redirect": WEAK, "security_txt": WEAK, "spf": WEAK, "dmarc": WEAK, "caa": UNKNOWN})
        # a certificate for another name; nobody else's evidence was touched
        said = self.json("service", "check", "Tillworks").rows
        self.assertEqual({r["check"]: r["result"] for r in said if r["check"] in ("tls", "hsts", "spf", "dmarc", "caa")},
                         {"tls": WEAK, "hsts": UNKNOWN, "spf": UNKNOWN, "dmarc": UNKNOWN, "caa": UNKNOWN})     # a name that is not there from here says nothing of it
        self.records[("tillworks.example", "MX")] = ["10 mx.tillworks.example"]
        self.assertEqual({c: r for c, r in self.seen("Tillworks", env=later).items() if c in ("spf", "dmarc", "caa")}, {"spf": WEAK, "dmarc": WEAK, "caa": WEAK})
        self.assertIn("not valid for it", said[0]["note"])
        self.assertIn("service", self.run_handback("service", "check", "Nobody", status=3).err)
        self.assertIn("evidence.added", self.run_handback("log").out)

    def test_a_guard_stands_before_what_is_asked_for(self):
        self.assertIn("on or off", self.run_handback("set", "watch.checks", "maybe", status=2).err)
        self.assertIn("of this machine", self.run_handback("set", "outward.to", "192.0.2.1:443", status=2).err)
        self.run_handback("set", "watch.catalogue", "on")
        self.pages[("haveibeenpwned.com", "/api/v3/breaches")] = (302, {"Location": "http://haveibeenpwned.com/x"}, "")
        self.assertIn("leads away from https", self.run_handback("service", "watch").out)
        self.pages[("haveibeenpwned.com", "/api/v3/breaches")] = (302, {"Location": "/api/v3/breaches"}, "")
        before = len(self.site.asked)
        self.assertIn("leads on too often", self.run_handback("service", "watch").out)
        self.assertEqual(len(self.site.asked) - before, 6)
        self.pages[("haveibeenpwned.com", "/api/v3/breaches")] = (200, {}, b"[" + b" " * (9 << 20))
        self.assertIn("more than is read", self.run_handback("service", "watch").out)
        self.run_handback("set", "outward.to", "")                                                # without a stand-in no address of this machine is asked
        self.run_handback("service", "set", "Mailshop", "--domain", "localhost.example")
        knocks = self.site.knocks
        self.run_handback("set", "watch.checks", "on")
        self.assertEqual(self.seen("Mailshop")["tls"], UNKNOWN)
        self.assertEqual(self.site.knocks, knocks)

    def test_a_match_is_a_draft_once_and_a_person_decides(self):
        path = self.catalogue(entry("Mailshop"), entry("Invented", IsFabricated=True), entry("Other", Domain="other.example"), entry("Older", BreachDate="2019-05-05"), {"Name": 1})
        said = self.json("service", "watch", path, status=1)
        self.assertEqual(len(said.rows), 1)
        row = said.row
        self.assertEqual((row["draft"], row["service"], row["state"], row["customers"], row["incident"]), (1, "Mailshop", "open", 3, 0))
        # the flow could carry an e-mail address, and no payment ever did: of what the catalogue names, what the formula finds there, and the rest said plainly
        self.assertEqual((row["of_what_you_give_it"], row["no_trace_of"], row["from"], row["to"]), ("name", "email", "2025-01-01T05:00:00Z", "2026-03-18T04:00:00Z"))
        self.assertIn("No trace of yours there, as far as imports and the map know: email", self.run_handback("incident", "drafts", status=1).out)
        self.assertIn("haveibeenpwned.com/Breach/Mailshop", row["source"])
        self.assertIn("Of the catalogue, 1 entry could not be read", said.err)
        self.assertEqual(self.json("service", "watch", path).rows, [])                            # the same entry never twice
        self.assertEqual(self.json("incident", "list").rows, [])                                  # it is no incident
        self.assertEqual(len(self.json("service", "watch", self.catalogue(entry("Mailshop", AddedDate="2026-09-09T00:00:00Z")), status=1).rows), 1)
        self.assertIn("CC BY 4.0", self.run_handback("incident", "drafts", status=1).out)
        self.assertIn("no catalogue", self.run_handback("service", "watch", self.file("x.json", "<html>"), status=2).err)
        self.assertIn("why it does not", self.run_handback("incident", "discard", "2", "--reason", " ", status=2).err)
        self.run_handback("incident", "discard", "2", "--reason", "The same as the first")
        self.assertEqual(self.json("incident", "confirm", "1", "--to", "2026-03-12").row["incident"], 1)
        self.assertIn("was decided", self.run_handback("incident", "confirm", "1", status=3).err)
        shown = self.json("incident", "show", "1").row
        self.assertEqual((shown["holder"], shown["from"], shown["to"]), ("service:Mailshop", "2025-01-01T05:00:00Z", "2026-03-13T04:00:00Z"))
        self.assertEqual(self.json("incident", "exposed", "1", "--count").rows[0]["customers"], 3)
        self.assertEqual(self.json("incident", "drafts").rows, [])
        self.assertEqual([r["state"] for r in self.json("incident", "drafts", "--all").rows], ["discarded", "confirmed"])
        log = self.run_handback("log").out
        for word in ("draft.made", "draft.confirmed", "draft.discarded"):
            self.assertIn(word, log)

    def test_a_letter_makes_the_same_draft(self):
        row = self.json("incident", "told", "--service", "mailshop", "--received", "2026-11-20", "--from", "2026-02-01", "--to", "2026-03-01",
                        "--said", "Our records with names, email addresses and card 4111 1111 1111 1111 were taken.").row
        self.assertEqual((row["service"], row["from"], row["to"], row["source"], row["of_what_you_give_it"], row["no_trace_of"]),
                         ("Mailshop", "2026-02-01T05:00:00Z", "2026-03-02T05:00:00Z", "letter", "name", "email"))
        # who mistypes is told what is near, and nothing is made; a new one is said to be new
        said = self.run_handback("incident", "told", "--service", "Mailshp", status=3).err
        self.assertIn('There is no service "Mailshp". Did you mean one of these: Mailshop', said)
        self.assertIn("say so: --new", said)
        self.assertEqual([r["service"] for r in self.json("incident", "drafts", status=1).rows], ["Mailshop"])
        self.assertNotIn("Mailshp", {r["holder"] for r in self.json("holder", "list").rows})
        said = self.run_handback("incident", "told", "--service", "Newcomer", "--new")
        self.assertIn("not on the map", said.err)
        self.assertIn("has not come yet", self.run_handback("incident", "told", "--service", "Mailshop", "--received", "2999-01-01", status=2).err)
        self.json("incident", "confirm", "1")
        self.assertIn("A name very near it stands there, too: Mailshop", self.run_handback("service", "add", "Mailshopp").err)
        self.assertEqual(self.json("incident", "list").row["discovered"], "2026-11-20T05:00:00Z")
        with open(os.path.join(self.data, "handback.db"), "rb") as f:
            self.assertNotIn(b"4111 1111 1111 1111", f.read())

    def test_the_courier_looks_daily_and_by_request(self):
        self.pages[("haveibeenpwned.com", "/api/v3/breaches")] = self.give_catalogue
        self.run_handback("set", "watch.catalogue", "on")
        self.run_handback("set", "watch.checks", "on")
        run = self.start()
        self.until(lambda: self.sql("SELECT count(*) FROM draft")[0][0] == 1 and self.sql("SELECT count(*) FROM evidence WHERE sort = 'tls'")[0][0] >= 2)
        self.end(run)
        self.assertEqual(self.json("service", "watch").rows, [])
        self.assertEqual(self.site.asked[-1][3]["if-none-match"], '"one"')
        self.assertEqual(self.sql("SELECT count(*) FROM incident")[0][0], 0)

    def test_what_was_left_had_ours_until_it_was_deleted(self):
        self.run_handback("service", "leave", "Mailshop", "--at", "2026-09-01")
        self.run_handback("service", "leave", "Mailshop", "--asked", "2026-09-02")
        self.run_handback("service", "leave", "Mailshop", "--confirmed", "2026-10-01")
        late = {"AddedDate": "2026-11-20T00:00:00Z"}
        rows = self.json("service", "watch", self.catalogue(entry("Before", BreachDate="2026-09-28", **late), entry("After", BreachDate="2026-10-05", **late)), status=1).rows
        self.assertEqual([(row["title"], row["to"]) for row in rows], [("Before", "2026-10-01T04:00:00Z")])

    def test_a_letter_is_read_as_people_write(self):
        for said, kinds in (("Names and e-mail addresses", "name, email"), ("Card numbers and security codes (CVV)", "card_number, card_code"), ("your customers' emails", "email"),
                            ("Driver licence numbers, bank account and date of birth", "bank_account, drivers_licence, date_of_birth"), ("nombres y números de tarjeta", "name, card_number"),
                            ("nothing that has a name of ours: usernames, cardboard", "name")):
            row = self.json("incident", "told", "--service", "Tillworks", "--said", said).row
            self.assertEqual((row["they_say"], row["said"]), (kinds, said))
        self.assertIn('They say: "nombres', self.run_handback("incident", "drafts", status=1).out)
        # nobody says what happened: customers read a sentence of ours, in their language
        self.json("incident", "confirm", "1")
        self.assertEqual(self.json("incident", "list").row["title"], "Something happened to information at Tillworks, a company that works for us")

    def give_catalogue(self, headers, body):
        if headers.get("if-none-match") == '"one"':
            return 304, {"ETag": '"one"'}, ""
        return 200, {"ETag": '"one"', "Content-Type": "application/json"}, json.dumps([entry("Mailshop")])

    def test_pages_from_a_letter_to_an_incident_and_a_look_that_is_asked_for(self):
        self.run_handback("service", "watch", self.catalogue(entry("Mailshop")), status=1)
        self.desk()
        b = self.browser
        self.assertIn("Something may have happened at a service", b.go("/").text)
        b.follow("We got a letter from a provider")
        page = b.send("/told", known="Mailshop", received_month="13", received_day="1", received_year="2026")
        self.assertIn("There is no such day.", page.text)
        page = b.send("/told", known="", service="Mialshop", said="Names", received_month="", received_day="", received_year="")
        self.assertIn("Did you mean one of these: Mailshop, Tillworks? If it is a new one, say so.", page.text)
        self.assertIn("It is new: we have not named it before", page.text)
        page = b.send("/told", known="Mailshop", received_month="11", received_day="20", received_year="2026", from_month="2", from_day="1", from_year="2026", said="<b>Phone numbers</b> and names")
        self.assertEqual(page.heading, "Mailshop")
        self.assertIn("no deadline runs", page.text)
        self.assertIn("<b>Phone numbers</b> and names", page.text)                                  # shown as it was written, not as HTML
        page = b.send("/draft/2/discard", reason="")
        self.assertIn("left empty", page.text)
        page = b.send("/draft/2/discard", reason="a test of theirs")
        self.assertIn("a test of theirs", page.text)
        page = (b.go("/told"), b.send("/told", service="Mialshop", said="Names"), b.send("/told", service="Mialshop", new="yes", said="Names"))[-1]
        self.assertEqual(page.heading, "Mialshop")
        page = b.go("/draft/1")
        self.assertIn("Of that, no trace of yours there e-mail address", page.text)
        self.assertIn("In March, Mailshop lost addresses & more.", page.text)
        self.assertNotIn("alert", page.text)
        self.assertIn("CC BY 4.0", page.text)
        self.assertIn('href="https://haveibeenpwned.com/Breach/Mailshop"', page.source)
        self.assertIn('href="https://haveibeenpwned.com/"', b.go("/watch").source)
        page = b.go("/draft/1")
        page = b.send("/draft/1/confirm", to_month="2", to_day="30", to_year="2026")
        self.assertIn("There is no such day. Look at the month, the day and the year.", page.text)
        self.assertNotIn("T14:30", page.text)
        page = b.send("/draft/1/confirm", title="Mailshop was broken into", to_month="3", to_day="12", to_year="2026")
        self.assertIn("Mailshop was broken into", page.text)
        self.assertEqual(self.json("incident", "show", "1").row["from"], "2025-01-01T05:00:00Z")      # as the draft had it
        # a page asks nobody outside: it leaves a row
        page = b.go("/watch")
        self.assertIn("It is switched off", page.text)
        b.send("/watch", do="checks-on")
        page = b.send("/watch", do="look")
        self.assertIn("It was asked for", page.text)
        self.assertEqual((self.site.knocks, self.sql("SELECT holder FROM watch_ask")), (0, [(0,)]))

    def test_doctor_looks_the_machine_over(self):
        def seen(status=None):
            rows = self.json("doctor", status=status).rows
            self.assertTrue(all(r["result"] in ("good", "note", "look", "bad", "unknown") for r in rows), rows)
            self.assertTrue(all(r["do"] for r in rows if r["result"] in ("look", "bad")), rows)
            return {r["check"]: r for r in rows}
        said = seen(1)
        self.assertEqual(list(said), ["folder", "room", "disk", "swap", "powers", "clock", "backups", "pictures", "unit"])
        self.assertEqual(said["folder"]["result"], "good")
        self.assertIn("seccomp", said["powers"]["note"])
        self.assertEqual((said["backups"]["result"], said["backups"]["note"]), ("look", "there is no backup in the data folder"))
        self.run_handback("backup")
        self.assertEqual(seen()["backups"]["result"], "good")
        folder = os.path.join(self.data, "backups")
        for name in os.listdir(folder):                                       # the same, of long ago
            if name.endswith(".backup"):
                os.rename(os.path.join(folder, name), os.path.join(folder, "handback-2026-01-02-0300.backup"))
        self.assertIn("January", seen(1)["backups"]["note"])
        plain = self.run_handback("doctor", status=None)
        self.assertEqual(plain.status, 1 if any(r["result"] in ("look", "bad") for r in seen().values()) else 0)

    def test_doctor_mail_says_what_to_set(self):
        self.assertIn("No sender", self.run_handback("doctor", "mail", status=2).err)
        self.run_handback("set", "mail.from", "care@fernwood.example")
        self.run_handback("set", "mail.server", "smtps://care@smtp.gmail.com:465")
        said = self.json("doctor", "mail", status=1).rows
        self.assertEqual({r["check"]: r["result"] for r in said}, {"SPF": WEAK, "DKIM": WEAK, "DMARC": WEAK, "Answers": WEAK, "Reverse name": GOOD})
        self.assertIn("v=spf1 include:_spf.google.com ~all", said[0]["do"])
        self.records.update({("fernwood.example", "TXT"): ["v=spf1 include:_spf.google.com ~all"], ("google._domainkey.fernwood.example", "TXT"): ["v=DKIM1; k=rsa; p=MIIB"],
                             ("_dmarc.fernwood.example", "TXT"): ["v=DMARC1; p=none; rua=mailto:care@fernwood.example"], ("fernwood.example", "MX"): ["10 mx.fernwood.example"]})
        self.assertTrue(all(r["result"] == GOOD for r in self.json("doctor", "mail").rows))
        # a server of one's own needs a name that leads back
        self.run_handback("set", "mail.server", "smtps://care@mail.fernwood.example:465")
        self.records[("mail.fernwood.example", "A")] = ["192.0.2.7"]
        last = self.json("doctor", "mail", status=1).rows[-1]
        self.assertIn("192.0.2.7 has no name", last["note"])
        self.records[("7.2.0.192.in-addr.arpa", "PTR")] = ["mail.fernwood.example"]
        self.assertEqual(self.json("doctor", "mail").rows[-1]["result"], GOOD)


if __name__ == "__main__":
    tell()
