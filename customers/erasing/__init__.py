"""Forgetting a customer: what is his goes, what the company must keep stays without him.

One person asks (``request``), another decides (``decide``); then, in one transaction, everything that could tell whose
file this was is gone. An app above need do nothing for a table that belongs to a customer, which is one with foreign keys
that lead to Customer: its words are emptied and its files deleted (``reach``). It says otherwise in ``ready()``::

    erasing.keep(WorkOrder, "fault_code", "warehouse")   # codes that tell nothing about a person
    erasing.delete(Signature)                             # rows that are nothing without him
    erasing.obstacle(why_not)                             # ``why_not(customer)``: a sentence while something is open
    erasing.also(ShiftReport)                             # belongs to nobody, but people may have written about him
    erasing.callers_in(Complaint, "caller_name", "caller_phone")  # who called for him, to be looked for as well

and answers ``customers.signals.customer_erasing`` for what cannot be reached that way: planned calls to drop, words in
JSON, copies elsewhere. Numbers, states, dates, amounts, codes with choices and foreign keys always stay, so money and
statistics are whole. Tables of the whole house (drafts, saved filters, jobs, messages, those named by ``also``) are
searched for his numbers, his name and his address (``scrub``); exported files are thrown away, because nobody can tell
who is in them.

The register (``register``) remembers every erased file outside of the database: restoring an older backup erases again.
"""

from customers.erasing.acts import ErasureRefused, decide, erase, erase_again, obstacle, obstacles, request
from customers.erasing.reach import delete, keep
from customers.erasing.scrub import also, callers_in

__all__ = [
    "ErasureRefused",
    "also",
    "callers_in",
    "decide",
    "delete",
    "erase",
    "erase_again",
    "keep",
    "obstacle",
    "obstacles",
    "request",
]
