"""What find remembers of files: a second look opens nothing that did not change, finds the same, and is never fooled."""
import json
import os
import random
import signal
import subprocess
import time

from story import HANDBACK, Story, tell

CARD = "card number 4539578763621486\n"


class Cache(Story):
    def setUp(self):
        super().setUp()
        self.tree = os.path.join(self.tmp, "tree")
        self.seen = os.path.join(self.tmp, "cache", "handback", "seen")
        os.mkdir(self.tree)

    def put(self, name, text, age=100):
        """A file that has rested: its times are old, and so is what the kernel notes of the change, for the clock is ours in a moment."""
        path = os.path.join(self.tree, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)
        if age:
            os.utime(path, (time.time() - age, time.time() - age))
        return path

    def rest(self):
        time.sleep(2.1)

    def find(self, *args, **kw):
        said = self.json("find", *(args or (self.tree,)), key=False, status=None, **kw)
        *hits, last = said.rows
        return hits, last["summary"]

    def test_nothing_is_opened_again_and_the_answer_is_the_same(self):
        chance = random.Random(3)
        for n in range(300):
            self.put(f"d{n % 7}/f{n}.txt", CARD if n % 50 == 0 else f"order {chance.randrange(10**9)}\n" * 3 if n % 3 else "order 4539578763621487\n4111 1111 1111 1111\n")
        for n in range(20):
            self.put(f"u/{n}.txt", "".join(f"id {chance.randrange(10**15, 10**16)}\n" for _ in range(40)))
        self.rest()
        first, one = self.find()
        again, two = self.find()
        self.assertEqual(first, again)
        self.assertGreater(len(first), 6)
        self.assertGreater(one["unlikely"], 0)
        for key in ("files", "bytes", "card_numbers", "others", "test_numbers", "unlikely", "files_with_findings", "skipped"):
            self.assertEqual(one[key], two[key], key)
        self.assertEqual((one["unchanged"], two["unchanged"]), (0, 320))
        # the unlikely are shown when they are asked for: their files are read
        plain, all_first = self.find("--all", self.tree)
        self.assertEqual(sum(hit["count"] for hit in plain if hit["confidence"] == "unlikely") > 0, True)
        self.assertLess(all_first["unchanged"], two["unchanged"])
        self.assertGreater(all_first["unchanged"], 0)

    def test_whatever_changes_is_read_again(self):
        paths = {name: self.put(name, "nothing is here, and it is as long as it was\n") for name in ("content", "size", "renamed.txt", "replaced", "same")}
        self.rest()
        self.find()
        self.assertEqual(self.find()[1]["unchanged"], 5)
        before = os.stat(paths["content"])
        with open(paths["content"], "r+") as f:              # as long as before, its time set back: the kernel still notes it
            f.write("4539578763621486")
        os.utime(paths["content"], ns=(before.st_atime_ns, before.st_mtime_ns))
        with open(paths["size"], "a") as f:
            f.write(CARD)
        os.rename(paths["renamed.txt"], os.path.join(self.tree, "renamed.eml"))
        other = self.put("other", "nothing 4539578763621486 it is as long as it was\n")
        os.rename(other, paths["replaced"])
        hits, summary = self.find()
        self.assertEqual([os.path.basename(hit["path"]) for hit in hits], ["content", "replaced", "size"])
        self.assertEqual(summary["unchanged"], 1)

    def test_what_changes_while_it_is_looked_at_is_not_trusted(self):
        """The file changes again and again, within the same second, as long as before; each look sees what is there then."""
        path = os.path.join(self.tree, "racy")
        for n in range(12):
            text = "4539578763621486" if n % 2 else "nothing is here."
            with open(path, "w") as f:
                f.write(text)
            self.assertEqual(len(self.find()[0]), n % 2, n)

    def test_a_torn_or_foreign_memory_is_ignored(self):
        path = self.put("clean", "nothing\n" * 10)
        self.put("card", CARD)
        self.rest()
        self.find()
        with open(self.seen, "rb") as f:
            good = f.read()
        self.assertEqual(self.find()[1]["unchanged"], 2)
        self.assertEqual((os.stat(self.seen).st_mode & 0o777, os.stat(os.path.dirname(self.seen)).st_mode & 0o777), (0o600, 0o700))
        chance = random.Random(4)
        for bad in (b"", good[:40], good[:-1], good + b"x", b"\0" * 100, chance.randbytes(5000), good[:60] + bytes([good[60] ^ 1]) + good[61:]):
            with open(self.seen, "wb") as f:
                f.write(bad)
            hits, summary = self.find()
            self.assertEqual((len(hits), summary["unchanged"]), (1, 0))
            self.assertEqual(self.find()[1]["unchanged"], 2)         # and made anew
        os.chmod(self.seen, 0o666)                           # somebody else could have written it
        self.assertEqual(self.find()[1]["unchanged"], 0)
        os.unlink(self.seen)
        os.symlink("/dev/zero", self.seen)
        self.assertEqual(self.find()[1]["unchanged"], 0)
        os.unlink(self.seen)
        os.mkfifo(self.seen)
        self.assertEqual(len(self.find()[0]), 1)
        # nowhere to keep it is no reason to fail
        env = {"XDG_CACHE_HOME": "/proc/nowhere", "HOME": "/proc/nowhere"}
        self.assertEqual(len(self.find(env=env)[0]), 1)
        self.assertTrue(path)

    def test_places_and_last_four_are_kept_and_no_number(self):
        for n in range(50):
            self.put(f"private-name-{n}.txt", "nothing\n")
        self.put("card.txt", "card number 4539 5787 6362 1486 of 4485-2757-4230-8327\n")
        self.put("unlikely.txt", "ref 4485275742308327 x\n" * 3)
        self.rest()
        self.put("mail.eml", "From: jane@example.com\nTo: b@example.com\nSubject: payment\n\ncard number 4916 3385 0608 2832\n")
        self.rest()
        first = self.find()
        again = self.find()
        self.assertEqual(first[0], again[0])
        self.assertEqual((again[1]["unchanged"], again[1]["files"]), (52, 53))       # an address is in the mail's place: it is read again
        with open(self.seen, "rb") as f:
            kept = f.read()
        for n in ("4539578763621486", "4485275742308327", "4916338506082832"):
            for text in (n, n[:12], " ".join(n[i:i + 4] for i in range(0, 16, 4)), "-".join(n[i:i + 4] for i in range(0, 16, 4))):
                self.assertNotIn(text.encode(), kept)
            self.assertNotIn(int(n).to_bytes(8, "little"), kept)
        for text in (b"private", b"card.txt", b"example.com", b"2832"):
            self.assertNotIn(text, kept)
        self.assertIn(b"1486", kept)

    def test_what_was_told_is_told_again_in_every_way(self):
        for n in range(40):
            self.put(f"{n:02}.csv", "name,pan,exp\n" + "".join(f"x,{card},12/29\n" for card in ("4539578763621486", "4485275742308327")) * (n + 1))
        self.put("deep/names.docx.txt", CARD * 30 + "4111 1111 1111 1111\n")
        self.rest()
        page = os.path.join(self.tmp, "one")
        said = [self.run_handback("find", self.tree, "--html", page + ".html", "--sarif", page + ".sarif", status=1, key=False).out for _ in range(2)]
        self.assertEqual(said[0].split("Looked at")[0], said[1].split("Looked at")[0])
        self.assertEqual(self.find()[1]["unchanged"], 41)
        with open(page + ".sarif") as f:
            self.assertGreater(len(json.load(f)["runs"][0]["results"]), 40)
        place = next(hit["place"] for hit in self.find()[0])
        self.run_handback("find", "verdict", place, "test-data", key=False)
        hits, summary = self.find()
        self.assertNotIn(place, [hit["place"] for hit in hits])
        self.assertEqual(summary["unchanged"], 41)
        with open(os.path.join(self.tree, "07.csv"), "w") as f:
            f.write("nothing is here any more\n")
        self.assertFalse([hit for hit in self.find()[0] if hit["path"].endswith("07.csv")])

    def test_with_a_vault_it_is_in_the_database(self):
        self.init()
        for n in range(20):
            self.put(f"{n}.txt", "nothing\n")
        self.put("card.txt", CARD)
        self.rest()
        first, one = self.find()
        again, two = self.find()
        self.assertEqual((first, one["unchanged"], two["unchanged"]), (again, 0, 21))
        self.assertFalse(os.path.exists(self.seen))
        self.run_handback("check")

    def test_stopped_it_keeps_what_was_finished(self):
        for n in range(400):
            self.put(f"a{n:03}.txt", f"nothing {n}\n")
        with open(os.path.join(self.tree, "z-large"), "wb") as f:        # many parts that take a while
            block = b"".join(b"%016d %016d\n" % (n * 7919, n * 104729) for n in range(30000))
            for _ in range(300):
                f.write(block)
        self.rest()
        env = dict(os.environ, XDG_CACHE_HOME=os.path.join(self.tmp, "cache"), XDG_CONFIG_HOME=os.path.join(self.tmp, "config"))
        page = os.path.join(self.tmp, "found.html")
        child = subprocess.Popen([HANDBACK, "--data", self.data, "--json", "find", "--jobs", "1", self.tree, "--html", page, "--sarif", page + ".sarif"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 text=True, env=env, start_new_session=True)
        time.sleep(0.7)
        began = time.monotonic()
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=30)
        took = time.monotonic() - began
        self.assertLess(took, 5)
        if child.returncode == 0:
            self.skipTest("it was done before it could be stopped")
        summary = json.loads(out.splitlines()[-2])["summary"]
        self.assertEqual(child.returncode, 3, err)
        self.assertIn("topped", err)
        with open(page) as f:
            self.assertIn("The scan was stopped before its end.", f.read())
        with open(page + ".sarif") as f:
            self.assertFalse(json.load(f)["runs"][0]["invocations"][0]["executionSuccessful"])
        self.assertGreaterEqual(self.find(os.path.join(self.tree))[1]["unchanged"], summary["files"] and 1)

    def test_ten_thousand_unchanged_files(self):
        """Not a measurement, for others use this machine: a second look at 10,000 files does not take as long as the first."""
        for d in range(100):
            os.mkdir(os.path.join(self.tree, f"{d:02}"))
            for n in range(100):
                with open(os.path.join(self.tree, f"{d:02}", f"{n}.txt"), "w") as f:
                    f.write("nothing\n")
        self.rest()
        one, two = self.find()[1], self.find()[1]
        self.assertEqual((one["files"], two["unchanged"]), (10000, 10000))
        self.assertLess(two["seconds"], one["seconds"] + 0.5)


if __name__ == "__main__":
    tell()
