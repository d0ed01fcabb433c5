"""The configuration language: lexer, parser, directives, resolved resources."""
