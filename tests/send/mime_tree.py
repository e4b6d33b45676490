"""The parts of mails as Python's email package finds them: one JSON line for each path on stdin."""

import email
import email.policy
import hashlib
import json
import sys


def tree(part):
    kind = part["content-type"]
    about = {
        "kind": part.get_content_type(),
        "defects": [repr(d) for d in part.defects],
        "parameters": {name: value for name, value in kind.params.items() if name != "boundary"},
    }
    for name in ("content-id", "content-transfer-encoding"):
        about[name] = part.get(name) and str(part[name])
    about["disposition"] = part.get_content_disposition()
    if part.is_multipart():
        about["parts"] = [tree(one) for one in part.iter_parts()]
    elif part.get_content_maintype() == "text":
        about["text"] = part.get_payload(decode=True).decode("utf-8").replace("\r\n", "\n")
    else:
        content = part.get_payload(decode=True)
        about["size"] = len(content)
        about["hash"] = hashlib.blake2b(content).hexdigest()
    return about


for path in sys.stdin.read().splitlines():
    with open(path, "rb") as source:
        raw = source.read()
    about = tree(email.message_from_bytes(raw, policy=email.policy.SMTP))
    about["is_ascii"] = raw.isascii()
    about["longest"] = max(len(line) for line in raw.split(b"\r\n"))
    about["bare"] = raw.replace(b"\r\n", b"").count(b"\n") + raw.replace(b"\r\n", b"").count(b"\r")
    print(json.dumps(about))
