"""The second verifier: written from docs/specs/ alone, independent of the C++ sources."""
