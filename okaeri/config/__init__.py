"""Django's configuration, inside the package so that an installed okaeri runs."""
