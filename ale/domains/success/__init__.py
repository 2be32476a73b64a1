"""Customer success: engagements, what they aim at, what is done for them, the talks on the way."""
