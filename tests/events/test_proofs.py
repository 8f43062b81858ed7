"""Checkpoints and proofs that stand alone: what is true is proved from the file, and nothing else is."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events import EventLog, NewEvent, canonical_bytes
from events.checkpoint import Checkpoint, KeptHead, parse_head
from events.merkle import EMPTY_ROOT, leaf_hash, root
from events.note import BadSignature, InvalidNote, Signer
from events.proofs import (
    ConsistencyProof,
    InclusionProof,
    ProofFails,
    UnreadableProof,
    dump_proof,
    parse_proof,
    prove_consistency,
    prove_inclusion,
)

New = Callable[..., NewEvent]
SIGNER = Signer("example.com/log", bytes(32))
# The example of https://c2sp.org/tlog-checkpoint.
PUBLISHED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+"
    "zyWE+xeMcTOAYQ8=\n"
)
EVENTS = [json.dumps({"position": n, "what": f"event {n}"}).encode() for n in range(1, 41)]
LEAVES = [leaf_hash(event) for event in EVENTS]


def head(size: int, signer: Signer | None = None) -> str:
    return Checkpoint("example.com/log", size, root(LEAVES[:size])).note(signer)


def test_the_published_checkpoint_is_read_and_written() -> None:
    found = parse_head(PUBLISHED)
    assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20852163)
    assert base64.b64encode(found.root).decode() == "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    assert [signature.name for signature in found.signatures()] == ["example.com/behind-the-sofa"]
    assert PUBLISHED.startswith(Checkpoint("example.com/behind-the-sofa", found.size, found.root).text() + "\n")


def test_a_head_is_read_in_every_form_in_which_it_is_handed_out() -> None:
    whole = root(LEAVES[:3])
    forms = [
        head(3),
        head(3, SIGNER),
        f"3:{whole.hex()}\n",
        f"3:{whole.hex().upper()}",
        json.dumps({"size": 3, "root": whole.hex(), "recorded_at": None}),
        json.dumps({"size": 3, "root": whole.hex(), "checkpoint": head(3, SIGNER)}),
        "example.com/log\n3\n" + base64.b64encode(whole).decode() + "\nan extension line\n",
    ]
    assert {parse_head(form)[:2] for form in forms} == {(3, whole)}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        "x:" + "0" * 64,
        "3:" + "0" * 63,
        "0:" + "0" * 64,
        head(3)[:-1],
        head(3).replace("3\n", "03\n", 1),
        head(3).replace("3\n", "-3\n", 1),
        head(3).replace("3\n", "³\n", 1),
        head(3).replace("=", ""),
        head(3).replace("example.com/log", ""),
        head(3).replace("example.com/log", "\x1b[2J"),
        head(3, SIGNER)[:-1],
        "{",
        "[]",
        "{}",
        json.dumps({"size": True, "root": "0" * 64}),
        json.dumps({"size": -1, "root": "0" * 64}),
        json.dumps({"size": 3, "root": 7}),
        json.dumps({"size": 3, "root": root(LEAVES[:3]).hex(), "checkpoint": head(4)}),
        json.dumps({"size": 3, "root": root(LEAVES[:3]).hex(), "checkpoint": 3}),
    ],
)
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(InvalidNote):
        parse_head(text)


def test_a_signed_head_is_checked_with_its_key_alone() -> None:
    parse_head(head(3, SIGNER)).check(SIGNER.verifier)
    for other in (
        head(3),
        head(4, SIGNER).replace("4\n", "3\n", 1),
        head(3, Signer("example.com/log", bytes([1] * 32))),
    ):
        with pytest.raises(BadSignature):
            parse_head(other).check(SIGNER.verifier)
    with pytest.raises(BadSignature):
        KeptHead(3, root(LEAVES[:3])).check(SIGNER.verifier)


@given(size=st.integers(1, 40), position=st.integers(1, 40))
def test_an_event_is_proved_from_the_file_alone(size: int, position: int) -> None:
    position = (position - 1) % size + 1
    proof = parse_proof(dump_proof(prove_inclusion(EVENTS[position - 1], position, LEAVES[:size], head(size))))
    proof.check()
    assert isinstance(proof, InclusionProof)
    assert proof.members()["what"] == f"event {position}"
    assert proof.heads()[0].root == root(LEAVES[:size])


@given(first=st.integers(0, 40), second=st.integers(0, 40))
def test_growth_is_proved_from_the_file_alone(first: int, second: int) -> None:
    first, second = sorted((first, second))
    proof = parse_proof(dump_proof(prove_consistency(head(first, SIGNER), LEAVES[:second], head(second))))
    proof.check()
    assert isinstance(proof, ConsistencyProof)
    assert [kept.size for kept in proof.heads()] == [first, second]
    proof.heads()[0].check(SIGNER.verifier)


@given(size=st.integers(2, 40), data=st.data())
def test_a_proof_file_changed_anywhere_fails_against_the_head(size: int, data: st.DataObject) -> None:
    """One character put for another: unreadable, or failing, or about another head; or it says the same as before."""
    position = data.draw(st.integers(1, size))
    made = data.draw(
        st.sampled_from(
            [
                prove_inclusion(EVENTS[position - 1], position, LEAVES[:size], head(size, SIGNER)),
                prove_consistency(head(position, SIGNER), LEAVES[:size], head(size, SIGNER)),
            ]
        )
    )
    text = dump_proof(made)
    place = data.draw(st.integers(0, len(text) - 1))
    changed = text[:place] + data.draw(st.characters(exclude_categories=("Cs",))) + text[place + 1 :]
    try:
        proof = parse_proof(changed)
        proof.check()
        for kept in proof.heads():
            kept.check(SIGNER.verifier)
    except (UnreadableProof, ProofFails, BadSignature):
        return
    assert proof == made


def test_a_proof_that_says_another_position_than_its_event_fails() -> None:
    event = b'{"position":2}'
    with pytest.raises(ProofFails, match="does not say itself that it is number 1"):
        prove_inclusion(event, 1, [leaf_hash(event)], Checkpoint("x", 1, leaf_hash(event)).text())


def test_what_is_not_so_is_not_proved() -> None:
    with pytest.raises(ProofFails):
        prove_inclusion(EVENTS[1], 1, LEAVES[:5], head(5))
    with pytest.raises(ProofFails):
        prove_inclusion(EVENTS[0], 1, LEAVES[:5], head(6))
    with pytest.raises(ProofFails):
        prove_consistency(head(3), [*LEAVES[1:4], LEAVES[0]], head(4))
    with pytest.raises(ProofFails, match="counts 5 events, the log holds 4"):
        prove_consistency(head(5), LEAVES[:4], head(4))


def valid(**changes: Any) -> str:
    proof = json.loads(dump_proof(prove_inclusion(EVENTS[1], 2, LEAVES[:5], head(5))))
    return json.dumps({**proof, **changes})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        "[" * 100_000,
        "{}",
        valid(schema="event-log/inclusion/2"),
        valid(schema=["event-log/inclusion/1"]),
        valid(schema="event-log/consistency/1"),
        valid(position="2"),
        valid(position=0),
        valid(position=2.0),
        valid(path="ab"),
        valid(path=None),
        valid(path=["0" * 63]),
        valid(path=["A" * 64]),
        valid(path=["0" * 64] * 129),
        valid(event=None),
        valid(more=1),
        json.dumps({"schema": "event-log/inclusion/1"}),
    ],
)
def test_what_is_no_proof_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableProof) as error:
        parse_proof(text)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", [valid(head="x"), valid(head=f"5:{root(LEAVES[:5]).hex()}"), valid(head="{}")])
def test_a_proof_needs_a_checkpoint_for_its_head(text: str) -> None:
    with pytest.raises(UnreadableProof, match="head in the proof"):
        parse_proof(text).check()


def test_an_event_that_is_no_json_object_is_unreadable() -> None:
    for event in (b"[]", b"x", b"[" * 100_000):
        with pytest.raises(UnreadableProof, match="not a JSON object"):
            prove_inclusion(event, 1, [leaf_hash(event)], Checkpoint("x", 1, leaf_hash(event)).text())


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(1, 9))
def test_events_of_a_real_log_are_proved(log: EventLog, new: New, position: int) -> None:
    """Whatever the characters and the size of the append."""
    if not log.head().size:
        log.append(
            "ström/1", 0, [new("Gesehen", text='\U0001f600 \u2028 \x00 "\\'), *[new(n=n) for n in range(5)]], actor="ü"
        )
        log.append("b", 0, [new(n=1), new(n=2), new(n=3)], actor="me")
    found = log.head()
    note = Checkpoint("example.com/log", found.size, bytes.fromhex(found.root)).text()
    proof = prove_inclusion(canonical_bytes(log.get(position)), position, log.leaves(), note)
    assert parse_proof(dump_proof(proof)) == proof
    assert proof.members()["stream"] == log.get(position).stream


def test_every_log_extends_the_empty_one() -> None:
    empty = Checkpoint("example.com/log", 0, EMPTY_ROOT).text()
    prove_consistency(empty, LEAVES, head(40)).check()
    prove_consistency(empty, [], empty).check()
