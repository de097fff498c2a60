"""Proof: simulated cameras, a stand-in city and the evaluation of detection."""
