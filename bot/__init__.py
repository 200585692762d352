"""The program that people talk to."""
