"""The tree: known vectors of RFC 6962, and properties that hold for every size."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beffroi.journal import merkle

pytestmark = pytest.mark.unit

# The eight entries of the certificate-transparency reference test, and its roots for each size.
ENTRIES = [
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [merkle.leaf_hash(each) for each in ENTRIES]


def defined(leaves: list[bytes]) -> bytes:
    """The definition, word for word (RFC 9162 §2.1.1), slow and recursive."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    cut = 1
    while cut * 2 < len(leaves):
        cut *= 2
    return sha256(b"\1" + defined(leaves[:cut]) + defined(leaves[cut:])).digest()


def made(size: int) -> list[bytes]:
    return [merkle.leaf_hash(str(each).encode()) for each in range(size)]


def test_known_roots() -> None:
    assert merkle.EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for size, expected in enumerate(ROOTS, 1):
        assert merkle.root(LEAVES[:size]).hex() == expected


def test_a_known_inclusion_path_and_a_known_consistency_path() -> None:
    path = merkle.inclusion_path(0, 8, lambda a, b: merkle.root(LEAVES[a:b]))
    assert [each.hex() for each in path] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    path = merkle.consistency_path(6, 8, lambda a, b: merkle.root(LEAVES[a:b]))
    assert [each.hex() for each in path] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize("size", range(70))
def test_root_and_frontier_are_the_definition(size: int) -> None:
    leaves = made(size)
    frontier = merkle.Frontier()
    for leaf in leaves:
        frontier = frontier.push(leaf)
    assert merkle.root(leaves) == frontier.root() == defined(leaves)
    assert merkle.Frontier.from_bytes(size, frontier.to_bytes()) == frontier


@given(st.integers(1, 200), st.data())
@settings(max_examples=80, deadline=None)
def test_inclusion_holds_for_its_leaf_and_for_no_other(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = made(size)
    root = merkle.root(leaves)
    path = merkle.inclusion_path(index, size, lambda a, b: defined(leaves[a:b]))
    assert merkle.verify_inclusion(leaves[index], index, size, path, root)
    other = data.draw(st.integers(0, size + 3))
    if other != index:
        assert not merkle.verify_inclusion(leaves[index], other, size, path, root)
    assert not merkle.verify_inclusion(merkle.leaf_hash(b"other"), index, size, path, root)
    if path:
        cut = data.draw(st.integers(0, len(path) - 1))
        assert not merkle.verify_inclusion(leaves[index], index, size, path[:cut], root)
        spoilt = [*path[:cut], merkle.leaf_hash(b"spoilt"), *path[cut + 1 :]]
        assert not merkle.verify_inclusion(leaves[index], index, size, spoilt, root)
    assert not merkle.verify_inclusion(leaves[index], index, size, [*path, root], root)


@given(st.integers(1, 200), st.data())
@settings(max_examples=80, deadline=None)
def test_consistency_holds_for_a_prefix_and_for_nothing_else(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    leaves = made(new)
    old_root, new_root = merkle.root(leaves[:old]), merkle.root(leaves)
    path = merkle.consistency_path(old, new, lambda a, b: defined(leaves[a:b]))
    assert merkle.verify_consistency(old, new, old_root, new_root, path)
    changed = [merkle.leaf_hash(b"changed"), *leaves[1:]]
    assert not merkle.verify_consistency(old, new, merkle.root(changed[:old]), new_root, path)
    assert not merkle.verify_consistency(old, new, old_root, merkle.root(changed), path)
    for cut in range(len(path)):
        assert not merkle.verify_consistency(old, new, old_root, new_root, path[:cut])


def test_frontier_refuses_what_does_not_fit() -> None:
    frontier = merkle.Frontier().push(LEAVES[0])
    with pytest.raises(ValueError, match="does not fit"):
        frontier.push_perfect(LEAVES[1], 2)
    with pytest.raises(ValueError, match="nodes"):
        merkle.Frontier(3, (LEAVES[0],))
    with pytest.raises(ValueError, match="whole"):
        merkle.Frontier.from_bytes(1, b"short")
    with pytest.raises(ValueError, match="not among"):
        merkle.inclusion_path(3, 3, lambda _a, _b: b"")
    with pytest.raises(ValueError, match="no proof"):
        merkle.consistency_path(0, 3, lambda _a, _b: b"")


def test_a_tree_built_by_tiles_is_the_same() -> None:
    leaves = made(40)
    frontier = merkle.Frontier()
    for start in range(0, 32, 8):
        frontier = frontier.push_perfect(merkle.root(leaves[start : start + 8]), 8)
    for leaf in leaves[32:]:
        frontier = frontier.push(leaf)
    assert frontier.root() == defined(leaves)
