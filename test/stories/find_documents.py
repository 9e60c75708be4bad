"""Databases, PDFs and pictures, looked at through the real binary."""
import os
import random
import sqlite3

from story import Story, tell


def check_digit(digits):
    total = 0
    for i, c in enumerate(reversed(digits)):
        d = int(c) * (2 - i % 2)
        total += d - 9 if d > 9 else d
    return str(-total % 10)


class Cards:
    """Numbers that nobody has: made here, with a right check digit."""
    def __init__(self, seed):
        self.random = random.Random(seed)

    def new(self, start="4", length=16):
        digits = start + "".join(self.random.choice("0123456789") for _ in range(length - 1 - len(start)))
        return digits + check_digit(digits)


def four(number):
    return " ".join(number[i:i + 4] for i in range(0, len(number), 4))


class Documents(Story):
    def setUp(self):
        super().setUp()
        self.cards = Cards(self.id())

    def find(self, *paths, status=None):
        """Hits and the summary."""
        rows = self.json("find", *paths, key=False, status=status).rows
        self.assertIn("summary", rows[-1])
        return rows[:-1], rows[-1]["summary"]

    def assert_found(self, path, numbers, where=None, summary=None):
        hits, said = self.find(path)
        found = {h["last4"] for h in hits if h["kind"] == "card_number" and h["confidence"] != "unlikely" and
                 (where is None or where in h["where"])}
        self.assertEqual({n[-4:] for n in numbers} - found, set(), f"{os.path.basename(path)}: {said}")
        for n in numbers:
            self.assertNotIn(n, str(hits))
        if summary is not None:
            self.assertIn(summary, str(said["skipped"]))
        else:
            self.assertEqual(said["skipped"], [])
        return hits


class Databases(Documents):
    def database(self, name, *statements, encoding="UTF-8"):
        path = os.path.join(self.tmp, name)
        db = sqlite3.connect(path)
        db.execute(f"PRAGMA encoding = '{encoding}'")
        db.execute("PRAGMA secure_delete = OFF")
        for s in statements:
            if isinstance(s, str):
                db.execute(s)
            else:
                db.executemany(*s)
            db.commit()
        db.close()
        return path

    def test_text_integers_reals_and_tables_without_rowid(self):
        text, integer, real, key = ([self.cards.new() for _ in range(5)] for _ in range(4))
        path = self.database(
            "shop.db", "CREATE TABLE card(id INTEGER PRIMARY KEY, holder TEXT, pan TEXT, expiry TEXT)", "CREATE TABLE amount(pan INTEGER, paid REAL)",
            "CREATE TABLE loose(card_number REAL)", "CREATE TABLE keyed(card_number TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID",
            ("INSERT INTO card(holder, pan, expiry) VALUES('June Marsh', ?, '12/29')", [(four(n),) for n in text]),
            ("INSERT INTO amount VALUES(?, 19.99)", [(int(n),) for n in integer]), ("INSERT INTO loose VALUES(?)", [(float(n),) for n in real]),
            ("INSERT INTO keyed VALUES(?, 'June')", [(n,) for n in key]))
        hits = self.assert_found(path, text + integer + real + key)
        places = {h["last4"]: h["where"] for h in hits}
        self.assertEqual(places[text[1][-4:]], "table card, row 2, column pan")
        self.assertEqual(places[integer[4][-4:]], "table amount, row 5, column pan")

    def test_deleted_rows(self):
        for encoding in ("UTF-8", "UTF-16le", "UTF-16be"):
            text, integer = ([self.cards.new() for _ in range(60)] for _ in range(2))
            path = self.database(
                encoding + ".db", "CREATE TABLE card(id INTEGER PRIMARY KEY, holder TEXT, pan TEXT)", "CREATE TABLE amount(pan INTEGER, note TEXT)",
                ("INSERT INTO card(holder, pan) VALUES('June Marsh', ?)", [(n,) for n in text]),
                ("INSERT INTO amount VALUES(?, 'paid')", [(int(n),) for n in integer]),
                "DELETE FROM card WHERE id % 2", "DELETE FROM amount WHERE rowid % 2")
            self.assert_found(path, text[0::2] + integer[0::2], where="deleted rows")
            self.assert_found(path, text[1::2] + integer[1::2], where=", row ")

    def test_a_dropped_table(self):
        numbers = [self.cards.new() for _ in range(300)]
        path = self.database("dropped.db", "CREATE TABLE kept(a)", "CREATE TABLE card(holder TEXT, pan INTEGER)",
                             ("INSERT INTO card VALUES('June Marsh', ?)", [(int(n),) for n in numbers]), "DROP TABLE card")
        self.assert_found(path, numbers, where="deleted rows, page")

    def test_files_within_a_database(self):
        a, b = [self.cards.new() for _ in range(3)], self.cards.new()
        inner = self.database("inner.db", "CREATE TABLE t(card_number TEXT)", ("INSERT INTO t VALUES(?)", [(n,) for n in a]))
        with open(inner, "rb") as f:
            blob = f.read()
        path = self.database("outer.db", "CREATE TABLE files(name TEXT, body BLOB)",
                             ("INSERT INTO files VALUES(?, ?)", [("inner.db", blob), ("note.txt", ("Visa card " + b).encode()), ("wide.txt", ("Visa card " + b).encode("utf-16"))]))
        hits = self.assert_found(path, a + [b])
        self.assertIn("table files, row 1, column body", {h["member"] for h in hits})
        self.assertEqual(len([h for h in hits if h["last4"] == b[-4:]]), 2)

    def test_a_damaged_database_is_read_as_far_as_it_goes_and_said_so(self):
        numbers = [self.cards.new() for _ in range(400)]
        path = self.database("torn.db", "CREATE TABLE card(holder TEXT, pan INTEGER)", ("INSERT INTO card VALUES('June Marsh', ?)", [(int(n),) for n in numbers]))
        with open(path, "r+b") as f:
            f.seek(4096)
            f.write(b"\xee" * 64)
        self.assert_found(path, numbers, where="rows, page", summary="damaged")

    def test_a_hostile_schema_runs_nothing(self):
        number = self.cards.new()
        path = self.database("hostile.db", "CREATE TABLE card(pan TEXT, bomb TEXT GENERATED ALWAYS AS (hex(zeroblob(20000000))) VIRTUAL)",
                             ("INSERT INTO card(pan) VALUES(?)", [("Visa card " + four(number),)]),
                             "CREATE VIEW card_view AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT * FROM n",
                             "CREATE TRIGGER t AFTER INSERT ON card BEGIN SELECT hex(zeroblob(20000000)); END")
        self.assert_found(path, [number])


if __name__ == "__main__":
    tell()
