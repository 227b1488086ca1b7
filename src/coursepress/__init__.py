"""From notebooks to the book: execute, normalize, build, serve."""
