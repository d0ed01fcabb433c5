"""The test kit that barque ships: memory transport, faulty device, conformance suites."""
