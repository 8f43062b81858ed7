"""Speed, exactness and growth of the matcher over the names of real lists."""
