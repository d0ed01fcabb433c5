"""Where volumes lie."""
