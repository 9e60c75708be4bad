"""desk_reach: mails and letters that came back, and calls, in the pages; without scripts."""
import glob
import os
import re
import subprocess
import time

from browser import DeskStory
from story import PASSPHRASE, tell


class Reach(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        lines = ["customer_ref,name,email,phone,address1,city,region,postal_code,country,language",
                 "A-1,June Marsh,june@example.com,,1 Mill St,Mill,US-NY,12545,US,en", "A-2,Kofi Mensah,,202 555 0102,,,,,,es",
                 "A-3,Lena Lund,lena@example.com,202 555 0103,,,,,,en", "A-4,Max Moor,,202 555 0104,4 Mill St,Mill,US-NY,12545,US,en",
                 "A-5,Rosa Rey,,202 555 0105,5 Mill St,Mill,US-NY,12545,US,es"]
        touches = ["touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref"]
        touches += [f"2026-03-01T10:{n:02d}:00Z,A-{n},Van 2 reader,Square,,,card_number|name,T-{n}" for n in range(1, 6)]
        self.run_handback("import", self.file("c.csv", "\n".join(lines) + "\n"), self.file("t.csv", "\n".join(touches) + "\n"))
        self.run_handback("incident", "open", "--title", "A skimmer", "--holder", "reader:*", "--from", "2026-02-28", "--to", "2026-03-02", "--only", "passing")
        self.run_handback("set", "public.url", "https://notice.example.com")
        for word in (["draft", "1"], ["approve", "1.1"], ["send", "1.1"]):
            self.run_handback("notice", *word, status=None)
        letter = subprocess.run(["pdftotext", f"{self.data}/outbox/1.1/letters-001.pdf", "-"], capture_output=True, text=True, check=True).stdout
        self.letter_code = re.search(r"\b((?:[0-9A-Z]{5}-){5}[0-9A-Z]{5})\b", letter)[1]
        self.assertIn("No letter to A-4 is in the post", self.run_handback("notice", "returned", "--code", self.letter_code, status=3).err)
        self.run_handback("notice", "posted", "1.1", status=None)

    def states(self):
        return {r["customer_ref"]: (r["state"], r["channel"]) for r in self.json("notice", "status", "1.1", key=False, status=None).rows}

    def test_whoever_comes_forward_is_named_and_told(self):
        touches = ["touched_at,customer_ref,reader,place,data_kinds,source_ref,brand,last4", "2026-06-01T10:00:00Z,,Till reader,Shop,card_number|name,U-1,Visa,1234", "2026-06-01T11:00:00Z,,Till reader,Shop,card_number|name,U-2,Visa,9999",
                   "2026-06-01T12:00:00Z,,Till reader,Shop,card_number|name,U-3,,", "2026-06-01T12:30:00Z,,Fair reader,Fair,card_number|name,U-4,Visa,1234", "2026-06-01T13:00:00Z,A-1,Till reader,Shop,card_number|name,U-5,Visa,1234"]
        self.run_handback("import", self.file("u.csv", "\n".join(touches) + "\n"))
        self.run_handback("incident", "open", "--title", "A skimmer", "--holder", "reader:Till reader", "--from", "2026-05-31", "--to", "2026-06-02", "--only", "passing")
        at_risk = lambda: (self.run_handback("incident", "exposed", "2", "--refs", "--verify").out.split("Verified")[0].split(), self.json("incident", "exposed", "2", "--count").row["unnamed_touches"])
        self.assertEqual(at_risk(), (["A-1"], 3))
        self.assertEqual(self.json("notice", "draft", "2").row["customers"], 1)
        # what they know against the payments without a name: what stands there, and what only does not contradict
        fit = self.json("notice", "fits", "2", "--day", "2026-06-01", "--at", "place:Shop", "--last4", "1234", key=False).rows
        self.assertEqual([(r["last4"], r["fits"], r["at_risk"]) for r in fit], [("1234", "yes", True), ("", "perhaps", True)])
        self.assertEqual([r["at_risk"] for r in self.json("notice", "fits", "2", "--day", "2026-06-01", key=False).rows], [True, True, True, False])
        self.assertEqual(self.json("notice", "fits", "2", "--day", "2026-06-02", key=False).rows, [])
        card = self.run_handback("notice", "fits", "2", "--day", "2026-06-01", "--last4", "4111 1111 1111 1111", status=2)
        self.assertNotIn("4111 1111", card.err)
        self.run_handback("notice", "came", "2", "--name", "Bo Berg", "--touch", fit[0]["touch"], status=2)                       # how can they be reached?
        self.assertIn("A-1 has this e-mail", self.run_handback("notice", "came", "2", "--name", "Bo Berg", "--email", "june@example.com", status=3).err)
        # named: at risk by the formula, and in the round that waits for approval
        self.desk()
        b = self.browser
        b.go("/incident/2/unnamed")
        page = b.follow("Somebody comes forward: write them down, and tell them")
        day = {"day-month": "6", "day-day": "1", "day-year": "2026"}
        page = b.send("/incident/2/came", at="place:Shop", last4="1234", **day)
        for words in ("Which was theirs?", "Till reader", "*1234", "Fits; at risk by this incident", "Perhaps; at risk"):
            self.assertIn(words, page.text)
        self.assertNotIn("Fair reader", re.sub("<select.*?</select>", "", page.source, flags=re.S))
        keep = dict(day, at="place:Shop", last4="1234", touch=fit[0]["touch"], step="keep", passphrase=PASSPHRASE)
        self.assertIn("What is their name?", b.send("/incident/2/came", email="bo@example.com", **keep).text)
        page = b.send("/incident/2/came", name="Bo Berg", email="bo@example.com", **keep)
        self.assertIn("They are at risk, and stand in the notices that wait for approval.", page.text)
        came = self.json("notice", "came", "list", "2").row
        self.assertEqual((came["tied"], came["last4"]), (True, "1234"))
        bo = came["customer_ref"]
        self.assertEqual(at_risk(), (["A-1", bo], 2))
        self.assertIn("Bo Berg", self.json("notice", "preview", "2.1", "--customer", bo).row["text"])
        self.assertIn("Somebody came forward whom no export names", b.go("/log").text)
        self.assertNotIn("bo@example.com", self.run_handback("log").out)
        # importing the file again takes the name away from nobody; all agrees
        self.run_handback("import", f"{self.tmp}/u.csv")
        self.assertEqual(at_risk(), (["A-1", bo], 2))
        self.run_handback("check")
        # taken back: the payment names nobody, and the draft leaves them out
        b.go("/incident/2/came")
        self.assertIn("taken back", b.send("/incident/2/came/undo", forward=str(came["forward"])).text)
        self.assertEqual(at_risk(), (["A-1"], 3))
        self.assertEqual({r["customer_ref"]: r["state"] for r in self.json("notice", "status", "2.1", status=None).rows}, {"A-1": "drafted", bo: "undone"})
        self.run_handback("notice", "came", "undo", str(came["forward"]), status=3)
        # after the approval whoever comes is in the next round, and told
        self.run_handback("notice", "approve", "2.1")
        said = self.json("notice", "came", "2", "--customer", bo, "--touch", fit[0]["touch"]).row
        self.assertEqual((said["at_risk"], said["round"], said["told_before"]), (True, "", False))
        self.assertEqual(self.json("notice", "draft", "2").row["customers"], 1)
        self.run_handback("notice", "approve", "2.2")
        sent = lambda: {r["customer_ref"]: r["state"] for r in self.json("notice", "status", "2.2", status=None).rows} == {bo: "sent"}
        for _ in range(100):                                                    # the desk's courier may be at it
            self.run_handback("notice", "send", "2.2", status=None)
            if sent():
                break
            time.sleep(0.1)
        self.assertTrue(sent())
        self.run_handback("check")

    def test_as_they_ask_where_the_law_lets_us(self):
        lines = ["customer_ref,name,email,phone,address1,city,region,postal_code,country,language",
                 "C-1,Ann Ash,ann@example.com,202 555 0111,1 Bay St,Bay,US-CA,94102,US,en", "C-2,Ben Bay,ben@example.com,202 555 0112,2 Bay St,Bay,US-NY,12545,US,en",
                 "C-3,Cy Cole,cy@example.com,,3 Bay St,Bay,US-MD,21201,US,en", "C-4,Di Day,di@example.com,,4 Bay St,Bay,US-CA,94102,US,en", "C-5,Ed Eaton,ed@example.com,,,,US-FL,,US,en"]
        touches = ["touched_at,customer_ref,reader,data_kinds"] + [f"2026-05-01T10:{n:02d}:00Z,C-{n},R-9,card_number|name" for n in range(1, 6)]
        self.run_handback("import", self.file("c2.csv", "\n".join(lines) + "\n"), self.file("t2.csv", "\n".join(touches) + "\n"))
        self.run_handback("incident", "open", "--title", "A skimmer", "--holder", "reader:R-9", "--from", "2026-05-01", "--to", "2026-05-02", "--only", "passing")
        ways = lambda: {r["customer_ref"]: r["channel"] for r in self.json("notice", "status", "2.1", key=False, status=None).rows}
        wish = lambda who, by, **kw: self.json("customer", "wish", who, "--by", by, key=False, **kw).row
        self.run_handback("customer", "wish", "C-1", "--by", "pigeon", status=2)
        # a call counts as a notice in New York, and not in California: there it is what is written that goes first
        self.assertEqual(wish("C-2", "phone"), {"customer_ref": "C-2", "wish": "phone", "first": "phone", "barred": False})
        self.assertEqual(wish("C-1", "phone"), {"customer_ref": "C-1", "wish": "phone", "first": "email", "barred": True})
        self.assertIn("(US-CA)", self.run_handback("customer", "wish", "C-1", "--by", "phone").err)
        self.assertEqual(wish("C-5", "letter"), {"customer_ref": "C-5", "wish": "letter", "first": "email", "barred": False})          # no address is known
        said = self.json("notice", "draft", "2").row
        self.assertEqual((said["wished"], said["wished_barred"], said["wished_pathless"]), (1, 1, 1))
        self.assertEqual(ways(), {"C-1": "email", "C-2": "phone", "C-3": "email", "C-4": "email", "C-5": "email"})
        # the page: what was said there counts from the approval on
        self.desk()
        b = self.browser
        page = b.go("/customer/C-1")
        self.assertIn("The law where they live does not take that for a notice. They are told by e-mail first", page.text)
        page = b.send("/customer/C-4/wish", by="letter") if b.go("/customer/C-4") else None
        self.assertIn("Asks to be told by letter", page.text)
        self.assertIn("How a customer asks to be told was kept", b.go("/log").text)
        # the owner's customers have not agreed to e-mails: where the law asks for that, a letter goes first, save to who asked for e-mail themselves where that is enough
        self.run_handback("set", "notice.email-consent", "no")
        self.assertEqual((wish("C-3", "email")["first"], wish("C-1", "email")["first"], wish("C-2", "any")["first"]), ("email", "letter", "letter"))
        self.run_handback("notice", "approve", "2.1")
        self.assertEqual(ways(), {"C-1": "letter", "C-2": "letter", "C-3": "email", "C-4": "letter", "C-5": "email"})
        self.assertIn("by letter", self.run_handback("notice", "preview", "2.1", "--customer", "C-4").out)
        held = [r for r in self.json("customer", "show", "C-4").row["facts"] if r["what"] == "wish"]
        self.assertEqual([(r["value"], r["source"]) for r in held], [("letter", "by hand")])
        # fall-back: the letter comes back, then what they asked for, then the rest
        self.run_handback("notice", "send", "2.1", status=None)
        self.run_handback("notice", "posted", "2.1", status=None)
        self.run_handback("notice", "returned", "2.1", "--customer", "C-1")
        self.assertEqual(ways()["C-1"], "email")
        wish("C-2", "phone")
        self.run_handback("notice", "returned", "2.1", "--customer", "C-2")
        self.assertEqual(ways()["C-2"], "phone")

    def test_until_everyone_is_reached(self):
        self.assertEqual(self.states(), {"A-1": ("sent", "email"), "A-2": ("queued", "phone"), "A-3": ("sent", "email"), "A-4": ("posted", "letter"), "A-5": ("posted", "letter")})
        mark = {}
        for path in glob.glob(os.path.join(self.data, "outbox", "1.1", "*.eml")):
            with open(path, encoding="utf-8") as f:
                mark[os.path.basename(path)[:-4]] = re.search(r"<(1-1-\d+-[a-z2-7]+)@", f.read())[1]
        box = "".join(f"From x Mon Nov  2 10:00:00 2026\n{m}\n" for m in (
            f"From: mailer-daemon@mx.example\nTo: office+{mark['A-3']}@example.com\nSubject: failure notice\n\n<lena@example.com>:\n550 user unknown\n",
            f"From: june@example.com\nIn-Reply-To: <{mark['A-1']}@example.com>\nSubject: Re: Notice\n\nWas my <b>card</b> 4111 1111 1111 1111 in it?\n",
            "From: mailer-daemon@mx.example\nTo: office@example.com\nSubject: failure notice\n\n<stranger@example.org>:\n550 user unknown\n"))
        self.run_handback("notice", "bounces", self.file("box", box), status=1)
        self.desk()
        b = self.browser
        # mails that came back: each explained, what no machine can tell is decided here
        b.go("/incident/1/round/1")
        page = b.follow("Mails that came back")
        for words in ("2 wait for you", "There is no such mailbox", "They are told in another way", "Somebody answered. Read it.", "Nobody known"):
            self.assertIn(words, page.text)
        self.assertEqual(b.go("/bounces?waiting=yes").text.count("Waits for you"), 2)
        page = b.follow("A-1")
        self.assertNotIn("Was my", page.source)
        self.assertIn("That is not the passphrase", b.send("/bounce/2/mail", passphrase="not the passphrase").text)
        page = b.send("/bounce/2/mail", passphrase=PASSPHRASE)
        self.assertIn("Was my <b>card</b> [card ending 1111] in it?", page.text)
        b.go("/bounce/2")
        page = b.send("/bounce/2", **{"as": "nothing"})
        self.assertIn("1 waits for you", page.text)
        b.go("/bounce/3")
        self.assertIn("Whose mail was it?", b.send("/bounce/3", customer="", **{"as": "failed"}).text)
        self.assertIn("None waits for you", b.send("/bounce/3", customer="", **{"as": "nothing"}).text)
        # those without a name: words in both languages, and a poster
        page = b.go("/incident/1/unnamed")
        for words in ("look through your card statements", "On the till receipt", "To our payment service", "Never ask for the card number"):
            self.assertIn(words, page.text)
        # the law's substitute notice where it applies: nobody here is out of reach; the cost is not known until somebody says it, and then New York's 250,000 dollars are far away
        page = b.go("/incident/1/unnamed")
        self.assertIn("New York No: each of them is told.", page.text)
        said = self.run_handback("notice", "public", "1", "--what", "substitute")
        for words in ("Information that was at risk: ", "your card number", "Equifax: 1-888", "The Federal Trade Commission", "The Attorney General of New York: 1-800-771-7755"):
            self.assertIn(words, said.out)
        self.assertNotIn("\ufffd", said.out)
        self.assertNotIn("stands on our website", said.out)
        self.assertIn("put it on your website", said.err)
        self.assertIn("put it on your website", page.text)
        self.assertIn("What one letter costs you is not known", page.text)
        self.assertEqual({r["code"]: (r["people"], r["not_reached"], r["allowed"]) for r in self.json("notice", "substitute", "1", key=False).rows}["US-NY"], (5, 0, "no"))
        self.assertIn("revise sus extractos", b.go("/incident/1/unnamed?in=es").text)
        kind, content = b.file_by(b.page.form("/incident/1/unnamed"))
        self.assertEqual((kind, content[:5]), ("application/pdf", b"%PDF-"))
        self.assertEqual(self.json("notice", "public", "1", "--what", "receipt", "--language", "es").row["lines"][0][:12], "¿Pagó hace p")
        # calls: with names once the passphrase was given
        page = b.go("/incident/1/round/1")
        self.assertIn("2 customers are to be told by you.", page.text)
        page = b.follow("Who to call, and what to say")
        for words in ("2 by phone", "We ask you for nothing", "A-2", "A-3"):
            self.assertIn(words, page.text)
        self.assertNotIn("Kofi", page.source)
        page = b.send("/incident/1/round/1/calls")
        self.assertIn("Kofi Mensah", page.text)
        self.assertIn("202 555 0102", page.text)
        b.send("/incident/1/round/1/do", customer="A-2", calls="yes", by="phone", do="no-answer")
        self.assertIn("Called 1 time, nobody answered.", b.page.text)
        b.send("/incident/1/round/1/do", customer="A-2", calls="yes", by="phone", do="wrong-number")
        self.assertIn("tell them when they come by", b.page.text)
        b.send("/incident/1/round/1/do", customer="A-3", calls="yes", by="phone", do="reached")
        self.assertIn("notice reached 1.1 --customer A-1 --by phone", self.run_handback("notice", "called", "1.1", "--customer", "A-1", "--how", "no-answer", status=3).err)
        self.assertEqual(self.states(), {"A-1": ("sent", "email"), "A-2": ("queued", "in-person"), "A-3": ("acknowledged", "phone"), "A-4": ("posted", "letter"), "A-5": ("posted", "letter")})
        kind, content = b.file_by(b.page.form("/incident/1/round/1/calls/print"))
        self.assertEqual((kind, content[:5]), ("application/pdf", b"%PDF-"))
        # a letter's code, as a scanner types it
        self.assertIn("autofocus", b.go("/returned").source)                            # what a scanner types stands in the field, with no hand on the mouse
        for code in ("", "A-4", "1.1", "ABCDE-FGHJK-MNPQR-STVWX-YZ012-34567"):
            self.assertIn("like 1.1 C-000123", b.send("/returned", code=code).text, code)
        link = f"https://notice.example.com/p/{'x' * 16}#{self.letter_code}"           # as its QR code has it
        self.assertIn("A-4 is ticked off. They are told in another way.", b.send("/returned", code=link + "\r\n").text)
        for other in ("£", "§", "~", "\\"):                                              # a scanner that types for another keyboard
            self.assertIn("No letter to A-4 is in the post", b.send("/returned", code=link.replace("#", other)).text)
        self.assertIn("No letter to A-4 is in the post", b.send("/returned", code=self.letter_code.lower().replace("-", " ")).text)
        self.assertIn("A-5 is ticked off. They are told in another way.", b.send("/returned", code="1.1 A-5\r\n").text)
        self.assertEqual((self.states()["A-4"], self.states()["A-5"]), (("queued", "phone"), ("queued", "phone")))
        self.assertIn("can't be said of it", b.send("/returned", code="1.1 A-5").text)


if __name__ == "__main__":
    tell()
