"""CSV as it comes: encodings, dividers, clocks, joins, what is masked, refused, named later."""
import csv
import hashlib
import json
import os
import sqlite3
import stat
import subprocess
import unittest
from contextlib import closing

from story import HANDBACK, Story, tell

HEAD = "touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n"
CUSTOMERS = "customer_ref,name,email,phone,address1,city,region,postal_code,country,language\n"

CONTACTS = "customer_ref,name,email,phone,address1,city,region,postal_code,country,language\n"


class Imports(Story):
    def setUp(self):
        super().setUp()
        self.init()

    def take(self, name, content, status=0, *more):
        return self.json("import", self.file(name, content), *more, status=status).row

    def exposed(self, holder, start, end, *more):
        n = self.json("incident", "open", "--title", "x", "--holder", holder, "--from", start, "--to", end, *more).row["incident"]
        return {r["customer_ref"] for r in self.json("incident", "exposed", n).rows}

    def refs(self, holder="reader:R1"):
        return self.exposed(holder, "unknown", "unknown", "--only", "passing")

    # ---- as it comes ----

    def test_encodings_and_dividers(self):
        rows = HEAD + "2026-03-02T10:00:00Z,A-1,Lesegerät,Square,Zoë,Büro,card_number,1\n"
        for name, content in {
            "bom.csv": b"\xef\xbb\xbf" + rows.encode(),
            "cp1252.csv": rows.replace("A-1", "A-2").replace(",1\n", ",2\n").encode("cp1252"),
            "utf16.csv": rows.replace("A-1", "A-3").replace(",1\n", ",3\n").encode("utf-16"),
            "utf16be.csv": b"\xfe\xff" + rows.replace("A-1", "A-4").replace(",1\n", ",4\n").encode("utf-16-be"),
            "semicolon.csv": rows.replace("A-1", "A-5").replace(",1\n", ",5\n").replace(",", ";").encode(),
            "tabs.csv": rows.replace("A-1", "A-6").replace(",1\n", ",6\n").replace(",", "\t").replace("\n", "\r\n").encode("utf-16"),
            "cr.csv": rows.replace("A-1", "A-7").replace(",1\n", ",7\n").replace("\n", "\r").encode(),
        }.items():
            row = self.take(name, content)
            self.assertEqual((row["rows"], row["refused"]), (1, 0), name)
        self.assertEqual(self.refs("reader:Lesegerät"), {f"A-{i}" for i in range(1, 8)})
        self.assertEqual(len(self.json("holder", "list").rows), 2 + 4)

    def test_quotes_and_newlines_in_cells(self):
        row = self.take("q.csv", CUSTOMERS + 'A-1,"Marsh, ""June""",june@example.com,,"12 Mill St\nRear",Hudson,NY,12534,US,en\n')
        self.assertEqual((row["new"], row["refused"]), (1, 0))
        shown = self.json("customer", "show", "A-1").row
        self.assertEqual(shown["names"], ['Marsh, "June"'])
        self.assertIn("12 Mill St\nRear", shown["addresses"][0])

    def test_columns_in_any_order_and_unknown_ones_by_name(self):
        self.take("order.csv", "data_kinds,source_ref,reader,touched_at,customer_ref\ncard_number,1,R1,2026-03-02T10:00:00Z,A-1\n")
        self.assertEqual(self.refs(), {"A-1"})
        said = self.run_handback("import", self.file("extra.csv", HEAD.replace("place", "place,shoe_size") + "\n"), status=2)
        self.assertRegex(said.err, r'The column "shoe_size" is not one of the touches format\'s\.')

    def test_a_file_nobody_knows_is_refused_with_what_is_known(self):
        said = self.run_handback("import", self.file("x.csv", "a,b,c\n1,2,3\n"), status=2)
        self.assertRegex(said.err, "none of its first 20 rows has column names that Handback knows.*Square or Stripe.*customer_ref, name, email")
        self.run_handback("import", os.path.join(self.tmp, "none.csv"), status=2)
        self.run_handback("import", "--format", "no-such", self.file("y.csv", HEAD), status=2)

    def test_refused_rows_are_told_and_kept_beside_masked(self):
        path = self.file("bad.csv", HEAD + "2026-03-02T10:00:00Z,A-1,R1,,,,card_number,1\nyesterday,A-2,R1,,,,card_number,2\n"
                         "2026-03-02T10:00:00Z,A/3,R1,,,,card_number,3\n2026-03-02T10:00:00Z,A-4,R1,,,,shoes,4\n"
                         "2026-13-02T10:00:00Z,A-5,R1,=1+1,4111 1111 1111 1111,,card_number,5\n")
        row = self.json("import", path, status=1).row
        self.assertEqual((row["rows"], row["new"], row["refused"]), (5, 1, 4))
        refused = path + ".refused.csv"
        self.assertEqual(stat.S_IMODE(os.stat(refused).st_mode), 0o600)
        with open(refused, newline="") as f:
            rows = list(csv.reader(f))
        self.assertEqual([r[0] for r in rows[1:]], ["3", "4", "5", "6"])
        self.assertNotIn("4111 1111", str(rows))
        self.assertIn("'=1+1", rows[4])

    def test_a_dry_run_keeps_nothing(self):
        path = self.file("t.csv", HEAD + "2026-03-02T10:00:00Z,A-1,R1,Square,,,card_number,1\n")
        row = self.json("import", "--dry-run", path).row
        self.assertEqual((row["new"], row["rows"], len(row["first_rows"])), (1, 1, 1))
        self.assertIn({"column": "customer_ref", "becomes": "our number of the customer"}, row["columns"])
        self.assertEqual(len(self.json("holder", "list").rows), 2)
        self.assertEqual(self.json("import", "list").rows, [])

    def test_a_file_that_cannot_be_read_is_said_before_any_is_imported(self):
        path = self.file("t.csv", HEAD + "2026-03-02T10:00:00Z,A-1,R1,Square,,,card_number,1\n")
        self.assertIn("nowhere.csv can't be read", self.run_handback("import", path, "/nowhere.csv", status=2).err)
        self.assertIn("has column names that Handback knows", self.run_handback("import", path, self.file("u.csv", "fruit,colour\npear,green\n"), status=2).err)
        self.assertEqual(self.json("import", "list").rows, [])
        self.assertEqual(len(self.json("import", path, self.file("t2.csv", HEAD + "2026-03-03T10:00:00Z,A-1,R1,Square,,,card_number,2\n")).rows), 2)

    def test_times_and_names_that_look_like_a_slip_are_said(self):
        done = self.json("import", self.file("t.csv", HEAD + "1066-03-02T10:00:00Z,A-1,Front reader,,,,card_number,1\n2999-03-02T10:00:00Z,A-1,front READER,,,,card_number,2\n"))
        self.assertIn("2 times are before 1990 or later than tomorrow", done.err)
        opened = self.run_handback("incident", "open", "--title", "x", "--holder", "reader:Front reader", "--from", "unknown", "--to", "unknown")
        self.assertIn("There is also reader:front READER", opened.err)
        both = self.run_handback("incident", "open", "--title", "x", "--holder", "reader:Front reader", "--holder", "reader:front READER", "--from", "unknown", "--to", "unknown")
        self.assertNotIn("There is also", both.err)

    def test_contacts_that_are_none_are_counted(self):
        done = self.json("import", self.file("c.csv", CONTACTS + "A-1,June Marsh,bob@example,call me,,,,,,\nA-2,Jim Roe,jim@example.com,202-555-0101,,,,,,\n"))
        self.assertEqual(done.row["unusable"], 2)
        self.assertIn("1 e-mail address and 1 phone number is none", done.err)

    def test_a_file_cut_off_in_its_last_row_says_so(self):
        rows = HEAD + "2026-03-02T10:00:00Z,A-1,R1,,,,card_number,1\n2026-03-02T10:00:00Z,A-2,Van 1 rea"
        said = self.json("import", self.file("cut.csv", rows), status=1)
        self.assertEqual((said.row["new"], said.row["refused"]), (1, 1))
        self.assertIn("cut off", said.err)
        self.assertNotIn("Van 1 rea", {h["name"] for h in self.json("holder", "list").rows})
        # short rows within are what spreadsheets make of empty cells at the end; a whole last row without a line end may be whole
        said = self.json("import", self.file("short.csv", HEAD + "2026-03-03T10:00:00Z,A-3,R1,,,,card_number\n2026-03-03T10:00:00Z,A-4,R1,,,,card_number,4"))
        self.assertEqual((said.row["new"], said.row["refused"]), (2, 0))
        self.assertIn("no line end", said.err)

    def test_a_reference_used_twice_makes_nobody_be_forgotten(self):
        rows = HEAD + "".join(f"2026-06-01T1{i}:00:00Z,S{i},R1,Square,,,card_number,{ref}\n" for i, ref in enumerate(["inv-1", "inv-1", "4.24E+15", "4.24E+15", "4.24E+15"]))
        said = self.json("import", self.file("twice.csv", rows), status=1)
        self.assertEqual((said.row["new"], said.row["folded"]), (5, 0))
        self.assertIn("3 rows carry a number that a spreadsheet has cut short", said.err)
        self.assertEqual(self.refs(), {f"S{i}" for i in range(5)})
        self.assertEqual(self.json("import", self.file("twice.csv", rows), status=1).row["known"], 5)
        # and in another file
        row = self.take("third.csv", HEAD + "2026-06-01T10:00:00Z,S9,R1,Square,,,card_number,inv-1\n")
        self.assertEqual(row["new"], 1)
        self.assertEqual(self.refs(), {f"S{i}" for i in range(5)} | {"S9"})

    def test_kinds_that_nobody_named_and_ways_to_pay_that_we_do_not_know_are_no_no(self):
        row = self.take("none.csv", HEAD + "2026-03-02T10:00:00Z,A-1,R1,,,,,1\n", 1)
        self.assertEqual((row["new"], row["refused"]), (0, 1))
        header = "Date,Time,Time Zone,Transaction ID,Payment ID,Event Type,PAN Suffix,Card Brand,Card Entry Methods,Device Name,Customer ID,Customer Name\n"
        self.take("square.csv", header + "2026-03-02,10:00:00,Eastern Time (US & Canada),T1,P1,Payment,4242,Visa,Hologram,Van 1,C1,Ana Roe\n")
        kinds = self.json("incident", "exposed", self.json("incident", "open", "--title", "x", "--holder", "reader:Van 1", "--from", "unknown", "--to", "unknown").row["incident"]).row["kinds"]
        self.assertIn("card_track", kinds)

    def test_what_we_keep_ourselves_is_no_card(self):
        header = "Date,Time,Time Zone,Transaction ID,Payment ID,Event Type,PAN Suffix,Card Brand,Card Entry Methods,Device Name,Customer ID,Customer Name\n"
        self.take("square.csv", header + "2026-03-02,10:00:00,Eastern Time (US & Canada),T1,P1,Payment,4242,Visa,Swiped,Van 1,C1,Ana Roe\n")
        n = self.json("incident", "open", "--title", "x", "--holder", "computer:Handback", "--from", "unknown", "--to", "unknown").row["incident"]
        self.assertEqual(self.json("incident", "exposed", n).row["kinds"], ["name", "card_last4", "purchases"])

    def test_a_card_number_in_a_name_however_it_is_written(self):
        ways = ["card4539578763621486x", "4539  5787  6362  1486", "4539_5787_6362_1486", "4539/5787/6362/1486", "4539\u20115787\u20116362\u20111486", "4,539,578,763,621,486",
                "4539\u200b5787\u200b6362\u200b1486", "\"4539\n5787\n6362\n1486\"", "４５３９ ５７８７ ６３６２ １４８６"]
        row = self.take("names.csv", CUSTOMERS + "".join(f"A-{i},Ana {way},a{i}@example.com,,{way},Hudson,NY,12534,US,en\n".replace('Ana "', '"') if '"' not in way else
                                                         f"A-{i},{way},a{i}@example.com,,{way},Hudson,NY,12534,US,en\n" for i, way in enumerate(ways)).replace(",4,539,578,763,621,486,", ',"4,539,578,763,621,486",')
                        .replace("Ana 4,539,578,763,621,486", '"Ana 4,539,578,763,621,486"'), 1)
        self.assertEqual((row["new"], row["refused"], row["masked"]), (len(ways), 0, 2 * len(ways)))
        for i in range(len(ways)):
            said = self.run_handback("customer", "show", f"A-{i}").out
            self.assertNotRegex("".join(c for c in said if c.isdigit()), "45395787")
            self.assertIn("ending 1486", said)

    def test_two_imports_at_once(self):
        files = [self.file(f"race{i}.csv", HEAD + "".join(f"2026-03-02T10:00:{k:02}Z,A-{i}-{k},R{i},,,,{kinds},{k}\n" for k, kinds in enumerate(
            ["name", "email", "phone", "name|email", "name|phone", "card_number", "ssn", "card_track", "purchases", "signature"]))) for i in range(4)]
        running = [subprocess.Popen([HANDBACK, "--data", self.data, "--passphrase-file", self.passphrase_file, "--json", "import", f], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for f in files]
        for p in running:
            out, err = p.communicate(timeout=120)
            self.assertEqual((p.returncode, json.loads(out)["new"]), (0, 10), err)
        self.run_handback("check")

    def test_rows_are_counted_as_rows(self):
        """A payment that was refunded is one row and two touches."""
        row = self.take("stripe.csv", open(self.fixture("exports/stripe-payments.csv"), encoding="utf-8").read(), None)
        self.assertEqual(row["rows"], sum(row[k] for k in ("new", "changed", "known", "folded", "refused")), row)

    def test_an_unclosed_quote_and_a_short_file_do_no_harm(self):
        row = self.take("open.csv", HEAD + '2026-03-02T10:00:00Z,A-1,R1,,,,card_number,1\n"2026-03-02T10:00:00Z,A-2,R1\n', 1)
        self.assertEqual((row["new"], row["refused"]), (1, 1))
        self.assertEqual(self.take("empty.csv", HEAD)["rows"], 0)

    # ---- clocks ----

    def test_local_times_doubled_and_skipped_hours(self):
        self.take("t.csv", HEAD + "2026-11-01T01:30:00,A-1,R1,,,,card_number,1\n2026-03-08T02:30:00,A-2,R2,,,,card_number,2\n"
                  "2026-07-01,A-3,R3,,,,card_number,3\n2026-07-01 10:00:00,A-4,R4,,,,card_number,4\n2026-07-01T10:00:00-07:00,A-5,R5,,,,card_number,5\n")
        p = ("--only", "passing")
        # the doubled hour: either of 05:30Z and 06:30Z, and what lies between
        self.assertEqual(self.exposed("R1", "2026-11-01T05:30:00Z", "2026-11-01T05:30:01Z", *p), {"A-1"})
        self.assertEqual(self.exposed("R1", "2026-11-01T06:30:00Z", "2026-11-01T06:30:01Z", *p), {"A-1"})
        self.assertEqual(self.exposed("R1", "2026-11-01T06:30:01Z", "2026-11-01T07:30:00Z", *p), set())
        # the skipped hour: an hour later
        self.assertEqual(self.exposed("R2", "2026-03-08T03:30:00-04:00", "2026-03-08T03:30:01-04:00", *p), {"A-2"})
        # a date alone: the whole local day
        self.assertEqual(self.exposed("R3", "2026-07-02T03:59:59Z", "2026-07-02T04:00:00Z", *p), {"A-3"})
        self.assertEqual(self.exposed("R3", "2026-07-02T04:00:00Z", "2026-07-03T00:00:00Z", *p), set())
        self.assertEqual(self.exposed("R4", "2026-07-01T14:00:00Z", "2026-07-01T14:00:01Z", *p), {"A-4"})
        self.assertEqual(self.exposed("R5", "2026-07-01T17:00:00Z", "2026-07-01T17:00:01Z", *p), {"A-5"})

    # ---- again, and later ----

    def test_an_unnamed_touch_gets_its_name_later(self):
        row = self.take("a.csv", HEAD + "2026-03-02T10:00:00Z,,R1,Square,,,card_number,S1\n")
        self.assertEqual((row["unnamed"], row["named"]), (1, 0))
        row = self.take("b.csv", HEAD + "2026-03-02T10:00:00Z,A-1,R1,Square,,,card_number,S1\n")
        self.assertEqual((row["new"], row["changed"]), (0, 1))
        self.assertEqual(self.refs(), {"A-1"})
        count = self.json("incident", "exposed", "1", "--count").row
        self.assertEqual((count["customers"], count["unnamed_touches"]), (1, 0))

    def test_a_corrected_time_moves_a_touch_into_another_day(self):
        self.take("a.csv", HEAD + "2026-03-02T23:30:00Z,A-1,R1,Square,,,card_number,S1\n")
        row = self.take("b.csv", HEAD + "2026-03-03T04:30:00Z,A-1,R1,Square,,,card_number,S1\n")
        self.assertEqual((row["new"], row["changed"]), (0, 1))
        p = ("--only", "passing")
        self.assertEqual(self.exposed("R1", "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z", *p), set())
        self.assertEqual(self.exposed("R1", "2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z", *p), {"A-1"})
        self.run_handback("check")

    def test_equal_rows_without_a_reference_are_different_touches(self):
        rows = HEAD + "2026-03-02T10:00:00Z,A-1,R1,,,,card_number,\n" * 3
        self.assertEqual(self.take("a.csv", rows)["new"], 3)
        self.assertEqual(self.take("a.csv", rows)["known"], 3)

    # ---- who is who ----

    def test_many_new_references_are_each_their_own_customer(self):
        refs = [f"Z-{'0' * (i % 5)}{i * 7919 % 1000}" for i in range(333)]
        content = HEAD + "".join(f"2026-03-02T10:00:00Z,{ref},R{i % 9},,,,card_number,{i}\n" for i, ref in enumerate(refs))
        self.assertEqual(len(set(refs)), 333)
        self.assertEqual(self.take("many.csv", content)["new"], 333)
        for reader in range(9):
            self.assertEqual(self.refs(f"R{reader}"), {ref for i, ref in enumerate(refs) if i % 9 == reader})
        with closing(sqlite3.connect(f"{self.data}/handback.db")) as db:
            stored = [ref for ref, in db.execute("SELECT ref FROM customer ORDER BY id")]
            self.assertEqual(stored, sorted(refs))
            self.assertEqual(db.execute("SELECT digest FROM import").fetchall(), [(hashlib.blake2b(content.encode(), digest_size=32).digest(),)])

    def test_joined_by_email_when_the_name_does_not_contradict(self):
        self.take("own.csv", CUSTOMERS + "A-1,June Marsh,june@example.com,,,,,,,\n")
        stripe = ("id,Created (UTC),Amount,Amount Refunded,Currency,Customer ID,Customer Email,Card Name,Card Last4,Card Brand,Status\n"
                  "ch_1,2026-03-02 14:14,40.00,0.00,usd,cus_1,JUNE@example.com,June M. Marsh,1000,Visa,Paid\n"
                  "ch_2,2026-03-02 15:14,40.00,0.00,usd,cus_2,june@example.com,Karl Marsh,2000,Visa,Failed\n"
                  "ch_3,2026-03-02 16:14,40.00,0.00,usd,cus_3,june@example.com,,3000,Visa,Paid\n")
        row = self.take("stripe.csv", stripe)
        self.assertEqual((row["format"], row["new"], row["named"]), ("stripe-payments", 3, 3))
        refs = self.exposed("service:Stripe", "2026-03-02", "2026-03-03", "--only", "passing")
        self.assertEqual(len(refs), 3 if "A-1" not in refs else len(refs))
        self.assertIn("A-1", refs)
        doubtful = self.json("customer", "find", "--doubtful").rows
        self.assertTrue(doubtful and all(d["shares"] == "email" for d in doubtful))
        found = self.json("customer", "find", "--email", "June@Example.com").rows
        self.assertGreaterEqual(len(found), 2)
        karl = [c["customer_ref"] for c in found if "Karl Marsh" in c["names"]][0]
        self.run_handback("customer", "merge", "A-1", karl)
        self.assertNotIn(karl, self.exposed("service:Stripe", "2026-03-02", "2026-03-03", "--only", "passing"))
        self.run_handback("customer", "split", karl)
        self.assertIn(karl, self.exposed("service:Stripe", "2026-03-02", "2026-03-03", "--only", "passing"))

    def test_a_newer_import_adds_and_does_not_overwrite(self):
        self.take("a.csv", CUSTOMERS + "A-1,June Marsh,june@example.com,(202) 555-0101,,,,,,\n")
        row = self.take("b.csv", CUSTOMERS + "A-1,June Marsh-Ito,june@work.example.com,+1 202 555 0101,12 Mill St,Hudson,NY,12534,US,es\n")
        self.assertEqual(row["changed"], 1)
        shown = self.json("customer", "show", "A-1").row
        self.assertEqual(shown["emails"], ["june@work.example.com", "june@example.com"])
        self.assertEqual(shown["names"], ["June Marsh-Ito", "June Marsh"])
        self.assertEqual(len(shown["phones"]), 1)
        self.assertEqual((shown["region"], shown["language"]), ("US-NY", "es"))
        self.assertEqual(self.take("b.csv", CUSTOMERS + "A-1,June Marsh-Ito,june@work.example.com,+1 202 555 0101,12 Mill St,Hudson,NY,12534,US,es\n")["known"], 1)

    # ---- the services' own files ----

    def test_square_samples_of_all_years_agree(self):
        self.assertEqual(self.json("import", self.fixture("exports/square-customers.csv")).row["new"], 12)
        row = self.json("import", self.fixture("exports/square-transactions.csv"), status=None).row
        self.assertEqual((row["format"], row["refused"]), ("square-transactions", 0))
        older = self.json("import", self.fixture("exports/square-transactions-2017.csv"), status=None).row
        self.assertEqual(older["new"], 0)
        with open(self.fixture("exports/square-transactions.csv"), newline="") as f:
            rows = list(csv.DictReader(f))
        payments = [r for r in rows if r["Event Type"] == "Payment" and r["Device Name"] == "Van 1 reader" and r["PAN Suffix"]]
        self.assertEqual(len(self.refs("reader:Van 1 reader")), len({r["Customer ID"] for r in payments if r["Customer ID"]}))
        flows = self.json("flow", "list").rows
        self.assertTrue([f for f in flows if f["from"] == "service:Square" and f["to"] == "computer:Handback"])
        # a list of customers shows them at the service, with or without a payment
        self.assertEqual(len(self.exposed("service:Square", "2020-01-01", "2020-02-01", "--only", "kept")), 12)

    def test_stripe_samples_of_both_sorts(self):
        for name in ("stripe-payments.csv", "stripe-payments-2020.csv"):
            row = self.json("import", self.fixture(f"exports/{name}"), status=None).row
            self.assertEqual((row["format"], row["refused"]), ("stripe-payments", 0), name)
            self.assertGreater(row["new"], 0)

    def test_a_refund_is_at_the_service_only_and_cash_has_no_card(self):
        self.json("import", self.fixture("exports/square-transactions.csv"), status=None)
        with open(self.fixture("exports/square-transactions.csv"), newline="") as f:
            rows = list(csv.DictReader(f))
        by_id = {}
        for r in rows:
            by_id.setdefault((r["Event Type"], bool(r["PAN Suffix"])), []).append(r)
        cash = [r for r in by_id.get(("Payment", False), []) if r["Customer ID"]]
        self.assertTrue(cash, "the sample has a cash payment")
        for kind in ("card_number", "card_last4"):
            at_risk = {r["customer_ref"] for r in self.json("incident", "exposed",
                       self.json("incident", "open", "--title", "x", "--holder", "service:Square", "--from", "unknown", "--to", "unknown").row["incident"],
                       "--kind", kind).rows}
            self.assertTrue(at_risk)


if __name__ == "__main__":
    tell()
