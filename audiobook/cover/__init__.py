"""The cover picture: the work's own, or a drawn one."""
