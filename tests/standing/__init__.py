"""What stands between the buyer and a seller, and what a run then says."""
