"""The Merkle tree of RFC 9162 section 2.1 (the one of RFC 6962) over leaf hashes.

Pure functions on bytes: proofs made here can be checked by anyone, without the log.
Sizes count leaves, indexes start at 0 (position - 1), hashes are 32 bytes.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256().digest()


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data). RFC 9162 2.1.1."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right). RFC 9162 2.1.1."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The roots of the full subtrees of a tree, largest first: all that is needed to go on growing it.

    A tree of `size` leaves has one such subtree for each 1 in `size` written in binary.
    """

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        """Resume at `size`. Raises ValueError when the hashes cannot be those of such a tree."""
        self.size = size
        self.hashes = list(hashes)
        if size < 0 or len(self.hashes) != size.bit_count() or any(len(h) != 32 for h in self.hashes):
            raise ValueError(f"{len(self.hashes)} hashes are not the frontier of {size} leaves")

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash; O(1) on average."""
        full = self.size
        while full & 1:
            leaf = node_hash(self.hashes.pop(), leaf)
            full >>= 1
        self.hashes.append(leaf)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes in their order: as `append` for each, several times as fast for many."""
        nodes, odd, size = list(leaves), list[bytes](), self.size
        self.size += len(nodes)
        while nodes:  # one level of the tree at a time, from the leaves up
            if size & 1:
                nodes.insert(0, self.hashes.pop())
            if len(nodes) & 1:
                odd.append(nodes.pop())
            pairs = iter(nodes)
            nodes = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
            size >>= 1
        self.hashes += reversed(odd)

    def root(self) -> bytes:
        """The root of the tree so far."""
        if not self.hashes:
            return EMPTY_ROOT
        *left, result = self.hashes
        for subtree in reversed(left):
            result = node_hash(subtree, result)
        return result


def root(leaves: Iterable[bytes]) -> bytes:
    """Merkle tree hash of the leaf hashes; that of no leaves is SHA-256 of nothing."""
    frontier = Frontier()
    frontier.extend(leaves)
    return frontier.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root. RFC 9162 2.1.3.1. IndexError if outside."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"there is no leaf {index} in a tree of {len(leaves)}")
    proof: list[bytes] = []
    low, high = 0, len(leaves)
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            proof.append(root(leaves[middle:high]))
            high = middle
        else:
            proof.append(root(leaves[low:middle]))
            low = middle
    return proof[::-1]


def inclusion_proofs(leaves: Sequence[bytes], indexes: Iterable[int]) -> list[list[bytes]]:
    """`inclusion_proof` for many leaves: the tree is hashed once for all. IndexError if one is outside."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        nodes = levels[-1]
        pairs = zip(nodes[::2], nodes[1::2], strict=False)
        levels.append([*(node_hash(left, right) for left, right in pairs), *nodes[len(nodes) & ~1 :]])
    return [_siblings(levels, index) for index in indexes]


def _siblings(levels: Sequence[Sequence[bytes]], index: int) -> list[bytes]:
    """What stands beside a leaf and its ancestors; a node without a sibling is carried up as it is."""
    if not 0 <= index < len(levels[0]):
        raise IndexError(f"there is no leaf {index} in a tree of {len(levels[0])}")
    beside = ((level, (index >> height) ^ 1) for height, level in enumerate(levels))
    return [level[at] for level, at in beside if at < len(level)]


def consistency_proof(leaves: Sequence[bytes], m: int) -> list[bytes]:
    """The hashes that show the first `m` leaves to be a prefix of all. RFC 9162 2.1.4.1.

    Empty for m = 0 (every tree extends the empty one) and for m = all. IndexError if outside.
    """
    if not 0 <= m <= len(leaves):
        raise IndexError(f"there are no {m} leaves in a tree of {len(leaves)}")
    proof: list[bytes] = []
    low, high = 0, len(leaves)
    while m not in (0, high):
        middle = low + _split(high - low)
        if m <= middle:
            proof.append(root(leaves[middle:high]))
            high = middle
        else:
            proof.append(root(leaves[low:middle]))
            low = middle
    # The left-most subtree is the old root itself, which the checker has.
    if low > 0:
        proof.append(root(leaves[low:high]))
    return proof[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `leaf` is number `index` of the tree of `size` leaves with `root`. RFC 9162 2.1.3.2."""
    if not 0 <= index < size:
        return False
    fn, sn, result = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            result = node_hash(sibling, result)
            fn, sn = _skip_lone(fn, sn)
        else:
            result = node_hash(result, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and result == root


def verify_consistency(
    first_size: int, second_size: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the second tree only grew from the first. RFC 9162 2.1.4.2."""
    if not 0 <= first_size <= second_size:
        return False
    if first_size in (0, second_size):
        known = EMPTY_ROOT if first_size == 0 else second_root
        return not proof and first_root == known
    power_of_two = first_size & (first_size - 1) == 0
    start, *path = [first_root, *proof] if power_of_two else [*proof] or [b""]
    fn, sn = first_size - 1, second_size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = start
    for sibling in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            fn, sn = _skip_lone(fn, sn)
        else:
            second = node_hash(second, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and (first, second) == (first_root, second_root)


def _split(size: int) -> int:
    """The largest power of two smaller than `size` (k in RFC 9162)."""
    return 1 << ((size - 1).bit_length() - 1)


def _skip_lone(fn: int, sn: int) -> tuple[int, int]:
    """Climb past the levels where the node has no sibling and is carried up unchanged."""
    while not fn & 1 and fn:
        fn, sn = fn >> 1, sn >> 1
    return fn, sn
