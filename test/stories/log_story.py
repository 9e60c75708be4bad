"""The log finds a changed, missing or swapped entry, a cut-off end, a forged signature, and whatever does not go on from a checkpoint that was kept
elsewhere; what it proves is checked by another program, too (test/tlog.mjs)."""
import os
import shutil
import sqlite3
import subprocess
import unittest

from story import SOURCE, Story, read_code, scanned, tell


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

    def checkpoint(self, name="kept", *more):
        return self.file(name, self.run_handback("log", "checkpoint", *more, key=False).out)

    def compare(self, kept, status=1):
        return self.json("log", "verify", "--checkpoint", kept, key=False, status=status).row

    def outside(self, *args):
        """The other program's status and words."""
        done = subprocess.run([shutil.which("node") or "nodejs", os.path.join(SOURCE, "test", "tlog.mjs"), *args], capture_output=True, text=True)
        return done.returncode, done.stdout or done.stderr

    def grow(self, name):
        self.run_handback("import", self.file("grow.csv", f"customer_ref,name,email\n{name},June Marsh,{name.lower()}@example.com\n"))

    def test_it_goes_on_from_what_was_kept_and_another_program_can_tell(self):
        key = self.json("log", "checkpoint", key=False).row["key"]
        kept = [self.checkpoint("kept0")]
        for i in range(1, 4):
            self.grow(f"B-{i}")
            kept.append(self.checkpoint(f"kept{i}"))
        for file in kept:
            row = self.compare(file, status=0)
            self.assertEqual((row["checkpoint"], row["checkpoint_signed"]), ("same", True))
            size = open(file).read().split("\n")[1]
            self.assertEqual(row["checkpoint_entries"], int(size))
            proof = self.checkpoint("proof", "--old", size)
            self.assertEqual(self.outside("extends", key, file, proof)[0], 0, self.outside("extends", key, file, proof))
        lines = open(self.checkpoint("proof", "--old", open(kept[0]).read().split("\n")[1])).read().split("\n")
        self.assertGreater(lines.index(""), 2)
        for i, line in enumerate(lines):                                   # no line of it can be another
            if line:
                at = len(line) // 2
                bad = self.file("bad", "\n".join(lines[:i] + [line[:at] + ("A" if line[at] != "A" else "B") + line[at + 1:]] + lines[i + 1:]))
                self.assertEqual(self.outside("extends", key, kept[0], bad)[0], 1, line)
        self.run_handback("log", "checkpoint", "--old", 10**6, status=2)
        self.run_handback("log", "checkpoint", "--old", 0, status=2)

    def test_a_checkpoint_that_was_changed_or_is_anothers_is_refused(self):
        text = open(self.checkpoint()).read()
        name, size, rest = text.split("\n", 2)
        for bad, says in ((f"{name}\n{int(size) - 1}\n{rest}", "changed after it was signed"), (text.replace(name, "handback/0000000000000000/1"), "another log"),
                          ("nothing", "no checkpoint"), (f"{name}\n0{size}\n{rest}", "no checkpoint"), ("", "no checkpoint"), (text[:60], "no checkpoint"), ("x" * 70000, "")):
            self.assertIn(says, self.run_handback("log", "verify", "--checkpoint", self.file("bad", bad), key=False, status=2 if says else None).err)
        self.run_handback("log", "verify", "--note", text.replace("\n", "\r\n"), key=False)        # as a form sends it
        self.assertEqual(self.json("log", "verify", "--note", text + "\u2014 witness.example AAAAAAAA\n", key=False).row["checkpoint"], "same")

    def test_a_rolled_back_and_a_forked_log(self):
        copy = os.path.join(self.tmp, "old")
        shutil.copytree(self.data, copy)
        self.grow("B-1")
        kept = self.checkpoint()
        shutil.rmtree(self.data)
        shutil.copytree(copy, self.data)                                   # with its keeper's record: only what is kept elsewhere tells
        row = self.compare(kept)
        self.assertEqual((row["checkpoint"], row["unbroken"]), ("rolled_back", True))
        self.assertIn("old copy", self.run_handback("log", "verify", "--checkpoint", kept, status=1).out)
        for i in "EFGH":                                                   # within the same second an import would be the same entries
            self.run_handback("holder", "add", f"reader:{i}")
        row = self.compare(kept)
        self.assertEqual((row["checkpoint"], row["unbroken"], row["checkpoint_signed"]), ("forked", True, True))

    def test_a_restore_is_a_named_epoch_and_no_fraud(self):
        before, backup = self.checkpoint("before"), os.path.join(self.tmp, "one.backup")
        self.run_handback("backup", backup)
        self.grow("B-1")
        lost = self.checkpoint("lost")
        self.data = os.path.join(self.tmp, "again")
        self.run_handback("restore", backup, "--yes")
        for file, says in ((before, "same"), (lost, "restored")):
            row = self.compare(file, status=says != "same")
            self.assertEqual((row["checkpoint"], row["unbroken"]), (says, True))
        log = self.run_handback("log", key=False).out
        self.assertIn(" log.epoch person=1 ", log)
        self.assertIn(" epoch=2", log)
        self.assertTrue(open(self.checkpoint()).read().split("\n")[0].endswith("/2"))

    def test_a_new_key_signs_it_anew_and_what_was_kept_still_compares(self):
        kept = self.checkpoint()
        self.run_handback("vault", "rotate")
        row = self.compare(kept, status=0)
        self.assertEqual((row["checkpoint"], row["checkpoint_signed"]), ("same", False))
        self.assertTrue(self.compare(self.checkpoint("new"), status=0)["checkpoint_signed"])

    def test_the_sheet(self):
        for language in ("en", "es"):
            pdf = os.path.join(self.tmp, language + ".pdf")
            out = self.run_handback("log", "checkpoint", "--print", "--sheet", pdf, "--language", language, key=False).out
            note = open(self.checkpoint()).read().strip()
            self.assertEqual(scanned(pdf).strip(), note)
            # on a terminal two rows of the code are a line, and its light ones are drawn
            rows = [line for line in out.splitlines() if set(line) & set("\u2580\u2584\u2588")]
            wide = max(map(len, rows))
            drawn = [["255" if c in lit else "0" for c in row.ljust(wide)] for row in rows for lit in ("\u2580\u2588", "\u2584\u2588")]
            large = [" ".join(c for c in row for _ in range(6)) for row in drawn for _ in range(6)]
            self.assertEqual(read_code(self.file("code.pgm", f"P2 {6 * wide} {len(large)} 255\n" + "\n".join(large) + "\n")).strip(), note)
            text = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True).stdout
            self.assertIn("Guarde" if language == "es" else "Keep this sheet", text)
            self.assertNotIn("June", text)

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
