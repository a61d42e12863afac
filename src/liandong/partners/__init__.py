"""Other systems that join by the open interfaces: their accounts, what they may read and hand in, and how they are told."""
