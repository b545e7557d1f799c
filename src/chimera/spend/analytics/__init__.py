"""What the ledger says, summed up: usage, invoices, exports, what could be saved. It never writes in the books."""
