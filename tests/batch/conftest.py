"""An isolated home and the command line for the tests of batches."""

from tests.compliance.conftest import home, library, run, sdn

__all__ = ["home", "library", "run", "sdn"]
