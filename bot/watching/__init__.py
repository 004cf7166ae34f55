"""What operators see: figures for Prometheus, what stands still in the database, traces.

Labels and attributes are names, codes and ids of ours; never anything that a person sent.
"""
