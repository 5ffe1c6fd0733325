"""`python -m beffroi`: the same as the `beffroi` command."""

from beffroi.house.main import main

main()
