"""Clips made by the workers of a Dask cluster.

The driver is the process of the command. It packs jobs into batches (`pool`), and gives them to a process that is a client of
the cluster (`link`). On each machine of the cluster, a Dask worker (`work`) passes the jobs of a batch to a process in which the
engine speaks (`hand`), as in a worker of a local build. Everything between these processes is MessagePack (`messages`).
"""
