"""What bench.py measures. Never installed."""
