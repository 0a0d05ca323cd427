"""From the levels that were found to what the instruments say: traces, points or bits.

A resonator of each qubit answers its measurement stimulus (`resonator`, `response`); a kernel
makes one point of a trace (`kernels`, `clouds`); a discriminator makes an outcome of a point
(`discriminators`). `reading` does so for shots, and `instruments` for one program.
"""
