"""In work by the second console engineer."""
