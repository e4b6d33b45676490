"""What Python's email package reads in mails: one JSON line for each path on stdin.

The second opinion of tests/opinions.rs. Values that it cannot read itself are null.
"""

import email
import email.policy
import email.utils
import json
import sys
import warnings

warnings.simplefilter("ignore")


def attempt(read):
    try:
        return read()
    except Exception:
        return None


def addresses(message, name):
    found = []
    for field in message.get_all(name, []):
        for address in field.addresses:
            if address.domain:
                found.append(f"{address.username}@{address.domain}")
    return found


def names(message):
    found = []
    for part in message.walk():
        name = None if part.is_multipart() else attempt(part.get_filename)
        if name:
            found.append(str(name))
    return found


def words(message):
    body = message.get_body(preferencelist=("plain",))
    if body is None or body.get_filename():
        return None
    return body.get_content()[:20000]


for path in sys.stdin.read().splitlines():
    with open(path, "rb") as file:
        raw = file.read()
    message = attempt(lambda: email.message_from_bytes(raw, policy=email.policy.default))
    if message is None:
        continue
    stamp = attempt(lambda: email.utils.parsedate_to_datetime(str(message["date"])).timestamp())
    # Bytes of no known charset are lone surrogates to Python.
    told = json.dumps(
        {
            "path": path,
            "subject": attempt(lambda: None if message["subject"] is None else str(message["subject"])),
            "from": attempt(lambda: addresses(message, "from")),
            "date": stamp,
            "names": attempt(lambda: names(message)),
            "text": attempt(lambda: words(message)),
        },
        ensure_ascii=False,
    )
    print(told.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
