"""Console clients: library and bconsole."""
