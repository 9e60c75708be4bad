"""Find is as exact as it says, on labelled files in every format that nothing of it was tuned on."""
import os
import shutil
import sys
import tempfile
import unittest

from story import HANDBACK, SOURCE, tell

sys.path.insert(0, os.path.join(SOURCE, "test", "bench"))
import corpus  # noqa: E402
import find_exact  # noqa: E402


class Exact(unittest.TestCase):
    def test_recall_and_precision(self):
        folder = tempfile.mkdtemp(prefix="handback-story-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        scores, missing = find_exact.judge(HANDBACK, os.path.join(folder, "files"), "story", 2, formats=list(corpus.FORMATS))
        self.assertEqual(missing, {})
        for name, s in scores.items():
            print(f"# {name}: recall {s.found[False]}/{s.planted[False]}, hard {s.found[True]}/{s.planted[True]}; {s.wrong} wrong", flush=True)
        s = find_exact.total(scores)
        self.assertGreaterEqual(s.recall(False), 0.99)
        self.assertGreaterEqual(s.recall(True), 0.60)
        self.assertGreaterEqual(s.precision(), 0.99)
        for name, one in scores.items():                                       # no format is carried by the others
            if one.planted[False] > 20:
                self.assertGreaterEqual(one.recall(False), 0.9, name)


if __name__ == "__main__":
    tell()
