"""The console for people: line editing, completion, tables that fit, full screens."""
