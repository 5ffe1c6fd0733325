"""OwnTracks, the free application that tells where a phone is, over HTTP or MQTT."""
