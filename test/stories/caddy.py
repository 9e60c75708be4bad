"""caddy: the way of doc/serve.md, from an empty machine to the owner's browser, through Debian's Caddy, with the page's own files."""
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
import unittest

from browser import Browser
from story import HANDBACK, PASSPHRASE, SOURCE, Story, tell


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def block(kind):
    """What the page gives to be put into a file."""
    with open(f"{SOURCE}/doc/serve.md", encoding="utf-8") as f:
        return re.search(rf"```{kind}\n(.*?)```", f.read(), re.S)[1]


@unittest.skipUnless(shutil.which("caddy"), "Caddy is not here (apt-get install caddy)")
class Caddy(Story):
    def setUp(self):
        super().setUp()
        self.outer, inner = free_port(), free_port()
        self.name = f"localhost:{self.outer}"
        command = re.search(r"^ExecStart=(.*)$", block("ini"), re.M)[1].split()
        self.assertEqual(command[1], "--data")
        command = [HANDBACK, "--data", self.data, "--json", *command[3:]]
        command = [c.replace("127.0.0.1:8080", f"127.0.0.1:{inner}").replace("handback.example.com", self.name) for c in command]
        self.desk = self.start(command, stdout=subprocess.PIPE)
        self.link = json.loads(self.desk.stdout.readline())["link"]
        # as the page has it, but for the name, whose certificate is of this machine's own making
        site = block("caddyfile").replace("127.0.0.1:8080", f"127.0.0.1:{inner}").replace("handback.example.com", self.name).replace("{\n", "{\n\ttls internal\n", 1)
        path = self.file("Caddyfile", "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\n" + site)
        home = os.path.join(self.tmp, "caddy")
        self.start(["caddy", "run", "--config", path, "--adapter", "caddyfile"], env=dict(os.environ, HOME=home, XDG_DATA_HOME=home, XDG_CONFIG_HOME=home))
        self.tls = ssl.create_default_context()
        for _ in range(600):
            root = os.path.join(home, "caddy/pki/authorities/local/root.crt")
            try:
                self.tls.load_verify_locations(root)
                with socket.create_connection(("127.0.0.1", self.outer), timeout=5) as s, self.tls.wrap_socket(s, server_hostname="localhost"):
                    return
            except OSError:
                time.sleep(0.1)
        self.fail("Caddy did not start")

    def start(self, command, stdout=subprocess.DEVNULL, env=None):
        run = subprocess.Popen(command, stdout=stdout, stderr=subprocess.DEVNULL, text=True, env=env, start_new_session=True)
        self.addCleanup(self.end, run)
        return run

    def end(self, run):
        run.send_signal(signal.SIGTERM)
        run.wait(60)
        if run.stdout:
            run.stdout.close()

    def test_from_an_empty_machine_to_the_owners_browser(self):
        self.assertTrue(self.link.startswith(f"https://{self.name}/open/"), self.link)
        b = Browser(self.link, self.tls)
        self.assertIn("Welcome", b.go(self.link).heading)
        self.assertTrue(all(c.secure for c in b.jar), "cookies go by TLS only")
        self.assertIn("max-age", b.page.headers["Strict-Transport-Security"])
        b.go("/first/name")
        b.send("/first/name", name="Fernwood Plumbing")
        b.send("/first/place", region="US-NY")
        b.send("/first/zone", zone="America/New_York")
        b.send("/first/passphrase", passphrase=PASSPHRASE, again=PASSPHRASE)
        b.send("/first/check")
        groups = re.findall(r'<li class="desk-code">([0-9A-Z]{5})</li>', b.go("/first/sheet").source)
        asked = [int(n) for n in re.findall(r"Group (\d)", b.go("/first/typed").text)]
        done = b.send("/first/typed", one=groups[asked[0] - 1], two=groups[asked[1] - 1])
        b.go(re.search(r'href="(/open/[0-9a-f]{32}\?first=yes)"', done.source)[1])
        self.assertIn("Fernwood Plumbing is set up", b.page.heading)
        # another browser signs in with the passphrase; a file larger than a form goes up and is looked at
        phone = Browser(f"https://{self.name}/sign-in", self.tls)
        phone.go("/sign-in")
        phone.send("/sign-in", name="Owner", passphrase=PASSPHRASE)
        self.assertEqual(phone.page.heading, "Fernwood Plumbing")
        rows = "".join(f"2025-06-{1 + i % 28:02}T10:00:00Z,C-{i},R-1,card_number\n" for i in range(40000))
        phone.go("/import")
        phone.send("/import", files={"file": ("touches.csv", ("touched_at,customer_ref,reader,data_kinds\n" + rows).encode())})
        self.assertIn("40000", phone.page.text.replace(",", ""))
        # what an asker claims of where it comes from is not believed, and no other name is answered
        phone.ask("/", headers={"X-Forwarded-Proto": "http", "X-Forwarded-For": "203.0.113.9"})
        self.assertEqual((phone.page.status, phone.page.heading), (200, "Fernwood Plumbing"))
        self.assertNotIn("Fernwood", phone.ask("/", headers={"Host": "other.example.com"}).text)

    def test_the_unit_is_one_that_systemd_takes(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd is not here")
        unit = self.file("handback.service", block("ini").replace("/usr/local/bin/handback", HANDBACK).replace("User=handback", "User=root"))
        said = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
        self.assertEqual((said.returncode, said.stderr), (0, ""))


if __name__ == "__main__":
    tell()
