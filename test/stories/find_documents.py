"""Databases, PDFs and pictures, looked at through the real binary."""
import json
import math
import os
import random
import signal
import sqlite3
import struct
import subprocess
import time
import unittest
import zlib

from pdf import Pdf, text
from story import HANDBACK, Story, children, tell


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


class Pdfs(Documents):
    def pdf(self, name, *contents, **kw):
        p = Pdf()
        for c in contents:
            p.page(c)
        return self.file(name, p.bytes(**kw))

    def test_text_by_position_in_any_order(self):
        a, b, c, d, e = (self.cards.new() for _ in range(5))
        glyphs = [text(72 + 6.672 * i, 700, digit) for i, digit in enumerate(a)]
        self.random = random.Random(2)
        self.random.shuffle(glyphs)
        self.assert_found(self.pdf("glyphs.pdf", text(72, 720, "Visa card") + "".join(glyphs)), [a])
        boxes = "".join(text(72 + 18 * i, 600, digit) for i, digit in enumerate(b))
        self.assert_found(self.pdf("boxes.pdf", text(72, 620, "Card number") + boxes), [b])
        self.assert_found(self.pdf("wrapped.pdf", text(72, 620, "paid by Visa card " + four(c)[:9]) + text(72, 606, four(c)[10:] + " on Monday")), [c])
        turned = f"BT /F 12 Tf 0 1 -1 0 300 200 Tm (Card number {four(d)}) Tj ET"
        self.assert_found(self.pdf("turned.pdf", turned), [d])
        pieces = f"BT /F 12 Tf 72 700 Td [(Card {e[:3]}) -10 ({e[3:7]}) 5 ({e[7:8]}) -3 ({e[8:]})] TJ ET"
        self.assert_found(self.pdf("pieces.pdf", pieces), [e])

    def test_a_table_written_column_after_column(self):
        numbers = [self.cards.new() for _ in range(30)]
        columns = [["Name"] + ["June Marsh"] * 30, ["Card number"] + numbers, ["Expiry"] + ["12/29"] * 30]
        content = "".join(text(72 + 180 * c, 740 - 20 * r, cell, 11) for c, column in enumerate(columns) for r, cell in enumerate(column))
        hits = self.assert_found(self.pdf("table.pdf", content), numbers)
        self.assertEqual({h["confidence"] for h in hits}, {"certain"})
        self.assertIn("an expiry date", hits[3]["reason"])

    def test_every_page_of_many(self):
        number = self.cards.new()
        path = self.pdf("long.pdf", *[text(72, 700, f"Invoice {i} for June Marsh") for i in range(1499)], text(72, 700, "Card number " + four(number)))
        self.assertEqual(self.assert_found(path, [number])[0]["where"], "page 1500")

    def test_form_fields(self):
        a, b = self.cards.new(), self.cards.new()
        p = Pdf()
        # without an appearance, in a font that is not there: the reader must make one up, or do without
        field = lambda n, y, name, value, more="": p.add(f"<</Type/Annot/Subtype/Widget/FT/Tx/T({name})/V({value})/Rect[72 {y} 400 {y + 20}]/DA(/Nowhere 12 Tf){more}>>")
        shown = p.stream(text(2, 5, b), f"/Type/XObject/Subtype/Form/BBox[0 0 328 20]/Resources<</Font<</F {p.font} 0 R>>>>")
        fields = [field(0, 700, "CardNumber", a), field(1, 650, "Name", "June Marsh"), field(2, 600, "f3", b, f"/TU(Your second card)/AP<</N {shown} 0 R>>"),
                  field(3, 550, "Empty", "")]
        annots = " ".join(f"{f} 0 R" for f in fields)
        p.catalog = f"/AcroForm<</NeedAppearances true/Fields[{annots}]/DR<</Font<</Helv {p.font} 0 R>>>>>>"
        p.page(text(72, 740, "Order form"), f"/Annots[{annots}]")
        hits = self.assert_found(self.file("form.pdf", p.bytes()), [a, b], where="page 1, form")
        self.assertEqual(len(hits), 2)
        self.assertIn("CardNumber", str(hits))

    def test_notes_attachments_properties_and_hidden_layers(self):
        a, b, c, d, e, f = (self.cards.new() for _ in range(6))
        p = Pdf()
        embed = lambda name, body: p.add(f"<</Type/Filespec/F({name})/UF({name})/EF<</F {p.stream(body, '/Type/EmbeddedFile')} 0 R>>>>")
        inner = Pdf()
        inner.page(text(72, 700, "Card number " + b))
        attached, pinned = embed("inner.pdf", inner.bytes()), embed("cards.csv", "name,card_number\nJune," + c + "\n")
        note = p.add(f"<</Type/Annot/Subtype/Text/Rect[10 10 30 30]/Contents(Visa card {four(a)})>>")
        pin = p.add(f"<</Type/Annot/Subtype/FileAttachment/Rect[50 10 70 30]/FS {pinned} 0 R>>")
        p.info = p.add(f"<</Title(Visa card {four(d)})/Author(June Marsh)>>")
        layer = p.add("<</Type/OCG/Name(hidden)>>")
        entry = p.add(f"<</Title(Card number {four(f)})>>")
        p.objects[entry] = p.objects[entry][:-2] + b"/Parent %d 0 R>>" % (entry + 1)
        outline = p.add(f"<</Type/Outlines/First {entry} 0 R/Last {entry} 0 R/Count 1>>")
        p.catalog = (f"/Names<</EmbeddedFiles<</Names[(inner.pdf) {attached} 0 R]>>>>/OCProperties<</OCGs[{layer} 0 R]/D<</OFF[{layer} 0 R]>>>>"
                     f"/Outlines {outline} 0 R")
        p.page(text(72, 700, "A page") + f"/OC /L BDC {text(72, 600, 'Card number ' + four(e))} EMC", f"/Annots[{note} 0 R {pin} 0 R]",
               f"/Properties<</L {layer} 0 R>>")
        hits = self.assert_found(self.file("all.pdf", p.bytes()), [a, b, c, d, e, f])
        self.assertEqual({h["last4"]: (h["member"], h["where"]) for h in hits},
                         {a[-4:]: ("", "page 1, note"), b[-4:]: ("inner.pdf", "page 1"), c[-4:]: ("cards.csv", ""), d[-4:]: ("", "Title"),
                          e[-4:]: ("", "page 1"), f[-4:]: ("", "table of contents")})

    def test_dates_of_every_sort(self):
        number = self.cards.new()
        for i, date in enumerate(["D:20220429171908Z", "D:20240506233000+02'00'", "D:20240506233000-05'30", "D:2024", "D:20240506233000+99'99'", "D:20241399999999X", "yesterday"]):
            p = Pdf()
            p.info = p.add(f"<</Producer(cairo 1.16.0)/CreationDate({date})/ModDate({date})>>")
            p.page(text(72, 700, "Card number " + four(number)))
            self.assert_found(self.file(f"date{i}.pdf", p.bytes()), [number])

    def test_passwords(self):
        number = self.cards.new()
        content = text(72, 700, "Card number " + four(number))
        self.assert_found(self.pdf("open.pdf", content, password=""), [number])
        hits, said = self.find(self.pdf("shut.pdf", content, password="secret words"))
        self.assertEqual(hits, [])
        self.assertIn("encrypted", said["skipped"][0]["why"])

    def test_fonts_and_encodings_that_are_not_there(self):
        number = self.cards.new()
        p = Pdf()
        cid = p.add("<</Type/Font/Subtype/CIDFontType0/BaseFont/Ryumin-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 6>>/FontDescriptor"
                    "<</Type/FontDescriptor/FontName/Ryumin-Light/Flags 4>>>>")
        wide = p.add(f"<</Type/Font/Subtype/Type0/BaseFont/Ryumin-Light/Encoding/90ms-RKSJ-H/DescendantFonts[{cid} 0 R]>>")
        odd = p.add("<</Type/Font/Subtype/TrueType/BaseFont/NoSuchFont-Bold/Encoding/WinAnsiEncoding>>")
        p.page(text(72, 740, "\x83J\x81[\x83h", font="W") + text(72, 700, "Card number " + four(number), font="O"),
               resources=f"/XObject<<>>").__index__()
        p.objects[p.pages[-1]] = p.objects[p.pages[-1]].replace(b"/Font<<", b"/Font<</W %d 0 R/O %d 0 R" % (wide, odd))
        self.assert_found(self.file("fonts.pdf", p.bytes()), [number])

    def test_damage(self):
        numbers = [self.cards.new() for _ in range(20)]
        p = Pdf()
        for n in numbers:
            p.page(text(72, 700, "Card number " + four(n)))
        whole = p.bytes()
        middle = whole.index(b"4 0 obj")
        path = self.file("torn.pdf", whole[:middle] + b"\xee" * 40 + whole[middle + 40:].replace(b"startxref", b"startxxxx"))
        self.assert_found(path, numbers[1:], summary="damaged")
        hits, said = self.find(self.file("noise.pdf", b"%PDF-1.4\n" + bytes(range(256)) * 20))
        self.assertIn("damaged", said["skipped"][0]["why"])
        loop = Pdf()
        loop.page("x")
        loop.objects[loop.pages[0]] = b"<</Type/Pages/Count 99999999/Kids[%d 0 R %d 0 R]>>" % (loop.tree, loop.tree)
        self.find(self.file("loop.pdf", loop.bytes()))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, *chunks, data=None):
    """Grey and white, unless there is data."""
    rows = zlib.compress(b"".join(b"\0" + b"\xff" * width for _ in range(height))) if data is None else data
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) + b"".join(chunks) + chunk(b"IDAT", rows) +
            chunk(b"IEND", b""))


