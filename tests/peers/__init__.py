"""Programs that let other makers' ONVIF clients speak with our simulated camera; each prints one JSON object."""
