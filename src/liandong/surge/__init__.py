"""Answering by itself when the lines are full: off unless a policy's thresholds or a person switch it on; a person is always one word away."""
