"""pdf - PDFs written by hand: objects, pages of text at given places, and encryption with a password (ISO 32000-1, 7.6: RC4, 128 bits)."""
import hashlib
import zlib

PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def rc4(key, data):
    s, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + s[i] + key[i % len(key)]) % 256
        s[i], s[j] = s[j], s[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + s[i]) % 256
        s[i], s[j] = s[j], s[i]
        out.append(byte ^ s[(s[i] + s[j]) % 256])
    return bytes(out)


def text(x, y, words, size=12, font="F"):
    escaped = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /{font} {size} Tf 1 0 0 1 {x} {y} Tm ({escaped}) Tj ET\n"


class Pdf:
    def __init__(self):
        self.objects = [b""]
        self.pages, self.catalog, self.info = [], "", None
        self.tree = self.add("")
        self.font = self.add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")     # not embedded: whoever shows it looks for one

    def add(self, body):
        self.objects.append(body if isinstance(body, (bytes, tuple)) else body.encode("latin1"))
        return len(self.objects) - 1

    def stream(self, data, more="", flate=True):
        data = data if isinstance(data, bytes) else data.encode("latin1")
        if flate:
            data, more = zlib.compress(data), more + "/Filter/FlateDecode"
        return self.add((more, data))

    def page(self, content, more="", resources=""):
        s = self.stream(content)
        self.pages.append(self.add(f"<</Type/Page/Parent {self.tree} 0 R/MediaBox[0 0 612 792]/Contents {s} 0 R"
                                   f"/Resources<</Font<</F {self.font} 0 R>>{resources}>>{more}>>"))
        return self.pages[-1]

    def bytes(self, password=None):
        kids = " ".join(f"{p} 0 R" for p in self.pages)
        self.objects[self.tree] = f"<</Type/Pages/Count {len(self.pages)}/Kids[{kids}]>>".encode()
        root = self.add(f"<</Type/Catalog/Pages {self.tree} 0 R{self.catalog}>>")
        trailer, key = "", None
        if password is not None:
            ident, permissions = b"0123456789abcdef", 0xFFFFFFFC
            padded = (password.encode() + PAD)[:32]
            owner_key = padded
            for _ in range(51):
                owner_key = hashlib.md5(owner_key).digest()
            owner = padded
            for i in range(20):
                owner = rc4(bytes(b ^ i for b in owner_key), owner)
            key = padded + owner + permissions.to_bytes(4, "little") + ident
            for _ in range(51):
                key = hashlib.md5(key).digest()
            user = hashlib.md5(PAD + ident).digest()
            for i in range(20):
                user = rc4(bytes(b ^ i for b in key), user)
            handler = (f"<</Filter/Standard/V 2/R 3/Length 128/P {permissions - (1 << 32)}/O<{owner.hex()}>/U<{user.hex()}{'00' * 16}>>>")
            trailer = f"/Encrypt {len(self.objects)} 0 R/ID[<{ident.hex()}><{ident.hex()}>]"
        out, at = bytearray(b"%PDF-1.5\n"), []
        for n, body in enumerate(self.objects[1:], 1):
            at.append(len(out))
            if isinstance(body, tuple):
                more, data = body
                if key:
                    data = rc4(hashlib.md5(key + n.to_bytes(3, "little") + b"\0\0").digest(), data)
                body = f"<<{more}/Length {len(data)}>>stream\n".encode("latin1") + data + b"\nendstream"
            out += f"{n} 0 obj\n".encode() + body + b"\nendobj\n"
        if key:
            at.append(len(out))
            out += f"{len(self.objects)} 0 obj\n{handler}\nendobj\n".encode()
        xref = len(out)
        out += f"xref\n0 {len(at) + 1}\n0000000000 65535 f \n".encode() + b"".join(b"%010d 00000 n \n" % a for a in at)
        info = f"/Info {self.info} 0 R" if self.info else ""
        out += f"trailer<</Size {len(at) + 1}/Root {root} 0 R{info}{trailer}>>\nstartxref\n{xref}\n%%EOF\n".encode()
        return bytes(out)
