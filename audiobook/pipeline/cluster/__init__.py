"""Clips made by the workers of a Dask cluster.

The driver is the process of the command. It packs jobs into batches (`pool`), and sends them (`link`) to a process that is
a client of the cluster (`client`). On each machine of the cluster, a Dask worker (`work`) passes the jobs of a batch to a
process in which the engine speaks (`clip_maker`), as in a worker of a local build. All messages between these processes
are MessagePack (`messages`).
"""
