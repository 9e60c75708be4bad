#!/usr/bin/python3
"""Persons and roles through the real binary: every command against every role, passphrases of one's own, tokens, taking somebody out."""
import os

import story

ANAS = "another four words there"
ROLES = ["owner", "manager", "staff", "helper"]
REFUSED = "Your role does not allow this"
LOOKING = {"read", "alone"}


class Persons(story.Story):
    def setUp(self):
        super().setUp()
        self.init()

    def words(self, name, text):
        path = self.file(name, text + "\n")
        os.chmod(path, 0o600)
        return path

    def commands(self):
        return self.json("help", key=False).rows

    def test_every_command_against_every_role(self):
        for role in ROLES:
            self.json("person", "add", "--name", "A " + role, "--role", role, key=False)
        commands = self.commands()
        self.assertGreater(len(commands), 55)
        tried = refused = 0
        for row in commands:
            if row["how"] in ("alone", "new", "maybe") or row["command"] in ("ui", "serve", "demo", "drill"):
                continue                                   # need no business, or begin to serve
            for role in ROLES:
                # called without what it needs: whoever may gets further than the role, and nothing is changed
                words = row["command"].split()
                with self.subTest(command=row["command"], role=role):
                    said = self.run_handback("--as", "A " + role, *words, "--no-such-option", status=2)
                    self.assertIn("no option", said.err)
                    args = []
                    for field in row["fields"]:
                        if field["needed"]:
                            value = "1" if field["type"] == "number" else os.path.join(self.tmp, "none") if field["type"] == "path" else "no-such-thing"
                            args += [value] if field["placed"] else ["--" + field["name"], value]
                    if row["command"] in ("log", "job show"):
                        args = args[:1]
                    said = self.run_handback("--as", "A " + role, *words, *args, key=False, status=None)
                    tried += 1
                    self.assertEqual(role not in row["roles"], REFUSED in said.err, f"{row['command']} as {role}: {said.err}")
                    refused += REFUSED in said.err
        # what a role may is a part of what the one above it may; whoever advises from outside changes nothing
        for row in commands:
            self.assertIn("owner", row["roles"])
            self.assertTrue("manager" in row["roles"] or not {"staff", "helper"} & set(row["roles"]), row["command"])
            if "helper" in row["roles"] and row["command"] not in ("vault passphrase", "ui", "person language"):       # their own
                self.assertIn(row["how"], LOOKING | {"maybe"}, row["command"])
        self.assertGreater(tried, 180)
        self.assertGreater(refused, 60)

    def test_a_passphrase_of_ones_own(self):
        anas, mine = self.words("anas", ANAS), self.passphrase_file
        self.json("person", "add", "--name", "Ana", "--role", "staff", key=False)
        self.json("vault", "slot", "add", "Ana", "--new-passphrase-file", anas)
        self.assertEqual([r["what"] for r in self.json("vault", "slot", "list").rows], ["an owner's passphrase", "the recovery code", "a passphrase"])
        other = self.words("other", "some other words again")
        self.passphrase_file = anas
        self.json("--as", "Ana", "vault", "passphrase", "--new-passphrase-file", other)
        said = self.run_handback("--as", "Ana", "vault", "passphrase", "--new-passphrase-file", other, status=3)
        self.assertIn("not the passphrase", said.err)
        said = self.run_handback("check", status=3)        # Ana's passphrase is not the founder's
        self.assertIn("not the passphrase", said.err)
        self.passphrase_file = other
        self.assertIn(REFUSED, self.run_handback("--as", "Ana", "vault", "recovery", status=3).err)
        self.assertIn(REFUSED, self.run_handback("--as", "Ana", "vault", "slot", "add", "1", "--new-passphrase-file", anas, status=3).err)
        self.passphrase_file = mine
        self.assertIn("person=2", self.run_handback("log").out)

    def test_common_passphrases_are_refused(self):
        self.json("person", "add", "--name", "Ana", "--role", "staff", key=False)
        for common in ("password1234", "qwertyqwerty", "eleven char"):
            said = self.run_handback("vault", "slot", "add", "Ana", "--new-passphrase-file", self.words("common", common), status=2)
            self.assertNotIn(common, said.err)
        self.assertEqual(self.json("person", "list").rows[1]["passphrase"], False)

    def test_who_is_taken_out_is_out_at_once(self):
        anas = self.words("anas", ANAS)
        self.json("person", "add", "--name", "Ana", "--role", "manager", key=False)
        self.json("vault", "slot", "add", "2", "--new-passphrase-file", anas)
        self.json("token", "add", "Ana", "--name", "the shop")
        self.assertEqual(len(self.json("token", "list").rows), 1)
        said = self.run_handback("person", "end", "Ana")
        self.assertIn("vault rotate", said.out)
        self.assertEqual(self.json("token", "list").rows, [])
        self.assertEqual(len(self.json("vault", "slot", "list").rows), 2)
        self.assertIn("no person", self.run_handback("--as", "Ana", "incident", "list", status=3).err)
        self.assertIn("no longer", self.run_handback("--as", "2", "incident", "list", status=3).err)
        self.assertIn("founded", self.run_handback("person", "end", "1", status=3).err)

    def test_a_token_is_shown_once_and_kept_as_a_hash(self):
        row = self.json("token", "add", "1", "--name", "the shop", "--days", "30", key=False).row
        self.assertEqual(len(row["secret"]), 43)
        self.assertNotIn(row["secret"], self.run_handback("token", "list").out)
        self.assertNotIn(row["secret"], self.run_handback("log").out)
        for root, _, names in os.walk(self.data):
            for name in names:
                with open(os.path.join(root, name), "rb") as f:
                    self.assertNotIn(row["secret"].encode(), f.read(), name)
        self.json("token", "end", row["token"], key=False)
        self.assertIn("no token", self.run_handback("token", "end", row["token"], status=3).err)
        self.run_handback("token", "add", "1", "--days", "367", status=2)


if __name__ == "__main__":
    story.tell()
