"""Where everything is kept: engine, transactions, migrations."""
