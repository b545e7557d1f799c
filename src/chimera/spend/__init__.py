"""Money: budgets, holds and the ledger. Whole nano-USD, exact, and never more than was allowed."""
