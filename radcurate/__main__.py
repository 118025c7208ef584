"""`python -m radcurate` is the same program as `radcurate`."""

from radcurate.cli import main

if __name__ == "__main__":
    main()
