"""What meets hostile files and scripts: programs run by `child.py` in processes of their own that own nothing."""
