"""What the README shows of `make demo` is what it shows."""
import os
import re
import subprocess

from story import HANDBACK, SOURCE, Story, tell

DAY = re.compile(r"(January|February|March|April|May|June|July|August|September|October|November|December) \d+, \d{4}")


class Readme(Story):
    def test_the_readme_shows_what_the_demo_shows(self):
        here = f"{self.tmp}/demo"
        done = subprocess.run([f"{SOURCE}/tools/demo.sh", HANDBACK, here], capture_output=True, text=True, env=os.environ | {"TERM": "dumb"})
        self.assertEqual(done.returncode, 0, done.stderr)
        shown = [DAY.sub("DAY", line.replace(here, "build/demo")) for line in (done.stdout + done.stderr).splitlines()]
        with open(f"{SOURCE}/README.md", encoding="utf-8") as f:
            told = f.read().split("This is what `make demo` shows", 1)[1].split("\n## ", 1)[0]
        lines = [DAY.sub("DAY", line[4:]) for line in told.splitlines() if line.startswith("    ") and not line.startswith("    powers")]     # what powers there are the kernel says
        self.assertGreater(len(lines), 100)
        self.assertEqual([line for line in lines if line not in shown], [])
        # what several laws want alike is said once
        wanted = [line for line in shown if "There an e-mail counts as a notice only" in line]
        self.assertEqual(len(wanted), len(re.findall(r"^\$ handback notice (?:draft|preview)", "\n".join(shown), re.M)), wanted)
        self.assertTrue(all("New York, " in line and "; " in line for line in wanted), wanted)


if __name__ == "__main__":
    tell()
