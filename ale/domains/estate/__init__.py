"""What a customer has: places, contracts, products, rights."""
