"""A mailbox elsewhere, for stories: as much of IMAP4rev1 (RFC 3501) as reading needs, over TLS; it keeps what it was asked, and can misbehave."""
import os
import re
import socket
import ssl
import subprocess
import threading


class Imapd:
    def __init__(self, folder, password):
        self.mails, self.validity, self.password, self.asked, self.how = {}, 7, password, [], ""
        self.cert, key = os.path.join(folder, "imap.pem"), os.path.join(folder, "imap.key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", self.cert, "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(self.cert, key)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def close(self):
        self.socket.close()

    def serve(self):
        while True:
            try:
                s, _ = self.socket.accept()
            except OSError:
                return
            try:
                with self.tls.wrap_socket(s, server_side=True) as line:
                    self.talk(line.makefile("rwb"))
            except OSError:
                pass

    def talk(self, f):
        def say(text):
            f.write(text if isinstance(text, bytes) else text.encode())
            f.flush()
        say("* OK ready\r\n" if self.how != "no greeting" else "HTTP/1.1 400 Bad\r\n")
        for raw in f:
            line = raw.decode().rstrip("\r\n")
            tag, _, words = line.partition(" ")
            self.asked.append(words)
            if words.startswith("LOGIN"):
                if not words.endswith(f'"{self.password}"'):
                    say(f"{tag} NO that is not the password\r\n")
                    return
            elif words.startswith("EXAMINE"):
                say(f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] valid\r\n")
            elif words.startswith("UID SEARCH"):
                if self.how == "endless":
                    say(b"* SEARCH " + b"1 " * (2 << 20))
                    return
                least = int(re.search(r"UID (\d+):\*", words)[1])
                found = [u for u in sorted(self.mails, reverse=True) if u >= least] or sorted(self.mails)[-1:]
                say(f"* SEARCH {' '.join(map(str, found))}\r\n")
            elif words.startswith("UID FETCH"):
                uid, most = map(int, re.search(r"FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", words).groups())
                if self.how == "drop":
                    return
                if uid in self.mails:
                    body = self.mails[uid][:most] if self.how != "too much" else b"x" * (most + 1)
                    say(b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n" % (uid, len(body)) + body + b")\r\n")
            elif words == "LOGOUT":
                say(f"* BYE\r\n{tag} OK\r\n")
                return
            else:
                say(f"{tag} BAD not here\r\n")
                continue
            say(f"{tag} OK done\r\n")
