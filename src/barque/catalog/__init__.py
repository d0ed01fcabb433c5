"""What the Director remembers: schema, queries; SQLite and PostgreSQL."""
