"""An import taken back: what only it brought goes, what others brought stays, and the store is sound at every moment."""
import os
import random
import shutil
import signal
import subprocess
import time

from story import HANDBACK, Story, tell

HEAD = "touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n"
CUSTOMERS = "customer_ref,name,email,phone,address1,city,region,postal_code,country,language\n"


class Undo(Story):
    def setUp(self):
        super().setUp()
        self.init()

    def take(self, name, content, status=0):
        return self.json("import", self.file(name, content), status=status).row

    def refs(self):
        n = self.json("incident", "open", "--title", "x", "--holder", "reader:*", "--from", "unknown", "--to", "unknown", "--only", "passing").row["incident"]
        return {r["customer_ref"]: r["touches"] for r in self.json("incident", "exposed", n).rows}

    def sound(self, key=True):
        self.run_handback("check", key=key)

    def test_touches_that_only_it_brought_go(self):
        rows = [f"2026-03-0{1 + i % 5}T10:00:00Z,A-{i},R1,Square,,,card_number,{i}\n" for i in range(10)]
        self.take("a.csv", HEAD + "".join(rows[:6]))
        b = self.take("b.csv", HEAD + "".join(rows[4:]))
        self.assertEqual((b["new"], b["known"]), (4, 2))
        self.sound()
        said = self.json("import", "undo", b["import"], status=0)
        self.assertEqual((said.row["touches"], said.row["customers"], said.row["customers_stay"], said.row["import_again"]), (4, 4, 0, []))
        self.assertEqual(self.refs(), {f"A-{i}": 1 for i in range(6)})
        self.sound()
        self.assertIn("import.undone", self.run_handback("log").out)
        listed = self.json("import", "list").rows
        self.assertIsNone(listed[0]["undone"])
        self.assertRegex(listed[1]["undone"], r"^20\d\d-")
        # and once only
        said = self.run_handback("import", "undo", b["import"], status=3)
        self.assertIn("was taken back on", said.err)
        self.assertIn("There is no import 9", self.run_handback("import", "undo", 9, status=3).err)
        # the same file again is as new
        self.assertEqual(self.take("b.csv", HEAD + "".join(rows[4:]))["new"], 4)
        self.assertEqual(self.refs(), {f"A-{i}": 1 for i in range(10)})
        self.sound()

    def test_files_that_share_rows_with_it_are_named(self):
        old = HEAD + "2026-03-01T10:00:00Z,A-1,R1,Square,,,card_number,1\n"
        self.take("old.csv", old)
        shared = "2026-03-01T11:00:00Z,A-2,R1,Square,,,card_number,2\n"
        b = self.take("b.csv", HEAD + "2026-03-01T10:00:00Z,A-1,R1,Square,Ana,,card_number,1\n" + shared)
        self.assertEqual((b["new"], b["changed"]), (1, 1))
        self.take("later.csv", HEAD + shared)
        said = self.json("import", "undo", b["import"], status=1)
        self.assertEqual((said.row["touches"], said.row["changed"], said.row["import_again"]), (1, 1, ["old.csv", "later.csv"]))
        self.assertEqual(self.refs(), {"A-1": 1})
        self.sound()
        self.assertEqual(self.take("later.csv", HEAD + shared)["new"], 1)
        self.assertEqual(self.refs(), {"A-1": 1, "A-2": 1})
        self.sound()

    def test_only_files_that_bring_something_back_are_named(self):
        contacts = "customer_ref,name,email\n" + "".join(f"A-{i},June Marsh {i},june{i}@example.com\n" for i in range(3))
        rows = [f"2026-03-01T1{i}:00:00Z,A-{i},R1,Square,,,card_number,{i}\n" for i in range(3)]
        self.take("c.csv", contacts)
        self.take("a.csv", HEAD + rows[0] + rows[1])
        self.take("b.csv", HEAD + rows[2])
        for name, text in ("b.csv", HEAD + rows[2]), ("b again.csv", HEAD + rows[2]), ("a.csv", HEAD + rows[0] + rows[1]), ("c.csv", contacts):
            self.assertEqual(self.take(name, text)["new"], 0)
        said = self.json("import", "undo", 4)                       # brought nothing new
        self.assertEqual((said.row["touches"], said.row["import_again"]), (0, []))
        said = self.run_handback("import", "undo", 3)
        self.assertIn("1 touch, 0 places in customer lists, 0 customers", said.out)
        self.assertNotIn("Import again", said.err)
        self.sound()

    def test_a_time_that_a_later_file_corrected_goes_with_the_first(self):
        self.take("a.csv", HEAD + "2026-03-01T10:00:00Z,A-1,R1,Square,,,card_number,1\n")
        self.take("b.csv", HEAD + "2026-03-02T10:00:00Z,A-1,R1,Square,,,card_number,1\n")
        self.assertEqual(self.refs(), {"A-1": 1})
        self.assertEqual(self.json("import", "undo", 1, status=0).row["touches"], 1)
        self.assertEqual(self.refs(), {})
        self.sound()

    def test_contacts_that_only_it_told_go(self):
        self.take("a.csv", CUSTOMERS + "A-1,June Marsh,june@example.com,,12 Mill St,Hudson,NY,12534,US,en\nA-3,Sam Roe,sam@example.com,,,,,,,\n")
        self.take("t.csv", HEAD + "2026-03-01T10:00:00Z,A-2,R1,Square,,,card_number,1\n")
        b = self.take("b.csv", CUSTOMERS + "A-1,June Marsh,wrong@example.com,(202) 555-0101,1 Wrong St,Boston,MA,02101,US,en\nA-2,Ned Pell,ned@example.com,,,,,,,\n"
                      "A-4,Ivy Cole,ivy@example.com,,,,,,,\n")
        shown = self.json("customer", "show", "A-1").row
        self.assertEqual((shown["emails"][0], shown["region"]), ("wrong@example.com", "US-MA"))
        said = self.run_handback("import", "undo", b["import"], key=False, status=3)
        self.assertIn("passphrase", said.err)
        said = self.json("import", "undo", b["import"])
        self.assertEqual((said.row["customers"], said.row["customers_stay"], said.row["listed"]), (1, 0, 0))
        shown = self.json("customer", "show", "A-1").row
        self.assertEqual((shown["emails"], shown["phones"], shown["region"]), (["june@example.com"], [], "US-NY"))
        self.assertEqual(self.json("customer", "show", "A-2").row["emails"], [])
        self.assertEqual(self.json("customer", "show", "A-4").row["names"], [])
        for gone in ("wrong@example.com", "ned@example.com", "ivy@example.com"):
            self.assertEqual(self.json("customer", "find", "--email", gone).rows, [])
        self.assertEqual(self.json("customer", "find", "--phone", "202 555 0101").rows, [])
        self.assertEqual(self.json("customer", "find", "--email", "june@example.com").row["customer_ref"], "A-1")
        self.sound()
        self.assertEqual(self.refs(), {"A-2": 1})

    def test_customers_whom_something_else_names_stay_and_it_is_said_why(self):
        head = "Date,Time,Time Zone,Transaction ID,Payment ID,Event Type,PAN Suffix,Card Brand,Card Entry Methods,Device Name,Customer ID,Customer Name\n"
        row = "2026-03-0{0},10:00:00,Eastern Time (US & Canada),T{0},P{0},Payment,4242,Visa,Tapped,Van 1,C{1},{2}\n"
        a = self.take("a.csv", head + row.format(1, 1, "Ana Roe") + row.format(2, 2, "Bo Lund"))
        self.take("b.csv", head + row.format(3, 1, "Ana Roe"))
        said = self.run_handback("import", "undo", a["import"])
        self.assertRegex(said.out, r"1 customer that it brought stays: they are named by payments that other imports brought")
        self.assertEqual(list(self.refs().values()), [1])
        self.sound()
        # whoever goes can come back, and is a customer of a new number
        self.assertEqual(self.take("a.csv", head + row.format(1, 1, "Ana Roe") + row.format(2, 2, "Bo Lund"))["new"], 2)
        self.assertEqual(sorted(self.refs().values()), [1, 2])
        self.sound()

    def test_a_list_of_customers_goes_with_who_stood_in_it(self):
        self.json("import", self.fixture("exports/square-customers.csv"), status=None)
        n = self.json("incident", "open", "--title", "x", "--holder", "service:Square", "--from", "unknown", "--to", "unknown").row["incident"]
        self.assertGreater(self.json("incident", "exposed", n, "--count").row["customers"], 0)
        said = self.json("import", "undo", 1).row
        self.assertGreater(said["listed"], 0)
        self.assertEqual(said["customers_stay"], 0)
        self.assertEqual(self.json("incident", "exposed", n, "--count").row["customers"], 0)
        self.assertEqual(self.json("customer", "find", "--doubtful").rows, [])
        self.sound()

    def test_killed_at_random_moments_it_goes_on(self):
        exports = os.path.join(self.tmp, "exports")
        self.run_handback("sample", exports, "--touches", "60000", "--customers", "3000", "--readers", "40")
        with open(f"{exports}/touches.csv") as f:
            lines = f.read().splitlines(keepends=True)
        self.take("one.csv", lines[0] + "".join(lines[1:20000]))
        expected = self.refs()
        self.take("two.csv", lines[0] + "".join(lines[15000:]))
        whole = os.path.join(self.tmp, "whole")
        shutil.copytree(self.data, whole)
        began = time.monotonic()
        self.run_handback("import", "undo", 2, status=None)
        lasts = time.monotonic() - began
        dice = random.Random(11)
        for _ in range(6):
            shutil.rmtree(self.data)
            shutil.copytree(whole, self.data)
            run = subprocess.Popen([HANDBACK, "--data", self.data, "--passphrase-file", self.passphrase_file, "import", "undo", "2"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
            time.sleep(dice.uniform(0, lasts))
            try:
                os.killpg(run.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass                                               # it was quicker
            run.wait()
            self.sound(key=False)
            self.run_handback("import", "undo", 2, status=None)
            self.sound(key=False)
            self.assertEqual(self.refs(), expected)


if __name__ == "__main__":
    tell()
