"""Finds things by words: views, features, entities, services and training sets, the best first.

A thing is found when it has all the words asked for; when nothing has them all, those with the most. A word counts by the
best place it stands in:

    16  a word of the name, as written            6  the entity, or (for a feature) a word of its view's name
    10  the beginning of one                      5  the owner or a tag
     8  nearly one (a slip of the pen)            4  a word of the description;  2  the beginning of one
                                                  3  within a word of the name

The sum ranks, and a text that is the whole name comes before everything. Of equals the one whose name says less else comes
first, then views before features before entities, services and training sets, then the alphabet. Case, the order of words,
plurals and words such as "of" or "the" do not matter. A near word is looked for only where no thing has the word itself.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from featurectl.registry import Registry

KINDS = ("view", "feature", "entity", "service", "training-set")
_POINTS = {"name": 16, "name begins": 10, "near name": 8, "entity": 6, "view": 6, "owner": 5, "tag": 5, "description": 4,
           "within name": 3, "description begins": 2}  # fmt: skip
_WHOLE_NAME = 1_000
_LEAST_BEGINNING, _LEAST_NEAR, _NEARNESS = 3, 4, 0.75
_WORD = re.compile(r"[^\W_]+")
_SMALL = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "by",
        "for",
        "from",
        "had",
        "has",
        "have",
        "how",
        "in",
        "is",
        "it",
        "its",
        "lately",
        "many",
        "much",
        "of",
        "on",
        "or",
        "per",
        "that",
        "the",
        "their",
        "to",
        "was",
        "what",
        "when",
        "which",
        "who",
        "with",
    ]
)


@dataclass(frozen=True, slots=True)
class Match:
    """One thing that was found.

    Attributes:
        kind: One of `KINDS`.
        name: As `describe` takes it.
        score: Greater is better; comparable within one search only.
        matched: Where the words stand: ``name``, ``near name``, ``description``, ``owner`` ..., the weightiest first.
    """

    kind: str
    name: str
    description: str
    score: int
    matched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Thing:
    """What can be found, and its words by the place they stand in."""

    kind: str
    name: str
    description: str
    own: frozenset[str]
    places: Mapping[str, frozenset[str]] = field(default_factory=dict)


def search(registry: Registry, text: str, kinds: Collection[str] = KINDS) -> list[Match]:
    """All that the text finds, the best first; nothing when it has no letter or digit."""
    things = [thing for thing in _things(registry) if thing.kind in kinds]
    asked = _asked(text)
    whole = text.strip().lower()
    found = []
    points = {word: _Points(word, things) for word in asked}
    for thing in things:
        best = {word: points[word].of(thing) for word in asked}
        places = {word: place for word, place in best.items() if place is not None}
        is_named = thing.name.lower() == whole
        if places or is_named:
            score = sum(_POINTS[place] for place in places.values()) + (_WHOLE_NAME if is_named else 0)
            matched = sorted(set(places.values()), key=lambda place: (-_POINTS[place], place)) or ["name"]
            found.append((len(places), thing, Match(thing.kind, thing.name, thing.description, score, tuple(matched))))
    most = max((count for count, _, _ in found), default=0)
    kept = [(thing, match) for count, thing, match in found if count == most]
    kept.sort(key=lambda pair: (-pair[1].score, len(pair[0].own), KINDS.index(pair[0].kind), pair[0].name))
    return [match for _, match in kept]


class _Points:
    """Where one word stands, best place first; the vocabulary is searched once, not each thing."""

    def __init__(self, word: str, things: Sequence[_Thing]) -> None:
        self.word = word
        names = frozenset().union(*(thing.own for thing in things))
        said = frozenset().union(*(words for thing in things for words in thing.places.values()))
        is_long = len(word) >= _LEAST_BEGINNING
        parts = frozenset(other for other in names | said if is_long and word in other and word != other)
        self.begins = frozenset(other for other in parts if other.startswith(word))
        self.within = parts - self.begins
        is_known = word in names or word in said or bool(parts & names) or bool(self.begins)
        near = [] if is_known or len(word) < _LEAST_NEAR else difflib.get_close_matches(word, names, 5, _NEARNESS)
        self.near = frozenset(near)

    def of(self, thing: _Thing) -> str | None:
        if self.word in thing.own:
            return "name"
        if self.begins & thing.own:
            return "name begins"
        if self.near & thing.own:
            return "near name"
        for place in ("entity", "view", "owner", "tag", "description"):
            if self.word in thing.places.get(place, ()):
                return place
        if self.within & thing.own:
            return "within name"
        return "description begins" if self.begins & thing.places.get("description", frozenset()) else None


def _asked(text: str) -> list[str]:
    """The different words, without small ones unless there are no others."""
    words = list(dict.fromkeys(_words(text)))
    return [word for word in words if word not in _SMALL] or words


def _things(registry: Registry) -> Iterator[_Thing]:
    for view in registry.views:
        view_words = frozenset(_words(view.reference_name))
        entity = frozenset(_words(view.entity))
        about = {"entity": entity, **_owned(view.owner, view.tags), "description": _set(view.description)}
        yield _Thing("view", view.reference_name, view.description, view_words, about)
        for column in view.features:
            name = f"{view.reference_name}:{column.name}"
            places = {"entity": entity, "view": view_words, "description": _set(column.description)}
            yield _Thing("feature", name, column.description, _set(column.name), places)
    views: defaultdict[str, set[str]] = defaultdict(set)
    for view in registry.views:
        views[view.entity] |= _set(view.reference_name)
    for each in registry.entities:
        about = {"view": frozenset(views[each.name])}
        said = "1 feature view" if len(each.views) == 1 else f"{len(each.views)} feature views"
        yield _Thing("entity", each.name, said, _set(each.name), about)
    for service in registry.services:
        about = {**_owned(service.owner, service.tags), "description": _set(service.description)}
        yield _Thing("service", service.name, service.description, _set(service.name), about)
    for training_set in registry.training_sets:
        about = {**_owned(training_set.owner, training_set.tags), "description": _set(training_set.description)}
        yield _Thing("training-set", training_set.name, training_set.description, _set(training_set.name), about)


def _owned(owner: str | None, tags: Iterable[str]) -> dict[str, frozenset[str]]:
    return {"owner": _set(owner or ""), "tag": _set(" ".join(tags))}


def _set(text: str) -> frozenset[str]:
    return frozenset(_words(text))


@cache
def _words(text: str) -> tuple[str, ...]:
    """Lower case, at underscores and all that is no letter or digit, plurals as singulars."""
    return tuple(_singular(word) for word in _WORD.findall(text.lower()))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > len("ties"):
        return f"{word[:-3]}y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > len("gas"):
        return word[:-1]
    return word
