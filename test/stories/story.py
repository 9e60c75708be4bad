"""story - what all stories need: a business in a folder of its own, the binary, and TAP on standard output."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HANDBACK = os.environ.get("HANDBACK", "build/handback")
SOURCE = os.environ.get("HANDBACK_SOURCE", os.getcwd())
PASSPHRASE = "four plain words here"
CHEAP = ["--kdf-memory", "46", "--kdf-passes", "1"]


def children(pid):
    """The processes that one started."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return [int(p) for p in f.read().split()]
    except OSError:
        return []


def sanitized():
    """Whether the program was built with a sanitizer, which takes memory of its own."""
    with open(HANDBACK, "rb") as f:
        return b"__asan_init" in f.read()


def read_code(picture):
    """What a phone's camera reads of the QR code in a picture; of several each on its line."""
    return subprocess.run(["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", picture], capture_output=True, check=True).stdout.decode().rstrip("\n")


def scanned(pdf, page=1):
    """The same of one page of a PDF."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", "300", "-gray", "-png", "-singlefile", "-f", str(page), "-l", str(page), pdf, f"{folder}/page"], check=True)
        return read_code(f"{folder}/page.png")


class Said:
    def __init__(self, done):
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def rows(self):
        return [json.loads(line) for line in self.out.splitlines() if line]

    @property
    def row(self):
        rows = self.rows
        assert len(rows) == 1, (rows, self.err)
        return rows[0]


class Story(unittest.TestCase):
    """Each test has a folder `self.tmp`; `self.data` is where its business is, once `self.init()` was called."""
    maxDiff = None

    def setUp(self):
        self.tmp = tempfile.mkdtemp(prefix="handback-story-")
        self.addCleanup(shutil.rmtree, self.tmp, ignore_errors=True)
        self.data = os.path.join(self.tmp, "data")
        self.passphrase_file = self.file("passphrase", PASSPHRASE + "\n")
        os.chmod(self.passphrase_file, 0o600)

    def file(self, name, content):
        path = os.path.join(self.tmp, name)
        with open(path, "wb") as f:
            f.write(content if isinstance(content, bytes) else content.encode())
        return path

    def run_handback(self, *args, key=True, json_rows=False, env=None, status=0, timeout=300, stdin=None, cwd=None):
        """Runs one command; `status` is what must come back (None: any)."""
        call = [HANDBACK, "--data", self.data]
        if key:
            call += ["--passphrase-file", self.passphrase_file]
        if json_rows:
            call.append("--json")
        clean = {k: v for k, v in os.environ.items() if not k.startswith("HANDBACK_")}
        clean.update({"XDG_CACHE_HOME": os.path.join(self.tmp, "cache"), "XDG_CONFIG_HOME": os.path.join(self.tmp, "config")})
        clean.update(env or {})
        done = subprocess.run(call + [str(a) for a in args], capture_output=True, text=True, env=clean, timeout=timeout, cwd=cwd,
                              stdin=subprocess.DEVNULL if stdin is None else stdin, start_new_session=True)
        said = Said(done)
        if status is not None:
            self.assertEqual(done.returncode, status, f"handback {' '.join(map(str, args))}\n{done.stdout}\n{done.stderr}")
        return said

    def json(self, *args, **kw):
        return self.run_handback(*args, json_rows=True, **kw)

    def init(self, *more):
        row = self.json("init", "--name", "Fernwood Plumbing", "--region", "US-NY", "--timezone", "America/New_York", *CHEAP, *more).row
        self.run_handback("set", "business.phone", "(202) 555-0100", key=False)            # a notice says whom to call
        return row

    def on_a_terminal(self, *args, typed):
        """Runs one command at a terminal of its own, where this is typed: its status and what was shown."""
        ours, theirs = os.openpty()
        child = subprocess.Popen([HANDBACK, "--data", self.data, "--passphrase-file", self.passphrase_file, *map(str, args)], stdin=theirs, stdout=theirs, stderr=theirs,
                                 start_new_session=True, env={k: v for k, v in os.environ.items() if not k.startswith("HANDBACK_")})
        os.close(theirs)
        os.write(ours, typed.encode())
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:                                    # the other end is closed
            pass
        os.close(ours)
        return child.wait(), shown.decode(errors="replace").replace("\r", "")

    def fixture(self, name):
        return os.path.join(SOURCE, "test", "fixtures", name)


def needs_terminals(test):
    """Skips a test where the machine has no pseudo-terminals: a folder entered by chroot without /dev/pts."""
    try:
        for fd in os.openpty():
            os.close(fd)
        return test
    except OSError:
        return unittest.skip("this machine has no terminals (/dev/pts)")(test)


class _Tap(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.n = 0
        self.skipped_whole = []

    def _line(self, good, test, more=""):
        self.n += 1
        name = test.id().split(".", 1)[-1]
        print(f"{'ok' if good else 'not ok'} {self.n} - {name}{more}", flush=True)

    def _trace(self, test, err):
        for line in self._exc_info_to_string(err, test).splitlines():
            print("# " + line, flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self._line(True, test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._line(False, test)
        self._trace(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self._line(False, test)
        self._trace(test, err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        whole = getattr(test, "test_case", test)           # of a test whose parts are skipped one line is told
        if whole not in self.skipped_whole:
            self.skipped_whole.append(whole)
            self._line(True, whole, f" # SKIP {reason}")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._line(False, subtest)
            self._trace(test, err)


def tell():
    """Runs the calling file's tests; with names as arguments only those."""
    loader = unittest.TestLoader()
    main = sys.modules["__main__"]
    suite = loader.loadTestsFromNames(sys.argv[1:], main) if sys.argv[1:] else loader.loadTestsFromModule(main)
    print(f"1..{suite.countTestCases()}", flush=True)
    result = _Tap()
    suite.run(result)
    sys.exit(0 if result.wasSuccessful() else 1)
