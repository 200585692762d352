"""The tiny bundle: small models made here, from rendered people, offline."""
