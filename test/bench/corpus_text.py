#!/usr/bin/python3
"""A labelled set of text files for the detector: writes it, has scan_bench look, prints recall and precision.

usage: corpus_text.py make FOLDER [FILES [SEED]]     seeds are even for the half that rules are tuned on, odd for the half held back
       corpus_text.py judge SCAN_BENCH FOLDER [-v]   recall and precision by kind and by format; how often each class is right; -v: each mistake

Every card number, person and account is made up; brands and lengths follow data/card-ranges.csv, checks are right where labels say so.
A label: file, kind, first and last byte, last four, ordinary or hard, and whether it is a published test number or example.
"""
import base64
import json
import os
import random
import subprocess
import sys
import uuid

DIGITS = "0123456789"
TESTS = ["4111111111111111", "4242424242424242", "5555555555554444", "378282246310005", "6011111111111117", "30569309025904", "3530111333300000", "4012888888881881",
         "5105105105105100", "371449635398431", "6011000990139424", "2223003122003222", "4000056655665556"]
GIVEN = "Ana Bob Carla Deniz Elif Finn Greta Hugo Ines Jonas Karin Luis Mira Noah Olga Pablo Rosa Sven Tara Udo Vera Wim Yara Zoe".split()
FAMILY = "Adler Brandt Costa Duarte Engel Fischer Garcia Hansen Ivanov Jensen Keller Lopez Moreau Novak Olsen Petit Quist Rossi Schmidt Torres Urban Vidal Weber Young".split()
PROSE = ("The parcel came late again and the customer was not amused.|Please call back before noon.|We moved the booking to Thursday and kept the deposit."
         "|Stock of the blue mugs is low.|He said that the invoice never arrived.|Thanks for your patience, we are looking into it.|The window seat is reserved for regulars."
         "|Delivery through the back door, ring twice.|She prefers oat milk and no sugar.|Weather was fine, many walk-ins, till was right.").split("|")


def luhn_digit(body):
    total = 0
    for i, c in enumerate(reversed(body)):
        d = int(c) * (2 if i % 2 == 0 else 1)
        total += d - 9 if d > 9 else d
    return str(-total % 10)


def rnd(r, n, first=""):
    return first + "".join(r.choice(DIGITS) for _ in range(n - len(first)))


def with_luhn(r, n, first):
    body = rnd(r, n - 1, first)
    return body + luhn_digit(body)


USUAL = [("4", 16, 45), ("51", 16, 8), ("53", 16, 8), ("54", 16, 8), ("55", 16, 6), ("2221", 16, 1), ("2502", 16, 2), ("34", 15, 4), ("37", 15, 7), ("6011", 16, 3), ("65", 16, 2),
         ("6445", 16, 1), ("3528", 16, 1), ("3570", 16, 1), ("36", 14, 1), ("305", 14, 1), ("38", 14, 1), ("62", 16, 1), ("6225", 19, 1), ("2202", 16, 1)]
RARE = [("4", 13), ("4", 19), ("5018", 12), ("5020", 18), ("6304", 16), ("6304", 19), ("6759", 16), ("6763", 18), ("676770", 16), ("9792", 16), ("5019", 16), ("506699", 16), ("509040", 16),
        ("606282", 16), ("506099", 16), ("507865", 19), ("6521", 16), ("6011", 19), ("36", 16), ("3589", 19), ("60", 16), ("8171", 16), ("62", 17)]


class Card:
    def __init__(self, r, rare=0.0, test=0.0):
        self.test = r.random() < test
        if self.test:
            self.digits = r.choice(TESTS)
        elif r.random() < rare:
            first, n = r.choice(RARE)
            self.digits = with_luhn(r, n, first)
        else:
            first, n, _ = r.choices(USUAL, [u[2] for u in USUAL])[0]
            self.digits = with_luhn(r, n, first)
            while len(set(self.digits[-12:])) < 4:
                self.digits = with_luhn(r, n, first)
        self.month, self.year = r.randint(1, 12), r.randint(26, 31)
        self.code = rnd(r, 4 if self.digits[:2] in ("34", "37") else 3)

    def groups(self):
        d, n = self.digits, len(self.digits)
        cut = {15: (4, 10), 14: (4, 10), 13: (4, 7, 10), 19: (4, 8, 12, 16)}.get(n, tuple(range(4, n, 4)))
        return [d[a:b] for a, b in zip((0,) + cut, cut + (n,))]

    def written(self, r, bare=0.5):
        if r.random() < bare:
            return self.digits
        return r.choices([" ", "-", ".", "\u00a0", "\u2009", "\u202f", "\u2013"], [50, 30, 4, 4, 1, 1, 2])[0].join(self.groups())

    def expiry(self, r):
        return r.choice([f"{self.month:02}/{self.year}", f"{self.month:02}/20{self.year}"])


def ssn(r):
    while True:
        area, group, serial = r.randint(1, 899), r.randint(1, 99), r.randint(1, 9999)
        if area != 666 and area not in (78, 219, 457, 123, 111, 555):
            return f"{area:03}-{group:02}-{serial:04}"


def itin(r):
    return f"9{rnd(r, 2)}-{r.choice([*range(50, 66), *range(70, 89), *range(90, 93), *range(94, 100)])}-{rnd(r, 4)}"


def sin(r):
    return with_luhn(r, 9, r.choice("1234567"))


def nino(r):
    while True:
        a, b = r.choice("ABCEGHJKLMNOPRSTWXYZ"), r.choice("ABCEGHJKLMNPRSTWXYZ")
        if a + b not in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ", "OO", "CR", "FY", "MW", "NC", "PP", "PZ"):
            return a + b + rnd(r, 6) + r.choice("ABCD")


SHAPES = {"DE": "n18", "GB": "a4n14", "FR": "n10c11n2", "ES": "n20", "NL": "a4n10", "IT": "a1n10c12", "AT": "n16", "BE": "n12", "CH": "n5c12", "PL": "n24", "NO": "n11", "MT": "a4n5c18", "SE": "n20"}


def iban(r):
    country, shape = r.choice(list(SHAPES.items()))
    bban, i = "", 0
    while i < len(shape):
        k = i + 1
        while k < len(shape) and shape[k].isdigit():
            k += 1
        bban += "".join(r.choice({"n": DIGITS, "a": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "c": DIGITS * 3 + "ABCDEFGHIJKLM"}[shape[i]]) for _ in range(int(shape[i + 1:k])))
        i = k
    number = int("".join(str(int(c, 36)) for c in bban + country + "00"))
    return f"{country}{98 - number % 97:02}{bban}"


def in_fours(text):
    return " ".join(text[i:i + 4] for i in range(0, len(text), 4))


