"""What Python's email package finds in mails that Postern has written: one JSON line for each path on stdin.

Text is read as RFC 3676 says, by code that shares nothing with ours: a list of [level of quoting, paragraph].
"""

import email
import email.policy
import email.utils
import hashlib
import json
import sys
from email.header import decode_header, make_header


def people(plain, name):
    # The newer classes put a blank between two encoded words of a name, in some versions of Python.
    found = email.utils.getaddresses([str(field) for field in plain.get_all(name, [])])
    return [[str(make_header(decode_header(called))), address] for called, address in found if address]


def paragraphs(text):
    found, going = [], None
    for line in text.replace("\r\n", "\n").removesuffix("\n").split("\n"):
        rest = line.lstrip(">")
        level = len(line) - len(rest)
        rest = rest.removeprefix(" ")
        flows = rest.endswith(" ") and rest != "-- "
        if going is not None and level == found[-1][0] and rest != "-- ":
            found[-1][1] = going + rest
        else:
            found.append([level, rest])
        going = found[-1][1] if flows else None
    return found


def file(part):
    content = part.get_payload(decode=True)
    return {
        "name": part["content-disposition"].params.get("filename"),
        "other_name": part["content-type"].params.get("name"),
        "disposition": part.get_content_disposition(),
        "kind": part.get_content_type(),
        "size": len(content),
        "hash": hashlib.blake2b(content).hexdigest(),
    }


def defects(message):
    found = [repr(d) for part in message.walk() for d in part.defects]
    for name, field in message.items():
        found += [f"{name}: {d!r}" for d in field.defects]
    # Letters other than ASCII in an address are what SMTPUTF8 is for.
    return [defect for defect in found if "NonASCIILocalPart" not in defect]


def read(path):
    with open(path, "rb") as source:
        raw = source.read()
    # Addresses in other letters than ASCII make a header of UTF-8 (RFC 6532).
    message = email.message_from_string(raw.decode(), policy=email.policy.SMTPUTF8)
    plain = email.message_from_string(raw.decode())
    lines = raw.split(b"\r\n")
    parts = list(message.iter_attachments()) if message.is_multipart() else []
    text = next(message.iter_parts()) if message.is_multipart() else message
    head = raw.split(b"\r\n\r\n")[0].decode()
    return {
        "path": path,
        "names": message.keys(),
        "from": people(plain, "from"),
        "to": people(plain, "to"),
        "cc": people(plain, "cc"),
        "bcc": people(plain, "bcc"),
        "reply_to": people(plain, "reply-to"),
        "subject": str(message["subject"]),
        "date": email.utils.parsedate_to_datetime(str(message["date"])).timestamp(),
        "id": str(message["message-id"]),
        "text": paragraphs(text.get_payload(decode=True).decode("utf-8")),
        "text_kind": text["content-type"].params.get("format"),
        "files": [file(part) for part in parts],
        "defects": defects(message),
        "head_is_ascii": head.isascii(),
        "body_is_ascii": raw[len(head) :].isascii(),
        "longest_line": max(map(len, lines)),
        "bare_ends": raw.replace(b"\r\n", b"").count(b"\r") + raw.replace(b"\r\n", b"").count(b"\n"),
    }


for path in sys.stdin.read().splitlines():
    print(json.dumps(read(path)))
