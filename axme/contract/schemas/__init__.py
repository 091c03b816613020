"""Marshmallow schemas, one file per family: the field names of the wire stand here and nowhere else."""
