"""`audiobook studio`: the project in a browser on this computer.

The server and its pages are one process. Everything that reads texts, speaks or writes files of the project runs in
others: `desk` in a separate process, and each build as the `build` command. So a crashing reader affects no
page, and closing the browser stops nothing.
"""
