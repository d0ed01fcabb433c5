"""The network protocol as bytes and values: frames, signals, messages, authentication."""
