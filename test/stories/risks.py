"""risks: risky spots from findings, imports, sign-ins and answers; who can sign in where, who leaves, the quarterly look; who may say so."""
import os
import subprocess

from story import SOURCE, Story, tell

SQUARE = "Reference ID,First Name,Last Name,Email Address,Phone Number,Memo,Square Customer ID\n,Ann,Ames,ann@example.com,,{},SQ1\n"
NUMBER = "4111 1111 1111 1111"


def generated():
    """A number that is nobody's and no published example: a made-up beginning and its check digit (ISO/IEC 7812-1)."""
    digits = [int(d) for d in "453207914866025"]
    total = sum(d if i % 2 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits))
    return "".join(map(str, digits)) + str(-total % 10)


class Risks(Story):
    def setUp(self):
        super().setUp()
        self.init()

    def spots(self, *more):
        return {r["spot"]: r for r in self.json("risk", "list", *more, status=None).rows}

    def test_a_number_in_a_notes_field_shows_until_an_export_has_none(self):
        self.run_handback("import", self.file("one.csv", SQUARE.format("card " + NUMBER)), status=1)
        spot = self.spots()["R37"]
        self.assertEqual((spot["severity"], spot["state"], spot["now"]), ("stop today", "open", True))
        self.assertIn("Square", spot["places"][0])
        self.run_handback("import", self.file("two.csv", SQUARE.format("a good customer")))
        self.assertNotIn("R37", self.spots())

    def test_a_finding_shows_and_comes_back_when_a_scan_sees_it_again(self):
        folder = os.path.join(self.tmp, "laptop")
        os.mkdir(folder)
        with open(os.path.join(folder, "orders.txt"), "w", encoding="utf-8") as f:
            f.write(f"Ann Ames ann@example.com card {generated()}\n")
        with open(os.path.join(folder, "list.txt"), "w", encoding="utf-8") as f:      # an empty folder proves nothing: a drive may be missing
            f.write("nails, tape\n")
        self.run_handback("holder", "add", "computer:Laptop")
        self.run_handback("find", "--holder", "Laptop", folder, status=1)
        self.assertIn("Laptop", self.spots()["R02"]["places"][0])
        self.run_handback("risk", "fixed", "R02")
        self.assertNotIn("R02", self.spots())
        self.run_handback("find", "--holder", "Laptop", folder, status=1, env={"HANDBACK_NOW": "2030-01-01T00:00:00Z"})
        self.assertIn("R02", self.spots())
        os.remove(os.path.join(folder, "orders.txt"))
        self.run_handback("find", "--holder", "Laptop", folder, env={"HANDBACK_NOW": "2030-01-02T00:00:00Z"})
        self.assertNotIn("R02", self.spots())

    def test_three_are_for_now_and_what_is_accepted_comes_back_on_its_day(self):
        self.run_handback("holder", "add", "paper:Order forms", "--keeps", "card_number=1y")
        self.run_handback("holder", "add", "reader:Van 1 reader")
        self.run_handback("holder", "add", "computer:Office PC", "--keeps", "card_number=1y")
        self.run_handback("holder", "add", "service:Old app", "--keeps", "1y")
        self.run_handback("holder", "close", "Old app", "--at", "2025-01-31")
        spots = self.spots()
        self.assertEqual([s for s in spots if spots[s]["now"]], ["R02", "R38", "R05"])
        self.assertEqual([s for s in spots if not spots[s]["now"]], ["R09"])
        now = {"HANDBACK_NOW": "2027-01-01T12:00:00Z"}
        self.assertIn("Say in a sentence", self.run_handback("risk", "accept", "R05", "--reason", " ", "--until", "2027-03-01", env=now, status=2).err)
        self.run_handback("risk", "accept", "R05", "--reason", "the shredder comes in March", "--until", "2027-03-01", env=now)
        row = {r["spot"]: r for r in self.json("risk", "list", status=None, env=now).rows}["R05"]
        self.assertEqual((row["state"], row["again"]), ("accepted", "2027-03-02T05:00:00Z"))
        row = {r["spot"]: r for r in self.json("risk", "list", status=None, env={"HANDBACK_NOW": "2027-03-03T00:00:00Z"}).rows}["R05"]
        self.assertEqual(row["state"], "open")
        self.run_handback("risk", "accept", "R05", "--reason", f"like the card {NUMBER}", "--until", "2027-03-01", env=now)
        said = self.run_handback("risk", "list", env=now, status=None).out
        self.assertIn("like the card", said)
        self.assertNotIn(NUMBER, said)
        self.run_handback("risk", "fixed", "R38")
        self.assertNotIn("R38", self.spots())
        self.assertIn("Old app", self.run_handback("holder", "show", "Old app").out)
        self.assertIn("everything deleted", self.run_handback("holder", "show", "Old app").out)
        self.run_handback("risk", "fixed", "R99", status=3)

    def test_who_has_access_who_leaves_and_the_quarterly_look(self):
        self.run_handback("holder", "add", "service:Square")
        for words in (("access", "add", "Ana", "Square", "--since", "2099-01-01"), ("holder", "add", "computer:Till", "--since", "2099-01-01"), ("holder", "close", "service:Square", "--at", "2099-01-01")):
            self.assertIn("That day has not come yet.", self.run_handback(*words, status=2).err, words)
        self.run_handback("access", "add", "Ana", "Square", "--account", "own", "--second", "yes")
        self.run_handback("access", "add", "Ben", "Square", "--account", "shared", "--second", "no")
        rows = {r["who"]: r for r in self.json("access", "list").rows}
        self.assertEqual([(rows[w]["account"], rows[w]["second_step"], rows[w]["holder"]) for w in ("Ana", "Ben")], [("own", "yes", "service:Square"), ("shared", "no", "service:Square")])
        self.assertEqual(self.json("payment", "access").rows, self.json("access", "list").rows)
        self.assertEqual(set(self.spots()), {"R13", "R14", "R29"})
        # a sign-in is a flow that sees: the formula knows it
        self.assertIn("sees", {r["manner"] for r in self.json("flow", "list").rows})
        later = {"HANDBACK_NOW": "2030-06-01T12:00:00Z"}
        self.assertIn("2 sign-ins were not looked at", self.run_handback("access", "list", env=later).err)
        ben = str(rows["Ben"]["sign_in"])
        self.assertEqual(self.json("access", "look", "--all", "--wrong", ben, env=later).row, {"right": 1, "wrong": 1})
        self.assertNotIn("not looked at", self.run_handback("access", "list", env=later).err)
        self.assertIn("R15", self.spots())
        self.run_handback("access", "look", "--right", "999", status=3)
        self.run_handback("access", "leave", "Ben", "--at", "2026-10-31")
        items = {r["item"]: r for r in self.json("access", "leaving", status=1).rows}
        self.assertIn("shared", items[ben]["what"])
        self.assertEqual(items[ben]["due"], "2026-11-01T04:00:00Z")
        self.run_handback("person", "add", "--name", "Ben", "--role", "staff")
        self.assertIn("can still sign in here", self.run_handback("access", "done", "Ben", "handback", status=3).err)
        self.run_handback("person", "end", "Ben")
        self.run_handback("access", "done", "Ben", *items)
        self.assertTrue(all(r["done"] for r in self.json("access", "leaving").rows))
        self.assertEqual([r["who"] for r in self.json("access", "list").rows], ["Ana"])
        self.assertEqual(len(self.json("access", "list", "--ended").rows), 2)
        log = self.run_handback("log").out
        for word in ("access.said", "access.leaves", "access.leaving-done", "flow.closed"):
            self.assertIn(word, log)
        self.assertNotIn("Ben", log)

    def test_two_names_of_one_person(self):
        """Other letters are the same name; a first name and the whole one may be: that is asked, and then all stands under one."""
        self.run_handback("holder", "add", "service:Square")
        self.run_handback("holder", "add", "service:Books")
        self.assertIn("Jos\u00e9 is new on the map: a person.", self.run_handback("access", "add", "Jos\u00e9", "Square", "--account", "own").err)
        self.run_handback("access", "add", "JOSE\u0301", "Books")
        self.run_handback("access", "add", "Ana", "Books", "--second", "no")
        self.run_handback("import", self.file("touches.csv", "touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n"
                                              "2026-10-01 10:00:00,C-1,Van 1 reader,Square,Ana Silva,,name|card_number,r-1\n2026-10-02 10:00:00,C-2,Van 1 reader,Square,Ben Wu,,name,r-2\n"))
        rows = {(r["who"], r["holder"]): r for r in self.json("access", "list").rows}
        self.assertEqual(set(rows), {("Jos\u00e9", "service:Square"), ("Jos\u00e9", "service:Books"), ("Ana", "service:Books")})
        self.run_handback("reader", "set", "Van 1 reader", "--with", "Ana")
        self.run_handback("access", "add", "Ana Silva", "Books", "--account", "own")     # a second one in her other name
        self.run_handback("access", "same", "Ana", "ana silva")
        self.assertEqual({r["account"] for r in self.json("access", "list").rows if r["who"] == "Ana Silva"}, {"own"})
        self.assertEqual({(r["who"], r["second_step"]) for r in self.json("access", "list").rows if r["holder"] == "service:Books"}, {("Jos\u00e9", "not told"), ("Ana Silva", "no")})
        self.assertIn("Ana Silva", self.run_handback("reader", "show", "Van 1 reader").out)
        # whoever says Ana now means her, and the visits that name her answer as before
        self.run_handback("access", "add", "ana", "Square")
        self.assertIn(("Ana Silva", "service:Square"), {(r["who"], r["holder"]) for r in self.json("access", "list").rows})
        self.assertIn("one person here already", self.run_handback("access", "same", "Ana", "Ana Silva", status=2).err)
        self.run_handback("incident", "open", "--title", "T", "--holder", "person:Ana Silva", "--from", "2026-10-01", "--to", "2026-10-03")
        self.assertIn("C-1", self.run_handback("incident", "exposed", "1", "--refs").out.split())
        self.assertIn("visits name both", self.run_handback("access", "same", "Ben Wu", "Ana Silva", status=3).err)

    def test_staff_and_helpers_change_nothing(self):
        self.run_handback("holder", "add", "service:Square")
        self.run_handback("person", "add", "--name", "Sue", "--role", "staff")
        self.run_handback("person", "add", "--name", "Hal", "--role", "helper")
        for who, call, status in (("Sue", ("access", "list"), 3), ("Sue", ("risk", "list"), 3), ("Hal", ("access", "list"), 0), ("Hal", ("risk", "list"), 0),
                                  ("Sue", ("access", "add", "Ana", "Square"), 3), ("Hal", ("access", "add", "Ana", "Square"), 3), ("Hal", ("risk", "fixed", "R13"), 3)):
            with self.subTest(who=who, call=call):
                self.run_handback("--as", who, *call, status=status)

    def test_rules_that_do_not_fit_do_not_build(self):
        with open(f"{SOURCE}/data/risky-spots.txt", encoding="utf-8") as f:
            rules = f.read()
        for old, new, says in (("phone_reader.sight=away", "phone_reader.sihgt=away", "there is no question phone_reader.sihgt"),
                               ("counter.sight=away", "counter.sight=gone", "counter.sight has no option gone"),
                               ("spot 2 stop", "spot 1 stop", "spot 1 stands here twice"),
                               ("spot 2 stop 60", "spot 2 panic 60", "what is 'spot'"),
                               ("\tsource PCI DSS 3.3.1.2\n", "", "1 lacks 'source'"),
                               ("\tes Tirar los expedientes completos.\n", "", "has no Spanish"),
                               ("\tdoes end\n", "\tdoes away\n", "what is 'does away'"),
                               ("\tsign_in SHARED\n", "\tsign_in\n", "this is always so"),
                               ("\tanswers code_kept=yes\n", "\tanswers code_kept=yes OWN\n", "is no fact of answers")):
            with self.subTest(new):
                self.assertIn(old, rules)
                path = self.file("rules.txt", rules.replace(old, new, 1))
                done = subprocess.run(["/usr/bin/python3", f"{SOURCE}/tools/mkrisks.py", path, f"{SOURCE}/data/questions.txt", os.path.join(self.tmp, "out.c")], capture_output=True, text=True)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(says, done.stderr)


if __name__ == "__main__":
    tell()
