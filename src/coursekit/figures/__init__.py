"""Everything the course draws. `draw_*` return a figure and display nothing; `show_*` display once."""