def routing(r):
    while True:
        d = rnd(r, 8, f"{r.choice([*range(1, 13), *range(21, 33)]):02}")
        total = sum(int(c) * w for c, w in zip(d, (3, 7, 1, 3, 7, 1, 3, 7)))
        return d + str(-total % 10)


def person(r):
    return f"{r.choice(GIVEN)} {r.choice(FAMILY)}"


def mail(r, name):
    return name.lower().replace(" ", r.choice([".", "_", ""])) + "@example." + r.choice(["com", "org", "net"])


def phone(r):
    return r.choice([f"(212) 555-01{rnd(r, 2)}", f"+1 212 555 01{rnd(r, 2)}", f"212-555-01{rnd(r, 2)}", f"+49 30 {rnd(r, 8)}", f"+44 20 7946 0{rnd(r, 3)}"])


# ---- numbers that are none ----

def id16(r):
    return r.choice([str(r.randrange(10 ** 15, 10 ** 16)), rnd(r, 16, "4"), rnd(r, 16, "5")])


NONE = {
    "order_id": id16, "transaction_id": id16, "tracking_number": lambda r: r.choice([rnd(r, 22, "94"), rnd(r, 20, "7"), "1Z" + rnd(r, 16), rnd(r, 12), rnd(r, 15)]),
    "created_ms": lambda r: str(r.randrange(1500000000000, 1800000000000)), "created_us": lambda r: str(r.randrange(1500000000000000, 1800000000000000)),
    "created_ns": lambda r: str(r.randrange(1500000000000000000, 1800000000000000000)), "ratio": lambda r: repr(r.random()), "weight": lambda r: repr(r.random() * 1000),
    "uuid": lambda r: str(uuid.UUID(int=r.getrandbits(128), version=4)), "sha1": lambda r: f"{r.getrandbits(160):040x}", "md5": lambda r: f"{r.getrandbits(128):032x}",
    "imei": lambda r: with_luhn(r, 15, r.choice(["35", "86", "01", "49"])), "isbn": lambda r: rnd(r, 13, "978"), "ean": lambda r: rnd(r, 13, r.choice("4579")), "gtin": lambda r: rnd(r, 14, r.choice("130")),
    "iccid": lambda r: with_luhn(r, 19, "89"), "snowflake": lambda r: str(r.randrange(10 ** 17, 2 * 10 ** 18)), "invoice_no": lambda r: f"20{r.randint(18, 26)}{rnd(r, 8)}",
    "customer_no": lambda r: with_luhn(r, 10, "1"), "loyalty_number": lambda r: with_luhn(r, 16, r.choice(["60", "98", "4"])), "npi": lambda r: rnd(r, 10, "1"), "serial": lambda r: rnd(r, 16),
    "vin": lambda r: "1HG" + rnd(r, 14), "lat": lambda r: f"{r.random() * 90:.14f}", "siret": lambda r: with_luhn(r, 14, r.choice("345678")), "meter_reading": lambda r: rnd(r, 12),
    "session": lambda r: rnd(r, 19, r.choice("123456789")), "epoch": lambda r: str(r.randrange(1500000000, 1800000000)), "account_ref": lambda r: rnd(r, 12), "zip4": lambda r: f"{rnd(r, 5)}-{rnd(r, 4)}",
    "gl_account": lambda r: f"{rnd(r, 4)}-{rnd(r, 4)}-{rnd(r, 4)}", "amazon_order": lambda r: f"{rnd(r, 3, '11')}-{rnd(r, 7)}-{rnd(r, 7)}", "part_no": lambda r: f"{rnd(r, 3)}-{rnd(r, 2)}-{rnd(r, 4)}-{rnd(r, 1)}",
    "phone": phone, "masked_card": lambda r: r.choice([f"XXXX XXXX XXXX {rnd(r, 4)}", f"************{rnd(r, 4)}", f"4539 57** **** {rnd(r, 4)}", f"411111xxxxxx{rnd(r, 4)}"]),
    "token": lambda r: rnd(r, 16, "9"), "batch": lambda r: rnd(r, 9), "device_id": lambda r: rnd(r, 16),
}


class Doc:
    """Text in parts, some of them labelled; encoded at the end, so that labels are in bytes."""

    def __init__(self, r, form):
        self.r, self.form, self.parts, self.hard = r, form, [], False

    def w(self, text):
        self.parts.append((text, None))

    def p(self, kind, text, last4="", hard=False, test=False):
        self.parts.append((text, {"kind": kind, "last4": last4, "hard": hard or self.hard, "test": test}))

    def card(self, c, text=None, hard=False):
        self.p("card", text or c.written(self.r), c.digits[-4:], hard, c.test)

    def bytes(self, encoding="utf-8"):
        out, labels = bytearray(), []
        for text, label in self.parts:
            b = text.encode(encoding, "replace")
            if label:
                labels.append(dict(label, at=len(out), end=len(out) + len(b)))
            out += b
        return bytes(out), labels


def requoted(doc, header):
    """The whole as quoted-printable, with soft line ends."""
    data, labels = doc.bytes()
    out, place, column = bytearray(header.encode()), [], 0
    for b in data:
        place.append(len(out))
        coded = bytes([b]) if b == 10 or (32 <= b < 127 and b != 61) else b"=%02X" % b
        if column + len(coded) > 75 and b != 10:
            out += b"=\r\n"
            column = 0
            place[-1] = len(out)
        out += b"\r\n" if b == 10 else coded
        column = 0 if b == 10 else column + len(coded)
    place.append(len(out))
    return bytes(out), [dict(l, at=place[l["at"]], end=place[l["end"]], hard=l["hard"] or b"=\r\n" in out[place[l["at"]]:place[l["end"]]]) for l in labels]


def rebased(doc, header):
    data, labels = doc.bytes()
    out = header.encode() + base64.encodebytes(data).replace(b"\n", b"\r\n")
    start = len(header.encode())

    def where(i):
        i = i * 4 // 3
        return start + i + i // 76 * 2
    return out, [dict(l, at=max(where(l["at"]) - 4, 0), end=where(l["end"]) + 4, hard=True) for l in labels]


# ---- tables ----

CARD_HEADS = ["card_number", "Card Number", "CardNo", "cc_number", "CCNUM", "pan", "PAN", "Credit Card", "creditCardNumber", "Kreditkartennummer", "Kartennummer", "numero_tarjeta", "Tarjeta",
              "carte bancaire", "Numéro de carte", "número do cartão", "cartao_credito", "carta di credito", "kaartnummer", "kortnummer", "card", "payment_card", "acct_card_num"]
