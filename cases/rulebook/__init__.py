"""The rules of the company as data: its managers change them on pages of their own, on record (S1-09, S1-58)."""
