"""`auto`: which model should answer a question, at which quality and cost, and why."""
