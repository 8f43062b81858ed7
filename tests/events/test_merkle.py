"""The tree of RFC 9162: published vectors, every small size against the definition itself, and a second opinion."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise
from random import Random

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    inclusion_proofs,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

# The well-known vectors of Certificate Transparency's reference tests: eight entries, the root of
# the first n of them, and some proofs.
ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
VECTOR = [leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES]
LEAVES = [leaf_hash(str(i).encode()) for i in range(70)]


def defined_root(leaves: list[bytes]) -> bytes:
    """RFC 9162 2.1.1, word for word."""
    n = len(leaves)
    if n == 0:
        return sha256(b"").digest()
    if n == 1:
        return leaves[0]
    k = max(2**i for i in range(n) if 2**i < n)
    return sha256(b"\x01" + defined_root(leaves[:k]) + defined_root(leaves[k:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots(size: int) -> None:
    assert root(VECTOR[:size]).hex() == ROOTS[size]


# From proof/verify_test.go of github.com/transparency-dev/merkle, which took them over from Certificate
# Transparency: index and size, then the path; sizes, then the path.
INCLUSION = [
    (0, 1, ""),
    (
        0,
        8,
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (
        5,
        8,
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
    (
        1,
        5,
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
]
CONSISTENCY = [
    (1, 1, ""),
    (8, 8, ""),
    (
        1,
        8,
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (
        6,
        8,
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (
        2,
        5,
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
    (
        6,
        7,
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
]


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_the_published_inclusion_proofs(index: int, size: int, path: str) -> None:
    proof = inclusion_proof(VECTOR[:size], index)
    assert b"".join(proof).hex() == path
    assert verify_inclusion(VECTOR[index], index, size, proof, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("first", "second", "path"), CONSISTENCY)
def test_the_published_consistency_proofs(first: int, second: int, path: str) -> None:
    proof = consistency_proof(VECTOR[:second], first)
    assert b"".join(proof).hex() == path
    assert verify_consistency(first, second, bytes.fromhex(ROOTS[first]), bytes.fromhex(ROOTS[second]), proof)


def test_every_size_to_300_and_larger_ones_have_a_second_opinion() -> None:
    """Roots and inclusion paths are those of pymerkle; consistency paths those of the RFC's own definition."""
    random = Random(9162)
    data = [str(i).encode() for i in range(5000)]
    theirs, leaves = pymerkle.InmemoryTree(algorithm="sha256"), [leaf_hash(item) for item in data]
    for item in data:
        theirs.append_entry(item)
    for size in [*range(1, 301), *random.sample(range(301, 5001), 6), 4096]:
        whole = root(leaves[:size])
        assert whole == theirs.get_root(size)
        for index in {0, size - 1, *random.sample(range(size), min(size, 4))}:
            proof = inclusion_proof(leaves[:size], index)
            assert proof == theirs.prove_inclusion(index + 1, size).path[1:]  # theirs begins with the leaf
            assert verify_inclusion(leaves[index], index, size, proof, whole)
        for first in {1, size, *random.sample(range(1, size + 1), min(size, 3))}:
            proof = consistency_proof(leaves[:size], first)
            assert proof == defined_consistency(first, leaves[:size], True)
            theirs.prove_consistency(first, size).verify(root(leaves[:first]), whole)
            assert verify_consistency(first, size, theirs.get_root(first), whole, proof)


