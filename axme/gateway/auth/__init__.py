"""Who is calling: keys and the identity behind them (contract 1.2)."""
