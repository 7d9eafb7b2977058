"""Reading the handbook and keeping it."""

from knowledge.views.entries import EntryEdit, EntryList, EntryNew
from knowledge.views.handbook import Handbook
from knowledge.views.words import TryWords

__all__ = ["EntryEdit", "EntryList", "EntryNew", "Handbook", "TryWords"]
