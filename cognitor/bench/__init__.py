"""The bench: what this installation does per second, as ratios to what else answers on the same machine."""
