"""A second verifier, written from src/proof/README.md alone, with nothing but Python's standard library.

python3 second_verifier.py vectors FILE   checks test/proof/vectors.json
python3 second_verifier.py bundle FILE    checks chain, log and checkpoint of an evidence bundle

Not checked, because the standard library lacks it: AES-256-GCM. Ed25519 is taken from RFC 8032, section 6.
"""

import base64
import hashlib
import json
import sys


def canonical(value):
    return text_of(value).encode()


def text_of(value):
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{text_of(key)}:{text_of(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(text_of, value)) + "]"
    if isinstance(value, float):
        return number(value)
    return json.dumps(value, ensure_ascii=False)


def number(value):
    """As JavaScript writes it; Python has other limits for the exponent."""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits, point = whole + fraction, len(whole) + int(exponent or 0)
    point -= len(digits) - len(digits.lstrip("0"))
    digits = digits.strip("0")
    sign = "-" if value < 0 else ""
    if not digits:
        return "0"
    if 0 < point <= 21:
        fraction = digits[point:]
        return sign + digits[:point].ljust(point, "0") + ("." + fraction if fraction else "")
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    mantissa = digits[0] + ("." + digits[1:] if digits[1:] else "")
    return f"{sign}{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def b64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def digest(kind, *parts):
    return hashlib.sha256(b"".join([f"skill-observation/{kind}/v1\n".encode(), *parts])).digest()


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(entries):
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    split = 1 << (len(entries) - 1).bit_length() - 1
    return node(root_of(entries[:split]), root_of(entries[split:]))


def root_by_inclusion(entry, leaf, size, proof):
    """RFC 9162, section 2.1.3.2."""
    if leaf >= size:
        return None
    fn, sn, r = leaf, size - 1, hashlib.sha256(b"\x00" + entry).digest()
    for p in proof:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return r if sn == 0 else None


# Ed25519 (RFC 8032, section 6), as short as it can be.
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    aa, bb = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    cc, dd = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = bb - aa, dd - cc, dd + cc, bb + aa
    return e * f, g * h, f * g, e * h


def multiply(s, point):
    result = (0, 1, 1, 0)
    while s > 0:
        if s & 1:
            result = add(result, point)
        point, s = add(point, point), s >> 1
    return result


def recover(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - x2) % P:
        return None
    return P - x if x & 1 != sign else x


def decompress(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    x = recover(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def ed25519_verify(public, message, signature):
    a, r = decompress(public), decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or a is None or r is None or s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    left, right = multiply(s, BASE), add(r, multiply(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def checkpoint(note, public_key):
    """The size and root that the key signed."""
    name, key_id, encoded = public_key.split("+", 2)
    key = base64.b64decode(encoded)
    expect(key[:1] == b"\x01", "the public key is one of Ed25519")
    expect(hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() == key_id, "the id of the key")
    text, _, signatures = note.partition("\n\n")
    text += "\n"
    origin, size, root = text.splitlines()
    expect(origin == name, "the log's name")
    for line in signatures.splitlines():
        dash, signer, signature = line.split(" ")
        raw = base64.b64decode(signature)
        if dash == "—" and signer == name and raw[:4].hex() == key_id:
            expect(ed25519_verify(key[1:], text.encode(), raw[4:]), "the signature")
            return int(size), base64.b64decode(root)
    raise AssertionError("no signature by this key")


def expect(holds, what):
    if not holds:
        raise AssertionError(f"does not hold: {what}")


def check_vectors(vectors):
    expect(b64(digest("key", unb64(vectors["key"]))) == vectors["key_commitment"], "key")
    for risk, option in zip(vectors["risks"], vectors["task"]["options"]):
        expect(b64(digest("risk", unb64(risk["salt"]), risk["risk_tag"].encode())) == risk["digest"], "risk")
        expect(option["risk"] == risk["digest"], "risk of the option")
    expect(b64(digest("task", canonical(vectors["task"]))) == vectors["task_digest"], "task")
    attempt_id = vectors["leaves"][0]["content"]["attempt_id"]
    start = {key: vectors[key] for key in ("key_commitment", "machine_id", "task_digest")}
    head = digest("first", canonical({**start, "attempt_id": attempt_id}))
    expect(b64(head) == vectors["first_digest"], "digest 0")
    for event in vectors["events"]:
        expect(canonical(json.loads(event["canonical"])) == event["canonical"].encode(), "canonical form")
        head = digest("event", head, event["canonical"].encode())
        expect(b64(head) == event["digest"], event["canonical"])
    redemption, seal = (leaf["content"] for leaf in vectors["leaves"])
    expect(seal["head_digest"] == b64(head), "head")
    expect(seal["metrics_digest"] == b64(digest("metrics", canonical(vectors["metrics"]))), "metrics")
    expect(seal["profile_digest"] == b64(digest("profile", canonical(vectors["profile"]))), "profile")
    size, root = checkpoint(vectors["checkpoint"], vectors["public_key"])
    entries = [unb64(entry) for entry in vectors["entries"]]
    expect(size == len(entries) and root == root_of(entries), "root")
    for leaf in vectors["leaves"]:
        commitment = digest("leaf", unb64(vectors["salt"]), canonical(leaf["content"]))
        expect(b64(commitment) == leaf["commitment"], "commitment")
        proof = [unb64(each) for each in leaf["proof"]]
        expect(root_by_inclusion(commitment, leaf["leaf"], size, proof) == root, "inclusion")


def check_bundle(bundle):
    attempt, chain, log = bundle["attempt"], bundle["chain"], bundle["log"]
    task = {**bundle["task"], "options": [dict(option) for option in bundle["task"]["options"]]}
    for option in task["options"]:
        if isinstance(option["risk"], dict):
            salt, tag = unb64(option["risk"]["salt"]), option["risk"]["risk_tag"].encode()
            option["risk"] = b64(digest("risk", salt, tag))
    if bundle["key"] is not None:
        expect(b64(digest("key", unb64(bundle["key"]))) == chain["key_commitment"], "key")
    start = {
        "attempt_id": attempt["attempt_id"],
        "key_commitment": chain["key_commitment"],
        "machine_id": attempt["machine_id"],
        "task_digest": b64(digest("task", canonical(task))),
    }
    head = digest("first", canonical(start))
    expect(b64(head) == chain["first_digest"], "digest 0")
    for number, event in enumerate(bundle["events"], 1):
        content = {key: value for key, value in event.items() if key != "digest"}
        expect(content["sequence_number"] == number, f"number of event {number}")
        head = digest("event", head, canonical({**content, "attempt_id": attempt["attempt_id"]}))
        expect(b64(head) == event["digest"], f"event {number}")
    seal = bundle["seal"]
    expect(seal["head_digest"] == b64(head) and seal["event_count"] == len(bundle["events"]), "seal")
    expect(seal["metrics_digest"] == b64(digest("metrics", canonical(bundle["metrics"]))), "metrics")
    expect(seal["profile_digest"] == b64(digest("profile", canonical(bundle["profile"]))), "profile")
    size, root = checkpoint(log["checkpoint"], log["public_key"])
    contents = {
        "redemption": {"redeemed_at": attempt["redeemed_at"], "first_digest": chain["first_digest"]},
        "seal": seal,
    }
    for kind, content in contents.items():
        content = {**content, "kind": kind, "attempt_id": attempt["attempt_id"]}
        commitment = digest("leaf", unb64(log["salt"]), canonical(content))
        proof = [unb64(each) for each in log[kind]["proof"]]
        expect(root_by_inclusion(commitment, log[kind]["leaf"], size, proof) == root, f"{kind} in the log")


if __name__ == "__main__":
    what, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        {"vectors": check_vectors, "bundle": check_bundle}[what](json.load(file))
    print("all hold")
