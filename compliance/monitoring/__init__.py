"""Counterparties under watch: portfolios, decisions on their hits, alerts since the last look, and sending those on."""
