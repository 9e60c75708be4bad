"""The house's arrows hold: an include against them does not build, a foreign library stays in its room, nothing needs what is outside."""
import collections
import glob
import os
import re
import subprocess
import tempfile
import unittest

from story import SOURCE, tell

# which rooms may include a foreign library's headers; open reads foreign files with what reads such files
LIBRARIES = {
    "sodium.h": {"base", "seal", "front"}, "openssl/sha.h": {"base"}, "glib": {"base", "open"}, "sqlite3.h": {"store", "open"}, "seccomp.h": {"box"}, "linux/landlock.h": {"box"}, "linux/seccomp.h": {"box"},
    "csv.h>": {"open"}, "curl/": {"wire"}, "pango/": {"paper"}, "cairo": {"paper", "open"}, "unicase.h": {"ledger"}, "uninorm.h": {"ledger"}, "unistr.h": {"ledger"}, "unictype.h": {"ledger"},
    "idn2.h": {"wire"}, "archive": {"open"}, "libxml/": {"open"}, "gmime/": {"open"}, "libpst/": {"open"}, "gsf/": {"open"}, "poppler": {"open"}, "leptonica/": {"open"}, "tesseract/": {"open"},
    "fontconfig/": {"open"}, "zlib.h": {"open"}, "libpq": {"server"}, "microhttpd.h": {"http"}, "jansson.h": {"cli", "desk", "person", "watch"}, "gnutls/": {"http", "wire"}, "libpsl.h": {"wire"}, "resolv.h": {"wire"}, "qrencode.h": {"qr"},
}


def defined(how, path):
    done = subprocess.run(["nm", how, "--defined-only", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    return {words[2].split("@")[0] for words in map(str.split, done.stdout.splitlines()) if len(words) == 3 and words[1] in "TDBR"}


def sources():
    return [p for p in glob.glob(f"{SOURCE}/src/**/*.[ch]", recursive=True) if not p.endswith("_test.c")]


class Arrows(unittest.TestCase):
    def test_foreign_libraries_stay_in_their_rooms(self):
        for path in sources():
            room = os.path.basename(os.path.dirname(path))
            with open(path, encoding="utf-8") as f:
                for name in re.findall(r'#\s*include <([^>]+)>', f.read()):
                    for start, rooms in LIBRARIES.items():
                        if (name + ">").startswith(start):
                            self.assertIn(room, rooms, f"{path} includes <{name}>")

    def test_a_name_is_defined_once(self):
        """Of two functions of one name in two archives the linker takes the first and says nothing; a library's own calls come to ours."""
        where = collections.defaultdict(set)
        build = os.path.dirname(os.environ["HANDBACK"])
        archives = glob.glob(f"{build}/lib*.a")
        self.assertGreater(len(archives), 10)
        for path in archives:
            for name in defined("-g", path):
                where[name].add(os.path.basename(path))
        for line in subprocess.run(["ldd", os.environ["HANDBACK"]], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines():
            if "=>" in line and os.path.exists(line.split()[2]):
                for name in defined("-D", line.split()[2]):
                    if name in where:
                        where[name].add(line.split()[0])
        where.pop("iconv_open")         # meant: in a box no converter may be loaded from a file (src/craft/open)
        self.assertEqual({name: sorted(rooms) for name, rooms in where.items() if len(rooms) > 1 and not name.startswith("_")}, {})

    def test_what_changes_something_is_not_asked_for_twice(self):
        """STR_ARG names its argument twice."""
        for path in sources():
            with open(path) as f:
                self.assertEqual(re.findall(r"STR_ARG\(((?:str_split|cursor_\w+|\w+_(?:keep|take|next|put))\()", f.read()), [], path)

    def test_headers_do_not_show_foreign_libraries(self):
        for path in glob.glob(f"{SOURCE}/src/**/*.h", recursive=True):
            if path.endswith(("_int.h", "_test.h")):
                continue
            with open(path, encoding="utf-8") as f:
                for name in re.findall(r'#\s*include <([^>]+)>', f.read()):
                    self.assertRegex(name, r"^(std\w+\.h|string\.h|sys/types\.h|inttypes\.h)$", path)

    def test_an_include_against_the_arrows_does_not_build(self):
        """A craft that includes a room of the business: compiled with just the folders that the floors table gives it."""
        with open(f"{SOURCE}/meson.build", encoding="utf-8") as f:
            table = re.findall(r"\['(\w+)',\s*'([^']+)',\s*\[([^\]]*)\]\]", f.read())
        folder = {name: path for name, path, _ in table}
        self.assertGreater(len(table), 12)
        for name, _, sees in table:
            seen = re.findall(r"'(\w+)'", sees)
            position = [n for n, _, _ in table]
            for other in seen:
                self.assertLess(position.index(other), position.index(name), f"{name} sees {other}: against the arrows")
            allowed = {name, *seen}
            for other in folder:
                header = f"{SOURCE}/{folder[other]}/{other}.h"
                if other in allowed or not os.path.exists(header):
                    continue
                with tempfile.NamedTemporaryFile("w", suffix=".c") as c:
                    c.write(f'#include "{other}.h"\n')
                    c.flush()
                    done = subprocess.run(["cc", "-fsyntax-only", *[f"-I{SOURCE}/{folder[n]}" for n in allowed], c.name], capture_output=True)
                    self.assertNotEqual(done.returncode, 0, f"{name} can include {other}.h")

    def test_the_project_stands_alone(self):
        listed = subprocess.run(["git", "-C", SOURCE, "ls-files"], capture_output=True, text=True).stdout.split("\n")
        for name in filter(None, listed):
            path = os.path.join(SOURCE, name)
            if not os.path.isfile(path):
                continue
            with open(path, "rb") as f:
                text = f.read()
            # folders beside the project; an address of the desk may end in one of these words
            self.assertIsNone(re.search(rb"\.\./sha" rb"red|(?<![\w}*])/wo" rb"rk/", text), name)


if __name__ == "__main__":
    tell()
