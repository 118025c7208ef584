"""radcurate: radiology text, from where it is published to instruction data that can prove where it came from."""

__version__ = "0.1.0"
