"""Labelled files for judging `handback find`: invented people's numbers in the formats that small businesses have, among numbers that only
look alike. Made from a seed; uses nothing of the detector. labels.jsonl names each planted number by file, kind, last four characters and
whether it is hard to see (split over lines, runs, cells or tags; escaped; in an odd encoding; only in a picture; deleted).

    corpus.py FOLDER [--seed N] [--each N]
"""
import argparse
import base64
import datetime
import gzip
import io
import json
import os
import quopri
import random
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import urllib.parse
import uuid
import zipfile
import zlib
from xml.sax.saxutils import escape, quoteattr

GIVEN = "Ana Ben Carla Dmitri Elena Farid Grace Hugo Ines Jonas Kira Liam Maya Noor Omar Petra Quinn Rosa Sven Tara Uma Viktor Wanda Yusuf Zoë".split()
FAMILY = "Alvarez Becker Chen Dubois Eriksen Fischer García Hughes Ivanov Jensen Kowalski López Müller Novak O'Neil Park Rossi Sato Taylor Ueda Weiss".split()
STREETS = "Oak Street,Mill Lane,Station Road,High Street,Elm Avenue,Harbor Drive,Church Hill,River Road".split(",")
TOWNS = "Albany NY 12207,Burlington VT 05401,Hartford CT 06103,Salem MA 01970,Newark NJ 07102,Dover DE 19901".split(",")
WORK = ["boiler service", "tap washer replaced", "drain cleared", "new thermostat", "cut and colour", "annual inspection", "radiator balanced", "emergency call-out",
        "kitchen sink fitted", "water heater flush", "leak under the bath found", "shower valve replaced"]
PROSE = ["Please call me back when the part has come in.", "The customer was happy with the work and will recommend us.", "We could not get in, nobody was at home.",
         "Invoice sent the same day, paid within the week.", "Gate is on the left, dog is friendly.", "Waiting for the supplier to confirm the date.",
         "She asked for a quote for the second bathroom as well.", "Remember to bring the long ladder next time."]

# brand, prefixes, length, groups as printed, how often
BRANDS = [("visa", ["4"], 16, (4, 4, 4, 4), 30), ("mastercard", ["51", "52", "53", "54", "55"], 16, (4, 4, 4, 4), 20), ("mastercard", ["2221", "2345", "2650", "2720"], 16, (4, 4, 4, 4), 6),
          ("amex", ["34", "37"], 15, (4, 6, 5), 12), ("discover", ["6011", "644", "649", "65"], 16, (4, 4, 4, 4), 8), ("diners", ["300", "305", "36", "38"], 14, (4, 6, 4), 5),
          ("jcb", ["3528", "3560", "3589"], 16, (4, 4, 4, 4), 5), ("unionpay", ["622126", "622900", "6250"], 16, (4, 4, 4, 4), 4), ("unionpay", ["6217"], 19, (6, 13), 2),
          ("mir", ["2200", "2204"], 16, (4, 4, 4, 4), 1)]


def luhn_digit(body):
    total = 0
    for i, c in enumerate(reversed(body)):
        d = int(c) * (2 if i % 2 == 0 else 1)
        total += d - 9 if d > 9 else d
    return str(-total % 10)


