"""The site as an ONVIF device: what a video management system asks and hears when it has added us."""