OTHER_HEADS = {"ssn": ["ssn", "SSN", "Social Security Number", "soc_sec_no", "social_security"], "itin": ["itin", "ITIN", "Taxpayer ITIN"], "iban": ["iban", "IBAN", "Bankverbindung"],
               "sin": ["sin", "SIN", "Social Insurance Number"], "nino": ["nino", "NI number", "national_insurance"], "birth": ["dob", "Date of Birth", "birth_date", "Geburtsdatum", "fecha de nacimiento", "birthday"],
               "passport": ["passport", "passport_no", "Reisepass", "pasaporte"], "licence": ["driver_license", "Driving licence", "DL number", "drivers_license_no"]}


def other(r, kind):
    """A value of a kind, and its last four where one is shown."""
    if kind == "ssn":
        v = ssn(r)
    elif kind == "itin":
        v = itin(r)
    elif kind == "iban":
        v = iban(r)
    elif kind == "sin":
        v = sin(r)
        v = r.choice([v, f"{v[:3]} {v[3:6]} {v[6:]}", f"{v[:3]}-{v[3:6]}-{v[6:]}"])
    elif kind == "nino":
        v = nino(r)
        v = r.choice([v, " ".join((v[:2], v[2:4], v[4:6], v[6:8], v[8:]))])
    elif kind == "birth":
        y, m, d = r.randint(1930, 2008), r.randint(1, 12), r.randint(1, 28)
        v = r.choice([f"{y}-{m:02}-{d:02}", f"{m:02}/{d:02}/{y}", f"{d:02}.{m:02}.{y}", f"{m}/{d}/{y}"])
    elif kind == "passport":
        v = r.choice([rnd(r, 9, r.choice("2345")), r.choice("CFGHJK") + rnd(r, 8), "A" + rnd(r, 8)])
    else:
        v = r.choice([r.choice("ABCDFGHS") + rnd(r, 7), rnd(r, 8), r.choice("ABCDEFG") + rnd(r, 12)])
    return v


def quoted(r, text, sep, style):
    return f'"{text}"' if style or sep in text else text


def table(d, r, columns, rows, sep, header, style):
    """columns: (heading, function that writes the cell into d)."""
    if header:
        d.w(sep.join(quoted(r, c[0], sep, style) for c in columns) + "\n")
    for _ in range(rows):
        row = {}
        for i, c in enumerate(columns):
            d.w(sep if i else "")
            d.w('"' if style else "")
            c[1](row)
            d.w('"' if style else "")
        d.w("\r\n" if d.crlf else "\n")


def plain_columns(d, r, n, avoid=()):
    out = []
    for name in r.sample([k for k in NONE if k not in avoid], n):
        out.append((name if r.random() < 0.8 else name.replace("_", " ").title(), lambda row, f=NONE[name]: d.w(f(r))))
    return out


def csv_file(r, kind):
    d = Doc(r, "csv")
    sep = r.choices([",", ";", "\t", "|"], [6, 3, 3, 1])[0]
    d.form = {"\t": "tsv"}.get(sep, "csv")
    header, style, rows = r.random() < 0.75, r.random() < 0.25, r.choice([3, 8, 20, 60, 200])
    d.crlf = r.random() < 0.3

    def who(row):
        row["name"] = person(r)
        d.w(row["name"])
    base = [("customer", who), ("email", lambda row: d.w(mail(r, row.get("name") or person(r)))), ("city", lambda row: d.w(r.choice(["Springfield", "Lyon", "Porto", "Bergen"]))),
            ("amount", lambda row: d.w(f"{r.random() * 400:.2f}")), ("date", lambda row: d.w(f"2026-{r.randint(1, 12):02}-{r.randint(1, 28):02}"))]
    cols = [base[0]] + r.sample(base[1:], r.randint(1, 4))
    if kind == "clean":
        cols += plain_columns(d, r, r.randint(1, 5))
        header = header or r.random() < 0.5
    elif kind == "card":
        rare = 0.15 if header else 0
        head = r.choice(CARD_HEADS)
        bare = r.choice([1, 1, 0, 0.5])

        def card(row):
            row["card"] = c = Card(r, rare, 0.02)
            d.card(c, c.written(r, bare))
        extra = [(head, card)]
        if r.random() < 0.5:
            extra.append((r.choice(["exp", "expiry", "Expiration", "valid_thru"]), lambda row: d.w(row["card"].expiry(r))))
        if r.random() < 0.4 and header:
            extra.append((r.choice(["cvv", "CVC", "cvv2", "Security Code", "cid"]), lambda row: d.p("code", row["card"].code, test=row["card"].test)))
        at = r.randint(1, len(cols))
        cols = cols[:at] + extra + cols[at:] + plain_columns(d, r, r.randint(0, 3), ("phone", "account_ref", "loyalty_number", "masked_card"))
    else:
        header = True
        head = r.choice(OTHER_HEADS[kind])
        glue = r.random() < 0.3

        def value(row):
            v = other(r, kind)
            if glue and kind in ("ssn", "itin"):
                v = v.replace("-", "")
            d.p(kind, v, v.replace(" ", "").replace("-", "")[-4:])
        cols.insert(r.randint(1, len(cols)), (head, value))
        cols += plain_columns(d, r, r.randint(0, 2), ("phone", "batch"))
    table(d, r, cols, rows, sep, header, style)
    return d


def bank_csv(r):
    d = Doc(r, "csv")
    d.crlf = False

    def pair(row):
        d.p("bank", routing(r))
    table(d, r, [("name", lambda row: d.w(person(r))), (r.choice(["routing", "Routing Number", "ABA", "rtn"]), pair), (r.choice(["account", "Account Number", "acct_no"]), lambda row: d.w(rnd(r, r.randint(8, 12)))),
                 ("amount", lambda row: d.w(f"{r.random() * 400:.2f}"))], r.choice([3, 10, 40]), r.choice([",", ";", "\t"]), True, False)
    return d


def fixed(r, kind):
    d = Doc(r, "fixed-width")
    rows = r.choice([5, 20, 80])
    names = r.sample(["order_id", "created_ms", "invoice_no", "meter_reading", "batch", "ean"], 2)
    pad = r.random() < 0.4 and kind == "card"
    if r.random() < 0.7 or kind == "clean":
        d.w(f"{'CUSTOMER':<24}{names[0].upper():<20}{'CARD NUMBER' if kind == 'card' else names[1].upper():<24}{'AMOUNT':>10}\n{'-' * 78}\n")
    for _ in range(rows):
        d.w(f"{person(r):<24}{NONE[names[0]](r):<20}")
        if kind == "card":
            c = Card(r)
            text = c.written(r, 0.7)
            if pad:
                d.w("0" * (19 - len(c.digits)))
                d.card(c, c.digits, hard=True)
                d.w("     ")
            else:
                d.card(c, text)
                d.w(" " * max(24 - len(text), 1))
        else:
            d.w(f"{NONE[names[1]](r):<24}")
        d.w(f"{r.random() * 400:>10.2f}\n")
    return d