class World:
    """Everything invented comes from here; what is planted is noted."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.labels = []

    def digits(self, n):
        return "".join(self.r.choice("0123456789") for _ in range(n))

    # people
    def name(self):
        return f"{self.r.choice(GIVEN)} {self.r.choice(FAMILY)}"

    def email(self, name=None):
        plain = "".join(c for c in (name or self.name()).lower().replace(" ", ".") if c.isascii() and (c.isalnum() or c == "."))
        return f"{plain}{self.r.randrange(99)}@example.{self.r.choice(['com', 'org', 'net'])}"

    def phone(self):
        return f"({self.r.randrange(201, 989)}) 555-01{self.r.randrange(100):02}"

    def address(self):
        return f"{self.r.randrange(1, 400)} {self.r.choice(STREETS)}, {self.r.choice(TOWNS)}"

    def day(self, low=2015, high=2026):
        return datetime.date(self.r.randrange(low, high), self.r.randrange(1, 13), self.r.randrange(1, 29))

    # planted
    def note(self, kind, last4, hard=False):
        self.labels.append({"kind": kind, "last4": last4, "hard": hard})

    def pan(self):
        while True:
            brand, prefixes, n, groups, _ = self.r.choices(BRANDS, [b[4] for b in BRANDS])[0]
            body = self.r.choice(prefixes)
            body += self.digits(n - 1 - len(body))
            if len(set(body[-12:])) > 4 and not body.startswith("400000"):
                return brand, body + luhn_digit(body), groups

    def grouped(self, pan, groups, mark):
        out, at = [], 0
        for g in groups:
            out.append(pan[at:at + g])
            at += g
        return mark.join(out)

    def card(self, hard=False, style=None, kind="card_number"):
        brand, pan, groups = self.pan()
        self.note(kind, pan[-4:], hard)
        style = style or self.r.choice(["", "", " ", " ", " ", "-", "-", "."])
        return self.grouped(pan, groups, style)

    def expiry(self):
        return f"{self.r.randrange(1, 13):02}/{self.r.randrange(26, 32)}"

    def ssn(self, hard=False, bare=False):
        while True:
            a, g, s = self.r.randrange(1, 900), self.r.randrange(1, 100), self.r.randrange(1, 10000)
            if a != 666 and (a, g, s) not in ((78, 5, 1120), (219, 9, 9999), (457, 55, 5462), (123, 45, 6789)):
                break
        self.note("ssn", f"{s:04}", hard)
        return f"{a:03}{g:02}{s:04}" if bare else f"{a:03}-{g:02}-{s:04}"

    def itin(self):
        g, s = self.r.choice([*range(50, 66), *range(70, 89), 90, 91, 92, 94, 95, 96, 97, 98, 99]), self.r.randrange(1, 10000)
        self.note("itin", f"{s:04}")
        return f"9{self.r.randrange(100):02}-{g:02}-{s:04}"

    def iban(self, hard=False):
        country, bban = self.r.choice([("DE", self.digits(18)), ("NL", self.r.choice(["ABNA", "INGB", "RABO"]) + self.digits(10)), ("ES", self.digits(20)),
                                       ("GB", self.r.choice(["BARC", "HBUK", "LOYD"]) + self.digits(14)), ("AT", self.digits(16)), ("NO", self.digits(11))])
        number = "".join(str(int(c, 36)) for c in bban + country + "00")
        iban = f"{country}{98 - int(number) % 97:02}{bban}"
        self.note("iban", iban[-4:], hard)
        return iban if self.r.random() < 0.5 else " ".join(iban[i:i + 4] for i in range(0, len(iban), 4))

    def bank(self):
        while True:
            d = [int(c) for c in self.r.choice(["02", "11", "12", "26", "31", "07"]) + self.digits(6)]
            last = -(3 * (d[0] + d[3] + d[6]) + 7 * (d[1] + d[4] + d[7]) + d[2] + d[5]) % 10
            account = str(self.r.randrange(1, 10)) + self.digits(self.r.randrange(7, 11))
            self.note("bank_account", account[-4:])
            return "".join(map(str, d)) + str(last), account

    def sin(self):
        body = self.r.choice("1234567") + self.digits(7)
        number = body + luhn_digit(body)
        self.note("sin", number[-4:])
        return f"{number[:3]} {number[3:6]} {number[6:]}"

    def nino(self):
        while True:
            a, b = self.r.choice("ABCEGHJKLMNOPRSTWXYZ"), self.r.choice("ABCEGHJKLMNPRSTWXYZ")
            if a + b not in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ", "CR", "FY", "MW", "NC", "PP", "PZ", "OO"):
                break
        n = self.digits(6)
        number = f"{a}{b}{n}{self.r.choice('ABCD')}"
        self.note("nino", number[-4:])
        return f"{a}{b} {n[:2]} {n[2:4]} {n[4:]} {number[-1]}" if self.r.random() < 0.5 else number

    def track(self, hard=False):
        _, pan, _ = self.pan()
        self.note("card_track", pan[-4:], hard)
        rest = f"{self.r.randrange(27, 32)}{self.r.randrange(1, 13):02}{self.r.choice(['101', '201', '221'])}{self.digits(10)}"
        family, given = self.r.choice(FAMILY).upper().replace("'", ""), self.r.choice(GIVEN).upper()
        return f"%B{pan}^{family}/{given}^{rest}?" if self.r.random() < 0.5 else f";{pan}={rest}?"

    # alike, but nothing
    def order(self):
        return self.r.choice([self.digits(8), f"A-{self.digits(6)}", f"20{self.digits(14)}", f"{self.day():%Y%m%d}{self.digits(8)}", f"4{self.digits(15)}"])

    def luhn_id(self, n=16):
        """A serial number with a check digit of its own, that no card begins with."""
        body = self.r.choice(["89", "90", "99", "08"]) + self.digits(n - 3)
        return body + luhn_digit(body)

    def imei(self):
        body = "35" + self.digits(12)
        return body + luhn_digit(body)

    def tracking(self):
        return self.r.choice([f"1Z{self.digits(16)}", f"9400 1{self.digits(3)} {self.digits(4)} {self.digits(4)} {self.digits(4)} {self.digits(2)}", self.digits(12), f"92{self.digits(20)}"])

    def stamp(self):
        return str(int(datetime.datetime(self.r.randrange(2018, 2026), self.r.randrange(1, 13), self.r.randrange(1, 29)).timestamp() * 1000) + self.r.randrange(86400000))

    def uuid(self):
        return str(uuid.UUID(int=self.r.getrandbits(128)))

    def number_row(self):
        """A line with a number that is nobody's."""
        return self.r.choice([
            lambda: f"Order {self.order()} was sent, tracking {self.tracking()}.", lambda: f"Phone IMEI {self.imei()} handed in for repair.",
            lambda: f"Serial no. {self.luhn_id()} is out of guarantee.", lambda: f"Call {self.phone()} or write to {self.email()}.",
            lambda: f"Session {self.uuid()} ended at {self.stamp()}.", lambda: f"Meter reading {self.digits(7)}, price per unit 0.{self.digits(15)}.",
            lambda: f"Invoice {self.day():%Y}-{self.digits(5)} of {self.day()}: {self.r.randrange(20, 900)}.{self.digits(2)} paid.",
            lambda: f"Paid by card ending {self.digits(4)}, approval {self.digits(6)}.", lambda: f"Card on file: **** **** **** {self.digits(4)}.",
            lambda: f"ISBN 978-{self.digits(1)}-{self.digits(4)}-{self.digits(4)}-{self.digits(1)}, page {self.digits(2)}.",
        ])()

    def blurb(self):
        return self.r.choice(PROSE) if self.r.random() < 0.6 else self.number_row()

    def sentence(self, hard=False):
        """A line as people write it, with something in it that should not be there."""
        r = self.r
        return r.choice([
            lambda: f"Card {self.card(hard)} exp {self.expiry()}", lambda: f"{self.name()} paid by {r.choice(['Visa', 'card', 'credit card'])}: {self.card(hard)}, {self.expiry()}",
            lambda: f"took card over the phone {self.card(hard)} {self.expiry()}", lambda: f"CC# {self.card(hard)} for {self.name()}",
            lambda: f"Tarjeta {self.card(hard)} caduca {self.expiry()}", lambda: f"{self.card(hard, style=r.choice([' ', '-']))}", lambda: f"SSN {self.ssn(hard)} ({self.name()})",
            lambda: f"Please transfer to IBAN {self.iban(hard)}, {self.name()}", lambda: "Routing {} account {}".format(*self.bank()),
            lambda: f"Swipe log: {self.track(hard)}", lambda: f"His social security number is {self.ssn(hard)}",
        ])()


