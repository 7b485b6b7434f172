"""The reference of `pages`: a bare Django page, served by the same server with the same settings."""
