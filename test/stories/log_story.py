"""The log finds a changed, missing or swapped entry, a cut-off end, and a forged signature."""
import os
import shutil
import sqlite3
import unittest

from story import Story, tell


class Log(Story):
    def setUp(self):
        super().setUp()
        self.init()
        for name in ("A", "B", "C", "D"):
            self.run_handback("holder", "add", f"reader:{name}")
        self.customers = self.file("customers.csv", "customer_ref,name,email\nA-1,June Marsh,june@example.com\n")
        self.run_handback("import", self.customers)

    def change(self, *statements):
        db = sqlite3.connect(os.path.join(self.data, "handback.db"))
        for s in statements:
            db.execute(s)
        db.commit()
        db.close()

    def verify(self, status):
        return self.json("log", "verify", key=False, status=status).row

    def test_unbroken_and_signed(self):
        row = self.verify(0)
        self.assertTrue(row["unbroken"])
        self.assertGreater(row["entries"], 4)
        self.assertEqual(row["signed"], row["entries"])

    def test_a_changed_entry(self):
        self.change("UPDATE entry SET text = replace(text, 'person=1', 'person=2') WHERE n = 2")
        self.assertEqual(self.verify(1)["broken_at"], 2)

    def test_a_missing_entry(self):
        self.change("DELETE FROM entry WHERE n = 3")
        self.assertEqual(self.verify(1)["broken_at"], 3)

    def test_swapped_entries(self):
        self.change("UPDATE entry SET n = -1 WHERE n = 2", "UPDATE entry SET n = 2 WHERE n = 3", "UPDATE entry SET n = 3 WHERE n = -1")
        self.assertEqual(self.verify(1)["broken_at"], 2)

    def test_a_cut_off_end(self):
        self.change("DELETE FROM entry WHERE n = (SELECT max(n) FROM entry)")
        self.assertFalse(self.verify(1)["unbroken"])

    def test_a_forged_signature(self):
        self.change("UPDATE log_head SET signature = zeroblob(64)")
        self.assertIn("signature", self.verify(1)["how"])

    def test_a_rolled_back_database_is_not_signed_again(self):
        copy = os.path.join(self.tmp, "old")
        shutil.copytree(self.data, copy)
        for i in (2, 4):
            self.run_handback("import", self.file(f"more{i}.csv", f"customer_ref,name,email\nA-{i},Kofi Mensah {i},kofi{i}@example.com\n"))
        os.unlink(os.path.join(self.data, "handback.db-wal"))
        for name in os.listdir(copy):
            if name != "keeper.record":
                shutil.copy(os.path.join(copy, name), os.path.join(self.data, name))
        said = self.run_handback("import", self.file("other.csv", "customer_ref,name,email\nA-3,Hana Ito,hana@example.com\n"), status=None)
        self.assertIn("shortened", said.err)
        # however long it grows, it never becomes what was signed
        for _ in range(8):
            said = self.run_handback("customer", "show", "A-1")
        self.assertIn("rewritten", said.err)
        row = self.verify(1)
        self.assertIn("old copy", row["how"])
        self.assertLess(row["signed"], row["entries"])
        self.run_handback("check", status=1)
        self.assertIn("delete keeper.record", said.err)                    # for who did it on purpose: stranger.py, a lost record

    def test_without_the_key_entries_wait_for_a_signature(self):
        before = self.verify(0)
        self.run_handback("holder", "add", "reader:E", key=False)
        row = self.verify(0)
        self.assertEqual((row["entries"], row["signed"]), (before["entries"] + 1, before["signed"]))
        self.run_handback("import", self.customers)
        row = self.verify(0)
        self.assertEqual(row["entries"], row["signed"])

    def test_looks_are_logged_with_their_count_and_nothing_personal(self):
        self.run_handback("customer", "show", "A-1")
        text = self.run_handback("log", key=False).out
        self.assertIn("contacts.opened person=1 customers=1", text)
        for personal in ("June", "Marsh", "june@", "A-1", "reader:A"):
            self.assertNotIn(personal, text)


if __name__ == "__main__":
    tell()
