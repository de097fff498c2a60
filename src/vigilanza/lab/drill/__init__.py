"""The delivery drill: everything between an alert and its receipt is killed, frozen and answered wrongly."""
