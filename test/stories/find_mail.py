"""find in mail and in older Office files, what is attached or embedded, and what cannot be read; through the program, parsers in their boxes."""
import base64
import io
import os
import unittest
import zipfile
from email.message import EmailMessage

import pst
from story import Story, tell

VISA, MASTER, AMEX, DISCOVER, JCB = "4012888888881881", "5555555555554444", "378282246310005", "6011111111111117", "3530111333300000"


def message(subject="order", text="", sender="Ana Ortiz <ana@example.com>", date="Mon, 03 Nov 2025 10:00:00 +0100", cte="quoted-printable"):
    m = EmailMessage()
    m["From"], m["To"], m["Date"], m["Subject"] = sender, "shop@example.com", date, subject
    m.set_content(text or "hello\n", cte=cte)
    return m


class FindMail(Story):
    def found(self, name, content, status=None):
        """Where each number was found, by its last four digits; and what could not be read."""
        path = self.file(name, content)
        return self.said(path, status)

    def said(self, path, status=None):
        said = self.json("find", "--all", path, key=False, status=status)
        self.whole = said
        for number in (VISA, MASTER, AMEX, DISCOVER, JCB):
            self.assertNotIn(number, said.out + said.err)
        places, self.unread = {}, {}
        for row in said.rows:
            if "last4" in row:
                places.setdefault(row["last4"], []).append((row.get("member", ""), row.get("where", "")))
            for skipped in row.get("summary", {}).get("skipped", []):
                self.unread[skipped["member"]] = skipped["why"]
        return places

    def test_text_in_every_encoding(self):
        for cte, charset, text in [("base64", "utf-8", f"card {VISA} exp 04/27"), ("quoted-printable", "utf-8", f"card {VISA} exp 04/27 \u00e9\u00e8 {'x' * 90}"),
                                   ("8bit", "utf-8", f"Karte {VISA} g\u00fcltig"), ("base64", "utf-16", f"card {VISA} exp 04/27"),
                                   ("base64", "x-never-heard-of", f"card {VISA} exp 04/27"), ("base64", "ibm037", f"card {VISA} exp 04/27")]:
            raw = text.encode("utf-16" if charset == "utf-16" else "utf-8")
            body = base64.encodebytes(raw) if cte == "base64" else raw if cte == "8bit" else EmailMessage()
            if cte == "quoted-printable":
                import quopri
                body = quopri.encodestring(raw)
            head = f"From: ana@example.com\nDate: 3 Nov 2025 10:00:00 +0000\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {cte}\n\n"
            places = self.found("m.eml", head.encode() + body)
            self.assertEqual(places["1881"], [("", "mail of 2025-11-03 from ana@example.com, text")], (cte, charset))

    def test_html_nested_and_attachments(self):
        m = message(text=f"My card: {VISA}\n")
        m.add_alternative("<p>card <span>5555</span><b>5555</b>5555&#52;444</p>", subtype="html")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as z:
            z.writestr("inside/cards.csv", f"name,card\nAna,{AMEX}\n")
        m.add_attachment(f"name;card number\nAna;{JCB}\n".encode(), maintype="text", subtype="csv", filename="Karten\u00fcbersicht.csv")
        m.add_attachment(message(text=f"card {DISCOVER} exp 01/28\n", sender="bob@example.com", date="Wed, 01 Oct 2025 10:00:00 +0000"))
        places = self.found("a.eml", m.as_bytes())
        self.assertEqual(places["1881"], [("", "mail of 2025-11-03 from ana@example.com, text")])
        self.assertEqual(places["4444"], [("", "mail of 2025-11-03 from ana@example.com, HTML text")])
        self.assertEqual(places["0000"][0][0], "Karten\u00fcbersicht.csv")
        self.assertEqual(places["1117"], [("", "mail of 2025-11-03 from ana@example.com, with mail of 2025-10-01 from bob@example.com, text")])

    def test_a_subject_and_a_file_name(self):
        m = message(subject=f"\u00fcber card {VISA}")
        m.add_attachment(b"x", maintype="image", subtype="png", filename=f"card {MASTER}.png")
        places = self.found("a.eml", m.as_bytes())
        self.assertEqual(places["1881"], [("", "mail of 2025-11-03 from ana@example.com, Subject")])
        self.assertIn("4444", places)

    def test_a_mailbox(self):
        box = b""
        for i, number in enumerate([VISA, AMEX]):
            box += b"From ana@example.com Mon Nov  3 10:00:00 2025\n" + message(text=f"card {number}\n").as_bytes() + b"\n"
        m = message(sender="bob@example.com")
        m.add_attachment(f"card number\n{JCB}\n".encode(), maintype="text", subtype="csv", filename="c.csv")
        box += b"From bob@example.com Mon Nov  3 10:00:00 2025\n" + m.as_bytes()
        places = self.found("Inbox", box)
        self.assertEqual(places["1881"], [("", "mail 1 of 2025-11-03 from ana@example.com, text")])
        self.assertEqual(places["0005"], [("", "mail 2 of 2025-11-03 from ana@example.com, text")])
        self.assertEqual(places["0000"][0][0], "mail 3 of 2025-11-03 from bob@example.com/c.csv")

    def test_a_maildir(self):
        for sub in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(self.tmp, "Maildir", sub))
        self.file("Maildir/cur/1762160400.M1P2.host:2,S", message(text=f"card {VISA}\n", cte="base64").as_bytes())
        self.file("Maildir/new/1762160401.M1P3.host", message(text=f"card {AMEX}\n").as_bytes())
        places = self.said(os.path.join(self.tmp, "Maildir"))
        self.assertEqual(places["1881"], [("", "mail of 2025-11-03 from ana@example.com, text")])
        self.assertEqual(places["0005"], [("", "mail of 2025-11-03 from ana@example.com, text")])

    def test_broken_mime(self):
        head = "From: ana@example.com\nDate: nonsense\nMIME-Version: 1.0\n"
        for body in [f"Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\ncard {VISA}\n--a\n\nand",
                     f"Content-Type: multipart/mixed\n\n--q\n\ncard {VISA}\n", f"Content-Type: ===\nContent-Transfer-Encoding: none\n\ncard {VISA}\n",
                     f"not a header: at all\nneither this\ncard {VISA}\n"]:
            places = self.found("m.eml", head + body)
            self.assertEqual(len(places["1881"]), 1, body)
            self.assertTrue(places["1881"][0][1].startswith("mail from ana@example.com, "), body)

    def test_what_is_encrypted_is_named(self):
        self.found("e.eml", "From: ana@example.com\nDate: 3 Nov 2025 10:00:00 +0000\nContent-Type: multipart/encrypted; boundary=b\n\n--b\n\nx\n--b--\n")
        self.assertEqual(list(self.unread), ["mail of 2025-11-03 from ana@example.com, encrypted part"])

    def test_older_office_files(self):
        places = self.said(self.fixture("open/orders.xls"))
        self.assertEqual(places, {"1881": [("", "sheet orders, cell B2")], "0005": [("", "sheet orders, cell B3")], "4444": [("", "sheet orders, cell B4")]})
        places = self.said(self.fixture("open/letter.doc"))
        self.assertEqual(places["1881"], [("", "paragraph 1")])
        self.assertEqual(places["0005"], [("", "table 1, row 2, column 2")])
        self.assertEqual(places["4444"], [("", "table 1, row 3, column 2")])
        self.assertEqual(places["1117"], [("", "document property title")])

    def test_an_office_file_attached_or_damaged(self):
        with open(self.fixture("open/letter.doc"), "rb") as f:
            letter = f.read()
        m = message()
        m.add_attachment(letter, maintype="application", subtype="msword", filename="letter.doc")
        self.assertEqual(self.found("a.eml", m.as_bytes())["1881"], [("letter.doc", "paragraph 1")])
        places = self.found("cut.doc", letter[:9000])
        self.assertIn("1881", places)
        self.assertEqual(list(self.unread), [""])

    def test_outlook_folders(self):
        whole = pst.mailbox(VISA)
        places = self.found("outlook.pst", whole)
        self.assertEqual(places["1881"], [("", "Inbox, mail of 2025-11-03 from ana@example.com, text"), ("", "Inbox, contact June Marsh, text"),
                                          ("", "Deleted Items, mail of 2025-11-03 from bob@example.com, text")])
        self.assertEqual(self.unread, {})

    def test_outlook_folders_that_are_damaged(self):
        whole = pst.mailbox(VISA)
        at = whole.index("ana@example.com".encode("utf-16-le"))
        places = self.found("item.pst", whole[:at] + b"X" + whole[at + 1:])
        self.assertEqual([where for _, where in places["1881"]], ["Inbox, contact June Marsh, text", "Deleted Items, mail of 2025-11-03 from bob@example.com, text"])
        self.assertEqual(list(self.unread.values()), ["it is damaged; what could be read of it was looked at"])
        for name, content in {"cut.pst": whole[:18000], "head.pst": whole[:300], "tree.pst": whole[:-1024] + bytes(512) + whole[-512:]}.items():
            self.found(name, content)
            self.assertEqual(list(self.unread.values()), ["it is damaged; what could be read of it was looked at"], name)
        self.found("new.pst", whole[:10] + b"\x63" + whole[11:])
        self.assertIn("can't be read", list(self.unread.values())[0])


if __name__ == "__main__":
    tell()
