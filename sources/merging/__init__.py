"""How rows that were read become customers, orders and the rest: checked against what is stored, then merged."""
