"""The console: the built pages as the node serves them, the words they show, and what the desk is told while somebody types."""
