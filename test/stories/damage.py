"""What was damaged behind our back is found, said, and mended where it can be."""
import os
import shutil
import sqlite3
import unittest
from contextlib import closing

from story import CHEAP, Story, tell

HEAD = "touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n"


class Damage(Story):
    def setUp(self):
        super().setUp()
        self.init()
        self.customers = self.file("customers.csv", "customer_ref,name,email,phone\n" + "".join(f"A-{i},Person Number{i},p{i}@example.com,202555{100 + i:04}\n" for i in range(30)))
        self.touches = self.file("touches.csv", HEAD + "".join(f"2026-06-0{1 + i % 3}T10:{i:02}:00Z,A-{i},R1,,,,card_number,{i}\n" for i in range(30)))
        self.run_handback("import", self.customers)
        self.run_handback("import", self.touches)
        self.n = self.json("incident", "open", "--title", "x", "--holder", "reader:R1", "--from", "2026-06-01", "--to", "2026-06-03").row["incident"]

    def change(self, *statements):
        with closing(sqlite3.connect(os.path.join(self.data, "handback.db"))) as db:
            for s in statements:
                db.execute(s)
            db.commit()

    def checked(self, what, status, *more):
        rows = {r["check"]: r for r in self.json("check", *more, status=status).rows}
        return rows[what]

    def files(self):
        return {name: os.path.getsize(os.path.join(self.data, name)) for name in os.listdir(self.data)}

    def test_an_emptied_database_is_no_place_for_a_new_business(self):
        db = sqlite3.connect(os.path.join(self.data, "handback.db"))           # holds the changes in handback.db-wal
        db.execute("CREATE TABLE x (y)")
        db.commit()
        copy = os.path.join(self.tmp, "copy")
        shutil.copytree(self.data, copy)
        db.close()
        for lost in ("handback.db", "handback.db-wal"), ("handback.db",):
            for how in "empty", "missing":
                for other in True, False:
                    with self.subTest(lost=lost, how=how, other=other):
                        self.data = os.path.join(self.tmp, f"{len(lost)}-{how}-{other}")
                        shutil.copytree(copy, self.data)
                        for name in lost:
                            os.unlink(os.path.join(self.data, name))
                            if how == "empty" and name == "handback.db":
                                open(os.path.join(self.data, name), "w").close()
                        if other:
                            os.mkdir(os.path.join(self.data, "outbox"))
                        before = self.files()
                        for words in (["init", "--name", "New", "--region", "US-NY", "--timezone", "America/New_York", *CHEAP], ["check"], ["incident", "list"]):
                            self.assertIn("Put back a backup", self.run_handback(*words, status=3).err)
                            self.assertEqual(self.files(), before)

    def flip_a_bit(self):
        with closing(sqlite3.connect(os.path.join(self.data, "handback.db"))) as db:
            rowid = db.execute("SELECT day, blob FROM segment WHERE dim = 1 ORDER BY day LIMIT 1").fetchone()
            blob = bytearray(rowid[1])
            blob[len(blob) // 2] ^= 4
            db.execute("UPDATE segment SET blob = ? WHERE day = ? AND dim = 1", (bytes(blob), rowid[0]))
            db.commit()

    def test_a_flipped_bit_keeps_a_round_from_being_drafted_and_is_mended_by_the_file(self):
        self.flip_a_bit()
        said = self.run_handback("notice", "draft", self.n, status=3)
        self.assertIn("2026-06-01", said.err)
        self.assertFalse(self.checked("ledger", 1)["good"])
        said = self.json("check", "--rebuild")
        self.assertRegex(said.err, "2026-06-01 could not be read .*Import again: touches.csv")
        self.assertIn("10 touches that imports brought are lost", said.err)
        self.assertIn("ledger.lost", self.run_handback("log").out)
        self.assertEqual(self.json("import", self.touches).row["new"], 10)
        self.assertTrue(self.checked("ledger", 0)["good"])
        self.assertEqual(self.json("notice", "draft", self.n).row["customers"], 30)

    def test_touches_that_are_gone(self):
        self.change("DELETE FROM segment", "DELETE FROM day")
        self.assertIn("30", self.checked("ledger", 1)["how"])
        self.run_handback("notice", "draft", self.n, status=3)
        self.assertEqual(self.json("import", self.touches).row["new"], 30)
        self.assertTrue(self.checked("ledger", 0, "--rebuild")["good"])
        self.assertTrue(self.checked("ledger", 0)["good"])

    def test_a_customer_that_is_gone(self):
        self.change("DELETE FROM customer WHERE id = 3")
        self.assertIn("number 3", self.checked("customers", 1)["how"])
        # whoever is not there can't be told: no answer seems whole without them
        for words in ("incident", "exposed", self.n), ("incident", "exposed", self.n, "--refs"), ("incident", "exposed", self.n, "--verify"), ("notice", "draft", self.n):
            self.assertIn("number 3 is not there", self.run_handback(*words, status=3).err)

    def test_the_last_customer_is_gone(self):
        self.change("DELETE FROM customer WHERE id = 30")
        self.assertIn("number 30 is not there", self.run_handback("incident", "exposed", self.n, status=3).err)

    def test_notices_that_are_gone_or_in_no_state(self):
        self.run_handback("notice", "draft", self.n)
        self.run_handback("notice", "approve", "1.1")
        self.run_handback("notice", "send", "1.1", status=None)
        self.run_handback("notice", "posted", "1.1", "--mails")
        self.assertIn("Finished", self.run_handback("notice", "status", "1.1").out)
        self.assertTrue(self.checked("rounds", 0)["good"])
        copy = os.path.join(self.tmp, "copy")
        shutil.copytree(self.data, copy)
        for i, how in enumerate(("DELETE FROM notice", "DELETE FROM notice WHERE customer = 3", "UPDATE notice SET state = 99 WHERE customer = 3",
                                 "DELETE FROM notice WHERE customer = 3; UPDATE round SET people = 29")):
            with self.subTest(how):
                self.data = os.path.join(self.tmp, str(i))
                shutil.copytree(copy, self.data)
                self.change(*how.split(";"))
                self.assertIn("Put back a backup", self.checked("rounds", 1)["how"])
                if i < 3:
                    self.assertIn("Put back a backup", self.run_handback("notice", "status", "1.1", status=3).err)

    def test_an_incident_without_its_holders(self):
        self.assertTrue(self.checked("rounds", 0)["good"])
        self.run_handback("incident", "suspect", self.n, "--holder", "reader:R1", "--from", "2026-06-01", "--to", "2026-06-02")
        self.assertTrue(self.checked("rounds", 0)["good"])
        self.change("DELETE FROM suspect")
        self.assertIn("Incident 1 has 0 holders", self.checked("rounds", 1)["how"])

    def test_which_kinds_a_touch_had(self):
        for how in "UPDATE flavour SET entry_kinds = 0", "UPDATE flavour SET spread = 3600", "UPDATE flavour SET service_kinds = 4 WHERE code = 1":
            with self.subTest(how):
                db = sqlite3.connect(os.path.join(self.data, "handback.db"))
                before = db.execute("SELECT code, spread, entry_kinds, service_kinds FROM flavour").fetchall()
                db.close()
                self.change(how)
                self.assertIn("kinds of data", self.checked("ledger", 1)["how"])
                for words in ("incident", "exposed", self.n), ("incident", "exposed", self.n, "--verify"), ("incident", "exposed", self.n, "--why", "A-3"), ("notice", "draft", self.n):
                    self.assertIn("kinds of data", self.run_handback(*words, status=3).err)
                self.change(*[f"UPDATE flavour SET spread = {b}, entry_kinds = {c}, service_kinds = {d} WHERE code = {a}" for a, b, c, d in before])
        self.assertTrue(self.checked("ledger", 0)["good"])

    def test_the_index_of_contacts(self):
        find = ["customer", "find", "--email", "p7@example.com"]
        self.assertEqual(self.json(*find).row["customer_ref"], "A-7")
        self.change("DELETE FROM customer_index")
        self.assertFalse(self.checked("customers", 1)["good"])
        self.assertTrue(self.checked("customers", 0, "--rebuild")["good"])
        self.assertEqual(self.json(*find).row["customer_ref"], "A-7")
        self.assertEqual(self.json("customer", "find", "--phone", "(202) 555-0107").row["customer_ref"], "A-7")


if __name__ == "__main__":
    tell()
