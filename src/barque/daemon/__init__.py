"""What the programs of the three daemons share: their options, and the life of their process."""
