"""Findings on the map: what a scan met, whom it names by the vault's key, and who is told when the laptop is stolen."""
import csv
import os
import re
import unittest
import zipfile

from find_command import card
from story import Story, tell


class FindVault(Story):
    def setUp(self):
        super().setUp()
        self.init()
        self.exports = os.path.join(self.tmp, "exports")
        self.run_handback("sample", self.exports, "--customers", "300", "--payments", "600")
        self.run_handback("import", f"{self.exports}/square-customers.csv", status=None)
        with open(f"{self.exports}/square-customers.csv", newline="") as f:
            rows = list(csv.DictReader(f))
        # those who share an address or a number with another are several customers: left out here
        seen = [r["Email Address"].lower() for r in rows] + [r["Phone Number"] for r in rows]
        self.people = [r for r in rows if r["Email Address"] and r["Phone Number"] and seen.count(r["Email Address"].lower()) == 1 and seen.count(r["Phone Number"]) == 1]
        self.office = os.path.join(self.tmp, "office")
        os.mkdir(self.office)
        self.numbers = [card(f"4539{n:08d}") for n in range(12)]
        self.laptop = ["--holder", "computer:Office laptop"]
        self.env = {"HANDBACK_NOW": "2026-11-26T12:00:00Z"}

    def put(self, name, text):
        path = os.path.join(self.office, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)
        return path

    def orders(self):
        """Twelve orders: ten of customers, by e-mail or phone as people write it; one of a stranger, one of nobody."""
        lines = ["Order date,Name,E-mail,Phone,Card number"]
        for i, number in enumerate(self.numbers):
            p = self.people[i]
            phone = p["Phone Number"].lstrip("'+")[1:]
            email = p["Email Address"].upper() if i % 2 else ""
            phone = "" if i % 2 else f"({phone[:3]}) {phone[3:6]}-{phone[6:]}"
            if i >= 10:
                email, phone = ("stranger@example.net" if i == 10 else ""), ""
            lines.append(f"2019-03-{i + 1:02d},x,{email},{phone},{number}")
        return self.put("Orders 2019.csv", "\n".join(lines) + "\n")

    def scan(self, *more, **kw):
        return self.json("find", self.office, *self.laptop, *more, env={**self.env, **kw.pop("env", {})}, **kw).rows[-1]["summary"]

    def refs(self, people):
        """The references of these people, asked one by one."""
        return {self.json("customer", "find", "--email", p["Email Address"]).row["customer_ref"] for p in people}

    def exposed(self, *more):
        return set(self.run_handback("incident", "exposed", "1", "--refs", *more).out.split())

    def steal(self, since="2026-11-20", to="unknown"):
        self.json("incident", "open", "--title", "A laptop was stolen", *self.laptop, "--from", since, "--to", to, "--only", "kept")

    def sweep(self):
        """No number, no address of anybody, stands in the data folder."""
        for folder, _, names in os.walk(self.data):
            for name in names:
                with open(os.path.join(folder, name), "rb") as f:
                    held = f.read()
                for number in self.numbers:
                    self.assertNotIn(number.encode(), held, name)
                    self.assertNotIn(number.encode("utf-16-le"), held, name)
                self.assertIsNone(re.search(rb"@example\.(com|net)", held), name)

    def test_a_stolen_laptop_becomes_customers_who_are_told(self):
        self.orders()
        summary = self.scan(status=1)
        self.assertEqual((summary["on_map"], summary["customers"], summary["whose"]), (1, 10, "looked_up"))
        self.assertEqual(summary["holder"], "computer:Office laptop")
        row = self.json("find", "list").row
        self.assertEqual((row["numbers"], row["customers"], row["unnamed"]), (12, 10, 2))
        self.assertEqual(row["kinds"], ["email", "phone", "card_number"])
        self.assertEqual(row["began"], "2019-03-01T05:00:00Z")            # the oldest order, in New York
        self.assertIsNone(row["gone"])
        self.steal()
        self.assertEqual(self.exposed(), self.refs(self.people[:10]))
        count = self.json("incident", "exposed", "1", "--count").row
        self.assertEqual((count["customers"], count["unnamed_touches"], count["unnamed_found"]), (10, 0, 2))
        self.assertEqual(count["by_kind"], {"email": 5, "phone": 5, "card_number": 10})
        self.assertIn("Verified", self.run_handback("incident", "exposed", "1", "--verify").err)
        ref = self.refs([self.people[4]]).pop()
        why = self.json("incident", "exposed", "1", "--why", ref).row
        self.assertEqual(why["because"], f"It was found in {self.office}/Orders 2019.csv on Office laptop, line 6, last seen November 26, 2026.")
        self.assertEqual(why["kinds"], ["phone", "card_number"])
        self.assertEqual(self.json("notice", "draft", "1").row["customers"], 10)
        self.assertIn("your card number", self.run_handback("notice", "preview", "1.1", "--customer", ref).out)
        self.assertIn("findings  good", self.run_handback("check").out)
        self.sweep()

    def test_before_the_oldest_order_nobody_was_there(self):
        self.orders()
        self.scan(status=1)
        self.steal("2018-01-01", "2018-12-31")
        self.assertEqual(self.exposed(), set())
        self.run_handback("incident", "suspect", "1", *self.laptop, "--from", "2018-01-01", "--to", "2019-03-02", "--only", "kept")
        self.assertEqual(len(self.exposed()), 10)

    def test_what_is_cleaned_is_gone(self):
        path = self.orders()
        self.put("keep.txt", f"card number {self.numbers[0]} of {self.people[0]['Email Address']}\n")
        self.scan(status=1)
        self.assertEqual(self.scan(status=1, env={"HANDBACK_NOW": "2026-11-27T12:00:00Z"})["gone"], 0)       # the same again
        self.assertEqual(len(self.json("find", "list", "--all").rows), 2)
        os.remove(path)
        self.assertEqual(self.scan(status=1, env={"HANDBACK_NOW": "2026-11-28T12:00:00Z"})["gone"], 1)
        self.assertEqual(len(self.json("find", "list").rows), 1)
        self.steal("2026-11-28T12:00:01Z")
        self.assertEqual(self.exposed(), self.refs(self.people[:1]))      # who stands in the other file
        self.run_handback("incident", "suspect", "1", *self.laptop, "--from", "2026-11-28", "--to", "unknown", "--only", "kept")
        self.assertEqual(len(self.exposed()), 10)                         # until the scan that showed it gone
        self.put("keep.txt", "cleaned\n")
        self.assertEqual(self.scan(status=0, env={"HANDBACK_NOW": "2026-11-29T12:00:00Z"})["gone"], 1)
        self.assertEqual(self.json("find", "list").rows, [])
        gone = self.json("find", "list", "--all").rows
        self.assertEqual([r["gone"] for r in gone], ["2026-11-28T12:00:00Z", "2026-11-29T12:00:00Z"])

    def test_who_leaves_the_file_is_exposed_until_then(self):
        self.orders()
        self.scan(status=1)
        with open(f"{self.office}/Orders 2019.csv") as f:
            lines = f.readlines()
        self.put("Orders 2019.csv", "".join(lines[:4]))
        self.scan(status=1, env={"HANDBACK_NOW": "2026-11-28T12:00:00Z"})
        self.steal("2026-11-29")
        self.assertEqual(self.exposed(), self.refs(self.people[:3]))
        self.run_handback("incident", "suspect", "1", *self.laptop, "--from", "2026-11-27", "--to", "2026-11-27", "--only", "kept")
        self.assertEqual(len(self.exposed()), 10)
        self.assertIn("Verified", self.run_handback("incident", "exposed", "1", "--verify").err)

    def test_with_the_vault_locked_it_says_so_and_looks_later(self):
        self.orders()
        summary = self.scan(status=1, key=False)
        self.assertEqual((summary["whose"], summary["customers"], summary["on_map"]), ("not_looked_up", 0, 1))
        self.assertIn("Whose: not looked up", self.run_handback("find", self.office, *self.laptop, key=False, env=self.env, status=1).out)
        self.steal()
        count = self.json("incident", "exposed", "1", "--count").row
        self.assertEqual((count["customers"], count["unnamed_found"]), (0, 12))               # said, not 0
        self.scan(status=1)                                               # unchanged, and looked up now
        self.assertEqual(self.exposed(), self.refs(self.people[:10]))
        self.assertEqual(len(self.json("find", "list").rows), 1)
        self.scan(status=1, key=False)                                    # locked again: what is known stays known
        self.assertEqual(len(self.exposed()), 10)
        row = self.json("find", "list").row
        self.assertEqual((row["whose"], row["unnamed"]), ("looked_up", 2))

    def test_a_list_of_contacts_is_a_finding_too(self):
        self.put("list.csv", "full name,street,mail\n" + "".join(f"Somebody,1 Oak Street,{p['Email Address']}\n" for p in self.people[:7]))
        summary = self.scan(status=0)                                     # no number in it
        self.assertEqual((summary["customers"], summary["on_map"]), (7, 1))
        self.scan(status=0, key=False)                                    # nobody looked: it is not gone
        self.steal()
        self.assertEqual(self.exposed(), self.refs(self.people[:7]))
        self.assertEqual(self.json("incident", "exposed", "1", "--count").row["by_kind"], {"name": 7, "email": 7, "postal_address": 7})
        self.scan(status=0, env={"HANDBACK_NOW": "2026-11-27T12:00:00Z"})
        self.assertEqual(len(self.json("find", "list", "--all").rows), 1)

    def test_records_are_kept_apart_in_every_format(self):
        a, b, c = self.people[:3]
        n = self.numbers
        self.put("objects.json", '{"all": [{"mail": "%s", "card_number": "%s"},\n {"mail": "%s", "n": 1}]}\n' % (a["Email Address"], n[0], b["Email Address"]))
        self.put("pay.log", "2026-03-02T10:00:00Z paid %s card %s exp 12/27\n2026-03-02T10:00:01Z paid %s\n" % (a["Email Address"], n[0], b["Email Address"]))
        self.put("mail.eml", "From: <%s>\r\nTo: shop@example.org\r\nDate: Tue, 3 Mar 2026 10:00:00 -0500\r\nSubject: my card\r\n\r\nHello, my card number is %s exp 12/27\r\n"
                 % (c["Email Address"], n[2]))
        self.put("note.txt", "Call %s, also %s.\n\nThe card number: %s exp 12/27\n" % (a["Email Address"], b["Email Address"], n[1]))
        self.scan(status=1)
        self.steal()
        kinds = {r["customer_ref"]: r["kinds"] for r in self.json("incident", "exposed", "1").rows}
        ref = {i: self.refs([p]).pop() for i, p in enumerate((a, b, c))}
        self.assertEqual(set(kinds), set(ref.values()))
        self.assertIn("card_number", kinds[ref[2]])                       # the message is his
        listed = {os.path.basename(r["path"]): r for r in self.json("find", "list").rows}
        self.assertEqual({k: (r["customers"], r["unnamed"]) for k, r in listed.items()},
                         {"objects.json": (2, 0), "pay.log": (2, 0), "mail.eml": (1, 0), "note.txt": (2, 0)})
        self.assertEqual(listed["mail.eml"]["began"], "2026-03-03T05:00:00Z")
        self.put("note.txt", "nothing")                                   # a text is one record: b was in it
        self.scan(status=1)
        self.run_handback("incident", "suspect", "1", *self.laptop, "--from", "2026-11-26T12:00:01Z", "--to", "unknown", "--only", "kept")
        kinds = {r["customer_ref"]: r["kinds"] for r in self.json("incident", "exposed", "1").rows}
        self.assertNotIn("card_number", kinds[ref[1]])
        self.assertIn("card_number", kinds[ref[0]])

    def test_a_customers_number_names_them_too(self):
        rows = [(p["Square Customer ID"], n) for p, n in zip(self.people[:3], self.numbers)]
        self.put("paid.csv", "Customer ID,Amount,Card number\n" + "".join(f"{i},10.00,{n}\n" for i, n in rows))
        self.put("ids.csv", "Customer ID,Amount\n" + "".join(f"{p['Square Customer ID']},10.00\n" for p in self.people[3:9]))
        self.assertEqual(self.scan(status=1)["customers"], 3)
        self.steal()
        self.assertEqual({r["customer_ref"]: r["kinds"] for r in self.json("incident", "exposed", "1").rows},
                         {ref: ["card_number"] for ref in self.refs(self.people[:3])})
        self.assertEqual(len(self.json("find", "list").rows), 1)          # numbers of customers alone say nothing of them

    def test_backups_of_the_laptop_hold_it_too(self):
        self.orders()
        self.scan(status=1)
        self.run_handback("holder", "add", "storage:Drive")
        self.run_handback("holder", "add", "person:Ana")
        self.run_handback("flow", "add", "--from", "Office laptop", "--to", "Drive", "--kinds", "card_number")
        self.run_handback("flow", "add", "--from", "Office laptop", "--to", "Ana", "--kinds", "card_number,email,phone", "--manner", "sees")
        self.json("incident", "open", "--title", "A drive was lost", "--holder", "storage:Drive", "--from", "2026-12-01", "--to", "unknown", "--only", "kept")
        self.assertEqual(self.json("incident", "exposed", "1", "--count").row["by_kind"], {"card_number": 10})
        ref = sorted(self.exposed())[0]
        self.assertIn("from there it came to Drive and was kept there", self.json("incident", "exposed", "1", "--why", ref).row["because"])
        self.assertIn("who can open it: Ana", self.run_handback("find", "list").out)

    def test_without_a_name_it_is_this_computer(self):
        self.orders()
        said = self.run_handback("find", self.office, env=self.env, status=1)
        self.assertRegex(said.out, r"On the map: computer:\S.* holds what was found in 1 file \(--holder names another\)")
        self.run_handback("find", self.office, "--holder", "Laptop", env=self.env, status=2)
        self.assertEqual(self.run_handback("find", self.office, *self.laptop, env={**self.env, "HANDBACK_DATA": ""}, status=1).status, 1)

    def test_a_name_of_a_file_is_kept_without_numbers_and_addresses(self):
        p = self.people[0]
        self.put(f"{p['Email Address']}/scan {self.numbers[0]}.txt", f"card number {self.numbers[1]} exp 12/27, {p['Email Address']}\n")
        self.scan(status=1)
        self.assertEqual(self.json("find", "list").row["path"], f"{self.office}/[e-mail]/scan [card ending {self.numbers[0][-4:]}].txt")
        self.scan(status=1)
        self.assertEqual(len(self.json("find", "list", "--all").rows), 1)
        self.sweep()

    def test_very_many_contacts_need_the_passphrase_once_more_and_get_it(self):
        self.put("all.csv", "who,mail\n" + "".join(f"x,stranger{i}@example.net\n" for i in range(21000)) + "".join(f"x,{p['Email Address']}\n" for p in self.people[:3]))
        self.assertEqual(self.scan(status=0)["customers"], 3)             # over a day's 20,000

    def test_more_parts_than_are_looked_up_are_nobodys(self):
        p = self.people[0]
        with zipfile.ZipFile(os.path.join(self.office, "many.zip"), "w", zipfile.ZIP_DEFLATED) as z:
            for i in range(16400):
                z.writestr(f"{i}.txt", f"card number {card(f'4539{i:08d}')} exp 12/27, {p['Email Address']}\n")
        self.scan(status=1)
        row = self.json("find", "list").row
        self.assertEqual((row["numbers"], row["customers"], row["unnamed"], row["whose"]), (16400, 1, 16, "not_looked_up"))

    def test_a_wrong_passphrase_stops_before_the_scan(self):
        self.orders()
        with open(self.passphrase_file, "w") as f:
            f.write("not these words at all\n")
        said = self.run_handback("find", self.office, status=3)
        self.assertEqual(said.out, "")


if __name__ == "__main__":
    tell()
