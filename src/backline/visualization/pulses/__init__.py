"""Pulse programs as pictures: one row a channel, time from left to right.

The way of a program: `view` says what is asked for, `hardware` what is known of the device,
`collect` makes a `Timeline` of both (plain values: what is seen, on which row, when), `axis` and
`layout` say where it stands, `labels` which texts find room, and `artists` and `texts` draw it.
"""
