"""Known failures and waivers, and the exit code they allow."""
