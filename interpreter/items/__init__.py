"""Items of a distributed Map: read from a dataset, put into batches, their results written out."""
