"""Blocking connections that carry frames, in the clear or inside TLS."""
