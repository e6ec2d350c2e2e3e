"""What any seller can be asked, in each API's words; never the wire."""
