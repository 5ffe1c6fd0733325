"""The stand-alone witness: Python >= 3.8 and openssl, nothing of the house. Made into one file by zipapp."""
