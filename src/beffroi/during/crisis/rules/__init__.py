"""What a plan communal de sauvegarde says, read from its TOML. Pure."""
