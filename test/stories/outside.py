"""outside - what stands in for the internet: one port that answers HTTPS and plain HTTP for any host, and a name server, both as told."""
import os
import socket
import socketserver
import ssl
import struct
import subprocess
import threading


def certificate(folder, names, days=90, name="outside"):
    """A self-signed certificate for these names: the path of the certificate, and of its key."""
    cert, key = os.path.join(folder, f"{name}.pem"), os.path.join(folder, f"{name}.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cert, "-days", str(days), "-subj", "/CN=outside",
                    "-addext", "subjectAltName=" + ",".join("DNS:" + n for n in names)], check=True, capture_output=True)
    return cert, key


class Site:
    """pages: (host, path) -> (status, headers, body) or a function of the request's headers and body that gives these; "http://host" as host: without encryption.
    `asked` keeps each request as (host, method, path, headers, body)."""

    def __init__(self, cert, key, pages):
        self.pages, self.asked, self.knocks = pages, [], 0
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(cert, key)
        site = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                site.knocks += 1
                try:
                    site.talk(self.request)
                except (OSError, ssl.SSLError):
                    pass

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads, allow_reuse_address = True, True

        self.server = Server(("127.0.0.1", 0), Handler)
        self.to = "127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def talk(self, s):
        s.settimeout(20)
        plain = s.recv(1, socket.MSG_PEEK) != b"\x16"
        s = s if plain else self.tls.wrap_socket(s, server_side=True)
        f = s.makefile("rb")
        method, path, _ = f.readline().decode().split()
        headers = {}
        while (line := f.readline().decode().strip()):
            name, value = line.split(":", 1)
            headers[name.lower()] = value.strip()
        body = f.read(int(headers.get("content-length", 0)))
        host = headers["host"]
        self.asked.append((host, method, path, headers, body))
        page = self.pages.get(("http://" + host if plain else host, path), (404, {}, b"not here"))
        status, more, body = page(headers, body) if callable(page) else page
        body = body if isinstance(body, bytes) else body.encode()
        head = "".join(f"{k}: {v}\r\n" for k, v in more.items())
        s.sendall(f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{head}\r\n".encode() + body)
        s.close()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Names:
    """records: (name, type) -> list of values; a name that has none of any type does not exist; "SERVFAIL" as value fails."""
    TYPES = {"A": 1, "PTR": 12, "MX": 15, "TXT": 16, "CAA": 257}

    def __init__(self, records):
        self.records, self.asked = records, []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.at = "127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    @staticmethod
    def name(text):
        return b"".join(bytes([len(p)]) + p.encode() for p in text.split(".") if p) + b"\0"

    def data(self, kind, value):
        if kind == "TXT":
            raw = value.encode()
            return b"".join(bytes([len(raw[i:i + 255])]) + raw[i:i + 255] for i in range(0, max(len(raw), 1), 255))
        if kind == "CAA":
            tag, value = value.split(" ", 1)
            return bytes([0, len(tag)]) + tag.encode() + value.encode()
        if kind == "MX":
            preference, server = value.split(" ")
            return struct.pack(">H", int(preference)) + self.name(server)
        return socket.inet_aton(value) if kind == "A" else self.name(value)

    def serve(self):
        while True:
            try:
                q, peer = self.socket.recvfrom(600)
            except OSError:
                return
            at, labels = 12, []
            while q[at]:
                labels.append(q[at + 1:at + 1 + q[at]].decode())
                at += 1 + q[at]
            name = ".".join(labels).lower()
            number = struct.unpack(">H", q[at + 1:at + 3])[0]
            kind = {v: k for k, v in self.TYPES.items()}.get(number, "?")
            self.asked.append((name, kind))
            values = self.records.get((name, kind), [])
            code = 2 if values == "SERVFAIL" else 0 if values or any(n == name for n, _ in self.records) else 3
            answers = [] if code else [self.data(kind, v) for v in values]
            head = q[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, len(answers), 0, 0)
            rest = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", number, 1, 60, len(d)) + d for d in answers)
            self.socket.sendto(head + q[12:at + 5] + rest, peer)

    def close(self):
        self.socket.close()
