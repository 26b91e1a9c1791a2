"""What must not be lost: people, links between their ids, imports and the versions of the facts."""
