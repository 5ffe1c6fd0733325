"""Labelled days: messages of which it is known what truly happened. Pure, drawn from a seed.

`evening` (generator A) is what rules are tuned on; `weather` (generator B), written apart with other laws
of movement, timing and noise, is what is reported. Both share only the values of `labelled`.
"""
