"""From the model to the person's choice and back: what is proposed for a matter, what was chosen, and what follows from the two."""
