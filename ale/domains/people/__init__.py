"""Users, roles, sessions: who may enter and what they may do."""
