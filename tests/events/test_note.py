"""Signed notes: the keys and signatures of Go's note package are read and made to the byte, everything else refused."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.note import BadSignature, InvalidNote, Signer, Verifier, checked_key_name, parse, sign, verified

# The vectors of golang.org/x/mod/sumdb/note (note_test.go).
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
BY_PETER = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
BY_ENOCH = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"


def test_the_published_note_is_made_to_the_byte() -> None:
    assert sign(TEXT, Signer.parse(PETER_PRIVATE)) == f"{TEXT}\n{BY_PETER}"
    assert str(Signer.parse(PETER_PRIVATE).verifier) == PETER
    assert Signer.parse(PETER_PRIVATE + "\n").private_text() == PETER_PRIVATE


@pytest.mark.parametrize("key", [PETER, ENOCH])
def test_the_published_note_is_verified_by_either_key(key: str) -> None:
    note = parse(f"{TEXT}\n{BY_PETER}{BY_ENOCH}")
    assert str(Verifier.parse(key)) == key
    assert verified(note, Verifier.parse(key)) == TEXT


def test_a_note_that_the_key_did_not_sign_is_refused() -> None:
    """Unknown signatures are passed over; a known key's must all hold, and there must be one."""
    peter, enoch = Verifier.parse(PETER), Verifier.parse(ENOCH)
    assert verified(parse(f"{TEXT}\n{BY_ENOCH}{BY_PETER}"), peter) == TEXT
    with pytest.raises(BadSignature, match="not signed by EnochRoot"):
        verified(parse(f"{TEXT}\n{BY_PETER}"), enoch)
    with pytest.raises(BadSignature, match="not for this text"):
        verified(parse(f"{TEXT}x\n\n{BY_PETER}"), peter)
    with pytest.raises(BadSignature, match="not for this text"):
        verified(parse(f"{TEXT}\n{BY_PETER}{BY_PETER.replace('KE6', 'KE7')}"), peter)
    with pytest.raises(BadSignature, match="not for this text"):
        verified(parse(f"{TEXT}\n{BY_PETER[:60]}ABCD{BY_PETER[60:]}"), peter)


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT,
        f"{TEXT}\n",
        f"{TEXT}\n{BY_PETER[:-1]}",
        f"\x01{TEXT}\n{BY_PETER}",
        f"\udcff{TEXT}\n{BY_PETER}",
        f"{TEXT}\n— Bad Name {BY_PETER.rsplit(maxsplit=1)[-1]}\n",
        f"{TEXT}\n{BY_PETER}Unexpected line.\n",
        f"{TEXT}\n{BY_PETER.replace('—', '-')}",
        f"{TEXT}\n— PeterNeumann x08go/\n",
        f"{TEXT}\n— PeterNeumann x08goQ==\n",
        f"{TEXT}\n{BY_PETER * 101}",
    ],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(InvalidNote):
        parse(text)


def test_sixteen_signatures_are_read() -> None:
    assert len(parse(f"{TEXT}\n{BY_PETER * 16}").signatures) == 16


@pytest.mark.parametrize("key", [PETER, PETER_PRIVATE])
def test_no_part_and_no_other_byte_of_a_key_is_a_key(key: str) -> None:
    read = Verifier.parse if key == PETER else Signer.parse
    pieces = [key[i:j] for i in range(len(key)) for j in range(i + 1, len(key) + 1) if (i, j) != (0, len(key))]
    changed = [key[:i] + chr(ord(key[i]) + 1) + key[i + 1 :] for i in range(len(key))]
    for text in pieces + changed:
        with pytest.raises(InvalidNote):
            read(text)


@pytest.mark.parametrize(
    "key",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_keys_of_another_length_or_kind_are_refused(key: str) -> None:
    """Both have the id that goes with them."""
    with pytest.raises(InvalidNote):
        Verifier.parse(key)


@given(st.text(min_size=1))
def test_a_new_key_signs_what_it_verifies(text: str) -> None:
    signer = Signer.make("example.com/log")
    try:
        note = sign(text + "\n", signer)
    except InvalidNote:
        assert any(ord(char) < 32 or 0xD800 <= ord(char) < 0xE000 for char in text)
        return
    assert verified(parse(note), Verifier.parse(str(signer.verifier))) == text + "\n"


def test_a_seed_is_never_shown() -> None:
    signer = Signer.make("example.com/log")
    secret = base64.b64encode(b"\x01" + signer.seed).decode()
    assert secret in signer.private_text()
    assert secret not in f"{signer!r} {signer.verifier}"
    assert signer.seed.hex() not in repr(signer)
    with pytest.raises(InvalidNote) as refused:
        Signer.parse(signer.private_text().replace("example", "other"))
    assert secret not in str(refused.value)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\nb", "\udcff"])
def test_a_name_that_notes_do_not_take(name: str) -> None:
    with pytest.raises(InvalidNote):
        checked_key_name(name)
    with pytest.raises(InvalidNote):
        Signer.make(name)


def test_the_text_of_a_note_ends_with_a_line_break() -> None:
    with pytest.raises(InvalidNote):
        sign("abc", Signer.parse(PETER_PRIVATE))
