"""`countermand completion`: what a shell needs to complete commands and options."""

from __future__ import annotations

import argparse

from argcomplete.shell_integration import shellcode

SHELLS = ("bash", "zsh", "fish")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("shell", choices=SHELLS, help="the shell")
    parser.epilog = (
        'in bash and zsh: eval "$(countermand completion bash)"; in fish: countermand completion fish | source'
    )


def main(options: argparse.Namespace) -> int:
    """Print the lines that a shell reads."""
    print(shellcode(["countermand"], shell=options.shell))
    return 0