def defined_consistency(m: int, leaves: list[bytes], known: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162 2.1.4.1, word for word but for the roots, which are taken from `root`."""
    n = len(leaves)
    if m == n:
        return [] if known else [root(leaves)]
    k = 1 << ((n - 1).bit_length() - 1)
    if m <= k:
        return [*defined_consistency(m, leaves[:k], known), root(leaves[k:])]
    return [*defined_consistency(m - k, leaves[k:], False), root(leaves[:k])]


@pytest.mark.parametrize("size", range(70))
def test_every_size_agrees_with_the_definition(size: int) -> None:
    leaves = LEAVES[:size]
    whole = defined_root(leaves)
    assert root(leaves) == whole
    assert all(verify_inclusion(leaves[i], i, size, inclusion_proof(leaves, i), whole) for i in range(size))
    for m in range(size + 1):
        proof = consistency_proof(leaves, m)
        assert verify_consistency(m, size, defined_root(leaves[:m]), whole, proof)


def spoilt(proof: list[bytes]) -> Iterator[list[bytes]]:
    """Every proof with one bit, one hash or the order of two hashes changed."""
    for i, item in enumerate(proof):
        for bit in (1, 128):
            yield [*proof[:i], bytes([item[0] ^ bit]) + item[1:], *proof[i + 1 :]]
            yield [*proof[:i], item[:-1] + bytes([item[-1] ^ bit]), *proof[i + 1 :]]
        yield proof[:i] + proof[i + 1 :]
        yield [*proof[:i], item, *proof[i:]]
        yield [*proof[:i], item[:-1], *proof[i + 1 :]]
        yield [*proof[:i], item + b"\0", *proof[i + 1 :]]
    yield [*proof, EMPTY_ROOT]
    yield [EMPTY_ROOT, *proof]
    yield [*proof, b""]
    if len(proof) > 1:
        yield proof[::-1]


def test_proofs_made_together_are_those_made_one_by_one() -> None:
    for size in range(70):
        together = inclusion_proofs(LEAVES[:size], range(size))
        assert together == [inclusion_proof(LEAVES[:size], index) for index in range(size)]
    with pytest.raises(IndexError):
        inclusion_proofs(LEAVES[:5], [5])


@given(size=st.integers(1, 70), index=st.integers(0, 69), data=st.data())
def test_an_inclusion_proof_proves_nothing_else(size: int, index: int, data: st.DataObject) -> None:
    """Any other leaf, index, path or root fails; so does any size in which the leaf has another path."""
    leaves, index = LEAVES[:size], index % size
    leaf, whole, proof = leaves[index], root(leaves), inclusion_proof(leaves, index)
    other_index = data.draw(st.integers(-1, 2 * size).filter(lambda i: i != index))
    other_hash = data.draw(st.binary(min_size=32, max_size=32))
    assert verify_inclusion(leaf, index, size, proof, whole)
    assert not verify_inclusion(other_hash, index, size, proof, whole)
    assert not verify_inclusion(leaf, other_index, size, proof, whole)
    assert not verify_inclusion(leaf, index, size, proof, other_hash)
    assert not any(verify_inclusion(leaf, index, size, wrong, whole) for wrong in spoilt(proof))
    other_size = data.draw(st.integers(0, 70).filter(lambda n: n != size))
    assert not verify_inclusion(leaf, index, other_size, proof, root(LEAVES[:other_size]))


@given(first=st.integers(1, 69), more=st.integers(1, 69), data=st.data())
def test_a_consistency_proof_proves_nothing_else(first: int, more: int, data: st.DataObject) -> None:
    """Any other size, root or path fails."""
    second = min(first + more, 70)
    old, whole, proof = root(LEAVES[:first]), root(LEAVES[:second]), consistency_proof(LEAVES[:second], first)
    other_hash = data.draw(st.binary(min_size=32, max_size=32))
    other_first = data.draw(st.integers(-1, 71).filter(lambda n: n != first))
    assert verify_consistency(first, second, old, whole, proof)
    assert not verify_consistency(first, second, other_hash, whole, proof)
    assert not verify_consistency(first, second, old, other_hash, proof)
    assert not verify_consistency(first, second, whole, old, proof)
    assert not verify_consistency(other_first, second, old, whole, proof)
    assert not any(verify_consistency(first, second, old, whole, wrong) for wrong in spoilt(proof))


@given(first=st.integers(1, 69), more=st.integers(1, 69))
def test_a_changed_past_has_no_consistency_proof(first: int, more: int) -> None:
    second = min(first + more, 70)
    old, changed = root(LEAVES[:first]), [leaf_hash(b"changed"), *LEAVES[1:second]]
    proof = consistency_proof(changed, first)
    assert verify_consistency(first, second, root(changed[:first]), root(changed), proof)
    if first < second:
        assert not verify_consistency(first, second, old, root(changed), proof)
        assert not verify_consistency(first, second, old, root(LEAVES[:second]), [])
        assert not verify_consistency(first, second, old, root(LEAVES[:second]), [*proof, old])
    assert not verify_consistency(second + 1, second, old, old, [])
    assert not verify_consistency(0, second, old, old, [])


@given(cut=st.integers(0, 70))
def test_a_frontier_goes_on_where_it_was_left(cut: int) -> None:
    first = Frontier()
    for leaf in LEAVES[:cut]:
        first.append(leaf)
    resumed = Frontier(first.size, first.hashes)
    for leaf in LEAVES[cut:]:
        resumed.append(leaf)
    assert resumed.root() == root(LEAVES)


@given(cuts=st.lists(st.integers(0, 70)).map(sorted))
def test_many_leaves_at_once_grow_the_tree_as_one_by_one(cuts: list[int]) -> None:
    single, many = Frontier(), Frontier()
    for start, end in pairwise([0, *cuts, 70]):
        for leaf in LEAVES[start:end]:
            single.append(leaf)
        many.extend(iter(LEAVES[start:end]))
        assert (many.size, many.hashes) == (single.size, single.hashes)


def test_nonsense_is_refused() -> None:
    with pytest.raises(IndexError):
        inclusion_proof(LEAVES, 70)
    with pytest.raises(IndexError):
        consistency_proof(LEAVES, 71)
    with pytest.raises(ValueError, match="frontier"):
        Frontier(3, [EMPTY_ROOT])
    assert not verify_inclusion(LEAVES[0], 0, 0, [], LEAVES[0])
