"""How long the questions of an auditor take on a long log."""
