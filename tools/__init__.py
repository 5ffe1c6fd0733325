"""Tools for those who build Beffroi: assets, translations, references, test services."""
