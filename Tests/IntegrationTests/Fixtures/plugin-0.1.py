#!/usr/bin/env python3
# A handler as it was written for version 0.1.0: it knows nothing of what the protocol has had since, and fails at nothing that is new.
import json, sys

hello = json.loads(sys.stdin.readline())
assert hello["type"] == "hello" and hello["protocol"] == 1 and hello["kind"] == "handler"
assert hello["pipeline"] == "old" and hello["config"] == {"word": "done"}
print(json.dumps({"type": "hello", "protocol": 1, "kind": "handler", "name": "old", "version": "0.1", "concurrency": 2}), flush=True)
for line in sys.stdin:
    message = json.loads(line)
    if message["type"] == "job":
        assert message["attempt"] >= 1 and message["job"] >= 1
        if message["item"] == "bad":
            answer = {"type": "failed", "id": message["id"], "error": "no such file", "retry": False}
        else:
            print(json.dumps({"type": "progress", "id": message["id"], "text": "50 %"}), flush=True)
            answer = {"type": "done", "id": message["id"], "output": "done"}
        print(json.dumps(answer), flush=True)
    elif message["type"] == "goodbye":
        break
