"""Options that several commands share."""

import os
from pathlib import Path
from typing import Annotated

import typer

from vigilanza.domain.language import Language

ConfigOption = Annotated[
    Path, typer.Option("--config", help="The configuration file; its secrets are in the environment.")
]
CONFIG = Path("config/cameras.yaml")
AcceptedOption = Annotated[Path | None, typer.Option(help="The copy of it that is in force; set by run.")]
DefaultsOption = Annotated[
    Path | None, typer.Option(help="YAML over which each FILE is laid: what is the same at all sites.")
]
KeyOption = Annotated[
    Path | None, typer.Option("--key", help="PEM file with the office's public key, got by another way.")
]
AuthorityOption = Annotated[
    Path | None, typer.Option("--tsa", help="PEM file with the time stamping authority's certificates, root included.")
]
LanguageOption = Annotated[Language | None, typer.Option("--language", help="Of what is said (default: that of LANG).")]


def chosen_language(language: Language | None) -> Language:
    """The one that was asked for, else that of the terminal."""
    spoken = os.environ.get("LC_ALL", os.environ.get("LANG", ""))
    return language or ("it" if spoken.startswith("it") else "en")
