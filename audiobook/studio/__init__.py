"""`audiobook studio`: the project in a browser on this computer.

The server and its pages are one process. Everything that reads texts, speaks or writes files of the project runs in
others: `desk` in a process of its own, and each build as the `build` command. So a reader that crashes ends no page,
and closing the browser stops nothing.
"""
