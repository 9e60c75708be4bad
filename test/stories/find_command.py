"""The command find, as people and machines meet it: rows, statuses, reports, cleaned copies, verdicts."""
import json
import os
import re
import stat
import unittest
from html.parser import HTMLParser

from story import Story, tell

NUMBER = re.compile(rb"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")


def card(start, length=16):
    """A number that passes the check, generated: nobody's."""
    digits = [int(c) for c in start.ljust(length - 1, "3")]
    total = sum(d if i % 2 else (2 * d - 9 if d > 4 else 2 * d) for i, d in enumerate(reversed(digits)))
    return "".join(map(str, digits)) + str(-total % 10)


VISA, MASTER = card("453957876"), card("527103441")


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.loads, self.text = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.loads += [v for k, v in attrs if k in ("src", "href", "onclick", "onload")]

    def handle_data(self, data):
        self.text += data


class FindCommand(Story):
    def setUp(self):
        super().setUp()
        self.env = {"XDG_CONFIG_HOME": os.path.join(self.tmp, "config"), "HOME": self.tmp, "XDG_CACHE_HOME": os.path.join(self.tmp, "cache")}
        self.tree = os.path.join(self.tmp, "tree")
        os.mkdir(self.tree)

    def put(self, name, content):
        path = os.path.join(self.tree, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return self.file(path, content)

    def find(self, *args, **kw):
        return self.run_handback("find", *args, key=False, env=self.env, **kw)

    def rows(self, *args, status=1):
        rows = self.find(*args, json_rows=True, status=status).rows
        return rows[:-1], rows[-1]["summary"]

    def orders(self):
        return self.put("orders.csv", f"name,card number\nJune,{VISA}\nOlle,{MASTER}\n")

    def test_rows_are_what_the_contract_says(self):
        self.orders()
        rows, summary = self.rows(self.tree)
        self.assertEqual(len(rows), 2)
        for key in ("path", "member", "line", "offset", "kind", "brand", "last4", "masked", "count", "confidence", "reason", "score"):
            self.assertIn(key, rows[0])
        first = rows[0]
        self.assertEqual((first["path"], first["member"], first["line"], first["offset"]), (f"{self.tree}/orders.csv", "", 2, 22))
        self.assertEqual((first["kind"], first["brand"], first["last4"], first["count"]), ("card_number", "visa", VISA[-4:], 1))
        self.assertIn(first["confidence"], ("certain", "likely"))
        self.assertTrue(0 <= first["score"] <= 1)
        self.assertEqual(summary["files"], 1)
        self.assertEqual(summary["bytes"], os.path.getsize(f"{self.tree}/orders.csv"))
        self.assertEqual(summary["skipped"], [])
        self.assertGreaterEqual(summary["seconds"], 0)

    def test_statuses(self):
        self.put("clean.txt", "Nothing here but an order number, 1234567890123456.\n")
        self.find(self.tree, status=0)
        self.put("tests.txt", "for tests: card 4111 1111 1111 1111\n")
        rows, summary = self.rows(self.tree, status=0)                # nobody's
        self.assertEqual([r["kind"] for r in rows], ["card_test_number"])
        self.assertEqual((summary["card_numbers"], summary["test_numbers"]), (0, 1))
        self.put("stripe.txt", ";4111111111111111=27121010000000000000?\ncard 4111 1111 1111 1111 exp 12/27 cvv 123\n")
        self.find(self.tree, status=0)                                # nor its stripe, nor the code beside it
        os.mkfifo(f"{self.tree}/pipe")
        self.find(self.tree, status=0)                                # not a file: nothing is kept there
        self.find(f"{self.tree}/pipe", status=1)                      # asked for, and not read
        self.find(f"{self.tree}/nowhere", status=3)
        self.find(status=2)
        self.find(self.tree, "--jobs", "0", status=2)
        self.orders()
        self.find(self.tree, status=1)

    def test_people_get_a_short_answer(self):
        self.orders()
        self.put("old/many.txt", "".join(f"card number {card(f'4539{n:08d}')} exp 12/27\n" for n in range(40)))
        os.utime(f"{self.tree}/old/many.txt", (1300000000, 1300000000))
        out = self.find(self.tree, status=1).out
        self.assertIn("42 card numbers in 2 files, the oldest last changed in 2011.", out)
        self.assertIn("Open this one first: " + self.tree + "/old/many.txt", out)
        self.assertIn("and 35 more in this file; --all shows them.", out)
        self.assertIn("What to do: Cut the column to the last four", out)
        self.assertEqual(self.find(self.tree, "--all", status=1).out.count("many.txt:"), 40)
        self.assertEqual(len(self.rows(self.tree)[0]), 42)
        self.assertIsNone(NUMBER.search(out.encode()))

    def test_what_is_left_out_is_said(self):
        self.init()
        said = self.find(self.tmp, status=0)
        self.assertIn(f"{self.data}: left out: it is Handback's own data", said.err)
        summary = self.find(self.tmp, json_rows=True, status=0).rows[-1]["summary"]
        self.assertEqual([(s["path"], s["left_out"]) for s in summary["skipped"]], [(self.data, True)])

    def test_sarif(self):
        self.put("a b/<odd>.csv", f"name,card number\nZoë Grün,{VISA}\nTest,4111111111111111\n")
        report = os.path.join(self.tmp, "found.sarif")
        self.find(self.tree, "--sarif", report, status=1)
        self.assertEqual(stat.S_IMODE(os.stat(report).st_mode), 0o600)
        with open(report, "rb") as f:
            raw = f.read()
        self.assertIsNone(NUMBER.search(raw))
        log = json.loads(raw)
        self.assertEqual((log["version"], len(log["runs"])), ("2.1.0", 1))
        run = log["runs"][0]
        rules = [r["id"] for r in run["tool"]["driver"]["rules"]]
        self.assertEqual(len(rules), len(set(rules)))
        self.assertEqual(len(run["results"]), 2)
        for result in run["results"]:
            self.assertEqual(rules[result["ruleIndex"]], result["ruleId"])
            self.assertTrue(result["message"]["text"])
            place = result["locations"][0]["physicalLocation"]
            self.assertEqual(place["artifactLocation"]["uri"], f"file://{self.tree}/a%20b/%3Codd%3E.csv")
            self.assertGreaterEqual(place["region"]["startLine"], 2)
        self.assertEqual([r["level"] for r in run["results"]], ["error", "note"])
        # columns are characters, and it says so (SARIF 2.1.0, 3.14.17)
        self.assertEqual((run["columnKind"], run["results"][0]["locations"][0]["physicalLocation"]["region"]["startColumn"]), ("unicodeCodePoints", 10))
        self.assertTrue(run["invocations"][0]["executionSuccessful"])
        # a region in bytes has its length; a relative path no dot in front (3.30.12, 3.10.2); what its schema wants of each object
        region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
        self.assertEqual((region["byteOffset"], region["byteLength"]), (len("name,card number\nZoë Grün,".encode()), 16))
        self.find(".", "--sarif", report, status=1, cwd=self.tree)
        with open(report, encoding="utf-8") as f:
            relative = json.load(f)["runs"][0]
        self.assertEqual(relative["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "a%20b/%3Codd%3E.csv")
        self.assertIn("An IBAN is kept here", [r["shortDescription"]["text"] for r in relative["tool"]["driver"]["rules"]])
        self.assertEqual(sorted(os.listdir(self.tmp)).count("found.sarif"), 1)
        self.assertFalse([n for n in os.listdir(self.tmp) if n.startswith(".handback")])

    def test_page(self):
        self.put("<script>alert(1)</script>.csv".replace("/", "_"), f"name,card number\nJune,{VISA}\nOlle,{MASTER}\n")
        report = os.path.join(self.tmp, "found.html")
        self.find(self.tree, "--html", report, status=1)
        self.assertEqual(stat.S_IMODE(os.stat(report).st_mode), 0o600)
        with open(report, "rb") as f:
            raw = f.read()
        self.assertIsNone(NUMBER.search(raw))
        page = Page(raw.decode())
        self.assertNotIn("script", page.tags)
        self.assertEqual(page.loads, [])
        self.assertIn("<script>alert(1)<_script>.csv", page.text)
        self.assertIn("2 card numbers in 1 file", page.text)
        self.assertIn("line 2, character 6", page.text)
        self.assertEqual((page.text.count("its heading says so"), page.text.count("As above.")), (1, 1))
        for tag in ("title", "main", "h1", "h2", "th"):
            self.assertIn(tag, page.tags)
        self.assertIn('<html lang="en">', raw.decode())
        self.find(self.tree, "--html", f"{self.tmp}/no/such/folder/x.html", status=3)
        self.find(self.tree, "--html", report, status=1)              # an older report is replaced

    def test_a_report_never_replaces_another_file(self):
        orders = self.orders()
        with open(orders, "rb") as f:
            before = f.read()
        for option in ("--html", "--sarif"):
            said = self.find(self.tree, option, orders, status=3)
            self.assertIn("is no report of Handback's", said.err)
            with open(orders, "rb") as f:
                self.assertEqual(f.read(), before)
            report = self.file(os.path.join(self.tmp, "empty" + option), "")
            self.find(self.tree, option, report, status=1)
            self.find(self.tree, option, report, status=1)
        self.find(self.tree, "--html", f"{self.tmp}/one", "--sarif", f"{self.tmp}/one", status=2)

    def test_what_to_do_is_said_of_each_kind(self):
        self.put("both.txt", f"SSN 536-90-4399 of June\ncard number {VISA} exp 12/27\n")
        out = self.find(self.tree, status=1).out
        self.assertIn("cut the number to its last four", out)
        self.assertIn("The other numbers: keep them only where a law", out)

    def test_many_damaged_files_can_all_be_named(self):
        for n in range(8):
            self.put(f"{n}.zip", b"PK\3\4 broken")
        said = self.find(self.tree, status=1)
        self.assertIn("--all names them", said.err)
        self.assertEqual(self.find(self.tree, "--all", status=1).err.count(".zip"), 8)

    def test_what_is_ignored_is_named(self):
        self.put(".handbackignore", "*.log\n")
        self.put("sub/.handbackignore", "*\n")
        for name in ("a.log", "b.log", "c.log", "d.log", "sub/x.txt"):
            self.put(name, "nothing\n")
        self.assertIn("4 files or folders: a.log, b.log, c.log ...", self.find(self.tree, status=0).err)
        if os.geteuid() == 0:
            os.chown(f"{self.tree}/sub/.handbackignore", 12345, -1)
            self.assertIn("it is somebody else's", self.find(self.tree, status=0).err)
            self.assertNotIn("it is somebody else's", self.find(f"{self.tree}/sub", status=0).err)

    def test_a_number_in_a_name_is_masked(self):
        self.put(f"scan {VISA}.txt", f"card number {MASTER}\n")
        report = os.path.join(self.tmp, "found.sarif")
        for said in (self.find(self.tree, "--sarif", report, status=1), self.find(self.tree, json_rows=True, status=1)):
            self.assertNotIn(VISA, said.out + said.err)
        with open(report) as f:
            self.assertNotIn(VISA, f.read())

    def test_redact_copy(self):
        original = self.put("notes.txt", f"June paid with {VISA[:4]} {VISA[4:8]} {VISA[8:12]} {VISA[12:]}, code: cvv 123.\nSSN 536-90-4399 of June.\n{MASTER} card, {MASTER}\n")
        with open(original, "rb") as f:
            before = f.read()
        copy = os.path.join(self.tmp, "clean.txt")
        self.find(original, "--redact-copy", copy, status=0)
        with open(copy) as f:
            text = f.read()
        with open(original, "rb") as f:
            self.assertEqual(f.read(), before)
        self.assertEqual(text, f"June paid with [card ending {VISA[-4:]}], code: cvv [card code].\nSSN [Social Security number ending 4399] of June.\n"
                               f"[card ending {MASTER[-4:]}] card, [card ending {MASTER[-4:]}]\n")
        self.assertEqual(stat.S_IMODE(os.stat(copy).st_mode), 0o600)
        self.find(copy, status=0)
        self.find(original, "--redact-copy", copy, status=3)          # never over what is there
        self.find(original, "--redact-copy", original, status=3)
        self.put("sub/orders.csv", f"name,card number\nJune,{VISA}\n")
        self.put("photo.bin", b"\x89PNG\0\1\2")
        out = os.path.join(self.tmp, "cleaned")
        said = self.find(self.tree, "--redact-copy", out, status=1)
        self.assertIn("photo.bin: it is no plain text", said.out)
        self.assertEqual(sorted(os.listdir(out)), ["notes.txt", "sub"])
        self.find(out, status=0)
        self.find(f"{self.tree}/photo.bin", "--redact-copy", f"{self.tmp}/x", status=2)
        self.assertFalse(os.path.exists(f"{self.tmp}/x"))

    def test_a_copy_of_a_dump_has_no_digits_of_it_beside_its_bytes(self):
        for line in (f"card={VISA} exp", f"guest card={VISA} exp", f"a guest's card={VISA} exp"):
            raw = line.encode()
            rows = [raw[i:i + 16] for i in range(0, len(raw), 16)]
            text = "".join(f"{16 * i:08x}  {row.hex(' '):47}  |{row.decode()}|\n" for i, row in enumerate(rows))
            original, copy = self.put("dump.txt", text), os.path.join(self.tmp, f"clean-{len(line)}.txt")
            self.find(original, "--redact-copy", copy, status=0)
            with open(copy) as f:
                clean = f.read()
            self.assertIn(f"[card ending {VISA[-4:]}]", clean)
            self.assertFalse([i for i in range(12) if VISA[i:i + 5] in clean.replace(f"ending {VISA[-4:]}", "")], clean)
            self.assertNotRegex(clean, "(3[0-9] ){4}")
        self.put("host.txt", f"STORE 0412 ALBANY NY TERMINAL 17 CARD {VISA} EXP 09/28".encode("cp037"))
        self.assertIn("it is EBCDIC text", self.find(f"{self.tree}/host.txt", "--redact-copy", f"{self.tmp}/y", status=2).out)

    def test_a_copy_holds_nothing_that_was_found(self):
        cards = [card(f"4539578{i}") for i in range(10, 16)]
        rows = [f"{number},June,12/28,{500 + i}" for i, number in enumerate(cards)]
        for name, text in {
            "one.csv": "card number,name,exp,cvv\n" + rows[0] + "\n",
            "table.csv": "card number,name,exp,cvv\n" + "\n".join(rows) + "\n",
            "semicolons.csv": "cvv;pan;exp\n" + "\n".join(f"{500 + i};{n};12/28" for i, n in enumerate(cards)) + "\n",
            "tabs.txt": "name\tcard number\tsecurity code\n" + "\n".join(f"June\t{n}\t{500 + i}" for i, n in enumerate(cards)) + "\n",
            "orders.json": "[" + ",\n".join(f'{{"card_number": "{n}", "cvv": "{500 + i}"}}' for i, n in enumerate(cards)) + "]\n",
            "orders.xml": "".join(f"<order><pan>{n}</pan><cvv>{500 + i}</cvv></order>\n" for i, n in enumerate(cards)),
            "line.json": "[" + ",".join(f'{{"card_number":"{n}","cvv":"{500 + i // 2}"}}' for i, n in enumerate(cards)) + "]\n",
            "notes.txt": "".join(f"June, card {n} exp 12/28 cvv {500 + i}, SSN 536-90-4399\n" for i, n in enumerate(cards)),
        }.items():
            with self.subTest(name=name):
                original, copy = self.put(name, text), os.path.join(self.tmp, "clean-" + name)
                found = [r["kind"] for r in self.find(original, json_rows=True, status=1).rows if "kind" in r]
                self.assertEqual(found.count("card_code"), {"one.csv": 1}.get(name, len(cards)))
                self.find(original, "--redact-copy", copy, status=0)
                with open(copy) as f:
                    clean = f.read()
                self.assertNotRegex(clean, r"\b50[0-5]\b")
                for number in (*cards, "536-90-4399"):
                    self.assertNotIn(number, clean)
                self.find(copy, status=0)

    def test_a_code_beside_two_numbers_is_one(self):
        def grouped(n, sign):
            return sign.join(n[i:i + 4] for i in range(0, 16, 4))
        one, two = VISA, card("453967509")
        path = self.put("notes.txt", f"card number,name,exp,cvv\n<pan>{one}</pan><cvv>808</cvv>\n"
                                     f"card number {one} and again {grouped(one, ' ')}, security code: 800\n"
                                     f"card number {grouped(two, '-')} and again {grouped(two, '-')}, security code: 806\n"
                                     f"{grouped(two, ' ')},Joe,12/28,804\n"
                                     f"card number {grouped(one, ' ')} and again {grouped(one, '-')}, security code: 802\n"
                                     f"card {grouped(one, ' ')} exp 12/28 cvv 809\n<pan>{two}</pan><cvv>800</cvv>\n")
        places = [r["place"] for r in self.find(path, json_rows=True, status=1).rows if r.get("kind") == "card_code"]
        self.assertEqual(len(places), 6)
        self.assertEqual(len(set(places)), 6)

    def test_a_copy_goes_with_no_report(self):
        original = self.put("notes.txt", f"card number {VISA} exp 12/27\n")
        for option in (["--html", f"{self.tmp}/r.html"], ["--sarif", f"{self.tmp}/r.sarif"], ["--holder", "computer:Office"], ["--all"]):
            said = self.find(original, "--redact-copy", f"{self.tmp}/clean.txt", *option, status=2)
            self.assertIn(f"leave {option[0]} away", said.err)
        self.assertFalse([n for n in os.listdir(self.tmp) if n.startswith(("clean", "r."))])

    def test_a_copy_keeps_its_tags(self):
        four = [VISA[i:i + 4] for i in range(0, 16, 4)]
        original = self.put("page.html", f"<table><tr><td>Card <b>{four[0]}</b> {four[1]} <i>{four[2]} {four[3]}</i> exp 12/29</td></tr></table>\n"
                                         f"<pan>{VISA}</pan><p>card number {four[0]} {four[1]} {four[2]} <b>{four[3]}</b></p>\n")
        copy = os.path.join(self.tmp, "clean.html")
        self.find(original, "--redact-copy", copy, status=0)
        with open(copy) as f:
            text = f.read()
        with open(original) as f:
            self.assertEqual([tag for tag in re.findall("<[^>]*>", text)], [tag for tag in re.findall("<[^>]*>", f.read())])
        self.assertEqual(text.count(f"[card ending {VISA[-4:]}]"), 3)
        self.assertNotIn(four[1], text)

    def test_a_place_that_cannot_be_written_is_told_without_its_number(self):
        original = self.put("notes.txt", f"card number {VISA} exp 12/27\n")
        for option in ("--html", "--sarif", "--redact-copy"):
            said = self.find(original, option, f"{self.tmp}/{VISA}/x", status=3)
            self.assertNotIn(VISA, said.out + said.err)
            self.assertIn("there is no such folder. Make it first, or choose another.", said.err)
        self.find(original, "--redact-copy", f"{self.tmp}/{VISA}.txt", status=0)
        for path in (original, self.tree):
            said = self.find(path, "--redact-copy", f"{self.tmp}/{VISA}.txt", status=3)
            self.assertNotIn(VISA, said.out + said.err)
            self.assertIn("name", said.err.lower())
        said = self.find(self.tree, "--redact-copy", f"{self.tmp}/{VISA}", status=0)
        self.assertNotIn(VISA, said.out + said.err)

    def test_small_words(self):
        self.put("notes.txt", f"card number {VISA} exp 12/27\n")
        said = self.find(self.tree, status=1)
        self.assertIn("1 card number in 1 file.\n", said.out)
        os.utime(f"{self.tree}/notes.txt", (1300000000, 1300000000))
        self.assertIn("1 card number in 1 file, last changed in 2011.\n", self.find(self.tree, status=1).out)
        place = self.tree
        top = os.open(place, os.O_RDONLY)
        for _ in range(260):
            os.mkdir("d" * 20, dir_fd=top)
            below = os.open("d" * 20, os.O_RDONLY, dir_fd=top)
            os.close(top)
            top = below
        os.close(top)
        told = next(line for line in self.find(self.tree, status=1).err.splitlines() if "it is too deep" in line)
        self.assertLess(len(told), 500)
        self.assertIn(" ... ", told)

    def test_a_verdict_can_be_given_on_what_is_shown(self):
        text = f"card number {VISA} exp 12/27\n"
        names = [f"d_{MASTER}/scan_{MASTER}.txt", "two\nlines.txt", os.fsdecode(b"odd\xff.txt"), "turn\u202etxt.exe"]
        for name in names:
            self.put(name, text)
        places = [r["place"] for r in self.rows(self.tree)[0]]
        self.assertEqual(len(places), 4)
        said = self.find(self.tree, status=1)
        self.assertNotIn("\u202e", said.out)
        for place in places:
            self.assertIn(place, said.out)
            self.find("verdict", place, "test-data")
        self.assertEqual(self.rows(self.tree, status=0)[0], [])
        self.put(f"scan_{card('527103', 16)}.txt", text)
        self.put(f"scan_{card('52710333', 16)}.txt", text)
        self.find("verdict", places[0].rsplit(":", 2)[0], "none")
        self.assertEqual([r["place"] for r in self.rows(self.tree)[0]][0], places[0])

    def judge_and_look(self):
        self.put("tests/fixture.txt", f"card number {VISA} exp 12/27\ncard number {MASTER} exp 12/27\n")
        place = self.rows(self.tree)[0][0]["place"]
        self.assertEqual(place, f"{self.tree}/tests/fixture.txt:1:13")
        self.find("verdict", place, "test-data")
        rows, summary = self.rows(self.tree)
        self.assertEqual(([r["last4"] for r in rows], summary["judged"]), ([MASTER[-4:]], 1))
        self.assertEqual([r.get("verdict") for r in self.rows(self.tree, "--all")[0]], ["test-data", None])
        self.find("verdict", f"{self.tree}/tests/fixture.txt", "not-a-card")        # all in it
        self.assertIn("2 you have judged are not shown", self.find(self.tree, status=0).out)
        self.put("tests/fixture.txt", f"card number {card('453200000')} exp 12/27\ncard number {MASTER} exp 12/27\n")
        self.assertEqual([r["line"] for r in self.rows(self.tree)[0]], [1])                  # it changed there, and only there
        self.find("verdict", f"{self.tree}/tests/fixture.txt:2:13", "none")
        self.assertEqual(len(self.rows(self.tree)[0]), 2)
        self.find("verdict", f"{self.tree}/tests/fixture.txt:9:9", "test-data", status=3)
        self.find("verdict", f"{self.tree}/tests/fixture.txt:1:13", "fine", status=2)
        self.find("verdict", f"{self.tree}/nowhere:1:13", "test-data", status=3)

    def cleaned_up_is_believed_once(self):
        self.put("a.txt", f"card number {VISA} exp 12/27\n")
        self.assertIn("It is still in the file now", self.find("verdict", f"{self.tree}/a.txt:1:13", "cleaned-up").out)
        said = self.find(self.tree, status=1).out
        self.assertIn("You said that it is cleaned up, but it is still there.", said)
        self.assertNotIn("You said", self.find(self.tree, status=1).out)
        self.find("verdict", f"{self.tree}/a.txt:1:13", "cleaned-up")
        self.put("a.txt", "card number [card ending 1111]\n")
        self.find(self.tree, status=0)

    def test_verdicts_without_a_business(self):
        self.judge_and_look()
        kept = os.path.join(self.tmp, "config", "handback", "verdicts")
        self.assertEqual(stat.S_IMODE(os.stat(kept).st_mode), 0o600)
        with open(kept, "rb") as f:
            self.assertIsNone(NUMBER.search(f.read()))

    def test_verdicts_in_the_business(self):
        self.init()
        self.judge_and_look()
        self.assertFalse(os.path.exists(os.path.join(self.tmp, "config", "handback")))
        self.assertIn("find.judged", self.run_handback("log").out)

    def test_cleaned_up_without_a_business(self):
        self.cleaned_up_is_believed_once()

    def test_cleaned_up_in_the_business(self):
        self.init()
        self.cleaned_up_is_believed_once()


if __name__ == "__main__":
    tell()
