"A language model's server for tests, on this machine: it behaves as the name of the model says."
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def envelope(content, **more):
    "A chat completion as servers send it."
    return json.dumps(dict(choices=[dict(message=dict(content=content), finish_reason='stop') | more])).encode()


class Server(ThreadingHTTPServer):
    "Keeps what it was `asked`, as (body, headers); `answers` is what models say, a text or a function of the body."
    def __init__(self, **answers):
        super().__init__(('127.0.0.1', 0), Handler)
        self.asked, self.answers, self.url = [], answers, f'http://127.0.0.1:{self.server_port}/v1'
        threading.Thread(target=self.serve_forever, args=(.02,), daemon=True).start()

    def n(self, model): return sum(body['model'] == model for body, _ in self.asked)

    def handle_error(self, *args): pass      # of connections that the client gave up

    def answer(self, model, body):
        "(status, headers, bytes)"
        form = body.get('response_format', {}).get('type')
        if model == 'busy' and self.n(model) < 3: return 429, {'retry-after': '0.01'}, b''
        if model == 'plain' and form: return 400, {}, b'response_format is not known'
        if model == 'newname' and 'max_tokens' in body: return 400, {}, b'use max_completion_tokens'
        if model == 'wrongkey': return 401, {}, b'no key sk-secret here'
        if model == 'elsewhere': return 302, {'Location': 'http://127.0.0.1:9/'}, b''
        if model == 'large': return 200, {}, b' '*300_000
        if model == 'html': return 200, {}, b'<html>'
        if model == 'cut': return 200, {}, envelope('{"a', finish_reason='length')
        said = self.answers.get(model, 'Blue.')
        return 200, {}, envelope(said(body) if callable(said) else said)


class Handler(BaseHTTPRequestHandler):
    "`slow` and `drip` take two seconds, `hangup` closes the connection."
    def log_message(self, *args): pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        self.server.asked.append((body, dict(self.headers)))
        model = body['model']
        if model == 'slow': time.sleep(2)
        if model == 'hangup': return self.connection.close()
        status, headers, data = self.server.answer(model, body)
        self.send_response(status)
        for name, value in headers.items(): self.send_header(name, value)
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        for i in range(20 if model == 'drip' else 0):
            time.sleep(.1)
            self.wfile.write(data[i:i + 1])
        self.wfile.write(data)
