"""What runs in the process of a plugin: needs nothing but Python 3.9 and its standard library.

Started as ``python -I .../barque/plugins/child``; the daemon is at the other end of a socket.
"""
