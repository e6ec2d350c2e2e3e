"""The supply of orders and its ledger: orders are money."""
