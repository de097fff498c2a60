"""Voice: carries every alert to every destination until it has a receipt."""
