#!/usr/bin/python3
"""Walking through how the business is paid: in the terminal and by a file of answers, on the map, next year again, and what is still to be found out."""
import csv
import json
import os
import pty
import signal
import subprocess
import time

from story import HANDBACK, Story, needs_terminals, tell

ANSWERS = """# three readers with Square
channels = phone_reader
provider = Square
provider.phone = (855) 555-0100
takers = Ana, Ben
provider.login = own
provider.second = yes
list = Square
written = nowhere
cards_kept = no
others = -
old = year7
export = few
swap = call
phone_reader.kind = tap_insert
phone_reader.readers = Van 1 reader, Van 2 reader, Van 3 reader
phone_reader.phone = company
phone_reader.lock = yes
phone_reader.sight = customer
phone_reader.typed = never
phone_reader.offline = ? Ana 2099-12-11
phone_reader.receipt = text, email
phone_reader.visit = nothing
phone_reader.night = locked
"""
NOW = {"HANDBACK_NOW": "2026-11-27T12:00:00Z"}
NEXT_YEAR = {"HANDBACK_NOW": "2027-11-29T12:00:00Z"}
LATER = {"HANDBACK_NOW": "2027-12-24T12:00:00Z"}


class Payment(Story):
    def setUp(self):
        super().setUp()
        self.init()

    def walk(self, text, env=None, **kw):
        return self.run_handback("payment", "walk", "--answers", self.file("answers.txt", text), env=env or NOW, **kw)

    def flows(self, open_only=True):
        return [r for r in self.json("flow", "list").rows if r["until"] is None or not open_only]

    def flow(self, start, to):
        found = [r for r in self.flows() if r["from"] == start and r["to"] == to]
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_answers_of_a_file_come_onto_the_map(self):
        said = self.walk(ANSWERS)
        self.assertIn("It is on the map", said.out)
        holders = {f"{r['sort']}:{r['name']}": r for r in self.json("holder", "list").rows}
        for name in ("reader:Van 1 reader", "reader:Van 2 reader", "reader:Van 3 reader", "service:Square", "person:Ana", "person:Ben", "computer:Phone or tablet for payments"):
            self.assertIn(name, holders)
        card = self.flow("reader:Van 2 reader", "service:Square")
        self.assertEqual(card["manner"], "hands-on")
        self.assertEqual(set(card["kinds"]), {"name", "card_number", "card_expiry", "card_track"})
        self.assertEqual(self.flow("reader:Van 2 reader", "computer:Phone or tablet for payments")["kinds"], ["card_last4"])
        self.assertEqual(self.flow("service:Square", "person:Ana")["manner"], "sees")
        # whether payments wait on the phone is not known: it is not taken for a no
        self.assertEqual(holders["reader:Van 1 reader"]["keeps_seconds"]["card_number"], 86400)
        self.assertEqual(holders["service:Square"]["keeps_seconds"]["email"], 7 * 365 * 86400)
        self.assertEqual([r["channel"] for r in self.json("payment", "channels").rows], ["phone_reader"])
        shown = self.run_handback("payment", "show").out
        self.assertIn("Van 1 reader, Van 2 reader, Van 3 reader", shown)
        self.assertIn("not known yet (Ana, by December 11, 2099)", shown)
        self.assertFalse(self.json("log", "verify").row.get("broken"))

    def test_the_same_answers_again_change_nothing(self):
        self.walk(ANSWERS)
        before = self.run_handback("map").out
        said = self.walk(ANSWERS)
        self.assertIn("0 holders and 0 flows are new, 0 flows ended", said.out)
        self.assertEqual(self.run_handback("map").out, before)
        self.assertEqual(len(self.json("task", "list").rows), 1)

    PAPER = "channels = paper, cash\nprovider = Square\nprovider.phone = (855) 555-0100\ntakers = Ana\nprovider.login = own\nprovider.second = yes\nlist = Cardfile\n" \
            "written = nowhere\ncards_kept = no\nothers = -\nold = year1\nexport = few\npaper.what = contact\npaper.where = open\npaper.until = month\npaper.copies = yes\n"

    def test_a_copy_holds_what_the_paper_holds(self):
        self.walk(self.PAPER)
        self.assertEqual(set(self.flow("paper:Paper forms", "mailbox:Our mailbox")["kinds"]), {"name", "postal_address"})
        self.assertNotIn("stop", {r["severity"] for r in self.json("risk", "list", env=NOW).rows})
        self.walk(self.PAPER.replace("contact", "contact, code"))
        self.assertEqual({k for r in self.flows() if r["to"] == "mailbox:Our mailbox" for k in r["kinds"]}, {"name", "postal_address", "card_code"})

    def test_what_only_the_walk_made_ends_with_the_answer_and_comes_again_with_it(self):
        until = lambda: [r["until"] for r in self.json("holder", "list").rows if r["name"] == "Our mailbox"]
        self.walk(self.PAPER)
        self.walk(self.PAPER.replace("copies = yes", "copies = no"), env=NEXT_YEAR)
        self.assertEqual(until(), ["2027-11-29T12:00:00Z"])
        self.assertNotIn("Customers give other details to Our mailbox", self.run_handback("map", env=LATER).out)
        self.walk(self.PAPER, env=LATER)
        self.assertEqual(until(), [None])
        # one that somebody put there stays
        self.run_handback("holder", "add", "paper:Notebook")
        self.walk(self.PAPER.replace("written = nowhere", "written = notebook"), env=LATER)
        self.walk(self.PAPER, env=LATER)
        self.assertEqual([r["until"] for r in self.json("holder", "list").rows if r["name"] == "Notebook"], [None])

    def test_the_example_of_the_document_is_walked_as_it_stands(self):
        with open(os.path.join(os.path.dirname(__file__), "..", "..", "doc", "payment.md"), encoding="utf-8") as f:
            lines = f.read().split("## A file of answers")[1].split("##")[0].splitlines()
        example = "".join(line[4:] + "\n" for line in lines if line.startswith("    "))
        self.assertIn("It is on the map", self.walk(example).out)
        self.flow("reader:Van 2 reader", "service:Square")

    def as_json(self, text):
        """The same answers as a program writes them: several as a list, in another order."""
        told = {}
        for line in text.splitlines():
            if line and not line.startswith("#"):
                name, value = (part.strip() for part in line.split("=", 1))
                several = [one.strip() for one in value.split(",")]
                told[name] = several if len(several) > 1 and not value.startswith("?") else value
        return json.dumps(dict(reversed(told.items())), indent=1)

    def test_answers_as_json_say_the_same_as_lines(self):
        self.walk(ANSWERS)
        shown, flows = self.run_handback("payment", "show").out, self.flows()
        self.data = os.path.join(self.tmp, "other")
        self.init()
        self.assertIn("It is on the map", self.walk(self.as_json(ANSWERS)).out)
        self.assertEqual(self.run_handback("payment", "show").out, shown)
        key = lambda r: (r["from"], r["to"], r["kinds"], r["manner"])
        self.assertEqual(sorted(map(key, self.flows())), sorted(map(key, flows)))
        self.walk(json.dumps({"channels": "cash", "left Van 1 reader": "spare"}), status=None)

    def test_json_that_is_wrong_keeps_nothing(self):
        for text, why in (('{"channels": "cash",\n', "line 2: This is not JSON as it should be."), ("{}", "There is no answer in it."), ('["cash"]', "There is no answer in it."),
                          ('{"channels": "cash", "shoes": "no"}', "There is no question of that name."), ('{"channels": 7}', "An answer is a text, or a list of at most"),
                          ('{"channels": []}', "An answer is a text, or a list"), ('{"channels": ["cash", {}]}', "An answer is a text, or a list"),
                          ('{"channels": "cash", "channels": "paper"}', "This is not JSON as it should be."), ('{"channels": "by pigeon"}', "is no answer to channels"),
                          ('{"channels": "cash", "provider": "Square"}', "is not asked by the answers so far"), ('{"4111 1111 1111 1111": "x"}', "There is no question of that name."),
                          ('{"channels": "' + "x" * 5_000_000 + '"}', "This is not JSON as it should be."), ("{" + '"a":[' * 5000, "This is not JSON as it should be.")):
            said = self.walk(text, status=2)
            self.assertIn(why, said.err, text[:60])
            self.assertIn("Nothing of the file is kept.", said.err)
            self.assertNotIn("4111", said.err)
            self.assertNotIn("cash", self.run_handback("payment", "show", "--draft", status=None).out)

    def test_a_file_that_says_nothing_is_an_error(self):
        for path, why in ((self.tmp, "can't be read"), (self.file("empty.txt", ""), "There is no answer in it"), (self.file("remarks.txt", "# later\n\n"), "There is no answer in it")):
            said = self.run_handback("payment", "walk", "--answers", path, env=NOW, status=2)
            self.assertIn(why, said.err)
            self.assertNotIn("line", said.err.split("A line")[0].split(":", 1)[1])
        self.assertIn("line 3: channels is answered above already", self.walk("channels = cash\n\nchannels = paper\n", status=2).err)
        self.assertIn("kept as a draft", self.walk("\ufeffchannels = cash\n", status=1).err)

    def test_what_came_by_hand_counts_and_stays(self):
        for holder in ("reader:Van 1 reader", "service:Square", "computer:Office"):
            self.run_handback("holder", "add", holder)
        kinds = "name,card_number,card_expiry,card_track,email"
        self.run_handback("flow", "add", "--from", "Van 1 reader", "--to", "Square", "--kinds", kinds, "--manner", "hands-on")
        self.run_handback("flow", "add", "--from", "Square", "--to", "Office", "--kinds", "name")
        self.walk(ANSWERS)
        self.assertEqual(len(self.flow("reader:Van 1 reader", "service:Square")["kinds"]), 5)
        self.walk("channels = cash\n")
        self.assertEqual(len(self.flow("reader:Van 1 reader", "service:Square")["kinds"]), 5)
        self.flow("service:Square", "computer:Office")

    def test_a_reader_that_no_answer_names_is_asked_about(self):
        self.run_handback("import", self.file("touches.csv", "touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n" + "".join(
            f"2026-10-0{i} 10:00:00,C-{i},{name},Square,,,name|card_number,r-{i}\n" for i, name in enumerate(("Van 1 reader", "Van 2 reader", "Van 3 reader", "Old reader", "Till reader"), 1))))
        left = lambda *draft: {r["reader"]: r["answer"] for r in self.json("payment", "show", *draft, env=NOW).rows if r["question"] == "left"}
        answers = ANSWERS.replace(", Van 3 reader", "")
        self.walk(answers + "left Old reader = gone\n")
        # nobody said what is with these: that is to be found out, and they stay on the map
        self.assertEqual({r["find_out"] for r in self.json("task", "list").rows if r["question"].startswith("reader:")},
                         {"What is with the reader Van 3 reader?", "What is with the reader Till reader?"})
        self.assertFalse([r for r in self.json("holder", "list").rows if r["name"] == "Old reader" and r["until"] is None])
        till = next(r["task"] for r in self.json("task", "list").rows if "Till" in r["find_out"])
        self.assertIn("phone_reader, counter, spare, gone", self.run_handback("task", "done", till, env=NOW, status=3).err)
        self.run_handback("payment", "left", "Van 3 reader", "phone_reader", env=NOW)
        self.assertEqual(left("--draft"), {"Till reader": []})
        self.run_handback("payment", "left", "Till reader", "spare", env=NOW)
        self.assertIn("name this reader already", self.run_handback("payment", "left", "Van 3 reader", "gone", status=2, env=NOW).err)
        self.assertIn("Say what is with it", self.run_handback("payment", "left", "Till reader", "lost", status=2, env=NOW).err)
        self.run_handback("payment", "apply", env=NOW)
        self.assertEqual([r["question"] for r in self.json("task", "list").rows], ["phone_reader.offline"])
        self.flow("reader:Van 3 reader", "service:Square")
        self.assertEqual(left(), {"Till reader": ["spare"]})
        # next year it is not asked again; at the counter after all: that way of being paid is added, with its questions
        self.run_handback("payment", "left", "Till reader", "counter", env=NEXT_YEAR)
        self.assertEqual(left("--draft"), {})
        said = {r["question"]: r["answer"] for r in self.json("payment", "show", "--draft", env=NEXT_YEAR).rows}
        self.assertEqual((said["channels"], said["counter.readers"], said["counter.kind"]), (["phone_reader", "counter"], ["Till reader"], []))
        self.assertIn("is not answered yet", self.run_handback("payment", "apply", status=3, env=NEXT_YEAR).err)

    def test_what_was_said_of_all_sign_ins_stands_at_each(self):
        self.walk(ANSWERS.replace("provider.login = own", "provider.login = shared").replace("provider.second = yes", "provider.second = no"))
        at = lambda: {r["who"]: (r["account"], r["account_of_walk"], r["second_step"]) for r in self.json("access", "list").rows if r["holder"] == "service:Square"}
        self.assertEqual(at(), {"Ana": ("shared", True, "no"), "Ben": ("shared", True, "no")})
        self.assertIn("shared by some", self.run_handback("access", "list").out)
        self.run_handback("access", "add", "Ana", "Square", "--account", "own", "--second", "yes")       # what is said of one's own counts
        self.assertEqual(at(), {"Ana": ("own", False, "yes"), "Ben": ("shared", True, "no")})
        self.assertIn("Change the password at Square", self.run_handback("access", "leave", "Ben").out)
        self.run_handback("payment", "answer", "provider.login", "own")
        self.run_handback("payment", "apply")
        self.assertEqual(at()["Ben"], ("own", True, "no"))

    def test_next_year_it_begins_with_the_answers_in_force_and_shows_what_changed(self):
        self.walk(ANSWERS)
        said = self.json("payment", "answer", "phone_reader.readers", "Van 1 reader", "Van 2 reader", "Van 4 reader", env=NEXT_YEAR)
        self.assertEqual(said.row["left"], 0)
        changed = {r["question"]: (r["answer"], r["before"]) for r in self.json("payment", "show", "--draft", env=NEXT_YEAR).rows if r["changed"]}
        self.assertEqual(changed, {"phone_reader.readers": (["Van 1 reader", "Van 2 reader", "Van 4 reader"], ["Van 1 reader", "Van 2 reader", "Van 3 reader"])})
        self.assertIn("before: Van 1 reader, Van 2 reader, Van 3 reader\n", self.run_handback("payment", "show", "--draft", env=NEXT_YEAR).out)
        # what is not asked any more is shown with what it was
        self.json("payment", "answer", "phone_reader.kind", "tap_phone", env=NEXT_YEAR)
        gone = {r["question"]: (r["answer"], r["before"]) for r in self.json("payment", "show", "--draft", env=NEXT_YEAR).rows if r["changed"]}
        self.assertEqual(gone["phone_reader.night"], ([], ["locked"]))
        self.json("payment", "answer", "phone_reader.kind", "tap_insert", env=NEXT_YEAR)
        self.assertFalse([r for r in self.flows() if "Van 4" in r["from"]])      # a draft is on no map
        self.run_handback("payment", "apply", env=NEXT_YEAR)
        gone = [r for r in self.flows(open_only=False) if r["from"] == "reader:Van 3 reader"]
        self.assertEqual({r["until"] for r in gone}, {"2027-11-29T12:00:00Z"})
        # for all that is known the new one was there right after the walk before
        self.assertEqual(self.flow("reader:Van 4 reader", "service:Square")["since"], "2026-11-27T12:00:00Z")
        self.assertIsNone(self.flow("reader:Van 1 reader", "service:Square")["since"])

    def test_what_nobody_knows_is_a_task_until_it_is_known(self):
        self.walk(ANSWERS)
        task = self.json("task", "list").row
        self.assertEqual((task["question"], task["person"], task["late"]), ("phone_reader.offline", "Ana", False))
        self.run_handback("payment", "answer", "phone_reader.offline", "no")
        self.assertEqual(len(self.json("task", "list").rows), 1)
        self.run_handback("payment", "apply")
        self.assertEqual(self.json("task", "list").rows, [])
        self.assertTrue(self.json("task", "list", "--done").row["done"])
        self.run_handback("payment", "answer", "phone_reader.offline", "?", env=NOW)
        self.run_handback("payment", "apply")
        task = self.json("task", "list").row
        self.assertEqual((task["person"], task["due"]), ("Owner", "2026-12-12T04:59:59Z"))      # who answered, in two weeks
        # without the answer it is not done: it leads there; with it, the answer waits for the check
        self.assertIn("no answer yet: no, yes", self.run_handback("task", "done", task["task"], status=3).err)
        self.assertIn("is no answer to", self.run_handback("task", "done", task["task"], "perhaps", status=2).err)
        self.assertIn("stays on the list", self.run_handback("task", "done", task["task"], "?", status=2).err)
        self.assertEqual(len(self.json("task", "list").rows), 1)
        self.run_handback("task", "done", task["task"], "yes")
        self.assertEqual(self.json("task", "list").rows, [])
        draft = {r["question"]: (r["answer"], r["changed"]) for r in self.json("payment", "show", "--draft").rows}
        self.assertEqual(draft["phone_reader.offline"], (["yes"], True))
        self.run_handback("payment", "apply")
        self.run_handback("task", "done", task["task"])          # done already
        self.assertIn("no task 99", self.run_handback("task", "done", "99", status=3).err)

    def test_a_company_with_a_comma_is_one(self):
        self.walk(ANSWERS.replace("provider = Square", "provider = Block, Inc., Square").replace("list = Square", "list = Block, Inc."))
        said = {r["question"]: r["answer"] for r in self.json("payment", "show").rows}
        self.assertEqual((said["provider"], said["list"], said["takers"]), (["Block, Inc.", "Square"], ["Block, Inc."], ["Ana", "Ben"]))

    def test_names_on_one_line_are_several_persons(self):
        self.walk(ANSWERS)
        answered = lambda: next(r["answer"] for r in self.json("payment", "show", "--draft").rows if r["question"] == "takers")
        self.run_handback("payment", "answer", "takers", "Ana., Ben ; Carla")
        self.assertEqual(answered(), ["Ana", "Ben", "Carla"])
        self.run_handback("access", "add", "ana.", "Square", "--account", "own")
        self.assertEqual([r["who"] for r in self.json("access", "list").rows], ["Ana", "Ben"])
        # what the map has under such a name stays one
        self.run_handback("holder", "add", "person:Silva, Ana")
        self.run_handback("payment", "answer", "takers", "Silva, Ana", "Ben")
        self.assertEqual(answered(), ["Silva, Ana", "Ben"])

    def test_none_beside_a_name_makes_no_holder(self):
        self.walk(ANSWERS)
        for given in (("-", "Zoe"), ("Zoe", "-"), ("Zoe", "?")):
            self.assertIn("goes with no other answer", self.run_handback("payment", "answer", "takers", *given, status=2).err)
        self.run_handback("payment", "apply")
        self.assertFalse([r["name"] for r in self.json("holder", "list").rows if r["name"] in ("-", "?")])

    def test_a_wrong_line_is_named_and_nothing_is_on_the_map(self):
        wrong = {
            "chanels = cash": "line 1: There is no question of that name",
            "channels = cash\nold soon": "line 2: This is no QUESTION = ANSWER",
            "channels = cash\n\n# a remark\nold = soon": 'line 4: "soon" is no answer to old. It takes year1',
            "channels = cash\nphone_reader.offline = no": "line 2: phone_reader.offline is not asked",
            "channels = cash\nold = ? Ana 2020-01-01": "line 2: --by is a day that is still to come",
            "channels = ": "line 1: channels has no answer yet. Give one. Nothing",
            "channels = ?": "line 1: \"?\" is no answer to channels. It takes phone_reader",
            "channels = phone_reader\nprovider = Square\nprovider.phone = the help page": "line 3: \"the help page\" is no phone number",
            "takers = Ana, 4111 1111 1111 1111": "line 1: There is a card number among the names",
            "channels = phone_reader\nprovider = Square\nprovider.phone = 4111 1111 1111 1111": "line 3: This is or looks like a card number",
            "takers = " + 5000 * "x": "has at most",
            "takers = -, Zoe": "line 1: None, or not known, goes with no other answer",
        }
        for text, why in wrong.items():
            with self.subTest(text=text[:40]):
                said = self.walk(text, status=None)
                self.assertIn(said.status, (2, 3))
                self.assertIn(why, said.err)
                self.assertNotIn("4111", said.err)
                self.assertIn("Nothing of the file is kept", said.err)
                self.assertFalse([r for r in self.json("payment", "show", "--draft", status=None).rows if r.get("question")])
        self.assertEqual(len(self.json("holder", "list").rows), 2)
        self.assertIn("There are no answers", self.run_handback("payment", "apply", status=3).err)
        self.walk("channels = phone_reader\n", status=1)
        self.assertIn("is not answered yet", self.run_handback("payment", "apply", status=3).err)

    def test_stopped_answers_are_kept_and_gone_on_with(self):
        half = "\n".join(ANSWERS.splitlines()[:8])
        said = self.walk(half, status=1)
        self.assertIn("kept as a draft: written is still open", said.err)
        self.assertEqual(len(self.json("holder", "list").rows), 2)
        self.walk("\n".join(ANSWERS.splitlines()[8:]))
        self.flow("reader:Van 1 reader", "service:Square")

    def test_no_card_number_is_kept_of_an_answer(self):
        self.run_handback("payment", "answer", "channels", "phone_reader")
        self.run_handback("payment", "answer", "provider", "Square")
        said = self.run_handback("payment", "answer", "provider.phone", "call 4111 1111 1111 1111 at night", status=2)
        self.assertIn("card number", said.err)
        for name in os.listdir(self.data):
            path = os.path.join(self.data, name)
            if os.path.isfile(path):
                with open(path, "rb") as f:
                    self.assertNotIn(b"4111", f.read())

    @needs_terminals
    def test_in_the_terminal(self):
        """Help, back, a wrong answer, what nobody knows, stop and go on, the check at the end."""
        said = self.type("?\nstop\n")
        self.assertNotIn("dunno", said)                      # of the first nobody says so: all others follow from it
        self.assertIn("This one is needed", self.type("dunno\nstop\n"))
        said = self.type("?\n10\nstop\n")
        self.assertIn("question 1 of about", said)
        self.assertIn("Tick every way", said)
        self.assertIn("Your answers are kept", said)
        os.mkdir(os.path.join(self.tmp, "office"))
        self.file("office/old orders.csv", "email,card number\nann@example.com,4929 4212 3460 0821\nbob@example.com,5404 3601 2345 6781\n")
        self.run_handback("find", os.path.join(self.tmp, "office"), "--holder", "computer:Back office", status=1)
        said = self.type("back\n\nAna, Ben\nCardfile\n1\nnope\n1\n-\ndunno\nBen\n2099-01-31\n1\nlist\nCardbox\nyes\n")
        self.assertIn("As it stands: In cash", said)
        self.assertIn("Card numbers were found in files here.", said)
        self.assertIn("Back office", said)
        self.assertIn("is no answer to cards_kept", said)
        self.assertIn("Check your answers. Nothing is on the map yet.", said)
        self.assertIn("It is on the map", said)
        self.flow("service:Cardbox", "person:Ana")
        self.assertEqual(self.json("task", "list").row["person"], "Ben")

        self.run_handback("holder", "add", "reader:Old reader")
        said = self.type("nope\n4\nstop\n")
        self.assertIn("What is with the reader Old reader?", said)
        self.assertIn("Say what is with it", said)
        self.assertIn("We don't have it any more", said)
        self.run_handback("payment", "apply")

        self.run_handback("set", "language", "es", key=False)
        said = self.type("list\nayuda\nvolver\n\nparar\n")
        for words in ("Revise sus respuestas", "¿Cómo le pagan sus clientes?", "En efectivo", "Cardbox lo ve Ana", "pregunta 3 de unas", "Donde están los nombres", "volver: la pregunta anterior",
                      "Hasta ahora: ", "Sus respuestas quedan guardadas"):
            self.assertIn(words, said)
        said = self.type("si\n")
        self.assertIn("Está en el mapa: 0 lugares nuevos", said)
        self.assertIn("1 cosa queda por averiguar", said)

    @needs_terminals
    def test_the_first_ctrl_c_ends_the_walk(self):
        for stop in (signal.SIGINT, signal.SIGTERM):
            ours, theirs = pty.openpty()
            process = subprocess.Popen([HANDBACK, "--data", self.data, "payment", "walk"], stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, **NOW}, start_new_session=True)
            os.close(theirs)
            seen = b""
            while b"> " not in seen:
                seen += os.read(ours, 65536)
            time.sleep(0.1)
            process.send_signal(stop)
            process.wait(10)
            try:
                seen += os.read(ours, 65536)
            except OSError:
                pass
            os.close(ours)
            self.assertIn("Your answers are kept", seen.decode())

    def type(self, words):
        """What one sees who types these words, then ends the input."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen([HANDBACK, "--data", self.data, "--passphrase-file", self.passphrase_file, "payment", "walk"], stdin=subprocess.PIPE, stdout=theirs,
                                   stderr=subprocess.STDOUT, env={**os.environ, **NOW}, start_new_session=True)
        os.close(theirs)
        process.stdin.write(words.encode())
        process.stdin.close()
        seen = b""
        while True:
            try:
                got = os.read(ours, 65536)
            except OSError:
                break
            if not got:
                break
            seen += got
        os.close(ours)
        self.assertIn(process.wait(60), (0, 1))
        return seen.decode().replace("\r\n", "\n")

    def test_the_questionnaire(self):
        self.assertIn("Nobody has walked", self.run_handback("payment", "saq", status=3).err)
        self.walk(ANSWERS)
        table, letter = os.path.join(self.tmp, "saq.csv"), os.path.join(self.tmp, "saq.pdf")
        row = self.json("payment", "saq", "--csv", table, "--pdf", letter).row
        self.assertEqual((row["form"], row["requirements"], row["then"]), ("SAQ D", 234, 21))
        self.assertEqual((row["saq"], row["smaller"]), ("D", {"saq": "P2PE", "if": row["smaller_by"]}))
        self.assertIn("because a reader is joined to a phone", row["why"])
        self.assertIn("from 234 requirements to 21 (SAQ P2PE)", row["smaller_by"])
        with open(table, encoding="utf-8", newline="") as f:
            lines = {line["requirement"]: line for line in csv.DictReader(f)}
        self.assertEqual(len(lines), 234)
        self.assertIn("The register of readers: 3, of them 0", lines["9.5.1.1"]["evidence"])
        self.assertEqual(lines["9.5.1.1"]["there is something"], "no")
        self.run_handback("reader", "set", "Van 1 reader", "--make", "Square", "--model", "Contactless", "--serial", "S1")
        lines = {r["requirement"]: r for r in self.json("payment", "saq", "--list").rows if "requirement" in r}
        self.assertTrue(lines["9.5.1.1"]["there"])
        self.assertFalse(lines["12.6.3"]["there"])
        self.assertTrue(lines["8.2.1"]["there"])                 # each has a sign-in of their own
        self.assertIn("Sign-ins in the register: 2", lines["8.2.5"]["evidence"])
        self.assertTrue(lines["9.4.6"]["there"])                 # no paper with card data
        self.assertEqual(lines["1.1.1"]["evidence"], "")
        self.assertIn("of them 1 with make", lines["9.5.1.1"]["evidence"])
        self.assertEqual([lines[f"12.8.{i}"]["there"] for i in range(1, 6)], [True, False, False, False, False])
        for sort in ("aoc", "agreement", "diligence", "responsibility"):
            self.run_handback("service", "evidence", "Square", sort)
        lines = {r["requirement"]: r for r in self.json("payment", "saq", "--list").rows if "requirement" in r}
        self.assertEqual([lines[f"12.8.{i}"]["there"] for i in range(1, 6)], [True] * 5)
        self.assertRegex(lines["12.8.4"]["evidence"], r"^Providers with an attestation or listing that counts today: 1 of \d$")
        with open(letter, "rb") as f:
            self.assertEqual(f.read(5), b"%PDF-")
        text = subprocess.run(["pdftotext", "-layout", letter, "-"], capture_output=True, text=True, check=True).stdout
        self.assertIn("PCI DSS v4.0.1 self-assessment: SAQ D", text)
        self.assertIn("12.10.7", text)
        self.assertIn("File exists", self.run_handback("payment", "saq", "--csv", table, status=3).err)      # nothing is written over
        self.run_handback("payment", "answer", "phone_reader.phone", "only")
        self.run_handback("payment", "apply")
        self.assertEqual(self.json("payment", "saq").row["form"], "SAQ C")
        self.assertIn("Corresponde SAQ C", self.run_handback("payment", "saq", "--language", "es").out)
        self.assertIn("can't be written", self.run_handback("payment", "saq", "--csv", "/nowhere/x.csv", status=3).err)

    def test_roles(self):
        self.json("person", "add", "--name", "Ana", "--role", "staff", key=False)
        self.json("person", "add", "--name", "Hal", "--role", "helper", key=False)
        self.walk(ANSWERS)
        for name in ("Ana", "Hal"):
            self.run_handback("--as", name, "payment", "show")
            self.assertIn("role does not allow", self.run_handback("--as", name, "payment", "answer", "old", "year1", status=3).err)
            self.assertIn("role does not allow", self.run_handback("--as", name, "payment", "apply", status=3).err)
        self.run_handback("payment", "answer", "old", "?", "--person", "Ben", env=NOW)
        self.run_handback("payment", "apply", env=NOW)
        tasks = {r["person"]: r["task"] for r in self.json("task", "list").rows}
        self.run_handback("--as", "Hal", "task", "done", tasks["Ana"], "no", status=3)
        self.assertIn("This is Ben's", self.run_handback("--as", "Ana", "task", "done", tasks["Ben"], "year3", status=3).err)
        self.run_handback("--as", "Ana", "task", "done", tasks["Ana"], "no")   # one's own
        self.run_handback("task", "done", tasks["Ben"], "year3")
        self.assertEqual(self.json("task", "list").rows, [])


if __name__ == "__main__":
    tell()
