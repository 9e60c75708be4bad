"""A new business: what init promises, wrong calls, help."""
import os
import re
import stat
import subprocess
import unittest

from story import CHEAP, HANDBACK, Story, tell

CALL = ["init", "--name", "Fernwood Plumbing", "--region", "US-NY", "--timezone", "America/New_York", *CHEAP]


class Start(Story):
    def test_the_folder_of_a_new_user_is_made_whole(self):
        """Somebody who has no ~/.local/share yet."""
        home = os.path.join(self.tmp, "home")
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("HANDBACK_", "XDG_"))} | {"HOME": home}
        for call in (["--passphrase-file", self.passphrase_file, "init", "--name", "Fernwood", *CHEAP], ["demo", "--no-pages"]):
            done = subprocess.run([HANDBACK, *call], env=clean, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sorted(os.listdir(os.path.join(home, ".local", "share"))), ["handback", "handback-demo"])
        self.assertEqual(os.stat(os.path.join(home, ".local")).st_mode & 0o777, 0o700)
        told, own = os.path.join(self.tmp, "told"), os.path.join(home, ".local", "share", "handback")
        done = subprocess.run([HANDBACK, "demo", "--no-pages"], env=clean | {"HANDBACK_DATA": told}, capture_output=True, text=True)
        self.assertIn(f"data: {told} (a demo", done.stderr)
        self.assertTrue(os.path.exists(os.path.join(told, "handback.db")))
        done = subprocess.run([HANDBACK, "demo", "--no-pages"], env=clean | {"HANDBACK_DATA": own}, capture_output=True, text=True)
        self.assertEqual((done.returncode, "(a demo" in done.stderr), (3, False), done.stderr)
        self.assertIn("is no demo of Handback's", done.stderr)
        # a folder that was named and has nothing above it is a slip of the pen
        self.assertIn("No such file", self.run_handback("--data", os.path.join(self.tmp, "no", "such"), "init", "--name", "x", *CHEAP, status=3).err)

    def test_a_start_loads_few_libraries(self):
        """And what a command needs beyond those is loaded when it is (src/late.h; where there are no stubs all are loaded)."""
        libraries = lambda call: set(re.findall(r"calling init: \S*/lib([a-z0-9]+)", subprocess.run([HANDBACK, *call], capture_output=True, text=True, env=os.environ | {"LD_DEBUG": "libs"}).stderr))
        with open(HANDBACK, "rb") as f:
            if b"late_load" not in f.read():
                self.skipTest("this build has no stubs")
        few = libraries(["--version"])
        self.assertFalse(few & {"poppler", "pango", "curl", "pq", "gnutls", "crypto", "xml2", "archive"}, few)
        self.assertTrue("sodium" in few and len(few) <= 16, few)
        self.assertIn("pq", libraries(["find", "--database", "postgresql://nobody@127.0.0.1:1/none"]))

    def test_init_makes_a_private_folder_and_shows_the_recovery_code_once(self):
        row = self.init()
        self.assertRegex(row["recovery"], r"^([0-9A-Z]{5}-){7}[0-9A-Z]{5}$")
        self.assertEqual(stat.S_IMODE(os.stat(self.data).st_mode), 0o700)
        for name in os.listdir(self.data):
            path = os.path.join(self.data, name)
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode) & 0o077, 0, name)
            with open(path, "rb") as f:
                held = f.read()
            self.assertNotIn(row["recovery"].encode(), held, name)
            self.assertNotIn(row["recovery"].replace("-", "").encode(), held, name)
            self.assertNotIn(b"four plain words", held, name)

    def test_the_recovery_code_opens_the_vault(self):
        code = self.init()["recovery"]
        self.passphrase_file = self.file("recovery", code.lower().replace("-", " ") + "\n")
        self.assertIn("every sealed contact opens", self.run_handback("customer", "find", "--email", "nobody@example.com", status=None).out
                      + self.run_handback("check").out)

    def test_a_second_init_is_refused_and_changes_nothing(self):
        self.init()
        self.assertIn("already", self.run_handback(*CALL, status=3).err)
        self.run_handback("log", "verify")

    def test_a_short_passphrase_is_refused_and_nothing_is_left(self):
        self.passphrase_file = self.file("short", "eleven char\n")
        self.assertIn("12", self.run_handback(*CALL, status=2).err)
        self.assertFalse(os.path.exists(self.data))

    def test_without_terminal_and_file_nothing_is_asked(self):
        self.assertIn("--passphrase-file", self.run_handback(*CALL, key=False, status=2).err)
        self.assertFalse(os.path.exists(self.data))

    def test_a_cost_below_the_floor_is_refused(self):
        self.assertIn("46", self.run_handback(*CALL[:-4], "--kdf-memory", "45", status=2).err)

    def test_a_wrong_zone_or_region_is_told(self):
        self.assertIn("time zone", self.run_handback("init", "--name", "X", "--timezone", "Eastern", *CHEAP, status=2).err)
        self.assertIn("US-CA", self.run_handback("init", "--name", "X", "--region", "California", *CHEAP, status=2).err)

    def test_postgresql_is_refused_until_it_is_built(self):
        self.assertIn("PostgreSQL", self.run_handback(*CALL, "--database", "postgresql://localhost/x", status=2).err)
        self.assertFalse(os.path.exists(self.data))

    def test_a_wrong_passphrase_is_a_clear_refusal(self):
        self.init()
        self.passphrase_file = self.file("wrong", "four other words here\n")
        said = self.run_handback("import", self.file("customers.csv", "customer_ref,name,email\nA-1,June Marsh,june@example.com\n"), status=3)
        self.assertIn("passphrase", said.err.lower())

    def test_each_command_says_which_folder_it_used(self):
        self.init()
        self.assertIn(f"data: {self.data}", self.run_handback("set").err)

    def test_no_business_says_what_to_do(self):
        self.assertIn("handback init", self.run_handback("incident", "list", status=3).err)

    def test_wrong_calls_are_told_and_exit_2(self):
        self.init()
        for call in (["incident"], ["frobnicate"], ["incident", "open", "--titel", "x"], ["incident", "exposed"], ["incident", "exposed", "one"],
                     ["set", "no.such", "x"], ["set", "language", "fr"], ["version", "extra"], ["incident", "open", "--title"]):
            said = self.run_handback(*call, status=2)
            self.assertTrue(said.err.strip(), call)

    def test_errors_are_json_too(self):
        self.assertEqual(self.json("incident", "list", status=3).row["error"], "not_found")

    def test_settings_are_kept(self):
        self.init()
        self.run_handback("set", "business.phone", "(202) 555-0100")
        self.assertEqual(self.json("set", "business.phone").row["value"], "(202) 555-0100")
        self.run_handback("set", "--check", "business.phone", "(202) 555-0199")
        self.run_handback("set", "--check", "language", "fr", status=2)
        self.assertEqual(self.json("set", "business.phone").row["value"], "(202) 555-0100")
        self.run_handback("set", "business.name", "Fernwood & Sons")
        self.assertEqual(self.json("set", "business.name").row["value"], "Fernwood & Sons")

    def test_a_card_number_in_an_option_is_masked_and_told(self):
        self.init()
        said = self.run_handback("set", "business.address", "4111 1111 1111 1111, Mill St")
        self.assertIn("masked", said.err)
        self.assertNotIn("4111 1111", said.out + said.err + self.run_handback("set").out)

    def test_each_command_has_help_with_an_example(self):
        names = re.findall(r"^  handback ([a-z ]+?) {2,}", self.run_handback("help", "--all", key=False).out, re.M)
        self.assertGreater(len(names), 150)
        words = set(re.findall(r"[a-z]+", " ".join(re.findall(r"^  ([a-z, ]+?)(?:  |$)", self.run_handback("--help", key=False).out, re.M))))
        self.assertEqual({name.split()[0] for name in names} - words, set())
        for name in names:
            said = self.run_handback(*name.split(), "--help", key=False)
            self.assertRegex(said.out, rf"Example:\n  handback {name}", name)

    def test_version(self):
        self.assertRegex(self.json("version").row["handback"], r"^\d+\.\d+\.\d+")


if __name__ == "__main__":
    tell()