# ---- trees ----

def record(d, r, kind, put):
    """One record as (key, function) pairs; put(key, fn)."""
    put("id", lambda: d.w(str(r.randrange(10 ** 9))))
    put("created", lambda: d.w(r.choice([NONE["created_ms"](r), "2026-03-04T05:06:07Z"])))
    put("name", lambda: d.w(person(r)))
    if kind == "card":
        c = Card(r, 0.08, 0.02)
        put(r.choice(["cardNumber", "card_number", "pan", "number", "ccNumber", "primaryAccountNumber", "kartennummer", "tarjeta"]), lambda: d.card(c, c.written(r, 0.8)))
        if r.random() < 0.6:
            put(r.choice(["expiry", "exp", "expirationDate"]), lambda: d.w(c.expiry(r)))
        if r.random() < 0.4:
            put(r.choice(["cvv", "cvc", "securityCode", "cvv2"]), lambda: d.p("code", c.code, test=c.test))
    elif kind != "clean":
        put({"ssn": "ssn", "itin": "itin", "iban": "iban", "sin": "sin", "nino": "nino", "birth": "dateOfBirth", "passport": "passportNumber", "licence": "driverLicense"}[kind],
            lambda: (lambda v: d.p(kind, v, v.replace(" ", "").replace("-", "")[-4:]))(other(r, kind)))
    for key in r.sample(["transaction_id", "tracking_number", "uuid", "sha1", "imei", "session", "ratio", "device_id", "snowflake", "token", "ean", "order_id"], r.randint(1, 5)):
        put(key, lambda key=key: d.w(NONE[key](r)))


def json_file(r, kind, lines=False):
    d = Doc(r, "jsonl" if lines else "json")
    pretty = not lines and r.random() < 0.6
    n = r.choice([1, 3, 10, 40, 100])
    d.w("" if lines else '{"orders": [\n' if r.random() < 0.7 else "[\n")
    for i in range(n):
        first = True

        def put(key, fn):
            nonlocal first
            d.w(("" if first else ",") + ("\n    " if pretty else " " if lines else ""))
            first = False
            number = r.random() < 0.2 and key in ("created", "session", "order_id", "device_id")
            d.w(f'"{key}":{" " if pretty or lines else ""}' + ("" if number else '"'))
            fn()
            d.w("" if number else '"')
        d.w("{")
        record(d, r, kind, put)
        d.w(("\n  }" if pretty else "}") + ("\n" if lines else ",\n" if i + 1 < n else "\n"))
    d.w("" if lines else "]}\n")
    return d


def xml_file(r, kind):
    d = Doc(r, "xml")
    d.w('<?xml version="1.0" encoding="UTF-8"?>\n<export>\n')
    attributes, space = r.random() < 0.3, r.choice(["", "pay:", "ns2:"])
    for _ in range(r.choice([1, 5, 30])):
        if attributes:
            d.w("  <row")
            record(d, r, kind, lambda key, fn: (d.w(f' {key}="'), fn(), d.w('"')))
            d.w("/>\n")
        else:
            d.w(f"  <{space}order>\n")
            record(d, r, kind, lambda key, fn: (d.w(f"    <{space}{key}>"), fn(), d.w(f"</{space}{key}>\n")))
            d.w(f"  </{space}order>\n")
    d.w("</export>\n")
    return d


def html_file(r, kind):
    d = Doc(r, "html")
    d.w("<!DOCTYPE html><html><head><title>Orders</title><style>.a{margin:0.33333333333333px}</style></head><body>\n")
    form = r.random() < 0.3
    if form:
        d.w("<form>\n")
        record(d, r, kind, lambda key, fn: (d.w(f'<label>{key}</label><input type="text" name="{key}" value="'), fn(), d.w('"><br>\n')))
        d.w("</form>\n")
    else:
        card = kind == "card"
        d.w(f"<table><tr><th>Name</th><th>{'Card number' if card else 'Order'}</th><th>Total</th></tr>\n")
        for _ in range(r.choice([2, 10, 50])):
            d.w(f"<tr><td>{person(r)}</td><td>")
            if card:
                c = Card(r)
                style = r.random()
                if style < 0.7:
                    d.card(c)
                elif style < 0.85:
                    d.card(c, "<b>" + c.groups()[0] + "</b> " + " ".join(c.groups()[1:]), hard=True)
                else:
                    d.card(c, "&nbsp;".join(c.groups()), hard=True)
            else:
                d.w(NONE[r.choice(["order_id", "tracking_number", "invoice_no"])](r))
            d.w(f"</td><td>{r.random() * 100:.2f}</td></tr>\n")
        d.w("</table>\n")
    d.w(f'<svg><path d="M{r.random() * 100} {r.random() * 100}L{r.random() * 99},{r.random() * 99}C12.345678 4539.578763 621486.1 2.5 3.5 9.25"/></svg></body></html>\n')
    return d


# ---- logs ----

def stamp(r):
    return f"2026-{r.randint(1, 12):02}-{r.randint(1, 28):02} {r.randint(0, 23):02}:{r.randint(0, 59):02}:{r.randint(0, 59):02}.{rnd(r, 3)}"


def web_log(r, kind):
    d = Doc(r, "web log")
    bad = r.random() < 0.5
    for _ in range(r.choice([30, 150, 600])):
        d.w(f"203.0.113.{r.randint(1, 254)} - - [{r.randint(1, 28):02}/Nov/2026:{r.randint(0, 23):02}:{r.randint(0, 59):02}:07 +0000] \"GET /")
        pick = r.random()
        if kind == "card" and pick < 0.1:
            c = Card(r)
            d.w(r.choice(["pay?card=", "checkout?cc_number=", "api/charge?amount=12.00&pan="]))
            sep = r.choice(["", "", "%20", "+"])
            d.card(c, sep.join(c.groups()) if sep else c.digits, hard=bool(sep))
            d.w(f"&exp={c.month:02}{c.year}&x=1")
        elif pick < 0.3:
            d.w(f"item/{id16(r)}?t={NONE['created_ms'](r)}")
        elif pick < 0.5:
            d.w(f"track/{NONE['tracking_number'](r)}?session={NONE['session'](r)}")
        else:
            d.w(f"static/app.{r.getrandbits(64):016x}.js?v={rnd(r, 10)}")
        d.w(f" HTTP/1.1\" {r.choice([200, 304, 404])} {r.randrange(90000)} \"-\" \"Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0.{rnd(r, 4)}.{rnd(r, 3)}\" {'rt=%.3f' % r.random() if bad else ''}\n")
    return d


