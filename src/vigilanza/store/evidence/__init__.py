"""Packages of evidence: what seals them, and what checks them without anything else."""
