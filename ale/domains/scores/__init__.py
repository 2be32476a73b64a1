"""The health score of accounts: measures, their weights, and each day's score with its receipts."""