def app_log(r, kind):
    d = Doc(r, "app log")
    for _ in range(r.choice([20, 100, 500])):
        d.w(f"{stamp(r)} [{r.choice(['main', 'http-8080-exec-7', 'worker-3'])}] {r.choice(['INFO', 'DEBUG', 'WARN'])}  ")
        pick = r.random()
        if kind == "card" and pick < 0.15:
            c = Card(r)
            shape = r.randrange(6)
            if shape == 0:
                d.w("Authorizing card ")
                d.card(c)
                d.w(f" exp {c.expiry(r)}")
            elif shape == 1:
                d.w("PaymentRequest{amount=1250, pan=")
                d.card(c, c.digits)
                d.w(f", expiry={c.year}{c.month:02}, merchant=778812}}")
            elif shape == 2:
                d.w("POST body: {\"card\":{\"number\":\"")
                d.card(c, c.digits)
                d.w(f"\",\"exp_month\":{c.month},\"exp_year\":20{c.year}}}}}")
            elif shape == 3:
                d.w("DE002: ")
                d.card(c, c.digits)
                d.w(f" DE003: 000000 DE004: {rnd(r, 12)} DE011: {rnd(r, 6)}")
            elif shape == 4:
                d.w("gateway refused ")
                d.card(c, c.digits)
                d.w(f" ({person(r)}): insufficient funds")
            else:
                d.w("read ")
                tail = f"{c.year}{c.month:02}{r.choice(['101', '201', '120', '221'])}{rnd(r, 10)}"
                if r.random() < 0.5:
                    d.p("track", f"%B{c.digits}^{r.choice(FAMILY).upper()}/{r.choice(GIVEN).upper()}^{tail}?", c.digits[-4:])
                else:
                    d.p("track", f";{c.digits}={tail}?", c.digits[-4:])
        elif pick < 0.4:
            d.w(f"order {id16(r)} accepted in {r.randrange(500)} ms, ref {NONE['session'](r)}")
        elif pick < 0.6:
            d.w(f"trace_id={r.getrandbits(128):032x} span={r.getrandbits(64):016x} offset={rnd(r, 13)} ts={NONE['created_us'](r)}")
        elif pick < 0.7:
            d.w(f"message {NONE['snowflake'](r)} delivered to queue {r.randrange(9)}; lag={r.random()}")
        elif pick < 0.8:
            d.w(f"card ending {rnd(r, 4)} authorised, auth code {rnd(r, 6)}, txn {id16(r)}")
        else:
            d.w(r.choice(PROSE))
        d.w("\n")
    return d


def syslog(r, kind):
    d = Doc(r, "syslog")
    for _ in range(r.choice([50, 300])):
        d.w(f"Nov {r.randint(1, 28):>2} {r.randint(0, 23):02}:{r.randint(0, 59):02}:{r.randint(0, 59):02} shop {r.choice(['kernel', 'sshd', 'systemd', 'dhclient'])}[{r.randrange(30000)}]: ")
        d.w(r.choice([f"[{r.randrange(10 ** 6)}.{rnd(r, 6)}] usb 1-{r.randint(1, 9)}: new device, serial {rnd(r, 16)}", f"session {rnd(r, 5)} opened", f"lease {rnd(r, 12)} renewal in {rnd(r, 5)} seconds",
                      f"RX bytes {rnd(r, 15)} TX bytes {rnd(r, 16)}", f"audit({rnd(r, 10)}.{rnd(r, 3)}:{rnd(r, 7)}): pid={rnd(r, 5)}", f"[drm] 0x{r.getrandbits(64):016x}-0x{r.getrandbits(64):016x}"]))
        if kind == "card" and r.random() < 0.05:
            c = Card(r)
            d.w(" pos: swipe ")
            d.card(c)
        d.w("\n")
    return d


# ---- programs and settings ----

def source(r, kind):
    d = Doc(r, "source")
    for _ in range(r.randint(20, 80)):
        pick = r.random()
        if pick < 0.08:
            t = r.choice(TESTS)
            d.w("\tassert is_valid(\"")
            d.p("card", t, t[-4:], test=True)
            d.w("\")\n")
        elif kind == "card" and pick < 0.12:
            c = Card(r)
            d.w(r.choice(["\t# worked with my own card ", "\tcard = \"", "\tcc_number: '", "// customer card: "]))
            d.card(c)
            d.w("\"'\n")
        elif pick < 0.3:
            d.w(f"\tstatic const uint64_t k{rnd(r, 2)} = {r.randrange(10 ** 18)}ULL, m = 0x{r.getrandbits(64):016x};\n")
        elif pick < 0.45:
            d.w(f"\tdouble w[] = {{ {r.random()}, {r.random() * 10}, -{r.random()}, {r.random():e} }};\n")
        elif pick < 0.5:
            d.w(f"\tint primes[] = {{ {', '.join(rnd(r, 4, '4') for _ in range(12))} }};\n")
        elif pick < 0.55:
            d.w(f"\tmatrix row: {'  '.join(rnd(r, 4) for _ in range(8))}\n")
        elif pick < 0.6:
            d.w(f"\tUUID = '{uuid.UUID(int=r.getrandbits(128), version=4)}'; // commit {r.getrandbits(160):040x}\n")
        else:
            d.w(f"\tif (item_{rnd(r, 3)}.count > {r.randrange(100)})\n\t\treturn find(items, {r.randrange(1000)});\n")
    return d


def sql_file(r, kind):
    d = Doc(r, "sql")
    named = r.random() < 0.6
    d.w("CREATE TABLE `orders` (\n  `id` bigint NOT NULL,\n  `name` varchar(80),\n")
    d.w("  `card_number` varchar(32),\n  `expires` varchar(8),\n" if kind == "card" else "  `reference` bigint,\n  `tracking` varchar(32),\n")
    d.w("  `total` decimal(10,2)\n);\n")
    many = r.random() < 0.5
    insert = "INSERT INTO `orders` " + (("(id, name, card_number, expires, total) " if kind == "card" else "(id, name, reference, tracking, total) ") if named else "") + "VALUES "
    d.w(insert if many else "")
    n = r.choice([5, 30, 150])
    for i in range(n):
        d.w("" if many else insert)
        d.w(f"({rnd(r, 12, '1')}, '{person(r)}', ")
        if kind == "card":
            c = Card(r, 0, 0.02)
            d.w("'")
            d.card(c, c.written(r, 0.8))
            d.w(f"', '{c.expiry(r)}', ")
        else:
            d.w(f"{id16(r)}, '{NONE['tracking_number'](r)}', ")
        d.w(f"{r.random() * 100:.2f})" + (",\n"[r.random() < 0.2 and i + 1 < n:] if many and i + 1 < n else ";\n"))
    return d


