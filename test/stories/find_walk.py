"""What find looks at and in which order: every regular file once, large ones in parts, the same whatever the number of helpers."""
import gzip
import json
import os
import pty
import random
import shutil
import socket
import subprocess

from story import HANDBACK, Story, needs_terminals, tell

CARDS = ["4539578763621486", "4485275742308327", "4539 5787 6362 1486", "4485-2757-4230-8327"]


def luhn(digits):
    total = sum(int(d) if i % 2 else sum(divmod(2 * int(d), 10)) for i, d in enumerate(reversed(digits)))
    return digits + str(-total % 10)


class Walk(Story):
    def setUp(self):
        super().setUp()
        self.tree = os.path.join(self.tmp, "tree")
        os.mkdir(self.tree)

    def put(self, name, content=b"card number 4539578763621486\n"):
        path = os.path.join(os.fsencode(self.tree), name if isinstance(name, bytes) else name.encode())
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(content)
        return path

    def find(self, *args, status=None):
        said = self.json("find", *(args or (self.tree,)), key=False, status=status)
        *hits, last = said.rows
        return hits, last["summary"]

    def paths(self, *args):
        return [os.path.relpath(hit["path"], self.tree) for hit in self.find(*args)[0]]

    def test_in_the_order_of_names_whatever_the_number_of_helpers(self):
        chance = random.Random(1)
        names = []
        for n in range(600):
            name = f"d{chance.randrange(30):02}/f{n:03}.txt"
            names.append(name)
            self.put(name, f"{chance.random()}\ncard {luhn('4539' + str(chance.randrange(10**10, 10**11)))}\n".encode() * chance.choice([1, 1, 1, 2000]))
        self.put("empty", b"")
        answers = []
        for jobs in ("1", "2", "4"):
            said = self.json("find", "--jobs", jobs, self.tree, key=False, status=1)
            answers.append([line for line in said.out.splitlines() if '"summary"' not in line])
            self.assertEqual(said.rows[-1]["summary"]["files"], 601)
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(answers[0], answers[2])
        seen = list(dict.fromkeys(json.loads(line)["path"] for line in answers[0]))
        self.assertEqual(seen, [os.path.join(self.tree, name) for name in sorted(names)])

    def test_a_large_file_is_looked_at_in_parts_and_told_as_one(self):
        """Numbers are planted across every edge of 4 KiB and so of every part: each is found once, in its line and column."""
        size, block = 70 << 20, b"nothing is in this line but words, and no number at all that is long\n" * 60
        text = bytearray((block * (size // len(block) + 1))[:size])
        want = {}
        for n, at in enumerate(range(1 << 20, size - 100, 1 << 20)):
            card = CARDS[n % len(CARDS)].encode()
            start = at - 1 - n % (len(card) + 2)
            text[start - 7:start + len(card) + 1] = b"\ncard: " + card + b"\n"
            want[start] = None
        lines = 0
        before = 0
        for start in sorted(want):
            lines += text.count(b"\n", before, start)
            before = start
            want[start] = (lines + 1, 7)
        path = self.put("big.log", text)
        answers = []
        for jobs in ("1", "3"):
            hits, summary = self.find("--jobs", jobs, path.decode())
            self.assertEqual({hit["offset"]: (hit["line"], hit["column"]) for hit in hits}, want)
            self.assertEqual(len(hits), len(want))
            self.assertEqual((summary["files"], summary["bytes"]), (1, size))
            answers.append(hits)
        self.assertEqual(*answers)

    def test_a_line_without_an_end_has_its_column_in_every_part(self):
        size = 70 << 20
        text = bytearray(b"x y " * (size // 4))
        want = set()
        for n, at in enumerate(range(3 << 20, size, 7 << 20)):
            text[at:at + 26] = b" card %s abc" % luhn("45395787636%04d" % n).encode()
            want.add((1, at + 7))
        self.assertEqual({(h["line"], h["column"]) for h in self.find(self.put("one-line.json", text).decode())[0]}, want)

    def test_a_large_tables_headings_count_in_every_part(self):
        row = b"%d,x,1961-03-04,unknown\n"
        text = b"id,what,born,said\n" + b"".join(b"%d,x,none,unknown and said in a cell that is long enough to fill the file quickly again and again\n" % n for n in range(700000))
        text += row % 1
        path = self.put("table.csv", text)
        self.assertGreater(len(text), 64 << 20)
        self.assertEqual([(h["kind"], h["line"]) for h in self.find(path.decode())[0]], [("date_of_birth", 700002)])

    def test_holes_cost_nothing(self):
        path = os.path.join(self.tree, "disk.img")
        with open(path, "wb") as f:
            f.truncate(4 << 40)
            for at in (0, 1 << 30, (3 << 40) + 12345, (4 << 40) - 30):
                f.seek(at)
                f.write(b"\ncard 4539578763621486\n")
        hits, summary = self.find(path)
        self.assertEqual([h["offset"] for h in hits], [6, (1 << 30) + 6, (3 << 40) + 12351, (4 << 40) - 24])
        self.assertEqual([h["line"] for h in hits], [2, 4, 6, 8])
        self.assertLess(summary["seconds"], 20)
        self.assertLess(summary["bytes"], 4 << 20)                    # what is looked at, not what is not there

    def test_only_regular_files_each_once_and_no_link(self):
        outside = os.path.join(self.tmp, "outside")
        os.mkdir(outside)
        with open(os.path.join(outside, "secret.txt"), "w") as f:
            f.write("card 4539578763621486\n")
        self.put("a/real.txt")
        os.link(os.path.join(self.tree, "a/real.txt"), os.path.join(self.tree, "b-second-name.txt"))
        os.symlink(outside, os.path.join(self.tree, "link-to-folder"))
        os.symlink(os.path.join(outside, "secret.txt"), os.path.join(self.tree, "link-to-file"))
        os.symlink(self.tree, os.path.join(self.tree, "a/loop"))
        os.symlink("nowhere", os.path.join(self.tree, "broken"))
        os.mkfifo(os.path.join(self.tree, "pipe"))
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(os.path.join(self.tree, "socket"))
        if os.getuid() == 0:
            try:
                os.mknod(os.path.join(self.tree, "device"), 0o600 | 0o020000, os.makedev(1, 5))
            except OSError:
                pass
        self.assertEqual(self.paths(), ["a/real.txt"])
        # what is named may be a link: its target was meant
        self.assertEqual([os.path.basename(h["path"]) for h in self.find(os.path.join(self.tree, "link-to-file"))[0]], ["link-to-file"])
        self.assertEqual([os.path.basename(h["path"]) for h in self.find(os.path.join(self.tree, "link-to-folder"))[0]], ["secret.txt"])
        hits, summary = self.find(os.path.join(self.tree, "pipe"))
        self.assertEqual((hits, summary["skipped"][0]["why"]), ([], "it is neither a file nor a folder"))

    def test_paths_that_overlap_are_looked_at_once(self):
        self.put("a/one.txt")
        self.put("a/b/two.txt")
        top, a, two = self.tree, os.path.join(self.tree, "a"), os.path.join(self.tree, "a/b/two.txt")
        for order in ([top, top + "/"], [top, a], [a, top], [two, top], [top, two, a], [a + "/../a", a, two, two]):
            self.assertEqual(sorted(self.paths(*order)), ["a/b/two.txt", "a/one.txt"], order)
        missing = os.path.join(self.tree, "missing")
        hits, summary = self.find(missing, a)
        self.assertEqual((len(hits), summary["skipped"][0]["path"]), (2, missing))
        self.assertEqual(self.json("find", missing, key=False, status=3).rows[0]["error"], "not_found")

    def test_names_of_every_sort_and_deep_folders(self):
        names = [b"new\nline.txt", b"escape\x1b[31m.txt", b"invalid\xff\xfe.txt", "Übersicht.txt".encode(), b" space ", b"-dash", b"n" * 255,
                 b"4539578763621486.txt"]
        for name in names:
            self.put(name)
        hits, _ = self.find(self.tree)
        self.assertEqual(len(hits), len(names))
        self.assertNotIn("4539578763621486", json.dumps(hits))
        people = self.run_handback("find", self.tree, key=False, status=1)
        for text in (people.out, people.err):
            self.assertNotIn("\x1b", text)
            self.assertNotIn("4539578763621486", text)
        self.assertEqual(sum(line.startswith(self.tree) for line in people.out.splitlines()), len(names))
        here = os.open(self.tree, os.O_RDONLY)
        try:
            for depth in range(300):
                os.mkdir("d" * 200, dir_fd=here)
                below = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
                os.close(here)
                here = below
                if depth in (100, 254, 255, 256):
                    with open(os.open("x.txt", os.O_WRONLY | os.O_CREAT, dir_fd=here), "w") as f:
                        f.write("card 4485275742308327\n")
        finally:
            os.close(here)
        hits, summary = self.find(self.tree)
        self.assertEqual(len(hits) - len(names), 3)
        self.assertEqual([s["why"][:14] for s in summary["skipped"]], ["it is too deep"])
        subprocess.run(["rm", "-rf", self.tree], check=True)

    def test_what_a_handbackignore_names_is_left_out_and_told(self):
        self.put(".handbackignore", b"*.log\n/build/\n**/cache/*.bin\n!keep.log\n")
        for name in ("a.log", "keep.log", "build/x.txt", "sub/build/x.txt", "sub/cache/a.bin", "sub/cache/a.txt", "sub/b.log", "z.txt"):
            self.put(name)
        self.put("sub/.handbackignore", b"!b.log\ncache\n")
        self.assertEqual(self.paths(), ["keep.log", "sub/b.log", "sub/build/x.txt", "z.txt"])
        skipped = self.find()[1]["skipped"]
        self.assertEqual([(os.path.relpath(s["path"], self.tree), s["why"]) for s in skipped],
                         [("sub/.handbackignore", "left out what it names: 1 file or folder: cache"), (".handbackignore", "left out what it names: 2 files or folders: a.log, build")])
        # what is named is looked at
        self.assertEqual(self.paths(os.path.join(self.tree, "build")), ["build/x.txt"])

    def test_what_cannot_be_read_is_named(self):
        for name in ("good.txt", "shut.txt", "shut/x.txt"):
            os.chmod(self.put(name), 0o644)
        os.chmod(self.tmp, 0o755)
        os.chmod(os.path.join(self.tree, "shut.txt"), 0)
        os.chmod(os.path.join(self.tree, "shut"), 0)
        self.addCleanup(os.chmod, os.path.join(self.tree, "shut"), 0o700)
        nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.getuid() == 0 else {}        # root reads all
        program = shutil.copy(HANDBACK, self.tmp)                                                       # the sources may lie where nobody may look
        done = subprocess.run([program, "--json", "find", self.tree], capture_output=True, text=True, env={"HOME": self.tmp}, **nobody)
        *hits, last = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([os.path.basename(h["path"]) for h in hits], ["good.txt"], done.stderr)
        self.assertEqual([(os.path.basename(s["path"]), s["why"]) for s in last["summary"]["skipped"]],
                         [("shut", "no permission to read it"), ("shut.txt", "no permission to read it")])

    @needs_terminals
    def test_a_terminal_sees_how_far_it_is_and_how_long_it_takes(self):
        numbers = "".join(f"{n * 7919 % 10**16:016} {n * 104729 % 10**16:016}\n" for n in range(30000)).encode()
        packed = gzip.compress(numbers, 1)
        self.put("a.txt")
        for n in range(8):
            self.put(f"numbers{n}.gz", packed * 60)
        ours, theirs = pty.openpty()
        child = subprocess.Popen([HANDBACK, "find", "--jobs", "1", self.tree], stdout=subprocess.DEVNULL, stderr=theirs, stdin=subprocess.DEVNULL,
                                 env={"HOME": self.tmp, "TERM": "xterm"})
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:                                    # the other end is closed
            pass
        os.close(ours)
        self.assertEqual(child.wait(), 1)
        self.assertRegex(shown.decode(), r"\rLooking: \d+ files \[#*\.*\] +\d+ %  [\d.]+ ?[kMG]?/s  \d+:\d\d left ")
        self.assertTrue(shown.rstrip().endswith(b"\x1b[K"), shown[-80:])        # and it is taken away at the end

    def test_our_own_data_is_left_out_and_told(self):
        self.put("a.txt")
        self.data = os.path.join(self.tree, "data")
        self.init()
        self.put("data/x.txt")
        hits, summary = self.find()
        self.assertEqual([os.path.basename(hit["path"]) for hit in hits], ["a.txt"])
        self.assertEqual([(s["path"], s["why"]) for s in summary["skipped"]], [(self.data, "left out: it is Handback's own data")])

    def test_the_systems_own_is_left_out_and_told(self):
        there = [path for path in ("/proc", "/sys") if os.path.ismount(path)]        # a bare chroot may lack the second
        self.assertIn("/proc", there)
        hits, summary = self.find(*there)
        self.assertEqual((hits, [(s["path"], s["why"]) for s in summary["skipped"]]), ([], [(path, "left out: it is the system's own") for path in there]))


if __name__ == "__main__":
    tell()
