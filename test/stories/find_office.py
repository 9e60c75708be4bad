"""Office documents, archives and RTF as they come: what is found in them and where, what is named as unread, and that bombs end."""
import bz2
import gzip
import io
import lzma
import os
import struct
import subprocess
import tarfile
import time
import zipfile

from story import Story, tell

VISA, MASTER, AMEX = "4539578763621486", "5425233430109903", "378282246310005"
TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def rels(**targets):
    """id=type:target"""
    return ('<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' +
            "".join(f'<Relationship Id="{k}" Type="{TYPE}{v.split(":")[0]}" Target="{v.split(":")[1]}"/>' for k, v in targets.items()) + "</Relationships>")


def zipped(parts, method=zipfile.ZIP_DEFLATED):
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w", method) as z:
        for name, content in parts.items():
            z.writestr(name, content)
    return b.getvalue()


def run(text):
    return f"<w:r><w:t>{text}</w:t></w:r>"


def docx(body, **more):
    return zipped({"_rels/.rels": rels(a="officeDocument:word/document.xml"),
                   "word/document.xml": f'<w:document xmlns:w="w"><w:body>{body}</w:body></w:document>', **more})


def xlsx(sheets, **more):
    """sheets: name -> (attributes, rows as XML)"""
    names = "".join(f'<sheet name="{n}" sheetId="{i}" {a} r:id="s{i}"/>' for i, (n, (a, _)) in enumerate(sheets.items()))
    return zipped({"_rels/.rels": rels(a="officeDocument:xl/workbook.xml"),
                   "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{TYPE[:-1]}"><sheets>{names}</sheets></workbook>',
                   "xl/_rels/workbook.xml.rels": rels(**{f"s{i}": f"worksheet:worksheets/{i}.xml" for i in range(len(sheets))}),
                   **{f"xl/worksheets/{i}.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>' for i, (_, rows) in enumerate(sheets.values())},
                   **more})


def cells(row, **values):
    def cell(column, v):
        return f'<c r="{column}{row}" t="inlineStr"><is><t>{v}</t></is></c>' if isinstance(v, str) else f'<c r="{column}{row}"><v>{v}</v></c>'
    return f'<row r="{row}">' + "".join(cell(c, v) for c, v in values.items()) + "</row>"


class FindOffice(Story):
    def find(self, *names, seconds=60):
        """What was found, as (file, member, where, last four), and what was not read, as (file, member): why."""
        begun = time.monotonic()
        said = self.json("find", *[os.path.join(self.tmp, n) for n in names], key=False, status=None)
        self.assertIn(said.status, (0, 1), said.err)
        self.assertLess(time.monotonic() - begun, seconds)
        rows = said.rows
        hits = [(os.path.basename(r["path"]), r["member"], r["where"], r["last4"]) for r in rows if "summary" not in r]
        skipped = {(os.path.basename(s["path"]), s["member"]): s["why"] for s in rows[-1]["summary"]["skipped"]}
        return hits, skipped

    def tool(self, *call):
        subprocess.run(call, cwd=self.tmp, check=True, stdout=subprocess.DEVNULL)

    # ---- documents ----

    def test_a_word_document(self):
        self.file("a.docx", docx(
            f"<w:p>{run('Visa card: 4539 57')}<w:proofErr/>{run('87 63')}{run('62 1486')}</w:p>"
            f"<w:p>{run('The card was ')}<w:del><w:r><w:delText>54252334</w:delText></w:r><w:r><w:delText>30109903</w:delText></w:r></w:del></w:p>"
            f"<w:tbl><w:tr><w:tc><w:p>{run('Name')}</w:p></w:tc><w:tc><w:p>{run('Card number')}</w:p></w:tc></w:tr>"
            f"<w:tr><w:tc><w:p>{run('Ann')}</w:p></w:tc><w:tc><w:p>{run(VISA)}</w:p></w:tc></w:tr></w:tbl>",
            **{"word/_rels/document.xml.rels": rels(c="comments:comments.xml", h="header:header1.xml"),
               "word/comments.xml": f'<w:comments xmlns:w="w"><w:comment w:id="0"><w:p>{run("card " + MASTER)}</w:p></w:comment></w:comments>',
               "word/header1.xml": f'<w:hdr xmlns:w="w"><w:p>{run("Amex card " + AMEX)}</w:p></w:hdr>',
               "word/embeddings/in.xlsx": xlsx({"Paid": ("", cells(1, A="card", B=VISA))}),
               "customXml/item1.xml": f"<x>card {MASTER}</x>"}))
        hits, skipped = self.find("a.docx")
        self.assertEqual(skipped, {})
        self.assertEqual(set(hits), {
            ("a.docx", "", "paragraph 1", "1486"), ("a.docx", "", "paragraph 2, deleted text", "9903"), ("a.docx", "", "table 1, row 2, column 2", "1486"),
            ("a.docx", "", "comment 1", "9903"), ("a.docx", "", "header", "0005"), ("a.docx", "word/embeddings/in.xlsx", "sheet Paid, cell B1", "1486"),
            ("a.docx", "customXml/item1.xml", "", "9903")})

    def test_a_workbook(self):
        self.file("a.xlsx", xlsx({
            "Orders": ("", cells(1, A="Name", B="Card number", C="Expires") + cells(2, A="Ann", B=int(VISA), C="12/29") + cells(3, A="Bo", B=MASTER, C="01/30")),
            "Parts": ("", cells(1, A="a", B="b", C="c", D="d", E="Expires") + cells(2, A="4539", B="5787", C="6362", D="1486", E="12/29")),
            "Old": ('state="hidden"', cells(7, B="card number " + MASTER))},
            **{"xl/worksheets/_rels/0.xml.rels": rels(c="comments:../comments1.xml"),
               "xl/comments1.xml": f'<comments xmlns="{MAIN}"><commentList><comment ref="C2"><text><t>card {AMEX}</t></text></comment></commentList></comments>'}))
        hits, skipped = self.find("a.xlsx")
        self.assertEqual(skipped, {})
        self.assertEqual(set(hits), {
            ("a.xlsx", "", "sheet Orders, cell B2", "1486"), ("a.xlsx", "", "sheet Orders, cell B3", "9903"), ("a.xlsx", "", "sheet Orders, comment on C2", "0005"),
            ("a.xlsx", "", "sheet Parts, cell A2", "1486"), ("a.xlsx", "", "sheet Old (hidden), cell B7", "9903")})

    def test_slides_and_open_documents(self):
        self.file("a.pptx", zipped({
            "_rels/.rels": rels(a="officeDocument:ppt/presentation.xml"),
            "ppt/presentation.xml": f'<p:presentation xmlns:p="p" xmlns:r="{TYPE[:-1]}"><p:sldIdLst><p:sldId id="256" r:id="a"/></p:sldIdLst></p:presentation>',
            "ppt/_rels/presentation.xml.rels": rels(a="slide:slides/slide9.xml"),
            "ppt/slides/slide9.xml": f'<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>card 45395787</a:t></a:r><a:r><a:t>63621486</a:t></a:r></a:p></p:sld>',
            "ppt/slides/_rels/slide9.xml.rels": rels(n="notesSlide:../notesSlides/n.xml"),
            "ppt/notesSlides/n.xml": f'<p:notes xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>card {MASTER}</a:t></a:r></a:p></p:notes>'}))
        spaces = 'xmlns:office="o" xmlns:text="t" xmlns:table="b"'
        self.file("a.odt", zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml":
            f"<d {spaces}><text:p>card 4539<text:span>5787</text:span>6362<text:s/>1486<office:annotation><text:p>card {MASTER}</text:p></office:annotation></text:p></d>"}))
        self.file("a.ods", zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml":
            f'<d {spaces}><office:spreadsheet><table:table table:name="Orders"><table:table-row><table:table-cell><text:p>Card number</text:p></table:table-cell></table:table-row>'
            f'<table:table-row><table:table-cell office:value-type="float" office:value="{VISA}"><text:p>4.54E+15</text:p></table:table-cell></table:table-row></table:table>'
            "</office:spreadsheet></d>"}))
        self.file("a.epub", zipped({"mimetype": "application/epub+zip", "OEBPS/one.xhtml": f"<p>card <b>{VISA}</b></p>"}))
        self.file("a.rtf", r"{\rtf1\ansi{\v card }4539{\b 5787}6362\u49?486\par\trowd\intbl card\cell " + MASTER + r"\cell\row}")
        hits, skipped = self.find("a.pptx", "a.odt", "a.ods", "a.epub", "a.rtf")
        self.assertEqual(skipped, {})
        self.assertEqual(set(hits), {
            ("a.pptx", "", "slide 1", "1486"), ("a.pptx", "", "slide 1, notes", "9903"),
            ("a.odt", "", "paragraph 1", "1486"), ("a.odt", "", "paragraph 1, comment", "9903"), ("a.ods", "", "sheet Orders, cell A2", "1486"),
            ("a.epub", "OEBPS/one.xhtml", "", "1486"), ("a.rtf", "", "paragraph 1", "1486"), ("a.rtf", "", "table 1, row 1, column 2", "9903")})

    # ---- archives ----

    def test_archives_of_each_kind_and_in_one_another(self):
        text = f"Visa card number {VISA}\n".encode()
        self.file("card.txt", text)
        inner = zipped({"card.txt": text})
        self.file("mid.zip", zipped({"deep/inner.zip": inner, "Büro.txt": text}, zipfile.ZIP_STORED))
        self.tool("7z", "a", "-bd", "out.7z", "mid.zip")
        self.tool("zstd", "-q", "card.txt")
        self.tool("7z", "a", "-bd", "-mm=bzip2", "other.zip", "card.txt")
        for name, mode in (("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tar.bz2", "w:bz2"), ("a.tar.xz", "w:xz")):
            with tarfile.open(os.path.join(self.tmp, name), mode) as t:
                t.add(os.path.join(self.tmp, "card.txt"), "dir/card.txt")
        for name, content in {"b.txt.gz": gzip.compress(text), "b.txt.bz2": bz2.compress(text), "b.txt.xz": lzma.compress(text)}.items():
            self.file(name, content)
        hits, skipped = self.find("out.7z", "card.txt.zst", "other.zip", "a.tar", "a.tar.gz", "a.tar.bz2", "a.tar.xz", "b.txt.gz", "b.txt.bz2", "b.txt.xz")
        self.assertEqual(skipped, {})
        self.assertEqual(sorted((f, m) for f, m, _, _ in hits), sorted(
            [("out.7z", "mid.zip!deep/inner.zip!card.txt"), ("out.7z", "mid.zip!Büro.txt"), ("card.txt.zst", "card.txt"), ("other.zip", "card.txt")] +
            [(f"a.tar{e}", "dir/card.txt") for e in ("", ".gz", ".bz2", ".xz")] + [(f"b.txt{e}", "b.txt") for e in (".gz", ".bz2", ".xz")]))

    def test_what_is_encrypted_is_named(self):
        self.file("card.txt", "x" * 100)
        self.tool("7z", "a", "-bd", "-pfour words", "old.zip", "card.txt")
        self.tool("7z", "a", "-bd", "-pfour words", "-mem=AES256", "aes.zip", "card.txt")
        self.tool("7z", "a", "-bd", "-pfour words", "data.7z", "card.txt")
        self.tool("7z", "a", "-bd", "-pfour words", "-mhe=on", "names.7z", "card.txt")
        hits, skipped = self.find("old.zip", "aes.zip", "data.7z", "names.7z")
        self.assertEqual(hits, [])
        self.assertEqual(set(skipped), {("old.zip", "card.txt"), ("aes.zip", "card.txt"), ("data.7z", "card.txt"), ("names.7z", "")})
        for why in skipped.values():
            self.assertIn("encrypted", why)

    def test_what_comes_before_damage_is_found(self):
        text = f"Visa card number {VISA}\n".encode()
        whole = zipped({"one.txt": text, "two.txt": os.urandom(3000)})
        self.file("end.zip", whole[:-40])
        self.file("half.zip", whole[:1000])
        self.file("half.gz", gzip.compress(text + os.urandom(3000))[:1000])
        self.file("half.docx", docx(f"<w:p>{run('card ' + VISA)}</w:p>" + "<w:p>")[:-30])
        hits, skipped = self.find("end.zip", "half.zip", "half.gz", "half.docx")
        self.assertEqual({(f, m) for f, m, _, _ in hits}, {("end.zip", "one.txt"), ("half.zip", "one.txt"), ("half.gz", "half"), ("half.docx", "word/document.xml")})
        for name in ("end.zip", "half.zip", "half.gz", "half.docx"):
            self.assertIn("damaged", skipped[name, ""])

    # ---- what is meant to do harm ----

    def test_bombs_end_and_what_is_beside_them_is_found(self):
        zeros = zipped({"zeros": bytes(1 << 27)})
        self.file("ratio.zip", zipped({f"{i}.zip": zeros for i in range(16)}))
        layer = zipped({f"{i}": bytes(1 << 24) for i in range(8)})
        for _ in range(4):
            layer = zipped({f"{i}.zip": layer for i in range(16)})
        self.file("layers.zip", layer)
        self.file("many.zip", overlapping(bytes(1 << 24), 60000))
        self.file("sheet.xlsx", xlsx({"A": ("", cells(1, A=VISA, B="card") + "<row>" + " " * (3 << 28) + "</row>")}))
        self.file("beside.txt", f"Visa card number {VISA}\n")
        hits, skipped = self.find("ratio.zip", "layers.zip", "many.zip", "sheet.xlsx", "beside.txt")
        self.assertIn(("beside.txt", "", "", "1486"), hits)
        self.assertIn(("sheet.xlsx", "", "sheet A, cell A1", "1486"), hits)
        for name in ("ratio.zip", "layers.zip", "sheet.xlsx"):
            self.assertIn("over the limit of size", skipped[name, ""])

    def test_too_deep_is_named(self):
        inner = zipped({"card.txt": f"card {VISA}"})
        for _ in range(12):
            inner = zipped({"in.zip": inner, "here.txt": f"Visa card number {VISA}"})
        self.file("deep.zip", inner)
        hits, skipped = self.find("deep.zip")
        self.assertEqual(len(hits), 8)
        self.assertEqual({m for _, m in skipped}, {"!".join(["in.zip"] * 9), "!".join(["in.zip"] * 8 + ["here.txt"])})

    def test_xml_that_would_grow_is_text(self):
        entities = "".join(f'<!ENTITY a{i} "&a{i - 1};&a{i - 1};&a{i - 1};&a{i - 1};&a{i - 1};&a{i - 1};&a{i - 1};&a{i - 1};">' for i in range(1, 12))
        self.file("laughs.docx", zipped({
            "_rels/.rels": rels(a="officeDocument:word/document.xml"),
            "word/document.xml": f'<!DOCTYPE d [<!ENTITY a0 "{VISA}">{entities}]><w:document xmlns:w="w"><w:body><w:p><w:r><w:t>&a11;</w:t></w:r></w:p></w:body></w:document>'}))
        hits, _ = self.find("laughs.docx")
        self.assertLessEqual(len(hits), 1)


def overlapping(content, n):
    """A zip whose directory names one part n times."""
    one = zipped({"a": content})
    end = one.rindex(b"PK\5\6")
    start, = struct.unpack("<I", one[end + 16:end + 20])
    entry = one[start:end]
    return one[:start] + entry * n + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, n, n, len(entry) * n, start, 0)


if __name__ == "__main__":
    tell()