def settings(r, kind):
    d = Doc(r, r.choice(["ini", "yaml"]))
    sep = ": " if d.form == "yaml" else "="
    for section in range(r.randint(2, 8)):
        d.w(f"section{section}:\n" if d.form == "yaml" else f"[section{section}]\n")
        indent = "  " if d.form == "yaml" else ""
        for key in r.sample(list(NONE), r.randint(2, 6)):
            d.w(f"{indent}{key}{sep}{NONE[key](r)}\n")
        if kind == "card" and r.random() < 0.5:
            c = Card(r)
            d.w(f"{indent}{r.choice(['card', 'company_card', 'card_number', 'credit-card'])}{sep}")
            d.card(c)
            d.w("\n")
    return d


# ---- people writing ----

def note(r, d, kind):
    c = Card(r, 0.1)
    if kind == "card":
        shape = r.randrange(12)
        if shape == 0:
            d.w(f"{person(r)} called, wants to pay with ")
            d.card(c)
            d.w(f" exp {c.expiry(r)}")
            if r.random() < 0.5:
                d.w(r.choice([" cvv ", " CVC: ", ", security code ", " cvc2 "]))
                d.p("code", c.code)
            d.w(".\n")
        elif shape == 1:
            d.w("Card number: ")
            d.card(c)
            d.w(f"\nExpires: {c.expiry(r)}\nName: {person(r)}\n")
        elif shape == 2:
            d.card(c)
            d.w(f" {c.expiry(r)}\n")
        elif shape == 3:
            d.w("cc# ")
            d.card(c)
            d.w("\n")
        elif shape == 4:
            d.w("Meine Kreditkarte hat die Nummer ")
            d.card(c)
            d.w(f", gültig bis {c.expiry(r)}, Prüfnummer ")
            d.p("code", c.code)
            d.w(".\n")
        elif shape == 5:
            d.w("Mi tarjeta es ")
            d.card(c)
            d.w(f" y vence en {c.expiry(r)}.\n")
        elif shape == 6:
            d.w("Numéro de carte : ")
            d.card(c)
            d.w(f" (expire {c.expiry(r)})\n")
        elif shape == 7:
            c = Card(r)
            d.card(c, " ".join(c.groups()))
            d.w("\n")
        elif shape == 8:
            c = Card(r)
            d.w("visa " if c.digits[0] == "4" else "amex " if c.digits[0] == "3" and len(c.digits) == 15 else "mastercard " if c.digits[0] == "5" else "card ")
            d.card(c, c.digits)
            d.w(f", {person(r)}\n")
        elif shape == 9:
            c = Card(r)
            a, *rest = c.groups()
            d.w("my card is ")
            d.card(c, " ".join(rest and [a] + rest).replace(" ", "\n" if r.random() < 0.5 else " \n", 1), hard=True)
            d.w(" thanks\n")
        elif shape == 10:
            c = Card(r)
            d.w("Il numero della mia carta di credito è ")
            d.card(c)
            d.w(f" scadenza {c.expiry(r)}\n")
        else:
            c = Card(r)
            d.w("Please charge it to the usual one, ")
            d.card(c, c.written(r, 0.2))
            d.w(", as always.\n")
    elif kind == "bank":
        d.w(r.choice(["Routing number ", "ABA: ", "Wire to routing # "]))
        d.p("bank", routing(r))
        d.w(r.choice([", account number ", " acct ", ", checking account "]) + rnd(r, r.randint(8, 12)) + ".\n")
    else:
        label = {"ssn": ["SSN: ", "her social security number is ", "SS# ", "Social Security No. "], "itin": ["ITIN ", "taxpayer id (ITIN): "], "iban": ["IBAN: ", "please transfer to ", "Bankverbindung: "],
                 "sin": ["SIN: ", "Social Insurance Number "], "nino": ["NI number: ", "National Insurance no. ", "NINO "], "birth": ["DOB: ", "date of birth ", "born on ", "geboren am ", "Birthday: "],
                 "passport": ["Passport No: ", "passport number ", "Reisepass-Nr. "], "licence": ["Driver's license: ", "driving licence no. ", "DL# "]}[kind]
        v = other(r, kind)
        d.w(r.choice(label))
        d.p(kind, in_fours(v) if kind == "iban" and r.random() < 0.5 else v, v.replace(" ", "").replace("-", "")[-4:])
        d.w(".\n" if r.random() < 0.3 else "\n")


def quiet(r, d):
    pick = r.random()
    if pick < 0.15:
        d.w(f"Your order {id16(r)} has shipped, tracking number {NONE['tracking_number'](r)}.\n")
    elif pick < 0.25:
        d.w(f"Call {phone(r)} or {phone(r)} after 5.\n")
    elif pick < 0.35:
        d.w(f"Invoice {NONE['invoice_no'](r)} of 2026-02-{r.randint(1, 28):02}: {r.random() * 900:.2f} EUR, paid by card ending {rnd(r, 4)}.\n")
    elif pick < 0.4:
        d.w(f"IMEI {NONE['imei'](r)}, serial no. {rnd(r, 16)}, ISBN {NONE['isbn'](r)}\n")
    elif pick < 0.45:
        d.w(f"Paid with {NONE['masked_card'](r)}\n")
    else:
        d.w(r.choice(PROSE) + r.choice([" ", "\n", "\n"]))


def notes(r, kind):
    d = Doc(r, "notes")
    for _ in range(r.randint(4, 40)):
        if kind != "clean" and r.random() < 0.3:
            d.w("\n")
            note(r, d, kind)
        else:
            quiet(r, d)
    return d


def chat(r, kind):
    d = Doc(r, "chat")
    for _ in range(r.randint(10, 60)):
        d.w(f"\n[{r.randint(8, 20):02}:{r.randint(0, 59):02}] {r.choice(GIVEN)}: ")
        if kind != "clean" and r.random() < 0.15:
            note(r, d, kind)
        else:
            quiet(r, d)
    return d


