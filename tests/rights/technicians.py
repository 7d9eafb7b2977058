"""Who may do what: see matrix.py for how a row is written."""

TECHNICIANS = []
