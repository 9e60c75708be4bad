"""desk - what stories about the pages need: a desk on a port of its own, raw requests, and a browser's manners without a browser."""
import gzip
import html
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import urllib.parse

from story import HANDBACK, SOURCE, Story


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def header(self, name):
        values = [v for k, v in self.headers if k.lower() == name.lower()]
        assert len(values) < 2, (name, values)
        return values[0] if values else None

    @property
    def text(self):
        return (gzip.decompress(self.body) if self.header("Content-Encoding") == "gzip" else self.body).decode()


def routes():
    """All that the desk answers, from its own table: (method, path, flags)."""
    with open(f"{SOURCE}/src/face/desk/routes.c", encoding="utf-8") as f:
        return [(m, p, flags) for m, p, flags in re.findall(r'^\t\{ "(GET|POST)", "([^"]+)", ([^}]*)\}', f.read(), re.M)]


class DeskStory(Story):
    def desk(self, *more, command="ui"):
        """Starts the desk of self.data; self.base is its address, self.link the link that works once. Ends with the test."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith("HANDBACK_")}
        clean.update({"XDG_CACHE_HOME": os.path.join(self.tmp, "cache"), "XDG_CONFIG_HOME": os.path.join(self.tmp, "config"), "XDG_DATA_HOME": os.path.join(self.tmp, "home")})
        self.process = subprocess.Popen([HANDBACK, "--data", self.data, "--json", command, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean,
                                        stdin=subprocess.DEVNULL, start_new_session=True)
        self.addCleanup(self.desk_end)
        line = self.process.stdout.readline()
        self.assertTrue(line, "the desk did not start")
        self.link = json.loads(line)["link"]
        self.base, self.host = re.match(r"(https?://([^/]+))/", self.link).groups()
        self.port = int(self.host.split(":")[1]) if ":" in self.host else None
        self.cookie = None
        return self

    def desk_end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.process.stdout.close()
            self.process.stderr.close()

    def ask(self, method, path, form=None, headers=None, cookie=True, body=None, source=None):
        """One request on a connection of its own, with our cookie. form: a dict, sent as a browser does."""
        sent = {"Host": self.host}
        if cookie and self.cookie:
            sent["Cookie"] = self.cookie
        if form is not None:
            body = urllib.parse.urlencode(form, doseq=True).encode()
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        sent.update(headers or {})
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30, source_address=source and (source, 0))
        try:
            c.request(method, path, body=body, headers=sent)
            r = c.getresponse()
            return Reply(r.status, r.getheaders(), r.read())
        finally:
            c.close()

    def open(self):
        """Uses the link, as the one who started the desk; keeps the cookie."""
        said = self.ask("GET", urllib.parse.urlparse(self.link).path)
        self.assertEqual(said.status, 303, said.body)
        self.cookie = said.header("Set-Cookie").split(";")[0]
        return said

    def csrf(self):
        return html.unescape(re.search(r'name="csrf" value="([^"]+)"', self.ask("GET", "/").text)[1])

    def raw(self, text, timeout=10):
        """Bytes as they are, and all that comes back until the other side closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as s:
            try:
                s.sendall(text)
            except (BrokenPipeError, ConnectionResetError):
                pass
            s.settimeout(timeout)
            said = b""
            try:
                while piece := s.recv(65536):
                    said += piece
            except ConnectionResetError:
                pass
            except socket.timeout:
                said += b"[still open]"
            return said
