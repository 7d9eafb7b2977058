"""Numbers as bars and columns: lengths in per cent, so that a drawing needs no script, no style, no fixed width."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """One bar or column: its words, its length in per cent, where it stands, and where a click leads."""

    label: str
    text: str
    percent: float
    url: str = ""
    start: float = 0
    width: float = 0

    @property
    def top(self):
        return 100 - self.percent

    @property
    def middle(self):
        return self.start + self.width / 2


def marks(rows, *, most=None) -> list[Mark]:
    """Rows of label, value and perhaps text and url as marks, the largest (or ``most``) filling the whole length."""
    rows = [_read(row) for row in rows]
    whole = float(most or max((row["value"] for row in rows), default=0) or 1)
    share = 100 / len(rows) if rows else 0
    return [
        Mark(
            label=row["label"],
            text=row.get("text") or f"{row['value']:,}",
            percent=round(max(0.0, min(100.0, float(row["value"]) / whole * 100)), 2),
            url=row.get("url", ""),
            start=round(place * share + share * 0.2, 2),
            width=round(share * 0.6, 2),
        )
        for place, row in enumerate(rows)
    ]


def _read(row):
    return row if isinstance(row, dict) else dict(zip(("label", "value", "text", "url"), row, strict=False))
