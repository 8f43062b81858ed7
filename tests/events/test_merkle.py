"""The tree of RFC 9162: published vectors, and every small size against the definition itself."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
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


def test_the_published_inclusion_proof() -> None:
    assert [h.hex() for h in inclusion_proof(VECTOR, 5)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize(
    ("first", "second", "proof"),
    [
        (
            6,
            8,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
        (8, 8, []),
    ],
)
def test_the_published_consistency_proofs(first: int, second: int, proof: list[str]) -> None:
    assert [h.hex() for h in consistency_proof(VECTOR[:second], first)] == proof


@pytest.mark.parametrize("size", range(70))
def test_every_size_agrees_with_the_definition(size: int) -> None:
    leaves = LEAVES[:size]
    whole = defined_root(leaves)
    assert root(leaves) == whole
    assert all(verify_inclusion(leaves[i], i, size, inclusion_proof(leaves, i), whole) for i in range(size))
    for m in range(size + 1):
        proof = consistency_proof(leaves, m)
        assert verify_consistency(m, size, defined_root(leaves[:m]), whole, proof)


@given(size=st.integers(1, 70), index=st.integers(0, 69), data=st.data())
def test_a_proof_proves_nothing_else(size: int, index: int, data: st.DataObject) -> None:
    leaves, index = LEAVES[:size], index % size
    whole, proof = root(leaves), inclusion_proof(leaves, index)
    other = data.draw(st.integers(0, size).filter(lambda i: i != index))
    assert not verify_inclusion(leaf_hash(b"other"), index, size, proof, whole)
    assert not verify_inclusion(leaves[index], other, size, proof, whole)
    assert not verify_inclusion(leaves[index], index, size, [*proof, whole], whole)
    assert not proof or not verify_inclusion(leaves[index], index, size, proof[:-1], whole)


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


def test_nonsense_is_refused() -> None:
    with pytest.raises(IndexError):
        inclusion_proof(LEAVES, 70)
    with pytest.raises(IndexError):
        consistency_proof(LEAVES, 71)
    with pytest.raises(ValueError, match="frontier"):
        Frontier(3, [EMPTY_ROOT])
    assert not verify_inclusion(LEAVES[0], 0, 0, [], LEAVES[0])
