"""Does to real imports into real databases what users, disks and servers do: `python -m tests.hammer`."""
