"""TLS of the desk's own: the certificate is read again when it changes, old versions are refused; behind a proxy only its word counts."""
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.parse

from desk import DeskStory
from story import tell


class Tls(DeskStory):
    def certificate(self, name, serial):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-set_serial", str(serial),
                        "-addext", "subjectAltName=DNS:localhost", "-keyout", f"{self.tmp}/{name}.key", "-out", f"{self.tmp}/{name}.pem"], check=True, capture_output=True)

    def free_port(self):
        with socket.create_server(("127.0.0.1", 0)) as s:
            return s.getsockname()[1]

    def connect(self, **how):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")             # so that it is the desk that refuses old versions
        for k, v in how.items():
            setattr(context, k, v)
        return context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), timeout=10), server_hostname="localhost")

    def serial(self):
        with self.connect() as s:
            der = s.getpeercert(True)
        said = subprocess.run(["openssl", "x509", "-inform", "der", "-noout", "-serial"], input=der, capture_output=True, check=True)
        return int(said.stdout.decode().split("=")[1], 16)

    def get(self, path, *headers):
        with self.connect() as s:
            s.sendall("\r\n".join([f"GET {path} HTTP/1.1", f"Host: {self.host}", "Connection: close", *headers, "", ""]).encode())
            said = b""
            while piece := s.recv(65536):
                said += piece
        return said.decode("utf-8", "replace")

    def test_the_certificate_is_read_again_when_it_changes(self):
        self.init()
        self.certificate("a", 1001)
        self.certificate("b", 1002)
        os.mkdir(f"{self.tmp}/tls")
        cert, key = f"{self.tmp}/tls/cert.pem", f"{self.tmp}/tls/key.pem"
        shutil.copy(f"{self.tmp}/a.pem", cert)
        shutil.copy(f"{self.tmp}/a.key", key)
        port = self.free_port()
        self.desk("--listen", f"127.0.0.1:{port}", "--url", f"https://localhost:{port}", "--tls-cert", cert, "--tls-key", key, command="serve")
        self.assertEqual(self.serial(), 1001)
        said = self.get(self.link[len(self.base):])
        self.assertRegex(said, r"\AHTTP/1.1 303 ")
        self.assertRegex(said, r"Set-Cookie: __Host-handback=\w+; Path=/; HttpOnly; SameSite=Lax; Secure\r\n")
        self.assertIn("Strict-Transport-Security: max-age=31536000", said)
        for old in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            with self.assertRaises((ssl.SSLError, OSError)):
                self.connect(minimum_version=old, maximum_version=old)
        # a key that does not belong to it is not taken; what was shown is shown on
        shutil.copy(f"{self.tmp}/b.pem", f"{self.tmp}/tls/new")
        os.replace(f"{self.tmp}/tls/new", cert)
        time.sleep(3)
        self.assertEqual(self.serial(), 1001)
        shutil.copy(f"{self.tmp}/b.key", f"{self.tmp}/tls/new")
        os.replace(f"{self.tmp}/tls/new", key)
        time.sleep(3)
        self.assertEqual(self.serial(), 1002)
        self.assertIn("Fernwood", self.get("/", "Cookie: " + re.search(r"Set-Cookie: ([^;]+)", said)[1]))

    def test_a_proxy_says_who_asks_and_nobody_else(self):
        self.init()
        port = self.free_port()
        self.desk("--listen", f"127.0.0.1:{port}", "--url", "https://handback.example.com", "--proxy", command="serve")
        self.port, self.host = port, "handback.example.com"
        https = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
        self.assertIsNotNone(self.ask("GET", "/sign-in", headers=https).header("Strict-Transport-Security"))
        self.assertEqual(self.ask("GET", "/sign-in", headers={"Host": "evil.example", "X-Forwarded-Host": "handback.example.com"}).status, 421)
        self.cookie = self.ask("GET", urllib.parse.urlparse(self.link).path, headers=https).header("Set-Cookie").split(";")[0]
        said = self.ask("GET", "/settings", headers=https).text
        self.assertIn("https://handback.example.com/, where you sign in", said)
        self.assertIn('<svg class="desk-qr"', said)
        self.desk_end()
        self.desk("--port", str(self.free_port()))
        said = self.ask("GET", "/sign-in", headers=https)
        self.assertIsNone(said.header("Strict-Transport-Security"))
        self.open()
        self.assertIn("answer on this machine alone", self.ask("GET", "/settings").text)


if __name__ == "__main__":
    tell()
