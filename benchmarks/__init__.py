"""What `make bench` measures, mostly as ratios to a named reference in the same run. See `harness`."""
