"""What is broken registers itself once; it is not to be imported again in search of doctests."""

collect_ignore_glob = ["broken/*"]