@unittest.skipUnless(os.path.exists("/usr/bin/pdftoppm") and os.path.exists("/usr/bin/tesseract"), "pictures need poppler-utils and tesseract-ocr")
class Pictures(Documents):
    def drawn(self, name, content, width, height, dpi=150):
        """Drawn by poppler; the name's ending says what it becomes."""
        p = Pdf()
        bold = p.add("<</Type/Font/Subtype/Type1/BaseFont/Courier-Bold>>")
        dark = p.add(f"<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 {width} {height}]/Extend[true true]"
                     "/Function<</FunctionType 2/Domain[0 1]/C0[0.05 0.1 0.35]/C1[0.35 0.05 0.4]/N 1>>>>")
        p.page(content, resources=f"/Shading<</S {dark} 0 R>>")
        page = p.objects[p.pages[0]].replace(b"0 0 612 792", b"0 0 %d %d" % (width, height)).replace(b"/Font<<", b"/Font<</B %d 0 R" % bold)
        p.objects[p.pages[0]] = page
        stem, _, kind = name.rpartition(".")
        subprocess.run(["pdftoppm", "-singlefile", "-r", str(dpi), "-" + {"jpg": "jpeg", "tif": "tiff"}.get(kind, kind), self.file(stem + ".pdf", p.bytes()),
                        os.path.join(self.tmp, stem)], check=True)
        os.unlink(os.path.join(self.tmp, stem + ".pdf"))
        return os.path.join(self.tmp, name)

    def card(self, number, degrees):
        """A card on a table: light embossed digits on a dark one."""
        c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        return (f"0.8 0.75 0.7 rg 0 0 400 300 re f q {c:.4f} {s:.4f} {-s:.4f} {c:.4f} 60 40 cm q 0 0 300 190 re W n /S sh Q 0.8 0.7 0.3 rg 20 105 40 30 re f "
                f"0 0 0 rg {text(20.8, 69.2, four(number), 24, 'B')} 0.85 0.85 0.8 rg {text(20, 70, four(number), 24, 'B')}"
                f"{text(20, 20, 'JUNE MARSH', 13, 'B')}{text(150, 45, 'VALID THRU 12/29', 9)}{text(200, 160, 'First Bank', 16)}Q")

    def form(self, number):
        lines = ["Name: June Marsh", "Address: 12 Mill St, Hudson NY 12534", "Card number: " + four(number), "Expires: 12/29", "Signature:"]
        return "1 g 0 0 612 792 re f 0 g " + text(72, 700, "ORDER FORM", 18) + "".join(text(72, 660 - 24 * i, line, 11) for i, line in enumerate(lines))

    def test_photos_of_cards(self):
        for name, degrees in (("straight.jpg", 0), ("tilted.png", -5), ("aslant.tif", 8)):
            number = self.cards.new()
            hits = self.assert_found(self.drawn(name, self.card(number, degrees), 400, 300, 200), [number])
            self.assertEqual(hits[0]["where"], "picture")

    def test_forms_screenshots_and_what_stands_on_its_side(self):
        a, b, c = (self.cards.new() for _ in range(3))
        self.assert_found(self.drawn("form.png", self.form(a), 612, 792), [a])
        dark = "0.12 g 0 0 500 300 re f 0.9 g " + text(20, 250, "Customer details", 14) + text(20, 200, "Card: " + b, 9) + text(20, 180, "Balance 120.00 USD", 9)
        self.assert_found(self.drawn("screen.png", dark, 500, 300, 96), [b])
        self.assert_found(self.drawn("side.jpg", "0 1 -1 0 792 0 cm " + self.form(c), 792, 612), [c])

    @staticmethod
    def is_ocr(pid):
        try:
            with open(f"/proc/{pid}/cmdline") as f:
                return "find-ocr" in f.read()
        except OSError:
            return False

    def test_a_reader_of_pictures_that_is_killed_is_not_a_missing_one(self):
        paths = [self.drawn(f"form{n}.png", self.form(self.cards.new()), 612, 792, 200) for n in range(2)]
        scan = subprocess.Popen([HANDBACK, "--data", self.data, "--json", "find", *paths], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        killed = set()
        while scan.poll() is None:
            for box in children(scan.pid):
                if not killed and self.is_ocr(box) and children(box):
                    killed.add(box)
                    os.kill(box, signal.SIGKILL)
            time.sleep(0.01)
        out, _ = scan.communicate()
        rows = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(len(killed), 1)
        self.assertEqual([r["path"] for r in rows[:-1]], paths)        # the second try reads it

    def test_scanned_pages(self):
        a, b = self.cards.new(), self.cards.new()
        p = Pdf()
        for number, turned in ((a, ""), (b, "/Rotate 180")):
            with open(self.drawn("scan.jpg", self.form(number), 612, 792), "rb") as f:
                scan = f.read()
            image = p.stream(scan, "/Type/XObject/Subtype/Image/Width 1275/Height 1650/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode", flate=False)
            upside = "-612 0 0 -792 612 792" if turned else "612 0 0 792 0 0"
            p.page(f"q {upside} cm /I Do Q", turned, f"/XObject<</I {image} 0 R>>")
        hits = self.assert_found(self.file("scan.pdf", p.bytes()), [a, b])
        self.assertEqual({h["last4"]: h["where"] for h in hits}, {a[-4:]: "page 1, picture", b[-4:]: "page 2, picture"})

    def test_words_beside_the_pixels(self):
        a, b, c, d = (self.cards.new() for _ in range(4))
        words = (chunk(b"tEXt", b"Comment\0Visa card " + four(a).encode()), chunk(b"zTXt", b"Note\0\0" + zlib.compress(b"Visa card " + four(b).encode())),
                 chunk(b"iTXt", b"Title\0\1\0en\0\0" + zlib.compress(b"Visa card " + four(c).encode())))
        self.assert_found(self.file("small.png", png(20, 20, *words)), [a, b, c])
        with open(self.drawn("blank.jpg", "1 g 0 0 100 100 re f", 100, 100), "rb") as f:
            jpeg = f.read()
        note = b"Visa card " + four(d).encode()
        self.assert_found(self.file("note.jpg", jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(note) + 2) + note + jpeg[2:]), [d])

    def test_bombs_and_damage_cost_that_file_alone(self):
        number = self.cards.new()
        bomb = self.file("bomb.png", png(60000, 60000, data=zlib.compress(b"\0" * 1000000)))
        torn = self.file("torn.png", png(600, 400)[:-60])
        text_file = self.file("note.txt", "Visa card " + four(number))
        hits, said = self.find(bomb, torn, text_file)
        self.assertEqual([h["last4"] for h in hits], [number[-4:]])
        self.assertIn("limit of size", str([s["why"] for s in said["skipped"] if s["path"] == bomb]))
        self.assertIn("damaged", str([s["why"] for s in said["skipped"] if s["path"] == torn]))


if __name__ == "__main__":
    tell()
