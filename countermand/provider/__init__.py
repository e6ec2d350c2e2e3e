"""The embedded sellers: complete on their own, they share nothing with the suite that judges them."""
