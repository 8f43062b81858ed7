"""Checks an evidence pack with nothing but Python's standard library; it lies in every pack, and works on its own.

    python check.py PACK.zip

It checks that every file is the one that the manifest names, that every event has the place in the log that its
proof says, and that all proofs lead to the one head in head.txt. What that head is worth is for you to say: compare
it with one that you have from elsewhere, or check its signature and that of the manifest with
`compliance log check-proof PACK.zip`.
"""

import base64
import hashlib
import json
import re
import struct
import sys
import zipfile

# What the library raises for a file that only begins like a ZIP
NOT_A_ZIP = (zipfile.BadZipFile, struct.error, EOFError, RuntimeError)


def sha(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def root_of(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root that a leaf and the hashes beside its way up lead to. RFC 9162, 2.1.3.2."""
    last = size - 1
    for beside in path:
        if index & 1 or index == last:
            leaf = sha(b"\x01" + beside + leaf)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            leaf = sha(b"\x01" + leaf + beside)
        index, last = index >> 1, last >> 1
    if last:
        raise ValueError("the path is too short")
    return leaf


def head_of(note: str) -> tuple[int, bytes]:
    """The size and the root in a checkpoint: its second and third line."""
    lines = note.split("\n")
    return int(lines[1]), base64.b64decode(lines[2], validate=True)


def check_files(files: dict[str, bytes]) -> None:
    """Raises ValueError unless the manifest names each file with its digest, and no other."""
    lines = files["MANIFEST.sha256"].decode().splitlines(keepends=True)
    found = [re.fullmatch(r"([0-9a-f]{64})  (\S+)\n", line) for line in lines]
    named = {line[2]: line[1] for line in found if line}
    others = files.keys() - {"MANIFEST.sha256", "MANIFEST.note"}
    if len(named) != len(lines) or named.keys() != others:
        raise ValueError("the manifest does not name exactly the files that are there")
    for name, digest in named.items():
        if sha(files[name]).hex() != digest:
            raise ValueError(f"{name} is not the file that the manifest names")


def check_event(files: dict[str, bytes], name: str, size: int, root: bytes) -> None:
    """Raises ValueError unless the event is in the head at the position that it says itself."""
    event = files[name]
    proof = json.loads(files[name.replace("events/", "proofs/")])
    position = json.loads(event)["position"]
    path = [bytes.fromhex(beside) for beside in proof["path"]]
    if proof["head"].encode() != files["head.txt"] or proof["event"].encode() != event:
        raise ValueError(f"the proof of {name} is about another event or head")
    if name != f"events/{position:012}.json" or proof["position"] != position or not 1 <= position <= size:
        raise ValueError(f"{name} does not stand at its position")
    if root_of(sha(b"\x00" + event), position - 1, size, path) != root:
        raise ValueError(f"{name} is not in the head")


def check(files: dict[str, bytes]) -> int:
    """How many events are proved. Raises ValueError for the first thing that is wrong."""
    try:
        check_files(files)
        size, root = head_of(files["head.txt"].decode())
        events = [name for name in files if name.startswith("events/")]
        for name in events:
            check_event(files, name, size, root)
        if len(events) != sum(name.startswith("proofs/") for name in files):
            raise ValueError("there is a proof without its event")
    except (AttributeError, KeyError, IndexError, TypeError, ArithmeticError) as error:
        raise ValueError(f"a part is missing or is not what it should be: {error!r}") from error
    return len(events)


def main(arguments: list[str]) -> int:
    """Prints what was found: 0 when all holds, 2 without a pack to check, 3 when something does not."""
    if len(arguments) != 1:
        print("say which pack, as the ZIP that it came in: python check.py PACK.zip")
        return 2
    try:
        with zipfile.ZipFile(arguments[0]) as archive:
            found = check({name: archive.read(name) for name in archive.namelist()})
    except (*NOT_A_ZIP, OSError, ValueError) as error:
        print(f"it does not hold: {error or 'it is no ZIP'}")
        return 3
    print(f"all files are those of the manifest; {found} events are in the head of head.txt")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
