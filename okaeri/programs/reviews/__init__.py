"""Reviews: asked for when the product has been used, shown as they come, never sorted out by how they judge."""
