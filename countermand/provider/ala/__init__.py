"""The embedded seller of ALA cancelOrder, its dialects and its deviants."""