def letter(r, kind):
    d = Doc(r, "mail")
    name = person(r)
    head = (f"Return-Path: <{mail(r, name)}>\nReceived: from mx.example.org (192.0.2.{r.randint(1, 250)}) by mail.example.com with ESMTPS id {rnd(r, 16)}.{rnd(r, 4)}\n"
            f"Message-ID: <{rnd(r, 14)}.{rnd(r, 19)}@example.org>\nX-Mailer-Id: {id16(r)}\nDate: Tue, {r.randint(1, 28)} Nov 2026 08:09:10 +0000\nFrom: {name} <{mail(r, name)}>\nTo: shop@example.com\n"
            f"Subject: my order\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: ")
    for _ in range(r.randint(3, 10)):
        if kind != "clean" and r.random() < 0.4:
            d.w("\n")
            note(r, d, kind)
        else:
            quiet(r, d)
    shape = r.random()
    if shape < 0.4:
        return requoted(d, head + "quoted-printable\n\n"), "mail qp"
    if shape < 0.65:
        return rebased(d, head + "base64\n\n"), "mail base64"
    d.parts.insert(0, (head + "8bit\n\n", None))
    return d.bytes(), "mail"


# ---- what is not for people ----

def program_text(r, kind):
    d = Doc(r, r.choice(["minified js", "css", "svg", "pgp", "hexdump", "base64 blob", "numbers"]))
    if d.form == "minified js":
        for _ in range(300):
            d.w(f"function {r.choice('abcdef')}(t,e){{return t*{r.random()}+e[{r.randrange(99)}]<<{r.randrange(9)}|0x{r.getrandbits(32):x}}}var {r.choice('ghijk')}={r.randrange(10 ** 16)},{r.choice('lmn')}=\"{r.getrandbits(96):024x}\";")
    elif d.form == "css":
        for _ in range(300):
            d.w(f".c{rnd(r, 4)}{{width:{r.random() * 100}%;color:#{r.getrandbits(24):06x};transform:matrix({r.random()},{r.random()},-{r.random()},0,1,0)}}\n")
    elif d.form == "svg":
        for _ in range(100):
            d.w("<path d=\"M" + " ".join(f"{r.random() * 1000:.{r.choice([3, 6, 12])}f},{r.random() * 100:.4f}" for _ in range(20)) + f" {rnd(r, 4)} {rnd(r, 4)} {rnd(r, 4)} {rnd(r, 4)}z\"/>\n")
    elif d.form == "pgp":
        d.w("-----BEGIN PGP MESSAGE-----\n\n" + base64.encodebytes(r.randbytes(20000)).decode() + "-----END PGP MESSAGE-----\n")
    elif d.form == "hexdump":
        for i in range(800):
            b = r.randbytes(16)
            d.w(f"{i * 16:08x}  {b[:8].hex(' ')}  {b[8:].hex(' ')}  |................|\n")
    elif d.form == "base64 blob":
        d.w('{"image":"' + base64.b64encode(r.randbytes(30000)).decode() + '"}\n')
    else:
        for _ in range(400):
            d.w(r.choice([" ", "\t", ","]).join(r.choice([rnd(r, 4), rnd(r, 4), rnd(r, r.randint(1, 9)), rnd(r, 16)]) for _ in range(8)) + "\n")
    return d


def binary(r, kind):
    out, labels = bytearray(), []
    for _ in range(r.randint(5, 30)):
        out += r.randbytes(r.randint(100, 4000))
        out += bytes(r.randint(0, 64))
        if kind == "card" and r.random() < 0.4:
            c = Card(r)
            wide = r.random() < 0.4
            text = r.choice(["Card:", "cc=", "PAN "]) + c.written(r, 0.6).replace("\u00a0", " ").replace("\u2009", " ").replace("\u202f", " ").replace("\u2013", "-")
            data = text.encode("utf-16-le" if wide else "ascii")
            labels.append({"kind": "card", "last4": c.digits[-4:], "hard": True, "test": False, "at": len(out), "end": len(out) + len(data)})
            out += data + bytes(2)
        else:
            out += r.choice([b"/usr/lib/x86_64-linux-gnu", rnd(r, 16).encode(), b"version 12.5.3 build 20231104", NONE["uuid"](r).encode()]) + b"\0"
    return (bytes(out), labels), "binary"


def hard_text(r, kind):
    """Ways in which numbers are hidden: escapes, foreign digits, invisible signs, EMV and fields with lengths in front."""
    d = Doc(r, "hard writing")
    d.hard = True
    for _ in range(r.randint(3, 12)):
        c = Card(r)
        shape = r.randrange(14)
        d.w(r.choice(PROSE) + "\n")
        if shape == 0:
            d.w('{"card":"')
            d.card(c, "".join(f"\\u00{ord(x):02x}" for x in c.digits))
            d.w('"}\n')
        elif shape == 1:
            d.w("card ")
            d.card(c, "".join(f"&#{ord(x)};" for x in c.digits))
            d.w("\n")
        elif shape == 2:
            d.w("card ")
            d.card(c, "".join(chr(0xFF10 + int(x)) for x in c.digits))
            d.w("\n")
        elif shape == 3:
            d.w("card ")
            d.card(c, "\u200b".join(c.groups()))
            d.w("\n")
        elif shape == 4:
            d.w("57 13 ")
            text = (c.digits if len(c.digits) % 2 == 0 else c.digits) + f"D{c.year}{c.month:02}2010000012345"
            text += "F" * (len(text) % 2)
            d.p("track", " ".join(text[i:i + 2] for i in range(0, len(text), 2)), c.digits[-4:])
            d.w("\n")
        elif shape == 5:
            text = f"{c.digits}D{c.year}{c.month:02}2010000012345"
            text += "F" * (len(text) % 2)
            d.w(f"57{len(text) // 2:02X}")
            d.p("track", text, c.digits[-4:])
            d.w("9F2608\n")
        elif shape == 6:
            d.w("0200723C4491A8E08020" + f"{len(c.digits):02}")
            d.card(c, c.digits)
            d.w("000000000000012500\n")
        elif shape == 7:
            d.w("card " )
            d.card(c, " - ".join(c.groups()))
            d.w("\n")
        elif shape == 8:
            d.w("card_")
            d.card(c, c.digits)
            d.w(" paid\n")
        elif shape == 9:
            d.w("card: ")
            d.card(c, "<td>" + "</td><td>".join(c.groups()) + "</td>")
            d.w("\n")
        elif shape == 10:
            d.w("card|")
            d.card(c, "|".join(c.groups()))
            d.w("|\n")
        elif shape == 11:
            d.w("card no ")
            d.card(c, "/".join(c.groups()))
            d.w("\n")
        elif shape == 12:
            d.w("card number\n")
            d.card(c, "\n".join(c.groups()))
            d.w("\n")
        else:
            d.w("card ")
            d.card(c, " ".join(c.digits))
            d.w("\n")
    return d


