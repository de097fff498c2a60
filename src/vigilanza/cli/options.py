"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[
    Path, typer.Option("--config", help="The configuration file; its secrets are in the environment.")
]
CONFIG = Path("config/cameras.yaml")
