"""The Step Functions API over HTTP: the only place that knows the wire's names."""
