"""What strangers send is held to limits and shown inertly; what must stay with us stays."""
