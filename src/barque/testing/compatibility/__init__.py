"""Holds the Director to what consoles of Bareos were answered, and tells how much of it matches.

Recorded commands, dialogues and transcripts are data (`tests/golden`); here is what replays and
compares them, what is known to differ and why, and what writes `docs/compatibility.md`.
"""
