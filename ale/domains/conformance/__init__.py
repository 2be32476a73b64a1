"""Tables that only ServiceNow's own client suites speak of; empty but for `flask ale demo --conformance`."""
