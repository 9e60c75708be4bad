"""One customer: whose hands their information was in, putting right what we hold, forgetting at their wish."""
import os
import sqlite3
from contextlib import closing

from story import Story, tell

HEAD = "touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n"
CUSTOMERS = "customer_ref,name,email,phone,address1,city,region,postal_code,country,language\n"
SQUARE = "Date,Time,Time Zone,Transaction ID,Payment ID,Event Type,PAN Suffix,Card Brand,Card Entry Methods,Device Name,Customer ID,Customer Name\n"


class Customers(Story):
    def setUp(self):
        super().setUp()
        self.init()

    def take(self, name, content, status=0):
        return self.json("import", self.file(name, content), status=status).row

    def show(self, ref="A-1"):
        return self.json("customer", "show", ref).row

    # ---- whose hands ----

    def test_whose_hands_it_was_in(self):
        self.take("t.csv", HEAD + "2026-03-01T10:00:00Z,A-1,R1,Square,Ana,,card_number|name,1\n2026-03-09T10:00:00Z,A-1,R2,Square,,,card_number,2\n"
                  "2026-03-02T10:00:00Z,A-2,R3,Square,,,card_number,3\n")
        self.run_handback("holder", "add", "storage:Drive")
        self.run_handback("flow", "add", "--from", "service:Square", "--to", "storage:Drive", "--kinds", "card_number")
        hands = {h["holder"]: h for h in self.show()["hands"]}
        self.assertLessEqual({"reader:R1", "reader:R2", "service:Square", "storage:Drive", "person:Ana"}, set(hands))
        self.assertNotIn("reader:R3", hands)
        self.assertEqual(hands["reader:R1"]["first_touch"], "2026-03-01T10:00:00Z")
        self.assertEqual((hands["service:Square"]["touches"], hands["service:Square"]["last_touch"]), (2, "2026-03-09T10:00:00Z"))
        self.assertEqual(hands["storage:Drive"]["kinds"], ["card_number"])
        self.assertIn("storage:Drive, 2026-03-01 to 2026-03-09, 2 times", self.run_handback("customer", "show", "A-1").out)

    def test_who_stands_twice_in_a_file_is_found_by_all_of_it(self):
        self.take("a.csv", CUSTOMERS + "A-1,June Marsh,june@example.com,,,,,,,\nA-1,June Marsh,june.marsh@example.com,202 555 0101,,,,,,\n")
        for call in (("--email", "june@example.com"), ("--email", "june.marsh@example.com"), ("--phone", "202 555 0101")):
            self.assertEqual(self.json("customer", "find", *call).row["customer_ref"], "A-1")
        self.run_handback("check")

    # ---- correcting ----

    def test_a_correction_comes_before_what_files_say(self):
        old = CUSTOMERS + "A-1,June Marsh,june@example.com,202 555 0101,12 Mill St,Hudson,NY,12534,US,en\n"
        self.take("a.csv", old)
        row = self.json("customer", "correct", "A-1", "--email", "June.Marsh@Example.com", "--phone", "(202) 555-0188", "--name", "June Marsh-Roe",
                        "--address1", "3 Elm St", "--city", "Boston", "--region", "MA", "--postal-code", "02101").row
        self.assertEqual((row["emails"], row["phones"], row["names"][0], row["region"]),
                         (["june.marsh@example.com", "june@example.com"], ["(202) 555-0188", "202 555 0101"], "June Marsh-Roe", "US-MA"))
        self.take("a.csv", old)                                    # an older file again
        self.take("b.csv", old.replace("june@example.com", "older@example.com").replace("12 Mill St", "9 Past St"))
        row = self.show()
        self.assertEqual(row["emails"], ["june.marsh@example.com", "older@example.com", "june@example.com"])
        self.assertTrue(row["addresses"][0].startswith("3 Elm St, Boston"))
        self.assertEqual((row["region"], row["names"][0]), ("US-MA", "June Marsh-Roe"))
        for email in row["emails"]:
            self.assertEqual(self.json("customer", "find", "--email", email).row["customer_ref"], "A-1")
        self.assertEqual(self.json("customer", "find", "--phone", "202-555-0188").row["customer_ref"], "A-1")
        self.run_handback("check")
        self.assertIn("customer.corrected", self.run_handback("log").out)
        # part of an address: the rest stays
        row = self.json("customer", "correct", "A-1", "--postal-code", "02102").row
        self.assertIn("3 Elm St, Boston MA 02102", row["addresses"][0])
        self.run_handback("check")

    def test_corrections_that_make_no_sense_are_refused(self):
        self.take("t.csv", HEAD + "2026-03-01T10:00:00Z,A-1,R1,,,,card_number,1\n")
        for call, words in ((["--email", "nobody"], "no e-mail address"), (["--phone", "12"], "no phone number"), (["--region", "Mars"], "like NY"), (["--region", "QQ"], "no region"),
                            (["--country", "Utopia"], "two letters"), (["--language", "english"], "two letters"), ([], "Say what is right"),
                            (["--name", "x" * 301], "300 bytes")):
            self.assertIn(words, self.run_handback("customer", "correct", "A-1", *call, status=None).err)
        self.run_handback("customer", "correct", "A-9", "--name", "x", status=3)
        self.run_handback("customer", "correct", "A-1", "--name", "x", key=False, status=3)
        # one without contacts gets some
        self.assertEqual(self.json("customer", "correct", "A-1", "--email", "a@example.com").row["emails"], ["a@example.com"])
        self.assertEqual(self.show()["names"], [])
        self.run_handback("check")
        said = self.run_handback("customer", "correct", "A-1", "--name", "4111 1111 1111 1111")
        self.assertNotIn("4111 1111", said.out)

    # ---- forgetting ----

    def forget(self, ref, status=0):
        return self.json("customer", "forget", ref, "--reason", "asked by phone on 3 May", status=status)

    def test_forgotten_they_are_not_brought_back(self):
        people = CUSTOMERS + "A-1,June Marsh,june@example.com,202 555 0101,12 Mill St,Hudson,NY,12534,US,en\nA-2,Sam Roe,sam@example.com,,,,,,,\n"
        touches = HEAD + "2026-03-01T10:00:00Z,A-1,R1,Square,,,card_number,1\n2026-03-01T10:00:00Z,A-2,R1,Square,,,card_number,2\n"
        self.take("people.csv", people)
        self.take("touches.csv", touches)
        self.assertIn("--reason is needed", self.run_handback("customer", "forget", "A-1", status=2).err)
        self.run_handback("customer", "forget", "A-1", "--reason", "x", key=False, status=3)
        self.assertTrue(self.forget("A-1").row["forgotten"])
        self.assertIn("forgotten already", self.forget("A-1", status=3).err)
        self.run_handback("check")
        for again in ("people.csv", "touches.csv"):
            self.json("import", os.path.join(self.tmp, again))
        # by another service, under another key: the same e-mail address and a name that fits
        row = self.take("square.csv", "First Name,Last Name,Email Address,Phone Number,Square Customer ID\nJune,Marsh,june@example.com,+12025550101,SQ1\n")
        self.assertEqual((row["format"], row["known"]), ("square-customers", 1))
        row = self.show()
        self.assertEqual((row["names"], row["emails"], row["phones"], row["addresses"]), ([], [], [], []))
        self.assertEqual(row["forgotten_reason"], "asked by phone on 3 May")
        self.assertEqual(self.json("customer", "find", "--email", "june@example.com").rows, [])
        self.run_handback("check")
        # nothing of theirs is readable in the database
        with closing(sqlite3.connect(os.path.join(self.data, "handback.db"))) as db:
            self.assertEqual(db.execute("SELECT length(sealed), ways, region FROM customer WHERE ref = 'A-1'").fetchall(), [(0, 0, "")])
            self.assertEqual(db.execute("SELECT count(*) FROM forgotten_key").fetchall(), [(2,)])
        # at risk they are counted, and cannot be told
        n = self.json("incident", "open", "--title", "x", "--holder", "reader:R1", "--from", "2026-03-01", "--to", "2026-03-02").row["incident"]
        count = self.json("incident", "exposed", n, "--count").row
        self.assertEqual((count["customers"], count["forgotten"]), (2, 1))
        self.assertEqual({r["customer_ref"]: r["forgotten"] for r in self.json("incident", "exposed", n).rows}, {"A-1": True, "A-2": False})
        self.assertIn("1 of them was forgotten at their wish, and cannot be told.", self.run_handback("incident", "exposed", n).out)
        self.assertEqual(self.json("notice", "draft", n).row["customers"], 1)
        self.assertIn("customer.forgotten", self.run_handback("log").out)
        self.assertNotIn("asked by phone", self.run_handback("log").out)
        self.assertIn("was forgotten at their wish", self.run_handback("customer", "correct", "A-1", "--name", "x", status=3).err)
        # a new wish
        self.run_handback("customer", "forget", "A-1", "--take-back")
        self.run_handback("customer", "forget", "A-1", "--take-back", status=3)
        self.json("import", os.path.join(self.tmp, "people.csv"))
        self.assertEqual(self.show()["emails"], ["june@example.com"])
        self.run_handback("check")

    def test_somebody_else_with_the_same_phone_is_not_forgotten(self):
        self.take("a.csv", CUSTOMERS + "A-1,June Marsh,,202 555 0101,,,,,,\n")
        self.forget("A-1")
        self.take("b.csv", CUSTOMERS + "A-2,Ned Pell,,202 555 0101,,,,,,\n")
        self.assertEqual(self.show("A-2")["phones"], ["202 555 0101"])
        self.assertEqual(self.json("customer", "find", "--phone", "202 555 0101").row["customer_ref"], "A-2")
        self.run_handback("check")

    def test_a_services_own_key_knows_them_again(self):
        row = "2026-03-0{0},10:00:00,Eastern Time (US & Canada),T{0},P{0},Payment,4242,Visa,Tapped,Van 1,C1,Ana Roe\n"
        self.take("a.csv", SQUARE + row.format(1))
        ref = self.json("incident", "exposed", self.json("incident", "open", "--title", "x", "--holder", "reader:Van 1", "--from", "unknown", "--to", "unknown").row["incident"]).row["customer_ref"]
        # the open incident concerns them: not yet
        said = self.forget(ref, status=1)
        self.assertEqual((said.row["forgotten"], said.row["incident"]), (False, 1))
        self.assertEqual(self.show(ref)["names"], ["Ana Roe"])
        self.assertIn("customer.forget.deferred", self.run_handback("log").out)
        self.run_handback("incident", "close", 1, status=1)
        self.assertTrue(self.forget(ref).row["forgotten"])
        self.take("b.csv", SQUARE + row.format(1) + row.format(2))
        shown = self.show(ref)
        self.assertEqual(shown["names"], [])
        self.assertEqual({h["holder"]: h["touches"] for h in shown["hands"]}["reader:Van 1"], 2)
        self.run_handback("check")

    def test_who_is_joined_is_forgotten_as_one(self):
        self.take("a.csv", CUSTOMERS + "A-1,June Marsh,june@example.com,,,,,,,\nA-2,Ivy Cole,ivy@example.com,,,,,,,\n")
        self.run_handback("customer", "merge", "A-1", "A-2")
        self.assertEqual(self.forget("A-2").row["customers"], 2)
        self.assertEqual((self.show("A-1")["names"], self.show("A-2")["names"]), ([], []))
        self.run_handback("check")


if __name__ == "__main__":
    tell()