# ---- a document, for those formats that have paragraphs and tables ----

def document(w, clean):
    """[("p", text) or ("t", rows)]: notes and a table of payments."""
    blocks = [("p", f"Notes of {w.day()}, {w.name()}")]
    for _ in range(w.r.randrange(4, 12)):
        blocks.append(("p", w.blurb()))
        if not clean and w.r.random() < 0.5:
            blocks.append(("p", w.sentence()))
    rows = [["Date", "Customer", "Work", "Order", "Amount"] + ([] if clean else [w.r.choice(["Card", "Card number", "CC", "Payment card"]), "Exp"])]
    for _ in range(w.r.randrange(3, 15)):
        row = [str(w.day()), w.name(), w.r.choice(WORK), w.order(), f"{w.r.randrange(30, 900)}.00"]
        rows.append(row + ([] if clean else [w.card(), w.expiry()]))
    blocks.append(("t", rows))
    blocks.append(("p", w.blurb()))
    return blocks


def lines_of(blocks):
    for sort, what in blocks:
        if sort == "p":
            yield what
        else:
            yield from ("\t".join(row) for row in what)


def txt(w, clean):
    return "\n".join(lines_of(document(w, clean))).encode()


def txt_utf16(w, clean):
    return "\r\n".join(lines_of(document(w, clean))).encode("utf-16")


def txt_latin1(w, clean):
    return "\r\n".join(lines_of(document(w, clean))).encode("cp1252", "replace")


def txt_split(w, clean):
    """Numbers over line ends, odd spaces, full-width digits, dashes that are not hyphens."""
    out = []
    for _ in range(12):
        out.append(w.blurb())
        if clean:
            continue
        _, pan, groups = w.pan()
        w.note("card_number", pan[-4:], True)
        part = w.grouped(pan, groups, " ").split(" ")
        out.append(w.r.choice([
            lambda: "card number " + " ".join(part[:2]) + "\n" + " ".join(part[2:]), lambda: "Card: " + "\u2009".join(part), lambda: "card " + "\u2013".join(part),
            lambda: "card " + "\u00a0".join(part), lambda: "Visa/MC " + "".join(chr(0xff10 + int(c)) for c in pan), lambda: "cc: " + " - ".join(part), lambda: "card " + "  ".join(part),
            lambda: "card no: " + "\u200b".join(part), lambda: "credit card:\n" + "\n".join(part),
        ])())
    return "\n".join(out).encode()


def csv_rows(w, clean, mark):
    card_title = w.r.choice(["card_number", "CardNumber", "pan", "Card No.", "cc", "Payment", "reference 2"])
    head = ["id", "created", "customer", "email", "phone", "order_no", "serial", "amount"] + ([] if clean else [card_title, "exp", "ssn"])
    rows = [head]
    for i in range(w.r.randrange(15, 120)):
        name = w.name()
        row = [str(100000 + i), f"{w.day()}T{w.r.randrange(24):02}:00:00Z", name, w.email(name), w.phone(), f"4{w.digits(15)}", w.luhn_id(), f"{w.r.randrange(10, 900)}.{w.digits(2)}"]
        rows.append(row + ([] if clean else [w.card(style=mark), w.expiry(), w.ssn(bare=w.r.random() < 0.3) if w.r.random() < 0.5 else ""]))
    return rows


def csv(w, clean):
    delimiter, mark = w.r.choice(",;\t|"), w.r.choice(["", "", " ", "-"])
    return "\r\n".join(delimiter.join(f'"{c}"' if delimiter in c or " " in c else c for c in row) for row in csv_rows(w, clean, mark)).encode()


def csv_unheaded(w, clean):
    """No heading, bare numbers: only the column tells."""
    number = (lambda: w.luhn_id() if w.r.random() < 0.1 else "90" + w.digits(14)) if clean else lambda: w.card(style="")
    return "\n".join(f"{100000 + i},{w.day()},4{w.digits(15)},{number()},{w.r.randrange(10, 99)}.00" for i in range(60)).encode()


def json_file(w, clean):
    people = []
    for _ in range(w.r.randrange(10, 60)):
        name = w.name()
        p = {"id": w.uuid(), "name": name, "email": w.email(name), "created": int(w.stamp()), "orders": [w.order() for _ in range(w.r.randrange(3))], "lat": float(f"42.{w.digits(15)}")}
        if not clean:
            p["payment"] = {"cardNumber": w.card(style=w.r.choice(["", " "])), "expiry": w.expiry()}
        people.append(p)
    return json.dumps(people, indent=w.r.choice([None, 1]), ensure_ascii=w.r.random() < 0.5).encode()


def jsonl(w, clean):
    out = []
    for _ in range(w.r.randrange(20, 100)):
        e = {"ts": int(w.stamp()), "level": "info", "request": w.uuid(), "amount": w.r.randrange(100, 90000)}
        if not clean and w.r.random() < 0.4:
            e["body"] = json.dumps({"pan": w.card(style=""), "cvv": (w.note("card_code", ""), w.digits(3))[1], "exp": w.expiry()})
        else:
            e["body"] = json.dumps({"order": w.order(), "serial": w.luhn_id()})
        out.append(json.dumps(e))
    return "\n".join(out).encode()


def json_escaped(w, clean):
    """Digits as \\u escapes, URL-encoded separators, base64 inside."""
    out = []
    for _ in range(20):
        if clean:
            out.append({"note": w.blurb(), "blob": base64.b64encode(w.r.randbytes(60)).decode()})
            continue
        card = w.card(True, style=w.r.choice(["", " "]))
        out.append(w.r.choice([
            lambda: '{"card": "' + "".join(f"\\u{ord(c):04x}" for c in card) + '"}', lambda: f"GET /pay?card={urllib.parse.quote(card)}&exp=12%2F29 HTTP/1.1",
            lambda: '{"body": "' + base64.b64encode(f"name={w.name()}; card number: {card}; exp 11/28".encode()).decode() + '"}',
            lambda: f"<p>card {''.join(f'&#{ord(c)};' for c in card)}</p>",
        ])())
    return ("\n".join(o if isinstance(o, str) else json.dumps(o) for o in out)).encode()


