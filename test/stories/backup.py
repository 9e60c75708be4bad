"""A backup is made beside running work with the vault locked, opens with the passphrase or the recovery code, and is never half a file."""
import os
import random
import shutil
import signal
import stat
import subprocess
import time

from story import HANDBACK, Story, needs_terminals, tell

HEAD = "touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n"
CUSTOMERS = "customer_ref,name,email,phone,address1,city,region,postal_code,country,language\n"


class Backup(Story):
    def setUp(self):
        super().setUp()
        self.recovery = self.init()["recovery"]
        self.json("import", self.file("c.csv", CUSTOMERS + "A-1,June Marsh,june@example.com,,,,,,,\n"))
        self.json("import", self.file("t.csv", HEAD + "".join(f"2026-03-0{1 + i % 7}T10:00:00Z,A-1,R1,Square,,,card_number,{i}\n" for i in range(50))))
        self.backup = os.path.join(self.tmp, "one.backup")

    def elsewhere(self, name):
        """From here on another data folder is meant."""
        self.home, self.data = self.data, os.path.join(self.tmp, name)

    def sound(self):
        rows = self.json("check").rows
        self.assertTrue(all(r["good"] for r in rows), rows)

    def test_there_and_back(self):
        row = self.json("backup", self.backup, key=False).row           # the vault is locked
        self.assertEqual((row["customers"], row["touches"], row["imports"], row["business"]), (1, 50, 2, "Fernwood Plumbing"))
        self.assertEqual(stat.S_IMODE(os.stat(self.backup).st_mode), 0o600)
        self.assertEqual(row["bytes"], os.path.getsize(self.backup))
        with open(self.backup, "rb") as f:
            content = f.read()
        for plain in (b"Fernwood", b"SQLite", b"CREATE TABLE", b"example.com"):      # long enough not to stand in random bytes by chance
            self.assertFalse(plain in content, plain)
        self.assertFalse([n for n in os.listdir(self.data) if n.startswith("backup.copy")])
        self.assertIn("is there already", self.run_handback("backup", self.backup, status=3).err)
        self.assertIn("backup.made", self.run_handback("log").out)
        # over a business: never
        self.assertIn("never writes over it", self.run_handback("restore", self.backup, "--yes", status=3).err)
        self.elsewhere("back")
        shown = self.json("restore", self.backup, status=1).row
        self.assertEqual((shown["customers"], shown["touches"], shown["restored"]), (1, 50, False))
        self.assertFalse(os.path.exists(self.data))
        self.assertEqual(os.listdir(self.tmp).count("back.restoring"), 0)
        self.run_handback("restore", self.backup, "--yes", key=False, status=3)
        self.assertTrue(self.json("restore", self.backup, "--yes").row["restored"])
        self.assertEqual(stat.S_IMODE(os.stat(self.data).st_mode), 0o700)
        self.assertEqual(self.json("customer", "show", "A-1").row["emails"], ["june@example.com"])
        self.sound()
        self.run_handback("log", "verify")
        self.assertRegex(self.run_handback("log").out, r"log\.epoch person=1 entries=\d+ chain=-?\d+ made=\d+")
        self.json("import", self.file("c2.csv", CUSTOMERS + "A-2,Sam Roe,sam@example.com,,,,,,,\n"))
        self.sound()

    @needs_terminals
    def test_a_person_at_a_terminal_sees_what_it_holds_and_says_yes(self):
        self.run_handback("backup", self.backup, key=False)
        self.elsewhere("back")
        status, shown = self.on_a_terminal("restore", self.backup, typed="no\n")
        self.assertEqual(status, 1, shown)
        self.assertLess(shown.index("50 touches"), shown.index(f"Put it into {self.data}? Type yes:"))
        self.assertIn("Nothing is put back yet", shown)
        self.assertFalse(os.path.exists(self.data))
        status, shown = self.on_a_terminal("restore", self.backup, typed="yes\n")
        self.assertEqual(status, 0, shown)
        self.assertIn(f"It is in {self.data}", shown)
        self.sound()

    def test_the_recovery_code_opens_it_and_another_passphrase_does_not(self):
        self.run_handback("backup", self.backup, key=False)
        self.elsewhere("back")
        wrong = self.file("wrong", "four other words here\n")
        said = self.run_handback("--passphrase-file", wrong, "restore", self.backup, "--yes", key=False, status=3)
        self.assertNotIn("june", said.err)
        self.assertFalse(os.path.exists(self.data))
        code = self.file("code", self.recovery + "\n")
        self.run_handback("--passphrase-file", code, "restore", self.backup, "--yes", key=False)
        self.sound()

    def test_every_damage_is_seen(self):
        self.run_handback("backup", self.backup, key=False)
        with open(self.backup, "rb") as f:
            whole = f.read()
        self.elsewhere("back")
        dice = random.Random(5)
        spots = [0, 20, 60, 120] + [dice.randrange(300, len(whole)) for _ in range(3)] + [len(whole) - 1]
        damaged = [whole[:n] + bytes([whole[n] ^ 1]) + whole[n + 1:] for n in spots]
        damaged += [b"", whole[:10], whole[:len(whole) // 2], whole[:-1], whole + b"x", b"handback backup 1\n" + b"\xff" * 50]
        for i, content in enumerate(damaged):
            said = self.run_handback("restore", self.file("bad.backup", content), "--yes", status=None)
            self.assertIn(said.status, (2, 3), (i, said.out, said.err))
            self.assertEqual([n for n in os.listdir(self.tmp) if n.startswith("back")], [], i)

    def test_made_while_an_import_runs(self):
        exports = os.path.join(self.tmp, "exports")
        self.run_handback("sample", exports, "--touches", "100000", "--customers", "3000", "--readers", "40")
        run = subprocess.Popen([HANDBACK, "--data", self.data, "--passphrase-file", self.passphrase_file, "import", f"{exports}/touches.csv"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.2)
        self.run_handback("backup", self.backup, key=False)
        self.assertEqual(run.wait(), 0)
        self.elsewhere("back")
        self.run_handback("restore", self.backup, "--yes")
        self.sound()

    def test_killed_at_any_moment_there_is_no_half_file(self):
        began = time.monotonic()
        self.run_handback("backup", self.backup, key=False)
        lasts = time.monotonic() - began
        dice = random.Random(3)
        for trial in range(8):
            path = os.path.join(self.tmp, f"kill{trial}.backup")
            run = subprocess.Popen([HANDBACK, "--data", self.data, "backup", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
            time.sleep(dice.uniform(0, lasts))
            run.kill()
            run.wait()
            if not os.path.exists(path):
                self.run_handback("backup", path, key=False)
        home = self.data
        self.elsewhere("back")
        began = time.monotonic()
        self.run_handback("restore", self.backup, "--yes")
        lasts = time.monotonic() - began
        for _ in range(5):
            shutil.rmtree(self.data, ignore_errors=True)
            run = subprocess.Popen([HANDBACK, "--data", self.data, "--passphrase-file", self.passphrase_file, "restore", self.backup, "--yes"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
            time.sleep(dice.uniform(0, lasts))
            try:
                os.killpg(run.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass                                               # it was quicker
            run.wait()
            if not os.path.exists(self.data):
                self.run_handback("restore", self.backup, "--yes")
            self.sound()
        self.data = home
        self.sound()


if __name__ == "__main__":
    tell()
