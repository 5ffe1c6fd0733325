"""The cameras of the town: which see a place, a look through one with its purpose, the image itself.

What enters: addresses of cameras, media servers and recorders; who wants to look, through what, and why.
What leaves: cameras that see a place, looks that are written before anything is shown, frames in memory only.
Facts: camera.declared, camera.look_opened, camera.look_ended, camera.look_refused, camera.held, camera.moved,
camera.let_go, camera.sent_home.
Nothing is recorded here, and an incident is a bare reference: this room knows nothing of DURING.
"""