def xml(w, clean):
    out = ['<?xml version="1.0" encoding="UTF-8"?>', "<payments>"]
    for _ in range(w.r.randrange(10, 50)):
        card = "" if clean else f'<card number={quoteattr(w.card(style=""))} exp="{w.expiry()}"/>' if w.r.random() < 0.5 else f"<CardNumber>{w.card(style='')}</CardNumber><Expiry>{w.expiry()}</Expiry>"
        out.append(f'  <payment id="{w.uuid()}" ref="{w.order()}"><customer>{escape(w.name())}</customer><serial>{w.luhn_id()}</serial>{card}<at>{w.stamp()}</at></payment>')
    return "\n".join(out + ["</payments>"]).encode()


def html(w, clean):
    out = ["<!doctype html><html><head><title>Bookings</title><style>.a{margin:0.1234567890123456em}</style></head><body>"]
    for sort, what in document(w, clean):
        if sort == "p":
            out.append(f"<p>{escape(what)}</p>")
        else:
            out.append("<table>" + "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in what) + "</table>")
    return "\n".join(out + ["</body></html>"]).encode()


def html_split(w, clean):
    out = ["<html><body>"]
    for _ in range(10):
        out.append(f"<p>{escape(w.blurb())}</p>")
        if clean:
            continue
        _, pan, groups = w.pan()
        w.note("card_number", pan[-4:], True)
        part = w.grouped(pan, groups, " ").split(" ")
        out.append(w.r.choice([
            lambda: "<p>Card: " + "".join(f"<span class=g>{p}</span> " for p in part) + "</p>", lambda: "<p>Card number <b>" + part[0] + "</b>&nbsp;" + "&nbsp;".join(part[1:]) + "</p>",
            lambda: "<tr><td>Card</td>" + "".join(f"<td>{p}</td>" for p in part) + "</tr>", lambda: f"<p>card number: {pan[:6]}<wbr>{pan[6:]}</p>",
            lambda: f"<p>card {pan[:8]}<!-- x -->{pan[8:]}</p>",
        ])())
    return "\n".join(out + ["</body></html>"]).encode()


def access_log(w, clean):
    out = []
    for _ in range(w.r.randrange(60, 300)):
        ip = f"198.51.100.{w.r.randrange(256)}"
        what = w.r.choice([f"/item/{w.order()}", f"/t/{w.uuid()}", f"/js/app.js?v={w.stamp()}", f"/track/{w.tracking().replace(' ', '')}", f"/api?serial={w.luhn_id()}"])
        if not clean and w.r.random() < 0.08:
            what = f"/checkout?card={w.card(style=w.r.choice(['', '-']))}&exp={w.r.randrange(1, 13):02}{w.r.randrange(26, 31)}"
        out.append(f'{ip} - - [{w.day():%d/%b/%Y}:10:00:{w.r.randrange(60):02} +0000] "GET {what} HTTP/1.1" 200 {w.digits(5)} "-" "Mozilla/5.0" rt=0.{w.digits(16)}')
    return "\n".join(out).encode()


def app_log(w, clean):
    out = []
    for _ in range(w.r.randrange(60, 300)):
        begin = f"{w.day()} 12:{w.r.randrange(60):02}:01.{w.digits(3)} [{w.r.choice(['INFO', 'DEBUG', 'WARN'])}] "
        if not clean and w.r.random() < 0.08:
            out.append(begin + w.r.choice([lambda: f"auth request pan={w.card(style='')} exp={w.digits(2)}{w.r.randrange(1, 13):02} amt={w.digits(4)}",
                                           lambda: f"reader said {w.track()}", lambda: f"charge card {w.card(style='')} declined"])())
        else:
            out.append(begin + w.r.choice([f"txn {w.order()} ok in {w.digits(3)} ms", f"cache key {w.uuid()} ts {w.stamp()}", f"user {w.digits(6)} device {w.imei()}", f"terminal serial={w.luhn_id()} ready"]))
    return "\n".join(out).encode()


def source(w, clean):
    out = ["#include <stdio.h>", f"static const double k[] = {{ 0.{w.digits(16)}, 1.{w.digits(15)} }};", f'#define BUILD "{w.uuid()}"', f"/* see order {w.order()} */"]
    for i in range(40):
        out.append(f"static const unsigned long long id_{i} = {w.digits(16).lstrip('0') or 1}ULL;" if w.r.random() < 0.5 else f'const char *hash_{i} = "{w.r.getrandbits(160):040x}";')
        if not clean and w.r.random() < 0.1:
            out.append(w.r.choice([lambda: f'\tcharge_card("{w.card(style="")}", "{w.expiry()}");', lambda: f"// customer's card {w.card()} fails, see mail",
                                   lambda: f'card_number = "{w.card(style="")}"'])())
    return "\n".join(out).encode()


def sql(w, clean):
    out = ["CREATE TABLE customer (id bigint, name text, card_no text, exp text);" if not clean else "CREATE TABLE item (id bigint, name text, serial text);"]
    for i in range(40):
        out.append(f"INSERT INTO customer VALUES ({w.digits(16).lstrip('0') or 1}, '{w.name().replace(chr(39), chr(39) * 2)}', '{w.card(style='')}', '{w.expiry()}');" if not clean else
                   f"INSERT INTO item VALUES ({w.digits(16).lstrip('0') or 1}, '{w.r.choice(WORK)}', '{w.luhn_id()}');")
    return "\n".join(out).encode()


def staff(w, clean):
    """Not cards: a payroll list."""
    if clean:
        return "\n".join(f"{w.name()};{w.phone()};{w.digits(9)};{w.day()}" for _ in range(30)).encode()
    out = []
    for _ in range(25):
        out.append(w.r.choice([
            lambda: f"{w.name()}, SSN: {w.ssn()}", lambda: f"Tax ID (ITIN) {w.itin()}, {w.name()}", lambda: f"SIN {w.sin()} {w.name()}", lambda: f"NI number {w.nino()} ({w.name()})",
            lambda: f"Wages to IBAN {w.iban()}", lambda: "Direct deposit: routing number {}, account number {}".format(*w.bank()), lambda: f"Soc. Sec. No. {w.ssn(bare=True)}",
            lambda: (w.note("date_of_birth", ""), f"Date of birth: {w.day(1950, 2005):%m/%d/%Y}")[1],
        ])())
        out.append(w.blurb())
    return "\n".join(out).encode()


# ---- office ----

def ooxml(parts):
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED) as z:
        for name, text in parts.items():
            z.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return b.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def run(text):
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def docx_of(body, extra=None):
    types = '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    return ooxml({
        "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
        "_rels/.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<?xml version="1.0" encoding="UTF-8"?><w:document {W}><w:body>{body}<w:sectPr/></w:body></w:document>', **(extra or {})})


