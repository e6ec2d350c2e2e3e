"""Certificates made by the openssl command line, for the tests of identities and of the doctor."""
