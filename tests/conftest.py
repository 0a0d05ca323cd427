"""What all tests share."""

# Programs that are run by hand, some of them in an environment with Qiskit 1.4.
collect_ignore_glob = ["golden/generate_*.py", "*/write_*.py"]