def docx_body(w, blocks, split):
    out = []
    for sort, what in blocks:
        if sort == "p":
            if split and any(c.isdigit() for c in what):
                cuts = sorted(w.r.sample(range(1, len(what)), min(4, len(what) - 1)))
                pieces = [what[a:b] for a, b in zip([0, *cuts], [*cuts, len(what)])]
                out.append("<w:p>" + '<w:proofErr w:type="spellStart"/>'.join(run(p) for p in pieces) + "</w:p>")
            else:
                out.append(f"<w:p>{run(what)}</w:p>")
        else:
            out.append("<w:tbl>" + "".join("<w:tr>" + "".join(f"<w:tc><w:p>{run(c)}</w:p></w:tc>" for c in row) + "</w:tr>" for row in what) + "</w:tbl>")
    return "".join(out)


def docx(w, clean):
    return docx_of(docx_body(w, document(w, clean), False))


def docx_split(w, clean):
    """Runs cut anywhere; comments, footers and deleted text."""
    blocks = [("p", w.blurb())] + [("p", w.blurb() if clean else f"Card {w.card(True)} exp {w.expiry()}") for _ in range(8)]
    extra = {} if clean else {
        "word/comments.xml": f'<?xml version="1.0"?><w:comments {W}><w:comment w:id="0"><w:p>{run("his card is " + w.card(True))}</w:p></w:comment></w:comments>',
        "word/footer1.xml": f'<?xml version="1.0"?><w:ftr {W}><w:p>{run("Card " + w.card(True))}</w:p></w:ftr>'}
    body = docx_body(w, blocks, True)
    if not clean:
        body += f'<w:p><w:del w:id="1"><w:r><w:delText>card number {w.card(True)}</w:delText></w:r></w:del></w:p>'
    return docx_of(body, extra)


S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def xlsx_of(sheets, shared=True, hidden=()):
    strings, index = [], {}

    def cell(ref, value):
        if isinstance(value, (int, float)):
            return f'<c r="{ref}"><v>{value!r}</v></c>'
        if not shared:
            return f'<c r="{ref}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        if value not in index:
            index[value] = len(strings)
            strings.append(value)
        return f'<c r="{ref}" t="s"><v>{index[value]}</v></c>'

    parts, names = {}, []
    for k, (name, rows) in enumerate(sheets, 1):
        data = "".join(f'<row r="{i}">' + "".join(cell(f"{chr(65 + j)}{i}", v) for j, v in enumerate(row) if v != "") + "</row>" for i, row in enumerate(rows, 1))
        parts[f"xl/worksheets/sheet{k}.xml"] = f'<?xml version="1.0"?><worksheet {S}><sheetData>{data}</sheetData></worksheet>'
        state = ' state="hidden"' if name in hidden else ""
        names.append(f'<sheet name={quoteattr(name)} sheetId="{k}"{state} r:id="rId{k}"/>')
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return ooxml({
        "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<?xml version="1.0"?><workbook {S} xmlns:r="{rel}"><sheets>{"".join(names)}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' + "".join(
            f'<Relationship Id="rId{k}" Type="{rel}/worksheet" Target="worksheets/sheet{k}.xml"/>' for k in range(1, len(sheets) + 1)) + f'<Relationship Id="rId99" Type="{rel}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<?xml version="1.0"?><sst {S}>' + "".join(f"<si><t>{escape(s)}</t></si>" for s in strings) + "</sst>", **parts})


def typed(row):
    """Numbers as a spreadsheet keeps them: up to fifteen digits are numbers."""
    return [int(c) if c.isdigit() and not c.startswith("0") and len(c) <= 15 else c for c in row]


def xlsx(w, clean):
    rows = csv_rows(w, clean, w.r.choice(["", " ", "-"]))
    return xlsx_of([("Customers", [typed(r) for r in rows]), ("Notes", [[w.blurb()] for _ in range(5)])], shared=w.r.random() < 0.7)


def xlsx_split(w, clean):
    """Four cells of four digits, a hidden sheet, runs of rich text."""
    rows = [["Name", "A", "B", "C", "D", "Exp"]]
    for _ in range(12):
        if clean:
            rows.append([w.name(), *(w.r.randrange(100, 9999) for _ in range(4)), "x"])
        else:
            while True:
                _, pan, groups = w.pan()
                if groups == (4, 4, 4, 4):
                    break
            w.note("card_number", pan[-4:], True)
            rows.append([w.name(), *(int(pan[i:i + 4]) if pan[i] != "0" else pan[i:i + 4] for i in range(0, 16, 4)), w.expiry()])
    hidden = [["What"]] + [[w.blurb() if clean else f"card {w.card(True)}"] for _ in range(4)]
    return xlsx_of([("Sheet1", rows), ("old", hidden)], hidden=("old",))


