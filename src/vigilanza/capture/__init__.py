"""Eyes: keeps the compressed packets of every camera and decodes only what somebody needs."""
