"""What engines share that ask a service on the network: verified, bounded, in turn, and never twice for the same."""