def pptx(w, clean):
    a, p = "http://schemas.openxmlformats.org/drawingml/2006/main", "http://schemas.openxmlformats.org/presentationml/2006/main"
    parts = {"[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
             "ppt/presentation.xml": f'<?xml version="1.0"?><p:presentation xmlns:p="{p}"/>'}
    for k in range(1, 4):
        lines = [w.blurb(), w.blurb() if clean else w.sentence()]
        parts[f"ppt/slides/slide{k}.xml"] = f'<?xml version="1.0"?><p:sld xmlns:a="{a}" xmlns:p="{p}"><p:cSld><p:spTree><p:sp><p:txBody>' + "".join(
            f"<a:p><a:r><a:t>{escape(t)}</a:t></a:r></a:p>" for t in lines) + "</p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
    return ooxml(parts)


ODF = ('xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" '
       'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
       'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"')


def odf(kind, content):
    return ooxml({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": f'<?xml version="1.0"?><office:document-content {ODF} office:version="1.2"><office:body><office:{kind}>{content}</office:{kind}></office:body></office:document-content>',
                  "META-INF/manifest.xml": '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
                  f'<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.{kind}"/>'
                  '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'})


def odf_table(rows):
    return '<table:table table:name="Payments">' + "".join(
        "<table:table-row>" + "".join(f'<table:table-cell office:value-type="string"><text:p>{escape(c)}</text:p></table:table-cell>' for c in row) + "</table:table-row>" for row in rows) + "</table:table>"


def odt(w, clean):
    return odf("text", "".join(f"<text:p>{escape(what)}</text:p>" if sort == "p" else odf_table(what) for sort, what in document(w, clean)))


def odt_split(w, clean):
    out = []
    for _ in range(8):
        text = w.blurb() if clean else f"card {w.card(True)} exp {w.expiry()}"
        cut = len(text) // 2
        out.append(f'<text:p>{escape(text[:cut])}<text:span text:style-name="T1">{escape(text[cut:cut + 3])}</text:span>{escape(text[cut + 3:])}</text:p>')
    return odf("text", "".join(out))


def ods(w, clean):
    return odf("spreadsheet", odf_table(csv_rows(w, clean, w.r.choice(["", " "]))))


def odp(w, clean):
    """Slides."""
    return odf("presentation", "".join(
        f'<draw:page draw:name="page{k}"><draw:frame svg:width="20cm" svg:height="10cm" svg:x="1cm" svg:y="1cm"><draw:text-box>' + "".join(
            f"<text:p>{escape(t)}</text:p>" for t in [w.blurb(), w.blurb() if clean else w.sentence()]) + "</draw:text-box></draw:frame></draw:page>" for k in range(1, 5)))


def rtf(w, clean):
    def plain(t):
        return "".join(c if ord(c) < 128 and c not in "\\{}" else f"\\'{c.encode('cp1252', 'replace')[0]:02x}" for c in t)
    out = ["{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}{\\colortbl;\\red0\\green0\\blue0;}\\f0\\fs24 "]
    for line in lines_of(document(w, clean)):
        out.append(plain(line).replace("\t", "\\tab ") + "\\par\n")
    return ("".join(out) + "}").encode()


def rtf_split(w, clean):
    out = ["{\\rtf1\\ansi "]
    for _ in range(8):
        text = w.blurb() if clean else f"card number {w.card(True, style=' ')}"
        cut = len(text) - 9
        out.append("".join(c for c in text[:cut] if ord(c) < 128) + "{\\b " + "".join(c for c in text[cut:cut + 4] if ord(c) < 128) + "}\\fs20 " + "".join(c for c in text[cut + 4:] if ord(c) < 128) + "\\par\r\n")
    return ("".join(out) + "}").encode()


# ---- PDF ----

