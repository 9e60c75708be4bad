"""Everything in open formats: what is in it and what is not, and that importing it gives the same."""
import csv
import glob
import io
import json
import os
import subprocess
import zipfile

from browser import Browser, DeskStory
from story import PASSPHRASE, tell

CUSTOMERS = ("customer_ref,name,email,phone,address1,city,region,postal_code,country,language\n"
             "A-1,June Marsh,june@example.com,202 555 0101,12 Mill St,Hudson,NY,12534,US,en\n"
             "A-1,June Marsh-Roe,june.marsh@example.com,,\"3 Elm St, rear\",Boston,MA,02101,US,en\n"
             "B-2,\"=HYPERLINK(\"\"x\"\"), Inc.\",b@example.com,+1 202 555 0102,,,,,,es\nC-3,Zoë Šimková,c@example.com,,,,,,CZ,\n")
TOUCHES = ("touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref,brand,last4\n"
           "2026-03-01T10:00:00Z,A-1,R1,Square,Ana,Shop,card_number|name,1,Visa,0042\n2026-03-02,B-2,website:Shop page,,,,name|email|postal_address,2,,\n"
           "2026-03-02T11:00:00Z,,R1,,,,card_number,3,,\n2026-03-02T11:00:00Z,,R1,,,,card_number,4,,\n2026-03-02T12:00:00Z,D-4,R:2,,,,card_number,5,other,\n")


class Export(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.run_handback("import", self.file("c.csv", CUSTOMERS), self.file("t.csv", TOUCHES))
        self.out = os.path.join(self.tmp, "out")

    def read(self, name, folder=None):
        with open(os.path.join(folder or self.out, name), "rb") as f:
            return f.read()

    def lines(self, name):
        return [json.loads(line) for line in self.read(name).splitlines()]

    def test_importing_it_gives_the_same(self):
        row = self.json("export", self.out).row
        self.assertEqual((row["customers"], row["touches"]), (4, 5))
        for name, digest in (("customers.csv", row["customers_digest"]), ("touches.csv", row["touches_digest"])):
            sum_ = subprocess.run(["b2sum", "-l", "256", os.path.join(self.out, name)], capture_output=True, text=True, check=True).stdout.split()[0]
            self.assertEqual(sum_, digest)
        first = self.out
        self.data, self.out = self.data + "-2", self.out + "-2"
        self.init()
        self.run_handback("import", os.path.join(first, "customers.csv"), os.path.join(first, "touches.csv"))
        again = self.json("export", self.out).row
        for name in ("customers.csv", "touches.csv"):
            self.assertEqual(self.read(name).decode(), self.read(name, first).decode())
        self.assertEqual((again["customers_digest"], again["touches_digest"]), (row["customers_digest"], row["touches_digest"]))
        self.run_handback("check")
        # what it exported is known again
        row = self.json("import", os.path.join(self.out, "touches.csv")).row
        self.assertEqual((row["new"], row["changed"], row["known"]), (0, 0, 5))
        self.assertEqual(self.json("customer", "find", "--phone", "+12025550102").row["names"], ['=HYPERLINK("x"), Inc.'])

    def test_what_is_in_it_and_what_is_not(self):
        self.run_handback("incident", "open", "--title", "A skimmer", "--holder", "reader:R1", "--from", "2026-03-01", "--to", "2026-03-02", key=False)
        self.run_handback("notice", "draft", "1", key=False)
        self.run_handback("customer", "correct", "C-3", "--name", "Zoe Simkova")
        self.run_handback("export", self.out)
        self.assertEqual(os.stat(self.out).st_mode & 0o777, 0o700)
        self.assertEqual({os.stat(p).st_mode & 0o777 for p in glob.glob(self.out + "/*.*")}, {0o600})
        rows = list(csv.DictReader(io.StringIO(self.read("touches.csv").decode())))
        self.assertEqual([(r["touched_at"], r["reader"], r["brand"], r["last4"]) for r in rows if r["customer_ref"] in ("A-1", "B-2")],
                         [("2026-03-01T10:00:00Z", "reader:R1", "Visa", "0042"), ("2026-03-02", "website:Shop page", "", "")])
        person = [c for c in self.lines("customers.jsonl") if c["customer_ref"] == "C-3"][0]
        self.assertEqual([(n["value"], n["import"]) for n in person["names"]], [("Zoe Simkova", 0), ("Zoë Šimková", 1)])
        self.assertEqual(self.lines("tables/incident.jsonl")[0]["title"], "A skimmer")
        self.assertEqual([n["state"] for n in self.lines("tables/notice.jsonl")], [1])
        self.assertIn("business.founded", self.lines("tables/entry.jsonl")[0]["text"])
        self.assertIn(b"CREATE TABLE customer (", self.read("schema.sql"))
        named = {f["file"] for f in json.loads(self.read("contents.json"))["files"]} | {"contents.json"}
        self.assertEqual(named, {os.path.relpath(p, self.out) for p in glob.glob(self.out + "/**/*.*", recursive=True)})
        for secret in ("slot", "session", "token", "totp", "passkey", "recovery_code"):
            self.assertNotIn(f"tables/{secret}.jsonl", named)
        for name in named:
            self.assertNotIn(PASSPHRASE.encode(), self.read(name))
        self.assertIn("export.made", self.run_handback("log", key=False).out)

    def test_refusals_leave_nothing(self):
        self.run_handback("export", self.out, key=False, status=3)
        self.assertFalse(os.path.exists(self.out))
        os.mkdir(self.out)
        self.assertIn("is there already", self.run_handback("export", self.out, status=3).err)
        self.assertEqual(os.listdir(self.out), [])
        self.run_handback("export", os.path.join(self.tmp, "no", "folder"), status=2)

    def test_from_the_page_as_one_file(self):
        b = self.desk()
        b.go("/settings")
        b.follow("Take everything with you")
        page = b.send("/export", passphrase="not the passphrase")
        self.assertIn("That is not the passphrase", page.text)
        csrf = dict(page.form("/export")["fields"])["csrf"]
        kind, content = b.file("/export", f"csrf={csrf}&passphrase={PASSPHRASE}".replace(" ", "+").encode())
        self.assertEqual(kind, "application/zip")
        zip_ = zipfile.ZipFile(io.BytesIO(content))
        self.assertIsNone(zip_.testzip())
        self.run_handback("export", self.out)
        self.assertEqual(set(zip_.namelist()), {os.path.relpath(p, self.out) for p in glob.glob(self.out + "/**/*.*", recursive=True)})
        for name in ("customers.csv", "touches.csv", "customers.jsonl", "README.txt", "schema.sql", "tables/holder.jsonl"):
            self.assertEqual(zip_.read(name), self.read(name), name)

    def test_for_the_owner_alone(self):
        self.run_handback("person", "add", "--name", "Mia", "--role", "manager")
        self.run_handback("vault", "slot", "add", "Mia", "--new-passphrase-file", self.file("mia", "a passphrase of a manager\n"))
        b = self.desk()
        mia = Browser(b.base)
        mia.go("/sign-in")
        mia.send("/sign-in", name="Mia", passphrase="a passphrase of a manager")
        self.assertEqual(mia.go("/export").status, 403)
        self.assertNotIn("Take everything", mia.go("/settings").text)


if __name__ == "__main__":
    tell()
