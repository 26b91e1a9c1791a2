"""Feelings on one scale, along the journey; where they break, why, and what that costs. Arrays in, numbers out."""