def pdf_of(pages, extra=()):
    """pages: content streams; extra: further objects, numbered from 4 + 2 * pages."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", None, b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"]
    kids = []
    for content, resources in pages:
        stream = zlib.compress(content)
        objects.append(f"<< /Length {len(stream)} /Filter /FlateDecode >>\nstream\n".encode() + stream + b"\nendstream")
        kids.append(len(objects) + 1)
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects)} 0 R /Resources << /Font << /F1 3 0 R >> {resources} >> >>".encode())
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{k} 0 R' for k in kids)}] >>".encode()
    objects.extend(extra)
    out, at = io.BytesIO(), []
    out.write(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    for n, o in enumerate(objects, 1):
        at.append(out.tell())
        out.write(f"{n} 0 obj\n".encode() + o + b"\nendobj\n")
    xref = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + b"".join(f"{a:010} 00000 n \n".encode() for a in at))
    out.write(f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF\n".encode())
    return out.getvalue()


def pdf_text(t):
    return t.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def pdf_lines(lines, size=10):
    out = [f"BT /F1 {size} Tf 50 750 Td 14 TL".encode()]
    for line in lines:
        out.append(b"(" + pdf_text(line) + b") Tj T*")
    return b"\n".join(out + [b"ET"])


def pdf(w, clean):
    lines = [line for line in lines_of(document(w, clean))]
    pages = []
    for i in range(0, len(lines), 50):
        out = [b"BT /F1 8 Tf"]
        for k, line in enumerate(lines[i:i + 50]):
            for j, cell in enumerate(line.split("\t")):
                out.append(f"1 0 0 1 {40 + 80 * j} {760 - 14 * k} Tm (".encode() + pdf_text(cell) + b") Tj")
        pages.append((b"\n".join(out + [b"ET"]), ""))
    return pdf_of(pages)


def pdf_split(w, clean):
    """Kerned glyph by glyph, groups set apart, a number over a line end."""
    out = [b"BT /F1 10 Tf"]
    y = 760
    for _ in range(10):
        y -= 30
        if clean:
            out.append(f"1 0 0 1 50 {y} Tm (".encode() + pdf_text(w.blurb()) + b") Tj")
            continue
        _, pan, groups = w.pan()
        w.note("card_number", pan[-4:], True)
        part = w.grouped(pan, groups, " ").split(" ")
        sort = w.r.randrange(3)
        if sort == 0:
            out.append(f"1 0 0 1 50 {y} Tm [(Card ) ".encode() + b" ".join(f"({c}) -{w.r.randrange(5, 60)}".encode() for c in " ".join(part)) + b"] TJ")
        elif sort == 1:
            out.append(f"1 0 0 1 50 {y} Tm (Card number) Tj".encode())
            out.extend(f"1 0 0 1 {120 + 34 * k} {y} Tm ({p}) Tj".encode() for k, p in enumerate(part))
        else:
            out.append(f"1 0 0 1 50 {y} Tm (paid with card {' '.join(part[:2])}) Tj 1 0 0 1 50 {y - 12} Tm ({' '.join(part[2:])} on the day) Tj".encode())
    return pdf_of([(b"\n".join(out + [b"ET"]), "")])


def picture_of(lines, sort, size=14, dpi=150):
    """A picture of a page, drawn by poppler."""
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/p.pdf", "wb") as f:
            f.write(pdf_of([(pdf_lines(lines, size).replace(b"14 TL", b"26 TL"), "")]))
        subprocess.run(["pdftoppm", f"-{sort}", "-gray", "-r", str(dpi), "-x", "0", "-y", "0", "-W", str(612 * dpi // 72), "-H", str(500 * dpi // 72), "-singlefile", f"{folder}/p.pdf", f"{folder}/p"], check=True)
        with open(f"{folder}/p.{'jpg' if sort == 'jpeg' else sort}", "rb") as f:
            return f.read()


def scan_lines(w, clean):
    lines = []
    for _ in range(5):
        lines.append(w.r.choice(PROSE))
        lines.append(f"Invoice {w.digits(6)}" if clean else f"Card {w.card(True, style=' ')}  exp {w.expiry()}")
    return lines


def scan_png(w, clean):
    return picture_of(scan_lines(w, clean), "png")


def scan_jpg(w, clean):
    return picture_of(scan_lines(w, clean), "jpeg", dpi=170)


def scan_pdf(w, clean):
    jpeg = picture_of(scan_lines(w, clean), "jpeg")
    at = jpeg.index(b"\xff\xc0")                                      # its frame header: height, width, components
    height, width, colours = int.from_bytes(jpeg[at + 5:at + 7], "big"), int.from_bytes(jpeg[at + 7:at + 9], "big"), jpeg[at + 9]
    space = {1: "DeviceGray", 3: "DeviceRGB"}[colours]
    image = f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /{space} /BitsPerComponent 8 /Filter /DCTDecode /Length {len(jpeg)} >>\nstream\n".encode() + jpeg + b"\nendstream"
    return pdf_of([(b"q 612 0 0 500 0 292 cm /I Do Q", "/XObject << /I 6 0 R >>")], [image])


# ---- mail ----

def mail_of(w, clean, hard=False):
    person = w.name()
    lines = [w.blurb() for _ in range(4)] + ([] if clean else [w.sentence(hard), f"my card is {w.card(hard)} and the date {w.expiry()}"]) + ["", person]
    head = [f"From: {w.email(person)}", "To: office@example.com", f"Subject: {w.r.choice(WORK)}", f"Date: {w.day():%a, %d %b %Y} 10:00:00 +0000", f"Message-ID: <{w.uuid()}@example.com>", "MIME-Version: 1.0"]
    return head, "\r\n".join(lines)


def eml(w, clean):
    head, text = mail_of(w, clean)
    how = w.r.choice(["8bit", "quoted-printable", "base64"])
    raw = text.encode()
    body = raw if how == "8bit" else quopri.encodestring(raw) if how == "quoted-printable" else base64.encodebytes(raw)
    return "\r\n".join(head + ["Content-Type: text/plain; charset=utf-8", f"Content-Transfer-Encoding: {how}", "", ""]).encode() + body


def eml_attachments(w, clean):
    """A spreadsheet and an archive attached, an HTML alternative, in UTF-16."""
    head, text = mail_of(w, clean, True)
    before = len(w.labels)
    files = [("orders.xlsx", xlsx(w, clean)), ("old.zip", zipped([("notes.csv", csv(w, clean))]))]
    for label in w.labels[before:]:
        label["hard"] = True
    out = head + ['Content-Type: multipart/mixed; boundary="b1"', "", "--b1", "Content-Type: text/html; charset=utf-16le", "Content-Transfer-Encoding: base64", ""]
    out.append(base64.encodebytes(("<p>" + escape(text).replace("\r\n", "<br>") + "</p>").encode("utf-16le")).decode())
    for name, data in files:
        out += ["--b1", f'Content-Type: application/octet-stream; name="{name}"', "Content-Transfer-Encoding: base64", f'Content-Disposition: attachment; filename="{name}"', "", base64.encodebytes(data).decode()]
    return "\r\n".join(out + ["--b1--", ""]).encode()


def mbox(w, clean):
    out = []
    for _ in range(6):
        head, text = mail_of(w, clean)
        out.append("From x@example.com Thu Jan  1 00:00:00 2026\n" + "\n".join(head + ["Content-Type: text/plain; charset=utf-8", "", text.replace("\r\n", "\n"), "", ""]))
    return "".join(out).encode()


# ---- archives and databases ----

def zipped(files):
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in files:
            z.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return b.getvalue()


def zip_file(w, clean):
    return zipped([("a/notes.txt", txt(w, clean)), ("a/list.csv", csv(w, clean)), ("b.json", json_file(w, clean))])


def nested(w, clean):
    before = len(w.labels)
    b = io.BytesIO()
    inner = zipped([("deep.docx", docx(w, clean)), ("more.txt.gz", gzip.compress(txt(w, clean), mtime=0))])
    with tarfile.open(fileobj=b, mode="w:gz") as t:
        info = tarfile.TarInfo("inner.zip")
        info.size = len(inner)
        t.addfile(info, io.BytesIO(inner))
    for label in w.labels[before:]:
        label["hard"] = True
    return b.getvalue()


def by_tool(w, clean, ending, call):
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/list.csv", "wb") as f:
            f.write(csv(w, clean))
        subprocess.run(call(f"{folder}/x{ending}", f"{folder}/list.csv"), check=True, stdout=subprocess.DEVNULL)
        with open(f"{folder}/x{ending}", "rb") as f:
            return f.read()


def seven_zip(w, clean):
    return by_tool(w, clean, ".7z", lambda out, file: ["7z", "a", "-bd", out, file])


def zstd(w, clean):
    return by_tool(w, clean, ".zst", lambda out, file: ["zstd", "-q", file, "-o", out])


def sqlite(w, clean, deleted=False):
    with tempfile.TemporaryDirectory() as folder:
        db = sqlite3.connect(f"{folder}/x.db")
        db.execute("PRAGMA secure_delete=OFF")
        db.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, order_no INTEGER, card TEXT, exp TEXT, note TEXT)")
        for _ in range(60):
            card = "" if clean else w.card(deleted, style="")
            db.execute("INSERT INTO customer (name, order_no, card, exp, note) VALUES (?, ?, ?, ?, ?)", (w.name(), int(f"4{w.digits(15)}"), card, w.expiry(), w.blurb()))
        db.commit()
        if deleted:
            db.execute("DELETE FROM customer")
            db.commit()
        db.close()
        with open(f"{folder}/x.db", "rb") as f:
            return f.read()


def sqlite_deleted(w, clean):
    return sqlite(w, clean, True)


def binary(w, clean):
    out = io.BytesIO()
    for _ in range(30):
        out.write(w.r.randbytes(w.r.randrange(20, 400)))
        if not clean and w.r.random() < 0.4:
            out.write(b"\0card=" + w.card(style="").encode() + b"\0")
    return out.getvalue()


# name: ending, maker, what it needs
FORMATS = {
    "txt": (".txt", txt), "txt utf-16": (".txt", txt_utf16), "txt cp1252": (".txt", txt_latin1), "txt split": (".txt", txt_split), "csv": (".csv", csv), "csv unheaded": (".csv", csv_unheaded),
    "json": (".json", json_file), "jsonl": (".jsonl", jsonl), "escaped": (".log", json_escaped), "xml": (".xml", xml), "html": (".html", html), "html split": (".html", html_split),
    "access log": (".log", access_log), "app log": (".log", app_log), "source": (".c", source), "sql": (".sql", sql), "staff": (".txt", staff), "docx": (".docx", docx), "docx split": (".docx", docx_split),
    "xlsx": (".xlsx", xlsx), "xlsx split": (".xlsx", xlsx_split), "pptx": (".pptx", pptx), "odt": (".odt", odt), "odt split": (".odt", odt_split), "ods": (".ods", ods), "odp": (".odp", odp), "rtf": (".rtf", rtf),
    "rtf split": (".rtf", rtf_split), "pdf": (".pdf", pdf), "pdf split": (".pdf", pdf_split), "scan png": (".png", scan_png, "pdftoppm", "tesseract"), "scan jpg": (".jpg", scan_jpg, "pdftoppm", "tesseract"),
    "scan pdf": (".pdf", scan_pdf, "pdftoppm", "tesseract"), "eml": (".eml", eml), "eml attached": (".eml", eml_attachments), "mbox": (".mbox", mbox), "zip": (".zip", zip_file),
    "nested": (".tar.gz", nested), "7z": (".7z", seven_zip, "7z"), "zst": (".csv.zst", zstd, "zstd"), "sqlite": (".db", sqlite), "sqlite deleted": (".db", sqlite_deleted), "binary": (".dat", binary),
}
# what an office program makes of some of them, where there is one
CONVERTED = {"doc": (".docx", docx), "xls": (".xlsx", xlsx), "ppt": (".odp", odp)}


def convert(made, ending, to):
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/x{ending}", "wb") as f:
            f.write(made)
        subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", to, "--outdir", folder, f"{folder}/x{ending}"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(f"{folder}/x.{to}", "rb") as f:
            return f.read()


def make(folder, seed, each, formats=None):
    """Writes `each` files with numbers and as many without, of each format; returns what each format's folder holds, and what was left out."""
    missing = {}
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/labels.jsonl", "w", encoding="utf-8") as labels:
        for name, (ending, maker, *needs) in {**FORMATS, **{k: ("." + k, None, "soffice") for k in CONVERTED}}.items():
            lacking = [n for n in needs if not shutil.which(n)]
            if formats and name not in formats:
                continue
            if lacking:
                missing[name] = lacking
                continue
            for clean in (False, True):
                for k in range(each):
                    w = World(f"{seed}/{name}/{clean}/{k}")
                    if maker:
                        data = maker(w, clean)
                    else:
                        before, make_it = CONVERTED[name]
                        data = convert(make_it(w, clean), before, name)
                    path = f"{name.replace(' ', '-')}/{'clean' if clean else 'with'}-{k}{ending}"
                    os.makedirs(os.path.dirname(f"{folder}/{path}"), exist_ok=True)
                    with open(f"{folder}/{path}", "wb") as f:
                        f.write(data)
                    labels.write(json.dumps({"path": path, "format": name, "clean": clean, "labels": w.labels}) + "\n")
    return missing


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("folder")
    p.add_argument("--seed", default="1")
    p.add_argument("--each", type=int, default=5)
    a = p.parse_args()
    for name, lacking in make(a.folder, a.seed, a.each).items():
        print(f"left out: {name} ({', '.join(lacking)} not installed)")


if __name__ == "__main__":
    main()
