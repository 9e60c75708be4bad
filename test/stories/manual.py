"""manual: pages of the manual and completion in three shells, made from the commands' own tables, and installed with the program."""
import glob
import os
import pty
import select
import shutil
import stat
import subprocess
import time
import unittest

from story import HANDBACK, SOURCE, Story, tell


class Manual(Story):
    def commands(self):
        return self.json("help", key=False).rows

    def completion(self, shell):
        path = os.path.join(self.tmp, "_handback")
        with open(path, "w") as f:
            f.write(self.run_handback("help", "--completion", shell, key=False).out)
        return path

    def test_each_command_has_a_page_without_a_fault(self):
        folder = os.path.join(self.tmp, "man")
        os.mkdir(folder)
        self.run_handback("help", "--man", folder, key=False)
        commands = self.commands()
        self.assertEqual(sorted(os.listdir(folder)), sorted(["handback.1"] + [f"handback-{c['command'].replace(' ', '-')}.1" for c in commands]))
        for c in commands:
            with open(os.path.join(folder, f"handback-{c['command'].replace(' ', '-')}.1")) as f:
                page = f.read()
            for field in c["fields"]:
                self.assertIn(field["name"] if field["placed"] else f"Fl \\-{field['name']}", page, c["command"])
            self.assertNotIn("\n.\n", page)
        if not shutil.which("mandoc"):
            self.skipTest("mandoc is not here")
        said = subprocess.run(["mandoc", "-Tlint", "-Wwarning", *glob.glob(folder + "/*.1")], capture_output=True, text=True)
        self.assertEqual((said.returncode, said.stdout), (0, ""))
        text = subprocess.run(["mandoc", "-Tascii", folder + "/handback-incident-open.1"], capture_output=True, text=True).stdout
        self.assertIn("within a window of time", " ".join(text.split()))

    def test_what_cannot_be_made_is_said(self):
        self.assertIn("bash, zsh or fish", self.run_handback("help", "--completion", "tcsh", key=False, status=2).err)
        self.assertIn("can't be written", self.run_handback("help", "--man", os.path.join(self.tmp, "none"), key=False, status=3).err)

    def test_all_is_installed(self):
        done = subprocess.run(["meson", "install", "-C", os.path.dirname(HANDBACK), "--no-rebuild", "--quiet", "--destdir", self.tmp + "/root"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        share = glob.glob(self.tmp + "/root/**/share", recursive=True)[0]
        for path in ("man/man1/handback.1", "man/man1/handback-notice-draft.1", "bash-completion/completions/handback", "zsh/site-functions/_handback",
                     "fish/vendor_completions.d/handback.fish"):
            self.assertEqual(stat.S_IMODE(os.stat(f"{share}/{path}").st_mode), 0o644, path)

    def bash(self, *lines):
        """What bash offers for the last word of each line."""
        script = f"source {self.completion('bash')}; cd {self.tmp}/files\n" + "".join(
            "COMP_WORDS=(" + " ".join(f"'{w}'" for w in line) + f"); COMP_CWORD={len(line) - 1}; COMPREPLY=(); _handback_complete; printf '%s\\t' \"${{COMPREPLY[@]}}\"; echo\n" for line in lines)
        done = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return [[w for w in line.split("\t") if w] for line in done.stdout.splitlines()]

    def test_bash_completes_every_command_and_option(self):
        os.mkdir(self.tmp + "/files")
        self.file("files/a file.csv", "")
        commands = self.commands()
        common = ["--data", "--passphrase-file", "--as", "--json", "--help"]
        lines, right = [], []
        names = [c["command"].split() for c in commands]
        for c in commands:
            words = c["command"].split()
            for i in range(len(words)):
                lines.append(["handback", *words[:i], words[i][:2]])
                right.append({n[i] for n in names if len(n) > i and n[:i] == words[:i] and n[i].startswith(words[i][:2])})
            lines.append(["handback", *words, "--"])
            right.append({f"--{f['name']}" for f in c["fields"] if not f["placed"]} | set(common))
        for line, offered, wanted in zip(lines, self.bash(*lines), right):
            self.assertEqual(set(offered) - {"a file.csv"}, wanted, line)
        # files where a file is meant, nothing where a word is
        for line, offered in (("import a", ["a file.csv"]), ("--data x import a", ["a file.csv"]), ("--data a", ["a file.csv"]), ("help --man a", ["a file.csv"]),
                              ("incident open --title a", []), ("incident z", [])):
            self.assertEqual(self.bash(["handback", *line.split()]), [offered], line)

    @unittest.skipUnless(shutil.which("fish"), "fish is not here")
    def test_fish_completes(self):
        path = self.completion("fish")
        for line, offered in (("handback inci", ["incident"]), ("handback incident op", ["open"]), ("handback --json incident open --fr", ["--from"]), ("handback vault slot e", ["end"])):
            said = subprocess.run(["fish", "--no-config", "-c", f"source {path}; complete -C '{line}'"], capture_output=True, text=True, env=dict(os.environ, HOME=self.tmp))
            self.assertEqual([x.split("\t")[0] for x in said.stdout.splitlines() if x], offered, line + said.stderr)

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not here")
    def test_zsh_completes_from_the_first_time_on(self):
        self.completion("zsh")
        pid, fd = pty.fork()
        if not pid:
            os.execvpe("zsh", ["zsh", "-f", "-i"], dict(os.environ, HOME=self.tmp, TERM="dumb", PS1="> "))
        try:
            os.write(fd, f"fpath=({self.tmp} $fpath); autoload -U compinit; compinit -u -D; handback() {{ print SAID \"$@\" END }}\n".encode())
            os.write(fd, b"handback inc\top\t--fr\tx\n")
            said, until = "", time.time() + 60
            while "END\r" not in said.split("SAID", 2)[-1] and time.time() < until:
                if select.select([fd], [], [], 0.2)[0]:
                    said += os.read(fd, 65536).decode(errors="replace")
            self.assertIn("SAID incident open --from x END", said)
        finally:
            os.close(fd)
            os.waitpid(pid, 0)


if __name__ == "__main__":
    tell()
