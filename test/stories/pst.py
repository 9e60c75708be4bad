"""pst - a small Outlook folder file (Unicode, [MS-PST]) of folders and messages, for stories: as little of the format as a reader needs."""
import struct
import zlib

TEXT, TIME, NUMBER = 0x1F, 0x40, 0x03


def _sum(raw):
    """CRC-32 that begins with 0 (5.3)."""
    return zlib.crc32(raw, 0xFFFFFFFF) ^ 0xFFFFFFFF


def _pages(entries, size, sort, page_id):
    """One leaf page of a B-tree (2.2.2.7.7)."""
    assert len(entries) * size <= 488
    body = b"".join(entries).ljust(488, b"\0") + bytes([len(entries), 488 // size, size, 0]) + bytes(4)
    return body + bytes([sort, sort]) + struct.pack("<HIQ", 0, 0, page_id)


def properties(values):
    """A property context on a heap (2.3.3): {id: (type, value)}."""
    rows, heap = [], []
    for ident, (sort, value) in sorted(values.items()):
        if sort == NUMBER:
            rows.append(struct.pack("<HHI", ident, sort, value))
            continue
        heap.append(value.encode("utf-16-le") if sort == TEXT else struct.pack("<Q", value))
        rows.append(struct.pack("<HHI", ident, sort, (len(heap) + 2) << 5))
    parts = [struct.pack("<BBBBI", 0xB5, 2, 6, 0, 2 << 5), b"".join(rows)] + heap
    at, places = 12, []
    for part in parts:
        places.append(at)
        at += len(part)
    places.append(at)
    body = b"".join(parts) + (b"\0" if at % 2 else b"")
    table = struct.pack("<HH", len(parts), 0) + struct.pack(f"<{len(places)}H", *places)
    return struct.pack("<HBBII", 12 + len(body), 0xEC, 0xBC, 1 << 5, 0) + body + table


def pst(nodes):
    """nodes: (its number, its parent's, properties). A folder's number ends in 2, a message's in 4 (of its lower 5 bits)."""
    blocks, data, at = [], b"", 0x4400
    node_entries = []
    for i, (nid, parent, values) in enumerate(nodes):
        raw, bid = properties(values), 4 * (i + 1)
        blocks.append(struct.pack("<QQHHI", bid, at, len(raw), 2, 0))
        node_entries.append(struct.pack("<QQQII", nid, bid, 0, parent, 0))
        block = raw.ljust(-(-(len(raw) + 16) // 64) * 64 - 16, b"\0") + struct.pack("<HHIQ", len(raw), 0, _sum(raw), bid)
        data, at = data + block, at + len(block)
    at = -(-at // 512) * 512
    data = data.ljust(at - 0x4400, b"\0") + _pages(node_entries, 32, 0x81, 901) + _pages(blocks, 24, 0x80, 902)
    head = bytearray(0x4400)
    head[:12] = b"!BDN\0\0\0\0SM\x17\0"
    struct.pack_into("<Q", head, 0xB8, at + 1024)
    struct.pack_into("<QQQQ", head, 0xD8, 901, at, 902, at + 512)
    return bytes(head) + data


def filetime(unix):
    return (unix + 11644473600) * 10000000


def mailbox(number):
    """An inbox with one mail that has this number, a contact that has it among its notes, and a mail that was deleted."""
    inbox = (0x8022, 0x122, {0x3001: (TEXT, "Inbox"), 0x3613: (TEXT, "IPF.Note")})
    deleted = (0x8042, 0x122, {0x3001: (TEXT, "Deleted Items"), 0x3613: (TEXT, "IPF.Note")})
    root = (0x122, 0x122, {0x3001: (TEXT, ""), 0x3613: (TEXT, "IPF.Note")})
    mail = {0x001A: (TEXT, "IPM.Note"), 0x0037: (TEXT, "\x01\x01an order"), 0x0039: (TIME, filetime(1762164000)), 0x0065: (TEXT, "ana@example.com"),
            0x0E04: (TEXT, "shop@example.com"), 0x1000: (TEXT, f"my card is {number} exp 04/27")}
    contact = {0x001A: (TEXT, "IPM.Contact"), 0x3001: (TEXT, "June Marsh"), 0x1000: (TEXT, f"card {number}"), 0x3A08: (TEXT, "518 555 0100")}
    gone = dict(mail)
    gone[0x0065] = (TEXT, "bob@example.com")
    return pst([root, inbox, deleted, (0x200024, 0x8022, mail), (0x200044, 0x8022, contact), (0x200064, 0x8042, gone)])
