"""How text is cut into the pieces the database has an index on, and how a query is cut the same way.

Text is folded (full width, case); of Chinese every character and every pair of neighbours is a piece, of a word in letters
or digits every beginning and every end. Names are cut by their readings too (core.search.readings). Pieces are 32-bit
numbers; two that happen to be equal cost a look at the text, never a wrong answer. Each kind of record has pieces of its
own, so that what is common among complaints costs nothing among customers.
"""

import re
import unicodedata
import zlib
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from core import phones as telephone
from core.search.readings import readings

# Raise this whenever the same record would be cut otherwise than before, and tell the sites to run manage.py reindex.
CUT = 2

MOST_TYPED = 200  # characters of a query that are read
MOST_WORDS = 8
MOST_PIECES = 24
LONGEST_WORD = 40  # letters and digits in a row; what is longer is found by its beginning
SHORTEST_NUMBER = 4  # letters and digits; less is the number of nothing

_RUN = re.compile(r"[0-9a-z]+|[^\W_0-9a-z]+")
_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(r"[0-9]+|[a-z]+")
_TYPED_PHONE = re.compile(r"[\s()+\-‐-―−.]*(?:[0-9][\s()+\-‐-―−.]*){7,20}")
_RECORD = zlib.crc32(b"a record")
# Stands before the end of a number that is masked, so that it is found by its end and not by the middle.
REST = "~"


def fold(text):
    """The text as it is compared: full-width forms as ASCII, capitals small."""
    return unicodedata.normalize("NFKC", text).casefold()


def squash(text):
    """A number as it is compared whole: no blanks, no dashes, no case."""
    return "".join(_WORD.findall(fold(text)))


def pieces(folded):
    """The set of pieces a folded text is found by."""
    found = set()
    for run in _RUN.findall(folded):
        if run.isascii():
            found.update(_ends(run))
        else:
            codes = [ord(character) & 0xFFFF for character in run]
            found.update(codes)
            found.update(first << 16 | second for first, second in pairwise(codes))
    return found


def name_pieces(name):
    """The pieces a person is found by when only the sound of his name is typed: wei, zhangw, zw."""
    found = set()
    for word in sounds(name):
        found.update(whole(word[: cut + 1]) for cut in range(len(word)))
    return found


def sounds(name):
    """The words that stand for a name as it is spoken: from each of its syllables on, and its initials."""
    for syllables in readings(name):
        for start in range(len(syllables)):
            yield "".join(syllables[start:])
        if len(syllables) > 1:
            yield "".join(syllable[0] for syllable in syllables)


def _ends(word):
    """Every beginning and end of a word in letters and digits, and of its letters and its digits: 0001 of ts0001."""
    word = word[:LONGEST_WORD]
    for part in {word, *_PART.findall(word)}:
        for cut in range(len(part)):
            yield whole(part[: cut + 1])
            yield whole(part[cut:])


def whole(word):
    return ord(word) if len(word) == 1 else zlib.crc32(word.encode())


def number_piece(number):
    """The piece of a number typed from its first to its last character."""
    return zlib.crc32(f"={squash(number)}".encode())


# --- the pieces of one kind -----------------------------------------------------------------------------------------
@cache
def _of_kind(kind):
    return zlib.crc32(kind.encode())


def token(kind, piece):
    """A piece as it stands in the index for records of this kind: a signed 32-bit number."""
    number = piece ^ _of_kind(kind)
    return number - (1 << 32) if number >= 1 << 31 else number


def record_token(kind):
    """What every record of this kind bears."""
    return token(kind, _RECORD)


@cache
def region_token(kind, region_id):
    """What every record of this kind in this region bears, so that the index itself narrows by branch."""
    return token(kind, zlib.crc32(f"region {region_id}".encode()))


# --- queries --------------------------------------------------------------------------------------------------------
def _pieces_of_word(word):
    """The pieces a row must hold to have this word in it; of Chinese the pairs, a single character only when alone."""
    for run in _RUN.findall(word):
        codes = [ord(character) & 0xFFFF for character in run]
        if run.isascii():
            yield whole(run[:LONGEST_WORD])
        elif len(run) == 1:
            yield codes[0]
        else:
            yield from (first << 16 | second for first, second in pairwise(codes))


@dataclass(frozen=True)
class Query:
    """What somebody typed, as it is looked for: its words, the pieces of each, and the number it may be."""

    words: tuple[str, ...] = ()
    by_word: tuple[tuple[int, ...], ...] = ()
    number: str = ""

    @classmethod
    def of(cls, typed):
        text = fold(typed.replace("\x00", " ")[:MOST_TYPED]).strip()
        number = squash(text)
        if _TYPED_PHONE.fullmatch(text):
            text = _as_phone(text)
        words = tuple(dict.fromkeys(_WORD.findall(text)))[:MOST_WORDS]
        by_word, left = [], MOST_PIECES
        for word in words:
            by_word.append(tuple(dict.fromkeys(_pieces_of_word(word)))[:left])
            left -= len(by_word[-1])
        is_number = SHORTEST_NUMBER <= len(number) <= LONGEST_WORD and any(one.isdigit() for one in number)
        return cls(words, tuple(by_word), number if is_number else "")

    @property
    def pieces(self):
        return [piece for found in self.by_word for piece in found]

    def tokens(self, kind):
        """What a record of this kind must bear."""
        return sorted({token(kind, piece) for piece in self.pieces})

    def patterns(self):
        """A regular expression for each run of letters or digits, true only where the run is a beginning or an end.

        It says of a text what the pieces of that text alone would say. Both databases read it alike.
        """
        return [_bounded(run[:LONGEST_WORD]) for word in self.words for run in _RUN.findall(word) if run.isascii()]


def _bounded(run):
    letters = "0-9" if run.isdigit() else "a-z" if run.isalpha() else "0-9a-z"
    return f"(^|[^{letters}{REST}]){run}|{run}([^{letters}]|$)"


def _as_phone(text):
    try:
        return telephone.normalise(text).lstrip("+").replace("x", " ")
    except ValueError:
        return re.sub(r"[^0-9]", "", text)
