#!/usr/bin/python3
"""The vault's keys through the real binary: a lost passphrase with and without the recovery code, a new key, and that under kill."""
import os
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import time

import story
from story import HANDBACK

KILLS = min(12, int(os.environ.get("KILLS", "6")))         # the keeper makes twenty keys a day


class Vault(story.Story):
    def setUp(self):
        super().setUp()
        self.recovery = self.init()["recovery"]

    def words(self, name, text):
        path = self.file(name, text + "\n")
        os.chmod(path, 0o600)
        return path

    def customers(self, n):
        rows = ["customer_ref,name,email,phone,address1,city,region,postal_code,country,language"]
        rows += [f"A-{i},June {i},june{i}@example.com,,{i} Mill St,Millbrook,US-NY,12545,US,en" for i in range(1, n + 1)]
        self.run_handback("import", self.file("c.csv", "\n".join(rows) + "\n"))

    def generations(self):
        with sqlite3.connect(os.path.join(self.data, "handback.db")) as db:
            rows = db.execute("SELECT sealed FROM customer WHERE length(sealed) > 0 UNION ALL SELECT reason FROM forgotten WHERE length(reason) > 0").fetchall()
        return {struct.unpack("<I", bytes(row[0][1:5]))[0] for row in rows}

    def sound(self):
        rows = {r["check"]: r for r in self.json("check").rows}
        self.assertTrue(all(r["good"] for r in rows.values()), rows)
        self.assertIn("every sealed contact opens", rows["sealed"]["how"])

    def test_the_passphrase_is_lost_and_the_sheet_is_there(self):
        self.customers(3)
        sheet, fresh = self.words("sheet", self.recovery), self.words("fresh", "some other words again")
        self.passphrase_file = sheet
        self.run_handback("vault", "recover", "--new-passphrase-file", fresh)
        self.passphrase_file = self.words("old", story.PASSPHRASE)
        self.assertIn("not the passphrase", self.run_handback("check", status=3).err)
        self.passphrase_file = fresh
        self.sound()
        self.assertEqual(len(self.json("customer", "find", "--email", "june2@example.com").rows), 1)

    def test_both_are_lost(self):
        self.customers(3)
        self.run_handback("customer", "forget", "A-3", "--reason", "asked by phone")
        fresh = self.words("fresh", "some other words again")
        self.assertIn("look for the code", self.run_handback("vault", "renew", "--new-passphrase-file", fresh, key=False, status=2).err)
        said = self.run_handback("vault", "renew", "--contacts-are-lost", "--new-passphrase-file", fresh, key=False)
        self.assertIn("Recovery code", said.out)
        self.passphrase_file = fresh
        self.assertEqual(self.generations(), set())
        self.assertIn("vault.renewed", self.run_handback("log").out)
        self.assertTrue(self.json("log", "verify").row["unbroken"])
        self.assertEqual(self.json("customer", "find", "--email", "june2@example.com").rows, [])
        self.run_handback("import", self.fixture_again())
        self.assertEqual([r["customer_ref"] for r in self.json("customer", "find", "--email", "june2@example.com").rows], ["A-2"])
        self.sound()

    def fixture_again(self):
        return os.path.join(self.tmp, "c.csv")

    def test_a_new_key(self):
        anas = self.words("anas", "another four words there")
        self.customers(700)
        self.run_handback("customer", "forget", "A-7", "--reason", "asked by phone")
        self.json("person", "add", "--name", "Ana", "--role", "manager", key=False)
        self.json("vault", "slot", "add", "Ana", "--new-passphrase-file", anas)
        old = shutil.copytree(self.data, os.path.join(self.tmp, "old"))
        self.assertIn(" role does not allow", self.run_handback("--as", "Ana", "vault", "rotate", status=3).err)
        rows = self.json("vault", "rotate").rows
        self.assertEqual(rows[1]["sealed"], 700)           # 699 customers, and why one was forgotten
        self.assertEqual(self.generations(), {2})
        self.sound()
        mine, self.passphrase_file = self.passphrase_file, anas
        self.assertIn("no passphrase of this person", self.run_handback("--as", "Ana", "check", status=3).err)
        self.passphrase_file = self.words("sheet", rows[0]["recovery"])
        self.sound()
        self.passphrase_file = self.words("before", self.recovery)
        self.assertIn("not the recovery code", self.run_handback("check", status=3).err)
        self.passphrase_file = mine
        self.json("vault", "slot", "add", "Ana", "--new-passphrase-file", anas)
        self.passphrase_file = anas
        self.assertEqual(len(self.json("--as", "Ana", "customer", "find", "--email", "june9@example.com").rows), 1)
        # slots of before, put into the new folder, open the old key only: and that opens nothing here
        self.passphrase_file = mine
        with sqlite3.connect(os.path.join(self.data, "handback.db")) as db:
            db.execute("ATTACH ? AS old", (os.path.join(old, "handback.db"),))
            db.execute("DELETE FROM slot WHERE sort <> 4")
            db.execute("INSERT INTO slot SELECT * FROM old.slot")
        self.assertIn("do not belong together", self.run_handback("check", status=1).out)

    def test_a_backup_from_after_a_new_key_is_put_back(self):
        self.customers(5)
        self.json("vault", "rotate")
        self.json("vault", "rotate")
        file, there = os.path.join(self.tmp, "b.backup"), os.path.join(self.tmp, "there")
        self.run_handback("backup", file)
        self.data = there
        self.run_handback("restore", file, "--yes")
        self.sound()
        self.assertEqual(self.generations(), {3})

    def test_a_new_key_under_kill(self):
        dice, killed, waits = random.Random(int(os.environ.get("SEED", "5"))), 0, 0
        self.customers(1500)
        begun = time.monotonic()
        self.json("vault", "rotate")
        whole = time.monotonic() - begun
        for i in range(KILLS):
            begun = time.monotonic()
            run = subprocess.Popen([HANDBACK, "--data", self.data, "--passphrase-file", self.passphrase_file, "vault", "rotate"], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, start_new_session=True)
            time.sleep(whole * dice.uniform(0.05, 0.9))
            killed += run.poll() is None
            try:
                os.killpg(run.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            said = run.communicate()
            self.assertIn(run.returncode, (0, -signal.SIGKILL), said)
            said = self.run_handback("log", "verify", json_rows=True, key=False)
            self.assertTrue(said.row["unbroken"], said.row)
            if "Wait a minute" in self.run_handback("check", status=None).err:
                waits += 1                                 # a try that was killed stays counted
                time.sleep(61 - min(60, time.monotonic() - begun))
            self.sound()
        self.assertGreater(killed, 0)
        self.json("vault", "rotate", "--rest")
        self.assertEqual(len(self.generations()), 1)
        self.sound()


if __name__ == "__main__":
    story.tell()
