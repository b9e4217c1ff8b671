"""How one cell of a file is understood: a day, an amount, a phone number, a word."""
