"""The onboarding case, its tasks and its teams."""
