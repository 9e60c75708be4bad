"""Rounds of notices through a mail server that misbehaves, into the outbox, and what people report of them."""
import csv
import glob
import os
import signal
import sqlite3
import stat
import subprocess
import time
import unittest
from contextlib import closing
from email import message_from_binary_file
from email.policy import default

from sink import Sink
from story import HANDBACK, Story, scanned, tell

ADDRESS = ",,12 Mill St,Millbrook,US-NY,12545,US,"


class Notice(Story):
    def setUp(self):
        super().setUp()
        self.init()

    def business(self, customers):
        """customers: lines of (ref, name, email, has an address, language); each paid once at the suspected reader."""
        lines = ["customer_ref,name,email,phone,address1,city,region,postal_code,country,language"]
        touches = ["touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref"]
        for n, (ref, name, mail, address, language) in enumerate(customers):
            lines.append(f'{ref},"{name}",{mail},,' + (f"{n + 1} Mill St,Millbrook,US-NY,12545,US," if address else ",,,,,") + language)
            touches.append(f"2026-03-01T{10 + n % 10:02d}:{n % 60:02d}:00Z,{ref},Van 2 reader,Square,,,card_number|name,T-{n}")
        self.run_handback("import", self.file("c.csv", "\n".join(lines) + "\n"))
        self.run_handback("import", self.file("t.csv", "\n".join(touches) + "\n"))
        self.run_handback("set", "business.phone", "(202) 555-0100")
        self.run_handback("incident", "open", "--title", "A skimmer was on a card reader", "--holder", "reader:Van 2 reader", "--from", "2026-02-28", "--to", "2026-03-02",
                          "--only", "passing")

    def server(self, **kw):
        sink = Sink(**kw)
        self.addCleanup(sink.close)
        self.run_handback("set", "mail.server", f"smtp://127.0.0.1:{sink.port}")
        self.run_handback("set", "mail.from", "office@fernwood.example.com")
        self.run_handback("set", "mail.retry", "0,0,1")
        return sink

    def approve(self):
        row = self.json("notice", "draft", "1").row
        self.run_handback("notice", "approve", row["round"])
        return row["round"]

    def states(self, round_="1.1"):
        return {r["customer_ref"]: r for r in self.json("notice", "status", round_, status=None).rows}

    # ---- rounds ----

    def test_nobody_at_risk_makes_no_round(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en")])
        self.run_handback("incident", "open", "--title", "Another", "--holder", "reader:Van 2 reader", "--from", "2020-01-01", "--to", "2020-01-02", "--only", "passing")
        said = self.run_handback("notice", "draft", "2")
        self.assertIn("No round was made", said.out)
        self.assertIn("There is no round", self.run_handback("notice", "status", "2", status=3).err)

    def test_one_draft_at_a_time_and_undo(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en"), ("A-2", "Kofi Mensah", "", False, "en")])
        self.assertEqual(self.json("notice", "draft", "1").row, {"round": "1.1", "customers": 2, "email": 1, "letter": 0, "unreachable": 1, "unnamed_touches": 0})
        self.assertIn("notice undo 1.1", self.run_handback("notice", "draft", "1", status=3).err)
        self.run_handback("notice", "undo", "1.1")
        self.assertEqual({r["state"] for r in self.states().values()}, {"undone"})
        self.assertIn("taken back", self.run_handback("notice", "approve", "1.1", status=3).err)
        self.assertIn("taken back", self.run_handback("notice", "send", "1.1", status=3).err)
        self.assertEqual(self.json("notice", "draft", "1").row["round"], "1.2")           # taken back: they are new again
        self.run_handback("notice", "approve", "1")                                        # the latest
        self.run_handback("notice", "undo", "1.2")
        self.assertEqual({r["state"] for r in self.states("1.2").values()}, {"undone", "unreachable"})
        self.assertEqual(self.states("1")["A-1"]["round"], "1.2")

    # ---- what is approved goes out, and nothing else ----

    def sql(self, *statements):
        with closing(sqlite3.connect(os.path.join(self.data, "handback.db"))) as db:
            for s in statements:
                db.execute(s)
            db.commit()

    def test_a_round_that_was_changed_since_it_was_approved_does_not_go_out(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en"), ("A-2", "Kofi Mensah", "kofi@example.com", False, "en")])
        round_ = self.approve()
        for change, back in (("UPDATE round SET what = 'HACKED'", "UPDATE round SET what = 'A skimmer was on a card reader'"),
                             ("UPDATE round SET template = template || 'x'", "UPDATE round SET template = substr(template, 1, length(template) - 1)"),
                             ("UPDATE round SET until = until + 86400", "UPDATE round SET until = until - 86400"),
                             ("UPDATE notice SET kinds = kinds + 1024 WHERE customer = 2", "UPDATE notice SET kinds = kinds - 1024 WHERE customer = 2")):
            with self.subTest(change):
                self.sql(change)
                said = self.run_handback("notice", "send", round_, status=3)
                self.assertIn("not what was approved", said.err)
                self.assertIn("notice approve", said.err)
                self.assertFalse(os.path.exists(os.path.join(self.data, "outbox", round_)))
                self.sql(back)
        self.assertIn("was approved on", self.run_handback("notice", "approve", round_, status=3).err)       # as it was
        self.sql("UPDATE round SET what = 'Another reader'")
        self.assertIn("changed since it was approved", self.run_handback("notice", "approve", round_).err)   # the owner may want it so
        self.assertEqual(self.json("notice", "send", round_, status=None).row["sent"], 2)

    def test_a_draft_of_whom_the_exposure_has_dropped_is_not_approved(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en"), ("A-2", "Kofi Mensah", "kofi@example.com", False, "en")])
        self.run_handback("notice", "draft", "1")
        self.run_handback("incident", "suspect", "1", "--holder", "reader:Van 2 reader", "--from", "2026-03-01T10:00:00Z", "--to", "2026-03-01T10:30:00Z", "--only", "passing")
        said = self.run_handback("notice", "approve", "1.1", status=3).err
        self.assertIn("1 customer no longer, 0 customers with other information", said)
        self.assertIn("handback notice undo 1.1", said)
        self.run_handback("notice", "undo", "1.1")
        self.run_handback("notice", "draft", "1")
        self.run_handback("notice", "approve", "1.2")
        self.run_handback("import", "undo", "2")                            # the payments: whoever was drafted by them is at risk no more
        self.run_handback("notice", "undo", "1.2")
        self.assertIn("No round was made", self.run_handback("notice", "draft", "1").out)

    def test_whom_the_exposure_drops_after_the_approval_is_not_written_to(self):
        # with a server, without one, as a letter, and to be called
        people = [("A-1", "June Marsh", "june@example.com", True, "en"), ("A-2", "Kofi Mensah", "", True, "en"), ("A-3", "Hana Ito", "hana@example.com", True, "en"), ("A-4", "Lou Reyes", "lou@example.com", True, "en")]
        self.business(people)
        self.json("import", self.file("more.csv", "touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n" + "".join(
            f"2026-03-01T10:50:0{n}Z,B-{n},Van 2 reader,,,,card_number,b{n}\n" for n in range(3)) + "2026-03-01T10:51:00Z,A-4,Van 2 reader,,,,card_number|name,b9\n"))
        round_ = self.approve()
        self.assertEqual(len(self.states(round_)), 7)
        look = self.json("import", "undo", 2, "--dry-run")
        self.assertEqual((look.row["incidents"], look.row["drafts"], look.row["approved"]), (["1"], [], [round_]))
        self.assertRegex(look.err, r"Incident 1 \(.*\): at risk by import 2: 4 customers, 0 payments without a name")
        self.assertIn("Round 1.1 is approved, with 4 notices to them", look.err)
        self.assertEqual({r["state"] for r in self.states(round_).values()} - {"unreachable"}, {"queued"})       # nothing is changed by it
        said = self.json("import", "undo", 2)                               # the first payments; A-4 has another one
        self.assertLess(said.err.index("at risk by import 2"), said.err.index("at risk no more: 3 customers"))
        self.assertIn("Round 1.1 is approved; taken back, so that it does not go out: 3 notices.", said.err)
        self.assertEqual((said.row["at_risk_no_more"], said.row["not_sent"], said.row["approved"]), (3, 3, ["1.1"]))
        state = {k: v["state"] for k, v in self.states(round_).items()}
        self.assertEqual({k: state[k] for k in ("A-1", "A-2", "A-3", "A-4")}, {"A-1": "undone", "A-2": "undone", "A-3": "undone", "A-4": "queued"})
        sent = self.json("notice", "send", round_, status=None)
        self.assertEqual((sent.row["sent"], sent.row["printed"]), (1, 0))
        self.assertEqual(sorted(os.listdir(os.path.join(self.data, "outbox", round_))), ["A-4.eml"])

    def test_what_lies_ready_is_taken_back_with_the_import(self):
        # two mails in the outbox, of which one was sent by hand since, and two letters on paper; D has another payment
        address = [("A-1", "June Marsh", "june@example.com", True, "en"), ("A-2", "Kofi Mensah", "", True, "en"), ("A-3", "Hana Ito", "hana@example.com", True, "en"), ("A-4", "Lou Reyes", "", True, "en")]
        self.business(address)
        self.json("import", self.file("more.csv", "touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n2026-03-01T10:51:00Z,A-4,Van 2 reader,,,,card_number|name,b9\n"))
        round_ = self.approve()
        self.run_handback("notice", "send", round_, status=None)
        box = os.path.join(self.data, "outbox", round_)
        self.assertEqual(sorted(n for n in os.listdir(box) if n.endswith(".eml")), ["A-1.eml", "A-3.eml"])
        self.run_handback("notice", "posted", round_, "--mails", "--customer", "A-3")
        look = self.json("import", "undo", 2, "--dry-run")
        self.assertIn("Of round 1.1 2 printed letters and 1 mail in the outbox to them lie ready", look.err)
        said = self.json("import", "undo", 2)
        self.assertIn("taken back, so that it does not go out: 2 notices", said.err)
        self.assertIn("With them went 1 mail from the outbox", said.err)
        self.assertRegex(said.err, r"Of them 1 letter is on paper already\. If not posted yet, take these pages out of the pile: letters-001\.pdf: [12]\b")
        self.assertEqual(said.row["not_sent"], 2)
        self.assertEqual({k: v["state"] for k, v in self.states(round_).items()}, {"A-1": "undone", "A-2": "undone", "A-3": "sent", "A-4": "printed"})
        with open(os.path.join(box, "letters.csv"), encoding="utf-8") as f:
            listed = f.read()
        self.assertEqual(([n for n in os.listdir(box) if n.endswith(".eml")], "A-2" in listed, "A-4" in listed), ([], False, True))
        self.assertEqual(self.json("notice", "posted", round_).row["posted"], 1)

    def test_each_sending_asks_the_exposure_once_more(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en"), ("A-2", "Kofi Mensah", "kofi@example.com", False, "en")])
        round_ = self.approve()
        self.run_handback("incident", "suspect", "1", "--holder", "reader:Van 2 reader", "--from", "2026-03-01T10:00:00Z", "--to", "2026-03-01T10:30:00Z", "--only", "passing")
        left = {r["customer_ref"] for r in self.json("incident", "exposed", 1).rows}
        self.assertEqual(len(left), 1)
        said = self.json("notice", "send", round_, status=None)
        self.assertEqual((said.row["sent"], said.row["dropped"]), (1, 1))
        self.assertIn("1 notice is taken back", said.err)
        self.assertEqual({k for k, v in self.states(round_).items() if v["state"] == "sent"}, left)
        self.assertIn("round.settled", self.run_handback("log").out)

    def test_an_approval_is_of_one_round(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en"), ("A-2", "Kofi Mensah", "kofi@example.com", False, "en")])
        self.run_handback("incident", "open", "--title", "Another", "--holder", "reader:Van 2 reader", "--from", "2026-02-28", "--to", "2026-03-02", "--only", "passing")
        self.run_handback("notice", "draft", "1")
        self.run_handback("notice", "draft", "2")
        self.run_handback("notice", "approve", "2.1")
        self.sql("UPDATE round SET (approved, ends, leave, opens) = (SELECT approved, ends, leave, opens FROM round WHERE incident = 2) WHERE incident = 1",
                 "UPDATE notice SET state = 2 WHERE incident = 1")
        self.assertIn("not what was approved", self.run_handback("notice", "send", "1.1", status=3).err)
        self.assertFalse(os.path.exists(os.path.join(self.data, "outbox", "1.1")))

    def test_never_more_than_so_many_to_one_mail_domain(self):
        self.business([(f"A-{n}", f"Guest {n}", f"guest{n}@{'example.com' if n % 3 else 'example.org'}", False, "en") for n in range(1, 19)])
        sink = self.server()
        self.assertIn("like 100/60", self.run_handback("set", "mail.domain-limit", "often", status=2).err)
        self.run_handback("set", "mail.domain-limit", "4/2")
        self.run_handback("notice", "draft", "1")
        self.run_handback("notice", "approve", "1.1")
        end = time.monotonic() + 60
        while time.monotonic() < end and self.json("notice", "send", "1.1", status=None).row["waiting"]:
            time.sleep(0.3)
        self.assertEqual({r["state"] for r in self.states().values()}, {"sent"})
        self.assertEqual({r["attempts"] for r in self.states().values()}, {1})
        for domain, many in (("example.com", 12), ("example.org", 6)):
            at = sorted(t for to, t in sink.times.items() if to.endswith(domain))
            self.assertEqual(len(at), many)
            for first, fifth in zip(at, at[4:]):                # any five lie further apart than the window
                self.assertGreater(fifth - first, 2.0)

    def test_never_more_than_so_many_to_the_mail_server_and_in_a_day(self):
        self.business([(f"A-{n}", f"Guest {n}", f"guest{n}@example{n}.com", n == 1, "en") for n in range(1, 17)])
        sink = self.server()
        self.assertIn("like 30/60", self.run_handback("set", "mail.limit", "30/86401", status=2).err)
        self.assertIn("out of its range", self.run_handback("set", "mail.day-limit", "0", status=2).err)
        self.run_handback("set", "mail.limit", "5/2")
        self.approve()
        said = self.json("notice", "send", "1.1", status=None)
        self.assertEqual((said.row["sent"], said.row["waiting"]), (5, 11))
        self.assertIn("no more may go now (mail.limit, mail.day-limit)", said.err)
        self.assertNotIn("--now", said.err)
        self.assertIn("Sooner is more than mail.limit", self.run_handback("notice", "status", "1.1", status=1).out)
        self.run_handback("set", "mail.limit", "")
        self.run_handback("set", "mail.day-limit", "9")          # what went out while there was none counts
        self.assertEqual(self.json("notice", "send", "1.1", "--now", status=None).row["sent"], 4)
        self.assertEqual(self.json("notice", "send", "1.1", status=None).row["sent"], 0)
        self.run_handback("set", "mail.day-limit", "15")
        self.run_handback("set", "mail.limit", "4/2")
        run, end = self.courier(), time.monotonic() + 60
        while time.monotonic() < end and len(sink.taken) < 15:
            time.sleep(0.1)
        time.sleep(2.5)                                          # the last one would have gone by then
        run.terminate()
        run.wait(60)
        self.assertEqual(sorted(r["state"] for r in self.states().values()), ["queued"] + 15 * ["sent"])
        at = sorted(sink.times.values())
        self.assertEqual(len(at), 15)
        for first, fifth in list(zip(at, at[4:]))[9 - 4:]:
            self.assertGreater(fifth - first, 2.0)

    def courier(self):
        """`handback ui`, whose courier sends what is due."""
        call = [HANDBACK, "--data", self.data, "--json", "--passphrase-file", self.passphrase_file, "ui"]
        env = {k: v for k, v in os.environ.items() if not k.startswith("HANDBACK_") and k not in ("DISPLAY", "WAYLAND_DISPLAY")}
        run = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env, start_new_session=True)
        self.addCleanup(run.stdout.close)
        self.addCleanup(run.wait)
        self.addCleanup(run.terminate)
        self.assertTrue(run.stdout.readline())
        return run

    def test_a_draft_goes_the_way_that_is_known_when_it_is_approved(self):
        self.business([("A-1", "June Marsh", "", False, "en"), ("A-2", "Kofi Mensah", "kofi@example.com", False, "en")])
        self.assertEqual(self.json("notice", "draft", "1").row["unreachable"], 1)
        self.run_handback("customer", "correct", "A-1", "--email", "june@example.com")
        self.assertIn("by e-mail", self.run_handback("notice", "preview", "1.1", "--customer", "A-1").out)
        said = self.json("notice", "approve", "1.1")
        self.assertEqual((said.row["email"], said.row["unreachable"]), (2, 0))
        self.assertIn("1 customer is told another way than in the draft", said.err)
        self.assertEqual(self.json("notice", "send", "1.1", status=None).row["sent"], 2)

    def test_a_way_that_is_found_after_the_approval_is_said(self):
        self.business([("A-1", "June Marsh", "", False, "en"), ("A-2", "Kofi Mensah", "kofi@example.com", False, "en")])
        self.run_handback("notice", "send", self.approve(), status=None)
        self.assertNotIn("by now", self.run_handback("notice", "status", "1.1", status=1).out)
        self.run_handback("customer", "correct", "A-1", "--email", "june@example.com")
        self.assertIn("notice retry 1.1 --customer REF", self.run_handback("notice", "status", "1.1", status=1).out)
        self.run_handback("notice", "retry", "1.1", "--customer", "A-1")
        self.assertEqual(self.json("notice", "send", "1.1", status=None).row["sent"], 1)

    def test_contacts_that_went_since_the_draft_are_said_at_approval(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en"), ("A-2", "Kofi Mensah", "kofi@example.com", False, "en")])
        self.run_handback("notice", "draft", "1")
        self.run_handback("import", "undo", "1")
        row = self.json("notice", "approve", "1.1").row
        self.assertEqual((row["customers"], row["email"], row["letter"], row["unreachable"]), (2, 0, 0, 2))

    def test_what_only_lies_in_the_outbox_is_taken_back(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en"), ("A-2", "Kofi Mensah", "", True, "en"), ("A-3", "Hana Ito", "hana@example.com", True, "en")])
        outbox = lambda r: os.path.join(self.data, "outbox", r)
        round_ = self.approve()
        self.run_handback("notice", "send", round_, status=None)
        self.assertTrue(os.path.exists(outbox(round_)))
        self.run_handback("notice", "posted", round_, "--mails", "--customer", "A-3")          # that one went out
        said = self.json("notice", "undo", round_)
        self.assertEqual((said.row["undone"], said.row["gone_out"]), (2, 1))
        self.assertFalse(os.path.exists(outbox(round_)))
        self.assertEqual({k: v["state"] for k, v in self.states(round_).items()}, {"A-1": "undone", "A-2": "undone", "A-3": "sent"})
        self.assertNotIn("in the post", self.run_handback("notice", "status", round_, status=None).out)
        # queued anew, and then taken back: no file stays behind
        round_ = self.approve()
        self.assertEqual(round_, "1.2")
        self.run_handback("notice", "send", round_, status=None)
        self.run_handback("notice", "retry", round_, "--state", "outbox")
        self.assertEqual(self.json("notice", "undo", round_).row["undone"], 2)
        self.assertFalse(os.path.exists(outbox(round_)))
        # all of it out: nothing to take back
        round_ = self.approve()
        self.run_handback("notice", "send", round_, status=None)
        self.run_handback("notice", "posted", round_)
        self.run_handback("notice", "posted", round_, "--mails")
        self.assertIn("gone out already", self.run_handback("notice", "undo", round_, status=3).err)

    def test_new_told_and_all(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en"), ("A-2", "Kofi Mensah", "kofi@example.com", False, "en")])
        self.run_handback("notice", "send", self.approve())
        update = self.file("update.txt", "# An update\n\n{{ greeting }}\n\nIt is over.\n")
        self.assertIn("--text", self.run_handback("notice", "draft", "1", "--for", "told", status=2).err)
        self.assertEqual(self.json("notice", "draft", "1").out, "")                       # nobody new
        # one of them proves not to be at risk, a third one is found
        self.run_handback("import", self.file("t2.csv", "touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n"
                                              "2026-03-05T10:00:00Z,A-3,Van 2 reader,Square,,,card_number,T-9\n"))
        self.run_handback("incident", "suspect", "1", "--holder", "reader:Van 2 reader", "--from", "2026-03-05", "--to", "2026-03-06", "--only", "passing", "--also")
        self.assertEqual(self.json("notice", "draft", "1").row["customers"], 1)
        self.run_handback("notice", "undo", "1.2")
        self.run_handback("incident", "suspect", "1", "--holder", "reader:Van 2 reader", "--from", "2026-03-01T11:00:00Z", "--to", "2026-03-06", "--only", "passing")
        self.assertEqual(self.json("notice", "draft", "1", "--for", "all").row["customers"], 3)
        self.assertIn("none of it was", " ".join(self.run_handback("notice", "preview", "1.3", "--customer", "A-1").out.split()))
        self.assertIn("your card number", self.run_handback("notice", "preview", "1.3", "--customer", "A-2").out)
        self.run_handback("notice", "undo", "1.3")
        self.assertEqual(self.json("notice", "draft", "1", "--for", "told", "--text", update).row["customers"], 2)
        self.assertIn("It is over.", self.run_handback("notice", "preview", "1.4").out)

    def test_an_own_text_is_checked_and_kept(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en")])
        bad = self.file("bad.txt", "# Notice\n\n{{ nmae }}\n")
        self.assertIn("Line 3", self.run_handback("notice", "draft", "1", "--text", bad, status=2).err)
        card = self.file("card.txt", "# Notice\n\nYour card 4111 1111 1111 1111\n")
        self.assertIn("card number", self.run_handback("notice", "draft", "1", "--text", card, status=3).err)
        text = "# Notice of Data Breach\n\n{{ greeting }}\n\nOur own words.\n" + "".join(
            f"\n## {h}\n\n{{{{ {f} }}}}\n" for h, f in (("What Happened", "yours"), ("What Information Was Involved", "kinds"), ("What We Are Doing", "doing"),
                                                       ("What You Can Do", "advice"), ("For More Information", "call"))) + "\n{{ bureaus }}\n\n{{ business }}\n"
        own = self.file("own.txt", text.replace("Our own words.", "Our \u202eown\u202c \u2066words\u2069."))      # what turns the direction of a text is left out
        self.run_handback("set", "notice.doing", "The reader is out of use")
        self.run_handback("notice", "draft", "1", "--text", own)
        os.unlink(own)
        self.run_handback("set", "notice.doing", "Something else")
        said = self.run_handback("notice", "preview", "1.1").out
        self.assertIn("Our own words.", said)
        self.assertIn("The reader is out of use.", said)

    def test_one_person_who_is_two_customers_gets_one_notice_by_whichever_way_works(self):
        self.business([("A-1", "June Marsh", "", False, "en"), ("B-1", "June Marsh", "june@example.com", False, "en")])
        self.run_handback("customer", "merge", "A-1", "B-1")
        self.assertEqual(self.json("notice", "draft", "1").row["customers"], 1)
        self.run_handback("notice", "approve", "1.1")
        self.run_handback("notice", "send", "1.1")
        self.assertEqual({k: v["state"] for k, v in self.states().items()}, {"A-1": "sent"})
        with open(os.path.join(self.data, "outbox", "1.1", "A-1.eml"), "rb") as f:
            self.assertEqual(message_from_binary_file(f, policy=default)["To"].addresses[0].addr_spec, "june@example.com")
        self.assertEqual(self.json("notice", "draft", "1").out, "")
        self.run_handback("customer", "split", "B-1")                                      # and who is a person of its own again was not told
        self.assertEqual(self.json("notice", "draft", "1").row["customers"], 1)

    # ---- the outbox ----

    def test_outbox(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en"), ("A-2", "José Nuñez", "jose@example.com", True, "es"),
                       ("A-3", "Hana Ito", "", True, "en"), ("A-4", "Luz Pérez", "", True, "es"), ("A-5", "Kofi Mensah", "", False, "en")])
        round_ = self.approve()
        sent = self.json("notice", "send", round_, status=1).row
        self.assertEqual((sent["sent"], sent["printed"], sent["waiting"], sent["open"]), (2, 2, 0, 1))
        outbox = os.path.join(self.data, "outbox", "1.1")
        self.assertEqual(sorted(os.listdir(outbox)), ["A-1.eml", "A-2.eml", "letters-001.pdf", "letters-002.pdf", "letters.csv"])
        self.assertEqual(stat.S_IMODE(os.stat(outbox).st_mode), 0o700)
        for name in os.listdir(outbox):
            self.assertEqual(stat.S_IMODE(os.stat(os.path.join(outbox, name)).st_mode), 0o600)
        with open(os.path.join(outbox, "A-2.eml"), "rb") as f:
            mail = message_from_binary_file(f, policy=default)
        self.assertEqual(mail["Content-Language"], "es")
        self.assertIn("el número de su tarjeta", mail.get_body(("plain",)).get_content())
        self.assertIn("<li>el número de su tarjeta</li>", mail.get_body(("html",)).get_content())
        self.assertEqual([p.get_content_type() for p in mail.walk()], ["multipart/alternative", "text/plain", "text/html"])
        with open(os.path.join(outbox, "letters.csv"), newline="") as f:
            rows = list(csv.DictReader(f))
        self.assertEqual([(r["customer_ref"], r["file"], r["page"]) for r in rows], [("A-3", "letters-001.pdf", "1"), ("A-4", "letters-002.pdf", "1")])
        text = subprocess.run(["pdftotext", "-layout", os.path.join(outbox, "letters-001.pdf"), "-"], capture_output=True, text=True, check=True).stdout
        self.assertIn("3 Mill St", text)
        self.assertIn("1.1 A-3", text)
        self.assertEqual(scanned(os.path.join(outbox, "letters-002.pdf")), "1.1 A-4")
        states = self.states()
        self.assertEqual({k: v["state"] for k, v in states.items()}, {"A-1": "sent", "A-2": "sent", "A-3": "printed", "A-4": "printed", "A-5": "unreachable"})
        self.assertIn("A-5", self.run_handback("notice", "status", "1.1", status=1).out)
        self.assertIn("in the outbox", self.run_handback("notice", "status", "1.1", status=1).out)
        # a second run changes nothing
        before = {p: os.stat(p).st_mtime_ns for p in glob.glob(f"{outbox}/*.[ep][md][lf]")}
        again = self.json("notice", "send", round_, status=1).row
        self.assertEqual((again["sent"], again["printed"]), (0, 0))
        self.assertEqual(before, {p: os.stat(p).st_mtime_ns for p in before})
        # what people report
        self.run_handback("notice", "returned", "1.1", "--customer", "A-3", status=3)      # not posted yet
        self.run_handback("notice", "posted", "1.1", "--customer", "A-3")
        self.assertTrue(os.path.isdir(outbox))
        self.assertIn("2 mails lie in the outbox", self.run_handback("notice", "posted", "1.1").out)
        self.assertEqual(sorted(os.listdir(outbox)), ["A-1.eml", "A-2.eml"])               # nobody has sent them yet
        self.assertIn("--mails", self.run_handback("notice", "posted", "1.1", status=3).err)
        self.assertNotIn("Finished", self.run_handback("notice", "status", "1.1", status=1).out)
        self.assertIn("removed", self.run_handback("notice", "posted", "1.1", "--mails").out)
        self.assertFalse(os.path.exists(outbox))
        self.run_handback("notice", "posted", "1.1", status=3)
        self.run_handback("notice", "returned", "1.1", "--customer", "A-3")
        self.run_handback("notice", "reached", "1.1", "--customer", "A-3", "--by", "pigeon", status=2)
        self.run_handback("notice", "reached", "1.1", "--customer", "A-3", "--by", "phone")
        self.run_handback("notice", "reached", "1.1", "--customer", "A-5", "--by", "in-person")
        self.run_handback("notice", "reached", "1.1", "--customer", "A-5", "--by", "phone", status=3)
        states = {k: (v["state"], v["channel"]) for k, v in self.states().items()}
        self.assertEqual(states["A-3"], ("acknowledged", "phone"))
        self.assertEqual(states["A-5"], ("acknowledged", "in-person"))
        self.assertIn("Finished", self.run_handback("notice", "status", "1.1").out)
        self.assertIn("unbroken", self.run_handback("log", "verify").out)

    def test_an_email_that_came_back_is_followed_by_a_letter(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en"), ("A-2", "Kofi Mensah", "kofi@example.com", False, "en")])
        round_ = self.approve()
        self.run_handback("notice", "send", round_)
        self.assertIn("letter", self.run_handback("notice", "returned", round_, "--customer", "A-1").out)
        self.run_handback("notice", "returned", round_, "--customer", "A-2")
        self.assertEqual({k: (v["state"], v["channel"]) for k, v in self.states().items()}, {"A-1": ("queued", "letter"), "A-2": ("bounced", "email")})
        self.run_handback("notice", "send", round_, status=1)
        self.assertEqual(self.states()["A-1"]["state"], "printed")
        self.run_handback("notice", "reached", round_, "--customer", "A-2", "--by", "phone")
        self.assertEqual(self.states()["A-2"]["state"], "acknowledged")

    def test_a_damaged_record_does_not_keep_the_others_from_being_told(self):
        self.business([(f"A-{n}", "June Marsh", f"june{n}@example.com" if n % 2 else "", True, "en") for n in range(1, 9)])
        import sqlite3
        db = sqlite3.connect(os.path.join(self.data, "handback.db"))
        db.execute("UPDATE customer SET sealed = substr(sealed, 1, length(sealed) - 1) WHERE ref IN ('A-3', 'A-4')")
        db.commit()
        db.close()
        self.run_handback("notice", "send", self.approve(), status=1)
        states = self.states()
        self.assertEqual({k for k, v in states.items() if v["state"] == "failed"}, {"A-3", "A-4"})
        self.assertEqual({v["last_error"] for k, v in states.items() if v["state"] == "failed"}, {"damaged"})
        self.assertEqual({v["state"] for k, v in states.items() if v["state"] != "failed"}, {"sent", "printed"})

    def test_mails_alone_leave_the_outbox_when_posted(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en")])
        self.run_handback("notice", "send", self.approve())
        outbox = os.path.join(self.data, "outbox", "1.1")
        self.assertIn("--mails", self.run_handback("notice", "posted", "1.1", status=3).err)
        self.assertEqual(os.listdir(outbox), ["A-1.eml"])
        self.assertTrue(self.states()["A-1"]["outbox"])
        self.assertEqual(self.json("notice", "posted", "1.1", "--mails").row,
                         {"round": "1.1", "posted": 0, "left": 0, "mails": 1, "mails_left": 0, "outbox_removed": True})
        self.assertFalse(os.path.exists(outbox))
        self.assertNotIn("outbox", self.states()["A-1"])
        self.assertIn("Finished", self.run_handback("notice", "status", "1.1").out)
        self.run_handback("log", "verify")

    def test_one_mail_of_the_outbox_at_a_time(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en"), ("A-2", "Kofi Mensah", "kofi@example.com", True, "en")])
        self.run_handback("notice", "send", self.approve())
        row = self.json("notice", "posted", "1.1", "--mails", "--customer", "A-1").row
        self.assertEqual((row["mails"], row["mails_left"], row["outbox_removed"]), (1, 1, False))
        self.assertEqual(os.listdir(os.path.join(self.data, "outbox", "1.1")), ["A-2.eml"])
        self.run_handback("notice", "posted", "1.1", "--mails", "--customer", "A-1", status=3)
        self.assertIn("not sent twice", self.run_handback("notice", "retry", "1.1", "--customer", "A-1", status=3).err)

    def test_what_lies_in_the_outbox_may_go_through_a_server_instead(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en"), ("A-2", "Kofi Mensah", "kofi@example.com", True, "en")])
        said = self.run_handback("notice", "send", self.approve())
        self.assertIn("Nobody has sent the 2 mails in the outbox yet", said.out)
        self.assertIn("mail.from", said.err)
        with open(os.path.join(self.data, "outbox", "1.1", "A-1.eml"), "rb") as f:
            self.assertEqual(message_from_binary_file(f, policy=default)["X-Unsent"], "1")
        sink = self.server()
        self.assertEqual(self.json("notice", "retry", "1.1").row, {"round": "1.1", "failed": 0, "in_doubt": 0})
        self.assertEqual(self.json("notice", "retry", "1.1", "--state", "outbox").row["outbox"], 2)
        self.run_handback("notice", "send", "1.1")
        self.assertEqual({k: len(v) for k, v in sink.taken.items()}, {"june@example.com": 1, "kofi@example.com": 1})
        self.assertEqual(os.listdir(os.path.join(self.data, "outbox", "1.1")), [])         # no mail is left that could be sent once more
        self.assertIn("Finished", self.run_handback("notice", "status").out)               # the latest round
        self.assertEqual(self.json("notice", "retry", "1.1", "--state", "outbox").row, {"round": "1.1", "failed": 0, "in_doubt": 0})

    def test_a_round_that_was_taken_back_is_not_finished(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en")])
        self.json("notice", "draft", "1")
        self.run_handback("notice", "undo", "1.1")
        said = self.run_handback("notice", "status", "1.1").out
        self.assertNotIn("Finished", said)
        self.assertIn("Nobody was sent a notice", said)

    def test_nothing_personal_is_in_the_log_or_the_list(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en"), ("A-2", "Kofi Mensah", "", True, "en")])
        self.run_handback("notice", "send", self.approve())
        log = self.run_handback("log", key=False).out
        with open(os.path.join(self.data, "outbox", "1.1", "letters.csv")) as f:
            held = f.read()
        for personal in ("June", "Kofi", "Marsh", "example.com", "Mill St"):
            self.assertNotIn(personal, log + held)
        self.assertIn("contacts.opened", log)

    def test_without_the_key_only_drafting_and_looking(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en")])
        self.run_handback("notice", "draft", "1", key=False)
        self.run_handback("notice", "status", "1", key=False, status=1)
        self.assertIn("passphrase", self.run_handback("notice", "approve", "1", key=False, status=3).err)
        self.assertIn("passphrase", self.run_handback("notice", "preview", "1", key=False, status=3).err)

    # ---- a server ----

    def test_a_server_that_misbehaves(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en"), ("A-2", "A", "refuse-a@example.com", True, "en"),
                       ("A-3", "B", "refuse-b@example.com", False, "en"), ("A-4", "C", "later-c@example.com", True, "en"),
                       ("A-5", "D", "lost-d@example.com", True, "en"), ("A-6", "E", "cut-e@example.com", True, "en"),
                       ("A-7", "F", "spam-f@example.com", True, "en"), ("A-8", "G", "never-g@example.com", True, "en")])
        sink = self.server()
        sent = self.json("notice", "send", self.approve(), status=1)
        states = self.states()
        got = {k: (v["state"], v["channel"], v["last_error"]) for k, v in states.items()}
        self.assertEqual(got["A-1"], ("sent", "email", ""))
        self.assertEqual(got["A-2"], ("printed", "letter", "550 5.1.1"))
        self.assertEqual(got["A-3"], ("unreachable", "none", "550 5.1.1"))
        self.assertEqual(got["A-4"], ("sent", "email", "451 4.7.1"))
        self.assertEqual(states["A-4"]["attempts"], 2)
        self.assertEqual(got["A-5"][0], "in_doubt")
        self.assertEqual(got["A-6"][0], "sent")
        self.assertEqual(got["A-7"], ("printed", "letter", "554 5.7.1"))
        self.assertEqual(got["A-8"], ("queued", "email", "451 4.7.1"))
        self.assertEqual((states["A-8"]["attempts"], sink.seen["never-g@example.com"]), (4, 4))          # once, and three times more
        self.assertIn("run again", sent.err)
        self.assertEqual({k: len(v) for k, v in sink.taken.items()}, {f"{n}@example.com": 1 for n in ("june", "later-c", "lost-d", "cut-e")})
        self.assertTrue(sink.mails["june@example.com"]["Message-ID"].endswith("@fernwood.example.com>"))
        # again at once: nothing is due, nothing is sent twice
        self.run_handback("notice", "send", "1.1", status=1)
        self.assertEqual(sink.seen["never-g@example.com"], 4)
        self.assertEqual(len(sink.taken["lost-d@example.com"]), 1)
        self.assertRegex(self.run_handback("notice", "status", "1.1", status=1).out, r"in_doubt|in doubt")
        # an hour later once more; after two days the letter
        later = {"HANDBACK_NOW": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3700))}
        self.run_handback("notice", "send", "1.1", status=1, env=later)
        self.assertEqual(sink.seen["never-g@example.com"], 8)
        days = {"HANDBACK_NOW": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 50 * 3600))}
        self.run_handback("notice", "send", "1.1", status=1, env=days)
        self.assertEqual((self.states()["A-8"]["state"], self.states()["A-8"]["channel"]), ("printed", "letter"))
        # in doubt: by a person's decision only, and with the same Message-ID
        self.assertEqual(self.json("notice", "retry", "1.1", "--state", "failed").row, {"round": "1.1", "failed": 0, "in_doubt": 0})
        self.assertEqual(self.json("notice", "retry", "1.1").row, {"round": "1.1", "failed": 0, "in_doubt": 1})
        self.run_handback("notice", "send", "1.1", status=1, env=days)
        self.assertEqual(len(sink.taken["lost-d@example.com"]), 2)
        self.assertEqual(len(set(sink.taken["lost-d@example.com"])), 1)
        self.run_handback("notice", "reached", "1.1", "--customer", "A-5", "--by", "phone")
        # who had no way gets one
        self.assertIn("Import", self.run_handback("notice", "retry", "1.1", "--customer", "A-1", status=3).err + "Import")
        self.run_handback("import", self.file("c2.csv", "customer_ref,name,email,phone,address1,city,region,postal_code,country,language\nA-3,B,,,9 Mill St,Millbrook,US-NY,12545,US,en\n"))
        self.run_handback("notice", "retry", "1.1", "--customer", "A-3")
        self.run_handback("notice", "send", "1.1", env=days)
        self.assertEqual(self.states()["A-3"]["state"], "printed")
        self.run_handback("notice", "posted", "1.1")
        self.assertIn("Finished", self.run_handback("notice", "status", "1.1").out)
        self.run_handback("check")

    def test_a_server_that_is_not_there_stops_the_run_and_nothing_is_lost(self):
        self.business([(f"A-{n}", "June Marsh", f"june{n}@example.com", True, "en") for n in range(1, 31)])
        sink = self.server(refuse_all="554 5.3.2 Not today")
        round_ = self.approve()
        said = self.run_handback("notice", "send", round_, status=1)
        self.assertIn("mail server", said.err)
        self.assertEqual({(v["state"], v["attempts"]) for v in self.states().values()}, {("queued", 0)})
        sink.close()
        self.run_handback("notice", "send", round_, status=1)
        self.assertEqual({v["state"] for v in self.states().values()}, {"queued"})
        other = self.server()
        self.run_handback("notice", "send", round_)
        self.assertEqual(sorted(len(v) for v in other.taken.values()), [1] * 30)
        self.assertLessEqual(other.most_at_once, 4)

    def test_connections_wait_for_their_answers_side_by_side(self):
        self.business([(f"A-{n}", "June Marsh", f"june{n}@example.com", True, "en") for n in range(1, 25)])
        sink = self.server(delay=0.2)
        self.run_handback("notice", "send", self.approve())
        self.assertEqual(sorted(len(v) for v in sink.taken.values()), [1] * 24)
        self.assertLessEqual(sink.most_at_once, 4)
        self.assertGreater(sink.most_waiting, 1)

    def sending(self):
        """`notice send 1.1`, which goes on meanwhile."""
        run = subprocess.Popen([HANDBACK, "--data", self.data, "--passphrase-file", self.passphrase_file, "notice", "send", "1.1"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
        self.addCleanup(run.stderr.close)
        self.addCleanup(run.wait)
        self.addCleanup(run.terminate)
        return run

    def test_an_answer_is_kept_whatever_the_others_of_its_batch_do(self):
        # the slow one has its answer only when the others' were seen on record
        self.business([("A-1", "June Marsh", "june@example.com", True, "en"), ("A-2", "A", "refuse-a@example.com", True, "en"),
                       ("A-3", "B", "refuse-b@example.com", False, "en"), ("A-4", "C", "slow-c@example.com", True, "en")])
        sink = self.server()
        self.approve()
        run = self.sending()
        want = {"A-1": ("sent", "email"), "A-2": ("queued", "letter"), "A-3": ("unreachable", "none"), "A-4": ("handed", "email")}
        seen, end = {}, time.monotonic() + 20
        while seen != want and time.monotonic() < end and run.poll() is None:
            seen = {k: (v["state"], v["channel"]) for k, v in self.states().items()}
        self.assertEqual(seen, want)
        sink.go.set()
        self.assertEqual(run.wait(60), 1)                       # A-3 has no way left
        self.assertEqual({k: (v["state"], v["channel"]) for k, v in self.states().items()}, {**want, "A-2": ("printed", "letter"), "A-4": ("sent", "email")})
        self.assertEqual({len(ids) for ids in sink.taken.values()}, {1})

    def test_refusals_for_policy_wait_for_one_other_answer(self):
        self.business([(f"A-{n}", "June Marsh", f"spam{n}@example.com" if n < 12 else "slow@example.com", True, "en") for n in range(1, 13)])
        sink = self.server()
        self.approve()
        for nth, (says, want) in enumerate((("554 5.7.1 We do not want this", {("queued", "email", 0)}), ("250 2.0.0 Ok", {("printed", "letter", 1), ("sent", "email", 1)})), 1):
            sink.slow_says = says
            sink.go.clear()
            run = self.sending()
            end = time.monotonic() + 20
            while sum(sink.seen.values()) < 12 * nth and time.monotonic() < end:
                time.sleep(0.05)
            time.sleep(1.2)                                     # long enough to be kept
            sink.go.set()
            self.assertIn(run.wait(60), (0, 1))
            self.assertEqual({(v["state"], v["channel"], v["attempts"]) for v in self.states().values()}, want)

    def test_a_server_that_wants_none_of_them_is_about_the_account(self):
        self.business([(f"A-{n}", "June Marsh", f"spam{n}@example.com", True, "en") for n in range(1, 21)])
        self.server()
        said = self.run_handback("notice", "send", self.approve(), status=1)
        self.assertIn("5.7.1", said.err)
        self.assertEqual({(v["state"], v["channel"], v["attempts"]) for v in self.states().values()}, {("queued", "email", 0)})

    def test_password_file_must_be_private(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en")])
        self.server()
        path = self.file("password", "secret\n")
        os.chmod(path, 0o644)
        self.assertIn("chmod 600", self.run_handback("set", "mail.password-file", path, status=3).err)
        os.chmod(path, 0o600)
        self.run_handback("set", "mail.password-file", path)
        os.chmod(path, 0o644)
        self.assertIn("chmod 600", self.run_handback("notice", "send", self.approve(), status=3).err)
        self.assertEqual(self.states()["A-1"]["state"], "queued")

    def test_an_approval_ends_and_can_be_renewed(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en")])
        round_ = self.approve()
        self.assertIn("approved on", self.run_handback("notice", "approve", round_, status=3).err)
        import sqlite3
        db = sqlite3.connect(os.path.join(self.data, "handback.db"))
        db.execute("UPDATE round SET ends = 1")
        db.commit()
        db.close()
        self.assertIn("notice approve 1.1", self.run_handback("notice", "send", round_, status=3).err)
        self.run_handback("notice", "approve", round_)
        self.run_handback("notice", "send", round_)

    def test_customers_added_behind_the_approval_are_not_opened(self):
        self.business([("A-1", "June Marsh", "june@example.com", True, "en"), ("A-2", "Kofi Mensah", "kofi@example.com", False, "en")])
        self.run_handback("incident", "suspect", "1", "--holder", "reader:Van 2 reader", "--from", "2026-03-01T10:00:00Z", "--to", "2026-03-01T10:30:00Z", "--only", "passing")
        round_ = self.approve()
        import sqlite3
        db = sqlite3.connect(os.path.join(self.data, "handback.db"))
        db.execute("UPDATE round SET opens = x'ffffffffffffffff'")
        db.execute("INSERT INTO notice SELECT business, incident, round, 2, kinds, first_at, last_at, touches, channel, state, attempts, due, at, code FROM notice")
        db.commit()
        db.close()
        self.assertIn("approve it again", self.run_handback("notice", "send", round_, status=3).err)
        self.assertFalse(glob.glob(os.path.join(self.data, "outbox", "1.1", "*.eml")))

    def test_two_sends_do_not_run_at_once_and_ctrl_c_ends_after_the_batch(self):
        self.business([(f"A-{n}", "June Marsh", f"june{n}@example.com", True, "en") for n in range(1, 121)])
        sink = self.server(delay=0.05)
        self.run_handback("set", "mail.batch", "20")
        round_ = self.approve()
        first = subprocess.Popen([HANDBACK, "--data", self.data, "--passphrase-file", self.passphrase_file, "notice", "send", round_], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True, start_new_session=True)
        while not sink.taken:
            time.sleep(0.01)
        self.assertIn("sending just now", self.run_handback("notice", "send", round_, status=3).err)
        self.run_handback("notice", "reached", round_, "--customer", "A-120", "--by", "phone")
        first.send_signal(signal.SIGINT)
        out, err = first.communicate(timeout=60)
        self.assertEqual(first.returncode, 1, out + err)
        states = [v["state"] for v in self.states().values()]
        self.assertEqual(set(states), {"sent", "queued", "acknowledged"})
        self.assertEqual(states.count("sent"), len(sink.taken))
        self.run_handback("notice", "send", round_)
        self.assertEqual(sorted(len(v) for v in sink.taken.values()), [1] * 119)


if __name__ == "__main__":
    tell()
