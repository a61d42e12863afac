"""The ownership protocol of one matter between two and three centres, explored whole. See docs/ownership.md."""
