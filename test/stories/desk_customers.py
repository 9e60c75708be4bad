"""desk_customers: two customers that may be one person, and all that we hold of one, to hand over; without scripts."""
import csv
import io
import time

from browser import DeskStory
from story import PASSPHRASE, children, sanitized, tell

CUSTOMERS = ("customer_ref,name,email,phone,address1,city,region,postal_code,country,language\n"
             "A,Ann Ames,home@example.com,202 555 0101,1 Mill St,Hudson,NY,12534,US,en\nB,Bob Ames,home@example.com,,,,NY,,US,\nC,\"=SUM(1,2)\",c@example.com,202 555 0103,,,,,,\n")
TOUCHES = ("touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n2025-12-02T10:00:00Z,A,R-1,,,,card_number|name,1\n"
           "2025-12-02T11:00:00Z,B,R-1,,,,card_number|name,2\n")


class Customers(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.files = self.file("customers.csv", CUSTOMERS), self.file("touches.csv", TOUCHES)
        self.run_handback("import", *self.files)
        self.desk()

    def exposed(self):
        n = self.json("incident", "open", "--title", "x", "--holder", "reader:*", "--from", "2025-12-01", "--to", "2025-12-04", key=False).row["incident"]
        return sorted(r["customer_ref"] for r in self.json("incident", "exposed", n, key=False).rows)

    def test_a_pair_is_looked_at_joined_and_parted(self):
        b = self.browser
        self.assertIn("1 pair of customers may be one person", b.go("/customers").text)
        page = b.follow("Look at them")
        self.assertIn("an e-mail address", page.text)
        page = b.follow("A and B")
        self.assertIn("Names and addresses are sealed", page.text)
        self.assertNotIn("Ann Ames", page.source)
        page = b.send("/customers/pair/A/B", passphrase="not the passphrase")
        self.assertIn("That is not the passphrase", page.text)
        page = b.send("/customers/pair/A/B", passphrase=PASSPHRASE)
        self.assertIn("Ann Ames", page.text)
        self.assertIn("Bob Ames", page.text)
        page = b.send("/customers/pair/A/B", do="merge")
        self.assertIn("Nobody is in doubt", page.text)
        self.assertEqual(self.exposed(), ["A"])
        self.assertIn("They count as one person", b.go("/customers/pair/A/B").text)
        page = b.go("/customer/A")
        self.assertIn("Counts as one person with", page.text)
        self.assertIn("Bob Ames", b.go("/customer/A/sheet").text)     # all that is theirs
        b.go("/customer/A")
        page = b.send("/customer/A/split")
        self.assertNotIn("Counts as one person", page.text)
        self.assertEqual(self.exposed(), ["A", "B"])
        # who was parted by hand is in doubt no more, whatever comes in again
        self.run_handback("import", *self.files)
        self.assertNotIn("may be one person", b.go("/customers").text)

    def test_idle_it_needs_less_than_40_mb(self):
        """Resident in all processes together, pages that they share counted in each."""
        if sanitized():
            self.skipTest("a sanitizer's build has its shadow memory, too")
        b = self.browser
        for path in ("/", "/customers", "/map", "/incidents", "/settings", "/import"):
            self.assertEqual(b.go(path).status, 200)

        def resident(pid):
            with open(f"/proc/{pid}/status") as f:
                return next(int(line.split()[1]) for line in f if line.startswith("VmRSS:"))

        end, most = time.monotonic() + 20, 10**9
        while most >= 40000 and time.monotonic() < end:
            time.sleep(0.5)
            all_of_it = {pid: resident(pid) for pid in [self.running.pid, *children(self.running.pid)]}
            most = sum(all_of_it.values())
        self.assertEqual(len(all_of_it), 4)                                                  # the parent, the keeper, the desk, the courier
        self.assertLess(most, 40000, all_of_it)
        self.assertEqual(b.go("/").status, 200)                                              # and goes on as before

    def test_a_reference_is_found_in_any_case(self):
        b = self.browser
        self.run_handback("import", self.file("more.csv", "customer_ref,name,email\nVan-7x,Vi Moss,\nc-9,Low Case,\nC-9,Up Case,\n"))
        for typed, found in (("van-7X", ["Van-7x"]), ("a", ["A"]), ("C-9", ["C-9"]), ("van-8", [])):
            b.go("/customers")
            page = b.send("/customers", who=typed)
            self.assertEqual([href.rsplit("/", 1)[1] for href, _ in page.links if href.startswith("/customer/")], found)
        self.assertEqual([r["customer_ref"] for r in self.json("customer", "find", "--ref", "VAN-7X").rows], ["Van-7x"])

    def test_what_turns_the_direction_of_a_text_comes_in_by_no_file(self):
        self.run_handback("import", self.file("more.csv", "customer_ref,name,email\nD,June \u202eMarsh\u2066,june@example.com\n"))
        self.assertEqual(self.json("customer", "show", "D").row["names"], ["June Marsh"])

    def test_a_pair_is_left_apart(self):
        b = self.browser
        b.go("/customers/pair/A/B")
        b.send("/customers/pair/A/B", do="apart")
        self.assertIn("Nobody is in doubt", b.page.text)
        self.assertEqual(self.json("customer", "find", "--doubtful", key=False).rows, [])
        self.assertIn("Two customers stay apart", b.go("/log").text)
        self.assertIn("Both are A", self.run_handback("customer", "apart", "A", "A", key=False, status=3).err)
        self.run_handback("customer", "merge", "A", "B", key=False)
        self.assertIn("customer split B", self.run_handback("customer", "apart", "A", "B", key=False, status=3).err)
        self.run_handback("check")

    def test_who_was_forgotten_is_joined_to_nobody(self):
        self.run_handback("customer", "forget", "A", "--reason", "asked")
        for pair in (("A", "B"), ("B", "A")):
            self.assertIn("A was forgotten at their wish", self.run_handback("customer", "merge", *pair, key=False, status=3).err)

    def test_what_we_hold_of_them(self):
        b = self.browser
        self.assertEqual(b.go("/customer/A/sheet").heading, "A")      # sealed: their page asks for the passphrase
        b.send("/customer/A", passphrase=PASSPHRASE)
        page = b.follow("a sheet to print")
        for words in ("What we hold of you", "Ann Ames", "home@example.com", "1 Mill St, Hudson, NY, 12534, US", "import 1, customers.csv", "Card reader: R-1", "No notice was written to you"):
            self.assertIn(words, page.text)
        rows = list(csv.DictReader(io.StringIO(b.go("/customer/C/sheet.csv").source)))
        self.assertEqual({(r["what"], r["value"]) for r in rows}, {("name", "'=SUM(1,2)"), ("email", "c@example.com"), ("phone", "202 555 0103")})
        self.run_handback("customer", "correct", "A", "--name", "Anna Ames")
        row = self.json("customer", "show", "A").row
        self.assertEqual([(f["value"], f["source"], f["at"]) for f in row["facts"]][0], ("Anna Ames", "by hand", None))
        self.assertEqual((row["one_person"], row["notices"]), (["A"], []))


if __name__ == "__main__":
    tell()
