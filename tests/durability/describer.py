"""Describes one execution again and again until its input is closed; prints how long each answer took.

A process of its own, so that what it measures is the server and not the client's other threads.
"""

import http.client
import json
import sys
import threading
import time


def main(port: int, arn: str) -> None:
    stopped = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stopped.set()), daemon=True).start()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"X-Amz-Target": "AWSStepFunctions.DescribeExecution"}
    body = json.dumps({"executionArn": arn})
    seconds = []
    while not stopped.wait(0.005):
        began = time.perf_counter()
        connection.request("POST", "/", body, headers)
        connection.getresponse().read()
        seconds.append(time.perf_counter() - began)
    print(json.dumps(seconds))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
