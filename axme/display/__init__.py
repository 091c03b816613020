"""Plain data as something to look at, without any dependency: text, HTML cards and tables, SVG timelines, progress.

Nothing here knows a resource or asks a server: it is given plain values, escapes every one, and hides what looks like
a secret.
"""
