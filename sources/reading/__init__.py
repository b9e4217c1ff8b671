"""How a file is opened and read, whatever its encoding, its separator or its headers."""
