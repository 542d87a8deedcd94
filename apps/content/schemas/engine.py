"""The validators' limits."""

import jsonschema_rs

# Patterns with look-around and back-references may backtrack: after so many steps a value does not match, within
# milliseconds. All other patterns are matched in linear time. A pattern compiles to at most a megabyte.
PATTERNS = jsonschema_rs.FancyRegexOptions(backtrack_limit=10_000, size_limit=1_000_000, dfa_size_limit=1_000_000)
