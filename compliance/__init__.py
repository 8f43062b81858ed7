"""Event-sourced entity-list compliance checking."""
