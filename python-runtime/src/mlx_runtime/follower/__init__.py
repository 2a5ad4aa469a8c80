"""The processes of a model over several devices that follow the first one."""
