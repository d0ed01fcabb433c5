"""Bytes on volumes and in streams: blocks, records, labels, attributes, bootstrap."""
