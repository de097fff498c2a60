"""Live pictures for whoever may watch: an RTSP server (RFC 2326), TLS unless it is expressly plain."""
