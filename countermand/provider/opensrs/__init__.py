"""The embedded seller of OpenSRS trust_service, its dialects and its deviants."""
