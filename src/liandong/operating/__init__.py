"""What keeps a node healthy, from a screen: the queue to the peers, and verifying the ledger."""
