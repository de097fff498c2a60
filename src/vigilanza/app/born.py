"""How a forked child becomes a part of its own."""


class Born(BaseException):
    """In the forked child: leave all that the process was doing, and become `vigilanza ARGUMENTS`."""

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self.arguments = arguments
