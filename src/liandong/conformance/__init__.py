"""The conformance kit: a pretended peer that tells where another implementation departs from docs/protocol.md."""
