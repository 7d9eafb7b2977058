"""What the company knows about talking to customers: chips, words, phrases and guides, all editable by a manager."""

from knowledge.models.chip import PhraseChip
from knowledge.models.guide import HandlingGuide, ServicePhrase
from knowledge.models.script import ScriptLine, ScriptWording
from knowledge.models.word import WordRule

__all__ = ["HandlingGuide", "PhraseChip", "ScriptLine", "ScriptWording", "ServicePhrase", "WordRule"]
