"""What `benchmarks/grading.py` is made of."""
