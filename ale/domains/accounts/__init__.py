"""The customer: account, contacts, domain."""
