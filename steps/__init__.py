"""What the sentences mean; one module per activity."""
