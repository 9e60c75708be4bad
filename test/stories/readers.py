"""Card readers: the register, the half-minute look, its sealed photo, and the window that it begins."""
import os

from story import Story, tell

HEAD = "touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n"
JPEG = b"\xff\xd8\xff\xe0" + b"a photo of a reader, from the counter side\n" * 20000         # some pieces


class Readers(Story):
    def setUp(self):
        super().setUp()
        self.init()
        rows = [f"2026-03-{day:02}T10:00:00Z,A-{day},Van 2 reader,Square,Ana,,card_number,{day}\n" for day in range(1, 21)]
        rows.append("2026-03-12T11:00:00Z,,Van 2 reader,Square,Ana,,card_number,99\n")
        self.run_handback("import", self.file("touches.csv", HEAD + "".join(rows)))

    def at(self, when, *args, **kw):
        return self.json(*args, env={"HANDBACK_NOW": when}, **kw)

    def test_the_register_says_what_each_reader_is_and_who_has_it(self):
        self.json("reader", "set", "Van 2 reader", "--make", "SumUp", "--model", "Solo", "--serial", "200101554", "--at", "Van 2", "--with", "Ana", "--every", "5d")
        row = self.json("reader", "list").row
        self.assertEqual({k: row[k] for k in ("reader", "make", "model", "serial", "at", "with", "every_days", "looked", "clean")},
                         {"reader": "Van 2 reader", "make": "SumUp", "model": "Solo", "serial": "200101554", "at": "Van 2", "with": "Ana", "every_days": 5, "looked": None, "clean": None})
        self.assertEqual((row["customers_in_question"], row["unnamed_in_question"]), (20, 1))
        self.assertIn("never looked at", self.run_handback("reader", "list").out)
        self.assertIn("Anna is new on the map: a person.", self.run_handback("reader", "set", "Van 2 reader", "--with", "Anna").err)
        self.assertNotIn("new on the map", self.run_handback("reader", "set", "Van 2 reader", "--with", "ana").err)
        # what is not told again stays
        self.json("reader", "set", "Van 2 reader", "--serial", "200101555")
        row = self.json("reader", "list").row
        self.assertEqual((row["make"], row["serial"], row["with"], row["every_days"]), ("SumUp", "200101555", "Ana", 5))
        # a new one; the same serial number twice is said
        said = self.run_handback("reader", "set", "Counter", "--new", "--serial", "200101555")
        self.assertIn("same serial number", said.err)
        self.assertEqual(len(self.json("reader", "list").rows), 2)
        # the place is the one of the map: what is asked of Van 2 finds it there
        self.assertIn("stands at Van 2", self.run_handback("holder", "show", "reader:Van 2 reader").out)
        # wrong calls
        self.assertIn("1d to 366d", self.run_handback("reader", "set", "Counter", "--every", "3h", status=2).err)
        self.assertIn("is a place", self.run_handback("reader", "set", "Counter", "--at", "person:Ana", status=2).err)
        self.assertIn("is no card reader", self.run_handback("reader", "show", "service:Square", status=2).err)
        # a serial number that looks like a card number is not kept, and not lost in silence
        for digits in ("4111 1111 1111 1111", "4111111111111111"):
            said = self.run_handback("reader", "set", "Counter", "--serial", digits, status=2)
            self.assertIn("enter only its last 6 characters", said.err)
            self.assertNotIn("4111", said.err.replace("card ending 1111", ""))
        self.assertEqual([r["serial"] for r in self.json("reader", "list").rows if r["reader"] == "Counter"], ["200101555"])
        self.json("reader", "set", "Counter", "--serial", "111111")

    def test_a_mistyped_name_makes_no_new_reader(self):
        self.json("holder", "add", "place:Van 2")
        said = self.run_handback("reader", "set", "Van 2 raeder", "--serial", "1", status=3)
        self.assertIn("Did you mean one of these: Van 2 reader? If it is a new reader, say so: --new.", said.err)
        self.assertIn("There is a place of that name. If it is a new reader, say so: --new.", self.run_handback("reader", "set", "Van 2", "--serial", "1", status=3).err)
        for verb in ("show", "inspect"):
            said = self.run_handback("reader", verb, "Van 2 raeder", status=3).err
            self.assertIn('There is no card reader "Van 2 raeder". Did you mean one of these: Van 2 reader?', said)
            self.assertNotIn("--new", said)
        self.assertEqual([r["reader"] for r in self.json("reader", "list").rows], ["Van 2 reader"])
        self.json("reader", "set", "van 2 READER", "--serial", "17")          # the same one in other letters
        self.assertEqual([(r["reader"], r["serial"]) for r in self.json("reader", "list").rows], [("Van 2 reader", "17")])
        self.assertIn("already", self.run_handback("reader", "set", "Van 2 reader", "--new", status=3).err)
        for name in ("Van 3 reader", "Counter terminal", "Spare", "Van 22 reader"):
            self.json("reader", "set", name, "--new")
        self.assertIn("one of these: Van 2 reader, Van 3 reader, Van 22 reader?", self.run_handback("reader", "set", "Van 1 reader", status=3).err)

    def test_a_clean_look_begins_the_window_anew(self):
        look = self.at("2026-03-10T18:00:00Z", "reader", "inspect", "Van 2 reader", "--by", "Ana").row
        self.assertEqual((look["clean"], look["customers_in_question"]), (True, 0))
        row = self.at("2026-03-25T00:00:00Z", "reader", "list").row
        self.assertEqual((row["customers_in_question"], row["unnamed_in_question"], row["looked_by"]), (10, 1, "Ana"))
        self.assertEqual(row["due"], "2026-03-17T18:00:00Z")
        self.assertEqual(len(self.at("2026-03-16T00:00:00Z", "reader", "list", "--due").rows), 0)
        self.assertEqual(len(self.at("2026-03-18T00:00:00Z", "reader", "list", "--due").rows), 1)
        # an incident takes it up
        i = self.at("2026-03-25T00:00:00Z", "incident", "open", "--title", "Skimmer", "--holder", "reader:Van 2 reader", "--from", "inspected", "--to", "unknown", "--only", "passing").row["incident"]
        self.assertEqual(self.json("incident", "show", i).row["from"], "2026-03-10T18:00:00Z")
        self.assertEqual({r["customer_ref"] for r in self.json("incident", "exposed", i).rows}, {f"A-{d}" for d in range(11, 21)})
        # a reader that nobody ever looked at: unknown; what is no reader: refused
        self.json("reader", "set", "Counter", "--new")
        i = self.json("incident", "open", "--title", "x", "--holder", "reader:Counter", "--from", "inspected", "--to", "unknown").row["incident"]
        self.assertIsNone(self.json("incident", "show", i).row["from"])
        self.assertIn("is for card readers", self.run_handback("incident", "open", "--title", "x", "--holder", "service:Square", "--from", "inspected", "--to", "unknown", status=2).err)
        # each reader's own, also when a window is changed
        self.at("2026-03-15T18:00:00Z", "reader", "inspect", "Counter")
        self.at("2026-03-25T00:00:00Z", "incident", "suspect", i, "--holder", "reader:*", "--from", "inspected", "--to", "2026-03-20")
        self.assertEqual({r["holder"]: r["from"] for r in self.json("incident", "show", i).rows},
                         {"reader:Van 2 reader": "2026-03-10T18:00:00Z", "reader:Counter": "2026-03-15T18:00:00Z"})

    def test_staff_look_for_themselves_and_now(self):
        now = "2026-11-27T12:00:00Z"
        self.json("person", "add", "--name", "Ana", "--role", "staff", key=False)
        self.assertIn("You look for yourself", self.run_handback("--as", "Ana", "reader", "inspect", "Van 2 reader", "--by", "Ben", status=3).err)
        self.assertIn("kept as of now", self.run_handback("--as", "Ana", "reader", "inspect", "Van 2 reader", "--at", "2026-11-20", status=3, env={"HANDBACK_NOW": now}).err)
        self.assertEqual(self.json("reader", "show", "Van 2 reader").rows, [])
        self.run_handback("--as", "Ana", "reader", "inspect", "Van 2 reader", "--by", "ana", env={"HANDBACK_NOW": now})
        # something odd: staff are told whom to tell, not to do what they may not
        self.run_handback("set", "business.phone", "(202) 555-0100")
        said = self.run_handback("--as", "Ana", "reader", "inspect", "Van 2 reader", "--odd", "slot", status=1, env={"HANDBACK_NOW": "2026-11-01T12:00:00Z"}).out
        self.assertIn("Tell Owner, (202) 555-0100 now", said)
        self.assertNotIn("incident open", said)
        self.run_handback("reader", "settle", "Van 2 reader", "--why", "a torn sticker")
        # an owner may, and it is kept as entered later
        self.at(now, "reader", "inspect", "Van 2 reader", "--by", "Ben", "--at", "2026-11-20")
        rows = self.json("reader", "show", "Van 2 reader").rows
        self.assertEqual([(r["by"], r["entered"], r["entered_by"], r["entered"] == r["at"]) for r in rows if not r["odd"]], [("ana", now, "Ana", True), ("Ben", now, "Owner", False)])
        self.assertIn("entered later, on November 27, 2026, by Owner", self.run_handback("reader", "show", "Van 2 reader").out)
        self.assertIn("more than three years ago", self.run_handback("reader", "inspect", "Van 2 reader", "--at", "1990-01-01", status=2, env={"HANDBACK_NOW": now}).err)
        self.run_handback("holder", "add", "reader:New reader", "--since", "2026-11-10")
        self.assertIn("before New reader came into use", self.run_handback("reader", "inspect", "New reader", "--at", "2026-11-01", status=2, env={"HANDBACK_NOW": now}).err)

    def test_something_odd_asks_for_attention_and_begins_nothing(self):
        self.at("2026-03-10T18:00:00Z", "reader", "inspect", "Van 2 reader")
        odd = self.at("2026-03-21T08:00:00Z", "reader", "inspect", "Van 2 reader", "--odd", "slot", "--odd", "seal", "--note", "a lip of plastic", "--by", "Bo", status=1).row
        self.assertEqual((odd["clean"], odd["customers_in_question"], odd["unnamed_in_question"]), (False, 10, 1))
        rows = self.json("reader", "show", "Van 2 reader").rows
        # of the list it stands first, though another has waited longer for a look
        self.json("reader", "set", "Counter", "--new")
        self.assertEqual([r["reader"] for r in self.at("2026-03-22T08:00:00Z", "reader", "list").rows], ["Van 2 reader", "Counter"])
        self.assertEqual([(r["by"], r["odd"], r["note"], r["photo"]) for r in rows], [("Bo", ["seal", "slot"], "a lip of plastic", False), ("Owner", [], "", False)])
        self.assertEqual(self.json("reader", "list").rows[0]["clean"], "2026-03-10T18:00:00Z")
        said = self.run_handback("reader", "inspect", "Van 2 reader", "--odd", "slot", status=1).out
        self.assertIn("Use this reader no more", said)
        self.assertIn("--from inspected", said)
        self.assertIn("reader checks", self.run_handback("reader", "inspect", "Van 2 reader", "--odd", "colour", status=2).err)
        self.assertIn("has not come yet", self.run_handback("reader", "inspect", "Van 2 reader", "--at", "2126-01-01", status=2).err)
        self.assertIn("reader.inspected", self.run_handback("log").out)

    def test_what_was_odd_stays_open_until_somebody_looked_into_it(self):
        self.at("2026-03-05T18:00:00Z", "reader", "inspect", "Van 2 reader")
        self.at("2026-03-10T18:00:00Z", "reader", "inspect", "Van 2 reader", "--odd", "seal", status=1)
        self.assertIn("not looked into yet", self.run_handback("reader", "inspect", "Van 2 reader", env={"HANDBACK_NOW": "2026-03-15T18:00:00Z"}).out)
        now = "2026-03-25T00:00:00Z"
        row = self.at(now, "reader", "list").row
        self.assertEqual((row["odd"], row["clean"], row["customers_in_question"]), (True, "2026-03-05T18:00:00Z", 15))
        self.at(now, "reader", "settle", "Van 2 reader", "--why", "the provider looked at it: a torn sticker")
        row = self.at(now, "reader", "list").row
        self.assertEqual((row["odd"], row["clean"], row["customers_in_question"]), (False, "2026-03-15T18:00:00Z", 5))
        self.assertIn("torn sticker", self.run_handback("reader", "show", "Van 2 reader").out)
        self.run_handback("reader", "settle", "Van 2 reader", "--why", "x", status=3)

    def test_a_photo_is_kept_sealed_and_comes_out_with_the_passphrase(self):
        photo = self.file("a.jpg", JPEG)
        look = self.json("reader", "inspect", "Van 2 reader", "--photo", photo).row["look"]
        self.run_handback("reader", "inspect", "Van 2 reader", "--photo", photo, key=False, status=3)
        self.assertEqual(len(self.json("reader", "show", "Van 2 reader").rows), 1)               # nothing half-done
        for folder, _, files in os.walk(self.data):
            for name in files:
                with open(os.path.join(folder, name), "rb") as f:
                    self.assertNotIn(b"from the counter side", f.read(), name)
        to = os.path.join(self.tmp, "out.jpg")
        self.run_handback("reader", "photo", look, "--to", to)
        with open(to, "rb") as f:
            self.assertEqual(f.read(), JPEG)
        self.assertEqual(os.stat(to).st_mode & 0o777, 0o600)
        self.run_handback("reader", "photo", look, "--to", to, status=None)
        with open(to, "rb") as f:
            self.assertEqual(f.read(), JPEG)                                                     # never written over
        self.assertIn("JPEG, PNG or WebP", self.run_handback("reader", "inspect", "Van 2 reader", "--photo", self.file("x.jpg", "GIF89a"), status=2).err)
        self.assertIn("is too long", self.run_handback("reader", "inspect", "Van 2 reader", "--photo", self.file("y.jpg", JPEG + bytes(13 << 20)), status=None).err)
        # a new key takes it along
        self.run_handback("vault", "rotate")
        os.unlink(to)
        self.run_handback("reader", "photo", look, "--to", to)
        with open(to, "rb") as f:
            self.assertEqual(f.read(), JPEG)


if __name__ == "__main__":
    tell()
