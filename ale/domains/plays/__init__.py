"""Internal plays and their tasks; what success plays and blueprints are launched from, and their launches."""
