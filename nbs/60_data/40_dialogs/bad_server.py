"A server for the tests of `30_server.ipynb`: it behaves as the name of the model says."
import asyncio
import json
import threading
import time

from musechat.data.dialogs.prompts import example_turns

good = json.dumps(dict(turns=[dict(role=r, text=t) for r, t in example_turns]))

def envelope(content, finish='stop', **message):
    choice = dict(index=0, finish_reason=finish, message=dict(role='assistant', content=content, **message))
    usage = dict(prompt_tokens=1000, completion_tokens=100, total_tokens=1100)
    return json.dumps(dict(id='x', object='chat.completion', created=0, model='m', choices=[choice], usage=usage))

class Server:
    "Answers chat requests as their model's name says."
    def __init__(self): self.seen, self.sent, self.here, self.most = [], 0, 0, 0
    def n(self, model): return sum(b['model'] == model for _, _, b in self.seen)

    def behave(self, model, body, n):
        "(status, headers, body) for the n-th request of a model, from 1; None hangs up."
        kind = (body.get('response_format') or {}).get('type')
        def fault(status, message, **more): return status, {}, json.dumps(dict(error=dict(message=message, **more)))
        if model == '429' and n < 3: return 429, {'Retry-After': '1'}, '{}'
        if model == '500' and n < 3: return fault(500, 'oops')
        if model == 'down': return fault(503, 'down')
        wrong_key = 'Incorrect API key provided: sk-secret-key. Find yours elsewhere'
        if model == '401': return fault(401, wrong_key, code='invalid_api_key')
        if model == '403': return fault(403, 'not for you')
        if model == 'quota': return fault(429, 'You exceeded your current quota', code='insufficient_quota')
        if model == 'later': return 429, {'Retry-After': '7200'}, '{}'
        if model == 'filter400': return fault(400, 'The response was filtered', code='content_filter')
        if model == 'hangup' and n < 3: return None
        if model == 'empty' and n < 3: return 200, {}, ''
        if model == 'notjson' and n < 3: return 200, {}, '<html>gateway</html>'
        if model == 'torn' and n < 3: return 200, {'Content-Length': '5000'}, envelope(good)[:200]
        is_new = model == 'noschema' and kind == 'json_schema'
        if is_new: return fault(400, 'response_format.type json_schema is not supported')
        if model == 'plain' and kind: return fault(422, 'unknown field')
        is_old = model == 'newname' and 'max_tokens' in body
        if is_old: return fault(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
        if model == 'toolong': return fault(400, 'maximum context length is 9 tokens')
        content = dict(half=good[:80], schema='{"dialog": []}', nothing='', plain='Sure!\n' + good).get(model, good)
        if model == 'refusal': return 200, {}, envelope(None, refusal='I cannot help with that.')
        return 200, {}, envelope(content, dict(filter='content_filter', length='length').get(model, 'stop'))

    async def answer(self, reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b'\r\n\r\n')).decode().split('\r\n')
                headers = {k.lower(): v for k, _, v in (line.partition(': ') for line in head[1:])}
                body = json.loads(await reader.readexactly(int(headers['content-length'])))
                self.seen.append((time.monotonic(), headers, body))
                model = body['model']
                if model == 'slow': await asyncio.sleep(3)
                if model == 'takes 100 ms': await asyncio.sleep(.1)
                if model == 'together': await self.wait_for_others(64)
                reply = self.behave(model, body, self.n(model))
                if reply is None: break
                status, more, text = reply
                more = {'Content-Type': 'application/json', 'Content-Length': str(len(text.encode()))} | more
                if model in ('large', 'drip'): more['Content-Length'] = '10000000'
                lines = [f'HTTP/1.1 {status} x', *(f'{k}: {v}' for k, v in more.items()), '', '']
                writer.write('\r\n'.join(lines).encode())
                if model == 'large': await self.pour(writer, 10000, 0)
                if model == 'drip': await self.pour(writer, 1, .05)
                writer.write(text.encode())
                await writer.drain()
                if model == 'torn' and 'Content-Length' in reply[1]: break
        except (asyncio.IncompleteReadError, ConnectionError): return
        finally: writer.close()

    async def wait_for_others(self, n):
        "Hold a request back until `n` are here."
        self.here, self.most = self.here + 1, max(self.most, self.here + 1)
        while self.here < n and self.most < n: await asyncio.sleep(.01)
        await asyncio.sleep(.05)
        self.here -= 1

    async def pour(self, writer, size, wait_s):
        for _ in range(1000):
            writer.write(b' '*size)
            await writer.drain()
            self.sent += size
            await asyncio.sleep(wait_s)

    async def serve(self, ready):
        server = await asyncio.start_server(self.answer, '127.0.0.1', 0, backlog=512)
        ready(server.sockets[0].getsockname()[1])
        await server.serve_forever()

def start():
    "A server in a thread of its own: (server, address)."
    server, port, there = Server(), [], threading.Event()
    def ready(p):
        port.append(p)
        there.set()
    threading.Thread(target=lambda: asyncio.run(server.serve(ready)), daemon=True).start()
    there.wait()
    return server, f'http://127.0.0.1:{port[0]}/v1'

if __name__ == '__main__': asyncio.run(Server().serve(lambda port: print(port, flush=True)))
