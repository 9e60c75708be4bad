"""asvs: doc/asvs.md names every requirement of OWASP ASVS 5.0, levels 1 and 2, that applies here, and only tests and files that there are."""
import os
import re

from story import SOURCE, Story, tell

# of each section the requirements that apply (ASVS 5.0.0); the others are listed at the top of the page
APPLY = """1.1: 1 2; 1.2: 1 2 3 4 5 9; 1.3: 1 2 3 4 5 6 7 10 11; 1.4: 1 2 3; 1.5: 1 2; 2.1: 1 2 3; 2.2: 1 2 3; 2.3: 1 2 3 4; 2.4: 1; 3.2: 1 2; 3.3: 1 2 3 4;
3.4: 1 2 3 4 5 6; 3.5: 1 2 3 4; 3.7: 1 2; 4.1: 1 2 3; 4.2: 1; 5.1: 1; 5.2: 1 2 3; 5.3: 1 2; 5.4: 1 2 3; 6.1: 1 2 3; 6.2: 1 2 3 4 5 6 7 8 9 10 11 12;
6.3: 1 2 3 4; 6.4: 1 2 3 4; 6.5: 1 2 3 4 5; 6.6: 2 3; 7.1: 1 2; 7.2: 1 2 3 4; 7.3: 1 2; 7.4: 1 2 3 4 5; 7.5: 1 2; 7.6: 2; 8.1: 1 2; 8.2: 1 2 3; 8.3: 1;
8.4: 1; 11.1: 1 2; 11.2: 1 2 3; 11.3: 1 2 3; 11.4: 1 2 3 4; 11.5: 1; 11.6: 1; 12.1: 1 2 3; 12.2: 1 2; 12.3: 1 2 3 4; 13.1: 1; 13.2: 1 2 3 4 5; 13.3: 1 2;
13.4: 1 2 3 4 5; 14.1: 1 2; 14.2: 1 2 3 4; 14.3: 1 2 3; 15.1: 1 2 3; 15.2: 1 2 3; 15.3: 1 2 3 4 5 6 7; 16.1: 1; 16.2: 1 2 3 4 5; 16.3: 1 2 3 4;
16.4: 1 2 3; 16.5: 1 2 3"""
ACCEPTED_MOST = 4                            # rows that are not done, or not wholly, each with its reason: fewer is better


class Asvs(Story):
    def rows(self):
        with open(f"{SOURCE}/doc/asvs.md", encoding="utf-8") as f:
            found = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in f if re.match(r"\| \d+\.\d+\.\d+", line)]
        self.assertTrue(all(len(row) == 3 and all(row) for row in found))
        return found

    def test_each_requirement_has_one_row(self):
        want = sorted(f"{section.split(':')[0].strip()}.{n}" for section in APPLY.split(";") for n in section.split(":")[1].split())
        self.assertEqual(len(want), 191)
        have = sorted(i for numbers, _, _ in self.rows() if "level 3" not in numbers for i in numbers.split(", "))
        self.assertEqual(have, want)
        accepted = [what for _, what, shown in self.rows() if shown == "**accepted**"]
        self.assertLessEqual(len(accepted), ACCEPTED_MOST)
        self.assertTrue(all(re.match("accepted: .{60}", what) for what in accepted), accepted)

    def test_each_test_and_file_is_there(self):
        units = {name[:-len("_test.c")]: os.path.join(at, name) for at, _, names in os.walk(f"{SOURCE}/src") for name in names if name.endswith("_test.c")}
        checked = 0
        for numbers, _, shown in self.rows():
            for one in ([] if shown == "**accepted**" else shown.split(", ")):
                with self.subTest(requirement=numbers, shown=one):
                    told = re.fullmatch(r"`([^`]+)`(?:: (\w+))?", one)
                    self.assertTrue(told)
                    if not told[2]:
                        self.assertTrue(os.path.isfile(f"{SOURCE}/{told[1]}"))
                        continue
                    path = f"{SOURCE}/test/stories/{told[1]}.py" if told[2].startswith("test_") else units[told[1]]      # a story and a unit test may have one name
                    with open(path, encoding="utf-8") as f:
                        text = f.read()
                    # a unit test is defined and run, a story's is defined
                    uses = len(re.findall(rf"\b{told[2]}\b", text))
                    self.assertTrue(uses >= 2 if path.endswith(".c") else f"def {told[2]}(self" in text)
                checked += 1
        self.assertGreater(checked, 150)


if __name__ == "__main__":
    tell()
