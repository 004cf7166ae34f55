"""Where it is sore: the body parts of a message, each with its side."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.reading.body_parts import body_parts, find_parts
from bot.reading.sides import PASSED, find_sides

if TYPE_CHECKING:
    from spacy.tokens import Doc


@dataclass(frozen=True)
class Place:
    """A body part named in a message, at `folded[start:end]`; `part` is None when only a side was named."""

    part: str | None
    side: str | None
    start: int
    end: int


def find_places(doc: Doc) -> list[Place]:
    """Find body parts and sides in a tokenised, folded message, in order, each part and side once."""
    parts = find_parts(doc)
    sides = find_sides(doc, parts)
    return _joined(doc, parts, sides)


def _joined(doc: Doc, parts: list[tuple[str, int, int]], sides: list[tuple[str, int]]) -> list[Place]:
    """Give each side to the part it stands before, else to the one it follows; else it stands alone."""
    owned: dict[int | None, list[list[tuple[str, int]]]] = {}
    for side, at in sides:
        groups = owned.setdefault(_owner(doc, parts, at), [[]])
        if groups[-1] and _number_between(doc, groups[-1][-1][1], at):
            groups.append([])  # "right knee 4, left 6": the same part on its other side
        groups[-1].append((side, at))
    places: list[Place] = []
    for number, (name, start, end) in enumerate(parts):
        groups = owned.get(number, [[]])
        if len(groups) > 1 and len(groups[0]) > 1 and groups[0][0][0] == "both":
            groups[0].pop(0)  # "both knees, left 3 right 1"
        name_side = _one_side(doc, groups[0])
        if name_side is None and number and _shares_side(doc, parts, owned, number):
            name_side = places[-1].side
        free = parts[number - 1][2] if number else 0
        first = min([start, *(at for _, at in groups[0] if free <= at < start)])
        places.append(Place(name, name_side, doc[first].idx, _end(doc, end - 1)))
        places += [
            Place(name, _one_side(doc, group), doc[group[0][1]].idx, _end(doc, group[-1][1]))
            for group in groups[1:]
        ]
    if not parts:
        places = [
            Place(None, _one_side(doc, group), doc[group[0][1]].idx, _end(doc, group[-1][1]))
            for group in owned.get(None, [])
        ]
    return _once(_on_limb(doc, _side_for_all(doc, parts, owned, places)))


# "calf a 3, hip flexor a 2, both on the right"
_ALL_ON = re.compile(
    r"\b(?:both|all)(?: of them)?(?: are)? (?:on|in) (?:the|my) (?P<side>left|"
    r"right)\b(?! (?!side)\w+)"
)
_INTRODUCED = re.compile(
    r"(?:left|right|lt|rt|l|r)(?:[ -]?hand)?[ -]side\s*[:,-]"
)  # "left side: neck and shoulder"
_LISTED = re.compile(r"\s*(?:(?:,|and|&|\+|n|/|or|plus|also|down|up|into|to|the|my|both|in|on|of)[\s,]*)+")


def _side_for_all(
    doc: Doc,
    parts: list[tuple[str, int, int]],
    owned: dict[int | None, list[list[tuple[str, int]]]],
    places: list[Place],
) -> list[Place]:
    """ "elbow and wrist, left": one side after a plain list is the side of each part that has sides."""
    everywhere = _ALL_ON.search(doc.text)
    if everywhere and len(places) == len(parts) > 1:
        return [replace(one, side=everywhere["side"]) for one in places]
    if len(places) == len(parts) > 1 and set(owned) == {0} and _INTRODUCED.match(doc.text[places[0].start :]):
        return [replace(one, side=places[0].side) for one in places]
    only_last = len(places) == len(parts) > 1 and set(owned) == {len(parts) - 1}
    after = only_last and all(at >= parts[-1][2] for group in owned[len(parts) - 1] for _, at in group)
    listed = all(_LISTED.fullmatch(doc.text[one.end : other.start]) for one, other in pairwise(places))
    if not (after and listed):
        return places
    return [
        replace(one, side=places[-1].side) if one.part and body_parts()[one.part].paired else one
        for one in places
    ]


_LIMBS = {"leg", "arm", "back"}
_ENDS = {"foot", "hand"}  # "second toe on my right foot"
_ON = re.compile(r"\s+(?:muscle\s+)?(?:on|of|in|at)\s+(?:(?:my|the)\s+(?:\w+\s+)?)?")
_SIDE_OF = re.compile(r"(?:'s)?\s+(?:side|end|part)\s+of\s+(?:my\s+|the\s+)?")
_CLOSE_TO = re.compile(
    r"\s+(?:area\s+|muscle\s+|bit\s+)?(?:just\s+)?(?:under|underneath|beneath|near|close to|next to|above|below|"
    r"behind|by)\s+(?:my|the)?\s*"
)


def _on_limb(doc: Doc, places: list[Place]) -> list[Place]:
    """ "calf on my left leg" is the left calf, "ribs under my right arm" the right ribs: the second tells the side."""
    kept: list[Place] = []
    for place in places:
        if kept and _part_of(kept[-1], place, doc.text[kept[-1].end : place.start]):
            place = replace(place, side=kept[-1].side)
        if kept and _sides_of_limb(kept, place, doc.text[kept[-1].end : place.start]):
            kept = [replace(one, side=one.side or place.side) for one in kept]
        elif kept and _SIDE_OF.fullmatch(doc.text[kept[-1].end : place.start]):
            kept[-1] = replace(place, side=place.side or kept[-1].side)  # "the thumb side of my left wrist"
        elif kept and _tells_side(kept[-1], place, doc.text[kept[-1].end : place.start]):
            kept[-1] = replace(kept[-1], side=kept[-1].side or place.side)
        else:
            kept.append(place)
    return kept


_OF_LIMB = {
    "arm": {"shoulder", "upper arm", "elbow", "forearm", "wrist", "hand", "thumb", "fingers"},
    "leg": {
        "hip", "glute", "groin", "hamstring", "quad", "thigh", "knee", "lower leg", "calf", "shin", "achilles",
        "ankle", "heel", "foot", "toes",
    },
}  # fmt: skip


def _part_of(limb: Place, place: Place, between: str) -> bool:
    """ "left leg, calf mostly": a part of the limb before it, on its side."""
    return (
        place.side is None
        and place.part in _OF_LIMB.get(limb.part or "", set())
        and between.strip() in {",", "-", "("}
    )


def _sides_of_limb(kept: list[Place], place: Place, between: str) -> bool:
    """ "bicep and elbow, right arm": the limb after the list tells its side."""
    parts = _OF_LIMB.get(place.part or "", set())
    return (
        place.side is not None
        and between.strip() in {",", "-", ""}
        and all(one.part in parts and one.side is None for one in kept)
    )


def _tells_side(before: Place, place: Place, between: str) -> bool:
    if before.part is None or (before.side and place.side):
        return False
    known = body_parts()[before.part]
    limb = place.part in _LIMBS or (place.part in _ENDS and place.part in known.near)
    told = between.lstrip(",") if place.side else between  # "ribs, under my left boob"
    held = place.side and not before.side and known.paired and re.match(r"\s+of\b", between)
    if held and _ON.fullmatch(between):
        return True  # "elbow of my right hand"
    close = known.paired and not before.side and _CLOSE_TO.fullmatch(told)
    return bool((limb and _ON.fullmatch(between)) or close)


def _owner(doc: Doc, parts: list[tuple[str, int, int]], at: int) -> int | None:
    following = next((n for n, part in enumerate(parts) if part[1] > at or part[1] <= at < part[2]), None)
    preceding = max((n for n, part in enumerate(parts) if part[2] <= at), default=None)
    if following is not None and all(doc[i].text in PASSED for i in range(at + 1, parts[following][1])):
        return following
    if preceding is not None:
        return preceding
    return following if following is not None and parts[following][1] - at < 12 else None


def _number_between(doc: Doc, start: int, end: int) -> bool:
    return any(token.text.isdigit() or token.like_num for token in doc[start:end])


def _end(doc: Doc, index: int) -> int:
    return doc[index].idx + len(doc[index].text)


_AND = {"and", "&", "+", "n", "/"}
_ONWARDS = {",", "plus", "down", "up", "in", "into", "to", "through", "along", "also", "then"}
_SMALL = {"the", "my"}


def _shares_side(
    doc: Doc,
    parts: list[tuple[str, int, int]],
    owned: dict[int | None, list[list[tuple[str, int]]]],
    number: int,
) -> bool:
    """Tell whether a paired part shares the side word of the part before: "left calf and hamstring"."""
    name, start, _ = parts[number]
    _, first, last = parts[number - 1]
    between = {token.text for token in doc[last:start]}
    theirs = owned.get(number - 1, [[]])
    told_before = len(theirs) == 1 and all(at < first for _, at in theirs[0])
    shared = bool(theirs[0]) or (number > 1 and _shares_side(doc, parts, owned, number - 1))
    one_limb = any({name, parts[number - 1][0]} <= limb for limb in _OF_LIMB.values())
    plain = len(between) == 1 and between <= _AND
    joined = plain or (
        one_limb
        and between <= _AND | _ONWARDS | _SMALL
        and (between.isdisjoint(_SMALL) or bool(between & _ONWARDS))
    )
    return body_parts()[name].paired and told_before and shared and joined


# "left and right", "left more than right": both are sore.
_ALSO = {"and", "&", "+", "n", "/", ",", "more", "worse", "plus", "also"}


def _one_side(doc: Doc, sides: list[tuple[str, int]]) -> str | None:
    """ "left and right" is both; "i said left but its right" is the last one."""
    if not sides:
        return None
    if "both" in {side for side, _ in sides}:
        return "both"
    if len(sides) > 1 and sides[-1][0] != sides[-2][0]:
        between = {token.text for token in doc[sides[-2][1] + 1 : sides[-1][1]]}
        if between & _ALSO and not between & {"but", "actually", "sorry", "no", "wait", "mean", "meant"}:
            return "both"
    return sides[-1][0]


def _once(places: list[Place]) -> list[Place]:
    """Keep one place a part and side; a part named again without a side is the same one."""
    kept: list[Place] = []
    for place in places:
        for number, earlier in enumerate(kept):
            if earlier.part == place.part and (
                earlier.side == place.side or None in (earlier.side, place.side)
            ):
                kept[number] = replace(earlier, side=earlier.side or place.side)
                break
        else:
            kept.append(place)
    return kept
