"""One adapter for each chat platform: updates become values, what is shown becomes messages."""
