"""Speed of the whole way, from official files to answers."""
