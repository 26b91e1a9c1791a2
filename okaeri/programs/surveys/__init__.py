"""Surveys: what customers hoped for before and found after, asked by a personal link without login."""
