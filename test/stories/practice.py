"""The page for staff at the moment of payment: made from the answers, signed by name and version, printed."""
import os
import subprocess

from payment import ANSWERS
from story import Story, scanned, tell


class Practice(Story):
    def setUp(self):
        super().setUp()
        self.init()

    def walk(self, answers):
        self.run_handback("payment", "walk", "--answers", self.file("answers.txt", answers))

    def page(self, channel="phone_reader"):
        return next(r for r in self.json("practice", "list").rows if r["channel"] == channel)

    def duties(self):
        return [r["duty"] for r in self.json("practice", "show", "phone_reader").rows]

    def test_it_is_made_from_the_answers(self):
        self.assertIn("payment walk", self.run_handback("practice", "list").out)
        self.assertIn("payment walk", self.run_handback("practice", "show", "phone_reader", status=3).err)
        self.walk(ANSWERS)
        self.assertEqual([r["channel"] for r in self.json("practice", "list").rows], ["phone_reader"])
        self.assertNotIn("typed_app", self.duties())                  # they never type a number
        self.assertEqual(self.duties()[:4], ["bring", "amount", "hand", "back"])
        self.walk(ANSWERS.replace("typed = never", "typed = app"))
        self.assertIn("typed_app", self.duties())
        said = self.run_handback("practice", "show", "phone_reader", "--language", "es").out
        self.assertIn("Van 1 reader, Van 2 reader, Van 3 reader", said)
        self.assertIn("Cobrar con el lector de tarjetas", said)
        self.run_handback("set", "business.phone", "(202) 555-0100")
        self.assertIn("Call (202)\u00a0555\u20110100", self.run_handback("practice", "show", "phone_reader").out)
        self.assertIn("Square: (855)\u00a0555\u20110100.", self.run_handback("practice", "show", "phone_reader").out)   # for the night, on one line
        self.assertIn("not paid by", self.run_handback("practice", "show", "counter", status=3).err)

    def test_a_changed_duty_is_signed_anew_and_only_by_those_concerned(self):
        self.walk(ANSWERS)
        self.assertEqual((self.page()["version"], self.page()["signed"], self.page()["due"]), (1, [], ["Ana", "Ben"]))
        self.run_handback("practice", "sign", "phone_reader", "--name", "Ana", env={"HANDBACK_NOW": "2026-11-27T12:00:00Z"})
        self.assertEqual((self.page()["signed"], self.page()["due"]), (["Ana"], ["Ben"]))
        shown = [r["places"] for r in self.json("risk", "list", status=None, env={"HANDBACK_NOW": "2026-11-27T12:00:00Z"}).rows if r["spot"] == "R30"]
        self.assertEqual([p.split(" ")[1] for p in shown[0]], ["Ben"])      # a risky spot until they sign
        said = self.run_handback("practice", "status", status=1, env={"HANDBACK_NOW": "2026-11-27T12:00:00Z"}).out
        self.assertRegex(said, r"Ana +signed version 1 on November 27, 2026\n")
        rows = self.json("practice", "status", status=1, env={"HANDBACK_NOW": "2026-11-27T12:00:00Z"}).rows
        self.assertEqual([(r["name"], r["version"], r["at"], r["due"]) for r in rows], [("Ben", 0, None, True), ("Ana", 1, "2026-11-27T12:00:00Z", False)])
        self.walk(ANSWERS)                                            # nothing changed: nobody is asked again
        self.assertEqual((self.page()["version"], self.page()["due"]), (1, ["Ben"]))
        self.walk(ANSWERS.replace("phone_reader.night = locked", "phone_reader.night = van"))
        self.assertEqual((self.page()["version"], self.page()["due"]), (1, ["Ben"]))
        self.walk(ANSWERS.replace("typed = never", "typed = app").replace("channels = phone_reader", "channels = phone_reader, cheque") +
                  "cheque.photo = no\ncheque.until = days\n")
        self.assertEqual((self.page()["version"], self.page()["signed"], self.page()["due"]), (2, [], ["Ana", "Ben"]))
        self.run_handback("practice", "sign", "phone_reader", "--name", "Ana")
        self.run_handback("practice", "sign", "cheque", "--name", "Ben")
        self.assertEqual((self.page()["due"], self.page("cheque")["due"]), (["Ben"], ["Ana"]))
        # another number to call, or another reader, is another page: asked again, of those who sign that page
        self.run_handback("practice", "sign", "phone_reader", "--name", "Ben")
        self.run_handback("practice", "sign", "cheque", "--name", "Ana")
        dues = lambda: (self.page()["version"], self.page()["due"], self.page("cheque")["due"])
        self.assertEqual(dues(), (2, [], []))
        self.run_handback("payment", "answer", "phone_reader.readers", "Van 1 reader", "Van 2 reader")
        self.run_handback("payment", "left", "Van 3 reader", "gone")
        self.run_handback("payment", "apply")
        self.assertEqual(dues(), (3, ["Ana", "Ben"], []))
        for name in ("Ana", "Ben"):
            self.run_handback("practice", "sign", "phone_reader", "--name", name)
        for call in (("set", "business.phone", "(202) 555-0144"), ("payment", "answer", "provider.phone", "(855) 555-0111")):
            self.run_handback(*call)
            if call[0] == "payment":
                self.run_handback("payment", "apply")
            self.assertEqual(dues()[1:], (["Ana", "Ben"], ["Ana", "Ben"]), call)
            for channel in ("phone_reader", "cheque"):
                for name in ("Ana", "Ben"):
                    self.run_handback("practice", "sign", channel, "--name", name)
        self.run_handback("payment", "apply")
        self.assertEqual(dues(), (5, [], []))
        # a year later again
        later = self.json("practice", "list", env={"HANDBACK_NOW": "2028-01-01T12:00:00Z"}).rows
        self.assertEqual(sorted(later[0]["due"]), ["Ana", "Ben"])
        self.assertIn("practice.signed", self.run_handback("log").out)
        self.assertIn("Anna is not among those who take payments", self.run_handback("practice", "sign", "cheque", "--name", "Anna").err)
        self.assertIn("Whose name?", self.run_handback("practice", "sign", "phone_reader", "--name", "", status=2).err)

    def test_a_recording_is_paused_only_where_a_number_is_said(self):
        phone = ANSWERS.replace("channels = phone_reader", "channels = phone").split("phone_reader.kind")[0].replace("swap = call\n", "") + "phone.paper = never\nphone.recorded = paused\nphone.answering = no\n"
        duties = lambda: [r["duty"] for r in self.json("practice", "show", "phone").rows]
        self.walk(phone + "phone.how = link\n")
        self.assertNotIn("phone_pause", duties())
        self.walk(phone + "phone.how = link, net\n")
        self.assertIn("phone_pause", duties())

    def test_it_is_printed_in_each_size_with_its_code(self):
        self.walk(ANSWERS)
        self.run_handback("set", "business.phone", "(202) 555-0100")
        for size, copies in (("letter", 1), ("a4", 1), ("pocket", 6)):
            to = os.path.join(self.tmp, f"{size}.pdf")
            self.run_handback("practice", "print", "phone_reader", "--size", size, "--to", to, "--link", "https://handback.example.com/practice/phone_reader")
            text = subprocess.run(["pdftotext", to, "-"], capture_output=True, text=True, check=True).stdout
            text = " ".join(text.split())
            self.assertEqual(text.count("Version 1"), copies)
            self.assertEqual(text.count("hand the card back"), copies)
            self.assertIn("Van 2 reader", text)
            self.assertEqual(set(scanned(to).splitlines()), {"https://handback.example.com/practice/phone_reader"})
        # where no phone comes to the page, the code calls the number for when something is odd: it stands there once more, beside the code
        cards = os.path.join(self.tmp, "cards.pdf")
        self.run_handback("practice", "print", "phone_reader", "--size", "pocket", "--to", cards)
        self.assertEqual(subprocess.run(["pdftotext", cards, "-"], capture_output=True, text=True, check=True).stdout.replace("\u2011", "-").count("(202) 555-0100"), 12)
        spanish = subprocess.run(["pdftotext", "-", "-"], input=self.raw("practice", "print", "phone_reader", "--language", "es"), capture_output=True, check=True).stdout.decode()
        self.assertIn("Cobrar con el lector", spanish)
        self.run_handback("practice", "print", "phone_reader", "--to", to, status=None)
        for link in ("javascript:alert(1)", "tel:+12025550100", "www.example.com", "https://", "http:///x", "https://example.com/a b", "https://example.com/" + 300 * "x"):
            self.assertIn("is not the address of a page", self.run_handback("practice", "print", "phone_reader", "--to", os.path.join(self.tmp, "no.pdf"), "--link", link, status=2).err)
        self.assertIn("letter, a4 or pocket", self.run_handback("practice", "print", "phone_reader", "--size", "a5", status=2).err)

    def raw(self, *args):
        from story import HANDBACK
        return subprocess.run([HANDBACK, "--data", self.data, "--passphrase-file", self.passphrase_file, *args], capture_output=True, check=True).stdout


if __name__ == "__main__":
    tell()