MAKERS = [(csv_file, 14), (json_file, 8), (lambda r, k: json_file(r, k, True), 6), (xml_file, 6), (html_file, 5), (web_log, 5), (app_log, 8), (syslog, 3), (source, 5), (sql_file, 5), (settings, 4), (notes, 8), (chat, 5),
          (letter, 7), (fixed, 4), (program_text, 6), (binary, 3), (hard_text, 5), (lambda r, k: bank_csv(r), 2)]
KINDS = ["ssn", "itin", "iban", "sin", "nino", "birth", "passport", "licence"]
ALL_KINDS = {csv_file, json_file, xml_file, notes, chat, letter}


def fits(text, encoding):
    return text.encode(encoding, "replace").decode(encoding) == text


def make(folder, files, seed):
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/labels.jsonl", "w", encoding="utf-8") as labels:
        for i in range(files):
            r = random.Random(seed * 1000003 + i)
            maker = r.choices([m[0] for m in MAKERS], [m[1] for m in MAKERS])[0]
            pick = r.random()
            kind = "clean" if pick < 0.35 else "card" if pick < 0.75 else r.choice(KINDS)
            if kind in KINDS and maker not in ALL_KINDS:
                kind = "card"
            if kind == "clean" and maker is hard_text:
                kind = "card"
            if kind in KINDS + ["card"] and maker in (notes, chat, letter) and r.random() < 0.1:
                kind = "bank"
            d = maker(r, kind)
            if isinstance(d, Doc):
                encoding = r.choices(["utf-8", "utf-16", "utf-16-be", "cp1252"], [80, 8, 4, 8])[0]
                encoding = "utf-8" if encoding == "cp1252" and any(not fits(p[0], encoding) for p in d.parts) else encoding
                form = d.form
                data, places = d.bytes("utf-16-le" if encoding == "utf-16" else encoding)
                if encoding.startswith("utf-16"):
                    mark = b"\xff\xfe" if encoding == "utf-16" else b"\xfe\xff"
                    data, places = mark + data, [dict(l, at=l["at"] + 2, end=l["end"] + 2, hard=True) for l in places]
                    form = "utf-16"
            else:
                (data, places), form = d
            name = f"{i:05}.{form.replace(' ', '-')}"
            with open(f"{folder}/{name}", "wb") as f:
                f.write(data)
            labels.write(json.dumps({"file": name, "form": form, "clean": not places, "labels": places}) + "\n")


def judge(bench, folder, verbose):
    with open(f"{folder}/labels.jsonl", encoding="utf-8") as f:
        files = {x["file"]: x for x in map(json.loads, f)}
    names = sorted(files)
    found = {n: [] for n in names}
    for i in range(0, len(names), 500):
        out = subprocess.run([bench, "find", *names[i:i + 500]], cwd=folder, capture_output=True, check=True).stdout.decode("utf-8", "replace")
        for line in out.split("\n"):
            p = line.split("\t")
            if len(p) >= 13:
                found[p[0]].append({"at": int(p[1]), "kind": p[2], "class": p[3], "score": float(p[4]), "last4": p[5], "count": int(p[6]), "line": line, "signs": int(p[9], 16)})
    recall, right, wrong, classes, forms_wrong, alarms = {}, {}, {}, {}, {}, 0
    for name in names:
        info = files[name]
        hits = [dict(h, used=False) for h in found[name]]
        with open(f"{folder}/{name}", "rb") as f:
            data = f.read()
        for l in info["labels"]:
            match = [h for h in hits if l["at"] - 2 <= h["at"] < l["end"] and (h["kind"] == l["kind"] or {h["kind"], l["kind"]} <= {"card", "track", "test"})]
            # one line's equal numbers are told once, with their count
            good = [h for h in match if h["class"] != "unlikely"]
            for h in match:
                h["used"], h["label"] = True, l
            if l["test"]:
                continue
            ok = any(h["kind"] != "test" and (not l["last4"] or not h["last4"] or h["last4"] == l["last4"] or l["kind"] not in ("card", "track")) for h in good)
            for key in (("all", l["hard"]), (l["kind"], l["hard"]), (info["form"], l["hard"])):
                a = recall.setdefault(key, [0, 0])
                a[0] += ok
                a[1] += 1
            if not ok and verbose:
                low = data.rfind(b"\n", max(0, l["at"] - 100), l["at"]) + 1
                print("MISSED", name, "hard" if l["hard"] else "ordinary", l["kind"], data[max(low, l["at"] - 60):l["end"] + 40], [h["line"] for h in match])
        bad_file = False
        for h in hits:
            if h["class"] == "unlikely" or h["kind"] == "test":
                continue
            good = h["used"] and not h["label"]["test"]
            if h["used"] and h["label"]["test"] and h["signs"] >> 14 & 1:
                continue
            for key in ("all", h["kind"]):
                t = (right if good else wrong)
                t[key] = t.get(key, 0) + 1
            f = forms_wrong.setdefault(info["form"], [0, 0])
            f[not good] += 1
            c = classes.setdefault(h["class"], [0, 0])
            c[not good] += 1
            if not good:
                bad_file = True
                if verbose:
                    print("FALSE", name, h["line"], data[max(0, h["at"] - 60):h["at"] + 50])
        alarms += bad_file and info["clean"]
    clean = sum(x["clean"] for x in files.values())
    print(f"{len(names)} files, {clean} of them clean, {alarms} false alarms on clean ones")
    print(f"{'':16} {'ordinary':>20} {'hard':>20} {'precision':>22}")
    for key in ["all", "card", "track", "code", *KINDS, "bank"] + sorted({k[0] for k in recall} - {"all", "card", "track", "code", "bank", *KINDS} | set(forms_wrong)):
        row = []
        for hard in (False, True):
            a, b = recall.get((key, hard), (0, 0))
            row.append(f"{a:6}/{b:<6} {a / b * 100:6.2f}" if b else "-")
        g, w = (right.get(key, 0), wrong.get(key, 0)) if key in right or key in wrong or key not in forms_wrong else forms_wrong[key]
        print(f"{key:16} {row[0]:>20} {row[1]:>20} " + (f"{g:6}/{g + w:<6} {g / (g + w) * 100:6.2f}" if g + w else "-").rjust(22))
    for c, (g, w) in sorted(classes.items()):
        print(f"{c}: right {g}/{g + w} = {g / (g + w) * 100:.2f} %")


if __name__ == "__main__":
    if len(sys.argv) >= 3 and sys.argv[1] == "make":
        make(sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1000, int(sys.argv[4]) if len(sys.argv) > 4 else 0)
    elif len(sys.argv) >= 4 and sys.argv[1] == "judge":
        judge(sys.argv[2], sys.argv[3], "-v" in sys.argv[4:])
    else:
        sys.exit(__doc__)
