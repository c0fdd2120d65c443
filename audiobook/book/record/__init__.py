"""The record of a built work: what it was made from, and the times of its parts.

`publish`, `serve` and `check` read nothing else. `docs/records.md` describes it for other programs.
"""
